//! One row of an import. A row is checked here without the stored facts: by its own fields and by the tenant's policy.

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

/// The maximum length of a word of a policy and of the value of a setting, in bytes.
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

/// Whether a row with a word that the policy does not declare is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undeclared {
    /// The row is refused, because an undeclared word is usually a spelling mistake.
    #[default]
    Refuse,
    /// The fact is stored, and has no effect until a policy declares the word. This is for the rows of an export, which may
    /// contain words of an earlier policy and roles from tokens.
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
    /// Whether the row deletes the fact.
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

/// A membership. User and group are external ids.
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

/// A relation. The users are external ids.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Relation {
    pub relation: String,
    pub from: String,
    pub to: String,
    pub state: RelationState,
}

/// An edge. The groups are external ids. An empty role stands for any role.
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
    pub fn read(object: Map<String, Value>, vocabulary: &Arc<Vocabulary>, undeclared: Undeclared) -> Result<Self, Fault> {
        let mut fields = Fields::new(object);
        let types = Type::ALL.map(|row_type| (row_type.name(), row_type));
        let row_type = fields.choice("type", &types)?.ok_or_else(|| {
            Fault::new("type", format!("`type` is missing: one of {}", types.map(|(name, _)| name).join(", ")))
        })?;
        let deleted = fields.flag("deleted")?;
        let fact = match row_type {
            Type::User => Fact::User(user(&mut fields)?),
            Type::Group => Fact::Group(group(&mut fields)?),
            Type::Membership => Fact::Membership(membership(&mut fields)?),
            Type::Relation => Fact::Relation(relation(&mut fields)?),
            Type::Edge => Fact::Edge(edge(&mut fields)?),
            Type::Setting => Fact::Setting(setting(&mut fields, deleted)?),
        };
        fields.refuse_unread()?;
        let row = Self { fact, deleted };
        // A deletion may name words that only an earlier policy declared.
        match undeclared {
            _ if deleted => {}
            Undeclared::Refuse => row.check_words(vocabulary)?,
            Undeclared::Keep => row.check_spelling()?,
        }
        Ok(row)
    }

    /// The type of the row.
    #[must_use]
    pub fn row_type(&self) -> Type {
        match self.fact {
            Fact::User(_) => Type::User,
            Fact::Group(_) => Type::Group,
            Fact::Membership(_) => Type::Membership,
            Fact::Relation(_) => Type::Relation,
            Fact::Edge(_) => Type::Edge,
            Fact::Setting(_) => Type::Setting,
        }
    }

    /// Whether the fact does not exist after this row: the row deletes the fact, or gives a user the status `removed`.
    #[must_use]
    pub fn removes(&self) -> bool {
        self.deleted || matches!(&self.fact, Fact::User(user) if user.status == Some(UserStatus::Removed))
    }

    /// Checks that the words of the row have the spelling of words in policies. A role with a space would become two roles.
    fn check_spelling(&self) -> Result<(), Fault> {
        let check_word = |field: &str, word: &str| {
            let is_word =
                word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
            if is_word && word.len() <= WORD_BYTES_MAX {
                return Ok(());
            }
            let reason = format!("`{field}` names `{}`, which no policy can declare", shortened(word));
            Err(Fault::new(field, reason))
        };
        match &self.fact {
            Fact::User(user) => user.roles.iter().flatten().try_for_each(|role| check_word("roles", role)),
            Fact::Group(group) => check_word("kind", group.kind.as_deref().unwrap_or_default()),
            Fact::Membership(membership) => check_word("role", &membership.role),
            Fact::Relation(relation) => check_word("relation", &relation.relation),
            Fact::Edge(edge) => check_word("from_role", &edge.from_role).and_then(|()| check_word("to_role", &edge.to_role)),
            Fact::Setting(setting) => check_word("name", &setting.name),
        }
    }

    /// Checks that the policy declares the words of the row.
    fn check_words(&self, vocabulary: &Arc<Vocabulary>) -> Result<(), Fault> {
        let check_role =
            |field, role: &str| check_declared(field, "role", role, vocabulary.roles.iter().map(String::as_str));
        match &self.fact {
            Fact::User(user) => user.roles.iter().flatten().try_for_each(|role| check_role("roles", role)),
            Fact::Group(group) => match &group.kind {
                Some(kind) => check_declared("kind", "kind", kind, vocabulary.kinds.iter().map(String::as_str)),
                None => Ok(()),
            },
            Fact::Membership(membership) => check_role("role", &membership.role),
            Fact::Relation(relation) => {
                check_declared(
                    "relation",
                    "relation",
                    &relation.relation,
                    vocabulary.relations.iter().map(|(word, _)| word.as_str()),
                )?;
                if relation.state == RelationState::Pending && !is_mutual(vocabulary, &relation.relation) {
                    let message = format!(
                        "a relation `{}` needs no acceptance, so it can't be pending: leave `state` out",
                        relation.relation
                    );
                    return Err(Fault::new("state", message));
                }
                Ok(())
            }
            Fact::Edge(edge) => [("from_role", &edge.from_role), ("to_role", &edge.to_role)]
                .into_iter()
                .filter(|(_, word)| !word.is_empty())
                .try_for_each(|(field, word)| check_role(field, word)),
            Fact::Setting(setting) => check_setting(vocabulary, setting),
        }
    }
}

