//! R5: the network between users and nodes is cut, frozen, slow, reordered and one-way. All users resume exactly.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use causerie_client::{ClientId, Event, State};

use super::{
    checker::{Attempt, History, Outcome, check},
    crowd::{Crowd, Member},
    direct_between, entry, stored_messages,
};
use crate::harness::{Cluster, Peer, within};

/// The heartbeat interval. A silent link is noticed after two intervals.
const HEARTBEAT_MS: u64 = 500;
/// The longest time from the restoration of a link until live messages are received again. It is long enough for a busy
/// machine and a debug build.
const LIVE_AGAIN_MAX: Duration = Duration::from_secs(5);

async fn cluster() -> Cluster {
    Cluster::start_with(2, |settings| settings.set("heartbeat.interval_ms", HEARTBEAT_MS)).await
}

/// Every third user with the id of their connection. Each round has other users.
fn every_third_member(crowd: &Crowd, round: usize) -> Vec<(&Member, String)> {
    let affected = crowd.members.iter().enumerate().filter(|(number, _)| number % 3 == round % 3);
    affected.map(|(_, member)| (member, member.connection())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_resume_exactly_after_a_cut() {
    let cluster = cluster().await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    let mut slowest = Duration::ZERO;
    for round in 0..8 {
        crowd.until_acknowledged(40).await;
        let affected = every_third_member(&crowd, round);
        let cut = Instant::now();
        for (member, _) in &affected {
            // In every second round, these users reconnect to the other node.
            let node = (member.home + round) % cluster.nodes.len();
            member.peer.link.retarget(cluster.nodes[node].public());
            member.peer.link.cut();
        }
        slowest = slowest.max(crowd.until_live_again(affected.into_iter(), cut).await);
    }
    let summary = crowd.verify(&cluster).await;
    assert!(slowest < LIVE_AGAIN_MAX, "live again after {slowest:?}");
    println!("R5 cut: {summary}; all live again at most {slowest:?} after a cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_notice_half_open_links_and_clients_resume_exactly() {
    let cluster = cluster().await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    let (mut noticed, mut slowest) = (Duration::ZERO, Duration::ZERO);
    for round in 0..3 {
        crowd.until_acknowledged(40).await;
        let affected = every_third_member(&crowd, round);
        let frozen = Instant::now();
        for (member, _) in &affected {
            member.peer.link.freeze();
        }
        for (member, _) in &affected {
            let lost = |state: &State| matches!(state, State::Reconnecting { .. });
            member.peer.until_state("a silent link noticed", lost).await;
        }
        noticed = noticed.max(frozen.elapsed());
        let mended = Instant::now();
        for (member, _) in &affected {
            // The held-back bytes arrive now, before or after the first bytes of the next connection.
            member.peer.link.resume();
        }
        slowest = slowest.max(crowd.until_live_again(affected.into_iter(), mended).await);
    }
    let summary = crowd.verify(&cluster).await;
    // The limit is two intervals of silence, plus the time until the first interval began, on a busy machine.
    assert!(noticed < 20 * Duration::from_millis(HEARTBEAT_MS), "noticed after {noticed:?}");
    assert!(slowest < LIVE_AGAIN_MAX, "live again after {slowest:?}");
    println!("R5 half-open: {summary}; noticed after at most {noticed:?}, live again after at most {slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn late_requests_of_an_old_connection_change_nothing() {
    let cluster = cluster().await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    for round in 0..3 {
        crowd.until_acknowledged(40).await;
        let affected = every_third_member(&crowd, round);
        let stranded = Instant::now();
        for (member, _) in &affected {
            member.peer.link.strand();
        }
        // The clients close the silent connection, repeat unanswered sends on a new connection, and continue.
        crowd.until_live_again(affected.clone().into_iter(), stranded).await;
        crowd.until_acknowledged(40).await;
        for (member, _) in &affected {
            member.peer.link.resume();
        }
    }
    let summary = crowd.verify(&cluster).await;
    println!("R5 reordered in time: {summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_links_lose_no_message() {
    let cluster = cluster().await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    for (number, member) in crowd.members.iter().enumerate() {
        member.peer.link.delay(Duration::from_millis(100 * (number as u64 % 4)));
    }
    let before = crowd.connections();
    crowd.until_acknowledged(200).await;
    crowd.until_all_received().await;
    assert_eq!(crowd.connections(), before, "a slow link is no dead one");
    for (member, before) in every_third_member(&crowd, 0) {
        // A slow link that is cut behaves like other links.
        member.peer.link.cut();
        crowd.until_live_again([(member, before)].into_iter(), Instant::now()).await;
    }
    let summary = crowd.verify(&cluster).await;
    println!("R5 slow: {summary}");
}

/// The message is committed and all members receive it, but the sender's answer is lost. Each retry goes to the other node.
#[tokio::test(flavor = "multi_thread")]
async fn a_send_repeated_after_a_lost_answer_is_not_doubled() {
    let cluster = cluster().await;
    let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(1, "tom").await);
    let conversation = direct_between(&lea, &mut tom).await;
    let mut attempts = Vec::new();
    let mut streams = [Vec::new(), Vec::new()];
    for round in 1..=10 {
        lea.link.mute();
        let (client_id, text, invoked) = (ClientId::new(), format!("message {round}"), Instant::now());
        let sent = lea.send_with_id(conversation, client_id, text.clone());
        // Another user received the message, so it is committed.
        let heard = tom.next_message().await;
        assert_eq!(heard.client_id, client_id.to_string());
        assert_eq!(lea.unsent(), 1, "the sender can't know");
        lea.link.retarget(cluster.nodes[round % 2].public());
        lea.link.cut();
        lea.link.resume();
        let acknowledged = within("an acknowledgement", sent).await.expect("it is taken");
        assert_eq!(acknowledged, heard, "the retry is answered with the message there is");
        let (at, message) = (Instant::now(), entry(acknowledged));
        let outcome = Outcome::Ok { at, seq: message.seq, id: message.id };
        attempts.push(Attempt { conversation, client_id, text, invoked, outcome });
        streams[0].push(entry(lea.next_message().await));
        streams[1].push(entry(heard));
    }
    let users = [(&mut lea, attempts), (&mut tom, Vec::new())];
    let mut histories = Vec::new();
    for ((peer, attempts), mut told) in users.into_iter().zip(streams) {
        let (name, user) = (peer.external_id.clone(), peer.id().await);
        told.extend(remaining_messages(peer).await.into_iter().map(entry));
        histories.push(History { name, user, attempts, streams: BTreeMap::from([(conversation, told)]) });
    }
    let log = stored_messages(&cluster.database).await;
    assert_eq!(log.len(), 10);
    assert_eq!(check(&histories, &log), []);
    println!("R5 swallowed answers: 10 retries on the other node, 10 messages");
}

/// The received messages that the test has not read yet. They would contain a duplicate.
async fn remaining_messages(peer: &mut Peer) -> Vec<causerie_client::wire::Message> {
    within("a goodbye", peer.close()).await;
    let mut left = Vec::new();
    while let Some(event) = peer.events.next().await {
        if let Event::MessageSent(message) = event {
            left.push(message);
        }
    }
    left
}
