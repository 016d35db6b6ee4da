//! One transaction: start what is to be started, lock, read what stands, decide, write, commit.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_policy::Action;
use causerie_protocol::{ConversationId, MessageId, Refusal, TenantId, UserId, command::StartConversation, limits, wire};
use wire::event::Kind as Event;

use super::{
    Done, Op, Order, Tools,
    copies::Copies,
    log::Joining,
    order::Member,
    work::{Tally, Work},
};
use crate::{
    facts::{
        Snapshot,
        rules::{Denial, Rules, not_found},
    },
    fanout::{Position, Told},
    sessions::Frame,
    store::{
        StoreError,
        kinds::MAIL,
        queries::{
            append::{Append, NewConversation, Standing, Standings},
            copies::HiddenMessage,
            facts::read,
            members::{Move, NewMember},
            messages::milliseconds,
        },
    },
};

/// A batch that is on disk.
pub(super) struct Written {
    /// One per order.
    pub outcomes: Vec<Result<Done, Refusal>>,
    /// For the live world, in order.
    pub told: Vec<Told>,
    /// For the figures.
    pub tally: Tally,
    /// For the figures and the audit.
    pub denials: Vec<Denial>,
}

/// Why a batch was not written.
pub(super) enum NotWritten {
    /// The database failed. Nothing was done, or, if the commit itself failed, it is not known.
    Failed(StoreError),
    /// This node must read all facts of a tenant first, which is too much for one who holds locks.
    FactsMissing(TenantId),
}

