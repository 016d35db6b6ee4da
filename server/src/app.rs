//! Builds the server from its settings. Only this module refers to the concrete store and bus; `cli` passes the clock.

use causerie_protocol::NodeId;
use std::{
    io,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    audit::Refusals,
    auth::{Authenticator, Origins},
    clock::Clock,
    commands::{CommandDeps, Cursors, EraseTexts},
    config::{self, Config, NotAKey},
    facts::{Facts, policy_gate::PolicyGate},
    fanout::{
        Checks, FanoutDeps, Hub,
        bus::{Addresses, Bus, BusEvent, LocalHub, RedisBus, RedisBusError},
    },
    jobs::{self, DeleteTenant, Jobs, Kinds, PruneAudit, PruneFactLog},
    limits::Allowances,
    plain::counted,
    secrets::Secrets,
    sessions::{CoarseTimer, Sessions},
    store::{
        Database, FolderError, FolderLock, Store, StoreError, access,
        first_contact::{self, Unusable},
        lookups::Lookups,
        queries::{
            keys::{self, UnreadableKey},
            purge, shared,
        },
    },
    tasks::{Readiness, Tasks},
    telemetry::{Metrics, RefusedOrigins},
    writer::{Writer, WriterDeps},
};

/// The shortest wait before a failed *purge* (the removal of plain text secrets from the database's files) is repeated.
const PURGE_RETRY_MIN: Duration = Duration::from_secs(1);
/// The longest wait before a failed purge is repeated, and the interval of purges on PostgreSQL.
const PURGE_RETRY_MAX: Duration = Duration::from_secs(3600);

/// One server: the parts that its HTTP handlers, connections and tasks share.
pub struct App {
    /// The settings, already validated.
    pub config: Config,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The connections to the database.
    pub store: Store,
    /// Encrypts and decrypts the secrets in the database.
    pub secrets: Secrets,
    /// The metrics of this server.
    pub metrics: Arc<Metrics>,
    /// Checks tokens and API keys.
    pub auth: Authenticator,
    /// The cache of the tenants' snapshots.
    pub facts: Facts,
    /// Stores jobs, and starts the worker that runs them.
    pub jobs: Jobs,
    /// The rooms and online users of this node.
    pub hub: Hub,
    /// The parts of the server that commands use.
    pub command_deps: CommandDeps,
    /// Each user's allowances over all their connections and HTTP requests.
    pub allowances: Arc<Allowances>,
    /// The signed-in connections of this node.
    pub sessions: Sessions,
    /// Rounds the deadlines of quiet connections to common moments.
    pub coarse_timer: CoarseTimer,
    /// The origins whose pages may connect.
    pub origins: Origins,
    /// The origins of pages whose connections were refused.
    pub refused_origins: RefusedOrigins,
    /// The phase of the server, which the health endpoint reports to load balancers.
    pub readiness: Readiness,
    /// The tasks of this server.
    pub tasks: Tasks,
    /// The lock that keeps other servers out of the folder of an embedded database.
    _folder: Option<FolderLock>,
}

