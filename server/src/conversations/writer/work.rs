//! What a batch decides: each order in its turn, against facts read under the lock. Nothing here touches the database.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_policy::{Action, Code};
use causerie_protocol::{
    ClientId, ConversationId, ErrorCode, MessageId, Refusal, TenantId, UserId,
    command::{Draft, StartConversation},
    wire,
};
use wire::event::Kind as Event;

use super::{
    Done, Op, Order,
    copies::Copies,
    log::{Joining, Log, Reading},
};
use crate::{
    facts::{
        Snapshot,
        rules::{self, Rules},
    },
    fanout::{Change, Effect, Told},
    store::{
        kinds::{CLOSED, DIRECT, LOCKED, MAIL, MEMBER, NOTE_TO_SELF, OPEN},
        queries::{
            append::{NewMessage, Standing},
            messages::{milliseconds, timestamp},
        },
    },
};

/// What a batch adds to the figures once it is committed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// New messages.
    pub accepted: u64,
    /// Retries answered with the message of the first try.
    pub repeated: u64,
}

/// A batch being worked out, in memory.
pub(super) struct Work<'a> {
    pub rules: &'a Rules,
    pub tally: Tally,
    /// As of this transaction.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
    pub now_ms: i64,
    pub logs: HashMap<ConversationId, Log>,
    pub standings: HashMap<(ConversationId, UserId), Standing>,
    /// By client id: sent long ago, or in this batch.
    pub sent: HashMap<(UserId, ClientId), wire::Message>,
    pub targets: HashMap<MessageId, wire::Message>,
    /// Of the people to be added, those who are members already.
    pub present: HashSet<(ConversationId, UserId)>,
    pub inserts: Vec<NewMessage>,
    pub rewritten: HashSet<MessageId>,
    pub readings: HashMap<(ConversationId, UserId), Reading>,
    /// Orders to be told what is unread once all is written, and whose position that is.
    pub marks: Vec<(usize, (ConversationId, UserId))>,
    pub joining: Vec<Joining>,
    pub leaving: HashSet<(ConversationId, UserId)>,
    /// Members before the batch who left in it and came back.
    pub returned: HashSet<(ConversationId, UserId)>,
    pub copies: Copies,
    pub told: Vec<Told>,
    /// The version of the facts that decide the order at hand; 0 where every member may read, whatever the facts.
    pub decided_by: u64,
    /// The rules of the order at hand let people see only those members whom they find.
    pub secret_members: bool,
}

