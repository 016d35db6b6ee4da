//! A person's record.

use std::sync::Arc;

use super::{
    GroupIx, Key, Kind, Relation, RelationState, Role, Roles, Status, UserIx, WritableBy,
    sorted::{Sorted, grow},
};

/// A role in a group, with the group's kind, in one number: sorted by role, then kind, then group. So holders of a role at a
/// kind are one stretch of a list, and two stretches of the same kind are compared group by group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held(u64);

impl Held {
    pub fn new(role: Role, kind: Kind, group: GroupIx) -> Self {
        Self(u64::from(role.0) << 48 | u64::from(kind.0) << 32 | u64::from(group.0))
    }

    pub fn role(self) -> Role {
        Role((self.0 >> 48) as u8)
    }

    pub fn kind(self) -> Kind {
        Kind((self.0 >> 32) as u8)
    }

    pub fn group(self) -> GroupIx {
        GroupIx(self.0 as u32)
    }

    /// The group under its kind, the order of a stretch of one role.
    pub fn place(self) -> u64 {
        self.0 & ((1 << 40) - 1)
    }
}

/// One side of a relation, as its person sees it. `out`: it leads from this person to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    pub relation: Relation,
    pub out: bool,
    pub other: UserIx,
    pub state: RelationState,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub key: Key,
    pub status: Status,
    pub writable_by: WritableBy,
    pub roles: Roles,
    /// What the person is in groups now; sorted.
    pub held: Vec<Held>,
    /// Bits of all that is held, see [`bit`]: most rules ask for what a person is not, and are done with here.
    atoms: u64,
    /// Bits of the groups it is held in: whoever is not in a group is nearly always told by these alone.
    groups: GroupBits,
    pub ties: Sorted<Tie>,
    /// What the person is found by: sorted, distinct, with spaces between.
    pub words: Arc<str>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            key: 0,
            status: Status::Invited,
            writable_by: WritableBy::Rules,
            roles: Roles::default(),
            held: Vec::new(),
            atoms: 0,
            groups: GroupBits::default(),
            ties: Sorted::default(),
            words: Arc::default(),
        }
    }
}

impl Person {
    /// Known, and nothing else yet.
    pub fn new(key: Key) -> Self {
        Self { key, ..Self::default() }
    }

    /// Whether it was not held before.
    pub fn hold(&mut self, held: Held) -> bool {
        let Err(at) = self.held.binary_search(&held) else { return false };
        grow(&mut self.held);
        self.held.insert(at, held);
        self.atoms |= bit(held.role(), held.kind());
        self.groups.set(held.group());
        true
    }

    /// Whether it was held.
    pub fn let_go(&mut self, held: Held) -> bool {
        let Ok(at) = self.held.binary_search(&held) else { return false };
        self.held.remove(at);
        self.atoms = self.held.iter().fold(0, |bits, held| bits | bit(held.role(), held.kind()));
        self.groups = GroupBits::default();
        self.held.iter().for_each(|held| self.groups.set(held.group()));
        true
    }

    /// Whether the person may be that somewhere; `false` is certain.
    pub fn may_be(&self, role: Option<Role>, kind: Option<Kind>) -> bool {
        match (role, kind) {
            (Some(role), Some(kind)) => self.atoms & bit(role, kind) != 0,
            _ => self.atoms != 0,
        }
    }

    /// Whether the person may be in that group; `false` is certain.
    pub fn may_be_in(&self, group: GroupIx) -> bool {
        self.groups.may_have(group)
    }

    /// All held with this role; in groups of this kind, if one is given.
    pub fn held_as(&self, role: Role, kind: Option<Kind>) -> &[Held] {
        let first = Held::new(role, kind.unwrap_or(Kind(0)), GroupIx(0));
        let last = Held::new(role, kind.unwrap_or(Kind(u8::MAX)), GroupIx(u32::MAX));
        let from = self.held.partition_point(|held| *held < first);
        let rest = self.held.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|held| *held <= last)).unwrap_or_default()
    }

    pub fn holds(&self, role: Role, kind: Kind, group: GroupIx) -> bool {
        self.held.binary_search(&Held::new(role, kind, group)).is_ok()
    }

    /// The distinct roles held somewhere.
    pub fn roles_held(&self) -> impl Iterator<Item = Role> {
        let mut rest = self.held.as_slice();
        std::iter::from_fn(move || {
            let role = rest.first()?.role();
            rest = rest.get(rest.partition_point(|held| held.role() <= role)..).unwrap_or_default();
            Some(role)
        })
    }

    /// Ties of one relation in one direction.
    pub fn tied(&self, relation: Relation, out: bool) -> impl Iterator<Item = Tie> {
        let first = Tie { relation, out, other: UserIx(0), state: RelationState::Pending };
        self.ties.from(first).take_while(move |tie| tie.relation == relation && tie.out == out)
    }

    /// How far the relation with the other has come.
    pub fn tie(&self, relation: Relation, out: bool, other: UserIx) -> Option<RelationState> {
        [RelationState::Accepted, RelationState::Pending]
            .into_iter()
            .find(|state| self.ties.contains(Tie { relation, out, other, state: *state }))
    }

    /// Memory behind it.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.held.capacity() * size_of::<Held>() + self.ties.bytes() + self.words.len() + 16
    }
}

/// One of 256 bits for a group; neighbours, as the groups of a school are, have different ones. Of a person in 20 groups 1 in 13
/// is set: a guess that is wrong more often has the processor wait for each group by itself.
#[derive(Debug, Clone, Copy, Default)]
struct GroupBits([u64; 4]);

impl GroupBits {
    fn place(group: GroupIx) -> (usize, u64) {
        ((group.0 / u64::BITS % 4) as usize, 1 << (group.0 % u64::BITS))
    }

    fn set(&mut self, group: GroupIx) {
        let (at, bit) = Self::place(group);
        self.0[at] |= bit;
    }

    fn may_have(&self, group: GroupIx) -> bool {
        let (at, bit) = Self::place(group);
        self.0[at] & bit != 0
    }
}

/// One of 64 bits for a role at a kind. Several may share one, so a bit that is set says "perhaps".
fn bit(role: Role, kind: Kind) -> u64 {
    1 << ((u32::from(role.0) * 7 + u32::from(kind.0)) % u64::BITS)
}
