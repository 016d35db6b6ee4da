//! The words that a policy declares: roles, kinds of groups, relations, settings. Facts that use other words have no effect
//! in a [`World`](crate::World).

use crate::facts::{GroupKindId, RelationId, RoleId, SettingId};

/// The largest number of roles; also of kinds, of relations and of settings. A [`RoleSet`](crate::RoleSet) has one bit for
/// each role.
pub const WORDS_MAX: usize = 64;

/// The way in which a relation is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationOrigin {
    /// `mutual`: one user requests it, the other accepts. It then holds in both directions.
    Mutual,
    /// `own`: a user makes it alone, in one direction.
    Own,
    /// `given`: only the back end makes it, in one direction.
    Given,
}

/// The declaration of a setting of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingDeclaration {
    /// The name of the setting.
    pub name: String,
    /// The values, the default first; empty if the setting is a number or a duration.
    pub values: Vec<String>,
    /// The default of a number, or of a duration in milliseconds; `None` if the setting has `values`.
    pub number: Option<i64>,
}

/// All words of a policy. Ids of words (`RoleId`, …) are indexes into these lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Vocabulary {
    pub roles: Vec<String>,
    pub kinds: Vec<String>,
    pub relations: Vec<(String, RelationOrigin)>,
    pub settings: Vec<SettingDeclaration>,
}

impl Vocabulary {
    /// The role with this name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<RoleId> {
        index(self.roles.iter(), |word| word == name).map(RoleId)
    }

    /// The kind of group with this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<GroupKindId> {
        index(self.kinds.iter(), |word| word == name).map(GroupKindId)
    }

    /// The relation with this name.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<RelationId> {
        index(self.relations.iter(), |(word, _)| word == name).map(RelationId)
    }

    /// The way in which the relation is made; [`RelationOrigin::Given`] for an id that the vocabulary does not have.
    #[must_use]
    pub fn origin(&self, relation: RelationId) -> RelationOrigin {
        self.relations.get(usize::from(relation.0)).map_or(RelationOrigin::Given, |(_, origin)| *origin)
    }

    /// The setting with this name.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<SettingId> {
        index(self.settings.iter(), |word| word.name == name).map(SettingId)
    }
}

/// The index of the first word for which `matches` returns true.
fn index<T>(mut words: impl Iterator<Item = T>, matches: impl Fn(T) -> bool) -> Option<u8> {
    words.position(matches).and_then(|index| u8::try_from(index).ok())
}
