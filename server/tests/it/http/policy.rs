//! The policy endpoints and the audit: reading, checking, changing and explaining rules.

use causerie_client::{Event, SendError, wire::Capability};
use causerie_protocol::ErrorCode;
use causerie_server::domain::UserStatus;
use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Facts, Peer, eventually, http::Request};

/// Lea and Tom share class 6a, Zoe is in class 6b.
fn school() -> Facts {
    Facts::of_preset("school", "").members(&["lea", "tom"], "learner", "6a", "class").members(
        &["zoe"],
        "learner",
        "6b",
        "class",
    )
}

/// One situation of an action in a comparison.
fn change(difference: &Value, action: &str, at: usize) -> Value {
    let actions = difference["actions"].as_array().into_iter().flatten();
    actions.filter(|one| one["action"] == action).map(|one| one["situations"][at].clone()).next().unwrap_or_default()
}

/// Waits until a device is told that the user may send, or that the user has no capability. Unchanged capabilities may be
/// sent again.
async fn until_capability(peer: &mut Peer, may_send: bool) {
    let shown = |event| match event {
        Event::Capabilities { capabilities, .. } if may_send => capabilities.contains(&Capability::Send).then_some(()),
        Event::Capabilities { capabilities, .. } => capabilities.is_empty().then_some(()),
        _ => None,
    };
    peer.until(if may_send { "the right to send" } else { "no right" }, shown).await;
}

#[tokio::test]
async fn rules_set_on_a_node_apply_on_the_other_at_once() {
    let cluster = Cluster::start(2).await;
    let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(1, "tom").await);
    let conversation = lea.direct_with(&tom).await;
    lea.say(conversation, "before").await;
    tom.next_message().await;
    let admin = Caller::back_end(&cluster, "admin");

    let silent = "policy silent\nallow find,see_profile,start all when everyone\nallow read holder when holder\n";
    let set = admin.json("PUT", "/v1/policy", json!({ "text": silent })).await.ok();
    assert_eq!((&set["version"], &set["changed"]), (&json!(1), &json!(true)), "{set}");
    assert_eq!(set["difference"]["frozen"]["count"], 1, "{set}");
    let refused = tom.send(conversation, "after").await.expect_err("no user may write any more");
    let by_rule = matches!(&refused, SendError::Refused(refusal) if refusal.code == ErrorCode::Unsupported as u32);
    assert!(by_rule, "{refused:?}");
    until_capability(&mut lea, false).await;
    until_capability(&mut tom, false).await;

    let back = admin.json("POST", "/v1/policy/rollback", json!({})).await.ok();
    assert_eq!((&back["version"], &back["name"]), (&json!(2), &json!("open")), "{back}");
    assert_eq!(back["difference"]["thawed"]["count"], 1, "{back}");
    until_capability(&mut tom, true).await;
    tom.say(conversation, "again").await;
}

#[tokio::test]
async fn wrong_rules_are_refused_with_each_line_and_change_nothing() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    let text = "policy mine\nkinds class\nroles learner\nallow find near when me learner@klass with them learner@class\n";
    let checked = admin.json("POST", "/v1/policy/check", json!({ "text": text })).await.ok();
    assert_eq!((&checked["valid"], &checked["problems"][0]["line"]), (&json!(false), &json!(4)), "{checked}");
    assert!(checked["problems"][0]["message"].as_str().is_some_and(|one| one.contains("klass")), "{checked}");

    let refused = admin.json("PUT", "/v1/policy", json!({ "text": text })).await;
    assert_problem(&refused, 400, "invalid", "text");
    assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains("line 4")), "{}", refused.text());
    for (body, field) in [
        (json!({}), "preset"),
        (json!({ "preset": "scool" }), "preset"),
        (json!({ "preset": "school", "text": "policy x" }), "text"),
        (json!({ "preset": "school", "dryrun": true }), "dryrun"),
    ] {
        assert_problem(&admin.json("PUT", "/v1/policy", body).await, 400, "invalid", field);
    }
    let in_force = admin.get("/v1/policy").await.ok();
    assert_eq!((&in_force["version"], &in_force["name"], &in_force["preset"]), (&json!(0), &json!("open"), &json!(true)));

    let good = admin.json("POST", "/v1/policy/check", json!({ "text": text.replace("klass", "class") })).await.ok();
    assert_eq!((&good["valid"], &good["rules"]), (&json!(true), &json!(1)), "{good}");
    assert!(good["neverAllowed"].as_array().is_some_and(|names| names.contains(&json!("start"))), "{good}");
}

