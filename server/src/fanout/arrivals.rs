//! Members to whose devices `conversationJoined` is about to be sent.
//!
//! A member is added to the room before the conversation is read for `conversationJoined`, so that no change is missed.
//! Every frame that the room has for the member waits here until that event is sent. The event holds a version: changes up
//! to this version are dropped, and later changes are sent after the event.

use std::collections::VecDeque;

use causerie_protocol::UserId;

use crate::sessions::Frame;

/// The number of frames that may wait for one member. If more come, the oldest frames are dropped, and the client gets the
/// event `gap`.
const WAITING_MAX: usize = 256;

/// The arriving members of one room. The list is nearly always empty.
#[derive(Default)]
pub(super) struct Arrivals(Vec<(UserId, Stage)>);

enum Stage {
    /// `conversationJoined` was not sent yet. The frames wait here; a change has its version beside it.
    Waiting(VecDeque<(Option<u32>, Frame)>),
    /// `conversationJoined` was sent with this version, which the room's members have not seen yet.
    Sent(u32),
}

/// The frames that waited for a member.
pub(super) struct Waited {
    /// The frames, in the order in which they arrived.
    pub frames: Vec<Frame>,
    /// Whether the frames include every change after the event's version, up to the version that the room's members have
    /// seen.
    pub is_whole: bool,
}

impl Arrivals {
    /// Keeps every frame for a member from now on.
    pub fn begin(&mut self, user: UserId) {
        if !self.is_waiting(user) {
            self.forget(user);
            self.0.push((user, Stage::Waiting(VecDeque::new())));
        }
    }

    /// Whether `conversationJoined` was not sent to this member yet.
    pub fn is_waiting(&self, user: UserId) -> bool {
        self.0.iter().any(|(other, stage)| *other == user && matches!(stage, Stage::Waiting(_)))
    }

    /// Takes a frame that the member must not get now: the frame waits or is dropped. `version` is the version of a change,
    /// and `None` for other frames. Returns false if the frame must be sent now.
    pub fn take(&mut self, user: UserId, version: Option<u32>, frame: &Frame) -> bool {
        let Some((_, stage)) = self.0.iter_mut().find(|(other, _)| *other == user) else { return false };
        match stage {
            Stage::Waiting(frames) => {
                if frames.len() == WAITING_MAX {
                    frames.pop_front();
                }
                frames.push_back((version, frame.clone()));
                true
            }
            Stage::Sent(joined) => version.is_some_and(|version| version <= *joined),
        }
    }

    /// Ends the wait of a member, because `conversationJoined` with version `joined_version` is sent now. `seen` is the
    /// version that the room's members have seen. Returns the frames that must be sent after the event.
    pub fn finish(&mut self, user: UserId, joined_version: u32, seen: u32) -> Waited {
        let index = self.0.iter().position(|(other, _)| *other == user);
        let waiting = match index.map(|index| self.0.swap_remove(index)) {
            Some((_, Stage::Waiting(frames))) => frames,
            Some((_, Stage::Sent(_))) | None => VecDeque::new(),
        };
        if joined_version > seen {
            self.0.push((user, Stage::Sent(joined_version)));
        }
        let later = waiting.into_iter().filter(|(version, _)| version.is_none_or(|version| version > joined_version));
        let (versions, frames): (Vec<_>, Vec<_>) = later.unzip();
        let is_whole = versions.into_iter().flatten().eq(joined_version + 1..=seen.max(joined_version));
        Waited { frames, is_whole }
    }

    /// Records that the room's members have seen this version.
    pub fn seen(&mut self, version: u32) {
        self.0.retain(|(_, stage)| !matches!(stage, Stage::Sent(joined) if *joined <= version));
    }

    /// Drops the frames and the version kept for a member who left.
    pub fn forget(&mut self, user: UserId) {
        self.0.retain(|(other, _)| *other != user);
    }
}

#[cfg(test)]
mod tests {
    use causerie_protocol::wire::{self, event::Kind};

    use super::*;

    fn frame() -> Frame {
        Frame::event(Kind::MessageSent(wire::MessageEvent::default()))
    }

    #[test]
    fn changes_after_the_joined_version_follow_once_and_earlier_changes_do_not() {
        let (mut arrivals, user) = (Arrivals::default(), UserId::new());
        arrivals.begin(user);
        for version in 4..=7 {
            assert!(arrivals.take(user, Some(version), &frame()));
        }
        assert!(!arrivals.take(UserId::new(), Some(7), &frame()), "another member is shown it");
        let waited = arrivals.finish(user, 5, 7);
        assert_eq!((waited.frames.len(), waited.is_whole), (2, true));
        assert!(!arrivals.take(user, Some(8), &frame()));
    }

    #[test]
    fn late_changes_up_to_the_joined_version_are_dropped() {
        let (mut arrivals, user) = (Arrivals::default(), UserId::new());
        arrivals.begin(user);
        assert!(arrivals.finish(user, 9, 7).is_whole);
        assert!(arrivals.take(user, Some(8), &frame()));
        arrivals.seen(8);
        assert!(!arrivals.take(user, None, &frame()), "what has no version is shown");
        assert!(arrivals.take(user, Some(9), &frame()));
        arrivals.seen(9);
        assert!(!arrivals.take(user, Some(10), &frame()));
        assert!(arrivals.0.is_empty());
    }

    #[test]
    fn a_member_with_too_many_waiting_changes_gets_a_gap() {
        let (mut arrivals, user) = (Arrivals::default(), UserId::new());
        arrivals.begin(user);
        for version in 1..=300 {
            arrivals.take(user, Some(version), &frame());
        }
        let waited = arrivals.finish(user, 10, 300);
        assert_eq!((waited.frames.len(), waited.is_whole), (WAITING_MAX, false));
    }
}
