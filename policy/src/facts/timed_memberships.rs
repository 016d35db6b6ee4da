//! Memberships with a begin or an end. They are stored here whether they are valid now or not; memberships that are valid now are
//! also in the records of the user and of the group.

use super::{
    GroupIx, RoleId, UserIx,
    chunked_vec::{CHUNK, ChunkedVec},
};

/// Valid at times `from_ms <= t < until_ms`, in milliseconds since 1970 UTC. `i64::MIN` and `i64::MAX` stand for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimedMembership {
    pub group: GroupIx,
    pub role: RoleId,
    pub from_ms: i64,
    pub until_ms: i64,
}

impl TimedMembership {
    pub fn is(&self, role: RoleId, group: GroupIx) -> bool {
        self.role == role && self.group == group
    }

    pub fn is_valid_at(&self, now_ms: i64) -> bool {
        self.from_ms <= now_ms && now_ms < self.until_ms
    }

    /// The next time at which it begins or ends; `i64::MAX` if there is none.
    fn next_ms(&self, now_ms: i64) -> i64 {
        [self.from_ms, self.until_ms].into_iter().filter(|ms| *ms > now_ms).min().unwrap_or(i64::MAX)
    }
}

/// Each chunk of users stores its next begin or end. A queue of all ends would be larger, and all memberships of a school year end
/// on the same day anyway.
#[derive(Debug, Clone)]
pub struct TimedMemberships {
    users: ChunkedVec<Vec<TimedMembership>>,
    /// By chunk of users; not later than the next begin or end. A removed membership leaves its time behind: one check without effect
    /// costs less than finding the next time.
    next_ms: Vec<i64>,
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

    pub fn of(&self, user: UserIx) -> &[TimedMembership] {
        self.users.get(user.0 as usize).map_or(&[], Vec::as_slice)
    }

    pub fn set(&mut self, user: UserIx, span: TimedMembership, now_ms: i64) {
        self.remove(user, span.role, span.group);
        let at = user.0 as usize;
        let Some(spans) = self.users.get_mut(at) else { return };
        spans.insert(spans.partition_point(|other| *other < span), span);
        if let Some(next_ms) = self.next_ms.get_mut(at / CHUNK) {
            *next_ms = span.next_ms(now_ms).min(*next_ms);
            self.soonest_ms = self.soonest_ms.min(*next_ms);
        }
    }

    pub fn remove(&mut self, user: UserIx, role: RoleId, group: GroupIx) {
        if let Some(spans) = self.users.get_mut(user.0 as usize) {
            spans.retain(|span| !span.is(role, group));
        }
    }

    /// A time not later than the next begin or end; `None` if there is none.
    pub fn soonest_ms(&self) -> Option<i64> {
        (self.soonest_ms < i64::MAX).then_some(self.soonest_ms)
    }

    /// The timed memberships of all chunks in which one may have begun or ended until `now_ms`, also memberships without a change.
    pub fn due(&mut self, now_ms: i64) -> Vec<(UserIx, TimedMembership)> {
        let mut due = Vec::new();
        for (chunk, next_ms) in self.next_ms.iter_mut().enumerate().filter(|(_, next_ms)| **next_ms <= now_ms) {
            *next_ms = i64::MAX;
            for (at, spans) in self.users.chunk(chunk).iter().enumerate() {
                // A `UserIx` has 32 bits, so the index fits.
                let user = UserIx((chunk * CHUNK + at) as u32);
                for span in spans {
                    *next_ms = span.next_ms(now_ms).min(*next_ms);
                    due.push((user, *span));
                }
            }
        }
        self.soonest_ms = self.next_ms.iter().copied().min().unwrap_or(i64::MAX);
        due
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        let spans: usize = self
            .users
            .iter()
            .map(|spans| size_of::<Vec<TimedMembership>>() + spans.capacity() * size_of::<TimedMembership>())
            .sum();
        spans + self.next_ms.capacity() * size_of::<i64>()
    }
}
