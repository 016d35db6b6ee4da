//! The types of rows, as exports and lists of rows contain them.

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
    /// Display name.
    name: String,
    /// An http or https address, or empty for none.
    avatar: String,
    /// A language tag (BCP 47), or empty.
    locale: String,
    /// A short text that other users see below the name, or empty.
    about: String,
    /// Whether the user may connect.
    #[schemars(extend("enum" = STATUSES.map(|(word, _)| word)))]
    status: &'static str,
    /// Roles in the whole tenant.
    roles: Vec<String>,
    /// Which users may write to the user.
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
            about: user.about,
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
    /// Display name.
    name: String,
    /// The kind, as the tenant's rules declare it; absent for a group that no rule concerns.
    kind: Option<String>,
    /// The id of the parent group; empty if there is none.
    parent: String,
    /// Only the memberships of an active group have an effect.
    #[schemars(extend("enum" = GROUP_STATES.map(|(word, _)| word)))]
    state: &'static str,
    /// Whether a sender reaches the members one by one (`people`), the group as a whole (`group`), both, or none.
    #[schemars(extend("enum" = DELIVERS.map(|(word, _)| word)))]
    delivers: &'static str,
}

impl GroupRow {
    /// The row of a group. `parent` is the external id of its parent.
    pub(super) fn new(group: StoredGroup, parent: Option<&str>) -> Self {
        Self {
            r#type: "group",
            id: group.external_id,
            name: group.name,
            kind: Some(group.kind).filter(|kind| !kind.is_empty()),
            parent: parent.unwrap_or_default().to_owned(),
            state: word_of(&GROUP_STATES, group.state.value()),
            delivers: word_of(&DELIVERS, group.delivers.value()),
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
    /// A role or relation that the tenant's rules declare.
    pub role: String,
    /// When the membership begins; absent if it has no beginning.
    #[schemars(extend("format" = "date-time"))]
    from: Option<String>,
    /// When the membership ends; absent if it has no end.
    #[schemars(extend("format" = "date-time"))]
    until: Option<String>,
}

impl MembershipRow {
    /// The row of a membership. `user` and `group` are external ids.
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

/// A relation between two users.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RelationRow {
    /// `relation`.
    r#type: &'static str,
    /// A role or relation that the tenant's rules declare.
    pub relation: String,
    /// The id of a user; for a pending relation, the user who requested it.
    pub from: String,
    /// The id of the other user.
    pub to: String,
    /// Whether the relation is pending or accepted.
    #[schemars(extend("enum" = RELATION_STATES.map(|(word, _)| word)))]
    state: &'static str,
}

impl RelationRow {
    /// The row of a relation. `from` and `to` are external ids.
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

/// An edge: members of a group reach members of another group.
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
    /// The row of an edge. `from` and `to` are external ids.
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
    /// The row of a setting.
    pub(super) fn new((name, value): (String, String)) -> Self {
        Self { r#type: "setting", name, value }
    }
}
