//! Tests of `causerie restore`, with clients whose state is newer than the backup.

use std::collections::BTreeMap;

use causerie_client::{ClientId, ConversationId, Encoding, Event, HistoryRange, MessageId, State, UserRef, wire::reply};
use causerie_migrations::{Migrator, MigratorTrait as _};
use causerie_server::store::{Database as Connect, Store};

use super::{execute, file_of, filled, names, text, texts};
use crate::harness::{Cluster, Database, Peer, Raw, Settings, TempDir, http::Request, psql, within};

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_an_embedded_server_reload_the_restored_data() {
    clients_reload(Cluster::embedded().await, 0, Encoding::Proto).await;
    clients_reload(Cluster::embedded().await, 0, Encoding::Json).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_cluster_reload_the_restored_data() {
    clients_reload(Cluster::start(2).await, 1, Encoding::Proto).await;
}

/// Restores a backup while the clients run. The clients hold versions of messages, edits and conversations that the restored
/// database does not have.
async fn clients_reload(mut cluster: Cluster, other: usize, encoding: Encoding) {
    let mut lea = cluster.client_in(0, "lea", encoding).await;
    let mut tom = cluster.client_in(other, "tom", encoding).await;
    let here = lea.direct_with(&tom).await;
    for peer in [&mut lea, &mut tom] {
        until_joined(peer, here).await;
    }
    let mut kept = Vec::new();
    for number in 0..3 {
        kept.push(lea.say(here, &format!("kept {number}")).await.text);
    }
    let edited: MessageId = lea.say(here, "as it was").await.id.parse().expect("a UUID");
    kept.push("as it was".to_owned());

    let folder = TempDir::new();
    let file = folder.path().join("backup");
    cluster.settings().run(&["backup", text(&file)]);

    lea.edit(here, edited, "edited since").await.expect("it is hers");
    for number in 0..4 {
        lea.say(here, &format!("lost {number}")).await;
    }
    // This user and this conversation are not in the backup.
    let zoe = cluster.client_in(0, "zoe", encoding).await;
    let with = [tom.reference(), UserRef::ExternalId("zoe".to_owned())];
    let started = lea.start_group(with, "lost", ClientId::new()).await.expect("it starts");
    let lost: ConversationId = started.conversation.expect("it is told").id.parse().expect("a UUID");
    for peer in [&mut lea, &mut tom] {
        until_joined(peer, lost).await;
    }
    lea.say(lost, "lost, too").await;
    tom.until("the last", |event| matches!(event, Event::MessageSent(last) if last.text == "lost, too").then_some(())).await;

    let error_output = cluster.settings().fail(&["restore", "--replace", text(&file)]);
    if cluster.redis.is_none() {
        assert!(error_output.contains(&format!("process {}", cluster.nodes[0].process_id())), "{error_output}");
    } else {
        assert!(error_output.contains("in use by Causerie") && error_output.contains("Stop all nodes"), "{error_output}");
    }
    assert_eq!(error_output.lines().count(), 1, "{error_output}");
    assert_eq!(Request::get("/readyz").send(cluster.nodes[0].internal()).await.status, 200, "it serves on");
    for node in &mut cluster.nodes {
        node.terminate();
        assert!(node.wait().await.success());
    }
    for peer in [&lea, &tom] {
        peer.until_state("the end of the server", |state| *state != State::Connected).await;
    }
    let unsent = tom.send(here, "sent while it was away");

    let error_output = cluster.settings().fail(&["restore", text(&file)]);
    assert!(error_output.contains("has 1 tenants") && error_output.contains("--replace"), "{error_output}");
    let output = cluster.settings().run(&["restore", "--replace", text(&file)]);
    assert!(output.contains("is kept in") && output.contains("Clients load their conversations anew"), "{output}");
    for node in &mut cluster.nodes {
        node.start_again().await;
    }

    for peer in [&mut lea, &mut tom] {
        let mut left = false;
        let mut reloaded = false;
        while !(left && reloaded) {
            peer.until("what is void", |event| match event {
                Event::Left(conversation) => {
                    assert_eq!(conversation, lost);
                    left = true;
                    Some(())
                }
                Event::Resynced { conversation, reload } if conversation.id == here.to_string() => {
                    assert!(reload, "what is held of it is void");
                    reloaded = true;
                    Some(())
                }
                _ => None,
            })
            .await;
        }
    }
    let sent = within("the message from the outbox", unsent).await.expect("it is taken");
    assert_eq!(sent.seq, 5, "behind what was restored");
    kept.push(sent.text);
    kept.push(lea.say(here, "goes on").await.text);
    for peer in [&lea, &tom] {
        let page = peer.history(here, HistoryRange::Newest, 100).await.expect("it is theirs");
        let shown: Vec<String> = page.messages.into_iter().map(|message| message.text).collect();
        assert_eq!(shown, kept, "{} ends with exactly what was restored, and what came since", peer.external_id);
        let list = peer.conversations("").await.expect("a list");
        assert_eq!(list.conversations.len(), 1);
    }
    // The next gap needs no reload.
    tom.link.refuse();
    tom.until_state("the loss is noticed", |state| *state != State::Connected).await;
    lea.say(here, "while you were away").await;
    tom.link.resume();
    let news = |event| matches!(event, Event::MessageSent(message) if message.text == "while you were away").then_some(());
    tom.until("an ordinary resume", news).await;
    // The user who is not in the backup is created again.
    let again = zoe.direct_with(&tom).await;
    assert_eq!(zoe.say(again, "here again").await.seq, 1);
    let lines = cluster.settings().run(&["audit", "--tenant", &cluster.tenant.slug, "--action", "backup.restore"]);
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

async fn until_joined(peer: &mut Peer, conversation: ConversationId) {
    let joined = |event| matches!(event, Event::Joined(joined) if joined.id == conversation.to_string()).then_some(());
    peer.until("the conversation", joined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_changes_the_epoch_and_keeps_the_replaced_database() {
    for database in [Database::sqlite(), Database::postgres()] {
        let mut cluster = Cluster::on(database, |settings| settings).await;
        let (node, token) = (cluster.nodes[0].public(), cluster.tenant.token("lea"));
        let epoch = async || {
            let (mut raw, welcome) = Raw::hello(node, Encoding::Json, &token).await;
            let epoch = welcome.resumed.expect("always told").epoch;
            let resume = causerie_client::wire::Resume { epoch: epoch.clone(), ..Default::default() };
            let answer = raw.ask(causerie_client::wire::request::Command::Resume(resume)).await;
            assert!(matches!(answer, reply::Result::Resumed(_)));
            epoch
        };
        let folder = TempDir::new();
        let file = folder.path().join("backup");
        let mut epochs = vec![epoch().await];
        cluster.settings().run(&["backup", text(&file)]);
        for round in 0..2 {
            cluster.settings().run(&["tenant", "create", &format!("round{round}"), "--name", "Later"]);
            cluster.nodes[0].terminate();
            assert!(cluster.nodes[0].wait().await.success());
            let output = cluster.settings().run(&["restore", "--replace", text(&file)]);
            let kept = output.lines().find_map(|line| line.strip_prefix("What was there is kept in ")).expect("it is told");
            let slugs = match &cluster.database {
                Database::Sqlite(_) => {
                    let copy = TempDir::new();
                    let file = copy.path().join("causerie.sqlite");
                    std::fs::copy(kept.trim_end_matches('.'), &file).expect("it is there");
                    texts(&Connect::Sqlite(file), "SELECT slug FROM tenants").await
                }
                _ => {
                    let schema = kept.split('`').nth(1).expect("it is named");
                    texts(&cluster.database.to_connect(), &format!("SELECT slug FROM {schema}.tenants")).await
                }
            };
            assert!(slugs.contains(&format!("round{round}")), "{slugs:?} in {kept}");
            assert!(!cluster.settings().run(&["tenant", "list"]).contains("round"), "what came later is gone");
            cluster.nodes[0].start_again().await;
            epochs.push(epoch().await);
            if !cluster.database.url().is_empty() {
                // The file names contain the second, so the next restore must be in another second.
                tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
            }
        }
        let count: BTreeMap<&String, ()> = epochs.iter().map(|epoch| (epoch, ())).collect();
        assert_eq!(count.len(), 3, "{epochs:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_exits_when_its_database_is_replaced() {
    let mut cluster = Cluster::start(2).await;
    let mut lea = cluster.client(0, "lea").await;
    let mut tom = cluster.client(1, "tom").await;
    let here = lea.direct_with(&tom).await;
    for peer in [&mut lea, &mut tom] {
        until_joined(peer, here).await;
    }
    lea.say(here, "before").await;
    tom.next_message().await;
    // A recovery to a point in time has the same effect.
    let recover = "BEGIN; DELETE FROM messages; UPDATE conversations SET last_seq = 0, version = 1;
                   UPDATE tenants SET epoch = gen_random_uuid(); COMMIT";
    psql(cluster.database.url(), recover).expect("a superuser may");
    for node in &mut cluster.nodes {
        assert!(!node.wait().await.success(), "its service manager starts it again");
        assert!(node.log().contains("the database was restored while this node ran"));
        node.start_again().await;
    }
    for peer in [&mut lea, &mut tom] {
        let reloaded = |event| matches!(event, Event::Resynced { reload: true, .. }).then_some(());
        peer.until("a void position", reloaded).await;
    }
    assert_eq!(lea.say(here, "after").await.seq, 1);
    let page = tom.history(here, HistoryRange::Newest, 100).await.expect("it is his");
    assert_eq!(page.messages.into_iter().map(|message| message.text).collect::<Vec<_>>(), ["after"]);
}

#[tokio::test]
async fn every_row_of_every_table_of_an_embedded_database_is_restored() {
    let (from, to) = (Database::sqlite(), Database::sqlite());
    Settings::on(&from).run(&["migrate"]);
    filled::fill(&from.to_connect()).await;
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    Settings::on(&from).run(&["backup", text(&file)]);
    Settings::on(&to).run(&["restore", text(&file)]);
    filled::assert_restored(&from, &to).await;
    let Database::Sqlite(folder) = &to else { unreachable!("it is SQLite") };
    assert!(names(folder.path()).iter().all(|name| !name.contains("restoring") && !name.contains("replaced")));
}

#[tokio::test]
async fn an_older_backup_is_migrated_and_a_newer_backup_is_refused() {
    for (from, to) in [(Database::sqlite(), Database::sqlite()), (Database::postgres(), Database::postgres())] {
        let (settings, other) = (Settings::on(&from), Settings::on(&to));
        settings.run(&["migrate"]);
        let store = Store::connect(&from.to_connect()).await.expect("opens");
        Migrator::down(store.writer(), Some(2)).await.expect("steps back");
        store.close().await;
        let insert = "INSERT INTO tenants (id, slug, name, epoch, created_at) VALUES ";
        let row = match &from {
            Database::Sqlite(_) => "(randomblob(16), 'old', 'Old', randomblob(16), 0)",
            _ => "(gen_random_uuid(), 'old', 'Old', gen_random_uuid(), 0)",
        };
        execute(&from.to_connect(), &[&format!("{insert}{row}")]).await;
        let folder = TempDir::new();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        settings.run(&["backup", text(&old)]);
        let output = other.run(&["restore", text(&old)]);
        assert_eq!(output.lines().filter(|line| line.starts_with("took m00")).count(), 2, "{output}");
        assert!(other.run(&["tenant", "list"]).contains("old"));

        // This backup was made by a later version.
        let later = "INSERT INTO seaql_migrations VALUES ('m9999_future', 0)";
        match &from {
            Database::Sqlite(_) => {
                execute(&from.to_connect(), &[later]).await;
                std::fs::copy(file_of(&from), &new).expect("copies");
            }
            _ => {
                psql(from.url(), later).expect("writes");
                let dumped = std::process::Command::new("pg_dump")
                    .args(["--format=custom", "--file", text(&new), "--dbname", from.url()])
                    .status();
                assert!(dumped.expect("it is installed").success());
            }
        }
        let error_output = other.fail(&["restore", "--replace", text(&new)]);
        assert!(error_output.contains("m9999_future") && error_output.contains("newer version"), "{error_output}");
        assert!(other.run(&["tenant", "list"]).contains("old"), "nothing changed");
    }
}

#[tokio::test]
async fn a_file_that_is_no_backup_is_refused_with_the_remedy() {
    let (embedded, shared) = (Database::sqlite(), Database::postgres());
    let folder = TempDir::new();
    let (sqlite, postgres, other) = (folder.path().join("s"), folder.path().join("p"), folder.path().join("other"));
    for (database, file) in [(&embedded, &sqlite), (&shared, &postgres)] {
        Settings::on(database).run(&["migrate"]);
        Settings::on(database).run(&["backup", text(file)]);
    }
    let error_output = Settings::on(&shared).fail(&["restore", text(&sqlite)]);
    assert!(error_output.contains("causerie copy --to"), "{error_output}");
    let error_output = Settings::on(&embedded).fail(&["restore", text(&postgres)]);
    assert!(error_output.contains("`database.url`"), "{error_output}");
    std::fs::write(&other, "a letter to a friend").expect("writes");
    let error_output = Settings::on(&embedded).fail(&["restore", text(&other)]);
    assert!(error_output.contains("is not a backup of Causerie"), "{error_output}");
    // This SQLite file belongs to another program.
    execute(&Connect::Sqlite(folder.path().join("foreign")), &["CREATE TABLE notes (text)"]).await;
    let error_output = Settings::on(&embedded).fail(&["restore", text(&folder.path().join("foreign"))]);
    assert!(
        error_output.contains("is not a backup of Causerie") && error_output.contains("seaql_migrations"),
        "{error_output}"
    );
    let error_output = Settings::on(&embedded).fail(&["restore", text(&folder.path().join("absent"))]);
    assert!(error_output.contains("absent") && error_output.contains("No such file"), "{error_output}");
    // This file is the database of a running server, not a backup.
    let store = Store::connect(&embedded.to_connect()).await.expect("opens");
    sea_orm::ConnectionTrait::execute_unprepared(
        store.writer(),
        "DELETE FROM write_probe; INSERT INTO write_probe VALUES (randomblob(16), x'00')",
    )
    .await
    .expect("writes");
    let elsewhere = Database::sqlite();
    let error_output = Settings::on(&elsewhere).fail(&["restore", text(&file_of(&embedded))]);
    assert!(error_output.contains("causerie backup"), "{error_output}");
    store.close().await;
}
