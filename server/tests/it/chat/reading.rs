//! Read positions, unread counts and marks, on all devices and all nodes.

use causerie_client::{Event, MessageId, wire};

use super::{everywhere, start_direct, until_joined};
use crate::harness::Peer;

/// Waits until the SDK reports this read state of a conversation.
async fn until_read_state(peer: &mut Peer, what: &str, wanted: (u32, u32, bool, u32)) {
    peer.until(what, |event| match event {
        Event::ReadState { read_state, total_unread } => {
            let told = (read_state.read_seq, read_state.unread, read_state.marked_unread, total_unread);
            (told == wanted).then_some(())
        }
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn all_devices_on_all_nodes_receive_unread_counts_live() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let (mut desk, mut phone) = (cluster.client(0, "tom").await, cluster.client(other, "tom").await);
        let here = start_direct(&mut lea, &mut desk).await;
        until_joined(&mut phone, here).await;
        for number in 1..=3 {
            lea.say(here, &format!("{number}")).await;
        }
        until_read_state(&mut desk, "three unread at the desk", (0, 3, false, 3)).await;
        until_read_state(&mut phone, "three unread on the phone", (0, 3, false, 3)).await;

        let state = phone.mark_read(here, 2).await.expect("a member reads");
        assert_eq!((state.read_seq, state.unread), (2, 1));
        until_read_state(&mut desk, "one left", (2, 1, false, 1)).await;
        // Read positions only grow and stop at the last message.
        assert_eq!(phone.mark_read(here, 1).await.expect("ignored").read_seq, 2);
        let state = desk.mark_read(here, u32::MAX).await.expect("all");
        assert_eq!((state.read_seq, state.unread), (3, 0));
        until_read_state(&mut phone, "none left", (3, 0, false, 0)).await;

        let state = phone.mark_unread(here).await.expect("a member marks");
        assert!(state.marked_unread && state.unread == 0);
        until_read_state(&mut desk, "marked: counts as one", (3, 0, true, 1)).await;
        desk.mark_read(here, 3).await.expect("reading clears the mark");
        until_read_state(&mut phone, "cleared", (3, 0, false, 0)).await;
    })
    .await;
}

#[tokio::test]
async fn own_and_deleted_messages_are_not_unread() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        let first = lea.say(here, "one").await;
        lea.say(here, "two").await;
        until_read_state(&mut tom, "two", (0, 2, false, 2)).await;
        let id: MessageId = first.id.parse().expect("a UUID");
        lea.delete(here, id).await.expect("the author deletes");
        until_read_state(&mut tom, "one less", (0, 1, false, 1)).await;
        let mine = tom.say(here, "an answer reads what was before").await;
        until_read_state(&mut tom, "nothing unread", (mine.seq, 0, false, 0)).await;
        let page = tom.conversations("").await.expect("a list");
        assert_eq!(page.total_unread, 0);
        assert_eq!(lea.conversations("").await.expect("a list").total_unread, 1);
    })
    .await;
}

#[tokio::test]
async fn members_see_each_others_read_positions() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        lea.say(here, "read me").await;
        tom.mark_read(here, 1).await.expect("a member reads");
        let read = |event| if let Event::MemberRead(read) = event { Some(read) } else { None };
        let seen = lea.until("the receipt", read).await;
        let expected =
            wire::MemberRead { conversation_id: here.to_string(), user_id: tom.id().await.to_string(), read_seq: 1 };
        assert_eq!(seen, expected);
        let members = lea.members(here, "").await.expect("readable").members;
        let told = members.iter().find(|member| member.user.as_ref().is_some_and(|user| user.external_id == "tom"));
        assert_eq!(told.map(|member| member.read_seq), Some(1), "nor is it lost on those who come later");
    })
    .await;
}