#[tokio::test]
async fn an_explanation_names_the_rule_the_facts_and_the_missing_conditions() {
    let cluster = Cluster::embedded().await;
    school().write(&cluster).await;
    let reader = Caller::back_end(&cluster, "read");
    let explain = async |body: Value| reader.json("POST", "/v1/policy/explain", body).await;
    let to = |name: &str| json!({ "as": { "externalId": "lea" }, "to": { "externalId": name } });

    let allowed = explain(to("tom")).await.ok();
    assert_eq!((&allowed["allowed"], &allowed["rule"]), (&json!(true), &json!("classmate")), "{allowed}");
    assert_eq!(allowed["witness"], "both in class `6a`");
    let denied = explain(to("zoe")).await.ok();
    assert_eq!((&denied["allowed"], &denied["publicCode"]), (&json!(false), &json!("not_found")), "{denied}");
    let classmate = denied["rules"].as_array().into_iter().flatten().find(|said| said["rule"] == "classmate");
    let why = classmate.and_then(|said| said["why"].as_str()).unwrap_or_default();
    assert!(why.contains("a group in which I am learner@class and they are learner@class"), "{denied}");

    let conversation = Caller::user(&cluster, "lea").direct_with("tom").await;
    let held = json!({ "as": { "externalId": "lea" }, "to": { "conversation": conversation }, "action": "send" });
    let sent = explain(held).await.ok();
    assert_eq!(sent["rule"], "still-reached");
    assert_eq!(sent["witness"], "membership of the conversation; `may start` holds");
    let group = json!({ "as": { "externalId": "lea" }, "to": { "group": "6a" }, "action": "address_group" });
    let masked = explain(group).await.ok();
    assert_eq!((&masked["code"], &masked["publicCode"]), (&json!("unsupported"), &json!("not_found")), "{masked}");
    let sentence =
        "`address_group` is denied by `no-groups`, as unsupported; shown as not_found because of `secret_directory`";
    assert_eq!(masked["sentence"], sentence);

    assert_problem(&explain(to("nobody")).await, 404, "not_found", "to");
    assert_problem(&explain(json!({ "as": { "externalId": "x" } })).await, 404, "not_found", "as");
    assert_problem(&explain(json!({})).await, 400, "invalid", "as");
    let odd = json!({ "as": { "externalId": "lea" }, "action": "write" });
    assert_problem(&explain(odd).await, 400, "invalid", "action");
    let unknown = json!({ "as": { "externalId": "lea" }, "to": { "name": "tom" } });
    assert_problem(&explain(unknown).await, 400, "invalid", "to.name");
}

#[tokio::test]
async fn an_explanation_names_built_in_rules() {
    let cluster = Cluster::embedded().await;
    school().members(&["pol"], "learner", "6a", "class").inactive("pol", UserStatus::Removed).write(&cluster).await;
    let reader = Caller::back_end(&cluster, "read");
    for (me, them, explained) in [("lea", "pol", true), ("pol", "lea", false), ("pol", "pol", false)] {
        let body = json!({ "as": { "externalId": me }, "to": { "externalId": them } });
        let answer = reader.json("POST", "/v1/policy/explain", body).await.ok();
        assert_eq!(answer["sentence"], "`start` is denied (built in), as not_found: `pol` is removed");
        let rules = answer["rules"].as_array().is_some_and(|rules| !rules.is_empty());
        assert_eq!((&answer["allowed"], rules), (&json!(false), explained), "{answer}");
    }
    let conversation = Caller::user(&cluster, "lea").direct_with("tom").await;
    let outside = json!({ "as": { "externalId": "zoe" }, "to": { "conversation": conversation } });
    let answer = reader.json("POST", "/v1/policy/explain", outside).await.ok();
    let sentence =
        "`send` is denied (built in), as not_a_member: `zoe` is not a member of the conversation; shown as not_found";
    assert_eq!(answer["sentence"], sentence);
}

