//! The one who asks, as far as conditions need to know.

use crate::{
    facts::{Delivers, EdgeEffect, Key, Kind, Role, Roles, Setting, Status, UserIx, World, WritableBy},
    program::Atom,
};

/// What is known of the one who asks.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Mine {
    pub tenant: Key,
    pub me: Key,
    pub status: Status,
    /// In the tenant as a whole.
    pub roles: Roles,
    pub writable_by: WritableBy,
    /// Those that hold now, in active groups only.
    pub memberships: Vec<MyMembership>,
    /// What leads out of these groups, to active groups only.
    pub edges: Vec<MyEdge>,
    /// What the tenant set; others are the policy's defaults.
    pub settings: Vec<(Setting, String)>,
    /// Milliseconds since 1970 UTC: memberships of others count that hold then.
    pub now_ms: i64,
}

/// What I am in an active group.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct MyMembership {
    pub role: Role,
    pub kind: Kind,
    pub group: Key,
}

/// An edge out of one of my groups; `None` is any role.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct MyEdge {
    pub from: Key,
    pub from_role: Option<Role>,
    pub to: Key,
    pub to_kind: Kind,
    pub to_role: Option<Role>,
    pub effect: EdgeEffect,
    pub delivers: Delivers,
}

impl Mine {
    /// As a world has it. `tenant` and `now_ms` are not of the world: the key of its tenant, and the time of the query.
    #[must_use]
    pub fn of(world: &World, me: UserIx, tenant: Key, now_ms: i64) -> Option<Self> {
        let person = world.person(me)?;
        let mut groups = Vec::new();
        let mut memberships = Vec::new();
        for held in &person.held {
            let Some(group) = world.group_at(held.group()).filter(|group| group.is_active()) else { continue };
            memberships.push(MyMembership { role: held.role(), kind: held.kind(), group: group.key });
            groups.push(group);
        }
        groups.sort_unstable_by_key(|group| group.key);
        groups.dedup_by_key(|group| group.key);
        let edges = groups.into_iter().flat_map(|from| from.edges.iter().map(move |edge| (from, edge)));
        let edges = edges.filter_map(|(from, edge)| {
            let to = world.group_at(edge.to).filter(|to| to.is_active())?;
            Some(MyEdge {
                from: from.key,
                from_role: edge.from_role,
                to: to.key,
                to_kind: to.kind,
                to_role: edge.to_role,
                effect: edge.effect,
                delivers: edge.delivers,
            })
        });
        let settings = (0u8..).zip(&world.vocabulary().settings).map(|(at, _)| Setting(at));
        Some(Self {
            tenant,
            me: person.key,
            status: person.status,
            roles: person.roles,
            writable_by: person.writable_by,
            memberships,
            edges: edges.collect(),
            settings: settings.map(|setting| (setting, world.setting(setting).to_owned())).collect(),
            now_ms,
        })
    }
}

impl MyMembership {
    pub(super) fn is(&self, atom: Atom) -> bool {
        atom.takes(self.role) && atom.takes_kind(self.kind)
    }
}
