//! The results of the recipient search, and what they must not reveal.

use std::time::{Duration, Instant};

use causerie_client::{ClientId, ErrorCode::NotFound, UserId};
use serde_json::{Value, json};

use super::everywhere;
use crate::{
    harness::http::Request,
    scenarios::{System, facts::user},
};

/// The three causes for which a search finds no user: the user was removed, never existed, or is out of reach.
const MISSING: [&str; 3] = ["lou", "louu", "bob"];

async fn without_lou(school: &System<'_>) {
    school.import_all(&[user("lou").with("status", "removed")]).await;
}

#[tokio::test]
async fn s0_21_recipient_search_completes() {
    everywhere(async |school| {
        let lea = school.user("lea").await;
        assert_eq!(lea.finds("t").await, ["tom"], "neither tia nor tz");
        assert_eq!(lea.finds("TO").await, ["tom"], "whatever the case");
        assert_eq!(lea.finds("").await, ["ada", "lea", "lou", "tom"], "her whole reach");
        for other in super::EVERYONE {
            let listed = lea.finds(&other[..1]).await.contains(&other.to_owned());
            assert_eq!(listed, lea.starts_with(other).await.is_ok(), "{other}: the list is the check");
        }
        let answer = school.http("lea", Request::get("/v1/directory?q=t")).await.ok();
        let names: Vec<&Value> =
            answer["hits"].as_array().expect("hits").iter().map(|hit| &hit["user"]["externalId"]).collect();
        assert_eq!(names, ["tom"], "the same over HTTP");
    })
    .await;
}

/// The whole answer to a search that finds no user.
async fn empty_result(school: &System<'_>, query: &str) -> String {
    let answer = school.http("lea", Request::get(format!("/v1/directory?q={query}"))).await;
    let page = answer.ok();
    assert!(page["hits"].as_array().is_none_or(Vec::is_empty), "{page}");
    assert!(page["help"].as_str().is_some_and(|help| !help.is_empty()), "{page}: it says where the causes are explained");
    answer.text().to_owned()
}

#[tokio::test]
async fn s0_22_a_removed_user_is_not_found() {
    everywhere(async |school| {
        let lea = school.user("lea").await;
        assert_eq!(lea.finds("lou").await, ["lou"]);
        without_lou(school).await;
        assert_eq!(lea.finds("lou").await, [""; 0]);
        empty_result(school, "lou").await;
    })
    .await;
}

#[tokio::test]
async fn s0_23_a_misspelt_user_is_not_found() {
    everywhere(async |school| {
        empty_result(school, "louu").await;
    })
    .await;
}

#[tokio::test]
async fn s0_24_a_user_out_of_reach_is_not_found() {
    everywhere(async |school| {
        assert_eq!(school.user("tia").await.finds("bob").await, ["bob"], "there is a Bob, for his teacher");
        assert_eq!(empty_result(school, "bob").await, empty_result(school, "louu").await);
    })
    .await;
}

#[tokio::test]
async fn s0_25_the_three_causes_are_indistinguishable() {
    everywhere(async |school| {
        let lou = school.user("lou").await.id().await;
        let bob = school.user("bob").await.id().await;
        without_lou(school).await;
        let searches =
            [empty_result(school, "lou").await, empty_result(school, "louu").await, empty_result(school, "bob").await];
        assert!(searches.iter().all(|answer| *answer == searches[0]), "{searches:?}");

        let by_name = MISSING.map(|name| json!({ "externalId": name }));
        let by_id = [lou, UserId::new(), bob].map(|id| json!({ "id": id }));
        for whom in [by_name, by_id] {
            for says_something in [false, true] {
                let mut answers = Vec::new();
                for whom in &whom {
                    let mut start = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [whom] });
                    if says_something {
                        start["firstMessage"] = json!({ "clientId": ClientId::new().to_string(), "text": "hello" });
                    }
                    let answer = school.http("lea", Request::new("POST", "/v1/conversations").json(&start)).await;
                    assert_eq!((answer.status, &answer.json()["name"]), (404, &json!("not_found")), "{}", answer.text());
                    answers.push((answer.text().to_owned(), answer.header("content-type").map(str::to_owned)));
                }
                assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
            }
        }
        let profiles = [lou, UserId::new(), bob].map(|id| Request::get(format!("/v1/users?id={id}")));
        for profile in profiles {
            assert_eq!(school.http("lea", profile).await.ok(), json!({}), "nor is there a profile");
        }
    })
    .await;
}

/// The median time of a refusal for each of the three causes, measured in turn so that a busy machine affects all three. A
/// difference that comes from the machine does not repeat, so the fastest and the slowest cause must differ in each attempt.
#[tokio::test]
async fn s0_25_the_three_causes_take_the_same_time() {
    const ROUNDS: usize = 60;
    const ATTEMPTS: usize = 5;
    everywhere(async |school| {
        without_lou(school).await;
        let lea = school.user("lea").await;
        let mut seen = Vec::new();
        while seen.len() < ATTEMPTS {
            let mut times = MISSING.map(|_| Vec::with_capacity(ROUNDS));
            for _ in 0..ROUNDS {
                for (name, times) in MISSING.iter().zip(&mut times) {
                    let asked = Instant::now();
                    assert_eq!(lea.starts_with(name).await, Err(NotFound));
                    times.push(asked.elapsed());
                }
            }
            let medians: Vec<Duration> = times.iter_mut().map(|times| *times.select_nth_unstable(ROUNDS / 2).1).collect();
            let (least, most) = (medians.iter().min().expect("three"), medians.iter().max().expect("three"));
            // An additional database query would double the time.
            if *most < *least * 7 / 4 + Duration::from_micros(500) {
                return;
            }
            seen.push(medians);
        }
        panic!("the causes differ in each attempt: {seen:?}");
    })
    .await;
}
