//! One bitset of users for each status, each tenant role and each value of `writable_by`. Rules with the generator
//! `everyone` use these sets.

use std::sync::Arc;

use super::{RoleId, RoleSet, UserIx, UserStatus, WritableBy, bitset::Bitset, user::User};

/// Each user is in one set of `statuses`, in one of `writable_by`, and in the set of each of its tenant roles.
#[derive(Debug, Clone, Default)]
pub struct UserSets {
    statuses: [Arc<Bitset>; 4],
    writable_by: [Arc<Bitset>; 3],
    roles: Vec<Arc<Bitset>>,
    /// The set of a role that no user has.
    empty: Arc<Bitset>,
}

impl UserSets {
    /// The users with this status.
    pub fn status(&self, status: UserStatus) -> &Bitset {
        &self.statuses[status as usize]
    }

    /// The users who chose this value of `writable_by`.
    pub fn writable_by(&self, writable_by: WritableBy) -> &Bitset {
        &self.writable_by[writable_by as usize]
    }

    /// The users with this tenant role.
    pub fn role(&self, role: RoleId) -> &Bitset {
        self.roles.get(usize::from(role.0)).unwrap_or(&self.empty)
    }

    /// Adds a new user.
    pub fn insert(&mut self, user: UserIx, record: &User) {
        insert_or_remove(&mut self.statuses[record.status as usize], user, true);
        insert_or_remove(&mut self.writable_by[record.writable_by as usize], user, true);
        self.set_roles(user, record.roles, true);
    }

    /// Moves a user between sets. `old` is the record before the change.
    pub fn update(&mut self, user: UserIx, old: &User, status: UserStatus, roles: RoleSet, writable_by: WritableBy) {
        if old.status != status {
            insert_or_remove(&mut self.statuses[old.status as usize], user, false);
            insert_or_remove(&mut self.statuses[status as usize], user, true);
        }
        if old.writable_by != writable_by {
            insert_or_remove(&mut self.writable_by[old.writable_by as usize], user, false);
            insert_or_remove(&mut self.writable_by[writable_by as usize], user, true);
        }
        self.set_roles(user, RoleSet(old.roles.0 & !roles.0), false);
        self.set_roles(user, RoleSet(roles.0 & !old.roles.0), true);
    }

    /// Adds the user to the sets of these roles, or removes the user from them.
    fn set_roles(&mut self, user: UserIx, roles: RoleSet, has: bool) {
        for role in roles_in(roles) {
            if self.roles.len() <= role {
                self.roles.resize_with(role + 1, Arc::default);
            }
            insert_or_remove(&mut self.roles[role], user, has);
        }
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        self.statuses.iter().chain(&self.writable_by).chain(&self.roles).map(|set| set.bytes()).sum()
    }
}

/// Adds the user to the set, or removes the user from it.
fn insert_or_remove(set: &mut Arc<Bitset>, user: UserIx, is_inside: bool) {
    let set = Arc::make_mut(set);
    if is_inside {
        set.insert(user.0)
    } else {
        set.remove(user.0)
    };
}

/// The indexes of the roles in the set.
fn roles_in(roles: RoleSet) -> impl Iterator<Item = usize> {
    (0..u64::BITS as usize).filter(move |role| roles.0 & (1 << role) != 0)
}