impl Work<'_> {
    /// Works out one order: asks the policy, and moves the state if it may be done. `refusal` is why a start must not make
    /// anything; what exists already may still be found.
    pub fn order(
        &mut self,
        order: &Order,
        conversation: ConversationId,
        created: bool,
        refusal: Option<Refusal>,
    ) -> Result<Done, Refusal> {
        let user = order.caller.user;
        let mut standing = *self
            .standings
            .get(&(conversation, user))
            .filter(|standing| standing.facts.tenant == order.caller.tenant.0)
            .ok_or_else(rules::not_found)?;
        // Under the same lock as the change: nothing is written after a revocation was answered, on any node.
        if order.caller.issued_at_s < standing.tokens_valid_from_s {
            return Err(Refusal::new(
                ErrorCode::Unauthenticated,
                "the person's tokens were revoked after this one was issued",
            ));
        }
        let log = self.logs.entry(conversation).or_insert_with(|| Log::new(conversation, &standing));
        standing.facts.state = log.state;
        let kind = standing.facts.kind;
        let comes_back =
            matches!(order.op, Op::Start(_)) && standing.facts.role.is_none() && matches!(kind, NOTE_TO_SELF | DIRECT);
        if comes_back {
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            standing.facts.role = Some(MEMBER);
        }
        let facts = self.facts(order.caller.tenant)?;
        self.decided_by = if facts.policy.members_read() { 0 } else { facts.version };
        self.secret_members = facts.policy.secret_members();
        // The answer to the first try may have been lost. What made the caller leave is then asked again of somebody who has left:
        // it is judged as it was before, and done already.
        let is_done = standing.facts.role.is_none() && standing.former_role.is_some() && order.op.makes_leave(user);
        if is_done {
            standing.facts.role = standing.former_role;
        }
        let rules = self.rules;
        let may = |action| rules.allow_in(&facts, action, user, &standing.facts);
        match &order.op {
            Op::Start(start) => {
                may(Action::Read)?;
                if let Some(draft) = &start.first_message {
                    let done = self.sent_before(conversation, user, draft, StartConversation::FIRST_MESSAGE)?.is_some();
                    match kind {
                        _ if done || (created && kind == MAIL) => {}
                        MAIL => return Err(used_for_another("mail", StartConversation::CLIENT_ID)),
                        _ => may(Action::Send).map_err(|refusal| refusal.field(StartConversation::FIRST_MESSAGE))?,
                    }
                }
                // Only once nothing can be refused any more.
                if comes_back {
                    self.come_back(conversation, user);
                }
                let first_message = start.first_message.as_ref();
                let first_message =
                    first_message.map(|draft| self.send(conversation, user, draft, StartConversation::FIRST_MESSAGE));
                let first_message = first_message.transpose()?;
                Ok(Done::Started { conversation, created, first_message })
            }
            Op::Send { draft, .. } => {
                // A retry is answered even if sending is no longer allowed: it was done.
                let done_here = self
                    .sent
                    .get(&(user, draft.client_id))
                    .is_some_and(|before| before.conversation_id == conversation.to_string());
                may(if done_here { Action::Read } else { Action::Send })?;
                self.send(conversation, user, draft, "sendMessage").map(Done::Sent)
            }
            Op::Edit { message, text, .. } => {
                let found = self.target(conversation, user, *message, &standing, Action::Edit)?;
                self.edit(conversation, *message, found, text).map(Done::Edited)
            }
            Op::Delete { message, .. } => {
                let found = self.target(conversation, user, *message, &standing, Action::DeleteForAll)?;
                Ok(Done::Deleted(self.delete(conversation, *message, found)))
            }
            Op::DeleteOwnCopy { message, .. } => {
                let found = self.target(conversation, user, *message, &standing, Action::DeleteOwnCopy)?;
                Ok(Done::Deleted(self.hide(conversation, user, found)))
            }
            Op::DeleteConversation { for_all: false, .. } => {
                may(Action::DeleteConversation)?;
                if is_done {
                    // Of whoever was taken out by somebody else, the past goes now.
                    self.forget_past(conversation, user);
                } else {
                    self.forget(conversation, user, kind);
                }
                Ok(Done::ConversationDeleted(conversation))
            }
            Op::DeleteConversation { for_all: true, .. } => {
                may(Action::EraseConversation)?;
                match is_done {
                    false => self.erase(conversation, kind),
                    true if self.is_held(conversation) => return Err(rules::not_found()),
                    true => {}
                }
                Ok(Done::ConversationDeleted(conversation))
            }
            Op::Close { .. } => {
                may(if standing.facts.state == CLOSED { Action::Read } else { Action::Close })?;
                self.set_state(conversation, CLOSED)?;
                Ok(Done::Updated)
            }
            Op::Reopen { .. } => {
                may(if standing.facts.state == OPEN { Action::Read } else { Action::Reopen })?;
                self.set_state(conversation, OPEN)?;
                Ok(Done::Updated)
            }
            Op::MarkRead { seq, .. } => {
                may(Action::Read)?;
                let last_seq = self.log(conversation).last_seq;
                Ok(self.mark(conversation, user, &standing, (*seq).min(last_seq), false))
            }
            Op::MarkUnread { .. } => {
                may(Action::Read)?;
                Ok(self.mark(conversation, user, &standing, 0, true))
            }
            Op::Rename { subject, .. } => {
                may(Action::Rename)?;
                let version = self.log(conversation).rename(subject.clone());
                self.conversation_changed(conversation, version, Effect::None, |changed| {
                    changed.subject = Some(subject.clone());
                });
                Ok(Done::Updated)
            }
            Op::AddMembers { users, checks, .. } => {
                may(Action::AddMember)?;
                checks.iter().try_for_each(|check| check.ask(rules, &facts, user))?;
                self.add(conversation, users);
                Ok(Done::Updated)
            }
            Op::RemoveMember { user: gone, .. } => {
                may(if *gone == user { Action::Leave } else { Action::RemoveMember })?;
                self.remove(conversation, *gone);
                Ok(Done::Updated)
            }
        }
    }

    fn facts(&self, tenant: TenantId) -> Result<Arc<Snapshot>, Refusal> {
        self.facts.get(&tenant).cloned().ok_or_else(rules::not_found)
    }

    pub(super) fn log(&mut self, conversation: ConversationId) -> &mut Log {
        self.logs.get_mut(&conversation).expect("made before the first order of its conversation")
    }

    /// The message a draft became before, in this batch or long ago; a refusal if its client id stands for something else.
    /// `place` holds the draft in the request.
    fn sent_before(
        &self,
        conversation: ConversationId,
        author: UserId,
        draft: &Draft,
        place: &str,
    ) -> Result<Option<&wire::Message>, Refusal> {
        let Some(before) = self.sent.get(&(author, draft.client_id)) else { return Ok(None) };
        let edited = before.edited_at.is_some() || before.deleted_at.is_some();
        if before.conversation_id != conversation.to_string() || !(edited || before.text == draft.text) {
            return Err(used_for_another("message", format!("{place}.clientId")));
        }
        Ok(Some(before))
    }

    fn send(
        &mut self,
        conversation: ConversationId,
        author: UserId,
        draft: &Draft,
        place: &str,
    ) -> Result<wire::Message, Refusal> {
        if let Some(before) = self.sent_before(conversation, author, draft, place)?.cloned() {
            self.tally.repeated += 1;
            // Whoever committed it may not have lived to tell. Those who heard drop it by its version.
            let known_seq = before.seq.saturating_sub(1);
            let change = Change::of_message(conversation, &before, known_seq).decided_by(self.decided_by);
            self.told.push(Told::Change(change));
            return Ok(before);
        }
        let peer = self.standings.get(&(conversation, author)).and_then(|standing| standing.facts.peer);
        if let Some(peer) = peer.filter(|peer| self.copies.away.contains(&(conversation, *peer))) {
            self.come_back(conversation, peer);
        }
        let now_ms = self.now_ms;
        let (seq, version) = self.log(conversation).append(now_ms);
        let new = NewMessage {
            conversation,
            seq,
            id: MessageId::new(),
            version,
            author,
            client_id: draft.client_id,
            text: draft.text.clone(),
            sent_at_ms: now_ms,
        };
        let message = wire::Message {
            id: new.id.to_string(),
            conversation_id: conversation.to_string(),
            seq,
            version,
            author_id: author.to_string(),
            client_id: new.client_id.to_string(),
            text: new.text.clone(),
            sent_at: Some(timestamp(now_ms)),
            edited_at: None,
            deleted_at: None,
        };
        self.inserts.push(new);
        self.sent.insert((author, draft.client_id), message.clone());
        self.readings
            .insert((conversation, author), Reading { conversation, user: author, read_seq: seq, marked_unread: false });
        self.tally.accepted += 1;
        let event = Event::MessageSent(wire::MessageEvent { message: Some(message.clone()) });
        self.tell(conversation, version, Effect::Sent { seq, author }, event);
        Ok(message)
    }

    /// The message an order is about, if its actor may do that to it.
    fn target(
        &self,
        conversation: ConversationId,
        user: UserId,
        id: MessageId,
        standing: &Standing,
        action: Action,
    ) -> Result<wire::Message, Refusal> {
        let facts = self.facts(TenantId(standing.facts.tenant))?;
        self.rules.allow_in(&facts, Action::Read, user, &standing.facts)?;
        let message = self
            .targets
            .get(&id)
            .filter(|message| message.conversation_id == conversation.to_string() && message.seq >= standing.facts.first_seq)
            // Deleting an own copy twice changes nothing; nothing else can be done to it.
            .filter(|message| {
                action == Action::DeleteOwnCopy || !self.copies.hidden.contains(&(conversation, user, message.seq))
            })
            .ok_or_else(rules::not_found)?;
        let mine = message.author_id == user.to_string();
        let sent_ms = message.sent_at.as_ref().map_or(0, milliseconds);
        let age_ms = self.now_ms.saturating_sub(sent_ms);
        self.rules.allow_to_message(&facts, action, user, &standing.facts, mine, age_ms)?;
        Ok(message.clone())
    }

    fn edit(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
        mut message: wire::Message,
        text: &str,
    ) -> Result<wire::Message, Refusal> {
        if message.deleted_at.is_some() {
            return Err(rules::not_found());
        }
        if message.text == text {
            return Ok(message);
        }
        message.text = text.to_owned();
        message.edited_at = Some(timestamp(self.now_ms));
        message.version = self.log(conversation).change();
        self.rewrite(id, &message);
        let event = Event::MessageEdited(wire::MessageEvent { message: Some(message.clone()) });
        self.tell(conversation, message.version, Effect::Rewritten { seq: message.seq }, event);
        Ok(message)
    }

    fn delete(&mut self, conversation: ConversationId, id: MessageId, mut message: wire::Message) -> wire::Message {
        if message.deleted_at.is_some() {
            return message;
        }
        message.text.clear();
        message.deleted_at = Some(timestamp(self.now_ms));
        let log = self.log(conversation);
        message.version = log.change();
        log.uncounted_seq = log.uncounted_seq.max(message.seq);
        self.rewrite(id, &message);
        let event = Event::MessageDeleted(wire::MessageEvent { message: Some(message.clone()) });
        self.tell(conversation, message.version, Effect::Uncounted { seq: message.seq }, event);
        message
    }

    fn rewrite(&mut self, id: MessageId, message: &wire::Message) {
        self.rewritten.insert(id);
        self.targets.insert(id, message.clone());
    }

    /// Moves a position. What is unread then is known only once all is written: see [`Work::store`].
    fn mark(&mut self, conversation: ConversationId, user: UserId, standing: &Standing, seq: u32, marked: bool) -> Done {
        let reading = self.readings.entry((conversation, user)).or_insert(Reading {
            conversation,
            user,
            read_seq: standing.read_seq,
            marked_unread: false,
        });
        reading.read_seq = reading.read_seq.max(seq);
        reading.marked_unread = marked;
        Done::Marked(wire::ReadState {
            conversation_id: conversation.to_string(),
            read_seq: reading.read_seq,
            unread: 0,
            marked_unread: marked,
        })
    }

    /// Closes or opens; doing it again changes nothing.
    fn set_state(&mut self, conversation: ConversationId, state: i16) -> Result<(), Refusal> {
        let log = self.log(conversation);
        if log.state == LOCKED {
            return Err(rules::refusal(Code::Locked));
        }
        if log.state != state {
            let version = log.set_state(state);
            self.conversation_changed(conversation, version, Effect::Capabilities, |changed| {
                changed.state = i32::from(state);
            });
        }
        Ok(())
    }

    pub(super) fn conversation_changed(
        &mut self,
        conversation: ConversationId,
        version: u32,
        effect: Effect,
        fill: impl FnOnce(&mut wire::ConversationChanged),
    ) {
        let mut changed = wire::ConversationChanged {
            conversation_id: conversation.to_string(),
            version,
            member_count: self.log(conversation).member_count,
            ..Default::default()
        };
        fill(&mut changed);
        self.tell(conversation, version, effect, Event::ConversationChanged(changed));
    }

    fn tell(&mut self, conversation: ConversationId, version: u32, effect: Effect, event: Event) {
        let change = Change::new(conversation, version, effect, event).decided_by(self.decided_by);
        self.told.push(Told::Change(change));
    }
}

/// The answer to a client id that comes back with something else.
fn used_for_another(what: &str, field: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::Conflict, format!("this client id was used for another {what}")).field(field)
}
