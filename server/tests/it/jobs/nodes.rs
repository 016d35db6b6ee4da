//! Several nodes share the jobs. A node that stops finishes its job, and the job of a killed node runs on another node.

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};

use super::{each_done_once, list, server_jobs, wait_until_counted, wait_until_each_ran_once};
use crate::harness::{Cluster, Database, Node, Settings, eventually, psql};

#[tokio::test]
async fn two_nodes_run_each_job_once_and_a_restart_repeats_no_job() {
    let mut cluster = Cluster::start(2).await;
    wait_until_each_ran_once(cluster.settings()).await;
    for node in &mut cluster.nodes {
        wait_until_counted(node).await;
        node.kill();
        node.start_again().await;
        wait_until_counted(node).await;
    }
    assert_eq!(server_jobs(cluster.settings()), each_done_once());
}

#[tokio::test]
async fn a_restarted_embedded_server_runs_no_job_before_it_is_due() {
    let mut cluster = Cluster::embedded().await;
    wait_until_each_ran_once(cluster.settings()).await;
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    wait_until_counted(&cluster.nodes[0]).await;
    assert_eq!(server_jobs(cluster.settings()), each_done_once());
}

/// A database in which the job `prune_fact_log` blocks until the test releases it.
struct BlockedJob {
    connection: sea_orm::DatabaseConnection,
    lock: DatabaseTransaction,
}

impl BlockedJob {
    async fn block(database: &Database) -> Self {
        let connection = sea_orm::Database::connect(database.url()).await.expect("connects");
        let lock = connection.begin().await.expect("begins");
        lock.execute_unprepared("LOCK TABLE fact_log IN ACCESS EXCLUSIVE MODE").await.expect("locks");
        Self { connection, lock }
    }

    async fn release(self) {
        self.lock.rollback().await.expect("lets go");
        self.connection.close().await.expect("closes");
    }
}

/// Waits until a node runs the job and its statement waits for the lock.
async fn wait_until_job_runs(database: &Database, settings: &Settings) {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually("a job that runs", async || {
        let waits = psql(database.url(), sql).is_ok_and(|count| count.trim() == "1");
        (waits && list(settings, &["--state", "running"]).len() == 1).then_some(())
    })
    .await;
}

/// The state of the job, such as `done attempts=1`.
fn job_state(settings: &Settings) -> String {
    let lines = list(settings, &["--kind", "prune_fact_log"]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let words: Vec<&str> = lines[0].split(' ').collect();
    format!("{} {}", words[2], words[4])
}

#[tokio::test]
async fn the_job_of_a_killed_node_is_run_by_another_node() {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    let held = BlockedJob::block(&database).await;
    let mut killed = Node::start(settings.clone()).await;
    wait_until_job_runs(&database, &settings).await;
    let _other = Node::start(settings.clone()).await;
    killed.kill();
    held.release().await;
    assert_eq!(job_state(&settings), "running attempts=1", "no node takes it before its lease has ended");
    eventually("a run by the other node", async || (job_state(&settings) == "done attempts=2").then_some(())).await;
}

#[tokio::test]
async fn a_stopping_node_finishes_its_running_job() {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    let held = BlockedJob::block(&database).await;
    let mut node = Node::start(settings.clone()).await;
    wait_until_job_runs(&database, &settings).await;
    node.terminate();
    eventually("a node that leaves", async || node.log().contains("leaving").then_some(())).await;
    held.release().await;
    assert!(node.wait().await.success());
    assert_eq!(job_state(&settings), "done attempts=1");
}
