//! The state of a batch while it is decided, in memory.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_protocol::{ClientId, ConversationId, MessageId, TenantId, UserId, wire};

use super::log::Log;
use crate::{
    facts::{Snapshot, policy_gate::PolicyGate},
    fanout::Update,
    store::queries::append::{ActorContext, NewMessage},
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
pub(super) struct BatchState<'a> {
    pub gate: &'a PolicyGate,
    pub tally: Tally,
    /// As of this transaction.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
    pub now_ms: i64,
    pub logs: HashMap<ConversationId, Log>,
    pub actors: HashMap<(ConversationId, UserId), ActorContext>,
    /// By client id: sent long ago, or in this batch.
    pub sent: HashMap<(UserId, ClientId), wire::Message>,
    pub targets: HashMap<MessageId, wire::Message>,
    /// Of the users to be added, those who are members already.
    pub present: HashSet<(ConversationId, UserId)>,
    pub inserts: Vec<NewMessage>,
    pub rewritten: HashSet<MessageId>,
    pub readings: HashMap<(ConversationId, UserId), Reading>,
    /// Requests to be told what is unread once all is written, and whose position that is.
    pub marks: Vec<(usize, (ConversationId, UserId))>,
    pub joining: Vec<Joining>,
    pub leaving: HashSet<(ConversationId, UserId)>,
    /// Members before the batch who left in it and came back.
    pub returned: HashSet<(ConversationId, UserId)>,
    pub own_deletions: OwnDeletions,
    pub updates: Vec<Update>,
    /// The version of the facts that decide the request at hand; 0 where every member may read, whatever the facts.
    pub decided_by: u64,
    /// The rules of the request at hand let users see only those members whom they find.
    pub secret_members: bool,
}

/// What a batch knows and does about own copies.
#[derive(Debug, Default)]
pub(super) struct OwnDeletions {
    /// In direct conversations: who deleted their copy, and comes back with the next message.
    pub away: HashSet<(ConversationId, UserId)>,
    /// Messages, of those the batch is about, whose own copy is deleted.
    pub hidden: HashSet<(ConversationId, UserId, u32)>,
    /// Who is in the conversations to be erased.
    pub holders: HashMap<ConversationId, HashSet<UserId>>,
    /// Those of [`Self::hidden`] to be written.
    pub hiding: Vec<(ConversationId, UserId, u32)>,
    /// From which message on a conversation is somebody's.
    pub forgetting: HashMap<(ConversationId, UserId), u32>,
}

/// Somebody who comes to be a member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joining {
    pub conversation: ConversationId,
    pub user: UserId,
    pub role: i16,
    /// What was said before is not unread.
    pub read_seq: u32,
}

/// A position on its way forward.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub conversation: ConversationId,
    pub user: UserId,
    pub read_seq: u32,
    pub marked_unread: bool,
}

/// Each value once.
pub(super) fn distinct<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashSet<T> {
    all.collect()
}
