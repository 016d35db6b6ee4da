//! The comparison of two policies: which actions change, for which users, by name and in the reader's language.

use serde_json::{Value, json};

use super::{Caller, text};
use crate::harness::{Cluster, Facts, http::Request};

const SCHOOL: &str = include_str!("../../../../policy/presets/school.policy");

/// A class of three pupils and their teacher, with names. Tom and Zoe are in a second class.
async fn school() -> Cluster {
    let cluster = Cluster::embedded().await;
    let facts = Facts::of_preset("school", "").members(&["lea", "tom", "zoe"], "learner", "6a", "class");
    facts
        .members(&["lea", "tom", "zoe"], "learner", "maths", "subject")
        .members(&["bob"], "teacher", "maths", "subject")
        .write(&cluster)
        .await;
    let product = Caller::back_end(&cluster, "provision");
    for (id, name) in [("lea", "Léa Martin"), ("tom", "Tom Petit"), ("zoe", "Zoé Blanc"), ("bob", "Bob Durand")] {
        product.json("PUT", format!("/v1/users/{id}"), json!({ "name": name })).await.ok();
    }
    cluster
}

async fn difference(cluster: &Cluster, rules: &str) -> Value {
    let reader = Caller::back_end(cluster, "read");
    reader.json("POST", "/v1/policy/diff", json!({ "text": rules })).await.ok()
}

/// The rules without the lines that contain one of `parts`.
fn rules_without(rules: &str, parts: &[&str]) -> String {
    let kept = rules.lines().filter(|line| !parts.iter().any(|part| line.contains(part)));
    kept.map(|line| format!("{line}\n")).collect()
}

fn action<'a>(difference: &'a Value, name: &str) -> &'a Value {
    let mut actions = difference["actions"].as_array().into_iter().flatten();
    actions
        .find(|action_entry| action_entry["action"] == name)
        .unwrap_or_else(|| panic!("{name} is not compared: {difference}"))
}

/// The names of the actions that change.
fn changed_actions(difference: &Value) -> Vec<&str> {
    let actions = difference["actions"].as_array().into_iter().flatten();
    let changed = actions
        .filter(|action_entry| action_entry["situations"].as_array().is_some_and(|situations| !situations.is_empty()));
    changed.filter_map(|action_entry| action_entry["action"].as_str()).collect()
}

#[tokio::test]
async fn rules_without_read_show_that_all_users_lose_it() {
    let cluster = school().await;
    let conversation = Caller::user(&cluster, "lea").direct_with("tom").await;
    let difference_report = difference(&cluster, &rules_without(SCHOOL, &["allow read"])).await;
    assert_eq!((&difference_report["users"], &difference_report["compared"]), (&json!(4), &json!(4)), "{difference_report}");
    assert_eq!(
        changed_actions(&difference_report),
        ["send", "read"],
        "no user may send without reading: {difference_report}"
    );
    let read = action(&difference_report, "read");
    assert_eq!((&read["sense"], &read["losing"], &read["gaining"]), (&json!("see"), &json!(4), &json!(0)), "{read}");
    let all = &read["situations"][0];
    assert_eq!((&all["counts"], &all["before"], &all["lost"]), (&json!("users"), &json!(4), &json!(4)), "{read}");
    let learners = &all["roles"][0];
    assert_eq!(
        (&learners["role"], &learners["users"], &learners["losing"]),
        (&json!("learner"), &json!(3), &json!(3)),
        "{read}"
    );
    let teachers = all["roles"].as_array().into_iter().flatten().find(|role| role["role"] == "teacher");
    assert_eq!(teachers.map(|role| (&role["kind"], &role["lost"])), Some((&json!("subject"), &json!(1))), "{read}");
    assert_eq!(
        (&difference_report["hidden"]["count"], &difference_report["hidden"]["examples"][0]["id"]),
        (&json!(1), &json!(conversation)),
        "{difference_report}"
    );
    let report = text(&difference_report["report"]);
    for part in [
        "read a conversation: 4 users lose it",
        "lost by 4 users of 4 (100%)",
        "learner (class): 3 of 3",
        "Zoé Blanc",
        "nothing changes",
    ] {
        assert!(report.contains(part), "{part} is missing:\n{report}");
    }
    let warnings = difference_report["warnings"].to_string();
    assert!(warnings.contains("no rule allows `read`"), "{warnings}");
}

