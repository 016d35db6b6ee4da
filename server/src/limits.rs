//! How fast one person may act on this node, over all their sockets and HTTP requests together.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use causerie_protocol::{
    ErrorCode, Refusal, UserId,
    command::{Command, StartConversation, Target},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::config::Limits;

/// After so many requests, people who could ask at full pace again are forgotten; memory stays with the active ones.
const SWEEP_EVERY: u32 = 4_096;

/// One allowance per person, on this node.
pub struct UserLimiter {
    limiter: DefaultKeyedRateLimiter<UserId>,
    burst: NonZeroU32,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl UserLimiter {
    /// Of HTTP requests, by the limits of frames: a request is what a frame is to a socket.
    #[must_use]
    pub fn of_requests(limits: &Limits) -> Self {
        Self::new(limits.frames_per_second, limits.frames_burst)
    }

    fn new(per_second: u32, burst: u32) -> Self {
        let quota = Quota::per_second(whole(per_second)).allow_burst(whole(burst));
        let limiter = RateLimiter::keyed(quota);
        Self { limiter, burst: whole(burst), clock: DefaultClock::default(), asked: AtomicU32::new(0) }
    }

    /// Takes so much off a person's allowance; nothing for 0, never more than can be had at once.
    ///
    /// # Errors
    /// `rate_limited`, with the time to wait.
    pub fn take(&self, user: UserId, cost: u32) -> Result<(), Refusal> {
        let Some(cost) = NonZeroU32::new(cost) else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        // Within the burst there is always a time after which it fits.
        let Ok(fits) = self.limiter.check_key_n(&user, cost.min(self.burst)) else { return Ok(()) };
        fits.map_err(|early| {
            let wait = early.wait_time_from(self.clock.now()).as_millis();
            let wait = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
            Refusal::new(ErrorCode::RateLimited, "too many requests").retry_after_ms(wait)
        })
    }
}

/// What people may do beyond asking for their own: each thing has an allowance of its own.
pub struct Allowances {
    /// What reaches other people.
    sends: UserLimiter,
    /// People reached by naming a group they are in.
    through_groups: UserLimiter,
    /// Looking for people, which could be used to list them all.
    searches: UserLimiter,
}

impl Allowances {
    /// By these limits.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            sends: UserLimiter::new(limits.sends_per_second, limits.sends_burst),
            through_groups: UserLimiter::new(limits.sends_per_second, limits.sends_burst),
            searches: UserLimiter::new(limits.searches_per_second, limits.searches_burst),
        }
    }

    /// Takes what a command costs off a person's allowances.
    ///
    /// # Errors
    /// `rate_limited`, with the time to wait.
    pub fn take(&self, user: UserId, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::SearchDirectory { .. } => self.searches.take(user, 1),
            _ => self.sends.take(user, cost(command)),
        }
    }

    /// Takes what it costs that groups stand for so many people, known only once they are looked up. An allowance of its own,
    /// as large as that of sends: a start that has to wait takes from that one each time it is tried.
    ///
    /// # Errors
    /// `rate_limited`, with the time to wait.
    pub fn take_through_groups(&self, user: UserId, people: usize) -> Result<(), Refusal> {
        self.through_groups.take(user, of_people(people))
    }
}

/// Whether a command says something to other people, or brings them together.
#[must_use]
pub fn reaches_others(command: &Command) -> bool {
    matches!(command, Command::SendMessage { .. } | Command::StartConversation(_) | Command::AddMembers { .. })
}

/// What a command takes off the allowance of sends. Naming people costs too: each is a row, and most are told.
fn cost(command: &Command) -> u32 {
    let people = match command {
        Command::SendMessage { .. } | Command::Relate { .. } | Command::AcceptRelation { .. } | Command::Unrelate { .. } => {
            0
        }
        Command::StartConversation(StartConversation { target, .. }) => match target {
            Target::NoteToSelf | Target::Direct(_) => 0,
            Target::Group { to, .. } => to.len(),
            Target::Mail { to, copy, .. } => to.len() + copy.len(),
        },
        Command::AddMembers { users, .. } => users.len(),
        _ => return 0,
    };
    1 + of_people(people)
}

/// What so many people cost beyond the command.
fn of_people(people: usize) -> u32 {
    const PEOPLE_PER_SEND: usize = 20;
    u32::try_from(people / PEOPLE_PER_SEND).unwrap_or(u32::MAX - 1)
}

fn whole(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_s_haste_is_not_another_s() {
        let limiter = UserLimiter::of_requests(&Limits { frames_per_second: 1, frames_burst: 2, ..Limits::default() });
        let (hasty, calm) = (UserId::new(), UserId::new());
        assert_eq!((limiter.take(hasty, 1), limiter.take(hasty, 1)), (Ok(()), Ok(())));
        let refusal = limiter.take(hasty, 1).expect_err("a third at once");
        assert_eq!(refusal.code, ErrorCode::RateLimited);
        assert!((1..=1_000).contains(&refusal.retry_after_ms), "{}", refusal.retry_after_ms);
        assert_eq!(limiter.take(calm, 1), Ok(()));
    }
}
