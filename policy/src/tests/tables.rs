//! Facts as the server's tables have them, to build worlds from; and a world as text, to compare it by.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use crate::{
    Action, Change, EdgeEffect, How, Key, Policy, Relation, RelationState, Role, Rule, Search, SettingWord, Vocabulary,
    World,
};

pub const ACCEPTED: RelationState = RelationState::Accepted;
pub const FRIEND: Relation = Relation(1);
pub const MESSAGING: crate::Setting = crate::Setting(0);
pub const LIMIT: crate::Setting = crate::Setting(1);

/// The words all tests speak.
pub fn vocabulary() -> Arc<Vocabulary> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    Arc::new(Vocabulary {
        roles: names(&["learner", "teacher", "admin"]),
        kinds: names(&["class", "course", "cycle"]),
        relations: vec![
            ("block".to_owned(), How::Own),
            ("friend".to_owned(), How::Mutual),
            ("guardian".to_owned(), How::Given),
        ],
        settings: vec![
            SettingWord { name: "messaging".to_owned(), values: names(&["on", "off"]), number: None },
            SettingWord { name: "limit".to_owned(), values: Vec::new(), number: Some(2) },
        ],
    })
}

pub fn policy(rules: Vec<Rule>, secret_directory: bool) -> Policy {
    Policy::from_parts("test".to_owned(), String::new(), vocabulary(), rules, secret_directory, false)
}

/// One map per table, keyed as the table is.
#[derive(Debug, Clone)]
pub struct Tables {
    words: Arc<Vocabulary>,
    pub users: BTreeMap<Key, Change>,
    pub groups: BTreeMap<Key, Change>,
    pub memberships: BTreeMap<(Key, Key, Role), Change>,
    pub relations: BTreeMap<(Key, Key, Relation), Change>,
    pub edges: BTreeMap<(Key, Option<Role>, Key, Option<Role>), Change>,
    pub settings: BTreeMap<u8, Change>,
}

impl Default for Tables {
    fn default() -> Self {
        Self::new(vocabulary())
    }
}

impl Tables {
    /// Without rows, under the words of a policy.
    pub fn new(words: Arc<Vocabulary>) -> Self {
        Self {
            words,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            relations: BTreeMap::new(),
            edges: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }

    /// As the server would write it; what names unknown people or groups is refused there.
    pub fn write(&mut self, change: &Change) {
        match change {
            Change::User { key, .. } => {
                self.users.insert(*key, change.clone());
            }
            Change::Group { key, .. } => {
                self.groups.insert(*key, change.clone());
            }
            Change::GroupRemoved { key } => {
                self.groups.remove(key);
                self.memberships.retain(|(_, group, _), _| group != key);
                self.edges.retain(|(from, _, to, _), _| from != key && to != key);
            }
            Change::Membership { user, group, role, .. } => {
                if self.users.contains_key(user) && self.groups.contains_key(group) {
                    self.memberships.insert((*user, *group, *role), change.clone());
                }
            }
            Change::MembershipRemoved { user, group, role } => {
                self.memberships.remove(&(*user, *group, *role));
            }
            Change::Relation { from, to, relation, .. } => {
                if self.users.contains_key(from) && self.users.contains_key(to) {
                    self.unrelate(*from, *to, *relation);
                    self.relations.insert((*from, *to, *relation), change.clone());
                }
            }
            Change::RelationRemoved { from, to, relation } => self.unrelate(*from, *to, *relation),
            Change::Edge { from, from_role, to, to_role, .. } => {
                if self.groups.contains_key(from) && self.groups.contains_key(to) {
                    self.edges.insert((*from, *from_role, *to, *to_role), change.clone());
                }
            }
            Change::EdgeRemoved { from, from_role, to, to_role } => {
                self.edges.remove(&(*from, *from_role, *to, *to_role));
            }
            Change::Setting { setting, .. } => {
                self.settings.insert(setting.0, change.clone());
            }
        }
    }

    fn unrelate(&mut self, from: Key, to: Key, relation: Relation) {
        self.relations.remove(&(from, to, relation));
        if self.words.how(relation) == How::Mutual {
            self.relations.remove(&(to, from, relation));
        }
    }

    /// As a node loads them.
    pub fn rows(&self) -> impl Iterator<Item = &Change> {
        self.users
            .values()
            .chain(self.groups.values())
            .chain(self.memberships.values())
            .chain(self.relations.values())
            .chain(self.edges.values())
            .chain(self.settings.values())
    }

    pub fn world(&self, now_ms: i64) -> World {
        let mut world = World::new(Arc::clone(&self.words));
        world.advance(now_ms);
        world.apply_all(self.rows());
        world
    }
}

/// All that a world knows and derives, by keys and in one order, so that worlds numbered differently compare equal.
pub fn text(world: &World) -> String {
    let mut lines: Vec<String> = Vec::new();
    for user in world.users() {
        let person = world.person(user).unwrap();
        let mut line =
            format!("{} {:?} {:?} {:?} [{}]", person.key, person.status, person.writable_by, person.roles, person.words);
        let mut held: Vec<_> =
            person.held.iter().map(|held| (held.role(), held.place() >> 32, world.group_key(held.group()))).collect();
        held.sort_unstable();
        let mut ties: Vec<_> =
            person.ties.iter().map(|tie| (tie.relation, tie.out, world.user_key(tie.other), tie.state)).collect();
        ties.sort_unstable();
        write!(line, " {held:?} {ties:?}").unwrap();
        lines.push(line);
    }
    for number in world.groups() {
        let group = world.group_at(number).unwrap();
        let mut line = format!(
            "{} {:?} {:?} {:?} {:?} {} [{}]",
            group.key, group.kind, group.parent, group.state, group.deliver, group.active, group.words
        );
        let mut members: Vec<_> = group
            .members
            .iter()
            .flat_map(|(role, members)| members.iter().map(|user| (*role, world.user_key(user))))
            .collect();
        members.sort_unstable();
        let mut distinct: Vec<Key> = world.members(number).map(|user| world.user_key(user)).collect();
        distinct.sort_unstable();
        let mut edges: Vec<_> = group
            .edges
            .iter()
            .filter(|edge| !world.group_at(edge.to).unwrap().gone)
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

/// The index as it is walked.
fn directory(world: &World) -> String {
    let mut text = String::new();
    world.words().walk(
        "",
        |entity| world.key_of(entity),
        |word, entities| {
            if !entities.is_empty() {
                let keys: Vec<Key> = entities.iter().map(|packed| world.key_of((*packed).into())).collect();
                write!(text, "{word} {keys:?} ").unwrap();
            }
            std::ops::ControlFlow::Continue(())
        },
    );
    text
}

/// What a person answers and is answered, by keys.
pub fn answers(world: &World, policy: &Policy, me: Key) -> String {
    let Some(me) = world.user(me) else { return "unknown".to_owned() };
    let mut text = String::new();
    for action in [Action::Find, Action::Start] {
        let mut keys: Vec<Key> = policy.reach(world, me, action).iter().map(|user| world.user_key(user)).collect();
        keys.sort_unstable();
        write!(text, "{keys:?} ").unwrap();
    }
    let page = policy.complete(world, me, &Search { words: &[], after: None, limit: usize::MAX });
    let found: Vec<Key> = page.hits.iter().map(|hit| world.key_of(hit.who)).collect();
    write!(text, "{found:?}").unwrap();
    text
}
