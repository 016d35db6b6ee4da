//! Facts in the form of the server's tables, from which worlds are built, and the text of a world, for comparisons.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use crate::{
    Action, DirectoryQuery, EdgeEffect, EntityKey, FactChange, Policy, RelationId, RelationOrigin, RelationState, RoleId,
    Rule, SettingDeclaration, Vocabulary, World,
};

pub const ACCEPTED: RelationState = RelationState::Accepted;
pub const FRIEND: RelationId = RelationId(1);
pub const MESSAGING: crate::SettingId = crate::SettingId(0);
pub const LIMIT: crate::SettingId = crate::SettingId(1);

/// The vocabulary of all tests.
pub fn vocabulary() -> Arc<Vocabulary> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    Arc::new(Vocabulary {
        roles: names(&["learner", "teacher", "admin"]),
        kinds: names(&["class", "course", "cycle"]),
        relations: vec![
            ("block".to_owned(), RelationOrigin::Own),
            ("friend".to_owned(), RelationOrigin::Mutual),
            ("guardian".to_owned(), RelationOrigin::Given),
        ],
        settings: vec![
            SettingDeclaration { name: "messaging".to_owned(), values: names(&["on", "off"]), number: None },
            SettingDeclaration { name: "limit".to_owned(), values: Vec::new(), number: Some(2) },
        ],
    })
}

pub fn policy(rules: Vec<Rule>, secret_directory: bool) -> Policy {
    Policy::from_parts("test".to_owned(), String::new(), vocabulary(), rules, secret_directory, false)
}

/// The rows of the server's tables: one map for each table, by the key of the table.
#[derive(Debug, Clone)]
pub struct Tables {
    vocabulary: Arc<Vocabulary>,
    pub users: BTreeMap<EntityKey, FactChange>,
    pub groups: BTreeMap<EntityKey, FactChange>,
    pub memberships: BTreeMap<(EntityKey, EntityKey, RoleId), FactChange>,
    pub relations: BTreeMap<(EntityKey, EntityKey, RelationId), FactChange>,
    pub edges: BTreeMap<(EntityKey, Option<RoleId>, EntityKey, Option<RoleId>), FactChange>,
    pub settings: BTreeMap<u8, FactChange>,
}

impl Default for Tables {
    fn default() -> Self {
        Self::new(vocabulary())
    }
}

impl Tables {
    /// Tables without rows, for a policy with this vocabulary.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            vocabulary,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            relations: BTreeMap::new(),
            edges: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }

    /// Writes a change in the same way as the server. A change that names an unknown user or group has no effect, because
    /// the server refuses it.
    pub fn write(&mut self, change: &FactChange) {
        match change {
            FactChange::User { key, .. } => {
                self.users.insert(*key, change.clone());
            }
            FactChange::Group { key, .. } => {
                self.groups.insert(*key, change.clone());
            }
            FactChange::GroupRemoved { key } => {
                self.groups.remove(key);
                self.memberships.retain(|(_, group, _), _| group != key);
                self.edges.retain(|(from, _, to, _), _| from != key && to != key);
            }
            FactChange::Membership { user, group, role, .. } => {
                if self.users.contains_key(user) && self.groups.contains_key(group) {
                    self.memberships.insert((*user, *group, *role), change.clone());
                }
            }
            FactChange::MembershipRemoved { user, group, role } => {
                self.memberships.remove(&(*user, *group, *role));
            }
            FactChange::Relation { from, to, relation, .. } => {
                if self.users.contains_key(from) && self.users.contains_key(to) {
                    self.unrelate(*from, *to, *relation);
                    self.relations.insert((*from, *to, *relation), change.clone());
                }
            }
            FactChange::RelationRemoved { from, to, relation } => self.unrelate(*from, *to, *relation),
            FactChange::Edge { from, from_role, to, to_role, .. } => {
                if self.groups.contains_key(from) && self.groups.contains_key(to) {
                    self.edges.insert((*from, *from_role, *to, *to_role), change.clone());
                }
            }
            FactChange::EdgeRemoved { from, from_role, to, to_role } => {
                self.edges.remove(&(*from, *from_role, *to, *to_role));
            }
            FactChange::Setting { setting, .. } => {
                self.settings.insert(setting.0, change.clone());
            }
        }
    }

    fn unrelate(&mut self, from: EntityKey, to: EntityKey, relation: RelationId) {
        self.relations.remove(&(from, to, relation));
        if self.vocabulary.origin(relation) == RelationOrigin::Mutual {
            self.relations.remove(&(to, from, relation));
        }
    }

    /// The rows in the order in which a node loads them.
    pub fn rows(&self) -> impl Iterator<Item = &FactChange> {
        self.users
            .values()
            .chain(self.groups.values())
            .chain(self.memberships.values())
            .chain(self.relations.values())
            .chain(self.edges.values())
            .chain(self.settings.values())
    }

    /// A world with these rows at the time `now_ms`.
    pub fn world(&self, now_ms: i64) -> World {
        let mut world = World::new(Arc::clone(&self.vocabulary));
        world.advance(now_ms);
        world.apply_all(self.rows());
        world
    }
}