/// The reason why a server did not start.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the error texts describe the variants
pub enum StartError {
    #[error("`data.dir` ({path}) can't be made: {why}", path = path.display())]
    DataDir { path: PathBuf, why: String },
    #[error("`data.dir` ({path}): {error}", path = path.display())]
    Folder { path: PathBuf, error: FolderError },
    #[error("`database.url`: {0}")]
    Database(#[from] Unusable),
    #[error("`data.dir`: {file} can't be used: {why}", file = file.display())]
    SqliteFile { file: PathBuf, why: String },
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("`auth.secrets_key`: {0}")]
    SecretsKey(#[from] NotAKey),
    #[error("`auth.secrets_key`: {0}; if that key is lost, `causerie signing-key revoke {kid}` and add another", kid = .0.kid)]
    Secrets(#[from] UnreadableKey),
    #[error("`redis.url`: {0}")]
    Redis(#[from] RedisBusError),
    #[error("the database lacks {} of this program, {} first: run `causerie migrate`", counted(.0.len() as u64, "migration", "migrations"), .0[0])]
    MigrationsMissing(Vec<String>),
    #[error(
        "`{key}`: can't listen on {address}: {error}{}; the variable {variable} sets another address",
        advice(error), variable = config::variable(key)
    )]
    Listen { key: &'static str, address: SocketAddr, error: io::Error },
}

impl App {
    /// Opens the database and the bus, builds all parts and starts their tasks. Opens no port.
    ///
    /// # Errors
    /// [`StartError`] if the folder, the database, Redis or a key can't be used, or migrations are missing.
    pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StartError> {
        let folder = take_folder(&config)?;
        let store = open_store(&config).await?;
        let secrets = Secrets::new(&config.auth)?;
        check_secrets(&store, &secrets).await?;
        let cursors = Cursors::new(&shared::cursor_key(&store, rand::random()).await?);
        let metrics = Arc::new(Metrics::new());
        let auth = Authenticator::new(store.clone(), secrets.clone(), Arc::clone(&clock), Arc::clone(&metrics));
        let (readiness, tasks) = (Readiness::default(), Tasks::default());
        // On PostgreSQL the purge may have to wait for other connections, and the start of the server must not wait for
        // them.
        if !store.is_embedded() || !purge_secrets(&store).await {
            tasks.spawn("purge of secrets", purge_secrets_later(store.clone(), tasks.stopping()));
        }
        let lookups = Lookups::start(&store);
        let node = NodeId::new();
        let (bus, events) = open_bus(&config, node, &metrics, &tasks).await?;
        let checks = Checks {
            recent: config.positions.recent(),
            all: config.positions.all(),
            bus_away: config.positions.redis_away(),
            recent_window: config.positions.recent_window(),
        };
        let facts = Facts::new(&store, &lookups, &clock);
        let refusals = Refusals::start(&tasks, &store, &clock, &metrics);
        let gate = PolicyGate::new(&metrics, &refusals);
        let fanout_deps = FanoutDeps {
            node,
            store: store.clone(),
            lookups: lookups.clone(),
            facts: facts.clone(),
            bus,
            events,
            clock: Arc::clone(&clock),
            metrics: Arc::clone(&metrics),
            checks,
        };
        let hub = Hub::start(&tasks, fanout_deps);
        // SQLite has one writer, so more lanes would only make smaller batches.
        let lanes = if config.database.url.is_empty() { 1 } else { config.database.lanes };
        let writer_deps = WriterDeps {
            store: store.clone(),
            hub: hub.clone(),
            facts: facts.clone(),
            gate: gate.clone(),
            metrics: Arc::clone(&metrics),
            clock: Arc::clone(&clock),
        };
        let writer = Writer::start(&tasks, &writer_deps, lanes, config.database.batch_max);
        let kinds = kinds_of_jobs(&config, &store, &clock, &writer);
        let jobs = Jobs::new(&store, &clock, &metrics, node, kinds);
        let allowances = Arc::new(Allowances::new(&config.limits));
        let command_deps = CommandDeps {
            store: store.clone(),
            lookups,
            hub: hub.clone(),
            clock: Arc::clone(&clock),
            writer,
            facts: facts.clone(),
            gate,
            cursors,
            allowances: Arc::clone(&allowances),
        };
        let sessions = Sessions::start(&tasks, &metrics);
        let origins = Origins::new(&store, &config.listen.origins);
        let coarse_timer = CoarseTimer::new(config.heartbeat.interval());
        Ok(Arc::new(Self {
            config,
            clock,
            store,
            secrets,
            metrics,
            auth,
            facts,
            jobs,
            hub,
            command_deps,
            allowances,
            sessions,
            coarse_timer,
            origins,
            refused_origins: RefusedOrigins::default(),
            readiness,
            tasks,
            _folder: folder,
        }))
    }
}

/// The kinds of jobs that this server can run.
fn kinds_of_jobs(config: &Config, store: &Store, clock: &Arc<dyn Clock>, writer: &Writer) -> Kinds {
    let audit = PruneAudit { store: store.clone(), clock: Arc::clone(clock), keep_days: config.audit.keep_days };
    let deletion = DeleteTenant { store: store.clone(), clock: Arc::clone(clock) };
    let texts = EraseTexts { store: store.clone(), clock: Arc::clone(clock), writer: writer.clone() };
    let kinds = Kinds::default().with(deletion).with(texts);
    kinds.every(jobs::FACT_LOG_EVERY, PruneFactLog(store.clone())).every(jobs::AUDIT_EVERY, audit)
}

/// Checks that the secrets in the database can be decrypted. In the embedded database, secrets in plain text or under an old
/// key are encrypted under the current key. In PostgreSQL other nodes may not have the current key yet, so the operator does
/// this with `causerie signing-key encrypt`.
async fn check_secrets(store: &Store, secrets: &Secrets) -> Result<(), StartError> {
    let rows = keys::signing_keys(store).await?;
    for row in rows.iter().filter(|row| row.revoked_at_ms.is_none()) {
        row.material(secrets)?;
    }
    let unencrypted = rows.iter().filter(|row| row.is_to_be_encrypted(secrets)).count();
    if unencrypted > 0 && store.is_embedded() {
        let (encrypted, _) = keys::encrypt_signing_keys(store, secrets).await?;
        tracing::info!(count = encrypted.len(), "signing secrets are now encrypted under `auth.secrets_key`");
    } else if unencrypted > 0 {
        tracing::warn!(
            count = unencrypted,
            "signing secrets are not encrypted under `auth.secrets_key`: once all nodes have that key, run `causerie signing-key encrypt`"
        );
    }
    Ok(())
}

/// Runs a purge if it is due: removes the plain text of secrets that are now encrypted from the database's files. Returns
/// `false` if the purge failed.
async fn purge_secrets(store: &Store) -> bool {
    match purge::purge(store).await {
        Ok(Ok(())) => return true,
        Ok(Err(reason)) => {
            tracing::warn!("the database's files may still hold earlier secrets in clear, which is tried again: {reason}")
        }
        Err(error) => {
            tracing::warn!(%error, "the database's files may still hold earlier secrets in clear, which is tried again");
        }
    }
    false
}

/// Repeats the purge until it succeeds. On PostgreSQL it is repeated until the server stops, because `signing-key encrypt`
/// can make another purge due while nodes run.
async fn purge_secrets_later(store: Store, stopping: CancellationToken) {
    let (mut wait, mut has_failed) = (PURGE_RETRY_MIN, store.is_embedded());
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if !purge_secrets(&store).await {
            (wait, has_failed) = ((wait * 2).min(PURGE_RETRY_MAX), true);
            continue;
        }
        if has_failed {
            tracing::info!("the database's files hold no earlier secrets in clear any more");
        }
        if store.is_embedded() {
            return;
        }
        (wait, has_failed) = (PURGE_RETRY_MAX, false);
    }
}

/// Creates the folder of an embedded server and locks it for this process. `None` with PostgreSQL.
fn take_folder(config: &Config) -> Result<Option<FolderLock>, StartError> {
    if !config.database.url.is_empty() {
        return Ok(None);
    }
    make_folder(config)?;
    let lock = FolderLock::take(&config.data.dir);
    lock.map(Some).map_err(|error| StartError::Folder { path: absolute(&config.data.dir), error })
}

/// Creates the folder of an embedded server if it does not exist.
///
/// # Errors
/// [`StartError::DataDir`] if the folder can't be created.
pub fn make_folder(config: &Config) -> Result<(), StartError> {
    let path = &config.data.dir;
    // The folder holds messages and signing secrets, so only the server's system user may open it. An existing folder keeps
    // its mode.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| {
        let is_file = path.is_file().then(|| "it is a file, and must be a folder".to_owned());
        StartError::DataDir {
            path: absolute(path),
            why: is_file.unwrap_or_else(|| access::explain_access_error(path, &error)),
        }
    })
}

