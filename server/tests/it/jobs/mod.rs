//! Tests of jobs with real servers and the scheduled kinds of jobs: those that remove old rows.

mod http;
mod nodes;
mod operators;

use causerie_server::store::Store;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::harness::{Database, Node, Settings, eventually, http::Request};

const KINDS: [&str; 3] = ["prune_audit", "prune_fact_log", "prune_jobs"];

/// Runs a statement on the database of a test.
pub async fn execute(database: &Database, sql: &str) {
    let store = Store::connect(&database.to_connect()).await.expect("the database opens");
    store.writer().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    store.close().await;
}

/// An id as a literal in an SQL statement of this database.
fn id_literal(database: &Database, id: &str) -> String {
    if database.url().is_empty() { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}

/// Stores a job of a tenant that is due at `due_at_ms`, and returns its id. The job succeeds with the payload `{}` and fails
/// permanently with an invalid payload.
pub async fn add(database: &Database, slug: &str, payload: &str, due_at_ms: i64) -> String {
    let job = Uuid::now_v7().to_string();
    let sql = format!(
        "INSERT INTO jobs (id, kind, tenant_id, payload, state, due_at, attempts, created_at)
         SELECT {}, 'prune_audit', t.id, '{payload}', 1, {due_at_ms}, 0, 0 FROM tenants t WHERE t.slug = '{slug}'",
        id_literal(database, &job)
    );
    execute(database, &sql).await;
    job
}

/// The lines of `causerie jobs list`.
fn list(settings: &Settings, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["jobs", "list"], arguments].concat();
    settings.run(&arguments).lines().map(str::to_owned).collect()
}

/// The jobs of the server itself, such as `prune_audit done - attempts=1`, sorted by kind.
fn server_jobs(settings: &Settings) -> Vec<String> {
    let lines = list(settings, &[]).into_iter().map(|line| line.split(' ').skip(1).take(4).collect::<Vec<_>>().join(" "));
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

fn each_done_once() -> Vec<String> {
    KINDS.map(|kind| format!("{kind} done - attempts=1")).to_vec()
}

/// Waits until each job of the server itself has run once.
async fn wait_until_each_ran_once(settings: &Settings) {
    eventually("a run of each job", async || (server_jobs(settings) == each_done_once()).then_some(())).await;
}

/// Waits until a node has counted the jobs, and returns its metrics. A node counts the jobs after it has claimed the due
/// jobs.
async fn wait_until_counted(node: &Node) -> String {
    eventually("a look at the jobs", async || {
        let metrics = Request::get("/metrics").send(node.internal()).await.text().to_owned();
        metrics.contains("causerie_jobs{kind=\"prune_audit\"").then_some(metrics)
    })
    .await
}