#[tokio::test]
async fn an_explanation_asks_for_the_target_of_the_action() {
    let cluster = Cluster::embedded().await;
    school().write(&cluster).await;
    let reader = Caller::back_end(&cluster, "read");
    let conversation = Caller::user(&cluster, "lea").direct_with("tom").await;
    let (tom, group, conversation) =
        (json!({ "externalId": "tom" }), json!({ "group": "6a" }), json!({ "conversation": conversation }));
    let explain = async |to: &Value, action: Value| {
        let mut body = json!({ "as": { "externalId": "lea" }, "to": to });
        if !action.is_null() {
            body["action"] = action;
        }
        reader.json("POST", "/v1/policy/explain", body).await
    };
    for (to, begins) in [
        (&tom, "`start` is allowed by `classmate`"),
        (&group, "`address_group` is denied by `no-groups`"),
        (&conversation, "`send` is allowed by `still-reached`"),
    ] {
        let answer = explain(to, Value::Null).await.ok();
        assert!(answer["sentence"].as_str().is_some_and(|sentence| sentence.starts_with(begins)), "{answer}");
    }
    let edit = explain(&conversation, json!("edit")).await.ok();
    let sentence = "`edit` of the user's own message, sent just now, is denied by `messages-stay`, as unsupported";
    assert_eq!(edit["sentence"], sentence);
    for (to, action, fitting) in [
        (&group, json!("start"), "`start` does not fit a group; actions that fit: find, address_group"),
        (&tom, json!("address_group"), "actions that fit: find, see_profile, start, request, accept, unrelate, block"),
        (&conversation, json!("start"), "does not fit a conversation; actions that fit: send, reply"),
        (&Value::Null, Value::Null, "names no user, group or conversation; actions that fit: start_group"),
    ] {
        let refused = explain(to, action).await;
        assert_problem(&refused, 400, "invalid", "action");
        assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains(fitting)), "{}", refused.text());
    }
}

#[tokio::test]
async fn an_explanation_names_the_setting_that_denies() {
    let cluster = Cluster::embedded().await;
    let facts = Facts::of_preset("lms", "").setting("messaging", "off");
    facts.user("lea", "learner").user("ada", "owner").write(&cluster).await;
    let question = json!({ "as": { "externalId": "ada" }, "to": { "externalId": "lea" } });
    let reader = Caller::back_end(&cluster, "read");
    let answer = reader.json("POST", "/v1/policy/explain", question).await.ok();
    assert_eq!(answer["sentence"], "`start` is denied by `off`, as messaging_off");
    let why = |rule: &str| {
        let said = answer["rules"].as_array().into_iter().flatten().find(|said| said["rule"] == rule);
        said.map(|said| text(&said["why"])).unwrap_or_default()
    };
    assert_eq!(why("off"), "`setting(messaging)=off` holds");
    assert_eq!(why("owner"), "`role(me)=owner`, `role(them)=learner` hold");
}

