//! Tests of `causerie backup` on an embedded database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt as _,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use causerie_server::store::Database as Connect;
use futures::future::join_all;
use sea_orm::QueryResult;

use super::{add_rows, execute, file_of, filled, names, query, spawn, text, texts};
use crate::{
    harness::{Cluster, Database, Settings, TempDir, Volume, eventually_blocking},
    storage::without_send_limits,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_is_complete_private_and_replaces_no_file() {
    let cluster = Cluster::embedded().await;
    let lea = cluster.client(0, "lea").await;
    let tom = cluster.client(0, "tom").await;
    let here = lea.direct_with(&tom).await;
    for number in 0..3 {
        lea.say(here, &format!("{number}")).await;
    }
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    let output = cluster.settings().run(&["backup", text(&file)]);
    let rows: BTreeMap<&str, &str> = output.lines().filter_map(|line| line.split_once(' ')).collect();
    for (table, count) in [("messages", "3"), ("tenants", "1"), ("users", "2"), ("conversations", "1")] {
        assert_eq!(rows.get(table).map(|count| count.trim()), Some(count), "{output}");
    }
    assert!(output.contains("Messages sent since are not in it") && output.contains(text(&file)), "{output}");
    assert_eq!(names(folder.path()), ["backup"]);
    assert_eq!(fs::metadata(&file).expect("is there").permissions().mode() & 0o777, 0o600);
    // The backup can be opened like any other database.
    let stored = texts(&Connect::Sqlite(file.clone()), "SELECT text FROM messages ORDER BY seq").await;
    assert_eq!(stored, ["0", "1", "2"]);

    lea.say(here, "later").await;
    let error_output = cluster.settings().fail(&["backup", text(&file)]);
    assert!(error_output.contains("does not replace a file"), "{error_output}");
    let error_output = cluster.settings().fail(&["backup", text(&folder.path().join("no/such/folder"))]);
    assert!(error_output.contains("No such file or directory"), "{error_output}");
    assert_eq!(lea.say(here, "served on").await.seq, 5);
}

#[tokio::test]
async fn a_backup_holds_every_row_of_every_table() {
    let database = Database::sqlite();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    filled::fill(&database.to_connect()).await;
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    settings.run(&["backup", text(&file)]);
    execute(&Connect::Sqlite(file.clone()), &["DROP TABLE causerie_backup"]).await;
    assert_eq!(filled::contents(&Connect::Sqlite(file)).await, filled::contents(&database.to_connect()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_during_writes_holds_all_messages_acknowledged_before() {
    let cluster = Cluster::embedded_with(without_send_limits).await;
    let tom = cluster.client(0, "tom").await;
    let writers = join_all((0..4).map(|number| cluster.client(0, ["ana", "bob", "cyd", "dan"][number]))).await;
    let (acknowledged, stop) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicBool::new(false)));
    let mut tasks = Vec::new();
    for writer in writers {
        let here = writer.direct_with(&tom).await;
        let (acknowledged, stop) = (Arc::clone(&acknowledged), Arc::clone(&stop));
        tasks.push(tokio::spawn(async move {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                // Eight sends at a time.
                let sent = join_all((0..8).map(|at| writer.send(here, format!("{}", number + at)))).await;
                number += 8;
                let mut all = acknowledged.lock().expect("no panic holds it");
                all.extend(sent.into_iter().map(|message| message.expect("it is taken").id));
            }
        }));
    }
    let folder = TempDir::new();
    let mut lasts = Vec::new();
    for round in 0..3 {
        eventually_blocking(|| acknowledged.lock().expect("no panic holds it").len() > 200 * (round + 1));
        let before = acknowledged.lock().expect("no panic holds it").clone();
        let file = folder.path().join(format!("backup{round}"));
        tokio::task::block_in_place(|| cluster.settings().run(&["backup", text(&file)]));
        let after = acknowledged.lock().expect("no panic holds it").len();
        let rows =
            query(&Connect::Sqlite(file), "SELECT id, conversation_id, seq FROM messages ORDER BY conversation_id, seq")
                .await;
        let id = |row: &QueryResult, name: &str| row.try_get::<uuid::Uuid>("", name).expect("an id").to_string();
        let stored: BTreeSet<String> = rows.iter().map(|row| id(row, "id")).collect();
        let lost = before.difference(&stored).count();
        assert_eq!(lost, 0, "round {round}: {lost} of {} messages acknowledged before are not in it", before.len());
        let mut seqs: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for row in &rows {
            seqs.entry(id(row, "conversation_id")).or_default().push(row.try_get("", "seq").expect("a number"));
        }
        for (conversation, seqs) in seqs {
            let without_gaps: Vec<i64> = (1..=i64::try_from(seqs.len()).expect("few")).collect();
            assert_eq!(seqs, without_gaps, "round {round}: {conversation} has a gap");
        }
        lasts.push((before.len(), stored.len(), after));
    }
    stop.store(true, Ordering::Relaxed);
    join_all(tasks).await.into_iter().for_each(|ended| ended.expect("no task panics"));
    println!("acknowledged before, stored in the backup, acknowledged after: {lasts:?}");
    assert!(
        lasts.iter().any(|(before, _, after)| after > before),
        "clients wrote on while the backups were made: {lasts:?}"
    );
}

#[tokio::test]
async fn a_full_volume_gives_a_clear_error_and_leaves_no_file() {
    let database = Database::sqlite();
    let settings = Settings::on(&database);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    add_rows(&database.to_connect(), 4).await;
    let volume = Volume::tmpfs(2);
    let file = volume.path().join("backup");
    let error_output = settings.fail(&["backup", text(&file)]);
    assert!(error_output.contains(text(&file)) && error_output.contains("full"), "{error_output}");
    assert_eq!(names(volume.path()), Vec::<String>::new());
    volume.fill();
    let error_output = settings.fail(&["backup", text(&file)]);
    assert!(error_output.contains("full") || error_output.contains("No space left"), "{error_output}");
    assert_eq!(names(volume.path()), ["ballast"]);
}

#[tokio::test]
async fn a_killed_backup_leaves_no_file_with_its_name_and_the_next_backup_succeeds() {
    let database = Database::sqlite();
    let settings = Settings::on(&database);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    add_rows(&database.to_connect(), 64).await;
    let folder = TempDir::new();
    let (file, partial) = (folder.path().join("backup"), folder.path().join("backup.partial"));
    let begun = |bytes: u64| eventually_blocking(|| fs::metadata(&partial).is_ok_and(|partial| partial.len() >= bytes));
    for bytes in [0, 1 << 20, 32 << 20] {
        let mut backup = spawn(&settings, &["backup", text(&file)]);
        assert!(begun(bytes));
        backup.kill().expect("it is ours");
        assert!(!backup.wait().expect("it is ours").success(), "it was killed before its end");
        assert!(!file.exists());
    }
    // A backup that is stopped with SIGTERM removes its file.
    fs::remove_file(&partial).expect("the killed one left it");
    let mut backup = spawn(&settings, &["backup", text(&file)]);
    assert!(begun(1 << 20));
    let error_output = settings.fail(&["backup", text(&file)]);
    assert!(error_output.contains("another process is writing"), "{error_output}");
    assert!(Command::new("kill").arg(backup.id().to_string()).status().expect("it is ours").success());
    assert!(!backup.wait().expect("it is ours").success());
    assert_eq!(names(folder.path()), Vec::<String>::new());
    settings.run(&["backup", text(&file)]);
    assert_eq!(names(folder.path()), ["backup"]);
}

#[test]
fn a_backup_without_a_database_is_refused() {
    let database = Database::sqlite();
    let error_output = Settings::on(&database).fail(&["backup", "/tmp/never"]);
    assert!(error_output.contains("there is no database at"), "{error_output}");
    assert!(!file_of(&database).exists());
}
