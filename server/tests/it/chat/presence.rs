//! Presence and typing.

use causerie_client::{Event, wire};

use super::{everywhere, start_direct};

#[tokio::test]
async fn watchers_see_users_come_online_and_go_offline() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let tom = cluster.client(other, "tom").await;
        let id = tom.id().await;
        let known = lea.watch_presence(&[id]).await.expect("a colleague is visible");
        assert!(known.iter().any(|presence| presence.user_id == id.to_string() && presence.online));
        tom.close().await;
        let went = |event| match event {
            Event::Presence(wire::Presence { online: false, last_seen_at, .. }) => Some(last_seen_at.is_some()),
            _ => None,
        };
        assert!(lea.until("the leaving", went).await, "with the time last seen");
        let _back = cluster.client(0, "tom").await;
        let came = |event| match event {
            Event::Presence(presence) if presence.online => Some(presence.user_id),
            _ => None,
        };
        assert_eq!(lea.until("the return", came).await, id.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_second_device_keeps_a_user_online() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let (desk, phone) = (cluster.client(0, "tom").await, cluster.client(other, "tom").await);
        let id = desk.id().await;
        lea.watch_presence(&[id]).await.expect("visible");
        desk.close().await;
        // Only the disconnect of the last device changes the presence.
        phone.close().await;
        let told = |event| if let Event::Presence(presence) = event { Some(presence.online) } else { None };
        assert!(!lea.until("the last leaving", |event| told(event).filter(|online| !online)).await);
    })
    .await;
}

#[tokio::test]
async fn typing_is_shown_to_the_other_members_only() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        lea.set_typing(here, true).await.expect("a member writes");
        let typing = |event| if let Event::Typing(typing) = event { Some(typing) } else { None };
        let seen = tom.until("the typing", typing).await;
        assert_eq!((seen.user_id, seen.typing), (lea.id().await.to_string(), true));
        tom.say(here, "I see you").await;
        let before_message = |event| match event {
            Event::Typing(typing) => panic!("told of oneself: {typing:?}"),
            Event::MessageSent(message) => Some(message),
            _ => None,
        };
        assert_eq!(lea.until("the message", before_message).await.text, "I see you");
    })
    .await;
}
