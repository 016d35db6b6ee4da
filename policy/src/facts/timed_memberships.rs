//! Memberships with a begin or an end. All of them are stored here; memberships that are valid now are also in the records
//! of the user and of the group.

use super::{
    GroupIx, RoleId, UserIx,
    chunked_vec::{CHUNK, ChunkedVec},
};

/// A membership that is valid at times `from_ms <= t < until_ms`, in milliseconds since 1970 UTC. `i64::MIN` and `i64::MAX`
/// stand for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimedMembership {
    pub group: GroupIx,
    pub role: RoleId,
    pub from_ms: i64,
    pub until_ms: i64,
}

impl TimedMembership {
    /// Whether the membership is of this role in this group.
    pub fn is_of(&self, role: RoleId, group: GroupIx) -> bool {
        self.role == role && self.group == group
    }

    /// Whether the membership is valid at the time `now_ms`, in milliseconds since 1970 UTC.
    pub fn is_valid_at(&self, now_ms: i64) -> bool {
        self.from_ms <= now_ms && now_ms < self.until_ms
    }

    /// The next time after `now_ms` at which the membership begins or ends; `i64::MAX` if there is none.
    fn next_ms(&self, now_ms: i64) -> i64 {
        [self.from_ms, self.until_ms].into_iter().filter(|ms| *ms > now_ms).min().unwrap_or(i64::MAX)
    }
}

/// The timed memberships of all users. The next begin or end is stored for each chunk of users. A queue of all ends would be
/// larger and would not be faster, because all memberships of a school year end on the same day.
#[derive(Debug, Clone)]
pub struct TimedMemberships {
    users: ChunkedVec<Vec<TimedMembership>>,
    /// For each chunk of users, a time that is not later than the next begin or end. The time of a removed membership stays,
    /// because one check without effect costs less than a search for the next time.
    next_ms: Vec<i64>,
    /// The smallest of `next_ms`.
    soonest_ms: i64,
}

impl Default for TimedMemberships {
    fn default() -> Self {
        Self { users: ChunkedVec::default(), next_ms: Vec::new(), soonest_ms: i64::MAX }
    }
}

impl TimedMemberships {
    /// Adds a user without timed memberships.
    pub fn push(&mut self) {
        self.users.push(Vec::new());
        self.next_ms.resize(self.users.len().div_ceil(CHUNK), i64::MAX);
    }

    /// The timed memberships of a user.
    pub fn of_user(&self, user: UserIx) -> &[TimedMembership] {
        self.users.get(user.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds a timed membership. It replaces the membership of the same role in the same group.
    pub fn set(&mut self, user: UserIx, membership: TimedMembership, now_ms: i64) {
        self.remove(user, membership.role, membership.group);
        let index = user.0 as usize;
        let Some(memberships) = self.users.get_mut(index) else { return };
        memberships.insert(memberships.partition_point(|other| *other < membership), membership);
        if let Some(next_ms) = self.next_ms.get_mut(index / CHUNK) {
            *next_ms = membership.next_ms(now_ms).min(*next_ms);
            self.soonest_ms = self.soonest_ms.min(*next_ms);
        }
    }

    /// Removes the timed membership of this role in this group, if there is one.
    pub fn remove(&mut self, user: UserIx, role: RoleId, group: GroupIx) {
        if let Some(memberships) = self.users.get_mut(user.0 as usize) {
            memberships.retain(|membership| !membership.is_of(role, group));
        }
    }

    /// A time not later than the next begin or end; `None` if there is none.
    pub fn soonest_ms(&self) -> Option<i64> {
        (self.soonest_ms < i64::MAX).then_some(self.soonest_ms)
    }

    /// All timed memberships of the chunks in which a membership may have begun or ended until `now_ms`. The result also
    /// contains memberships that did not change.
    pub fn due(&mut self, now_ms: i64) -> Vec<(UserIx, TimedMembership)> {
        let mut due = Vec::new();
        for (chunk, next_ms) in self.next_ms.iter_mut().enumerate().filter(|(_, next_ms)| **next_ms <= now_ms) {
            *next_ms = i64::MAX;
            for (index, memberships) in self.users.chunk(chunk).iter().enumerate() {
                // A `UserIx` has 32 bits, so the index fits.
                let user = UserIx((chunk * CHUNK + index) as u32);
                for membership in memberships {
                    *next_ms = membership.next_ms(now_ms).min(*next_ms);
                    due.push((user, *membership));
                }
            }
        }
        self.soonest_ms = self.next_ms.iter().copied().min().unwrap_or(i64::MAX);
        due
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        let memberships: usize = self
            .users
            .iter()
            .map(|memberships| size_of::<Vec<TimedMembership>>() + memberships.capacity() * size_of::<TimedMembership>())
            .sum();
        memberships + self.next_ms.capacity() * size_of::<i64>()
    }
}