/// Whether the policy declares the relation as mutual.
#[must_use]
pub fn is_mutual(vocabulary: &Vocabulary, relation: &str) -> bool {
    vocabulary.relation(relation).is_some_and(|relation| vocabulary.origin(relation) == RelationOrigin::Mutual)
}

/// Reads the fields of a row about a user.
fn user(fields: &mut Fields) -> Result<Profile, Fault> {
    let profile = Profile {
        external_id: fields.required_text("id", EXTERNAL_ID_BYTES_MAX)?,
        name: fields.visible_name("name", PROFILE_FIELD_BYTES_MAX)?,
        avatar_url: fields.text("avatar", PROFILE_FIELD_BYTES_MAX)?,
        locale: fields.text("locale", PROFILE_FIELD_BYTES_MAX)?,
        // A text without a visible character counts as an empty text.
        about: fields.text("about", PROFILE_FIELD_BYTES_MAX)?.map(|about| visible::stored_form(&about).unwrap_or_default()),
        status: fields.choice("status", &STATUSES)?,
        roles: fields.texts("roles")?,
        writable_by: fields.choice("writable_by", &WRITABLE_BY)?,
        in_full_list: true,
        ..Profile::default()
    };
    let is_empty_or_http = |url: &str| url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if !profile.avatar_url.as_deref().is_none_or(is_empty_or_http) {
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

/// The values of `writable_by` of a user.
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

/// The values of `delivers` of a group or an edge: whether senders reach its members one by one, the group as a whole, both,
/// or none.
pub const DELIVERS: [(&str, Delivers); 4] =
    [("both", Delivers::Both), ("people", Delivers::People), ("group", Delivers::Group), ("none", Delivers::None)];

/// Reads the fields of a row about a group.
fn group(fields: &mut Fields) -> Result<GroupFact, Fault> {
    let group = GroupFact {
        external_id: fields.required_text("id", EXTERNAL_ID_BYTES_MAX)?,
        name: fields.visible_name("name", PROFILE_FIELD_BYTES_MAX)?,
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

/// Reads the fields of a row about a membership.
fn membership(fields: &mut Fields) -> Result<Membership, Fault> {
    let membership = Membership {
        user: fields.required_text("user", EXTERNAL_ID_BYTES_MAX)?,
        group: fields.required_text("group", EXTERNAL_ID_BYTES_MAX)?,
        role: fields.required_text("role", WORD_BYTES_MAX)?,
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

/// Reads the fields of a row about a relation.
fn relation(fields: &mut Fields) -> Result<Relation, Fault> {
    let relation = Relation {
        relation: fields.required_text("relation", WORD_BYTES_MAX)?,
        from: fields.required_text("from", EXTERNAL_ID_BYTES_MAX)?,
        to: fields.required_text("to", EXTERNAL_ID_BYTES_MAX)?,
        state: fields.choice("state", &RELATION_STATES)?.unwrap_or(RelationState::Accepted),
    };
    if relation.from == relation.to {
        return Err(Fault::new("to", "`to` and `from` must be two users"));
    }
    Ok(relation)
}

/// Reads the fields of a row about an edge.
fn edge(fields: &mut Fields) -> Result<Edge, Fault> {
    Ok(Edge {
        from: fields.required_text("from", EXTERNAL_ID_BYTES_MAX)?,
        from_role: fields.text("from_role", WORD_BYTES_MAX)?.unwrap_or_default(),
        to: fields.required_text("to", EXTERNAL_ID_BYTES_MAX)?,
        to_role: fields.text("to_role", WORD_BYTES_MAX)?.unwrap_or_default(),
        effect: fields.choice("effect", &EFFECTS)?.unwrap_or(EdgeEffect::Allow),
        delivers: fields.choice("delivers", &DELIVERS[..3])?.unwrap_or(Delivers::Both),
    })
}

/// Reads the fields of a row about a setting.
fn setting(fields: &mut Fields, deleted: bool) -> Result<SettingFact, Fault> {
    let name = fields.required_text("name", WORD_BYTES_MAX)?;
    let value = fields.scalar_as_text("value", WORD_BYTES_MAX)?;
    match value {
        None if !deleted => Err(Fault::new("value", "`value` is missing")),
        value => Ok(SettingFact { name, value: value.filter(|_| !deleted) }),
    }
}

/// Checks that the policy declares the setting and accepts its value.
fn check_setting(vocabulary: &Arc<Vocabulary>, setting: &SettingFact) -> Result<(), Fault> {
    check_declared("name", "setting", &setting.name, vocabulary.settings.iter().map(|word| word.name.as_str()))?;
    let (Some(id), Some(value)) = (vocabulary.setting(&setting.name), &setting.value) else { return Ok(()) };
    // The policy evaluator checks the value. A value that it does not accept leaves the setting at its default.
    let mut world = World::new(Arc::clone(vocabulary));
    world.apply(&FactChange::Setting { setting: id, value: Some(value.clone()) });
    if world.setting(id) == value {
        return Ok(());
    }
    let values = vocabulary.settings.get(usize::from(id.0)).map(|word| word.values.join(", ")).unwrap_or_default();
    let expected =
        if values.is_empty() { "a number, or a duration such as 15m".to_owned() } else { format!("one of {values}") };
    Err(Fault::new("value", format!("`value` of the setting `{0}` is `{value}`, expected {expected}", setting.name)))
}

/// Checks that a word is one of the declared words. `what` names the kind of word in the message.
fn check_declared<'a>(
    field: &str,
    what: &str,
    word: &str,
    mut known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Fault> {
    let words: Vec<&str> = known.clone().collect();
    if known.any(|known| known == word) {
        return Ok(());
    }
    let declared = if words.is_empty() { "none".to_owned() } else { words.join(", ") };
    Err(Fault::new(field, format!("the policy declares no {what} `{word}`; it declares {declared}")))
}

/// The word for a value in a table of words and values. For a value that is not in the table: the first word.
#[must_use]
pub fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).unwrap_or(&words[0]).0
}

/// The type of a row and an id of its fact for the answer, even if the row is invalid. Missing fields are empty.
#[must_use]
pub fn type_and_id(object: &Map<String, Value>) -> (String, String) {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let id = match text("type") {
        "membership" => format!("{} {}@{}", text("user"), text("role"), text("group")),
        "relation" => format!("{} {} {}", text("from"), text("relation"), text("to")),
        "edge" => {
            format!("{}@{} {}@{}", role_or_star(text("from_role")), text("from"), role_or_star(text("to_role")), text("to"))
        }
        "setting" => text("name").to_owned(),
        _ => text("id").to_owned(),
    };
    (text("type").to_owned(), id)
}

/// A role as the answer shows it: `*` for the empty role, which stands for any role.
pub(super) fn role_or_star(role: &str) -> &str {
    if role.is_empty() { "*" } else { role }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
