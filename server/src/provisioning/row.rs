//! One row of an import, checked as far as the row itself and the words of the tenant's policy allow.

use causerie_policy::{FactChange, RelationOrigin, Vocabulary, World};
use causerie_protocol::limits::{EXTERNAL_ID_BYTES_MAX, PROFILE_FIELD_BYTES_MAX};
use serde_json::{Map, Value};
use std::sync::Arc;

use super::fields::{Fault, Fields};
use crate::{
    domain::{Delivers, EdgeEffect, GroupState, RelationState, UserStatus, WritableBy},
    names::visible,
    plain::shortened,
    store::queries::{
        facts::{GroupFact, SettingFact},
        users::Profile,
    },
};

/// The most bytes of a word of a policy, and of a setting's value.
const WORD_BYTES_MAX: usize = 64;

/// The kind of fact that a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Type {
    User,
    Group,
    Membership,
    Relation,
    Edge,
    Setting,
}

impl Type {
    /// All types, in the order in which a file should list its rows.
    pub const ALL: [Self; 6] = [Self::User, Self::Group, Self::Membership, Self::Relation, Self::Edge, Self::Setting];

    /// The name in the field `type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Membership => "membership",
            Self::Relation => "relation",
            Self::Edge => "edge",
            Self::Setting => "setting",
        }
    }
}

/// What happens to a row with a word that the policy does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undeclared {
    /// The row is refused: such a word is usually a spelling mistake.
    #[default]
    Refuse,
    /// The fact is stored, and has no effect until a policy declares the word. For the rows of an export, which may hold
    /// words of an earlier policy, and roles from tokens.
    Keep,
}

/// All fields that a row of any type may have.
pub(super) const FIELDS: [&str; 25] = [
    "type",
    "id",
    "name",
    "avatar",
    "locale",
    "about",
    "status",
    "roles",
    "writable_by",
    "kind",
    "parent",
    "state",
    "delivers",
    "user",
    "group",
    "role",
    "from",
    "until",
    "relation",
    "to",
    "from_role",
    "to_role",
    "effect",
    "value",
    "deleted",
];

/// One row of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The fact that the row states or deletes.
    pub fact: Fact,
    /// The row deletes the fact.
    pub deleted: bool,
}

/// The fact of a row. Fields that a row of a user or group leaves out keep their values, except that a removed user becomes
/// active again. A row of another type states the whole fact.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fact {
    User(Profile),
    Group(GroupFact),
    Membership(Membership),
    Relation(Relation),
    Edge(Edge),
    Setting(SettingFact),
}

/// A membership by the product's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Membership {
    pub user: String,
    pub group: String,
    pub role: String,
    /// When the membership begins. Milliseconds since 1970 UTC; `None` for no beginning.
    pub from_ms: Option<i64>,
    /// When the membership ends. Milliseconds since 1970 UTC; `None` for no end.
    pub until_ms: Option<i64>,
}

/// A relation by the product's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Relation {
    pub relation: String,
    pub from: String,
    pub to: String,
    pub state: RelationState,
}

/// An edge by the product's ids. An empty role stands for any role.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Edge {
    pub from: String,
    pub from_role: String,
    pub to: String,
    pub to_role: String,
    pub effect: EdgeEffect,
    pub delivers: Delivers,
}

