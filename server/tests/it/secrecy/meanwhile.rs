//! A member is removed while the server prepares an answer. The answer contains no change that was made after the removal.

use causerie_client::{
    ClientId, Encoding,
    wire::{self, reply, request::Command, server_frame::Body},
};
use causerie_server::store::Store;
use sea_orm::ConnectionTrait as _;

use crate::harness::{Cluster, Database, Raw, eventually, psql};

/// The text of the message after the removal, and the new name of a member.
const AFTER: &str = "AFTER THE REMOVAL";

#[tokio::test(flavor = "multi_thread")]
async fn a_member_removed_during_an_answer_reads_nothing_from_after_the_removal() {
    let cluster = Cluster::on(Database::postgres(), |settings| settings).await;
    let node = cluster.nodes[0].public();
    let (mut lea, _) = Raw::hello(node, Encoding::Json, &cluster.tenant.token("lea")).await;
    let (mut tom, welcome) = Raw::hello(node, Encoding::Json, &cluster.tenant.token("tom")).await;
    let tom_id = welcome.me.expect("a welcome names the user").id;
    let start = wire::StartConversation {
        kind: wire::ConversationKind::Group.into(),
        with: vec![wire::Recipient { by: Some(wire::recipient::By::Id(tom_id.clone())) }],
        client_id: ClientId::new().to_string(),
        first_message: Some(wire::Draft { client_id: ClientId::new().to_string(), text: "before".to_owned() }),
        ..Default::default()
    };
    let started = lea.ask(Command::StartConversation(start)).await;
    let reply::Result::ConversationStarted(started) = started else { panic!("it starts: {started:?}") };
    let conversation_id = started.conversation.expect("it is told").id;
    let own = |conversation_id: &str| wire::GetHistory { conversation_id: conversation_id.to_owned(), ..Default::default() };
    let page = tom.ask(Command::GetHistory(own(&conversation_id))).await;
    assert!(matches!(&page, reply::Result::MessagePage(page) if page.messages.len() == 1), "{page:?}");

    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let removing = store.begin().await.expect("a transaction");
    removing.execute_unprepared("LOCK TABLE messages, users IN ACCESS EXCLUSIVE MODE").await.expect("locked");
    let reads = [
        Command::GetHistory(own(&conversation_id)),
        Command::GetHistory(wire::GetHistory { after_seq: Some(0), ..own(&conversation_id) }),
        Command::ListMembers(wire::ListMembers { conversation_id: conversation_id.clone(), ..Default::default() }),
        Command::GetChanges(wire::GetChanges { conversation_id: conversation_id.clone(), since_version: 1 }),
        Command::GetConversation(wire::GetConversation { conversation_id: conversation_id.clone() }),
        Command::ListConversations(wire::ListConversations::default()),
    ];
    let mut asked = std::collections::HashMap::new();
    for command in reads {
        let name = format!("{command:?}");
        asked.insert(tom.request(command).await, name);
    }
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let url = cluster.database.url();
    eventually("all of them wait for the removal", async || {
        let waiting = psql(url, waiting).expect("PostgreSQL tells");
        // The server's own query for blocked locks may be among them.
        waiting.trim().parse::<usize>().is_ok_and(|waiting| waiting >= 6).then_some(())
    })
    .await;
    let removal = [
        format!("UPDATE members SET left_at = 1 WHERE user_id = '{tom_id}'"),
        format!("UPDATE users SET name = '{AFTER}' WHERE external_id = 'lea'"),
        format!(
            "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at) \
             SELECT conversation_id, seq + 1, gen_random_uuid(), version + 2, author_id, gen_random_uuid(), '{AFTER}', \
             counted, sent_at FROM messages"
        ),
        "UPDATE conversations SET last_seq = last_seq + 1, version = version + 2, member_count = 1".to_owned(),
    ];
    for statement in removal {
        removing.execute_unprepared(&statement).await.expect("it is done");
    }
    removing.commit().await.expect("it is committed");
    store.close().await;
    while !asked.is_empty() {
        let Some(Body::Reply(reply)) = tom.next_frame().await.body else { continue };
        let Some(command) = asked.remove(&reply.id) else { continue };
        let told = format!("{:?}", reply.result);
        assert!(!told.contains(AFTER), "{command} is answered with {told}");
    }
}
