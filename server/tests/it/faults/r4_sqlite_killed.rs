//! R4: the embedded server is killed under load, several times, and restarted on the same file.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use causerie_server::store::Database as Connect;

use super::{column, crowd::Crowd, rows};
use crate::harness::{Cluster, Database, TempDir};

const ROUNDS: usize = 5;
/// The longest time from the restart until all users receive live messages again.
const LIVE_AGAIN_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_embedded_server_is_killed_under_load() {
    let mut cluster = Cluster::embedded().await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        crowd.until_acknowledged(100).await;
        let before: Vec<_> = crowd.members.iter().zip(crowd.connections()).collect();
        cluster.nodes[0].kill();
        assert_eq!(integrity_of_a_copy(&cluster.database).await, "ok", "round {round}");
        let restarted = Instant::now();
        cluster.nodes[0].start_again().await;
        let live_again = crowd.until_live_again(before.into_iter(), restarted).await;
        slowest = slowest.max(live_again);
        assert!(live_again < LIVE_AGAIN_MAX, "round {round}: live again after {live_again:?}");
    }
    let summary = crowd.verify(&cluster).await;
    println!("R4: {ROUNDS} kills on SQLite, {summary}; all live again at most {slowest:?} after the restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_leaves_one_file_that_holds_all_messages() {
    let mut cluster = Cluster::embedded().await;
    let lea = cluster.client(0, "lea").await;
    let tom = cluster.client(0, "tom").await;
    lea.say(lea.direct_with(&tom).await, "kept").await;
    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success());
    let Connect::Sqlite(file) = cluster.database.to_connect() else { panic!("it is a file") };
    let copy = TempDir::new();
    std::fs::copy(&file, copy.path().join(file.file_name().expect("a name"))).expect("it can be copied");
    let texts = rows(&Database::Sqlite(copy), "SELECT text FROM messages").await;
    assert_eq!(column::<String>(&texts[0], "text"), "kept");
}

/// The result of SQLite's integrity check on a copy of the dead server's files. Checking the original would repair it before
/// the next start.
async fn integrity_of_a_copy(database: &Database) -> String {
    let Connect::Sqlite(file) = database.to_connect() else { panic!("it is a file") };
    let copy = TempDir::new();
    let folder = file.parent().expect("a folder");
    for left in std::fs::read_dir(folder).expect("the folder is there") {
        let left = left.expect("it can be listed").path();
        let name = Path::new(left.file_name().expect("a name"));
        // The shared-memory index is not copied: it belongs to the dead process, and the next process makes a new one.
        if left.is_file() && name.extension().is_none_or(|extension| extension != "sqlite-shm") {
            std::fs::copy(&left, copy.path().join(name)).expect("it can be copied");
        }
    }
    let answer = rows(&Database::Sqlite(copy), "PRAGMA integrity_check").await;
    column(&answer[0], "integrity_check")
}