impl From<StoreError> for NotWritten {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Writes a batch. Until it is committed nothing is counted, noted or told: it may be decided again.
pub(super) async fn write(tools: &Tools, now_ms: i64, orders: &[Order]) -> Result<Written, NotWritten> {
    let append = Append::new(tools.store.begin().await?);
    let rules = tools.rules.keeping_denials();
    let mut told = Vec::new();
    let tenants = distinct(orders.iter().map(|order| order.caller.tenant));
    let begun = if orders.iter().any(|order| matches!(order.op, Op::Start(_))) {
        begin_with_starts(&append, tools, &rules, &tenants, orders, now_ms, &mut told).await?
    } else {
        append.hold(tenants.iter().copied(), distinct(orders.iter().filter_map(|order| order.op.place()))).await?;
        Begun { refusals: vec![None; orders.len()], started: vec![None; orders.len()], facts: HashMap::new() }
    };
    let Begun { refusals, started, mut facts } = begun;
    let places: Vec<Option<ConversationId>> =
        orders.iter().zip(&started).map(|(order, started)| order.op.place().or(started.map(|(id, _)| id))).collect();

    let asked = orders
        .iter()
        .zip(&places)
        .filter_map(|(order, place)| Some(((*place)?, order.caller.user, order.op.draft().map(|draft| draft.client_id))));
    let Standings { by_actor: standings, sent, facts: versions } = append.standings(distinct(asked)).await?;
    for (tenant, version) in versions {
        // Whoever names a conversation of another tenant's is refused without that tenant's facts.
        if tenants.contains(&tenant) && !facts.contains_key(&tenant) {
            facts.insert(tenant, snapshot(&append, tools, tenant, version).await?);
        }
    }
    let sent_before = append.messages(sent).await?.into_values().filter_map(|message| {
        let key = (message.author_id.parse().ok()?, message.client_id.parse().ok()?);
        Some((key, message))
    });
    let sent_before = sent_before.collect();
    let targets = append.messages(distinct(orders.iter().filter_map(|order| order.op.target()))).await?;
    let people: Vec<(ConversationId, UserId)> = orders.iter().flat_map(Order::concerned).collect();
    let present = append.present(&people).await?.into_iter().collect();

    let copies = copies(&append, orders, &places, &standings, &targets).await?;

    let mut work = Work {
        rules: &rules,
        tally: Tally::default(),
        facts,
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
        leaving: HashSet::new(),
        returned: HashSet::new(),
        copies,
        told,
        decided_by: 0,
        secret_members: false,
    };
    let mut outcomes = Vec::with_capacity(orders.len());
    for (((order, place), started), refusal) in orders.iter().zip(places).zip(started).zip(refusals) {
        let outcome = match place {
            Some(place) => work.order(order, place, started.is_some_and(|(_, created)| created), refusal),
            None => Err(refusal.unwrap_or_else(not_found)),
        };
        if let (Ok(Done::Marked(_)), Some(place)) = (&outcome, place) {
            work.marks.push((outcomes.len(), (place, order.caller.user)));
        }
        outcomes.push(outcome);
    }
    work.store(&append, &mut outcomes).await?;
    let Work { told, tally, .. } = work;
    append.commit().await?;
    Ok(Written { outcomes, told, tally, denials: rules.denials() })
}

/// A tenant's facts at a version read under its lock.
async fn snapshot(
    append: &Append,
    tools: &Tools,
    tenant: TenantId,
    version: read::Version,
) -> Result<Arc<Snapshot>, NotWritten> {
    let known = tools.facts.at_least_within(append.connection(), tenant, version).await?;
    known.ok_or(NotWritten::FactsMissing(tenant))
}

/// A batch that holds its locks.
struct Begun {
    refusals: Vec<Option<Refusal>>,
    started: Vec<Option<(ConversationId, bool)>>,
    /// Those that were needed for it.
    facts: HashMap<TenantId, Arc<Snapshot>>,
}

/// Makes the conversations that orders start: what may be made is to be known first, and what was made is locked last.
async fn begin_with_starts(
    append: &Append,
    tools: &Tools,
    rules: &Rules,
    tenants: &HashSet<TenantId>,
    orders: &[Order],
    now_ms: i64,
    told: &mut Vec<Told>,
) -> Result<Begun, NotWritten> {
    let mut facts = HashMap::new();
    for (tenant, version) in append.hold_facts(tenants.iter().copied()).await? {
        facts.insert(tenant, snapshot(append, tools, tenant, version).await?);
    }
    let members: Vec<_> = orders.iter().map(|order| members(&facts, order)).collect();
    let refusals = orders.iter().zip(&members).map(|(order, members)| refused(rules, &facts, order, members));
    let refusals: Vec<_> = refusals.collect();
    let started = start(append, orders, &members, &refusals, now_ms).await?;
    let places = orders.iter().zip(&started).filter_map(|(order, started)| order.op.place().or(started.map(|(id, _)| id)));
    append.lock(distinct(places)).await?;
    join_started(append, orders, &members, &started, now_ms, told).await?;
    Ok(Begun { refusals, started, facts })
}

/// Why an order must not start what it asks for, by facts that hold until the batch ends. What exists already may still be found.
fn refused(rules: &Rules, facts: &HashMap<TenantId, Arc<Snapshot>>, order: &Order, members: &[Member]) -> Option<Refusal> {
    let Op::Start(start) = &order.op else { return None };
    let Some(facts) = facts.get(&order.caller.tenant) else { return Some(not_found()) };
    if start.exists {
        return Some(not_found());
    }
    let me = order.caller.user;
    let ask = || -> Result<(), Refusal> {
        start.checks.iter().try_for_each(|check| check.ask(rules, facts, me))?;
        start.reaches(members)?;
        // What could not be read, or not begin as asked, is not made.
        let to_be = start.facts();
        rules.allow_in(facts, Action::Read, me, &to_be)?;
        if start.first_message.is_some() && to_be.kind != MAIL {
            let blame = |refusal: Refusal| refusal.field(StartConversation::FIRST_MESSAGE);
            rules.allow_in(facts, Action::Send, me, &to_be).map_err(blame)?;
        }
        Ok(())
    };
    ask().err()
}

/// Who is in what an order starts, by facts that hold until the batch ends.
fn members<'a>(facts: &HashMap<TenantId, Arc<Snapshot>>, order: &'a Order) -> Cow<'a, [Member]> {
    match (&order.op, facts.get(&order.caller.tenant)) {
        (Op::Start(start), Some(facts)) => start.members_now(facts),
        _ => Cow::Borrowed(&[]),
    }
}