#[tokio::test]
async fn rules_that_allow_more_show_which_users_gain_it_and_in_which_situations() {
    let cluster = school().await;
    let all = "allow edit,delete_for_all,erase_conversation all when holder";
    let rules = rules_without(SCHOOL, &["messages-stay", "conversations-stay"]);
    let difference_report = difference(&cluster, &format!("{rules}{all}\n")).await;
    assert_eq!(changed_actions(&difference_report), ["edit", "delete_for_all", "erase_conversation"], "{difference_report}");
    for (name, sense) in [("edit", "change"), ("delete_for_all", "end"), ("erase_conversation", "end")] {
        let action = action(&difference_report, name);
        assert_eq!((&action["gaining"], &action["sense"]), (&json!(4), &json!(sense)), "{action}");
    }
    let mine = format!("{rules}allow edit mine when holder and author and conversation=direct and age<15m\n");
    let difference_report = difference(&cluster, &mine).await;
    let situations = action(&difference_report, "edit")["situations"].as_array().cloned().unwrap_or_default();
    let titles: Vec<&Value> = situations.iter().map(|one| &one["title"]).collect();
    assert_eq!(titles, ["in a conversation of two, open, their own message, just sent"], "{difference_report}");
    assert_eq!((&situations[0]["counts"], &situations[0]["gained"]), (&json!("pairs"), &json!(12)), "{difference_report}");

    let denied = difference(&cluster, &format!("{SCHOOL}{all}\n")).await;
    assert_eq!(changed_actions(&denied), Vec::<&str>::new(), "`messages-stay` still denies it");
    assert!(denied["warnings"].to_string().contains("`all` allows no user to edit"), "{}", denied["warnings"]);
}

#[tokio::test]
async fn rules_without_block_show_what_blocked_users_gain() {
    let cluster = school().await;
    // No user has blocked another yet: the report assumes a block.
    let no_deny = rules_without(SCHOOL, &["blocked"]);
    let difference_report = difference(&cluster, &no_deny).await;
    for name in ["find", "see_profile", "start", "send"] {
        let situation = &action(&difference_report, name)["situations"][0];
        assert_eq!(
            (&situation["supposed"], &situation["gained"]),
            (&json!(true), &json!(12)),
            "{name}: {difference_report}"
        );
    }
    assert!(
        text(&difference_report["report"])
            .contains("where the other user has `block` towards them: gained by 12 pairs of users")
    );

    let none = rules_without(SCHOOL, &["relations", "blocked", "allow block", "otherwise"]);
    let difference_report = difference(&cluster, &none).await;
    let block = action(&difference_report, "block");
    assert_eq!((&block["losing"], &block["situations"][0]["lost"]), (&json!(3), &json!(6)), "{difference_report}");
    assert_eq!(action(&difference_report, "find")["situations"][0]["gained"], 12, "as if blocked: {difference_report}");

    // Now with a block. Tom's token gives him the name `tom`.
    Caller::user(&cluster, "tom").json("PUT", "/v1/relations/block", json!({ "user": { "externalId": "lea" } })).await.ok();
    let difference_report = difference(&cluster, &no_deny).await;
    let start = &action(&difference_report, "start")["situations"];
    assert_eq!((&start[0]["supposed"], &start[0]["gained"]), (&json!(false), &json!(1)), "{difference_report}");
    let example = &start[0]["gainedExamples"][0];
    let names = ["from", "to", "fromId", "toId"].map(|field| &example[field]);
    assert_eq!(names, ["Léa Martin", "tom", "lea", "tom"], "{difference_report}");
}

