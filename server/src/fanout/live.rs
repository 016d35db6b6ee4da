//! Everything that is live on this node, and the way in and out of it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use causerie_protocol::{ConnectionId, ConversationId, ErrorCode, NodeId, Refusal, TenantId, UserId, bus};
use dashmap::DashMap;
use tokio::sync::{mpsc, oneshot};

use super::{
    bus::{Bus, Channel, Incoming},
    change::{Effect, Told},
    incoming,
    outgoing::{self, Outgoing},
    person::{Entered, Person, Soon},
    presence,
    readers::{self, Passing, Undecided},
    repair::{self, Checks},
    room::Room,
    screens, usher,
};
use crate::sessions::Frame;
use crate::{
    auth::Caller,
    clock::Clock,
    facts::{Facts, feed},
    sessions::Session,
    store::{Store, lookups::Lookups},
    tasks::Tasks,
    telemetry::Metrics,
};

/// How often counts that change fast are told.
const SOON_EVERY: Duration = Duration::from_millis(250);
/// Requests to the usher that may wait. Sockets wait behind it.
const USHER_WAITING_MAX: usize = 4_096;
/// Rooms that may wait for repair; beyond, the periodic check finds them.
const REPAIR_WAITING_MAX: usize = 4_096;
/// Last visits that may wait for the database; beyond, they are not noted.
const VISITS_WAITING_MAX: usize = 16_384;

/// The live world of this node. Cheap to clone.
#[derive(Clone)]
pub struct Live(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub store: Store,
    pub lookups: Lookups,
    pub facts: Facts,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    pub rooms: DashMap<ConversationId, Arc<Room>>,
    pub people: DashMap<UserId, Arc<Person>>,
    /// Who watches whom come and go: watched person to connections.
    pub watchers: DashMap<UserId, Vec<Arc<Session>>>,
    pub watching: DashMap<ConnectionId, Vec<UserId>>,
    /// Why this node listens to a channel, counted.
    pub listening: Mutex<HashMap<Channel, u32>>,
    /// The epochs of tenants, as of the last seating of one of their people.
    pub epochs: DashMap<TenantId, String>,
    pub outgoing: Arc<Outgoing>,
    pub usher: mpsc::Sender<usher::Request>,
    pub repair: mpsc::Sender<ConversationId>,
    /// Last visits to be noted.
    pub visits: mpsc::Sender<(UserId, i64)>,
    /// Conversations in which members may do other things now.
    pub changed: mpsc::Sender<ConversationId>,
    /// What waits for facts, before it is delivered.
    pub undecided: mpsc::Sender<Undecided>,
    /// The bus lost its connection: other nodes may have said things unheard.
    pub unsure: AtomicBool,
    /// It is back: positions that moved on other nodes meanwhile have to be read.
    pub positions_unsure: AtomicBool,
    /// Check everything now.
    pub check_all: tokio::sync::Notify,
    pub soon: Arc<Soon>,
}

impl Live {
    /// Starts the tasks of the live world: usher, repair, the two ends of the bus.
    #[must_use]
    #[allow(clippy::too_many_arguments)] // each is one part of the server; called once
    pub fn start(
        tasks: &Tasks,
        node: NodeId,
        store: &Store,
        lookups: &Lookups,
        facts: &Facts,
        bus: Arc<dyn Bus>,
        incoming: mpsc::Receiver<Incoming>,
        clock: &Arc<dyn Clock>,
        metrics: &Arc<Metrics>,
        pace: Checks,
    ) -> Self {
        let (usher, requests) = mpsc::channel(USHER_WAITING_MAX);
        let (repair, gaps) = mpsc::channel(REPAIR_WAITING_MAX);
        let (visits, ended) = mpsc::channel(VISITS_WAITING_MAX);
        let (changed, rights) = mpsc::channel(REPAIR_WAITING_MAX);
        let (undecided, decisions) = mpsc::channel(REPAIR_WAITING_MAX);
        let live = Self(Arc::new(Inner {
            store: store.clone(),
            lookups: lookups.clone(),
            facts: facts.clone(),
            bus: Arc::clone(&bus),
            clock: Arc::clone(clock),
            metrics: Arc::clone(metrics),
            rooms: DashMap::new(),
            people: DashMap::new(),
            watchers: DashMap::new(),
            watching: DashMap::new(),
            listening: Mutex::default(),
            epochs: DashMap::new(),
            outgoing: Arc::default(),
            usher,
            repair,
            visits,
            changed,
            undecided,
            unsure: AtomicBool::new(false),
            positions_unsure: AtomicBool::new(false),
            check_all: tokio::sync::Notify::new(),
            soon: Arc::default(),
        }));
        let publish = outgoing::run(Arc::clone(&live.0.outgoing), bus, node, Arc::clone(metrics));
        tasks.spawn_vital("usher", until(tasks, usher::run(live.clone(), requests)));
        tasks.spawn_vital("last visits", until(tasks, presence::note_visits(store.clone(), ended)));
        tasks.spawn_vital("repair", until(tasks, repair::run(live.clone(), gaps)));
        tasks.spawn_vital("readers", until(tasks, readers::run(live.clone(), decisions)));
        tasks.spawn_vital("facts", until(tasks, feed::run(facts.clone())));
        tasks.spawn_vital("screens, facts", until(tasks, screens::follow_facts(live.clone())));
        tasks.spawn_vital("screens, conversations", until(tasks, screens::follow_conversations(live.clone(), rights)));
        tasks.spawn_vital("position check", until(tasks, repair::check_positions(live.clone(), pace)));
        tasks.spawn_vital("bus, incoming", until(tasks, incoming::run(live.clone(), incoming)));
        tasks.spawn_vital("bus, outgoing", until(tasks, publish));
        tasks.spawn_vital("counts", until(tasks, tell_soon(Arc::clone(&live.0.soon))));
        live
    }