impl Row {
    /// Reads and checks the fields of a row.
    ///
    /// # Errors
    /// [`Fault`] if a field is unknown, is missing or has an invalid value, or if it names a word that the policy does not
    /// declare and `undeclared` refuses such words.
    pub fn read(object: Map<String, Value>, words: &Arc<Vocabulary>, undeclared: Undeclared) -> Result<Self, Fault> {
        let mut fields = Fields::new(object);
        let types = Type::ALL.map(|one| (one.name(), one));
        let of = fields.choice("type", &types)?;
        let of = of
            .ok_or_else(|| Fault::new("type", format!("`type` is missing: one of {}", types.map(|one| one.0).join(", "))))?;
        let deleted = fields.flag("deleted")?;
        let fact = match of {
            Type::User => Fact::User(user(&mut fields)?),
            Type::Group => Fact::Group(group(&mut fields)?),
            Type::Membership => Fact::Membership(membership(&mut fields)?),
            Type::Relation => Fact::Relation(relation(&mut fields)?),
            Type::Edge => Fact::Edge(edge(&mut fields)?),
            Type::Setting => Fact::Setting(setting(&mut fields, deleted)?),
        };
        fields.end()?;
        let row = Self { fact, deleted };
        // A deletion may name words that only an earlier policy declared.
        match undeclared {
            _ if deleted => {}
            Undeclared::Refuse => row.check_words(words)?,
            Undeclared::Keep => row.check_spelling()?,
        }
        Ok(row)
    }

    /// The type of the row.
    #[must_use]
    pub fn of(&self) -> Type {
        match self.fact {
            Fact::User(_) => Type::User,
            Fact::Group(_) => Type::Group,
            Fact::Membership(_) => Type::Membership,
            Fact::Relation(_) => Type::Relation,
            Fact::Edge(_) => Type::Edge,
            Fact::Setting(_) => Type::Setting,
        }
    }

    /// Whether the fact is gone after this row: a deletion, or a user with the status `removed`.
    #[must_use]
    pub fn removes(&self) -> bool {
        self.deleted || matches!(&self.fact, Fact::User(user) if user.status == Some(UserStatus::Removed))
    }

    /// Checks that words are spelled as policies spell words. A role with a space would become two roles.
    fn check_spelling(&self) -> Result<(), Fault> {
        let spelled = |field: &str, word: &str| {
            let is_word =
                word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
            if is_word && word.len() <= WORD_BYTES_MAX {
                return Ok(());
            }
            let why = format!("`{field}` names `{}`, which no policy can declare", shortened(word));
            Err(Fault::new(field, why))
        };
        match &self.fact {
            Fact::User(user) => user.roles.iter().flatten().try_for_each(|role| spelled("roles", role)),
            Fact::Group(group) => spelled("kind", group.kind.as_deref().unwrap_or_default()),
            Fact::Membership(membership) => spelled("role", &membership.role),
            Fact::Relation(relation) => spelled("relation", &relation.relation),
            Fact::Edge(edge) => spelled("from_role", &edge.from_role).and_then(|()| spelled("to_role", &edge.to_role)),
            Fact::Setting(setting) => spelled("name", &setting.name),
        }
    }

    fn check_words(&self, words: &Arc<Vocabulary>) -> Result<(), Fault> {
        let role = |field, role: &str| declared(field, "role", role, words.roles.iter().map(String::as_str));
        match &self.fact {
            Fact::User(user) => user.roles.iter().flatten().try_for_each(|one| role("roles", one)),
            Fact::Group(group) => match &group.kind {
                Some(kind) => declared("kind", "kind", kind, words.kinds.iter().map(String::as_str)),
                None => Ok(()),
            },
            Fact::Membership(membership) => role("role", &membership.role),
            Fact::Relation(one) => {
                declared("relation", "relation", &one.relation, words.relations.iter().map(|(word, _)| word.as_str()))?;
                if one.state == RelationState::Pending && !is_mutual(words, &one.relation) {
                    let message = format!(
                        "a relation `{}` needs no acceptance, so it can't be pending: leave `state` out",
                        one.relation
                    );
                    return Err(Fault::new("state", message));
                }
                Ok(())
            }
            Fact::Edge(edge) => [("from_role", &edge.from_role), ("to_role", &edge.to_role)]
                .into_iter()
                .filter(|(_, word)| !word.is_empty())
                .try_for_each(|(field, word)| role(field, word)),
            Fact::Setting(setting) => check_setting(words, setting),
        }
    }
}

/// Whether the policy declares the relation as mutual.
#[must_use]
pub fn is_mutual(words: &Vocabulary, relation: &str) -> bool {
    words.relation(relation).is_some_and(|relation| words.origin(relation) == RelationOrigin::Mutual)
}