#[tokio::test]
async fn a_report_is_written_in_the_readers_language() {
    let cluster = school().await;
    let reader = Caller::back_end(&cluster, "read");
    let rules = json!({ "text": rules_without(SCHOOL, &["allow read", "classmate"]) });
    let french = Request::new("POST", "/v1/policy/diff").header("accept-language", "fr-FR,fr;q=0.9,en;q=0.5").json(&rules);
    let difference_report = reader.send(french).await.ok();
    let report = text(&difference_report["report"]);
    for part in [
        "Ce qui changerait pour 4 utilisateurs actifs.",
        "lire une conversation : 4 utilisateurs le perdent",
        "élève (classe) : 3 sur 3",
        "par exemple : ",
    ] {
        assert!(report.contains(part), "{part} is missing:\n{report}");
    }
    assert_eq!(action(&difference_report, "start")["title"], "commencer une conversation avec un utilisateur");

    let folder = crate::harness::TempDir::new();
    let file = folder.path().join("new.policy");
    std::fs::write(&file, text(&rules["text"])).expect("a temporary file can be written");
    let file = file.to_str().expect("temporary folders are UTF-8");
    let run = |more: &[&str]| {
        let arguments = [&["policy", "diff", "--tenant", "acme", "current", file][..], more].concat();
        cluster.settings().run(&arguments)
    };
    assert_eq!(run(&["--lang", "fr"]), report, "the command line says the same");
    assert!(run(&[]).starts_with("What would change for 4 active users."));
    let complaint = cluster.settings().fail(&["policy", "diff", "--tenant", "acme", "current", "school", "--lang", "de"]);
    assert!(complaint.contains("expected `en` or `fr`"), "{complaint}");
}

#[tokio::test]
async fn a_second_rollback_restores_an_older_version() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    let set = async |name: &str| {
        let text = format!("policy {name}\nallow read holder when holder\n");
        admin.json("PUT", "/v1/policy", json!({ "text": text })).await.ok()
    };
    let back = async || admin.json("POST", "/v1/policy/rollback", json!({})).await.ok();
    for name in ["a", "b", "c"] {
        set(name).await;
    }
    for (version, name) in [(4, "b"), (5, "a"), (6, "open")] {
        let back = back().await;
        assert_eq!((&back["version"], &back["name"]), (&json!(version), &json!(name)), "{back}");
    }
    let first = admin.json("POST", "/v1/policy/rollback", json!({})).await;
    super::assert_problem(&first, 404, "not_found", "to");
    // A rollback to a version that was itself set by a rollback restores that version's rules.
    admin.json("POST", "/v1/policy/rollback", json!({ "to": 2 })).await.ok();
    set("d").await;
    for name in ["b", "a"] {
        assert_eq!(back().await["name"], name);
    }
    let history = admin.get("/v1/policy/history").await.ok();
    assert_eq!(
        (&history["policies"][0]["restores"], &history["policies"][2]["restores"]),
        (&json!(1), &Value::Null),
        "{history}"
    );
}

#[tokio::test]
async fn the_audit_names_keys_and_users_that_were_not_found() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    admin.json("PUT", "/v1/policy", json!({ "preset": "school" })).await.ok();
    let lines = async |action: &str| {
        let page = admin.get(format!("/v1/audit?action={action}")).await.ok();
        page["entries"].as_array().cloned().unwrap_or_default()
    };
    let set = lines("policy.set").await.remove(0);
    assert!(set["actor"].as_str().is_some_and(|actor| actor.starts_with("key:")), "{set}");
    assert_eq!(set["actorName"], "back end", "{set}");
    let printed = cluster.settings().run(&["audit", "--tenant", "acme", "--action", "policy.set"]);
    assert!(printed.contains(&format!(" {}(\"back end\") policy.set ", text(&set["actor"]))), "{printed}");

    let lea = Caller::user(&cluster, "lea");
    lea.id().await;
    let direct = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "ghost" }] });
    super::assert_problem(
        &lea.json("POST", "/v1/conversations", direct).await,
        404,
        "not_found",
        "startConversation.with[0]",
    );
    let to_unknown_group = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "groupExternalId": "ghosts" }] });
    lea.json("POST", "/v1/conversations", to_unknown_group).await;
    let block = json!({ "user": { "externalId": "ghost" } });
    super::assert_problem(&lea.json("PUT", "/v1/relations/block", block).await, 404, "not_found", "relate.user");
    for action in ["start", "block"] {
        let line = crate::harness::eventually("a line of the audit", async || lines(action).await.pop()).await;
        assert_eq!((&line["actor"], &line["target"]), (&json!("user:lea"), &json!("user:ghost")), "{line}");
        assert_eq!((&line["outcome"], &line["detail"]["unknown"]), (&json!("refused"), &json!(true)), "{line}");
    }
}

