//! The words a policy declares: roles, kinds of groups, relations, settings. Facts that use others are inert.

use crate::facts::{Kind, Relation, Role, Setting};

/// At most this many of each; they are bits and small numbers in facts.
pub const WORDS_MAX: usize = 64;

/// How a relation comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// One asks, the other accepts; then it holds both ways.
    Mutual,
    /// A person enters it alone, one way.
    Own,
    /// Only the product says so, one way.
    Given,
}

/// What a setting may be. The first value is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingWord {
    /// Its name.
    pub name: String,
    /// Its values, the default first; empty for one that is a number or a duration.
    pub values: Vec<String>,
    /// The default of a number, or of a duration in milliseconds.
    pub number: Option<i64>,
}

/// All words of a policy. Numbers of words are their places here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Vocabulary {
    pub roles: Vec<String>,
    pub kinds: Vec<String>,
    pub relations: Vec<(String, How)>,
    pub settings: Vec<SettingWord>,
}

impl Vocabulary {
    /// The role of a name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<Role> {
        place(self.roles.iter(), |word| word == name).map(Role)
    }

    /// The kind of group of a name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Kind> {
        place(self.kinds.iter(), |word| word == name).map(Kind)
    }

    /// The relation of a name.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<Relation> {
        place(self.relations.iter(), |(word, _)| word == name).map(Relation)
    }

    /// How a relation comes about.
    #[must_use]
    pub fn how(&self, relation: Relation) -> How {
        self.relations.get(usize::from(relation.0)).map_or(How::Given, |(_, how)| *how)
    }

    /// The setting of a name.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<Setting> {
        place(self.settings.iter(), |word| word.name == name).map(Setting)
    }
}

fn place<T>(mut words: impl Iterator<Item = T>, is: impl Fn(T) -> bool) -> Option<u8> {
    words.position(is).and_then(|at| u8::try_from(at).ok())
}
