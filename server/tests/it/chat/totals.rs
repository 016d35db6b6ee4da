//! The total unread count. Every device receives every change of the count, for each cause of a change.

use causerie_client::{ClientId, ConversationId, Event, MessageId, wire};

use super::{everywhere, start_direct, until_joined};
use crate::harness::{Cluster, Facts, Peer};

/// Waits until a device received this total.
async fn until_total(peer: &mut Peer, what: &str, wanted: u32) {
    peer.until(&format!("a total of {wanted}: {what}"), |event| match event {
        Event::ReadState { total_unread, .. } | Event::TotalUnread(total_unread) => (total_unread == wanted).then_some(()),
        _ => None,
    })
    .await;
}

/// Tom has two devices on two nodes, one unread message from Ann in a direct conversation, and three from Lea in another
/// conversation.
struct Scene {
    lea: Peer,
    ann: Peer,
    devices: [Peer; 2],
    here: ConversationId,
    sent: Vec<wire::Message>,
}

impl Scene {
    async fn new(cluster: &Cluster, other: usize, cause: &str, group: bool) -> Self {
        let (mut lea, mut ann) =
            (cluster.client(0, &format!("lea-{cause}")).await, cluster.client(other, &format!("ann-{cause}")).await);
        let tom = format!("tom-{cause}");
        let mut devices = [cluster.client(0, &tom).await, cluster.client(other, &tom).await];
        let direct = start_direct(&mut ann, &mut devices[0]).await;
        until_joined(&mut devices[1], direct).await;
        ann.say(direct, "one").await;
        let here = if group {
            let started = lea.start_group([devices[0].reference()], cause, ClientId::new()).await.expect("it starts");
            started.conversation.expect("told").id.parse().expect("a UUID")
        } else {
            lea.direct_with(&devices[0]).await
        };
        until_joined(&mut lea, here).await;
        let mut sent = Vec::new();
        for text in ["a", "b", "c"] {
            sent.push(lea.say(here, text).await);
        }
        for device in &mut devices {
            until_total(device, "all is unread", 4).await;
        }
        Self { lea, ann, devices, here, sent }
    }

    async fn until_both(&mut self, what: &str, wanted: u32) {
        for device in &mut self.devices {
            until_total(device, what, wanted).await;
        }
    }

    fn message(&self, at: usize) -> MessageId {
        self.sent[at].id.parse().expect("a UUID")
    }
}

const RULES: &str = "allow delete_own_copy,delete_conversation own-copy when holder\n\
                     allow erase_conversation all when holder";

#[tokio::test]
async fn both_devices_receive_the_total_when_a_conversation_with_unread_messages_goes() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", RULES).write(cluster).await;

        let mut scene = Scene::new(cluster, other, "leaves", true).await;
        let me = scene.devices[0].id().await;
        scene.devices[1].remove_member(scene.here, me).await.expect("a member leaves");
        scene.until_both("left", 1).await;

        let mut scene = Scene::new(cluster, other, "removed", true).await;
        let tom = scene.devices[0].id().await;
        scene.lea.remove_member(scene.here, tom).await.expect("the owner removes");
        scene.until_both("removed", 1).await;
        scene.lea.add_members(scene.here, [scene.devices[0].reference()]).await.expect("back");
        scene.lea.say(scene.here, "d").await;
        scene.until_both("one more after the return", 2).await;

        for group in [true, false] {
            let mut scene = Scene::new(cluster, other, &format!("own-copy-{group}"), group).await;
            scene.devices[0].delete_conversation(scene.here, false).await.expect("deleted");
            scene.until_both("own copy deleted", 1).await;

            let mut scene = Scene::new(cluster, other, &format!("erased-{group}"), group).await;
            scene.lea.delete_conversation(scene.here, true).await.expect("erased");
            scene.until_both("erased", 1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn both_devices_receive_the_total_when_messages_stop_counting() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", RULES).write(cluster).await;
        let mut scene = Scene::new(cluster, other, "messages", true).await;
        scene.lea.delete(scene.here, scene.message(2)).await.expect("deleted for all");
        scene.until_both("a message was deleted", 3).await;
        let first = scene.message(0);
        scene.devices[1].delete_own_copy(scene.here, first).await.expect("own copy deleted");
        scene.until_both("an own copy was deleted", 2).await;
        scene.devices[0].mark_read(scene.here, u32::MAX).await.expect("read");
        scene.until_both("read on one device", 1).await;
        scene.devices[1].mark_unread(scene.here).await.expect("marked");
        scene.until_both("marked unread", 2).await;
        scene.devices[0].send_with_id(scene.here, ClientId::new(), "an answer").await.expect("sent");
        scene.until_both("an own message reads all before it", 1).await;

        // This start sends an unread message.
        let draft = wire::Draft { client_id: ClientId::new().to_string(), text: "hello".to_owned() };
        let by = wire::recipient::By::ExternalId(scene.devices[0].external_id.clone());
        let start = wire::StartConversation {
            kind: wire::ConversationKind::Group.into(),
            subject: "more".to_owned(),
            client_id: ClientId::new().to_string(),
            with: vec![wire::Recipient { by: Some(by) }],
            first_message: Some(draft),
            ..Default::default()
        };
        scene.ann.start(start).await.expect("it starts");
        scene.until_both("joined with an unread message", 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_read_position_moved_during_a_bus_outage_is_sent_afterwards() {
    let mut cluster = Cluster::start(2).await;
    Facts::of_preset("open", RULES).write(&cluster).await;
    let mut scene = Scene::new(&cluster, 1, "bus", true).await;
    cluster.redis().stop();
    scene.devices[0].mark_read(scene.here, u32::MAX).await.expect("read");
    until_total(&mut scene.devices[0], "read here", 1).await;
    cluster.redis().start_again();
    until_total(&mut scene.devices[1], "told once the bus is back", 1).await;
}
