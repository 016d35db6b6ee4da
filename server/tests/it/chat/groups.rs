//! Groups: starting, renaming, adding and removing members.

use causerie_client::{ClientId, ConversationId, ErrorCode, Event, HistoryRange, wire};
use causerie_server::store::Store;
use sea_orm::ConnectionTrait as _;

use super::{everywhere, until_joined};

#[tokio::test]
async fn all_members_see_a_new_group_and_its_owner_manages_it() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let (mut tom, mut zoe) = (cluster.client(other, "tom").await, cluster.client(0, "zoe").await);
        let started = lea.start_group([tom.reference()], "Sortie", ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        let joined = |event| if let Event::Joined(conversation) = event { Some(conversation) } else { None };
        let seen = tom.until("the group", joined).await;
        assert_eq!((seen.subject.as_str(), seen.member_count), ("Sortie", 2));
        lea.say(here, "before zoe").await;

        let refused = tom.rename(here, "mine").await.expect_err("not the owner");
        assert_eq!(refused.code(), Some(ErrorCode::Unsupported));
        let refused = tom.add_members(here, [zoe.reference()]).await.expect_err("not the owner");
        assert_eq!(refused.code(), Some(ErrorCode::Unsupported));
        let named = lea.rename(here, "Sortie au musée").await.expect("the owner renames");
        assert_eq!(named.subject, "Sortie au musée");
        let renamed = |event| match event {
            Event::ConversationChanged(changed) => changed.subject,
            _ => None,
        };
        assert_eq!(tom.until("the new name", renamed).await, "Sortie au musée");

        let grown = lea.add_members(here, [zoe.reference()]).await.expect("the owner adds");
        assert_eq!(grown.member_count, 3);
        let seen = zoe.until("the group", joined).await;
        assert_eq!(seen.read_state.expect("told").unread, 0, "what was said before is not unread");
        let added = |event| match event {
            Event::ConversationChanged(changed) if !changed.members_added.is_empty() => Some(changed.member_count),
            _ => None,
        };
        assert_eq!(tom.until("zoe", added).await, 3);
        let sent = tom.say(here, "welcome").await;
        assert_eq!(zoe.next_message().await, sent);
        let members = zoe.members(here, "").await.expect("a member sees them").members;
        assert_eq!(members.len(), 3);
        assert_eq!(members.iter().filter(|member| member.role() == wire::MemberRole::Owner).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_left_or_was_removed_gets_no_events_and_can_not_read() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let (mut tom, mut zoe) = (cluster.client(other, "tom").await, cluster.client(other, "zoe").await);
        let started = lea.start_group([tom.reference(), zoe.reference()], "G", ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        until_joined(&mut tom, here).await;
        until_joined(&mut zoe, here).await;
        lea.say(here, "all of you").await;
        tom.next_message().await;

        lea.remove_member(here, tom.id().await).await.expect("the owner removes");
        let left = |event| if let Event::Left(conversation) = event { Some(conversation) } else { None };
        assert_eq!(tom.until("the removal", left).await, here);
        assert_eq!(tom.history(here, HistoryRange::Newest, 0).await.expect_err("gone").code(), Some(ErrorCode::NotFound));
        assert!(tom.send(here, "still here?").await.is_err(), "no message after the removal");
        let secret = lea.say(here, "without tom").await;
        assert_eq!(
            zoe.until("the message", |event| match event {
                Event::MessageSent(message) if message.seq == secret.seq => Some(message.text),
                _ => None,
            })
            .await,
            "without tom"
        );
        // The next event that tom gets is about another conversation, so he got none about the group.
        let note = tom.note_to_self().await.expect("it starts").conversation.expect("told");
        let note = note.id.parse().expect("a UUID");
        until_joined(&mut tom, note).await;
        tom.say(note, "alone").await;
        assert_eq!(tom.next_message().await.text, "alone");

        zoe.remove_member(here, zoe.id().await).await.expect("anyone leaves");
        assert_eq!(zoe.until("the leaving", left).await, here);
        assert!(zoe.conversations("").await.expect("a list").conversations.is_empty());
        assert_eq!(lea.conversation(here).await.expect("the owner stays").member_count, 1);

        let back = lea.add_members(here, [tom.reference()]).await.expect("one may come back");
        assert_eq!(back.member_count, 2);
        let joined = |event| if let Event::Joined(conversation) = event { Some(conversation) } else { None };
        assert_eq!(tom.until("the return", joined).await.id, here.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_removal_repeated_after_a_lost_answer_succeeds() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let (mut tom, zoe) = (cluster.client(other, "tom").await, cluster.client(other, "zoe").await);
        let started = lea.start_group([tom.reference()], "G", ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        until_joined(&mut tom, here).await;
        lea.say(here, "all of you").await;

        let first = lea.remove_member(here, tom.id().await).await.expect("the owner removes");
        let again = lea.remove_member(here, tom.id().await).await.expect("it was done");
        assert_eq!((first.version, first.member_count), (again.version, again.member_count), "once");
        // A user who never was a member gets the same answer, so that the answer does not reveal former members.
        let never = lea.remove_member(here, zoe.id().await).await.expect("zoe is no member");
        assert_eq!(never.version, first.version);
        let gone = tom.remove_member(here, tom.id().await).await.expect("tom is out");
        assert_eq!((gone.id.as_str(), gone.version), (here.to_string().as_str(), 0), "and learns nothing more");
        assert!(tom.remove_member(here, lea.id().await).await.is_err(), "a user who left can not remove members");
        for for_all in [false, true] {
            let refused = tom.delete_conversation(here, for_all).await.expect_err("no member may, in a group");
            assert_eq!(refused.code(), Some(ErrorCode::Unsupported));
        }

        let stranger = [
            zoe.remove_member(here, zoe.id().await).await.map(drop),
            zoe.delete_conversation(here, false).await.map(drop),
            zoe.delete_conversation(here, true).await.map(drop),
        ];
        for answer in stranger {
            assert_eq!(answer.expect_err("zoe never was there").code(), Some(ErrorCode::NotFound));
        }

        for _ in 0..2 {
            lea.remove_member(here, lea.id().await).await.expect("the owner leaves, and asks again");
        }
    })
    .await;
}

#[tokio::test]
async fn a_conversation_of_a_kind_that_this_release_does_not_know_shows_no_member_who_left() {
    everywhere(async |cluster, other| {
        let lea = cluster.client(0, "lea").await;
        let (mut tom, zoe) = (cluster.client(other, "tom").await, cluster.client(0, "zoe").await);
        let started = lea.start_group([tom.reference(), zoe.reference()], "G", ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        until_joined(&mut tom, here).await;
        zoe.remove_member(here, zoe.id().await).await.expect("anyone leaves");
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        store.writer().execute_unprepared("UPDATE conversations SET kind = 9").await.expect("writes");
        store.close().await;
        let members = tom.members(here, "").await.expect("a member sees them").members;
        let mut members: Vec<String> = members.into_iter().map(|member| member.user.expect("told").id).collect();
        let mut expected = vec![lea.id().await.to_string(), tom.id().await.to_string()];
        members.sort();
        expected.sort();
        assert_eq!(members, expected);
    })
    .await;
}
