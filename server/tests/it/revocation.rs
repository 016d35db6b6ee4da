//! A revocation binds once it was answered, on every node, whether the bus carries it or not (GOALS R10).

use causerie_client::{Event, SendError, State, wire};

use crate::harness::{Cluster, http::Request};

#[tokio::test]
async fn no_message_is_accepted_after_the_revocation_was_answered_though_the_bus_is_away() {
    let mut cluster = Cluster::start(2).await;
    let key = cluster.tenant.api_key(cluster.settings(), "provision");
    let mut lea = cluster.client(0, "lea").await;
    let mut tom = cluster.client(1, "tom").await;
    let here = tom.direct_with(&lea).await;
    for peer in [&mut lea, &mut tom] {
        peer.until("the conversation", |event| matches!(event, Event::Joined(_)).then_some(())).await;
    }
    tom.say(here, "before").await;
    cluster.redis().stop();

    let answer = Request::new("POST", "/v1/users/tom/revoke").bearer(&key).send(cluster.nodes[0].public()).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    match tom.send(here, "after").await {
        Err(SendError::Refused(wire::Error { name, .. })) => assert_eq!(name, "unauthenticated"),
        // Found by the check of positions first: the socket is closed for good.
        Err(SendError::Closed(_)) => {}
        other => panic!("accepted after the revocation: {other:?}"),
    }
    // The other node hears of it from the database, and ends the connection.
    tom.until_state("the end", |state| matches!(state, State::Closed { .. } | State::Reconnecting { .. })).await;
    let page = lea.history(here, causerie_client::HistoryRange::Newest, 0).await.expect("a page");
    assert_eq!(page.messages.len(), 1);
}
