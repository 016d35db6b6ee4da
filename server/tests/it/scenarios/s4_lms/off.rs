//! Private messaging is a setting of the account.

use causerie_client::{ErrorCode::MessagingOff, wire::Capability};

use super::{everywhere, lia_and_ivo};
use crate::scenarios::{Row, System, facts::setting};

fn messaging(value: &str) -> [Row; 1] {
    [setting("messaging", value)]
}

async fn set_messaging(lms: &System<'_>, value: &str) {
    lms.import_all(&messaging(value)).await;
}

#[tokio::test]
async fn s4_16_messaging_must_be_on() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        let [owen, ann] = lms.users(["owen", "ann"]).await;
        set_messaging(lms, "off").await;
        for user in [&lia, &ivo] {
            assert_eq!(user.writes(here, "hello").await, Err(MessagingOff), "{}", user.external_id);
        }
        for user in [&owen, &ann] {
            assert_eq!(user.writes_first("leo", "welcome").await, Err(MessagingOff), "{}", user.external_id);
        }
        assert_eq!(ivo.reads(here).await.expect("readable"), [""; 0], "nothing was said");
        set_messaging(lms, "on").await;
        ivo.writes(here, "hello").await.expect("on again");
        owen.writes_first("leo", "welcome").await.expect("on again");
    })
    .await;
}

#[tokio::test]
async fn s4_17_switching_off_removes_the_contact_option_and_keeps_the_user() {
    everywhere(async |lms| {
        let (mut lia, mut ivo, here) = lia_and_ivo(lms).await;
        for (value, may) in [("off", false), ("on", true)] {
            set_messaging(lms, value).await;
            for user in [&mut lia, &mut ivo] {
                user.sees_capability(Capability::Send, may, here).await;
            }
            let contact: &[&str] = if may { &["ivo"] } else { &[] };
            assert_eq!(lia.may_write_to("ivo").await, contact, "messaging {value}");
            assert_eq!(lia.finds("ivo").await, ["ivo"], "messaging {value}: the user is still shown");
            let users = lia.users(&[ivo.id().await]).await.expect("one may ask");
            assert_eq!(users.len(), 1, "messaging {value}: so is the profile");
        }
    })
    .await;
}

#[tokio::test]
async fn s4_18_chats_stay_readable_after_switching_off() {
    everywhere(async |lms| {
        let (mut lia, mut ivo, here) = lia_and_ivo(lms).await;
        lia.writes(here, "before").await.expect("on");
        set_messaging(lms, "off").await;
        for user in [&mut lia, &mut ivo] {
            user.sees_capability(Capability::Send, false, here).await;
            assert_eq!(user.reads(here).await.expect("readable"), ["before"]);
            assert!(!user.may(Capability::Send, here).await);
        }
        // A device that connects now sees the same.
        let phone = lms.user("lia").await;
        let listed = phone.sees_listed(here).await.expect("it is listed");
        assert!(listed.capabilities().all(|held| held != Capability::Send), "{listed:?}");
    })
    .await;
}
