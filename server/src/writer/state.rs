//! The in-memory state of a batch while it is decided.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_protocol::{ClientId, ConversationId, MessageId, TenantId, UserId, wire};

use super::log::Log;
use crate::{
    domain::MemberRole,
    facts::{Snapshot, policy_gate::PolicyGate},
    fanout::Update,
    store::queries::append::{ActorContext, NewMessage},
};

/// What a batch adds to the metrics after its commit.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Number of new messages.
    pub accepted: u64,
    /// Number of retries that were answered with the message of the first try.
    pub repeated: u64,
}

/// What was read for a batch, and what the requests decided so far have changed.
pub(super) struct BatchState<'a> {
    pub gate: &'a PolicyGate,
    pub tally: Tally,
    /// The tenants' facts, at the version read in this transaction.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
    pub now_ms: i64,
    pub logs: HashMap<ConversationId, Log>,
    pub actors: HashMap<(ConversationId, UserId), ActorContext>,
    /// Messages by author and client id: stored before, or sent in this batch.
    pub sent: HashMap<(UserId, ClientId), wire::Message>,
    pub targets: HashMap<MessageId, wire::Message>,
    /// Of the users whom the batch adds to or removes from groups, the current members.
    pub present: HashSet<(ConversationId, UserId)>,
    pub inserts: Vec<NewMessage>,
    pub rewritten: HashSet<MessageId>,
    pub readings: HashMap<(ConversationId, UserId), Reading>,
    /// Requests whose answer contains an unread count: index of the outcome, conversation and user. The count is read after
    /// the batch was written.
    pub marks: Vec<(usize, (ConversationId, UserId))>,
    pub joining: Vec<Joining>,
    pub leaving: HashSet<(ConversationId, UserId)>,
    /// Users who were members before the batch, left in it and came back in it.
    pub returned: HashSet<(ConversationId, UserId)>,
    pub own_deletions: OwnDeletions,
    pub updates: Vec<Update>,
    /// The version of the facts that decide the current request; 0 if the policy lets every member read.
    pub decided_by: u64,
    /// By the policy of the current request, users see only the members whom they can find in the directory.
    pub secret_members: bool,
}

/// Own copies of messages and conversations that users deleted before the batch or delete in it.
#[derive(Debug, Default)]
pub(super) struct OwnDeletions {
    /// Users of direct conversations who deleted their copy. The next message makes them members again.
    pub away: HashSet<(ConversationId, UserId)>,
    /// Messages of the batch's requests whose own copy the user has deleted, by conversation, user and `seq`.
    pub hidden: HashSet<(ConversationId, UserId, u32)>,
    /// The users who have a copy of a conversation that the batch erases.
    pub holders: HashMap<ConversationId, HashSet<UserId>>,
    /// The entries of [`Self::hidden`] that this batch adds and must write.
    pub hiding: Vec<(ConversationId, UserId, u32)>,
    /// The first `seq` that a user may still see, for users who deleted their copy of the conversation.
    pub forgetting: HashMap<(ConversationId, UserId), u32>,
}

/// A user who becomes a member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joining {
    pub conversation: ConversationId,
    pub user: UserId,
    pub role: MemberRole,
    /// The read position of the new member: earlier messages are not unread.
    pub read_seq: u32,
}

/// A member's new read position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub conversation: ConversationId,
    pub user: UserId,
    pub read_seq: u32,
    pub marked_unread: bool,
}

pub(super) fn distinct<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashSet<T> {
    all.collect()
}
