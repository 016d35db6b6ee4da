//! What a batch decides: each order in its turn, against facts read under the lock. Nothing here touches the database.

use std::collections::{HashMap, HashSet};

use causerie_policy::{About, Action};
use causerie_protocol::{ClientId, ConversationId, ErrorCode, MessageId, Refusal, UserId, command::Draft, limits, wire};
use wire::event::Kind as Event;

use super::{
    Done, Op, Order,
    log::{Log, Reading},
};
use crate::{
    conversations::rules,
    fanout::{Change, Effect, Frame, Told},
    store::queries::{
        append::{NewMessage, Standing},
        messages::timestamp,
    },
    telemetry::Metrics,
};

/// The role of one who was added.
const MEMBER: i16 = 1;

/// A batch being worked out, in memory.
pub(super) struct Work<'a> {
    pub metrics: &'a Metrics,
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
    pub joining: Vec<(ConversationId, UserId, i16, u32)>,
    pub leaving: Vec<(ConversationId, UserId)>,
    pub told: Vec<Told>,
}

impl Work<'_> {
    /// Works out one order: asks the policy, and moves the state if it may be done.
    pub fn order(&mut self, order: &Order, conversation: ConversationId, created: bool) -> Result<Done, Refusal> {
        let user = order.caller.user;
        let standing = *self
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
        self.logs.entry(conversation).or_insert_with(|| Log::new(conversation, &standing));
        let me = rules::me(standing.actor_status);
        let may = |action| rules::allow_in(self.metrics, action, me, &standing.facts);
        match &order.op {
            Op::Start(start) => {
                may(Action::Read)?;
                let first_message = match &start.first_message {
                    Some(draft) => {
                        may(Action::Send)?;
                        Some(self.send(conversation, user, draft)?)
                    }
                    None => None,
                };
                Ok(Done::Started { conversation, created, first_message })
            }
            Op::Send { draft, .. } => {
                // A retry is answered even if sending is no longer allowed: it was done.
                let done_here = self
                    .sent
                    .get(&(user, draft.client_id))
                    .is_some_and(|before| before.conversation_id == conversation.to_string());
                if !done_here {
                    may(Action::Send)?;
                }
                self.send(conversation, user, draft).map(Done::Sent)
            }
            Op::Edit { message, text, .. } => {
                let found = self.target(conversation, user, *message, &standing, Action::Edit)?;
                self.edit(conversation, *message, found, text).map(Done::Edited)
            }
            Op::Delete { message, .. } => {
                let found = self.target(conversation, user, *message, &standing, Action::DeleteForAll)?;
                Ok(Done::Deleted(self.delete(conversation, *message, found)))
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
            Op::AddMembers { users, .. } => {
                may(Action::AddMember)?;
                self.add(conversation, users);
                Ok(Done::Updated)
            }
            Op::RemoveMember { user: gone, .. } => {
                may(if *gone == user { Action::Leave } else { Action::RemoveMember })?;
                self.remove(conversation, *gone)?;
                Ok(Done::Updated)
            }
        }
    }

    fn log(&mut self, conversation: ConversationId) -> &mut Log {
        self.logs.get_mut(&conversation).expect("made before the first order of its conversation")
    }

    fn send(&mut self, conversation: ConversationId, author: UserId, draft: &Draft) -> Result<wire::Message, Refusal> {
        if let Some(before) = self.sent.get(&(author, draft.client_id)) {
            let edited = before.edited_at.is_some() || before.deleted_at.is_some();
            if before.conversation_id != conversation.to_string() || !(edited || before.text == draft.text) {
                return Err(
                    Refusal::new(ErrorCode::Conflict, "this client id was used for another message").field("clientId")
                );
            }
            self.metrics.messages_repeated.inc();
            let before = before.clone();
            // Whoever committed it may not have lived to tell. Those who heard drop it by its version.
            let known_seq = before.seq.saturating_sub(1);
            self.told.push(Told::Change(Change::of_message(conversation, &before, known_seq)));
            return Ok(before);
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
        self.metrics.messages_accepted.inc();
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
        let me = rules::me(standing.actor_status);
        rules::allow_in(self.metrics, Action::Read, me, &standing.facts)?;
        let message = self
            .targets
            .get(&id)
            .filter(|message| message.conversation_id == conversation.to_string() && message.seq >= standing.facts.first_seq)
            .ok_or_else(rules::not_found)?;
        let mine = message.author_id == user.to_string();
        let about = About::Message { conversation: rules::conversation(&standing.facts), mine };
        rules::allow(self.metrics, action, me, about)?;
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
        self.tell(conversation, message.version, Effect::None, event);
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

    fn add(&mut self, conversation: ConversationId, users: &[wire::User]) {
        let mut added = Vec::new();
        let read_seq = self.log(conversation).last_seq;
        for user in users {
            let Ok(id) = user.id.parse::<UserId>() else { continue };
            if self.present.insert((conversation, id)) {
                self.joining.push((conversation, id, MEMBER, read_seq));
                self.leaving.retain(|gone| *gone != (conversation, id));
                added.push(wire::Member { user: Some(user.clone()), role: i32::from(MEMBER), read_seq });
            }
        }
        if added.is_empty() {
            return;
        }
        let log = self.log(conversation);
        log.member_count += u32::try_from(added.len()).unwrap_or(0);
        let version = log.change();
        added.truncate(limits::MEMBERS_SHOWN);
        self.conversation_changed(conversation, version, Effect::None, |changed| changed.members_added = added);
    }

    fn remove(&mut self, conversation: ConversationId, user: UserId) -> Result<(), Refusal> {
        if !self.present.remove(&(conversation, user)) {
            return Err(rules::not_found().field("userId"));
        }
        // One who came within this very batch leaves no row behind.
        let before = self.joining.len();
        self.joining.retain(|joining| (joining.0, joining.1) != (conversation, user));
        if self.joining.len() == before {
            self.leaving.push((conversation, user));
        }
        if let Some(standing) = self.standings.get_mut(&(conversation, user)) {
            standing.facts.role = None;
        }
        let log = self.log(conversation);
        log.member_count = log.member_count.saturating_sub(1);
        let version = log.change();
        self.conversation_changed(conversation, version, Effect::Removed(vec![user]), |changed| {
            changed.members_removed.push(user.to_string());
        });
        Ok(())
    }

    fn conversation_changed(
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
        self.told.push(Told::Change(Change { conversation, version, effect, frame: Frame::event(event) }));
    }
}
