use std::collections::BTreeSet;

use causerie_policy::Policy;
use serde_json::json;

use super::*;

/// The vocabulary of the policy of these tests.
fn vocabulary() -> Arc<Vocabulary> {
    let text = "policy test\nroles learner teacher owner\nkinds class subject\nrelations friend:mutual block:own\n\
                setting messaging on off\nsetting edit_window 15m\n\
                allow find,start same when same\n";
    Arc::clone(Policy::parse(text).expect("a policy").vocabulary())
}

fn read(row: Value) -> Result<Row, Fault> {
    Row::read(row.as_object().cloned().expect("an object"), &vocabulary(), Undeclared::Refuse)
}

#[test]
fn every_type_of_row_is_read() {
    let lea = json!({
        "type": "user", "id": "lea", "name": "Léa", "avatar": "https://a.example/l.png", "locale": "fr",
        "status": "invited", "roles": ["owner"], "writable_by": "contacts",
    });
    let Fact::User(user) = read(lea).expect("good").fact else { panic!("a user") };
    assert_eq!((user.external_id.as_str(), user.name.as_deref()), ("lea", Some("Léa")));
    assert_eq!((user.status, user.writable_by), (Some(UserStatus::Invited), Some(WritableBy::Contacts)));

    let group = json!({
        "type": "group", "id": "6a", "name": "Class 6A", "kind": "class", "parent": "y1", "state": "concluded",
        "delivers": "none",
    });
    let Fact::Group(group) = read(group).expect("good").fact else { panic!("a group") };
    assert_eq!((group.state, group.delivers), (Some(GroupState::Concluded), Some(Delivers::None)));

    let membership = json!({
        "type": "membership", "user": "lea", "group": "6a", "role": "learner", "from": "2026-09-01T00:00:00Z",
        "until": "2027-07-01",
    });
    let Fact::Membership(membership) = read(membership).expect("good").fact else { panic!("a membership") };
    assert!(membership.from_ms.is_some() && membership.until_ms > membership.from_ms);

    let relation = json!({ "type": "relation", "relation": "friend", "from": "a", "to": "b" });
    let Fact::Relation(relation) = read(relation).expect("good").fact else { panic!("a relation") };
    assert_eq!(relation.state, RelationState::Accepted);

    let edge = json!({ "type": "edge", "from": "t", "from_role": "teacher", "to": "6a", "effect": "deny" });
    let Fact::Edge(edge) = read(edge).expect("good").fact else { panic!("an edge") };
    assert_eq!((edge.effect, edge.delivers, edge.to_role.as_str()), (EdgeEffect::Deny, Delivers::Both, ""));

    let setting = read(json!({ "type": "setting", "name": "edit_window", "value": 60_000 })).expect("good");
    let value = Some("60000".to_owned());
    assert_eq!(setting.fact, Fact::Setting(SettingFact { name: "edit_window".to_owned(), value }));
}

#[test]
fn the_refusal_of_a_row_names_the_field() {
    let table = [
        (json!({ "id": "lea" }), "type"),
        (json!({ "type": "usr", "id": "lea" }), "type"),
        (json!({ "type": "user" }), "id"),
        (json!({ "type": "user", "id": "x".repeat(129) }), "id"),
        (json!({ "type": "user", "id": "lea", "nmae": "Léa" }), "nmae"),
        (json!({ "type": "user", "id": "lea", "name": 7 }), "name"),
        (json!({ "type": "user", "id": "lea", "name": "\u{200b}\u{202e}" }), "name"),
        (json!({ "type": "group", "id": "6a", "kind": "class", "name": "\u{2800}" }), "name"),
        (json!({ "type": "user", "id": "lea", "avatar": "javascript:alert(1)" }), "avatar"),
        (json!({ "type": "user", "id": "lea", "status": "asleep" }), "status"),
        (json!({ "type": "user", "id": "lea", "roles": ["boss"] }), "roles"),
        (json!({ "type": "user", "id": "lea", "deleted": "yes" }), "deleted"),
        (json!({ "type": "group", "id": "6a", "kind": "klass" }), "kind"),
        (json!({ "type": "group", "id": "6a", "kind": "class", "parent": "6a" }), "parent"),
        (json!({ "type": "membership", "user": "lea", "group": "6a" }), "role"),
        (json!({ "type": "membership", "user": "lea", "group": "6a", "role": "boss" }), "role"),
        (
            json!({
                "type": "membership", "user": "lea", "group": "6a", "role": "learner", "from": "2026-09-01",
                "until": "2026-09-01",
            }),
            "until",
        ),
        (json!({ "type": "relation", "relation": "foe", "from": "a", "to": "b" }), "relation"),
        (json!({ "type": "relation", "relation": "friend", "from": "a", "to": "a" }), "to"),
        (json!({ "type": "relation", "relation": "block", "from": "a", "to": "b", "state": "pending" }), "state"),
        (json!({ "type": "edge", "from": "a", "from_role": "boss", "to": "b" }), "from_role"),
        (json!({ "type": "edge", "from": "a", "to": "b", "delivers": "none" }), "delivers"),
        (json!({ "type": "setting", "name": "colour", "value": "red" }), "name"),
        (json!({ "type": "setting", "name": "messaging", "value": "maybe" }), "value"),
        (json!({ "type": "setting", "name": "edit_window", "value": "soon" }), "value"),
        (json!({ "type": "setting", "name": "messaging" }), "value"),
    ];
    for (row, field) in table {
        let fault = read(row.clone()).expect_err("refused");
        assert_eq!(fault.field, field, "{row}: {}", fault.message);
    }
}

#[test]
fn the_described_fields_are_the_fields_that_are_read() {
    let rows = [
        json!({ "type": "user", "id": "lea" }),
        json!({ "type": "group", "id": "6a" }),
        json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner" }),
        json!({ "type": "relation", "relation": "friend", "from": "a", "to": "b" }),
        json!({ "type": "edge", "from": "a", "to": "b" }),
        json!({ "type": "setting", "name": "messaging", "value": "on" }),
    ];
    let mut fields = BTreeSet::new();
    for mut row in rows {
        row["colour"] = "red".into();
        let fault = read(row).expect_err("refused");
        let (_, known) = fault.message.split_once("its fields are ").expect("they are named");
        fields.extend(known.split(", ").map(str::to_owned));
    }
    assert_eq!(fields, BTreeSet::from(FIELDS.map(str::to_owned)));
}

#[test]
fn facts_with_words_of_an_earlier_policy_can_be_removed() {
    let row = json!({ "type": "membership", "user": "lea", "group": "6a", "role": "prefect", "deleted": true });
    assert!(read(row).expect("good").deleted);
    let row = read(json!({ "type": "setting", "name": "colour", "deleted": true })).expect("good");
    assert_eq!(row.fact, Fact::Setting(SettingFact { name: "colour".to_owned(), value: None }));
}

#[test]
fn a_row_is_named_in_a_readable_form() {
    let id = |row: Value| type_and_id(row.as_object().expect("an object")).1;
    assert_eq!(id(json!({ "type": "user", "id": "lea" })), "lea");
    assert_eq!(id(json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner" })), "lea learner@6a");
    assert_eq!(id(json!({ "type": "edge", "from": "a", "to": "b", "to_role": "learner" })), "*@a learner@b");
}