#[tokio::test]
async fn a_dry_run_shows_the_effect_of_other_rules() {
    let cluster = Cluster::embedded().await;
    school().write(&cluster).await;
    let (lea, admin) = (Caller::user(&cluster, "lea"), Caller::back_end(&cluster, "admin"));
    let conversation = lea.direct_with("tom").await;

    let nobody = "policy mine\nroles learner\nkinds class\nallow find,see_profile,start self when same\nallow read holder when holder\n";
    let difference = admin.json("POST", "/v1/policy/diff", json!({ "text": nobody })).await.ok();
    let start = change(&difference, "start", 0);
    assert_eq!((&start["gained"], &start["lost"]), (&json!(0), &json!(2)), "{difference}");
    let example = start["lostExamples"][0].clone();
    let names = (&example["from"], &example["to"]);
    assert!(names == (&json!("lea"), &json!("tom")) || names == (&json!("tom"), &json!("lea")), "{example}");
    let frozen = &difference["frozen"];
    assert_eq!((&frozen["count"], &frozen["examples"][0]["id"]), (&json!(1), &json!(conversation)), "{difference}");
    assert_eq!(difference["thawed"]["count"], 0);

    // The new rules use other words, so existing facts would have no effect, and the server asks for confirmation.
    let dry = admin.json("PUT", "/v1/policy", json!({ "preset": "open", "dryRun": true })).await.ok();
    assert_eq!((&dry["version"], &dry["changed"]), (&Value::Null, &json!(false)));
    assert!(
        dry["unusedWords"]
            .as_array()
            .is_some_and(|words| words.contains(&json!({ "what": "role", "word": "learner", "facts": 3 }))),
        "{dry}"
    );
    assert_eq!(change(&dry["difference"], "start", 0)["gained"], 4, "zoe with both, both ways: {dry}");
    let refused = admin.json("PUT", "/v1/policy", json!({ "preset": "open" })).await;
    assert_problem(&refused, 400, "invalid", "acceptUnusedWords");
    assert_eq!(admin.get("/v1/policy").await.ok()["name"], "school", "nothing changed");
    let set = admin.json("PUT", "/v1/policy", json!({ "preset": "open", "acceptUnusedWords": true })).await.ok();
    assert_eq!((&set["version"], &set["changed"]), (&json!(2), &json!(true)), "{set}");
    lea.direct_with("zoe").await;

    let history = admin.get("/v1/policy/history").await.ok();
    let names: Vec<&Value> = history["policies"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
    assert_eq!(names, ["open", "school", "open"], "{history}");
    assert_eq!(history["policies"][1]["createdBy"], "a test");
    let text = admin.get("/v1/policy?version=1").await.ok()["text"].clone();
    assert!(text.as_str().is_some_and(|text| text.contains("policy school")));
    assert_problem(&admin.get("/v1/policy?version=9").await, 404, "not_found", "version");
    assert_problem(&admin.json("POST", "/v1/policy/rollback", json!({ "to": 9 })).await, 404, "not_found", "to");
    // A rollback needs the same confirmation.
    admin.json("POST", "/v1/policy/rollback", json!({ "to": 1 })).await.ok();
    let refused = admin.json("POST", "/v1/policy/rollback", json!({ "to": 2 })).await;
    assert_problem(&refused, 400, "invalid", "acceptUnusedWords");
    let back = admin.json("POST", "/v1/policy/rollback", json!({ "to": 2, "acceptUnusedWords": true })).await.ok();
    assert_eq!((&back["name"], back["unusedWords"].as_array().map(Vec::is_empty)), (&json!("open"), Some(false)), "{back}");
}

#[tokio::test]
async fn the_audit_names_the_actor_the_action_and_the_rule_that_refused() {
    let cluster = Cluster::embedded().await;
    school().write(&cluster).await;
    let (lea, admin) = (Caller::user(&cluster, "lea"), Caller::back_end(&cluster, "admin,provision"));
    let start = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "zoe" }] });
    for _ in 0..50 {
        assert_problem(
            &lea.json("POST", "/v1/conversations", start.clone()).await,
            404,
            "not_found",
            "startConversation.with[0]",
        );
    }
    admin.json("PUT", "/v1/users/tom", json!({ "name": "Tom" })).await.ok();
    for _ in 0..2 {
        admin.json("PUT", "/v1/policy", json!({ "preset": "school" })).await.ok();
    }
    let group =
        json!({ "kind": "CONVERSATION_KIND_GROUP", "with": [{ "externalId": "tom" }], "clientId": uuid::Uuid::now_v7() });
    Caller::user(&cluster, "zoe").json("POST", "/v1/conversations", group).await;

    let lines = async |query: &str| {
        let page = admin.get(format!("/v1/audit?{query}")).await.ok();
        page["entries"].as_array().cloned().unwrap_or_default()
    };
    let refused = eventually("refusals in the audit", async || {
        let found = lines("action=start").await;
        (!found.is_empty()).then_some(found)
    });
    let refused = refused.await;
    assert!((10..=30).contains(&refused.len()), "the refusals of a user do not fill the disk: {}", refused.len());
    let line = &refused[0];
    assert_eq!((&line["actor"], &line["target"]), (&json!("user:lea"), &json!("user:zoe")), "{line}");
    assert_eq!((&line["outcome"], &line["rule"]), (&json!("refused"), &json!("")), "no rule allowed it: {line}");
    assert_eq!((&line["detail"]["code"], &line["detail"]["policyVersion"]), (&json!("cannot_start"), &json!(1)), "{line}");
    let by_rule = eventually("a refusal by a rule", async || lines("action=start_group").await.pop());
    assert_eq!(by_rule.await["rule"], "no-groups");

    let unknown = admin.get("/v1/audit?action=user.putt").await;
    assert_problem(&unknown, 400, "invalid", "action");
    assert!(unknown.text().contains("did you mean `user.put`?"), "{}", unknown.text());
    let put = &lines("action=user.put").await[0];
    assert_eq!(
        (&put["target"], &put["outcome"], &put["detail"]["fields"]),
        (&json!("user:tom"), &json!("done"), &json!(["name"]))
    );
    assert!(put["actor"].as_str().is_some_and(|actor| actor.starts_with("key:")), "{put}");
    assert_eq!(lines("action=tenant.create").await.len(), 1);
    assert_eq!(lines("action=policy.set").await.len(), 1, "the same rules again are no change");
    assert_eq!(lines("since=2999-01-01").await.len(), 0);

    let first = admin.get("/v1/audit?limit=2").await.ok();
    let cursor = first["nextCursor"].as_str().expect("there are more");
    let second = admin.get(format!("/v1/audit?limit=2&cursor={cursor}")).await.ok();
    assert_ne!(first["entries"], second["entries"]);
    for (query, field) in [("cursor=x", "cursor"), ("limit=0", "limit"), ("since=now", "since"), ("outcome=odd", "outcome")]
    {
        assert_problem(&admin.get(format!("/v1/audit?{query}")).await, 400, "invalid", field);
    }
}

