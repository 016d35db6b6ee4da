//! The inverted index of the directory. It leads from the prefix of a word to the users and groups whose names have a word
//! with this prefix.
//!
//! The index has two parts: a base, which is a sorted, packed list of all words, and a patch, which is a small list of later
//! changes. A changed name changes only the patch, so the words of other names are neither sorted nor copied again. A search
//! takes O(log w) time for w words. A change of a shared index takes O(p) time, because it copies the p entries of the
//! patch.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Bound, ControlFlow},
    sync::Arc,
};

use super::{EntityKey, GroupIx, UserIx};

/// A user or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Entity {
    User(UserIx),
    Group(GroupIx),
}

/// The patch is merged into the base when it has more than `PATCH + n / PATCH_SHARE` entries, where n is the number of
/// entries of the base.
const PATCH: usize = 512;
/// With this share, copying the patch at each change takes about as much time as the merges.
const PATCH_SHARE: usize = 512;
/// During an import, the patch is merged when it has more entries than the base and more than this number, so that there are
/// few merges.
const IMPORT_PATCH: usize = 1 << 16;

/// The index of all words. Its entries are sorted by word, then by the key of the user or group, because keys are the same
/// on each node and indexes are not.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    base: Arc<Base>,
    patch: Arc<BTreeMap<Arc<str>, Arc<Patch>>>,
    /// Number of changes in the patch. A change that is taken back counts too.
    patched: usize,
}

/// The changes of one word since the last merge.
#[derive(Debug, Clone, Default)]
struct Patch {
    added: BTreeSet<(EntityKey, Entity)>,
    removed: BTreeSet<Entity>,
}

/// The words in ascending order, each once. The texts of all words are in `text`, their entities are in `entities`, and
/// `ends` delimits both.
#[derive(Debug, Default)]
struct Base {
    text: String,
    ends: Vec<Ends>,
    entities: Vec<Packed>,
}

/// The end of a word in `text`, and the end of its entities in `entities`.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    text: u32,
    entities: u32,
}

/// An [`Entity`] in 32 bits. The highest bit marks a group.
#[derive(Debug, Clone, Copy)]
pub struct Packed(u32);

/// The bit that marks a group.
const GROUP: u32 = 1 << 31;

impl From<Entity> for Packed {
    fn from(entity: Entity) -> Self {
        match entity {
            Entity::User(user) => Self(user.0),
            Entity::Group(group) => Self(group.0 | GROUP),
        }
    }
}

impl From<Packed> for Entity {
    fn from(packed: Packed) -> Self {
        if packed.0 & GROUP == 0 { Self::User(UserIx(packed.0)) } else { Self::Group(GroupIx(packed.0 & !GROUP)) }
    }
}

impl Base {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn start(&self, index: usize) -> Ends {
        index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default()
    }

    fn word(&self, index: usize) -> Option<&str> {
        self.text.get(self.start(index).text as usize..self.ends.get(index)?.text as usize)
    }

    fn entities(&self, index: usize) -> &[Packed] {
        let end = self.ends.get(index).copied().unwrap_or_default();
        self.entities.get(self.start(index).entities as usize..end.entities as usize).unwrap_or_default()
    }

    /// The index of the first word that is not less than `word`.
    fn from(&self, word: &str) -> usize {
        self.position(0, |other| other < word)
    }

