//! After any sequence of sends, reads, marks, deletions (for all or for oneself), joins and leaves on three devices over two
//! nodes, the server's counts equal a recount, and every device received them (GOALS R8).

use std::collections::HashMap;

use causerie_client::{ClientId, ConversationId, Event, HistoryRange, MessageId, UserId, wire};
use futures::FutureExt as _;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::harness::{Cluster, Facts, Peer, within};

const ROUNDS: u64 = 6;
const STEPS: usize = 60;

/// Counts the messages after the read position that other members wrote and that are not deleted.
async fn recount(peer: &Peer, me: UserId, conversation: &wire::Conversation) -> u32 {
    let id: ConversationId = conversation.id.parse().expect("a UUID");
    let read_seq = conversation.read_state.as_ref().expect("told").read_seq;
    let mut unread = 0;
    let mut after = read_seq;
    loop {
        let page = peer.history(id, HistoryRange::After(after), 100).await.expect("a page");
        let counts = |message: &&wire::Message| message.deleted_at.is_none() && message.author_id != me.to_string();
        unread += u32::try_from(page.messages.iter().filter(counts).count()).expect("few");
        match page.messages.last() {
            Some(last) if page.more_after => after = last.seq,
            _ => return unread,
        }
    }
}

/// A random action by a random device.
async fn act(random: &mut StdRng, devices: &[Peer], others: &[Peer], groups: &[ConversationId]) {
    let here = groups[random.random_range(0..groups.len())];
    let device = &devices[random.random_range(0..devices.len())];
    let other = &others[random.random_range(0..others.len())];
    match random.random_range(0..100) {
        0..45 => drop(other.send_with_id(here, ClientId::new(), "to be read").await),
        45..55 => drop(device.send_with_id(here, ClientId::new(), "an answer").await),
        55..70 => {
            let last = device.history(here, HistoryRange::Newest, 100).await.map(|page| page.messages).unwrap_or_default();
            if let Some(message) = last.get(random.random_range(0..last.len().max(1))) {
                drop(device.mark_read(here, message.seq).await);
            }
        }
        70..75 => drop(device.mark_unread(here).await),
        75..88 => {
            let last = other.history(here, HistoryRange::Newest, 100).await.map(|page| page.messages).unwrap_or_default();
            if let Some(message) = last.get(random.random_range(0..last.len().max(1))) {
                // Refused if the message has another author.
                drop(other.delete(here, message.id.parse::<MessageId>().expect("a UUID")).await);
            }
        }
        88..92 => drop(others[0].remove_member(here, device.id().await).await),
        92..95 => {
            let last = device.history(here, HistoryRange::Newest, 100).await.map(|page| page.messages).unwrap_or_default();
            if let Some(message) = last.get(random.random_range(0..last.len().max(1))) {
                drop(device.delete_own_copy(here, message.id.parse::<MessageId>().expect("a UUID")).await);
            }
        }
        95..97 => drop(device.delete_conversation(here, false).await),
        _ => drop(others[0].add_members(here, [device.reference()]).await),
    }
}

/// Reads events until each device received the counts that the server returns.
async fn until_counts_received(
    device: &mut Peer,
    told: &mut HashMap<String, wire::ReadState>,
    total: &mut Option<u32>,
    wanted: &wire::ConversationPage,
) {
    let agrees = |told: &HashMap<String, wire::ReadState>, total: Option<u32>| {
        // Each change of the total is sent, so the last received total must be right.
        let counts_agree = wanted.conversations.iter().all(|conversation| {
            let state = conversation.read_state.as_ref().expect("told");
            told.get(&conversation.id)
                .is_none_or(|told| (told.unread, told.marked_unread) == (state.unread, state.marked_unread))
        });
        counts_agree && total == Some(wanted.total_unread)
    };
    loop {
        let agreed = agrees(told, *total);
        let next = match device.events.next().now_or_never() {
            Some(event) => event,
            None if agreed => return,
            None => {
                let what = format!("the counts; told were {told:?} and in all {total:?}, wanted is {wanted:?}");
                within(&what, device.events.next()).await
            }
        };
        match next.expect("connected") {
            Event::ReadState { read_state, total_unread } => {
                *total = Some(total_unread);
                told.insert(read_state.conversation_id.clone(), read_state);
            }
            Event::TotalUnread(unread) => *total = Some(unread),
            Event::Joined(conversation) => {
                told.insert(conversation.id.clone(), conversation.read_state.expect("told"));
            }
            Event::Left(conversation) => {
                told.remove(&conversation.to_string());
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn unread_counts_equal_a_recount_after_any_sequence_of_actions() {
    let cluster = Cluster::start_with(2, |settings| {
        settings
            .set("limits.sends_per_second", 10_000)
            .set("limits.sends_burst", 10_000)
            .set("limits.frames_per_second", 10_000)
            .set("limits.frames_burst", 10_000)
    })
    .await;
    Facts::of_preset("open", "allow delete_own_copy,delete_conversation own-copy when holder").write(&cluster).await;
    for seed in 0..ROUNDS {
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let name = format!("reader-{seed}");
        let mut devices = Vec::new();
        for node in [0, 1, 0] {
            devices.push(cluster.client(node, &name).await);
        }
        let others = [cluster.client(1, &format!("ann-{seed}")).await, cluster.client(0, &format!("ben-{seed}")).await];
        let mut groups = Vec::new();
        for subject in ["a", "b", "c"] {
            let with = [devices[0].reference(), others[1].reference()];
            let started = others[0].start_group(with, subject, ClientId::new()).await.expect("it starts");
            groups.push(started.conversation.expect("told").id.parse().expect("a UUID"));
        }
        for _ in 0..STEPS {
            act(&mut random, &devices, &others, &groups).await;
        }
        let me = devices[0].id().await;
        let page = devices[0].conversations("").await.expect("a list");
        let mut sum = 0;
        for conversation in &page.conversations {
            let state = conversation.read_state.as_ref().expect("told");
            assert_eq!(state.unread, recount(&devices[0], me, conversation).await, "seed {seed}: {conversation:?}");
            sum += if state.unread == 0 { u32::from(state.marked_unread) } else { state.unread };
        }
        assert_eq!(page.total_unread, sum, "seed {seed}: the total is the sum");
        assert_eq!(devices[1].conversations("").await.expect("a list").total_unread, sum, "seed {seed}: both nodes agree");
        for device in &mut devices {
            let (mut told, mut total) = (HashMap::new(), None);
            until_counts_received(device, &mut told, &mut total, &page).await;
        }
    }
}
