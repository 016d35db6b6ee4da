//! Who there is in the demo, and under which rules: `tenants.json`.

use std::sync::LazyLock;

use causerie_policy::Policy;
use causerie_protocol::command::{Command, Draft, Recipient, StartConversation, Target, UserRef};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

/// What client ids of the demo's conversations and messages are counted from. Fixed, so that a second node which starts at the
/// same time finds those the first one made.
const FIRST_CLIENT_ID: Uuid = uuid!("0193a000-0000-7000-8000-000000000001");

/// All of them, in the order of the page.
pub(super) static TENANTS: LazyLock<Vec<DemoTenant>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tenants.json")).unwrap_or_else(|error| panic!("demo/tenants.json: {error}"))
});

/// People under one set of rules, apart from all others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoTenant {
    /// Begins with `demo`: nobody is to be let in to an operator's own tenant.
    pub slug: String,
    /// The preset.
    pub rules: String,
    /// For the page.
    pub name: Localised,
    /// The rules in a sentence.
    pub about: Localised,
    /// Anyone may be any of them.
    pub people: Vec<DemoPerson>,
    /// Further rows of an import, as `POST /v1/import` takes them.
    rows: Vec<Map<String, Value>>,
    /// What they have written.
    pub talk: Vec<Talk>,
}

/// A text in the languages of the page.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Localised {
    en: String,
    fr: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DemoPerson {
    pub external_id: String,
    pub name: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(rename = "writable_by")]
    writable_by: Option<String>,
    /// What they are there.
    #[serde(default)]
    about: Localised,
}

/// A conversation and its first message; with a subject, a group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Talk {
    pub from: String,
    to: Vec<String>,
    subject: Option<String>,
    text: String,
}

impl DemoTenant {
    /// The name people read where there is only one.
    pub(super) fn title(&self) -> &str {
        &self.name.fr
    }

    /// Its rules; `None` if there is no such preset.
    pub(super) fn policy(&self) -> Option<Policy> {
        Policy::preset(&self.rules)
    }

    /// Everyone and everything, as rows of an import.
    pub(super) fn rows(&self) -> impl Iterator<Item = Map<String, Value>> {
        self.people.iter().map(DemoPerson::row).chain(self.rows.iter().cloned())
    }

    /// As the page shows it.
    pub(super) fn described(&self) -> Value {
        let people: Vec<Value> = self.people.iter().map(DemoPerson::described).collect();
        json!({ "slug": self.slug, "name": self.name, "about": self.about, "people": people })
    }
}

impl DemoPerson {
    fn row(&self) -> Map<String, Value> {
        let fields = [
            ("type", Some(json!("user"))),
            ("id", Some(json!(self.external_id))),
            ("name", Some(json!(self.name))),
            ("roles", Some(json!(self.roles))),
            ("writable_by", self.writable_by.as_ref().map(|whom| json!(whom))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn described(&self) -> Value {
        json!({ "externalId": self.external_id, "name": self.name, "avatarUrl": "", "about": self.about })
    }
}

impl Talk {
    /// Starts it; `number` is its place among all of the demo's.
    pub(super) fn command(&self, number: u128) -> Command {
        let client_id = |at: u128| Uuid::from_u128(FIRST_CLIENT_ID.as_u128() + 2 * number + at);
        let user = |id: &String| Recipient::User(UserRef::ExternalId(id.clone()));
        let target = match (&self.subject, self.to.as_slice()) {
            (None, [other]) => Target::Direct(user(other)),
            (subject, others) => Target::Group {
                to: others.iter().map(user).collect(),
                subject: subject.clone().unwrap_or_default(),
                client_id: client_id(0).into(),
            },
        };
        let first_message = Some(Draft { client_id: client_id(1).into(), text: self.text.clone() });
        Command::StartConversation(StartConversation { target, first_message })
    }
}
