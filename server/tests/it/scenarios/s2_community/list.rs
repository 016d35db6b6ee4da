//! The list of conversations and the fields of its entries.

use causerie_client::{Event, HistoryRange};

use super::everywhere;
use crate::scenarios::{
    Answered as _,
    user::{id, message_id},
};

#[tokio::test]
async fn s2_09_the_list_has_exactly_the_conversations_of_the_user() {
    everywhere(async |community| {
        let [mia, noa, pam] = community.users(["mia", "noa", "pam"]).await;
        let with_noa = mia.starts_with("noa").await.expect("a contact");
        let with_pam = pam.starts_with("mia").await.expect("by her profile");
        noa.starts_with("pam").await.expect("by her profile");
        let mut listed: Vec<_> = mia.lists().await.iter().map(id).collect();
        listed.sort_unstable();
        let mut own = [with_noa, with_pam];
        own.sort_unstable();
        assert_eq!(listed, own);
    })
    .await;
}

#[tokio::test]
async fn s2_10_the_list_has_the_date_of_the_last_message() {
    everywhere(async |community| {
        let [mut mia, mut noa, mut oli] = community.users(["mia", "noa", "oli"]).await;
        let with_noa = mia.chats_with(&mut noa).await;
        let with_oli = mia.chats_with(&mut oli).await;
        oli.writes(with_oli, "first").await.expect("open");
        assert_eq!(id(&mia.lists().await[0]), with_oli);
        noa.writes(with_noa, "second").await.expect("open");
        let sent = mia.receives("second").await;
        let top = &mia.lists().await[0];
        assert_eq!((id(top), top.active_at), (with_noa, sent.sent_at), "its row moves up, with the new date");
    })
    .await;
}

#[tokio::test]
async fn s2_11_the_list_has_a_preview_of_the_last_message() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        for text in ["Do you know a good plumber?", "Thanks!"] {
            let sent = noa.writes(here, text).await.expect("open");
            let preview = mia.sees_listed(here).await.expect("it is listed").last_message.expect("something was said");
            assert_eq!((message_id(&preview), preview.text.as_str()), (message_id(&sent), text));
        }
        mia.delete_conversation(here, false).await.answer().expect("her own copy");
        noa.writes(here, "Are you there?").await.expect("open for her");
        let back = mia.sees_listed(here).await.expect("it comes back").last_message.expect("with what is new");
        assert_eq!(back.text, "Are you there?");
        mia.delete_conversation(here, false).await.answer().expect("her own copy");
        assert_eq!(mia.starts_with("noa").await, Ok(here));
        let empty = mia.sees_listed(here).await.expect("it is there, empty");
        assert_eq!(empty.last_message, None, "what is gone is not previewed");
    })
    .await;
}

#[tokio::test]
async fn s2_14_the_whole_history_can_be_read() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        let said: Vec<String> = (1..=300).map(|number| format!("message {number}")).collect();
        for (number, text) in said.iter().enumerate() {
            let writer = if number % 2 == 0 { &mia } else { &noa };
            writer.writes(here, text).await.expect("open");
        }
        assert_eq!(mia.reads(here).await.expect("hers"), said);
        let first = mia.history(here, HistoryRange::Before(2), 0).await.answer().expect("a page");
        assert!(!first.more_before, "there is an end");
    })
    .await;
}

#[tokio::test]
async fn s2_22_each_new_message_is_notified() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        mia.writes(here, "hello").await.expect("open");
        for text in ["one", "two", "three"] {
            noa.writes(here, text).await.expect("open");
        }
        let (mut heard, mut unread) = (Vec::new(), 0);
        while heard.len() < 4 || unread < 3 {
            match mia.events.next().await.expect("she stays") {
                Event::MessageSent(message) => heard.push(message.text),
                Event::ReadState { read_state, total_unread } => {
                    assert_eq!(read_state.unread, total_unread);
                    assert!(total_unread >= unread, "it only grows");
                    unread = total_unread;
                }
                _ => {}
            }
        }
        assert_eq!((heard.join(" ").as_str(), unread), ("hello one two three", 3), "three of hers, none for her own");
    })
    .await;
}