/// Makes conversations; per order the conversation and whether it is new.
async fn start(
    append: &Append,
    orders: &[Order],
    members: &[Cow<'_, [Member]>],
    refusals: &[Option<Refusal>],
    now_ms: i64,
) -> Result<Vec<Option<(ConversationId, bool)>>, StoreError> {
    let keys: Vec<_> = orders
        .iter()
        .filter_map(|order| match &order.op {
            Op::Start(start) => Some((start.new.tenant, start.new.start_key.clone())),
            _ => None,
        })
        .collect();
    if keys.is_empty() {
        return Ok(vec![None; orders.len()]);
    }
    let allowed = orders.iter().zip(members).zip(refusals).filter(|(_, refusal)| refusal.is_none());
    let new = allowed.filter_map(|((order, members), _)| match &order.op {
        Op::Start(start) => {
            let member_count = u32::try_from(members.len()).unwrap_or(u32::MAX);
            Some(NewConversation { member_count, ..start.new.clone() })
        }
        _ => None,
    });
    append.start(new.collect(), now_ms).await?;
    let found = append.started(keys).await?;
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
    members: &[Cow<'_, [Member]>],
    started: &[Option<(ConversationId, bool)>],
    now_ms: i64,
    told: &mut Vec<Told>,
) -> Result<(), StoreError> {
    let made = orders.iter().zip(members).zip(started);
    let made = made.filter_map(|((order, members), started)| match (&order.op, started) {
        (Op::Start(start), Some((conversation, true))) => Some((*conversation, start, members)),
        _ => None,
    });
    let (mut joining, mut addressees) = (Vec::new(), Vec::new());
    for (conversation, start, members) in made {
        joining.extend(members.iter().map(|member| (conversation, *member)));
        addressees.extend(start.addressees.iter().map(|addressee| (conversation, *addressee)));
    }
    let mut inboxes = raise(append, joining.iter().map(|(_, member)| member.user)).await?;
    let members: Vec<NewMember> = joining
        .into_iter()
        .map(|(conversation, Member { user, role, is_copy, .. })| {
            let inbox_version = inboxes.next(user);
            told.push(Told::Inbox { user, version: inbox_version });
            NewMember { conversation, user, role, read_seq: 0, inbox_version, is_copy }
        })
        .collect();
    append.add_members(&members, now_ms).await?;
    append.address(&addressees).await
}

/// What is to be known of own copies before the batch is worked out.
async fn copies(
    append: &Append,
    orders: &[Order],
    places: &[Option<ConversationId>],
    standings: &HashMap<(ConversationId, UserId), Standing>,
    targets: &HashMap<MessageId, wire::Message>,
) -> Result<Copies, StoreError> {
    let away = standings.iter().filter(|(_, standing)| standing.peer_left);
    let away = away.filter_map(|((conversation, _), standing)| Some((*conversation, standing.facts.peer?)));
    let perhaps_hidden = orders.iter().zip(places).filter_map(|(order, place)| {
        let (conversation, user) = ((*place)?, order.caller.user);
        let seq = targets.get(&order.op.target()?)?.seq;
        let hidden_seq = standings.get(&(conversation, user))?.facts.hidden_seq;
        (seq <= hidden_seq).then_some((conversation, user, seq))
    });
    let mut copies =
        Copies { away: away.collect(), hidden: append.hidden(distinct(perhaps_hidden)).await?, ..Copies::default() };
    let erased = orders.iter().filter_map(|order| match order.op {
        Op::DeleteConversation { conversation, for_all: true } => Some(conversation),
        _ => None,
    });
    for (conversation, user) in append.holders(distinct(erased)).await? {
        copies.holders.entry(conversation).or_default().insert(user);
    }
    Ok(copies)
}

/// Inbox versions to hand out, one per joining, leaving or deletion of own copies.
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
        let rewritten = self.rewritten.iter().filter_map(|id| self.targets.get(id)).filter_map(|message| {
            Some((
                message.conversation_id.parse().ok()?,
                message.seq,
                message.version,
                message.text.clone(),
                message.edited_at.as_ref().map_or(0, milliseconds),
                message.deleted_at.as_ref().map_or(0, milliseconds),
            ))
        });
        append.rewrite(rewritten.collect()).await?;
        let versions: HashMap<ConversationId, (u32, u32, u32)> =
            self.logs.iter().map(|(id, log)| (*id, (log.version, log.last_seq, log.member_count))).collect();
        let counters = self.logs.drain().filter_map(|(_, log)| log.counters()).collect();
        let moves: Vec<Move> = self
            .readings
            .values()
            .map(|reading| Move {
                conversation: reading.conversation,
                user: reading.user,
                read_seq: reading.read_seq,
                marked_unread: reading.marked_unread,
            })
            .collect();
        if self.moves_nobody() {
            append.write(&self.inserts, counters, &moves).await?;
        } else {
            // Those who come in this batch have no position before, and what those who go leave behind is looked at whole.
            append.write(&self.inserts, counters, &[]).await?;
            self.move_members(append).await?;
            append.write(&[], Vec::new(), &moves).await?;
        }
        self.count_marked(append, outcomes, &versions).await
    }

    fn moves_nobody(&self) -> bool {
        self.joining.is_empty()
            && self.leaving.is_empty()
            && self.copies.hiding.is_empty()
            && self.copies.forgetting.is_empty()
    }

    /// Writes who came, who went, and who deleted own copies. One statement raises all inboxes, so that people are locked in
    /// one order.
    async fn move_members(&mut self, append: &Append) -> Result<(), StoreError> {
        let coming = self.joining.iter().map(|joining| joining.user);
        let hiding = self.copies.hiding.iter().map(|(_, user, _)| *user);
        let going = self.leaving.iter().map(|(_, user)| *user);
        let mut inboxes = raise(append, coming.chain(hiding).chain(going)).await?;
        let mut next = |user| {
            let version = inboxes.next(user);
            self.told.push(Told::Inbox { user, version });
            version
        };
        let members: Vec<NewMember> = self
            .joining
            .iter()
            .map(|&Joining { conversation, user, role, read_seq }| NewMember {
                conversation,
                user,
                role,
                read_seq,
                inbox_version: next(user),
                is_copy: false,
            })
            .collect();
        let hidden: Vec<HiddenMessage> = self
            .copies
            .hiding
            .iter()
            .map(|&(conversation, user, seq)| HiddenMessage { conversation, user, seq, inbox_version: next(user) })
            .collect();
        let gone: Vec<_> = self.leaving.iter().map(|&(at, user)| (at, user, next(user))).collect();
        append.add_members(&members, self.now_ms).await?;
        append.hide(&hidden).await?;
        append.remove_members(&gone, self.now_ms).await?;
        let forgotten: Vec<_> =
            self.copies.forgetting.iter().map(|(&(at, user), &first_seq)| (at, user, first_seq)).collect();
        append.forget(&forgotten).await?;
        let left = gone.iter().map(|(at, ..)| *at).chain(forgotten.iter().map(|(at, ..)| *at));
        append.purge(distinct(left), self.now_ms).await
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
            // Whoever gets a mail does not learn who else got it, so nobody is told who read it.
            let facts = self.standings.get(key).map(|standing| standing.facts).filter(|facts| facts.kind != MAIL);
            let known = facts.and_then(|facts| Some((facts, self.facts.get(&TenantId(facts.tenant))?)));
            let known = known.filter(|(facts, known)| known.tells_reading(key.1, facts));
            if let Some((_, known)) = known
                && (2..=limits::READ_RECEIPTS_MEMBERS_MAX).contains(&(member_count as usize))
            {
                let read = wire::MemberRead {
                    conversation_id: key.0.to_string(),
                    user_id: key.1.to_string(),
                    read_seq: reading.read_seq,
                };
                let frame = Frame::event(Event::MemberRead(read));
                self.told.push(Told::Passing { conversation: key.0, user: key.1, frame, facts: known.version });
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

fn distinct<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashSet<T> {
    all.collect()
}