    /// The session's outbox receives events from now on; answers once all its conversations are live here. `max`: how many
    /// sessions a person may have.
    ///
    /// # Errors
    /// When the person has so many already, or the person's conversations could not be read.
    pub async fn join(&self, session: &Arc<Session>, max: usize) -> Result<(), Refusal> {
        let person = loop {
            let Caller { tenant, user, .. } = session.caller;
            // In one statement: the map's guard must not live until the await below.
            let person = Arc::clone(&*self.0.people.entry(user).or_insert_with(|| Person::new(user, tenant, &self.0.soon)));
            match person.enter(session, max) {
                Entered::Yes => break person,
                Entered::TooMany => return Err(Refusal::new(ErrorCode::TooMany, "this person has too many connections")),
                // About to leave the map.
                Entered::Retired => tokio::task::yield_now().await,
            }
        };
        let database_away = |error| {
            tracing::error!(%error, "a person could not be seated");
            Refusal::new(ErrorCode::Unavailable, "the database can't serve now")
        };
        if person.inbox().is_none() {
            let (done, seated) = oneshot::channel();
            let request = usher::Request::Seat { person: Arc::clone(&person), done };
            let stopping = || Refusal::new(ErrorCode::Unavailable, "the server is stopping");
            self.0.usher.send(request).await.map_err(|_| stopping())?;
            seated.await.map_err(|_| stopping())?.map_err(database_away)?;
        }
        // A revocation between the look at the token and the entering closed nobody. It was heard all the same, or read with the
        // seats, unless the bus is away.
        if person.heard_revocation(session.issued_at_s()) || self.is_unsure() {
            let standing = self.0.lookups.standings.get(person.id).await.map_err(database_away)?;
            session.revoke(standing.map_or(i64::MAX, |standing| standing.revokes_before_s()));
        }
        Ok(())
    }

    /// The session hears nothing more.
    pub fn leave(&self, session: &Arc<Session>) {
        self.stop_watching(session);
        let Some(person) = self.0.people.get(&session.caller.user).map(|person| Arc::clone(&person)) else { return };
        if person.exit(session.connection) {
            let usher = self.0.usher.clone();
            let user = person.id;
            if let Err(mpsc::error::TrySendError::Full(request)) = usher.try_send(usher::Request::Unseat { user }) {
                // A crowd leaves at once; who left keeps no socket, so waiting here costs one small task each.
                tokio::spawn(async move { usher.send(request).await.ok() });
            }
        }
    }

    /// Tells what was committed: here at once, to the other nodes over the bus.
    pub fn tell(&self, told: Vec<Told>) {
        for one in &told {
            self.tell_here(one);
        }
        self.0.outgoing.push(told);
    }

    pub(super) fn tell_here(&self, told: &Told) {
        match told {
            Told::Change(change) => {
                if let Some(room) = self.room(change.conversation) {
                    self.go_on(room.id, room.apply(change.clone(), self.0.clock.now_ms()));
                }
                self.0.metrics.frames_encoded.inc_by(change.frame.take_encodes());
                if change.effect == Effect::Capabilities {
                    self.recheck(change.conversation);
                }
            }
            Told::Position(position) => {
                if let Some(room) = self.room(position.conversation)
                    && !room.position(position)
                {
                    let (conversation, user) = (position.conversation, position.user);
                    // Refused when the usher is busy: the next move of this position tells.
                    let _ = self.0.usher.try_send(usher::Request::Position { conversation, user });
                }
            }
            Told::Inbox { user, version } => self.inbox_moved(*user, *version),
            Told::Passing { conversation, user, frame, facts } => {
                let (frame, facts) = (frame.clone(), *facts);
                self.pass(Passing { conversation: *conversation, cause: *user, frame, facts });
            }
        }
    }

    /// Closes every session of a person on every node; their tokens issued before this second are void.
    pub fn revoke(&self, user: UserId, issued_before_s: i64) {
        self.revoke_here(user, issued_before_s);
        let revoked = bus::Revoked { user: user.to_bytes(), issued_before: issued_before_s };
        self.0.outgoing.push_signal(Channel::User(user), bus::signal::Kind::Revoked(revoked));
    }

