//! Starts the tasks of the fan-out, each with the queue that it reads from.

use std::{
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Duration,
};

use causerie_protocol::NodeId;
use dashmap::{DashMap, DashSet};
use tokio::sync::mpsc;

use super::{
    bus::{Bus, BusEvent},
    bus_consumer,
    capabilities::{self, ChangedConversations},
    contacts::{Contacts, renewal},
    hub::{Hub, Inner},
    joins,
    online_user::{DeferredCounts, OnlineUser},
    presence, publisher, readers,
    repair::{self, Checks},
    suspensions,
};
use crate::{
    clock::Clock,
    facts::{Facts, feed},
    store::{Store, lookups::Lookups},
    tasks::Tasks,
    telemetry::Metrics,
};

/// How long deferred unread counts wait before they are queued in the outboxes. There they wait at most the same time again
/// for another frame, with which they share a write.
const DEFERRED_EVERY: Duration = Duration::from_millis(250);
/// The capacity of the joins task's queue. While it is full, callers wait and read nothing from their sockets.
const JOINS_WAITING_MAX: usize = 4_096;
/// The capacity of the queue of rooms to repair and of the queue of rooms to decide. The periodic check finds the rooms that
/// did not fit.
const ROOMS_WAITING_MAX: usize = 4_096;
/// The capacity of the queue of "last seen" times that are to be stored. Times that do not fit are not stored.
const LAST_SEEN_WAITING_MAX: usize = 16_384;

/// The parts of the server that the fan-out uses.
#[allow(missing_docs)]
pub struct FanoutDeps {
    pub node: NodeId,
    pub store: Store,
    pub lookups: Lookups,
    pub facts: Facts,
    pub bus: Arc<dyn Bus>,
    /// The events of the bus, among them the signals of other nodes.
    pub events: mpsc::Receiver<BusEvent>,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    pub checks: Checks,
}

impl Hub {
    /// Makes the hub and starts its tasks.
    #[must_use]
    pub fn start(tasks: &Tasks, deps: FanoutDeps) -> Self {
        let FanoutDeps { node, store, lookups, facts, bus, events, clock, metrics, checks } = deps;
        let (joins, requests) = mpsc::channel(JOINS_WAITING_MAX);
        let (repair, gaps) = mpsc::channel(ROOMS_WAITING_MAX);
        let (last_seen, ended) = mpsc::channel(LAST_SEEN_WAITING_MAX);
        let (undecided, decisions) = mpsc::channel(ROOMS_WAITING_MAX);
        let hub = Self(Arc::new(Inner {
            store: store.clone(),
            lookups,
            facts: facts.clone(),
            bus: Arc::clone(&bus),
            clock,
            metrics: Arc::clone(&metrics),
            rooms: DashMap::new(),
            online_users: DashMap::new(),
            watchers: DashMap::new(),
            watching: DashMap::new(),
            contacts: Contacts::default(),
            subscriptions: Mutex::default(),
            epochs: DashMap::new(),
            ended_tenants: DashSet::new(),
            publisher: Arc::default(),
            joins,
            repair,
            last_seen,
            changed_conversations: ChangedConversations::default(),
            undecided,
            bus_away: AtomicBool::new(false),
            positions_stale: AtomicBool::new(false),
            check_all: tokio::sync::Notify::new(),
            deferred_counts: Arc::default(),
        }));
        let publish = publisher::run(Arc::clone(&hub.0.publisher), bus, node, metrics);
        tasks.spawn_vital("joins", until_stopped(tasks, joins::run(hub.clone(), requests)));
        tasks.spawn_vital("last visits", until_stopped(tasks, presence::store_last_seen(store, ended)));
        tasks.spawn_vital("suspensions", until_stopped(tasks, suspensions::run(hub.clone())));
        tasks.spawn_vital("repair", until_stopped(tasks, repair::run(hub.clone(), gaps)));
        tasks.spawn_vital("readers", until_stopped(tasks, readers::run(hub.clone(), decisions)));
        tasks.spawn_vital("facts", until_stopped(tasks, feed::run(facts)));
        tasks.spawn_vital("capabilities, facts", until_stopped(tasks, capabilities::follow_facts(hub.clone())));
        let conversations = capabilities::follow_conversations(hub.clone());
        tasks.spawn_vital("capabilities, conversations", until_stopped(tasks, conversations));
        tasks.spawn_vital("contacts", until_stopped(tasks, renewal::run(hub.clone())));
        tasks.spawn_vital("position check", until_stopped(tasks, repair::check_positions(hub.clone(), checks)));
        tasks.spawn_vital("bus consumer", until_stopped(tasks, bus_consumer::run(hub.clone(), events)));
        tasks.spawn_vital("bus publisher", until_stopped(tasks, publish));
        tasks
            .spawn_vital("deferred counts", until_stopped(tasks, flush_deferred_counts(Arc::clone(&hub.0.deferred_counts))));
        hub
    }
}

/// Runs a task until it ends or the server stops.
fn until_stopped(
    tasks: &Tasks,
    task: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let stop = tasks.stopping();
    async move {
        tokio::select! {
            () = task => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Queues deferred counts after [`DEFERRED_EVERY`], and writes them after another [`DEFERRED_EVERY`] if they were not
/// written with another frame. A write for counts alone would cost as much as a write for a message.
async fn flush_deferred_counts(deferred: Arc<DeferredCounts>) {
    let mut queued: Vec<Arc<OnlineUser>> = Vec::new();
    loop {
        if queued.is_empty() {
            deferred.added.notified().await;
        }
        tokio::time::sleep(DEFERRED_EVERY).await;
        for online in queued {
            online.flush_deferred();
        }
        queued = deferred.flush();
    }
}
