//! The in-memory state of a batch while it is decided.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_protocol::{ClientId, ConversationId, MessageId, TenantId, UserId};
use uuid::Uuid;

use super::log::Log;
use crate::{
    domain::{MemberRole, Message},
    facts::{Snapshot, policy_gate::Denial},
    fanout::Update,
    store::queries::{append::ActorContext, audit::Entry},
};

/// A batch while its requests are decided one after the other: the rows that were read under the lock, and the results of
/// the requests that are decided already.
pub(super) struct BatchState {
    /// The time of the batch, in milliseconds since 1970 UTC. All its messages, edits and deletions get this time.
    pub now_ms: i64,
    /// The tenants' facts, at the versions that were read under the lock.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
    /// The valid API keys among the keys of the callers, read under the lock.
    pub valid_keys: HashSet<Uuid>,
    /// The counters of the conversations. The first request for a conversation whose caller is authenticated creates its
    /// entry.
    pub logs: HashMap<ConversationId, Log>,
    /// The rows that the decisions depend on.
    pub current: Current,
    /// The decisions.
    pub decided: Decided,
}

/// The rows that were read for a batch. Each decision updates them, so that the next request sees its result.
pub(super) struct Current {
    /// The callers' memberships.
    pub actors: HashMap<(ConversationId, UserId), ActorContext>,
    /// Messages by author and client id: stored before, or sent in this batch.
    pub sent: HashMap<(UserId, ClientId), Message>,
    /// The messages that requests edit or delete.
    pub targets: HashMap<MessageId, Message>,
    /// Those users whom requests of the batch add, remove or let leave, and who are members now.
    pub members: HashSet<(ConversationId, UserId)>,
    /// Users of direct conversations who deleted their copy. The next message makes them members again.
    pub left_peers: HashSet<(ConversationId, UserId)>,
    /// Messages of the batch's requests whose own copy the user has deleted, by conversation, user and `seq`.
    pub hidden: HashSet<(ConversationId, UserId, u32)>,
    /// The users who have a copy of a conversation that the batch erases, as they were before the batch.
    pub holders: HashMap<ConversationId, HashSet<UserId>>,
}

/// The results of the requests that are decided already: what the batch writes, publishes and counts. No result leaves the
/// writer before the commit.
#[derive(Default)]
pub(super) struct Decided {
    /// New messages.
    pub messages: Vec<Message>,
    /// Edited and deleted messages; their new rows are in [`Current::targets`].
    pub rewritten: HashSet<MessageId>,
    /// New read positions.
    pub read_positions: HashMap<(ConversationId, UserId), ReadPosition>,
    /// Those positions in [`Self::read_positions`] that a user moved with a command. The other positions follow from an own
    /// message. The unread counts at the moved positions are read after the batch was written.
    pub marked: HashSet<(ConversationId, UserId)>,
    /// Users who become members.
    pub joining: Vec<Joining>,
    /// Stored memberships that end.
    pub leaving: HashSet<(ConversationId, UserId)>,
    /// Users who were members before the batch, left in it and came back in it.
    pub returned: HashSet<(ConversationId, UserId)>,
    /// Own copies of messages to delete, by conversation, user and `seq`.
    pub hiding: Vec<(ConversationId, UserId, u32)>,
    /// The first `seq` that a user may still see, for users who deleted their copy of the conversation.
    pub forgetting: HashMap<(ConversationId, UserId), u32>,
    /// The updates to publish, in this order.
    pub updates: Vec<Update>,
    /// Lines of the audit log, written in the transaction of the batch.
    pub audit: Vec<(TenantId, Entry)>,
    /// Denied requests, for the metrics and the audit log.
    pub denials: Vec<Denial>,
    /// Counts to add to the metrics.
    pub counts: SendCounts,
}

/// The numbers that a batch adds to the metrics.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct SendCounts {
    /// Number of new messages.
    pub accepted: u64,
    /// Number of retries that were answered with the message of the first try.
    pub repeated: u64,
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
pub(super) struct ReadPosition {
    /// The `seq` of the last message that the member has read.
    pub read_seq: u32,
    /// Whether the member marked the conversation as unread.
    pub marked_unread: bool,
}

/// The set of these values.
pub(super) fn distinct<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) -> HashSet<T> {
    values.collect()
}