fn user(fields: &mut Fields) -> Result<Profile, Fault> {
    let profile = Profile {
        external_id: fields.needed("id", EXTERNAL_ID_BYTES_MAX)?,
        name: fields.title("name", PROFILE_FIELD_BYTES_MAX)?,
        avatar_url: fields.text("avatar", PROFILE_FIELD_BYTES_MAX)?,
        locale: fields.text("locale", PROFILE_FIELD_BYTES_MAX)?,
        // A text without a visible character counts as none.
        about: fields.text("about", PROFILE_FIELD_BYTES_MAX)?.map(|about| visible::kept(&about).unwrap_or_default()),
        status: fields.choice("status", &STATUSES)?,
        roles: fields.texts("roles")?,
        writable_by: fields.choice("writable_by", &WRITABLE_BY)?,
        is_listed: true,
        ..Profile::default()
    };
    let is_web = |url: &str| url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if !profile.avatar_url.as_deref().is_none_or(is_web) {
        return Err(Fault::new("avatar", "`avatar` must be empty or begin with `https://` or `http://`"));
    }
    Ok(profile)
}

/// The values of `status` of a user.
pub const STATUSES: [(&str, UserStatus); 4] = [
    ("active", UserStatus::Active),
    ("invited", UserStatus::Invited),
    ("deactivated", UserStatus::Deactivated),
    ("removed", UserStatus::Removed),
];

/// The values of `writable_by`: from whom a user accepts messages.
pub const WRITABLE_BY: [(&str, WritableBy); 3] =
    [("rules", WritableBy::Rules), ("contacts", WritableBy::Contacts), ("nobody", WritableBy::Nobody)];

/// The values of `state` of a group.
pub const GROUP_STATES: [(&str, GroupState); 3] =
    [("active", GroupState::Active), ("concluded", GroupState::Concluded), ("archived", GroupState::Archived)];

/// The values of `state` of a relation.
pub const RELATION_STATES: [(&str, RelationState); 2] =
    [("accepted", RelationState::Accepted), ("pending", RelationState::Pending)];

/// The values of `effect` of an edge.
pub const EFFECTS: [(&str, EdgeEffect); 2] = [("allow", EdgeEffect::Allow), ("deny", EdgeEffect::Deny)];

/// The values of `delivers` of a group or an edge: what its senders reach.
pub const DELIVERS: [(&str, Delivers); 4] =
    [("both", Delivers::Both), ("people", Delivers::People), ("group", Delivers::Group), ("none", Delivers::None)];

fn group(fields: &mut Fields) -> Result<GroupFact, Fault> {
    let group = GroupFact {
        external_id: fields.needed("id", EXTERNAL_ID_BYTES_MAX)?,
        name: fields.title("name", PROFILE_FIELD_BYTES_MAX)?,
        kind: fields.text("kind", WORD_BYTES_MAX)?,
        parent: fields.text("parent", EXTERNAL_ID_BYTES_MAX)?,
        state: fields.choice("state", &GROUP_STATES)?,
        delivers: fields.choice("delivers", &DELIVERS)?,
    };
    if group.parent.as_ref() == Some(&group.external_id) {
        return Err(Fault::new("parent", "`parent` is the group itself: name another group"));
    }
    Ok(group)
}

fn membership(fields: &mut Fields) -> Result<Membership, Fault> {
    let membership = Membership {
        user: fields.needed("user", EXTERNAL_ID_BYTES_MAX)?,
        group: fields.needed("group", EXTERNAL_ID_BYTES_MAX)?,
        role: fields.needed("role", WORD_BYTES_MAX)?,
        from_ms: fields.moment("from")?,
        until_ms: fields.moment("until")?,
    };
    if let (Some(from), Some(until)) = (membership.from_ms, membership.until_ms)
        && until <= from
    {
        return Err(Fault::new("until", "`until` must be later than `from`"));
    }
    Ok(membership)
}

