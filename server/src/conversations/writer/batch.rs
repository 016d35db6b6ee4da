//! One transaction: start what is to be started, lock, read what stands, decide, write, commit.

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
    fanout::{Change, Effect, Frame, Position, Told},
    store::{
        Store, StoreError,
        queries::append::{Append, Move, NewMember, NewMessage, Standing},
        queries::messages::timestamp,
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

/// A batch being worked out, in memory.
struct Work<'a> {
    metrics: &'a Metrics,
    now_ms: i64,
    logs: HashMap<ConversationId, Log>,
    standings: HashMap<(ConversationId, UserId), Standing>,
    /// By client id: sent long ago, or in this batch.
    sent: HashMap<(UserId, ClientId), wire::Message>,
    targets: HashMap<MessageId, wire::Message>,
    /// Of the people to be added, those who are members already.
    present: HashSet<(ConversationId, UserId)>,
    inserts: Vec<NewMessage>,
    rewritten: HashSet<MessageId>,
    readings: HashMap<(ConversationId, UserId), Reading>,
    /// Orders to be told what is unread once all is written, and whose position that is.
    marks: Vec<(usize, (ConversationId, UserId))>,
    joining: Vec<(ConversationId, UserId, i16, u32)>,
    leaving: Vec<(ConversationId, UserId)>,
    told: Vec<Told>,
}

impl Work<'_> {
    fn order(&mut self, order: &Order, conversation: ConversationId, created: bool) -> Result<Done, Refusal> {
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

/// The role of one who was added.
const MEMBER: i16 = 1;

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
