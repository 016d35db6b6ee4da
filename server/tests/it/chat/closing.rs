//! Closing and reopening: members can read a closed conversation but can not send to it.

use causerie_client::{ErrorCode, Event, HistoryRange, SendError, wire};
use wire::{Capability, ConversationState};

use super::{everywhere, start_direct};
use crate::harness::{Facts, Peer};

/// Waits until the conversation has `state`, then returns the capabilities that come with it.
async fn until_state(peer: &mut Peer, state: ConversationState) -> Vec<Capability> {
    let changed = |event| match event {
        Event::ConversationChanged(changed) => (changed.state() == state).then_some(()),
        _ => None,
    };
    peer.until("the new state", changed).await;
    let told = |event| if let Event::Capabilities { capabilities, .. } = event { Some(capabilities) } else { None };
    peer.until("what one may do then", told).await
}

#[tokio::test]
async fn members_read_a_closed_conversation_and_send_again_after_it_is_reopened() {
    everywhere(async |cluster, other| {
        Facts::of_preset("community", "").write(cluster).await;
        let (mut mia, mut noa) = (cluster.client(0, "mia").await, cluster.client(other, "noa").await);
        let here = start_direct(&mut mia, &mut noa).await;
        mia.say(here, "that is all").await;

        let closed = mia.close_conversation(here).await.expect("a party closes");
        assert_eq!(closed.state(), ConversationState::Closed);
        let may: Vec<_> = closed.capabilities().collect();
        assert!(may.contains(&Capability::Reopen) && !may.contains(&Capability::Send), "{may:?}");
        for peer in [&mut mia, &mut noa] {
            let may = until_state(peer, ConversationState::Closed).await;
            assert!(may.contains(&Capability::Reopen) && !may.contains(&Capability::Close), "{may:?}");
            assert!(!may.contains(&Capability::Send), "{may:?}");
        }
        for peer in [&mia, &noa] {
            let sent = peer.send(here, "one more").await;
            assert!(matches!(&sent, Err(SendError::Refused(error)) if error.name == "closed"), "{sent:?}");
            let page = peer.history(here, HistoryRange::Newest, 0).await.expect("readable");
            assert_eq!(page.messages.len(), 1);
            let listed = &peer.conversations("").await.expect("a list").conversations[0];
            assert_eq!((listed.id.clone(), listed.state()), (here.to_string(), ConversationState::Closed));
        }
        let again = noa.close_conversation(here).await.expect("closing what is closed changes nothing");
        assert_eq!(again.version, closed.version);

        let open = noa.reopen_conversation(here).await.expect("either side may");
        assert_eq!((open.state(), open.version), (ConversationState::Open, closed.version + 1));
        assert!(until_state(&mut mia, ConversationState::Open).await.contains(&Capability::Send));
        assert_eq!(mia.reopen_conversation(here).await.expect("changes nothing").version, open.version);
        let sent = mia.say(here, "one more").await;
        assert_eq!(noa.next_message().await, sent);
    })
    .await;
}

#[tokio::test]
async fn only_members_close_a_conversation_and_only_if_the_rules_allow_it() {
    everywhere(async |cluster, other| {
        let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let here = start_direct(&mut lea, &mut tom).await;
        let conversation = lea.conversation(here).await.expect("readable");
        assert!(!conversation.capabilities().any(|one| one == Capability::Close));
        lea.close_conversation(here).await.expect_err("rules of a new tenant do not let one close");
        assert_eq!(lea.conversation(here).await.expect("readable").version, conversation.version);

        Facts::of_preset("community", "").write(cluster).await;
        let eve = cluster.client(other, "eve").await;
        for refused in [eve.close_conversation(here).await, eve.reopen_conversation(here).await] {
            assert_eq!(refused.expect_err("a stranger").code(), Some(ErrorCode::NotFound));
        }
        lea.close_conversation(here).await.expect("now they do");
    })
    .await;
}
