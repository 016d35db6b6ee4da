//! All facts of a tenant in memory.

use std::sync::Arc;

use super::{
    GroupIx, GroupState, Key, Relation, RelationState, Role, Setting, Status, UserIx,
    bits::Bits,
    chunked::Chunked,
    group::Group,
    index::Index,
    person::Person,
    sets::Sets,
    settings::Settings,
    spans::Spans,
    words::{Entity, Words},
};
use crate::vocabulary::Vocabulary;

/// All facts of a tenant, as they were told and as they hold at the time the world was last advanced to. A copy is cheap:
/// it shares all that does not change, so changing a copy costs the copying of what is touched, and changing a world that
/// nobody shares copies nothing.
///
/// People and groups a change names must be known by then; a change that names others is ignored.
#[derive(Debug, Clone)]
pub struct World {
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) people: Chunked<Person>,
    pub(super) people_by_key: Index,
    pub(super) groups: Chunked<Group>,
    pub(super) groups_by_key: Index,
    pub(super) spans: Arc<Spans>,
    pub(super) sets: Sets,
    pub(super) settings: Arc<Settings>,
    pub(super) words: Words,
    /// Edges that deny. Most tenants have none.
    pub(super) barriers: u32,
    pub(super) now_ms: i64,
}

impl World {
    /// Nobody and nothing, before all time.
    #[must_use]
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            settings: Arc::new(Settings::new(&vocabulary)),
            vocabulary,
            people: Chunked::default(),
            people_by_key: Index::default(),
            groups: Chunked::default(),
            groups_by_key: Index::default(),
            spans: Arc::default(),
            sets: Sets::default(),
            words: Words::default(),
            barriers: 0,
            now_ms: i64::MIN,
        }
    }

    /// The words its facts are told in.
    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The person of a key, removed ones included.
    #[must_use]
    pub fn user(&self, key: Key) -> Option<UserIx> {
        self.people_by_key.get(key).map(UserIx)
    }

    /// The key of a person; 0 for a number of another world.
    #[must_use]
    pub fn user_key(&self, user: UserIx) -> Key {
        self.person(user).map_or(0, |person| person.key)
    }

    /// The group of a key, unless it was removed.
    #[must_use]
    pub fn group(&self, key: Key) -> Option<GroupIx> {
        self.groups_by_key.get(key).map(GroupIx)
    }

    /// The key of a group; 0 for a number of another world.
    #[must_use]
    pub fn group_key(&self, group: GroupIx) -> Key {
        self.group_at(group).map_or(0, |group| group.key)
    }

    /// A person's standing; removed for a number of another world.
    #[must_use]
    pub fn status(&self, user: UserIx) -> Status {
        self.person(user).map_or(Status::Removed, |person| person.status)
    }

    /// Whether a group goes on; archived for one that was removed and for a number of another world.
    #[must_use]
    pub fn group_state(&self, group: GroupIx) -> GroupState {
        self.group_at(group).filter(|group| !group.gone).map_or(GroupState::Archived, |group| group.state)
    }

    /// The group above a group.
    #[must_use]
    pub fn parent(&self, group: GroupIx) -> Option<GroupIx> {
        self.group(self.group_at(group)?.parent?)
    }

    /// Those who hold a role in a group now, each once.
    pub fn members(&self, group: GroupIx) -> impl Iterator<Item = UserIx> {
        self.group_at(group).into_iter().flat_map(Group::members)
    }

    /// How far a relation has come, as seen from `from`; an accepted mutual one is seen from both sides.
    #[must_use]
    pub fn relation(&self, from: UserIx, relation: Relation, to: UserIx) -> Option<RelationState> {
        self.person(from)?.tie(relation, true, to)
    }

    /// What the tenant set, or the policy's default; empty for a setting the policy does not have.
    #[must_use]
    pub fn setting(&self, setting: Setting) -> &str {
        self.settings.text(setting)
    }

    /// Everyone, removed ones included.
    pub fn users(&self) -> impl ExactSizeIterator<Item = UserIx> {
        numbers(self.people.len()).map(UserIx)
    }

    /// All groups but removed ones.
    pub fn groups(&self) -> impl Iterator<Item = GroupIx> {
        numbers(self.groups.len()).map(GroupIx).filter(|group| self.group_at(*group).is_some_and(|group| !group.gone))
    }

    /// Until when all that holds now holds: ask again by [`World::advance`] at this time, milliseconds since 1970 UTC.
    #[must_use]
    pub fn valid_until_ms(&self) -> Option<i64> {
        self.spans.soonest_ms()
    }

    /// Memory behind it, about, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let people: usize = self.people.iter().map(Person::bytes).sum();
        let groups: usize = self.groups.iter().map(Group::bytes).sum();
        let indexes = self.people_by_key.bytes() + self.groups_by_key.bytes() + self.words.bytes();
        people + groups + indexes + self.spans.bytes() + self.sets.bytes()
    }

    pub(crate) fn person(&self, user: UserIx) -> Option<&Person> {
        self.people.get(user.0 as usize)
    }

    pub(crate) fn group_at(&self, group: GroupIx) -> Option<&Group> {
        self.groups.get(group.0 as usize)
    }

    pub(crate) fn sets(&self) -> &Sets {
        &self.sets
    }

    /// Whether any edge denies.
    pub(crate) fn has_barriers(&self) -> bool {
        self.barriers > 0
    }

    /// Those who may do anything at all.
    pub(crate) fn active(&self) -> &Bits {
        self.sets.status(Status::Active)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// The words of a person or a group, with spaces between.
    pub(crate) fn words_of(&self, entity: Entity) -> &str {
        match entity {
            Entity::Person(user) => self.person(user).map_or("", |person| &person.words),
            Entity::Group(group) => self.group_at(group).map_or("", |group| &group.words),
        }
    }

    pub(crate) fn key_of(&self, entity: Entity) -> Key {
        match entity {
            Entity::Person(user) => self.user_key(user),
            Entity::Group(group) => self.group_key(group),
        }
    }

    /// Whether the person is that in the group, whatever the group's state. `None` is any role.
    pub(crate) fn is_in(&self, person: &Person, role: Option<Role>, group: GroupIx, record: &Group) -> bool {
        match role {
            _ if !person.may_be_in(group) => false,
            Some(role) => person.holds(role, record.kind, group),
            None => person.roles_held().any(|role| person.holds(role, record.kind, group)),
        }
    }
}

fn numbers(len: usize) -> std::ops::Range<u32> {
    0..u32::try_from(len).unwrap_or(u32::MAX)
}
