//! Memberships that begin or end at a time. They are remembered here whether they hold or not; those that hold now are in
//! the lists of people and groups as well.

use super::{
    GroupIx, Role, UserIx,
    chunked::{CHUNK, Chunked},
};

/// From `from_ms` until before `until_ms`; the ends of `i64` stand for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub group: GroupIx,
    pub role: Role,
    pub from_ms: i64,
    pub until_ms: i64,
}

impl Span {
    pub fn is(&self, role: Role, group: GroupIx) -> bool {
        self.role == role && self.group == group
    }

    pub fn holds(&self, now_ms: i64) -> bool {
        self.from_ms <= now_ms && now_ms < self.until_ms
    }

    /// When it next begins or ends; the end of `i64` when never.
    fn next_ms(&self, now_ms: i64) -> i64 {
        [self.from_ms, self.until_ms].into_iter().filter(|ms| *ms > now_ms).min().unwrap_or(i64::MAX)
    }
}

/// Instead of a queue of all ends (those of a school year are all the same day), each chunk of people knows its next one.
#[derive(Debug, Clone)]
pub struct Spans {
    people: Chunked<Vec<Span>>,
    /// Per chunk. A span taken away leaves its time behind; looking in vain once is cheaper than looking for the next one.
    next_ms: Vec<i64>,
    soonest_ms: i64,
}

impl Default for Spans {
    fn default() -> Self {
        Self { people: Chunked::default(), next_ms: Vec::new(), soonest_ms: i64::MAX }
    }
}

impl Spans {
    /// One more person.
    pub fn push(&mut self) {
        self.people.push(Vec::new());
        self.next_ms.resize(self.people.len().div_ceil(CHUNK), i64::MAX);
    }

    pub fn of(&self, user: UserIx) -> &[Span] {
        self.people.get(user.0 as usize).map_or(&[], Vec::as_slice)
    }

    pub fn set(&mut self, user: UserIx, span: Span, now_ms: i64) {
        self.remove(user, span.role, span.group);
        let at = user.0 as usize;
        let Some(spans) = self.people.get_mut(at) else { return };
        spans.insert(spans.partition_point(|other| *other < span), span);
        if let Some(next_ms) = self.next_ms.get_mut(at / CHUNK) {
            *next_ms = span.next_ms(now_ms).min(*next_ms);
            self.soonest_ms = self.soonest_ms.min(*next_ms);
        }
    }

    pub fn remove(&mut self, user: UserIx, role: Role, group: GroupIx) {
        if let Some(spans) = self.people.get_mut(user.0 as usize) {
            spans.retain(|span| !span.is(role, group));
        }
    }

    /// When the next one may begin or end: not after it really does.
    pub fn soonest_ms(&self) -> Option<i64> {
        (self.soonest_ms < i64::MAX).then_some(self.soonest_ms)
    }

    /// All that may have begun or ended until `now_ms`, and the rest of their people's.
    pub fn due(&mut self, now_ms: i64) -> Vec<(UserIx, Span)> {
        let mut due = Vec::new();
        for (chunk, next_ms) in self.next_ms.iter_mut().enumerate().filter(|(_, next_ms)| **next_ms <= now_ms) {
            *next_ms = i64::MAX;
            for (at, spans) in self.people.chunk(chunk).iter().enumerate() {
                // Numbers of people are 32 bits wide, and so is the place of one.
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

    /// Memory behind it.
    pub fn bytes(&self) -> usize {
        let spans: usize =
            self.people.iter().map(|spans| size_of::<Vec<Span>>() + spans.capacity() * size_of::<Span>()).sum();
        spans + self.next_ms.capacity() * size_of::<i64>()
    }
}
