//! People by what a rule asks of any person, as sets: for rules that begin with `everyone`.

use std::sync::Arc;

use super::{Role, Roles, Status, UserIx, WritableBy, bits::Bits, person::Person};

/// Everyone is in one set of each kind, and in those of their roles.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    statuses: [Arc<Bits>; 4],
    writable_by: [Arc<Bits>; 3],
    roles: Vec<Arc<Bits>>,
    none: Arc<Bits>,
}

impl Sets {
    pub fn status(&self, status: Status) -> &Bits {
        &self.statuses[status as usize]
    }

    pub fn writable_by(&self, writable_by: WritableBy) -> &Bits {
        &self.writable_by[writable_by as usize]
    }

    pub fn role(&self, role: Role) -> &Bits {
        self.roles.get(usize::from(role.0)).unwrap_or(&self.none)
    }

    /// A newcomer.
    pub fn enter(&mut self, user: UserIx, person: &Person) {
        put(&mut self.statuses[person.status as usize], user, true);
        put(&mut self.writable_by[person.writable_by as usize], user, true);
        self.set_roles(user, person.roles, true);
    }

    /// Someone is about to change.
    pub fn change(&mut self, user: UserIx, old: &Person, status: Status, roles: Roles, writable_by: WritableBy) {
        if old.status != status {
            put(&mut self.statuses[old.status as usize], user, false);
            put(&mut self.statuses[status as usize], user, true);
        }
        if old.writable_by != writable_by {
            put(&mut self.writable_by[old.writable_by as usize], user, false);
            put(&mut self.writable_by[writable_by as usize], user, true);
        }
        self.set_roles(user, Roles(old.roles.0 & !roles.0), false);
        self.set_roles(user, Roles(roles.0 & !old.roles.0), true);
    }

    fn set_roles(&mut self, user: UserIx, roles: Roles, has: bool) {
        for role in roles_in(roles) {
            if self.roles.len() <= role {
                self.roles.resize_with(role + 1, Arc::default);
            }
            put(&mut self.roles[role], user, has);
        }
    }

    /// Memory behind it.
    pub fn bytes(&self) -> usize {
        self.statuses.iter().chain(&self.writable_by).chain(&self.roles).map(|set| set.bytes()).sum()
    }
}

fn put(set: &mut Arc<Bits>, user: UserIx, inside: bool) {
    let set = Arc::make_mut(set);
    if inside {
        set.insert(user.0)
    } else {
        set.remove(user.0)
    };
}

fn roles_in(roles: Roles) -> impl Iterator<Item = usize> {
    (0..u64::BITS as usize).filter(move |role| roles.0 & (1 << role) != 0)
}
