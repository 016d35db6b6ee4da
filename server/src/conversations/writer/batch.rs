//! One transaction: start what is to be started, lock, read what stands, decide, write, commit.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ConversationId, MessageId, Refusal, UserId, command::Draft, limits, wire};
use wire::event::Kind as Event;

use super::{Done, Op, Order, work::Work};
use crate::{
    conversations::rules,
    fanout::{Frame, Position, Told},
    store::{
        Store, StoreError,
        queries::append::{Append, Move, NewMember},
    },
    telemetry::Metrics,
};

/// A batch that is on disk.
pub(super) struct Written {
    /// One per order.
    pub outcomes: Vec<Result<Done, Refusal>>,
    /// For the live world, in order.
    pub told: Vec<Told>,
}

/// Writes a batch. On an error nothing of it was done, or, if the commit itself failed, it is not known.
pub(super) async fn write(store: &Store, metrics: &Metrics, now_ms: i64, orders: &[Order]) -> Result<Written, StoreError> {
    let append = Append::new(store.begin().await?);
    let mut told = Vec::new();
    let started = start(&append, orders, now_ms).await?;
    let places: Vec<Option<ConversationId>> =
        orders.iter().zip(&started).map(|(order, started)| place(&order.op).or(started.map(|(id, _)| id))).collect();
    append.lock(distinct(places.iter().flatten().copied())).await?;
    join_started(&append, orders, &started, now_ms, &mut told).await?;

    let actors = orders.iter().zip(&places).filter_map(|(order, place)| Some(((*place)?, order.caller.user)));
    let standings = append.standings(distinct(actors)).await?;
    let drafts = orders.iter().filter_map(|order| Some((order.caller.user, draft(&order.op)?.client_id)));
    let sent_before = append.sent_before(distinct(drafts)).await?;
    let targets = append.messages(distinct(orders.iter().filter_map(|order| target(&order.op)))).await?;
    let people: Vec<(ConversationId, UserId)> = orders.iter().flat_map(|order| newcomers(&order.op)).collect();
    let present = append.present(&people).await?.into_iter().collect();

    let mut work = Work {
        metrics,
        now_ms,
        logs: HashMap::new(),
        standings,
        sent: sent_before,
        targets,
        present,
        inserts: Vec::new(),
        rewritten: HashSet::new(),
        readings: HashMap::new(),
        marks: Vec::new(),
        joining: Vec::new(),
        leaving: Vec::new(),
        told,
    };
    let mut outcomes = Vec::with_capacity(orders.len());
    for ((order, place), started) in orders.iter().zip(places).zip(started) {
        let outcome = match place {
            Some(place) => work.order(order, place, started.is_some_and(|(_, created)| created)),
            None => Err(rules::not_found()),
        };
        if let (Ok(Done::Marked(_)), Some(place)) = (&outcome, place) {
            work.marks.push((outcomes.len(), (place, order.caller.user)));
        }
        outcomes.push(outcome);
    }
    work.store(&append, &mut outcomes).await?;
    let told = work.told;
    append.commit().await?;
    Ok(Written { outcomes, told })
}

/// Makes conversations; per order the conversation and whether it is new.
async fn start(append: &Append, orders: &[Order], now_ms: i64) -> Result<Vec<Option<(ConversationId, bool)>>, StoreError> {
    let new: Vec<_> = orders
        .iter()
        .filter_map(|order| match &order.op {
            Op::Start(start) => Some(start.new.clone()),
            _ => None,
        })
        .collect();
    if new.is_empty() {
        return Ok(vec![None; orders.len()]);
    }
    let found = append.start(new, now_ms).await?;
    Ok(orders
        .iter()
        .map(|order| match &order.op {
            Op::Start(start) => {
                let id = *found.get(&(start.new.tenant, start.new.start_key.clone()))?;
                Some((id, id == start.new.id))
            }
            _ => None,
        })
        .collect())
}

/// Puts the members into conversations just made.
async fn join_started(
    append: &Append,
    orders: &[Order],
    started: &[Option<(ConversationId, bool)>],
    now_ms: i64,
    told: &mut Vec<Told>,
) -> Result<(), StoreError> {
    let mut joining = Vec::new();
    for (order, started) in orders.iter().zip(started) {
        if let (Op::Start(start), Some((conversation, true))) = (&order.op, started) {
            joining.extend(start.members.iter().map(|(user, role)| (*conversation, *user, *role, 0)));
        }
    }
    join(append, &joining, now_ms, told).await
}

/// Adds members `(conversation, user, role, read_seq)`, each with an inbox version of its own.
async fn join(
    append: &Append,
    joining: &[(ConversationId, UserId, i16, u32)],
    now_ms: i64,
    told: &mut Vec<Told>,
) -> Result<(), StoreError> {
    let mut versions = raise(append, joining.iter().map(|(_, user, _, _)| *user)).await?;
    let members: Vec<NewMember> = joining
        .iter()
        .map(|&(conversation, user, role, read_seq)| {
            let inbox_version = versions.next(user);
            told.push(Told::Inbox { user, version: inbox_version });
            NewMember { conversation, user, role, read_seq, inbox_version }
        })
        .collect();
    append.add_members(&members, now_ms).await
}

/// Inbox versions to hand out, one per joining or leaving.
struct InboxVersions(HashMap<UserId, u32>);

impl InboxVersions {
    fn next(&mut self, user: UserId) -> u32 {
        let version = self.0.entry(user).or_default();
        *version += 1;
        *version
    }
}