#[tokio::test]
async fn the_audit_of_a_refusal_in_a_group_names_the_group() {
    let cluster = Cluster::embedded().await;
    let [lea, tom, zoe] = ["lea", "tom", "zoe"].map(|name| Caller::user(&cluster, name));
    for one in [&tom, &zoe] {
        one.id().await;
    }
    let group =
        json!({ "kind": "CONVERSATION_KIND_GROUP", "with": [{ "externalId": "tom" }], "clientId": uuid::Uuid::now_v7() });
    let here = text(&lea.json("POST", "/v1/conversations", group).await.ok()["conversation"]["id"]);
    let path = format!("/v1/conversations/{here}");
    let message = text(&lea.say(&here, "mine").await["id"]);
    let send = json!({ "clientId": uuid::Uuid::now_v7(), "text": "let me in" });
    let reader = Caller::back_end(&cluster, "read");
    for (who, method, below, body, action) in [
        (&tom, "PATCH", String::new(), json!({ "subject": "ours" }), "rename"),
        (&tom, "POST", "/members".to_owned(), json!({ "users": [{ "externalId": "zoe" }] }), "add_member"),
        (&tom, "PATCH", format!("/messages/{message}"), json!({ "text": "ours" }), "edit"),
        (&zoe, "POST", "/messages".to_owned(), send, "send"),
    ] {
        let refused = who.json(method, format!("{path}{below}"), body).await;
        assert!((403..=404).contains(&refused.status), "{action}: {}", refused.text());
        let line = eventually("the refusal in the audit", async || {
            let page = reader.get(format!("/v1/audit?action={action}")).await.ok();
            page["entries"].get(0).cloned()
        });
        let line = line.await;
        let target = json!(format!("conversation:{here}"));
        assert_eq!((&line["outcome"], &line["target"]), (&json!("refused"), &target), "{line}");
    }
}

#[tokio::test]
async fn policy_endpoints_need_a_key_with_the_scope() {
    let cluster = Cluster::embedded().await;
    let may_not = Caller::back_end(&cluster, "provision,act");
    assert_problem(&may_not.get("/v1/policy").await, 403, "forbidden", "");
    assert_problem(&may_not.get("/v1/audit").await, 403, "forbidden", "");
    let reader = Caller::back_end(&cluster, "read");
    reader.get("/v1/policy").await.ok();
    assert_problem(&reader.json("PUT", "/v1/policy", json!({ "preset": "school" })).await, 403, "forbidden", "");
    assert_problem(&reader.send(Request::new("POST", "/v1/policy/rollback")).await, 403, "forbidden", "");
}
