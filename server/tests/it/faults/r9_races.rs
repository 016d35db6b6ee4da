//! R9: both nodes receive the same request at the same moment, many times. The request is executed once.

use std::{collections::HashSet, future::Future};

use causerie_client::{
    ClientId, Encoding, Error, UserRef,
    wire::{self, reply::Result as Answer, request::Command},
};
use futures::future::join_all;

use super::{conversations_in, direct_between, stored_messages};
use crate::harness::{Cluster, Peer, Proxy, within};

/// Two nodes with high rate limits.
async fn cluster_without_rate_limits() -> Cluster {
    let keys = ["limits.frames_per_second", "limits.frames_burst", "limits.sends_per_second", "limits.sends_burst"];
    Cluster::start_with(2, |settings| keys.iter().fold(settings, |settings, key| settings.set(key, 10_000))).await
}

/// Runs all requests at once, each in its own task.
async fn race<T: Send + 'static>(
    what: &str,
    runners: Vec<impl Future<Output = Result<T, Error>> + Send + 'static>,
) -> Vec<T> {
    let runners = runners.into_iter().map(tokio::spawn);
    let ended = within(what, join_all(runners)).await;
    ended.into_iter().map(|ended| ended.expect("no panic").expect("the server answers")).collect()
}

/// The distinct conversations of the answers, and the number of answers that report a new conversation.
fn outcome(answers: &[wire::ConversationStarted]) -> (HashSet<&str>, usize) {
    let ids = answers.iter().map(|answer| answer.conversation.as_ref().expect("it is told").id.as_str()).collect();
    (ids, answers.iter().filter(|answer| answer.created).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_who_start_at_the_same_time_share_one_conversation() {
    let cluster = cluster_without_rate_limits().await;
    let users = [cluster.client(0, "lea").await, cluster.client(1, "tom").await];
    let starts = (0..200).map(|number| {
        let (client, other) = (causerie_client::Client::clone(&users[number % 2]), users[(number + 1) % 2].reference());
        async move { client.start_direct(other).await }
    });
    let answers = race("200 starts", starts.collect()).await;
    let (ids, created) = outcome(&answers);
    assert_eq!((ids.len(), created), (1, 1), "{ids:?}");
    assert_eq!(conversations_in(&cluster.database).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_many_times_over_two_nodes_is_stored_once() {
    let mut cluster = cluster_without_rate_limits().await;
    // One user with two devices, each on its own node.
    let devices = [cluster.client(0, "lea").await, cluster.client(1, "lea").await];
    let mut tom = cluster.client(1, "tom").await;
    let conversation = direct_between(&devices[0], &mut tom).await;
    let send = wire::SendMessage {
        conversation_id: conversation.to_string(),
        client_id: ClientId::new().to_string(),
        text: "once".into(),
    };
    let sends = (0..200).map(|number| {
        let (client, command) = (causerie_client::Client::clone(&devices[number % 2]), Command::SendMessage(send.clone()));
        // Not with `send`, whose outbox would send only one of them.
        async move { client.request(command).await }
    });
    let answers = race("200 sends", sends.collect()).await;
    let message = |answer: &Answer| match answer {
        Answer::MessageSent(sent) => sent.message.clone().expect("it is told"),
        other => panic!("instead of a message came {other:?}"),
    };
    let first = message(&answers[0]);
    assert_eq!(first.seq, 1);
    assert!(answers.iter().all(|answer| message(answer) == first), "all get the same answer");
    let log = stored_messages(&cluster.database).await;
    assert_eq!(log.len(), 1, "{log:?}");

    // The listener receives the message once: the next message is another one.
    assert_eq!(tom.next_message().await, first);
    let second = devices[1].say(conversation, "and on").await;
    assert_eq!(tom.next_message().await, second);
    assert_eq!(second.seq, 2);
    // A retry much later, on a node that never saw the message, still finds it.
    let node = cluster.nodes.len();
    cluster.add_node().await;
    let link = Proxy::to(cluster.nodes[node].public()).await;
    let late = Peer::connect(link, &cluster.tenant, "lea", Encoding::Json);
    let answer = within("a late answer", late.request(Command::SendMessage(send))).await.expect("it is answered");
    assert_eq!(message(&answer), first);
    assert_eq!(stored_messages(&cluster.database).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_started_many_times_over_two_nodes_is_created_once() {
    let cluster = cluster_without_rate_limits().await;
    let devices = [cluster.client(0, "lea").await, cluster.client(1, "lea").await];
    let others = [cluster.client(0, "tom").await, cluster.client(1, "mia").await];
    let with: Vec<UserRef> = others.iter().map(Peer::reference).collect();
    let client_id = ClientId::new();
    let starts = (0..20).map(|number| {
        let (client, with) = (causerie_client::Client::clone(&devices[number % 2]), with.clone());
        async move { client.start_group(with, "trip", client_id).await }
    });
    let answers = race("20 starts", starts.collect()).await;
    let (ids, created) = outcome(&answers);
    assert_eq!((ids.len(), created), (1, 1), "{ids:?}");
    assert!(answers.iter().all(|answer| answer.conversation.as_ref().is_some_and(|group| group.member_count == 3)));
    assert_eq!(conversations_in(&cluster.database).await, 1);
}
