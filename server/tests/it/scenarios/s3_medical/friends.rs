//! Friend requests and friendships.

use causerie_client::{
    ErrorCode::{Invalid, NeedsFriend, NotFound},
    Event,
    wire::{Direction, Relation, RelationState},
};
use futures::future::join;

use super::everywhere;
use crate::scenarios::{Answer, Answered as _, User, user::user_ref};

impl User {
    async fn befriends(&self, other: &str) -> Answer<Option<Relation>> {
        self.relate("friend", user_ref(other)).await.answer()
    }

    /// The relations that the search offers for each result.
    async fn may_ask(&self, query: &str) -> Vec<Vec<String>> {
        self.hits(query).await.into_iter().map(|hit| hit.may_request).collect()
    }

    /// Waits until this device is told the state of its relation to a user.
    async fn sees_relation(&mut self, other: &str) -> (RelationState, Direction) {
        let is_expected = |event| match event {
            Event::RelationChanged(relation) if relation.user.as_ref()?.external_id == other => {
                assert_eq!(relation.relation, "friend");
                Some((relation.state(), relation.direction()))
            }
            _ => None,
        };
        self.until(&format!("a relation with {other}"), is_expected).await
    }

    /// Friends and requests, by external id.
    async fn friends(&self) -> Vec<(String, RelationState, Direction)> {
        let page = self.relations("friend", "").await.answer().expect("one's own");
        let line = |relation: Relation| {
            let (state, direction) = (relation.state(), relation.direction());
            (relation.user.expect("a user").external_id, state, direction)
        };
        page.relations.into_iter().map(line).collect()
    }
}

const FRIENDS: (RelationState, Direction) = (RelationState::Accepted, Direction::Mutual);

#[tokio::test]
async fn s3_02_a_request_may_be_sent_to_any_user() {
    everywhere(async |network| {
        let [mut ada, mut dia] = network.users(["ada", "dia"]).await;
        assert_eq!(ada.may_ask("dia").await, [["friend"]], "her screen offers it");
        let asked = ada.befriends("dia").await.expect("anyone").expect("it is told");
        assert_eq!((asked.state(), asked.direction()), (RelationState::Pending, Direction::Outgoing));
        assert_eq!(dia.sees_relation("ada").await, (RelationState::Pending, Direction::Incoming), "Dia is notified");
        assert_eq!(ada.sees_relation("dia").await, (RelationState::Pending, Direction::Outgoing), "so are Ada's devices");
        assert_eq!(dia.friends().await, [("ada".to_owned(), RelationState::Pending, Direction::Incoming)]);
        assert_eq!(ada.may_ask("dia").await, [[""; 0]], "and offers it once");
    })
    .await;
}

#[tokio::test]
async fn s3_03_the_channel_opens_once_the_other_accepts() {
    everywhere(async |network| {
        let [mut ada, mut dia] = network.users(["ada", "dia"]).await;
        ada.befriends("dia").await.expect("anyone");
        ada.sees_relation("dia").await;
        dia.sees_relation("ada").await;
        assert_eq!(ada.starts_with("dia").await, Err(NeedsFriend), "pending is not enough");
        assert_eq!(dia.starts_with("ada").await, Err(NeedsFriend));
        dia.accept_relation("friend", user_ref("ada")).await.answer().expect("she was asked");
        // The change is immediate on every node.
        let here = ada.starts_with("dia").await.expect("friends now");
        ada.writes(here, "thank you").await.expect("friends now");
        dia.writes(here, "welcome").await.expect("friends now");
        for (user, other) in [(&mut ada, "dia"), (&mut dia, "ada")] {
            assert_eq!(user.sees_relation(other).await, FRIENDS, "both devices are told");
        }
    })
    .await;
}

#[tokio::test]
async fn s3_05_a_declined_request_gives_no_reason() {
    everywhere(async |network| {
        let [mut ada, dia] = network.users(["ada", "dia"]).await;
        ada.befriends("dia").await.expect("anyone");
        ada.sees_relation("dia").await;
        assert_eq!(dia.unrelate("friend", user_ref("ada")).await.answer(), Ok(None));
        let ended = ada.sees_relation("dia").await;
        assert_eq!(ended.0, RelationState::Unspecified, "it is over, and that is all she learns");
        for (user, other) in [(&ada, "dia"), (&dia, "ada")] {
            assert_eq!(user.starts_with(other).await, Err(NeedsFriend));
        }
        assert_eq!(dia.friends().await, [], "the request is closed");
        assert_eq!(ada.friends().await.len(), 1, "only Bea");
        assert_eq!(dia.accept_relation("friend", user_ref("ada")).await.answer().ok(), None, "nothing is left to accept");
    })
    .await;
}

#[tokio::test]
async fn s3_06_crossing_requests_make_a_friendship() {
    everywhere(async |network| {
        let [ada, dia] = network.users(["ada", "dia"]).await;
        let (one, two) = join(ada.befriends("dia"), dia.befriends("ada")).await;
        let states = [one, two].map(|asked| asked.expect("anyone").expect("it is told").state());
        assert!(states.contains(&RelationState::Accepted), "the second request accepts: {states:?}");
        let again = ada.befriends("dia").await.expect("idempotent").expect("it is told");
        assert_eq!((again.state(), again.direction()), FRIENDS);
        assert_eq!(dia.friends().await.len(), 1);
        let (one, two) = join(ada.starts_with("dia"), dia.starts_with("ada")).await;
        assert_eq!(one.expect("friends"), two.expect("friends"), "one conversation");
        let oneself = ada.befriends("ada").await;
        assert!(matches!(oneself, Err(Invalid | NotFound)), "{oneself:?}");
    })
    .await;
}

#[tokio::test]
async fn s3_07_only_the_addressee_accepts() {
    everywhere(async |network| {
        let [ada, cem] = network.users(["ada", "cem"]).await;
        ada.befriends("dia").await.expect("anyone");
        assert_eq!(ada.accept_relation("friend", user_ref("dia")).await.answer().ok(), None, "not one's own request");
        assert_eq!(cem.accept_relation("friend", user_ref("dia")).await.answer().ok(), None, "nor another's");
        assert_eq!(ada.starts_with("dia").await, Err(NeedsFriend));
        let pending = ("dia".to_owned(), RelationState::Pending, Direction::Outgoing);
        assert!(ada.friends().await.contains(&pending), "it still waits");
    })
    .await;
}
