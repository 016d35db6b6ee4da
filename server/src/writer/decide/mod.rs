//! Decides the requests of a batch one after the other: asks the policy, and computes what to write, to publish and to
//! count. One file per kind of mutation.
//!
//! The decisions are pure. They read no database, no clock and no random numbers, and they count and record nothing: a
//! batch whose transaction fails is decided again. All results are collected in [`Decided`](super::state::Decided).

mod close;
mod context;
mod delete;
mod delete_conversation;
mod edit;
mod members;
mod own_deletions;
mod read_position;
mod rename;
mod send;
mod start;

use causerie_protocol::{ConversationId, Refusal};

use self::context::RequestContext;
use super::{
    check::authenticate,
    log::Log,
    request::{Mutation, Start, Started, WriteRequest, WriteResult},
    start::FoundStart,
    state::BatchState,
};
use crate::{
    auth::Caller,
    domain::ConversationState,
    facts::policy_gate::{Rejection, not_found},
};

impl BatchState {
    /// Decides one request. If the request is allowed, the state contains its effects.
    ///
    /// # Errors
    /// The refusal for the caller. The state then contains no effect of the request, except its denial.
    pub(super) fn decide(&mut self, request: &WriteRequest<Mutation>) -> Result<WriteResult, Refusal> {
        let conversation = request.mutation.conversation();
        let decided = self.context(request.caller, conversation).and_then(|mut context| context.apply(&request.mutation));
        self.keep_denial(decided)
    }

    /// Decides the start of a conversation, which was created or found before.
    ///
    /// # Errors
    /// The errors of [`Self::decide`].
    pub(super) fn decide_start(
        &mut self,
        request: &WriteRequest<Start>,
        FoundStart { found, rejection }: FoundStart,
    ) -> Result<Started, Refusal> {
        let decided = match found {
            Some(found) => self
                .context(request.caller, found.id)
                .and_then(|mut context| context.start(&request.mutation, found.created, rejection)),
            None => Err(rejection.unwrap_or_else(|| not_found().into())),
        };
        self.keep_denial(decided)
    }

    /// The context of a request. Its caller must exist in the conversation's tenant and have a valid credential.
    fn context(&mut self, caller: Caller, conversation: ConversationId) -> Result<RequestContext<'_>, Rejection> {
        let mut actor = *self
            .current
            .actors
            .get(&(conversation, caller.user))
            .filter(|actor| actor.member.tenant == caller.tenant)
            .ok_or_else(not_found)?;
        authenticate(caller, actor.tokens_valid_from_s, actor.is_suspended, &self.valid_keys)?;
        let facts = self.facts.get(&caller.tenant).ok_or_else(not_found)?;
        let log = self.logs.entry(conversation).or_insert_with(|| Log::new(conversation, &actor));
        actor.member.state = log.state();
        let (current, decided) = (&mut self.current, &mut self.decided);
        Ok(RequestContext { now_ms: self.now_ms, conversation, user: caller.user, actor, facts, log, current, decided })
    }

    /// Keeps the denial of a rejected request for the metrics and the audit log.
    fn keep_denial<T>(&mut self, decided: Result<T, Rejection>) -> Result<T, Refusal> {
        decided.map_err(|rejection| {
            let (refusal, denial) = rejection.into_parts();
            self.decided.denials.extend(denial);
            refusal
        })
    }
}

impl RequestContext<'_> {
    /// Decides a mutation.
    fn apply(&mut self, mutation: &Mutation) -> Result<WriteResult, Rejection> {
        match mutation {
            Mutation::Send { message, .. } => self.send(message).map(WriteResult::Sent),
            Mutation::Edit { message, text, .. } => self.edit(*message, text).map(WriteResult::Edited),
            Mutation::Delete { message, .. } => self.delete(*message).map(WriteResult::Deleted),
            Mutation::EraseText { message, entry, .. } => {
                self.erase_text(*message, entry.as_deref()).map(WriteResult::Deleted)
            }
            Mutation::DeleteOwnCopy { message, .. } => self.delete_own_copy(*message).map(WriteResult::Deleted),
            Mutation::DeleteConversation { for_all: false, .. } => {
                self.delete_conversation().map(|()| self.conversation_deleted())
            }
            Mutation::DeleteConversation { for_all: true, .. } => {
                self.erase_conversation().map(|()| self.conversation_deleted())
            }
            Mutation::MarkRead { seq, .. } => self.mark_read(*seq).map(WriteResult::Marked),
            Mutation::MarkUnread { .. } => self.mark_unread().map(WriteResult::Marked),
            Mutation::Rename { subject, .. } => self.rename(subject).map(|()| self.updated()),
            Mutation::Close { .. } => self.set_state(ConversationState::Closed).map(|()| self.updated()),
            Mutation::Reopen { .. } => self.set_state(ConversationState::Open).map(|()| self.updated()),
            Mutation::AddMembers { users, checks, .. } => self.add_members(users, checks).map(|()| self.updated()),
            Mutation::RemoveMember { user, .. } => self.remove_member(*user).map(|()| self.updated()),
        }
    }

    fn updated(&self) -> WriteResult {
        WriteResult::Updated(self.conversation)
    }

    fn conversation_deleted(&self) -> WriteResult {
        WriteResult::ConversationDeleted(self.conversation)
    }
}
