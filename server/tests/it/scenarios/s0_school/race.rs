//! Both users start a conversation at the same time.

use causerie_client::wire;
use futures::future::join;

use super::everywhere;
use crate::scenarios::{
    facts::{member, user},
    user::id,
};

const ROUNDS: usize = 20;

#[tokio::test]
async fn s0_28_two_users_who_start_at_the_same_time_share_one_conversation() {
    everywhere(async |school| {
        // A pair keeps its conversation for ever, so each round needs a new member of the class.
        let newcomers: Vec<String> = (0..ROUNDS).map(|number| format!("newcomer-{number}")).collect();
        let rows = newcomers.iter().flat_map(|name| [user(name), member(name, "learner", "class-a")]);
        school.import_all(&rows.collect::<Vec<_>>()).await;
        for name in &newcomers {
            // Connected in turn, so always to two nodes if there are two.
            let [lea, other] = school.users(["lea", name]).await;
            let (one, two) = join(lea.writes_first(name, "from lea"), other.writes_first("lea", "from the other")).await;
            let (one, two) = (one.expect("in reach"), two.expect("in reach"));
            assert_eq!(usize::from(one.created) + usize::from(two.created), 1, "one of them made it");
            let here = |started: &wire::ConversationStarted| id(started.conversation.as_ref().expect("it is told"));
            assert_eq!(here(&one), here(&two));
            let mut said = lea.reads(here(&one)).await.expect("a member reads");
            said.sort_unstable();
            assert_eq!(said, ["from lea", "from the other"], "both messages are in it");
            assert_eq!(other.lists().await.len(), 1);
        }
        assert_eq!(school.user("lea").await.lists().await.len(), ROUNDS);
    })
    .await;
}