/// The content of a world and of its indexes, with keys in place of indexes and in a fixed order. So the texts of two worlds
/// with the same facts are equal.
pub fn text(world: &World) -> String {
    let mut lines: Vec<String> = Vec::new();
    for user in world.users() {
        let user_record = world.user_record(user).unwrap();
        let mut line = format!(
            "{} {:?} {:?} {:?} [{}]",
            user_record.key, user_record.status, user_record.writable_by, user_record.roles, user_record.words
        );
        let mut held: Vec<_> = user_record
            .held
            .iter()
            .map(|held| (held.role(), held.kind_and_group() >> 32, world.group_key(held.group())))
            .collect();
        held.sort_unstable();
        let mut relations: Vec<_> = user_record
            .relations
            .iter()
            .map(|entry| (entry.relation, entry.out, world.user_key(entry.other), entry.state))
            .collect();
        relations.sort_unstable();
        write!(line, " {held:?} {relations:?}").unwrap();
        lines.push(line);
    }
    for group_ix in world.groups() {
        let group = world.group_record(group_ix).unwrap();
        let mut line = format!(
            "{} {:?} {:?} {:?} {:?} {} [{}]",
            group.key, group.kind, group.parent, group.state, group.delivers, group.active_members, group.words
        );
        let mut members: Vec<_> = group
            .members
            .iter()
            .flat_map(|(role, members)| members.iter().map(|user| (*role, world.user_key(user))))
            .collect();
        members.sort_unstable();
        let mut distinct: Vec<EntityKey> = world.members(group_ix).map(|user| world.user_key(user)).collect();
        distinct.sort_unstable();
        let mut edges: Vec<_> = group
            .edges
            .iter()
            .filter(|edge| !world.group_record(edge.to).unwrap().is_removed)
            .map(|edge| {
                (world.group_key(edge.to), edge.from_role, edge.to_role, edge.effect == EdgeEffect::Allow, edge.delivers)
            })
            .collect();
        edges.sort_unstable();
        write!(line, " {members:?} {distinct:?} {edges:?}").unwrap();
        lines.push(line);
    }
    lines.sort_unstable();
    for setting in [MESSAGING, LIMIT] {
        lines.push(world.setting(setting).to_owned());
    }
    lines.push(directory(world));
    lines.join("\n")
}

/// The content of the name index, in its order.
fn directory(world: &World) -> String {
    let mut text = String::new();
    world.words().walk(
        "",
        |entity| world.key_of(entity),
        |word, entities| {
            if !entities.is_empty() {
                let keys: Vec<EntityKey> = entities.iter().map(|packed| world.key_of((*packed).into())).collect();
                write!(text, "{word} {keys:?} ").unwrap();
            }
            std::ops::ControlFlow::Continue(())
        },
    );
    text
}

/// The users whom a user may find or start a conversation with, and the user's directory, with keys in place of indexes.
pub fn decisions_about(world: &World, policy: &Policy, me: EntityKey) -> String {
    let Some(me) = world.user(me) else { return "unknown".to_owned() };
    let mut text = String::new();
    for action in [Action::Find, Action::Start] {
        let mut keys: Vec<EntityKey> = policy.reach(world, me, action).iter().map(|user| world.user_key(user)).collect();
        keys.sort_unstable();
        write!(text, "{keys:?} ").unwrap();
    }
    let page = policy.complete(world, me, &DirectoryQuery { words: &[], after: None, limit: usize::MAX });
    let listed: Vec<EntityKey> = page.hits.iter().map(|hit| world.key_of(hit.entity)).collect();
    write!(text, "{listed:?}").unwrap();
    text
}
