//! A full volume under PostgreSQL, and connections that end during commits.

use serde_json::json;
use uuid::Uuid;

use super::{Sender, until_readiness, without_send_limits};
use crate::harness::{Acknowledged, Cluster, Database, PostgresServer, Volume, http::Request, psql};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_volume_under_postgresql_loses_no_acknowledged_message() {
    let volume = Volume::tmpfs(96);
    let mut server = PostgresServer::on(volume.path());
    let cluster = Cluster::on(Database::Other { url: server.url() }, without_send_limits).await;
    let mut sender = Sender::start(&cluster).await;
    assert_eq!(sender.send_some(&cluster, "before", 20).await, 20);
    volume.fill();
    sender.send_until_refused(&cluster).await;
    until_readiness(&cluster, 503).await;
    volume.free();
    // PostgreSQL ends when its log has no space, and a supervisor starts it again.
    server.start_again();
    until_readiness(&cluster, 200).await;
    sender.until_stored(&cluster).await;
    assert_eq!(sender.send_some(&cluster, "after", 20).await, 20);
    sender.audit("after there is room again", &cluster).await;
    drop(cluster);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_end_during_commits_lose_and_double_no_message() {
    let cluster =
        Cluster::on(Database::postgres(), |settings| without_send_limits(settings).set("database.connections_max", 4)).await;
    let sender = Sender::start(&cluster).await;
    let node = cluster.nodes[0].public();
    let send = async |number: usize| {
        let path = format!("/v1/conversations/{}/messages", sender.conversation);
        let message = json!({ "clientId": Uuid::now_v7(), "text": format!("{number}") });
        // Like a client: sends again with the same client id until the outcome is known.
        loop {
            let answer = Request::new("POST", &*path).bearer(&sender.token).json(&message).send(node).await;
            match answer.status {
                200 => return answer.json()["message"].clone(),
                503 | 504 => {}
                status => panic!("{status}: {}", answer.text()),
            }
        }
    };
    let ends = async {
        for _ in 0..20 {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            psql(cluster.database.url(), sql).expect("a superuser ends any connection");
            tokio::task::yield_now().await;
        }
    };
    let sends = futures::future::join_all((0..200).map(send));
    let (messages, ()) = tokio::join!(sends, ends);
    let mut acknowledged = Acknowledged::default();
    for message in &messages {
        acknowledged.record(message);
    }
    assert_eq!(acknowledged.audit("after the connections ended", &cluster.database).await, 0, "each is there once");
}
