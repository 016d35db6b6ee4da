//! Resume: the client receives exactly the missed changes, or is told to reload.

use causerie_client::wire::{reply, request::Command};
use causerie_client::{ClientId, ConversationId, Encoding, Event, MessageId, UserRef, wire};

use super::{everywhere, start_direct};
use crate::harness::{Raw, within};

#[tokio::test]
async fn a_reconnected_client_gets_exactly_the_changes_it_missed() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        let first = lea.say(here, "one").await;
        assert_eq!(tom.next_message().await.seq, 1);
        tom.link.refuse();
        tom.until_state("the loss is noticed", |state| !matches!(state, causerie_client::State::Connected)).await;
        for number in 2..=40 {
            lea.say(here, &format!("{number}")).await;
        }
        let id: MessageId = first.id.parse().expect("a UUID");
        lea.edit(here, id, "one, edited").await.expect("the author edits");
        tom.link.resume();
        let mut seen = Vec::new();
        let mut edited = false;
        while seen.len() < 39 || !edited {
            tom.until("what was missed", |event| match event {
                Event::MessageSent(message) => {
                    seen.push(message.seq);
                    Some(())
                }
                Event::MessageEdited(message) => {
                    edited = message.text == "one, edited";
                    Some(())
                }
                Event::Resynced { reload, .. } => {
                    assert!(!reload);
                    None
                }
                _ => None,
            })
            .await;
        }
        assert_eq!(seen, (2..=40).collect::<Vec<_>>(), "each once, in order");
        assert_eq!(tom.say(here, "back").await.seq, 41);
    })
    .await;
}

#[tokio::test]
async fn missed_messages_of_a_large_group_come_once_and_in_order() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let mut others = vec![tom.reference()];
        for number in 0..40 {
            let id = format!("member-{number}");
            Raw::hello(cluster.nodes[0].public(), Encoding::Json, &cluster.tenant.token(&id)).await;
            others.push(UserRef::ExternalId(id));
        }
        let started = lea.start_group(others, "many".to_owned(), ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        lea.until("the group", |event| matches!(event, Event::Joined(_)).then_some(())).await;
        tom.until("the group", |event| matches!(event, Event::Joined(_)).then_some(())).await;
        let first = lea.say(here, "1").await;
        assert_eq!(tom.next_message().await.seq, 1);
        for round in 0..2_u32 {
            tom.link.refuse();
            tom.until_state("the loss is noticed", |state| !matches!(state, causerie_client::State::Connected)).await;
            let start = 2 + 6 * round;
            for number in start..start + 5 {
                lea.say(here, &format!("{number}")).await;
            }
            // In the second round, changes other than messages happen too.
            if round == 1 {
                let id: MessageId = first.id.parse().expect("a UUID");
                lea.edit(here, id, "one, edited").await.expect("the author edits");
            }
            tom.link.resume();
            let mut seen = Vec::new();
            let mut edited = round == 0;
            while seen.len() < 5 || !edited {
                tom.until("what was missed", |event| match event {
                    Event::MessageSent(message) => {
                        seen.push(message.seq);
                        Some(())
                    }
                    Event::MessageEdited(_) => {
                        edited = true;
                        Some(())
                    }
                    Event::Resynced { reload, .. } => {
                        assert!(!reload);
                        None
                    }
                    _ => None,
                })
                .await;
            }
            assert_eq!(seen, (start..start + 5).collect::<Vec<_>>(), "each once, in order");
            assert_eq!(tom.say(here, "back").await.seq, start + 5);
            assert_eq!(tom.next_message().await.seq, start + 5, "one's own is told, too");
        }
    })
    .await;
}

#[tokio::test]
async fn resume_answers_with_the_exact_changes_or_with_reload() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let tom = cluster.client(other, "tom").await;
        let here = lea.direct_with(&tom).await;
        for number in 1..=5 {
            lea.say(here, &format!("{number}")).await;
        }
        let to = cluster.nodes[other].public();
        let (mut raw, welcome) = Raw::hello(to, Encoding::Proto, &cluster.tenant.token("tom")).await;
        let resumed = welcome.resumed.expect("always told");
        let mut resume = async |epoch: &str, version: u32, conversation: ConversationId| {
            let held = vec![wire::Held { conversation_id: conversation.to_string(), version }];
            let resume = wire::Resume { epoch: epoch.to_owned(), inbox_version: resumed.inbox_version, held };
            match within("an answer", raw.ask(Command::Resume(resume))).await {
                reply::Result::Resumed(resumed) => resumed,
                other => panic!("not resumed: {other:?}"),
            }
        };
        let epoch = resumed.epoch.as_str();
        // Version 1 is the start; each message adds a version.
        let up_to_date = resume(epoch, 6, here).await;
        assert!(up_to_date.changes.is_empty() && up_to_date.gone.is_empty());
        assert_eq!(up_to_date.read_states[0].unread, 5);
        let behind = resume(epoch, 4, here).await;
        let seqs: Vec<u32> = behind.changes[0].messages.iter().map(|message| message.seq).collect();
        assert_eq!((seqs, behind.changes[0].reload), (vec![4, 5], false));
        assert_eq!(behind.changes[0].conversation.as_ref().map(|now| now.version), Some(6));
        assert!(resume("another-epoch", 6, here).await.changes[0].reload, "a restored backup voids positions");
        assert!(resume(epoch, 0, here).await.changes[0].reload);
        let nowhere = ConversationId::new();
        assert_eq!(resume(epoch, 3, nowhere).await.gone, [nowhere.to_string()]);
        for number in 6..=210 {
            lea.send_with_id(here, ClientId::new(), format!("{number}")).await.expect("it is taken");
        }
        let far = resume(epoch, 6, here).await;
        assert!(far.changes[0].reload && far.changes[0].messages.is_empty(), "too much to replay");
        assert_eq!(resume(epoch, 11, here).await.changes[0].messages.len(), 200);
    })
    .await;
}

#[tokio::test]
async fn resume_reports_conversations_joined_and_left() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let start = |subject: &str| lea.start_group([tom.reference()], subject.to_owned(), ClientId::new());
        let started = start("left").await.expect("it starts").conversation.expect("told");
        let left: ConversationId = started.id.parse().expect("a UUID");
        tom.until("the group", |event| matches!(event, Event::Joined(_)).then_some(())).await;
        tom.link.refuse();
        tom.until_state("the loss is noticed", |state| !matches!(state, causerie_client::State::Connected)).await;
        lea.remove_member(left, tom_id(&tom)).await.expect("the owner removes");
        let joined = lea.start_group([tom.reference()], "joined", ClientId::new()).await.expect("it starts");
        let joined: ConversationId = joined.conversation.expect("told").id.parse().expect("a UUID");
        lea.say(joined, "while you were away").await;
        tom.link.resume();
        let (mut gone, mut come) = (false, false);
        while !(gone && come) {
            tom.until("both", |event| match event {
                Event::Left(conversation) => {
                    gone |= conversation == left;
                    Some(())
                }
                Event::Joined(conversation) => {
                    come |= conversation.id == joined.to_string();
                    Some(())
                }
                _ => None,
            })
            .await;
        }
        assert_eq!(tom.say(joined, "here again").await.seq, 2);
    })
    .await;
}

fn tom_id(tom: &crate::harness::Peer) -> causerie_client::UserId {
    let welcome = tom.welcome().expect("was connected");
    welcome.me.as_ref().expect("named").id.parse().expect("a UUID")
}
