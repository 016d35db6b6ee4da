//! A failed batch is decided again. Its counts, audit entries and events must appear once.

use std::collections::HashSet;

use causerie_client::{
    ClientId, Encoding,
    wire::{self, event::Kind, reply, request::Command, server_frame::Body},
};
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, Statement};

use super::metric;
use crate::harness::{Cluster, Database, Raw, eventually, http::Request};

const SENDS: usize = 6;
const DENIED: usize = 5;

/// A PostgreSQL trigger that runs `statement` instead of the first two inserts of messages whose text begins with `again`.
/// It counts with a sequence, because a rollback does not reset a sequence.
fn fail_twice(statement: &str) -> String {
    format!(
        "CREATE SEQUENCE tries;
        CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.text LIKE 'again%' AND nextval('tries') <= 2 THEN
                {statement};
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fail_twice BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION fail_twice()"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_retried_after_a_deadlock_is_counted_once() {
    let cluster = Cluster::on(Database::postgres(), |settings| settings).await;
    let fail = fail_twice("RAISE EXCEPTION 'made up' USING ERRCODE = '40001'");
    let hold = "UPDATE conversations SET subject = subject";
    counts_once(&cluster, &fail, hold, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_retried_on_a_new_connection_is_counted_once() {
    let cluster = Cluster::on(Database::postgres(), |settings| settings).await;
    let fail = fail_twice("PERFORM pg_terminate_backend(pg_backend_pid())");
    let hold = "UPDATE conversations SET subject = subject";
    counts_once(&cluster, &fail, hold, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_executed_request_by_request_is_counted_once() {
    let cluster = Cluster::embedded().await;
    let fail = "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.text = 'poison'
                BEGIN SELECT RAISE(ABORT, 'made up'); END";
    let hold = "UPDATE conversations SET subject = subject";
    counts_once(&cluster, fail, hold, &["poison"]).await;
}

/// Queues sends and denied edits behind a transaction that locks their rows, so that they become one batch. `fail` makes
/// that batch fail at first. Messages with a text of `poison` are never stored.
async fn counts_once(cluster: &Cluster, fail: &str, hold: &str, poison: &[&str]) {
    let node = cluster.nodes[0].public();
    let (lea, tom) = (cluster.tenant.token("lea"), cluster.tenant.token("tom"));
    let (mut tom, welcome) = Raw::hello(node, Encoding::Json, &tom).await;
    let tom_id = welcome.me.expect("a welcome names the user").id;
    let (mut lea, _) = Raw::hello(node, Encoding::Json, &lea).await;
    let start = wire::StartConversation {
        kind: wire::ConversationKind::Direct.into(),
        with: vec![wire::Recipient { by: Some(wire::recipient::By::Id(tom_id)) }],
        ..Default::default()
    };
    let reply::Result::ConversationStarted(started) = lea.ask(Command::StartConversation(start)).await else {
        panic!("it starts")
    };
    let conversation = started.conversation.expect("it is told").id;
    let send = |text: &str| {
        Command::SendMessage(wire::SendMessage {
            conversation_id: conversation.clone(),
            client_id: ClientId::new().to_string(),
            text: text.to_owned(),
        })
    };
    let reply::Result::MessageSent(hers) = lea.ask(send("hers")).await else { panic!("it is sent") };
    let hers = hers.message.expect("it is told").id;
    let denials = denials(cluster).await;
    let accepted = metric(cluster, "causerie_messages_accepted_total").await;
    let committed = metric(cluster, "causerie_commit_batch_size_sum").await;

    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let say = |sql: &str| Statement::from_string(store.backend(), sql.to_owned());
    store.writer().execute_unprepared(fail).await.expect("a trigger can be made");
    let holding = store.begin().await.expect("a transaction");
    holding.execute_raw(say(hold)).await.expect("the rows are locked");

    // The lane waits for the first request, and takes the requests that arrive meanwhile as one batch.
    let mut asked = HashSet::from([tom.request(send("first")).await]);
    for number in 0..SENDS.max(DENIED) {
        if number < SENDS {
            asked.insert(tom.request(send(&format!("again {number}"))).await);
        }
        if number < DENIED {
            let edit = wire::EditMessage {
                conversation_id: conversation.clone(),
                message_id: hers.clone(),
                text: "not his".to_owned(),
            };
            asked.insert(tom.request(Command::EditMessage(edit)).await);
        }
    }
    for text in poison {
        asked.insert(tom.request(send(text)).await);
    }
    // This request does not use the lane. Its answer shows that all requests before it are in the lane.
    let list = tom.request(Command::ListConversations(wire::ListConversations::default())).await;
    until_answered(&mut tom, &mut HashSet::from([list])).await;
    holding.rollback().await.expect("it ends");
    let refused = until_answered(&mut tom, &mut asked).await;
    assert_eq!(refused, DENIED + poison.len());
    let mut events = seqs_until_pong(&mut lea).await;
    events.retain(|seq| *seq > 1); // the event of her own message may have come before its answer
    assert_eq!(events, (2..=2 + SENDS as u32).collect::<Vec<_>>(), "each event comes once");

    let stored = store.reader().query_all_raw(say("SELECT text FROM messages")).await.expect("readable").len();
    store.close().await;
    assert_eq!(stored, 1 + 1 + SENDS);
    let now = metric(cluster, "causerie_messages_accepted_total").await;
    assert_eq!(now - accepted, (1 + SENDS) as f64, "each message is counted once");
    let now = metric(cluster, "causerie_commit_batch_size_sum").await;
    assert_eq!(
        now - committed,
        (1 + SENDS + DENIED) as f64,
        "each request is counted in the transaction that was committed"
    );
    assert_eq!(self::denials(cluster).await - denials, DENIED as f64, "each denial is counted once");
    let audited = async || {
        let lines = cluster.settings().run(&["audit", "--tenant", &cluster.tenant.slug, "--action", "edit"]);
        lines.lines().filter(|line| line.contains("user:tom")).count()
    };
    eventually("a line in the audit for each denial", async || (audited().await >= DENIED).then_some(())).await;
    assert_eq!(audited().await, DENIED, "each denial is recorded once");
}

/// Reads until all requests are answered and returns the number of refusals.
async fn until_answered(socket: &mut Raw, asked: &mut HashSet<u32>) -> usize {
    let mut refused = 0;
    while !asked.is_empty() {
        let Some(Body::Reply(reply)) = socket.next_frame().await.body else { continue };
        if asked.remove(&reply.id) && matches!(reply.result, Some(reply::Result::Error(_))) {
            refused += 1;
        }
    }
    refused
}

/// The `seq`s of the messages whose events wait for a socket, in the order of the events.
async fn seqs_until_pong(socket: &mut Raw) -> Vec<u32> {
    let ping = socket.request(Command::Ping(wire::Ping {})).await;
    let mut seqs = Vec::new();
    loop {
        match socket.next_frame().await.body {
            Some(Body::Event(wire::Event { kind: Some(Kind::MessageSent(event)) })) => {
                seqs.push(event.message.expect("an event of a message has the message").seq);
            }
            Some(Body::Reply(reply)) if reply.id == ping => return seqs,
            _ => {}
        }
    }
}

/// The number of commands that any rule denied.
async fn denials(cluster: &Cluster) -> f64 {
    let figures = Request::get("/metrics").send(cluster.nodes[0].internal()).await;
    let lines = figures.text().lines().filter(|line| line.starts_with("causerie_policy_denials_total{"));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}
