//! Limits the rate of one user's actions on this node, over all their connections and HTTP requests together.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use causerie_protocol::{
    ErrorCode, Refusal, UserId,
    command::{Command, CompoundCommand, ReadCommand, StartConversation, Target, WriteCommand},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::config::Limits;

/// After this number of requests, the limiter removes the state of users whose allowance is full again. So its memory
/// depends only on the number of active users.
const SWEEP_EVERY: u32 = 4_096;

/// A rate limit with a separate allowance for each user, on this node.
pub struct UserLimiter {
    limiter: DefaultKeyedRateLimiter<UserId>,
    burst: NonZeroU32,
    clock: DefaultClock,
    /// Number of requests, for [`SWEEP_EVERY`].
    requests: AtomicU32,
}

impl UserLimiter {
    /// The limiter of HTTP requests. It uses the limits of frames, because a request corresponds to a frame on a WebSocket.
    #[must_use]
    pub fn of_requests(limits: &Limits) -> Self {
        Self::new(limits.frames_per_second, limits.frames_burst)
    }

    fn new(per_second: u32, burst: u32) -> Self {
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        let limiter = RateLimiter::keyed(quota);
        Self { limiter, burst: at_least_one(burst), clock: DefaultClock::default(), requests: AtomicU32::new(0) }
    }

    /// Takes `cost` from a user's allowance. A cost above the burst counts as the burst, and a cost of 0 takes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait, if the allowance is too small now.
    pub fn take(&self, user: UserId, cost: u32) -> Result<(), Refusal> {
        let Some(cost) = NonZeroU32::new(cost) else { return Ok(()) };
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        // The limiter returns `Err` only for a cost above the burst, which `min` excludes.
        let Ok(checked) = self.limiter.check_key_n(&user, cost.min(self.burst)) else { return Ok(()) };
        checked.map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now()).as_millis();
            let wait = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
            Refusal::new(ErrorCode::RateLimited, "too many requests").retry_after_ms(wait)
        })
    }
}

/// The allowances of commands that reach or search for other users. Sends, recipients through groups, and searches have
/// separate allowances.
pub struct Allowances {
    /// Commands that reach other users.
    sends: UserLimiter,
    /// Users who are reached as members of an addressed group.
    through_groups: UserLimiter,
    /// Searches of the directory, which could be used to list all users.
    searches: UserLimiter,
}

impl Allowances {
    /// Allowances with the configured limits.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            sends: UserLimiter::new(limits.sends_per_second, limits.sends_burst),
            through_groups: UserLimiter::new(limits.sends_per_second, limits.sends_burst),
            searches: UserLimiter::new(limits.searches_per_second, limits.searches_burst),
        }
    }

    /// Takes the cost of a command from a user's allowances.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait, if the allowance is too small now.
    pub fn take(&self, user: UserId, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Read(ReadCommand::SearchDirectory { .. }) => self.searches.take(user, 1),
            _ => self.sends.take(user, cost(command)),
        }
    }

    /// Takes the cost of a watch of this number of users: the cost of one search, because a watch and a search could both be
    /// used to list all users. A watch of no user costs nothing.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait, if the allowance is too small now.
    pub fn take_contacts(&self, user: UserId, users: usize) -> Result<(), Refusal> {
        self.searches.take(user, u32::from(users > 0))
    }

    /// Takes the cost of `users` users who are reached through groups. Their number is known only after the groups are
    /// looked up. The allowance is as large as the allowance of sends and separate from it, because each attempt to start a
    /// conversation takes from the allowance of sends again.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait, if the allowance is too small now.
    pub fn take_through_groups(&self, user: UserId, users: usize) -> Result<(), Refusal> {
        self.through_groups.take(user, cost_of_users(users))
    }
}

/// Whether a command sends a message, starts a conversation or adds members.
#[must_use]
pub fn reaches_others(command: &Command) -> bool {
    matches!(
        command,
        Command::Write(WriteCommand::SendMessage { .. })
            | Command::Compound(CompoundCommand::StartConversation(_) | CompoundCommand::AddMembers { .. })
    )
}

/// The cost of a command in the allowance of sends. Each user whom the command names adds to the cost, because the server
/// writes a row for the user and sends most of them an event.
fn cost(command: &Command) -> u32 {
    let users = match command {
        Command::Write(WriteCommand::SendMessage { .. }) => 0,
        Command::Compound(command) => match command {
            CompoundCommand::Relate { .. } | CompoundCommand::AcceptRelation { .. } | CompoundCommand::Unrelate { .. } => 0,
            CompoundCommand::StartConversation(StartConversation { target, .. }) => match target {
                Target::NoteToSelf | Target::Direct(_) => 0,
                Target::Group { to, .. } => to.len(),
                Target::Mail { to, copy, .. } => to.len() + copy.len(),
            },
            CompoundCommand::AddMembers { users, .. } => users.len(),
            CompoundCommand::SetTyping { .. } => return 0,
        },
        Command::Write(_) | Command::Read(_) => return 0,
    };
    1 + cost_of_users(users)
}

/// The additional cost of a command that reaches this number of users.
fn cost_of_users(users: usize) -> u32 {
    const USERS_PER_SEND: usize = 20;
    u32::try_from(users / USERS_PER_SEND).unwrap_or(u32::MAX - 1)
}

/// The number, or 1 in place of 0.
fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_one_user_does_not_limit_another() {
        let limiter = UserLimiter::of_requests(&Limits { frames_per_second: 1, frames_burst: 2, ..Limits::default() });
        let (limited_user, other_user) = (UserId::new(), UserId::new());
        assert_eq!((limiter.take(limited_user, 1), limiter.take(limited_user, 1)), (Ok(()), Ok(())));
        let refusal = limiter.take(limited_user, 1).expect_err("a third at once");
        assert_eq!(refusal.code, ErrorCode::RateLimited);
        assert!((1..=1_000).contains(&refusal.retry_after_ms), "{}", refusal.retry_after_ms);
        assert_eq!(limiter.take(other_user, 1), Ok(()));
    }
}
