//! Liveness, readiness and metrics, for load balancers, orchestrators and operators.
//!
//! `/livez` answers 200 while the process runs. `/readyz` answers 200 while the node should get connections, and 503
//! otherwise; `?verbose` lists the checks. `/readyz` reports a lost bus, but the node stays ready, because the nodes deliver
//! messages through the database while the bus is lost. If a lost bus made all nodes unready, no client could connect.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use tokio::sync::Mutex;

use crate::{
    app::App,
    store::{StoreError, queries},
    tasks::Phase,
};

/// How long an answer of the database is used before the database is queried again. The queries are limited because the
/// endpoint needs no credential.
const MAX_AGE: Duration = Duration::from_secs(1);
/// If the database answers more slowly than this, the node is not ready.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);
/// The bus sends a heartbeat every few seconds; after this time several heartbeats are missing.
const HEARTBEAT_AGE_MAX: Duration = Duration::from_secs(15);

/// The router of `/livez` and `/readyz`.
pub fn router(app: Arc<App>) -> Router {
    let health = Arc::new(Health { app, database: Mutex::new(None) });
    Router::new().route("/livez", get(|| async { "ok\n" })).route("/readyz", get(readyz)).with_state(health)
}

/// The router of `/metrics`.
pub fn metrics_router(app: Arc<App>) -> Router {
    const OPEN_METRICS: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    let metrics = |State(app): State<Arc<App>>| async move {
        ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.encode()).into_response()
    };
    Router::new().route("/metrics", get(metrics)).with_state(app)
}

struct Health {
    app: Arc<App>,
    /// The last answer of the database and its time. The lock is held during the query, so that concurrent requests share
    /// the answer.
    database: Mutex<Option<(Instant, Database)>>,
}

/// The outcomes of the checks of the database.
#[derive(Clone)]
struct Database {
    /// Whether a row can be committed.
    write: Result<String, String>,
    /// Whether the schema is up to date.
    migrations: Result<String, String>,
}

/// One line of the report.
struct Check {
    name: &'static str,
    /// The text of the report.
    outcome: Result<String, String>,
    /// Whether the node is not ready while this check fails.
    required: bool,
}

async fn readyz(State(health): State<Arc<Health>>, RawQuery(query): RawQuery) -> Response {
    let checks = health.checks().await;
    let ready = checks.iter().all(|check| check.outcome.is_ok() || !check.required);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut report = String::new();
    if query
        .is_some_and(|query| query.split('&').any(|parameter| parameter == "verbose" || parameter.starts_with("verbose=")))
    {
        for Check { name, outcome, required } in &checks {
            let _ = match outcome {
                Ok(text) => writeln!(report, "[+] {name}: {text}"),
                Err(text) if *required => writeln!(report, "[-] {name}: {text}"),
                Err(text) => writeln!(report, "[!] {name}: {text}"),
            };
        }
    }
    report.push_str(if ready { "ok\n" } else { "not ready\n" });
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], report).into_response()
}

impl Health {
    async fn checks(&self) -> [Check; 4] {
        let Database { write, migrations } = self.database().await;
        [
            Check { name: "database", outcome: write, required: true },
            Check { name: "migrations", outcome: migrations, required: true },
            Check { name: "bus", outcome: self.bus(), required: false },
            Check { name: "node", outcome: self.phase(), required: true },
        ]
    }

    async fn database(&self) -> Database {
        let mut last = self.database.lock().await;
        if let Some((_, answer)) = last.as_ref().filter(|(asked_at, _)| asked_at.elapsed() < MAX_AGE) {
            return answer.clone();
        }
        let answer = self.query_database().await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }

    async fn query_database(&self) -> Database {
        let began = Instant::now();
        let store = &self.app.store;
        let answers = tokio::time::timeout(DATABASE_TIMEOUT, async {
            (queries::health::can_write(store).await, store.missing_migrations().await)
        });
        match answers.await {
            Ok((write, missing)) => Database {
                write: report_outcome(write).map(|()| format!("writes, within {} ms", began.elapsed().as_millis())),
                migrations: report_outcome(missing).and_then(|missing| match missing.len() {
                    0 => Ok("up to date".to_owned()),
                    missing => Err(format!("{missing} missing; run `causerie migrate`")),
                }),
            },
            Err(_) => {
                let late = Err(format!("no answer within {} s", DATABASE_TIMEOUT.as_secs()));
                Database { write: late.clone(), migrations: late }
            }
        }
    }

    fn bus(&self) -> Result<String, String> {
        match self.app.hub.bus().heartbeat_age() {
            Some(age) if age <= HEARTBEAT_AGE_MAX => Ok(format!("heard {} ms ago", age.as_millis())),
            Some(age) => Err(format!("not heard for {} s; the database delivers between nodes", age.as_secs())),
            None => Ok("in process".to_owned()),
        }
    }

    fn phase(&self) -> Result<String, String> {
        match self.app.readiness.phase() {
            Phase::Ready => Ok("serves".to_owned()),
            Phase::Starting => Err("starts".to_owned()),
            Phase::Stopping => Err("stops".to_owned()),
        }
    }
}

/// The outcome of a check for the report. The reason of a failure goes to the log and not into the report, which can be read
/// without a credential.
fn report_outcome<T>(outcome: Result<T, StoreError>) -> Result<T, String> {
    outcome.map_err(|error| {
        tracing::warn!(%error, "not ready");
        "failed; the log says why".to_owned()
    })
}
