//! Decides the requests of a batch one after the other, by facts that were read under the lock. This module does not access
//! the database.

use std::sync::Arc;

use causerie_policy::{Action, Code};
use causerie_protocol::{
    ConversationId, ErrorCode, MessageId, Refusal, TenantId, UserId,
    command::{Draft, StartConversation},
    wire,
};
use wire::event::Kind as Event;

use super::{
    log::Log,
    request::{Mutation, WriteRequest, WriteResult},
    state::{BatchState, Reading},
};
use crate::{
    auth::AuthError,
    domain::{ConversationState, Numbered as _},
    facts::{Snapshot, policy_gate},
    fanout::{Change, Effect, Update},
    store::{
        kinds::{CLOSED, DIRECT, LOCKED, MAIL, MEMBER, NOTE_TO_SELF, OPEN},
        queries::{
            append::{ActorContext, NewMessage},
            columns::{milliseconds, timestamp},
        },
    },
};

impl BatchState<'_> {
    /// Decides one request: asks the policy, and applies the request to the batch state if it is allowed. `refusal` is the
    /// reason why a start must not create a conversation; an existing conversation can still be found.
    pub fn decide(
        &mut self,
        request: &WriteRequest,
        conversation: ConversationId,
        created: bool,
        refusal: Option<Refusal>,
    ) -> Result<WriteResult, Refusal> {
        let user = request.caller.user;
        let mut actor = *self
            .actors
            .get(&(conversation, user))
            .filter(|actor| actor.member.tenant == request.caller.tenant)
            .ok_or_else(policy_gate::not_found)?;
        // This check runs under the same lock as the change, so no node writes for a token whose revocation was answered.
        if request.caller.issued_at_s < actor.tokens_valid_from_s {
            return Err(Refusal::new(
                ErrorCode::Unauthenticated,
                "the person's tokens were revoked after this one was issued",
            ));
        }
        if actor.is_suspended {
            return Err(AuthError::Suspended.into());
        }
        let log = self.logs.entry(conversation).or_insert_with(|| Log::new(conversation, &actor));
        actor.member.state = log.state;
        let kind = actor.member.kind;
        let comes_back = matches!(request.mutation, Mutation::Start(_))
            && actor.member.role.is_none()
            && matches!(kind, NOTE_TO_SELF | DIRECT);
        if comes_back {
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            actor.member.role = Some(MEMBER);
        }
        let facts = self.facts(request.caller.tenant)?;
        self.decided_by = if facts.policy.members_read() { 0 } else { facts.version };
        self.secret_members = facts.policy.secret_members();
        // The answer to the first try may have been lost. When a caller who has already left repeats the command that made
        // them leave, the policy is asked with their former role, and nothing more is changed.
        let is_done = actor.member.role.is_none() && actor.former_role.is_some() && request.mutation.makes_leave(user);
        if is_done {
            actor.member.role = actor.former_role;
        }
        let gate = self.gate;
        let may = |action| gate.allow_in(&facts, action, user, &actor.member);
        match &request.mutation {
            Mutation::Start(start) => {
                may(Action::Read)?;
                if let Some(draft) = &start.first_message {
                    let done = self.sent_before(conversation, user, draft, StartConversation::FIRST_MESSAGE)?.is_some();
                    match kind {
                        _ if done || (created && kind == MAIL) => {}
                        MAIL => return Err(used_for_another("mail", StartConversation::CLIENT_ID)),
                        _ => may(Action::Send).map_err(|refusal| refusal.field(StartConversation::FIRST_MESSAGE))?,
                    }
                }
                // From here on nothing can be refused.
                if comes_back {
                    self.come_back(conversation, user);
                }
                let first_message = start.first_message.as_ref();
                let first_message =
                    first_message.map(|draft| self.send(conversation, user, draft, StartConversation::FIRST_MESSAGE));
                let first_message = first_message.transpose()?;
                Ok(WriteResult::Started { conversation, created, first_message })
            }
            Mutation::Send { draft, .. } => {
                // The retry of a stored message is answered even if sending is no longer allowed.
                let done_here = self
                    .sent
                    .get(&(user, draft.client_id))
                    .is_some_and(|before| before.conversation_id == conversation.to_string());
                may(if done_here { Action::Read } else { Action::Send })?;
                self.send(conversation, user, draft, "sendMessage").map(WriteResult::Sent)
            }
            Mutation::Edit { message, text, .. } => {
                let found = self.target(conversation, user, *message, &actor, Action::Edit)?;
                self.edit(conversation, *message, found, text).map(WriteResult::Edited)
            }
            Mutation::Delete { message, .. } => {
                let found = self.target(conversation, user, *message, &actor, Action::DeleteForAll)?;
                Ok(WriteResult::Deleted(self.delete(conversation, *message, found)))
            }
            Mutation::EraseText { message, .. } => {
                let found = self.targets.get(message).filter(|found| found.conversation_id == conversation.to_string());
                let found = found.cloned().ok_or_else(policy_gate::not_found)?;
                Ok(WriteResult::Deleted(self.delete(conversation, *message, found)))
            }
            Mutation::DeleteOwnCopy { message, .. } => {
                let found = self.target(conversation, user, *message, &actor, Action::DeleteOwnCopy)?;
                Ok(WriteResult::Deleted(self.hide(conversation, user, found)))
            }
            Mutation::DeleteConversation { for_all: false, .. } => {
                may(Action::DeleteConversation)?;
                if is_done {
                    // Another user has removed the caller, who still saw the past messages. Now these are deleted for the
                    // caller.
                    self.forget_past(conversation, user);
                } else {
                    self.forget(conversation, user, kind);
                }
                Ok(WriteResult::ConversationDeleted(conversation))
            }
            Mutation::DeleteConversation { for_all: true, .. } => {
                may(Action::EraseConversation)?;
                match is_done {
                    false => self.erase(conversation, kind),
                    true if self.is_held(conversation) => return Err(policy_gate::not_found()),
                    true => {}
                }
                Ok(WriteResult::ConversationDeleted(conversation))
            }
            Mutation::Close { .. } => {
                may(if actor.member.state == CLOSED { Action::Read } else { Action::Close })?;
                self.set_state(conversation, CLOSED)?;
                Ok(WriteResult::Updated)
            }
            Mutation::Reopen { .. } => {
                may(if actor.member.state == OPEN { Action::Read } else { Action::Reopen })?;
                self.set_state(conversation, OPEN)?;
                Ok(WriteResult::Updated)
            }
            Mutation::MarkRead { seq, .. } => {
                may(Action::Read)?;
                let last_seq = self.log(conversation).last_seq;
                Ok(self.mark(conversation, user, &actor, (*seq).min(last_seq), false))
            }
            Mutation::MarkUnread { .. } => {
                may(Action::Read)?;
                Ok(self.mark(conversation, user, &actor, 0, true))
            }
            Mutation::Rename { subject, .. } => {
                may(Action::Rename)?;
                let version = self.log(conversation).rename(subject.clone());
                self.conversation_changed(conversation, version, Effect::None, |changed| {
                    changed.subject = Some(subject.clone());
                });
                Ok(WriteResult::Updated)
            }
            Mutation::AddMembers { users, checks, .. } => {
                may(Action::AddMember)?;
                checks.iter().try_for_each(|check| check.ask(gate, &facts, user))?;
                self.add(conversation, users);
                Ok(WriteResult::Updated)
            }
            Mutation::RemoveMember { user: gone, .. } => {
                may(if *gone == user { Action::Leave } else { Action::RemoveMember })?;
                self.remove(conversation, *gone);
                Ok(WriteResult::Updated)
            }
        }
    }

    fn facts(&self, tenant: TenantId) -> Result<Arc<Snapshot>, Refusal> {
        self.facts.get(&tenant).cloned().ok_or_else(policy_gate::not_found)
    }

    pub(super) fn log(&mut self, conversation: ConversationId) -> &mut Log {
        self.logs.get_mut(&conversation).expect("made before the first order of its conversation")
    }

    /// The message that an earlier send with the same client id created, in this batch or before it. Refuses if that message
    /// is in another conversation or has another text. `place` is the request's field that holds the draft.
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
            // The node that committed the message may have ended before it published the change, so the change is published
            // again. Rooms that have seen its version drop it.
            let known_seq = before.seq.saturating_sub(1);
            let change = Change::of_message(conversation, &before, known_seq).decided_by(self.decided_by);
            self.updates.push(Update::Change(change));
            return Ok(before);
        }
        let peer = self.actors.get(&(conversation, author)).and_then(|actor| actor.member.peer);
        if let Some(peer) = peer.filter(|peer| self.own_deletions.away.contains(&(conversation, *peer))) {
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

    /// The message that a request changes, if the policy allows the user this action on it.
    fn target(
        &self,
        conversation: ConversationId,
        user: UserId,
        id: MessageId,
        actor: &ActorContext,
        action: Action,
    ) -> Result<wire::Message, Refusal> {
        let facts = self.facts(actor.member.tenant)?;
        self.gate.allow_in(&facts, Action::Read, user, &actor.member)?;
        let message = self
            .targets
            .get(&id)
            .filter(|message| message.conversation_id == conversation.to_string() && message.seq >= actor.member.first_seq)
            // A user who deleted their own copy of a message can only delete the copy again, which changes nothing.
            .filter(|message| {
                action == Action::DeleteOwnCopy || !self.own_deletions.hidden.contains(&(conversation, user, message.seq))
            })
            .ok_or_else(policy_gate::not_found)?;
        let mine = message.author_id == user.to_string();
        let sent_ms = message.sent_at.as_ref().map_or(0, milliseconds);
        let age_ms = self.now_ms.saturating_sub(sent_ms);
        self.gate.allow_to_message(&facts, action, user, &actor.member, mine, age_ms)?;
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
            return Err(policy_gate::not_found());
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

    /// Moves a read position. [`BatchState::persist`] fills in the unread count, which is known only after the batch is
    /// written.
    fn mark(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        actor: &ActorContext,
        seq: u32,
        marked: bool,
    ) -> WriteResult {
        let reading = self.readings.entry((conversation, user)).or_insert(Reading {
            conversation,
            user,
            read_seq: actor.read_seq,
            marked_unread: false,
        });
        reading.read_seq = reading.read_seq.max(seq);
        reading.marked_unread = marked;
        WriteResult::Marked(wire::ReadState {
            conversation_id: conversation.to_string(),
            read_seq: reading.read_seq,
            unread: 0,
            marked_unread: marked,
        })
    }

    /// Closes or reopens a conversation. Setting the state that it already has changes nothing.
    fn set_state(&mut self, conversation: ConversationId, state: ConversationState) -> Result<(), Refusal> {
        let log = self.log(conversation);
        if log.state == LOCKED {
            return Err(policy_gate::refusal(Code::Locked));
        }
        if log.state != state {
            let version = log.set_state(state);
            self.conversation_changed(conversation, version, Effect::Capabilities, |changed| {
                changed.state = state.number().into();
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
        self.updates.push(Update::Change(change));
    }
}

/// The refusal of a client id that was used before for something else.
fn used_for_another(what: &str, field: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::Conflict, format!("this client id was used for another {what}")).field(field)
}
