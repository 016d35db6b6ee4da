//! The demo's tenants, users and policies, from `tenants.json`.

use std::sync::LazyLock;

use causerie_policy::Policy;
use causerie_protocol::command::{Command, CompoundCommand, Draft, Recipient, StartConversation, Target, UserRef};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::pages;

/// The first client id of the demo's conversations and messages. It is fixed, so that a second node that starts at the same
/// time finds the conversations of the first node.
const FIRST_CLIENT_ID: Uuid = uuid!("0193a000-0000-7000-8000-000000000001");

/// The demo's tenants, in the order of the page.
pub(super) static TENANTS: LazyLock<Vec<DemoTenant>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tenants.json")).unwrap_or_else(|error| panic!("demo/tenants.json: {error}"))
});

/// A demo tenant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoTenant {
    /// The slug. It begins with `demo`, so that it is unlikely to be the slug of an operator's own tenant.
    pub slug: String,
    /// The name of the preset that is the policy.
    pub rules: String,
    /// The title on the page.
    pub name: Localised,
    /// A description of the policy in one sentence.
    pub about: Localised,
    /// The users whom a visitor may choose.
    pub users: Vec<DemoUser>,
    /// Rows besides the users, in the form of `POST /v1/import`.
    rows: Vec<Map<String, Value>>,
    /// The first conversations.
    pub conversations: Vec<DemoConversation>,
}

/// A text in the languages of the page.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Localised {
    en: String,
    fr: String,
}

impl Localised {
    pub(super) fn new(en: &str, fr: &str) -> Self {
        Self { en: en.to_owned(), fr: fr.to_owned() }
    }

    /// The text in a language: in French for `fr`, or else in English.
    pub(super) fn in_language(&self, tag: &str) -> &str {
        if tag == "fr" { &self.fr } else { &self.en }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DemoUser {
    pub external_id: String,
    pub name: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(rename = "writable_by")]
    writable_by: Option<String>,
    /// The role of the user in the demo: pupil, teacher, ….
    #[serde(default)]
    pub about: Localised,
}

/// A conversation and its first message. A conversation with a subject or with several recipients is a group conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoConversation {
    pub from: String,
    to: Vec<String>,
    subject: Option<String>,
    text: String,
}

impl DemoTenant {
    /// The French name, which becomes the name of the tenant in the database.
    pub(super) fn title(&self) -> &str {
        &self.name.fr
    }

    /// The policy; `None` if there is no such preset.
    pub(super) fn policy(&self) -> Option<Policy> {
        Policy::preset(&self.rules)
    }

    /// All users and facts, as rows of an import.
    pub(super) fn rows(&self) -> impl Iterator<Item = Map<String, Value>> {
        self.users.iter().map(DemoUser::row).chain(self.rows.iter().cloned())
    }

    /// The tenant in the answer of `/demo/people`.
    pub(super) fn described(&self) -> Value {
        let users: Vec<Value> = self.users.iter().map(DemoUser::described).collect();
        let pages = pages::links(&self.slug);
        json!({ "slug": self.slug, "name": self.name, "about": self.about, "people": users, "pages": pages })
    }
}

impl DemoUser {
    fn row(&self) -> Map<String, Value> {
        let fields = [
            ("type", Some(json!("user"))),
            ("id", Some(json!(self.external_id))),
            ("name", Some(json!(self.name))),
            ("roles", Some(json!(self.roles))),
            ("writable_by", self.writable_by.as_ref().map(|value| json!(value))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn described(&self) -> Value {
        json!({ "externalId": self.external_id, "name": self.name, "avatarUrl": "", "about": self.about })
    }
}

impl DemoConversation {
    /// The command that starts the conversation; `number` is its position among all conversations of the demo.
    pub(super) fn command(&self, number: u128) -> Command {
        let client_id = |offset: u128| Uuid::from_u128(FIRST_CLIENT_ID.as_u128() + 2 * number + offset);
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
        Command::Compound(CompoundCommand::StartConversation(StartConversation { target, first_message }))
    }
}