    pub(super) fn revoke_here(&self, user: UserId, issued_before_s: i64) {
        if let Some(person) = self.0.people.get(&user).map(|person| Arc::clone(&person)) {
            person.revoke(issued_before_s);
        }
    }

    /// Shows a frame on every device of a person, on every node. Lost if the bus is away: whoever needs it asks again.
    pub fn tell_person(&self, user: UserId, frame: &Frame) {
        self.push_to(user, frame);
        let told = bus::Told { user: user.to_bytes(), frame: frame.payload() };
        self.0.outgoing.push_signal(Channel::User(user), bus::signal::Kind::Told(told));
    }

    pub(super) fn push_to(&self, user: UserId, frame: &Frame) {
        if let Some(person) = self.0.people.get(&user).map(|person| Arc::clone(&person)) {
            person.push(frame);
        }
    }

    /// Where a live person stands: `(total unread, inbox version)`.
    #[must_use]
    pub fn inbox(&self, user: UserId) -> Option<(u32, u32)> {
        self.0.people.get(&user).and_then(|person| person.inbox())
    }

    pub(super) fn inbox_moved(&self, user: UserId, version: u32) {
        // One who is being seated may have been read before this: the usher comes to it after the seating.
        let behind = self.0.people.get(&user).is_some_and(|person| person.inbox().is_none_or(|(_, known)| known < version));
        // Refused when the usher is busy: the periodic check finds it.
        if behind && self.0.usher.try_send(usher::Request::Inbox { user, version }).is_err() {
            self.0.check_all.notify_one();
        }
    }

    pub(super) fn room(&self, conversation: ConversationId) -> Option<Arc<Room>> {
        self.0.rooms.get(&conversation).map(|room| Arc::clone(&room))
    }

    /// Facts of a tenant moved: open screens are told, here and on the other nodes.
    pub fn facts_moved(&self, tenant: TenantId, version: u64) {
        self.0.facts.wake(tenant);
        let moved = bus::FactsMoved { tenant: tenant.to_bytes(), version };
        self.0.outgoing.push_signal(Channel::Nodes, bus::signal::Kind::FactsMoved(moved));
    }

    /// Members of a conversation may do other things now: those here are told.
    pub fn recheck(&self, conversation: ConversationId) {
        // Refused when full: screens that offer too much are refused by the server.
        let _ = self.0.changed.try_send(conversation);
    }

    /// A member may read a conversation again.
    pub(super) fn restore(&self, conversation: ConversationId, user: UserId) {
        // Refused when the usher is busy: the person's next list or resume asks again.
        let _ = self.0.usher.try_send(usher::Request::Restore { conversation, user });
    }

    pub(super) fn request_repair(&self, conversation: ConversationId) {
        // Refused when full: the periodic check finds it.
        let _ = self.0.repair.try_send(conversation);
    }

    /// Listens to channels, counted; returns once the bus confirmed the new ones, or could not.
    pub(super) async fn listen(&self, channels: impl IntoIterator<Item = Channel>) {
        let new: Vec<Channel> = {
            let mut listening = self.0.listening.lock().unwrap_or_else(PoisonError::into_inner);
            channels
                .into_iter()
                .filter(|channel| {
                    let count = listening.entry(*channel).or_default();
                    *count += 1;
                    *count == 1
                })
                .collect()
        };
        if !new.is_empty() && self.0.bus.subscribe(new).await.is_err() {
            // Remembered by the bus; until it is back, positions are checked against the database.
            tracing::debug!("the bus is away; subscriptions wait for it");
        }
    }

    /// One reason less to listen.
    pub(super) fn unlisten(&self, channels: impl IntoIterator<Item = Channel>) {
        let mut listening = self.0.listening.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<Channel> = channels
            .into_iter()
            .filter(|channel| match listening.get_mut(channel) {
                Some(count) if *count > 1 => {
                    *count -= 1;
                    false
                }
                Some(_) => listening.remove(channel).is_some(),
                None => false,
            })
            .collect();
        if !gone.is_empty() {
            self.0.bus.unsubscribe(gone);
        }
    }

    pub(super) fn is_unsure(&self) -> bool {
        self.0.unsure.load(Ordering::Relaxed)
    }

    /// Age of the bus's last heartbeat, for readiness; `None` where there is none.
    #[must_use]
    pub fn bus(&self) -> &dyn Bus {
        &*self.0.bus
    }
}

/// Runs until the server has nothing left to do.
fn until(tasks: &Tasks, task: impl Future<Output = ()> + Send + 'static) -> impl Future<Output = ()> + Send + 'static {
    let stop = tasks.stopping();
    async move {
        tokio::select! {
            () = task => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Counts wait so long to be told, and again for something to go with: a write for counts alone would cost as much as one for
/// a message.
async fn tell_soon(soon: Arc<Soon>) {
    let mut told: Vec<Arc<Person>> = Vec::new();
    loop {
        if told.is_empty() {
            soon.some.notified().await;
        }
        tokio::time::sleep(SOON_EVERY).await;
        for person in told {
            person.nudge();
        }
        told = soon.tell();
    }
}
