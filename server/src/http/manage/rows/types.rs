//! The rows as types.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    clock::rfc3339,
    domain::{Numbered as _, UserStatus, WritableBy},
    provisioning::row::{DELIVERS, EFFECTS, GROUP_STATES, RELATION_STATES, STATUSES, WRITABLE_BY, word_of},
    store::{
        entities::user,
        queries::facts::{EdgeFact, MembershipFact, RelationFact, stored::StoredGroup},
    },
};

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserRow {
    /// `user`.
    r#type: &'static str,
    /// Your id of the user.
    pub id: String,
    /// Shown to others.
    name: String,
    /// An http or https address, or empty for none.
    avatar: String,
    /// A language tag (BCP 47), or empty.
    locale: String,
    /// Whether the user may come in.
    #[schemars(extend("enum" = STATUSES.map(|(word, _)| word)))]
    status: &'static str,
    /// Roles in the tenant as a whole.
    roles: Vec<String>,
    /// From whom the user takes messages.
    #[schemars(extend("enum" = WRITABLE_BY.map(|(word, _)| word)))]
    writable_by: &'static str,
}

impl From<user::Model> for UserRow {
    fn from(user: user::Model) -> Self {
        let status = UserStatus::from_number(user.status);
        let writable_by = WritableBy::from_number(user.writable_by);
        Self {
            r#type: "user",
            id: user.external_id,
            name: user.name,
            avatar: user.avatar_url,
            locale: user.locale,
            status: word_of(&STATUSES, status),
            roles: user.roles.split_whitespace().map(str::to_owned).collect(),
            writable_by: word_of(&WRITABLE_BY, writable_by),
        }
    }
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupRow {
    /// `group`.
    r#type: &'static str,
    /// Your id of the group.
    pub id: String,
    /// For people to read.
    name: String,
    /// A word of the tenant's rules; absent for a group that concerns none.
    kind: Option<String>,
    /// The id of the group it is in, or empty for none.
    parent: String,
    /// Only an active one gives its members anything.
    #[schemars(extend("enum" = GROUP_STATES.map(|(word, _)| word)))]
    state: &'static str,
    /// Whether a sender reaches its users one by one, the group as a whole, both, or none.
    #[schemars(extend("enum" = DELIVERS.map(|(word, _)| word)))]
    delivers: &'static str,
}

impl GroupRow {
    pub(super) fn new(group: StoredGroup, parent: Option<&str>) -> Self {
        Self {
            r#type: "group",
            id: group.external_id,
            name: group.name,
            kind: Some(group.kind).filter(|kind| !kind.is_empty()),
            parent: parent.unwrap_or_default().to_owned(),
            state: word_of(&GROUP_STATES, group.state),
            delivers: word_of(&DELIVERS, group.delivers),
        }
    }
}

/// A role of a user in a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MembershipRow {
    /// `membership`.
    r#type: &'static str,
    /// The id of the user.
    pub user: String,
    /// The id of the group.
    pub group: String,
    /// A word of the tenant's rules.
    pub role: String,
    /// The moment it begins; absent for ever.
    #[schemars(extend("format" = "date-time"))]
    from: Option<String>,
    /// The moment it is over; absent for ever.
    #[schemars(extend("format" = "date-time"))]
    until: Option<String>,
}

impl MembershipRow {
    pub(super) fn new(fact: MembershipFact, user: &str, group: &str) -> Self {
        Self {
            r#type: "membership",
            user: user.to_owned(),
            group: group.to_owned(),
            role: fact.key.role,
            from: fact.from_ms.map(rfc3339),
            until: fact.until_ms.map(rfc3339),
        }
    }
}

/// What two users are to each other.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RelationRow {
    /// `relation`.
    r#type: &'static str,
    /// A word of the tenant's rules.
    pub relation: String,
    /// The id of a user; of a pending relation, of the user who asked.
    pub from: String,
    /// The id of the other user.
    pub to: String,
    /// How far it has come.
    #[schemars(extend("enum" = RELATION_STATES.map(|(word, _)| word)))]
    state: &'static str,
}

impl RelationRow {
    pub fn new(fact: RelationFact, from: &str, to: &str) -> Self {
        Self {
            r#type: "relation",
            relation: fact.key.relation,
            from: from.to_owned(),
            to: to.to_owned(),
            state: word_of(&RELATION_STATES, fact.state),
        }
    }
}

/// Users of a group that reach users of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EdgeRow {
    r#type: &'static str,
    from: String,
    from_role: String,
    to: String,
    to_role: String,
    effect: &'static str,
    delivers: &'static str,
}

impl EdgeRow {
    pub(super) fn new(fact: EdgeFact, from: &str, to: &str) -> Self {
        Self {
            r#type: "edge",
            from: from.to_owned(),
            from_role: fact.key.from_role,
            to: to.to_owned(),
            to_role: fact.key.to_role,
            effect: word_of(&EFFECTS, fact.effect),
            delivers: word_of(&DELIVERS, fact.delivers),
        }
    }
}

/// A setting of the tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingRow {
    r#type: &'static str,
    name: String,
    value: String,
}

impl SettingRow {
    pub(super) fn new((name, value): (String, String)) -> Self {
        Self { r#type: "setting", name, value }
    }
}