fn relation(fields: &mut Fields) -> Result<Relation, Fault> {
    let relation = Relation {
        relation: fields.needed("relation", WORD_BYTES_MAX)?,
        from: fields.needed("from", EXTERNAL_ID_BYTES_MAX)?,
        to: fields.needed("to", EXTERNAL_ID_BYTES_MAX)?,
        state: fields.choice("state", &RELATION_STATES)?.unwrap_or(RelationState::Accepted),
    };
    if relation.from == relation.to {
        return Err(Fault::new("to", "`to` and `from` must be two users"));
    }
    Ok(relation)
}

fn edge(fields: &mut Fields) -> Result<Edge, Fault> {
    Ok(Edge {
        from: fields.needed("from", EXTERNAL_ID_BYTES_MAX)?,
        from_role: fields.text("from_role", WORD_BYTES_MAX)?.unwrap_or_default(),
        to: fields.needed("to", EXTERNAL_ID_BYTES_MAX)?,
        to_role: fields.text("to_role", WORD_BYTES_MAX)?.unwrap_or_default(),
        effect: fields.choice("effect", &EFFECTS)?.unwrap_or(EdgeEffect::Allow),
        delivers: fields.choice("delivers", &DELIVERS[..3])?.unwrap_or(Delivers::Both),
    })
}

fn setting(fields: &mut Fields, deleted: bool) -> Result<SettingFact, Fault> {
    let name = fields.needed("name", WORD_BYTES_MAX)?;
    let value = fields.plain("value", WORD_BYTES_MAX)?;
    match value {
        None if !deleted => Err(Fault::new("value", "`value` is missing")),
        value => Ok(SettingFact { name, value: value.filter(|_| !deleted) }),
    }
}

fn check_setting(words: &Arc<Vocabulary>, setting: &SettingFact) -> Result<(), Fault> {
    declared("name", "setting", &setting.name, words.settings.iter().map(|word| word.name.as_str()))?;
    let (Some(id), Some(value)) = (words.setting(&setting.name), &setting.value) else { return Ok(()) };
    // The policy evaluator checks the value: a value that it does not understand leaves the default.
    let mut world = World::new(Arc::clone(words));
    world.apply(&FactChange::Setting { setting: id, value: Some(value.clone()) });
    if world.setting(id) == value {
        return Ok(());
    }
    let values = words.settings.get(usize::from(id.0)).map(|word| word.values.join(", ")).unwrap_or_default();
    let expected =
        if values.is_empty() { "a number, or a duration such as 15m".to_owned() } else { format!("one of {values}") };
    Err(Fault::new("value", format!("`value` of the setting `{0}` is `{value}`, expected {expected}", setting.name)))
}

fn declared<'a>(field: &str, what: &str, word: &str, mut known: impl Iterator<Item = &'a str> + Clone) -> Result<(), Fault> {
    let words: Vec<&str> = known.clone().collect();
    if known.any(|known| known == word) {
        return Ok(());
    }
    let declared = if words.is_empty() { "none".to_owned() } else { words.join(", ") };
    Err(Fault::new(field, format!("the policy declares no {what} `{word}`; it declares {declared}")))
}

/// The word of a value; the first word if this server does not know the value.
#[must_use]
pub fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, one)| *one == value).unwrap_or(&words[0]).0
}

/// What a row names, as far as its fields tell, even if the row is invalid: its type, and an id to print.
#[must_use]
pub fn named(object: &Map<String, Value>) -> (String, String) {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let id = match text("type") {
        "membership" => format!("{} {}@{}", text("user"), text("role"), text("group")),
        "relation" => format!("{} {} {}", text("from"), text("relation"), text("to")),
        "edge" => format!("{}@{} {}@{}", any(text("from_role")), text("from"), any(text("to_role")), text("to")),
        "setting" => text("name").to_owned(),
        _ => text("id").to_owned(),
    };
    (text("type").to_owned(), id)
}

/// A role to print: `*` for any role.
pub(super) fn any(role: &str) -> &str {
    if role.is_empty() { "*" } else { role }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