async fn raise(append: &Append, users: impl Iterator<Item = UserId>) -> Result<InboxVersions, StoreError> {
    let mut times: HashMap<UserId, u32> = HashMap::new();
    for user in users {
        *times.entry(user).or_default() += 1;
    }
    if times.is_empty() {
        return Ok(InboxVersions(HashMap::new()));
    }
    let after = append.raise_inboxes(&times).await?;
    let before = after.into_iter().map(|(user, version)| (user, version - times.get(&user).copied().unwrap_or(0)));
    Ok(InboxVersions(before.collect()))
}

impl Work<'_> {
    /// Writes what was worked out, and fills in what only the written state tells.
    async fn store(&mut self, append: &Append, outcomes: &mut [Result<Done, Refusal>]) -> Result<(), StoreError> {
        append.insert(&self.inserts).await?;
        let rewritten = self.rewritten.iter().filter_map(|id| self.targets.get(id)).filter_map(|message| {
            Some((
                message.conversation_id.parse().ok()?,
                message.seq,
                message.version,
                message.text.clone(),
                message.edited_at.as_ref().map_or(0, ms),
                message.deleted_at.as_ref().map_or(0, ms),
            ))
        });
        append.rewrite(rewritten.collect()).await?;
        let versions: HashMap<ConversationId, (u32, u32, u32)> =
            self.logs.iter().map(|(id, log)| (*id, (log.version, log.last_seq, log.member_count))).collect();
        append.count(self.logs.drain().filter_map(|(_, log)| log.counters()).collect()).await?;

        join(append, &self.joining, self.now_ms, &mut self.told).await?;
        let mut inboxes = raise(append, self.leaving.iter().map(|(_, user)| *user)).await?;
        let gone: Vec<_> = self.leaving.iter().map(|&(at, user)| (at, user, inboxes.next(user))).collect();
        append.remove_members(&gone, self.now_ms).await?;
        self.told.extend(gone.into_iter().map(|(_, user, version)| Told::Inbox { user, version }));

        append
            .move_positions(
                self.readings
                    .values()
                    .map(|reading| Move {
                        conversation: reading.conversation,
                        user: reading.user,
                        read_seq: reading.read_seq,
                        marked_unread: reading.marked_unread,
                    })
                    .collect(),
            )
            .await?;
        self.count_marked(append, outcomes, &versions).await
    }

    async fn count_marked(
        &mut self,
        append: &Append,
        outcomes: &mut [Result<Done, Refusal>],
        versions: &HashMap<ConversationId, (u32, u32, u32)>,
    ) -> Result<(), StoreError> {
        // Own messages moved positions too, but those stand at the end: nothing is unread, and every node knows it.
        let moved: HashSet<_> = self.marks.iter().map(|(_, key)| *key).collect();
        let behind: Vec<_> = moved
            .iter()
            .filter(|key| self.readings[key].read_seq < versions.get(&key.0).map_or(0, |(_, last_seq, _)| *last_seq))
            .copied()
            .collect();
        let unread = append.unread(&behind).await?;
        for key in &moved {
            let reading = self.readings[key];
            let (version, _, member_count) = versions.get(&key.0).copied().unwrap_or_default();
            self.told.push(Told::Position(Position {
                user: key.1,
                conversation: key.0,
                read_seq: reading.read_seq,
                marked_unread: reading.marked_unread,
                unread: unread.get(key).copied().unwrap_or(0),
                version,
            }));
            if (2..=limits::READ_RECEIPTS_MEMBERS_MAX).contains(&(member_count as usize)) {
                let read = wire::MemberRead {
                    conversation_id: key.0.to_string(),
                    user_id: key.1.to_string(),
                    read_seq: reading.read_seq,
                };
                let frame = Frame::event(Event::MemberRead(read));
                self.told.push(Told::Passing { conversation: key.0, user: key.1, frame });
            }
        }
        for (at, key) in &self.marks {
            let reading = self.readings[key];
            outcomes[*at] = Ok(Done::Marked(wire::ReadState {
                conversation_id: key.0.to_string(),
                read_seq: reading.read_seq,
                unread: unread.get(key).copied().unwrap_or(0),
                marked_unread: reading.marked_unread,
            }));
        }
        Ok(())
    }
}

fn ms(at: &causerie_protocol::Timestamp) -> i64 {
    at.seconds * 1000 + i64::from(at.nanos) / 1_000_000
}

fn distinct<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashSet<T> {
    all.collect()
}

/// The conversation an order names.
fn place(op: &Op) -> Option<ConversationId> {
    match op {
        Op::Start(_) => None,
        Op::Send { conversation, .. }
        | Op::Edit { conversation, .. }
        | Op::Delete { conversation, .. }
        | Op::MarkRead { conversation, .. }
        | Op::MarkUnread { conversation }
        | Op::Rename { conversation, .. }
        | Op::AddMembers { conversation, .. }
        | Op::RemoveMember { conversation, .. } => Some(*conversation),
    }
}

fn draft(op: &Op) -> Option<&Draft> {
    match op {
        Op::Start(start) => start.first_message.as_ref(),
        Op::Send { draft, .. } => Some(draft),
        _ => None,
    }
}

fn target(op: &Op) -> Option<MessageId> {
    match op {
        Op::Edit { message, .. } | Op::Delete { message, .. } => Some(*message),
        _ => None,
    }
}

/// People whose membership an order is about.
fn newcomers(op: &Op) -> Vec<(ConversationId, UserId)> {
    match op {
        Op::AddMembers { conversation, users } => {
            users.iter().filter_map(|user| Some((*conversation, user.id.parse().ok()?))).collect()
        }
        Op::RemoveMember { conversation, user } => vec![(*conversation, *user)],
        _ => Vec::new(),
    }
}