/// The absolute form of a path, for messages.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Opens the bus: Redis if `redis.url` is set, otherwise a bus in this process's memory.
async fn open_bus(
    config: &Config,
    node: NodeId,
    metrics: &Arc<Metrics>,
    tasks: &Tasks,
) -> Result<(Arc<dyn Bus>, mpsc::Receiver<BusEvent>), StartError> {
    if config.redis.url.is_empty() {
        return Ok(LocalHub::default().join(node));
    }
    let addresses = Addresses { servers: config.redis.servers(), sentinels: config.redis.sentinels() };
    RedisBus::check(&addresses).await?;
    Ok(RedisBus::start(&addresses, &config.redis.prefix, node, metrics, tasks)?)
}

/// Opens the database and checks its schema. The embedded database is migrated here. PostgreSQL may be in use by other
/// nodes, so it must be migrated already.
///
/// # Errors
/// [`StartError`] if the database can't be opened, or PostgreSQL lacks migrations.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    let store = connect_store(config).await?;
    if config.database.url.is_empty() {
        let applied = store.migrate().await.map_err(|error| sqlite_failed(config, &error))?;
        if !applied.is_empty() {
            tracing::info!(migrations = applied.len(), "the schema of the embedded database is up to date");
        }
        return Ok(store);
    }
    let missing = store.missing_migrations().await?;
    if missing.is_empty() { Ok(store) } else { Err(StartError::MigrationsMissing(missing)) }
}

/// Opens the database without a check of its schema.
///
/// # Errors
/// [`StartError`] if the database can't be opened.
pub async fn connect_store(config: &Config) -> Result<Store, StartError> {
    if config.database.url.is_empty() {
        make_folder(config)?;
        let file = config.data.sqlite_file();
        let opened = Store::connect(&Database::Sqlite(file)).await;
        return opened.map_err(|error| sqlite_failed(config, &error));
    }
    let url = config.database.url.expose().to_owned();
    first_contact::postgres(&url).await?;
    Ok(Store::connect(&Database::Postgres { url, connections_max: config.database.connections_max }).await?)
}

/// The advice for the operator when a port can't be opened. It is appended to the error text, and may be empty.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => ": another program listens there; stop it, or choose another port",
        io::ErrorKind::AddrNotAvailable => ": this machine has no such address; 0.0.0.0 listens on all that it has",
        io::ErrorKind::PermissionDenied => {
            ": ports below 1024 are for privileged users; choose a higher one, behind a proxy"
        }
        _ => "",
    }
}

/// The reason why the embedded database can't be used. The function checks the permissions of the file and its folder,
/// because the error of SQLite contains little more than a number if they belong to another system user.
fn sqlite_failed(config: &Config, error: &StoreError) -> StartError {
    let file = absolute(&config.data.sqlite_file());
    let why = access::missing_database_permission(&file).unwrap_or_else(|| error.to_string());
    StartError::SqliteFile { file, why }
}