    /// Binary search: the index of the first word from `low` on for which `is_before` is false.
    fn position(&self, mut low: usize, is_before: impl Fn(&str) -> bool) -> usize {
        let mut high = self.len();
        while low < high {
            let middle = low.midpoint(high);
            if self.word(middle).is_some_and(&is_before) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

impl Patch {
    /// The entities of one word: the entities of the base without the removed entities, and the added entities. They are in
    /// the order of their keys.
    fn applied(&self, base: &[Packed], key_of: &impl Fn(Entity) -> EntityKey) -> Vec<Packed> {
        let mut entities: Vec<(EntityKey, Entity)> = base
            .iter()
            .map(|packed| Entity::from(*packed))
            .filter(|entity| !self.removed.contains(entity))
            .map(|entity| (key_of(entity), entity))
            .collect();
        entities.extend(&self.added);
        entities.sort_unstable();
        entities.into_iter().map(|(_, entity)| entity.into()).collect()
    }
}

impl NameIndex {
    /// Replaces the words of a user or a group. `old` and `new` are texts as in [`super::user::User::words`].
    pub fn change(&mut self, key: EntityKey, entity: Entity, old: &str, new: &str) {
        if old == new {
            return;
        }
        let patch = Arc::make_mut(&mut self.patch);
        for word in words_of(old).filter(|word| !words_of(new).any(|other| other == *word)) {
            let patch = Arc::make_mut(patch.entry(Arc::from(word)).or_default());
            if !patch.added.remove(&(key, entity)) {
                patch.removed.insert(entity);
            }
            self.patched += 1;
        }
        for word in words_of(new).filter(|word| !words_of(old).any(|other| other == *word)) {
            let patch = Arc::make_mut(patch.entry(Arc::from(word)).or_default());
            if !patch.removed.remove(&entity) {
                patch.added.insert((key, entity));
            }
            self.patched += 1;
        }
    }

    /// Merges the patch into the base if it has become too large. `importing` allows a larger patch.
    pub fn merge_if_large(&mut self, importing: bool, key_of: impl Fn(Entity) -> EntityKey) {
        let entries = self.base.entities.len();
        let limit = if importing { entries.max(IMPORT_PATCH) } else { PATCH + entries / PATCH_SHARE };
        if self.patched > limit {
            self.merge(key_of);
        }
    }

    /// Merges the patch into the base.
    fn merge(&mut self, key_of: impl Fn(Entity) -> EntityKey) {
        let mut base = Base::default();
        self.walk("", key_of, |word, entities| {
            if !entities.is_empty() {
                base.text.push_str(word);
                base.entities.extend(entities);
                // The words of a tenant have far fewer than 2^32 bytes.
                base.ends.push(Ends { text: base.text.len() as u32, entities: base.entities.len() as u32 });
            }
            ControlFlow::Continue(())
        });
        base.text.shrink_to_fit();
        base.ends.shrink_to_fit();
        base.entities.shrink_to_fit();
        *self = Self { base: Arc::new(base), ..Self::default() };
    }

    /// Calls `visit` with the words from `from` on in ascending order, together with its entities in the order of their
    /// keys. Stops when `visit` returns `Break`.
    pub fn walk(
        &self,
        from: &str,
        key_of: impl Fn(Entity) -> EntityKey,
        mut visit: impl FnMut(&str, &[Packed]) -> ControlFlow<()>,
    ) {
        let mut index = self.base.from(from);
        let mut patches = self.patch.range::<str, _>((Bound::Included(from), Bound::Unbounded)).peekable();
        loop {
            let word = self.base.word(index);
            let patch = patches.next_if(|(patched, _)| word.is_none_or(|word| &***patched <= word));
            let step = match (word, patch) {
                (None, None) => return,
                (Some(word), None) => visit(word, self.base.entities(index)),
                (Some(word), Some((patched, patch))) if word == &**patched => {
                    visit(word, &patch.applied(self.base.entities(index), &key_of))
                }
                (_, Some((patched, patch))) => {
                    // This word is only in the patch. The current word of the base comes later.
                    if visit(patched, &patch.applied(&[], &key_of)).is_break() {
                        return;
                    }
                    continue;
                }
            };
            if step.is_break() {
                return;
            }
            index += 1;
        }
    }

    /// The number of entries of the base whose words begin with the prefix. The patch is not counted, so this is an
    /// estimate.
    pub fn entries(&self, prefix: &str) -> usize {
        let base = &self.base;
        let first = base.from(prefix);
        let end = base.position(first, |word| word.starts_with(prefix));
        (base.start(end).entities - base.start(first).entities) as usize
    }

    /// Allocated memory in bytes, estimated.
    pub fn bytes(&self) -> usize {
        let base = &self.base;
        base.text.capacity() + base.ends.capacity() * size_of::<Ends>() + base.entities.capacity() * 4 + self.patched * 128
    }
}

/// The words in the text of a user or a group.
pub fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// The text of the words: sorted, distinct, separated by spaces.
pub fn text_of(words: &[String]) -> String {
    let mut words: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}