#[tokio::test]
async fn rules_of_any_legal_length_fit_over_http() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    let rules = "policy long\nallow read holder when holder\nallow find,see_profile,start all when everyone\n";
    // The longest allowed rules, made of characters that JSON escapes.
    let mut long = rules.to_owned();
    while long.len() + 8 <= 65_536 {
        long.push_str("#\t\"\\é\t\n");
    }
    assert!(long.len() > 65_000 && json!({ "text": long }).to_string().len() > 90_000);
    let checked = admin.json("POST", "/v1/policy/check", json!({ "text": long })).await.ok();
    assert_eq!(checked["valid"], true, "{checked}");
    let put = admin.json("PUT", "/v1/policy", json!({ "text": long })).await.ok();
    assert_eq!((&put["version"], &put["name"]), (&json!(1), &json!("long")), "{put}");
    assert_eq!(admin.get("/v1/policy").await.ok()["text"], json!(long));
    admin.json("POST", "/v1/policy/diff", json!({ "text": long })).await.ok();
    let too_long = admin.json("POST", "/v1/policy/check", json!({ "text": " ".repeat(65_537) })).await.ok();
    assert!(
        too_long["problems"][0]["message"].as_str().is_some_and(|why| why.contains("at most 65536 bytes")),
        "{too_long}"
    );
    let huge = admin.json("PUT", "/v1/policy", json!({ "text": " ".repeat(400_000) })).await;
    super::assert_problem(&huge, 413, "too_large", "");
}

#[tokio::test]
async fn checking_and_setting_odd_rules_returns_warnings() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    let rules = "policy odd\nallow start all when everyone\n";
    for difference_report in [
        admin.json("POST", "/v1/policy/check", json!({ "text": rules })).await.ok(),
        admin.json("PUT", "/v1/policy", json!({ "text": rules })).await.ok(),
    ] {
        let warning = &difference_report["warnings"][0];
        assert_eq!(warning["line"], 2, "{difference_report}");
        assert!(warning["message"].as_str().is_some_and(|why| why.contains("no rule allows `read`")), "{difference_report}");
    }
    let folder = crate::harness::TempDir::new();
    let file = folder.path().join("odd.policy");
    std::fs::write(&file, rules).expect("a temporary file can be written");
    let file = file.to_str().expect("temporary folders are UTF-8");
    let printed = cluster.settings().run(&["policy", "check", file]);
    assert!(printed.contains(&format!("{file}:2: warning: `all` lets users start")), "{printed}");
}

#[tokio::test]
async fn text_direction_of_names_does_not_leak_into_a_report() {
    let cluster = Cluster::embedded().await;
    let product = Caller::back_end(&cluster, "provision,read");
    for (id, name) in [("lea", "evil\u{202e}eman"), ("tom", "שלום")] {
        product.json("PUT", format!("/v1/users/{id}"), json!({ "name": name })).await.ok();
    }
    let difference_report = difference(&cluster, "policy none\nrelations block:own\n").await;
    let report = text(&difference_report["report"]);
    assert!(report.contains("\u{2068}evil\u{202e}eman\u{2069} → \u{2068}שלום\u{2069}"), "{report}");
    assert!(difference_report.to_string().contains("\"from\":\"שלום\""), "JSON has names as they are: {difference_report}");
}
