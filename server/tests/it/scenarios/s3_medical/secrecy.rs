//! Messages are visible to the two friends only.

use causerie_client::ClientId;
use serde_json::{Value, json};

use super::everywhere;
use crate::{harness::http::Request, scenarios::facts::user};

#[tokio::test]
async fn s3_08_messages_are_never_filed_in_patient_records() {
    everywhere(async |network| {
        let ada = network.user("ada").await;
        let here = ada.starts_with("bea").await.expect("friends");
        let messages = format!("/v1/conversations/{here}/messages");
        for link in ["patientId", "patient", "recordId"] {
            let body = json!({ "clientId": ClientId::new().to_string(), "text": "see his record", link: "patient-1" });
            let answer = network.http("ada", Request::new("POST", &messages).json(&body)).await;
            let problem = answer.json();
            assert_eq!((answer.status, &problem["name"]), (400, &json!("invalid")), "{}", answer.text());
            assert!(problem["field"].as_str().is_some_and(|field| field.ends_with(link)), "{}", answer.text());
        }
        assert_eq!(ada.reads(here).await.expect("hers"), [""; 0]);

        ada.writes(here, "between us").await.expect("friends");
        for path in ["/v1/patients/patient-1", "/v1/patients/patient-1/record", "/v1/messages"] {
            let answer = network.back_end(Request::get(path)).await;
            assert_eq!((answer.status, &answer.json()["name"]), (404, &json!("unknown_command")), "{path}");
        }
        // The export of the tenant has users and facts, no messages.
        let export = network.back_end(Request::get("/v1/export")).await;
        assert_eq!(export.status, 200, "{}", export.text());
        assert!(export.text().contains("ada") && !export.text().contains("between us"), "{}", export.text());
        let description = network.back_end(Request::get("/v1/openapi.json")).await.ok();
        let paths = description["paths"].as_object().expect("paths").keys();
        let about_patients: Vec<_> = paths.filter(|path| path.contains("patient") || path.contains("record")).collect();
        assert_eq!(about_patients, [""; 0], "no endpoint files messages under a patient");
    })
    .await;
}

#[tokio::test]
async fn s3_09_only_the_two_friends_see_their_messages() {
    everywhere(async |network| {
        let [ada, bea] = network.users(["ada", "bea"]).await;
        let here = ada.starts_with("bea").await.expect("friends");
        ada.writes(here, "between us").await.expect("friends");
        let absent = causerie_client::ConversationId::new();
        for outsider in ["cem", "xav"] {
            for path in ["", "/messages", "/changes?since_version=0", "/members"] {
                let ask = async |place| {
                    let answer = network.http(outsider, Request::get(format!("/v1/conversations/{place}{path}"))).await;
                    assert_eq!(answer.status, 404, "{outsider} {path}");
                    answer.text().to_owned()
                };
                assert_eq!(ask(here).await, ask(absent).await, "{outsider} {path}: as if there were none");
                let act = Request::get(format!("/v1/conversations/{here}{path}")).header("causerie-user", outsider);
                assert_eq!(network.back_end(act).await.status, 404, "nor by the back end in that name");
            }
            let list = network.http(outsider, Request::get("/v1/conversations")).await.ok();
            assert!(list["conversations"].as_array().is_none_or(Vec::is_empty), "{list}");
            let found = network.http(outsider, Request::get("/v1/directory?q=between")).await.ok();
            assert_eq!(found["hits"].as_array().map_or(0, Vec::len), 0, "a search is for users");
        }
        let widened = network.import(&[user("xav").with("roles", vec!["admin"])]).await;
        assert_eq!(widened["refused"], 1, "nor is there a role that would see more");
        let refused = network.back_end(Request::get(format!("/v1/conversations/{here}/messages"))).await;
        assert_eq!(
            (refused.status, &refused.json()["name"]),
            (400, &Value::from("invalid")),
            "a key alone stands for no user"
        );
        assert_eq!(bea.reads(here).await.expect("hers"), ["between us"]);
    })
    .await;
}
