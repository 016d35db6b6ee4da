//! What a person holds of a conversation, and whether what arrives continues it: nothing lost, nothing twice, nothing out of
//! order.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Missing numbers remembered per person and conversation; beyond, they are lost without being told from late ones.
const MISSING_MAX: u32 = 100_000;

/// Counts over all people and conversations since the crowd began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Messages that arrived, live or with a return.
    pub received: u64,
    /// Messages that a person who reads does not have though they should by now.
    pub lost: u64,
    /// Messages that arrived a second time.
    pub doubled: u64,
    /// Messages that arrived after a later one of the same conversation.
    pub reordered: u64,
    /// Connections that ended unasked.
    pub ended: u64,
    /// Times somebody was parted from the live stream for reading too slowly.
    pub parted: u64,
    /// Frames of any kind.
    pub frames: u64,
    /// Why connections ended, the first few.
    pub reasons: Vec<String>,
}

impl Check {
    /// Takes over the counts of another process.
    pub fn merge(&mut self, other: &Self) {
        self.received += other.received;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.ended += other.ended;
        self.parted += other.parted;
        self.frames += other.frames;
        self.reasons.extend(other.reasons.iter().cloned());
    }
}

/// What an arrived message is to the person it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It was not there yet, and no later one was.
    New,
    /// It was told with a return already; live delivery may overlap with that.
    Known,
    /// It was there.
    Doubled,
    /// It was missing, and a later one is there.
    Late,
}

/// What one person holds of one conversation.
#[derive(Debug, Clone, Default)]
pub struct Position {
    /// The server's id of the conversation.
    pub id: Uuid,
    /// This tool's number of it.
    pub number: u32,
    /// The last message.
    pub seq: u32,
    /// The last change.
    pub version: u32,
    /// Changes up to this version were told with a return.
    floor: u32,
    missing: Vec<u32>,
}

impl Position {
    /// Of somebody who comes while the conversation stands there.
    #[must_use]
    pub fn new(id: Uuid, number: u32, seq: u32, version: u32) -> Self {
        Self { id, number, seq, version, floor: 0, missing: Vec::new() }
    }

    /// A message came live, with the version it made.
    pub fn live(&mut self, seq: u32, version: u32) -> Arrival {
        if version <= self.floor {
            return Arrival::Known;
        }
        self.version = self.version.max(version);
        self.take(seq)
    }

    /// A message was told with a return, or loaded. Changed ones that were there are told again.
    pub fn told(&mut self, seq: u32) -> Arrival {
        if seq <= self.seq && !self.missing.contains(&seq) {
            return Arrival::Known;
        }
        self.take(seq)
    }

    /// All up to this version was told.
    pub fn told_up_to(&mut self, version: u32) {
        self.version = self.version.max(version);
        self.floor = self.floor.max(version);
    }

    /// Another change than a message.
    pub fn changed(&mut self, version: u32) {
        self.version = self.version.max(version);
    }

    /// What is not there of a conversation that has so many messages.
    #[must_use]
    pub fn lacks(&self, last_seq: u32) -> u64 {
        u64::from(last_seq.saturating_sub(self.seq)) + self.missing.len() as u64
    }

    fn take(&mut self, seq: u32) -> Arrival {
        if seq > self.seq {
            let last_kept = seq.min(self.seq.saturating_add(MISSING_MAX));
            self.missing.extend(self.seq + 1..last_kept);
            self.seq = seq;
            return Arrival::New;
        }
        match self.missing.iter().position(|missing| *missing == seq) {
            Some(at) => {
                self.missing.swap_remove(at);
                Arrival::Late
            }
            None => Arrival::Doubled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> Position {
        Position::new(Uuid::nil(), 0, 10, 30)
    }

    #[test]
    fn one_after_the_other_is_sound() {
        let mut it = position();
        assert_eq!([it.live(11, 31), it.live(12, 32)], [Arrival::New, Arrival::New]);
        assert_eq!((it.lacks(12), it.version), (0, 32));
        assert_eq!(it.lacks(15), 3);
    }

    #[test]
    fn a_hole_is_a_loss_until_it_is_filled_and_then_a_wrong_order() {
        let mut it = position();
        assert_eq!(it.live(13, 33), Arrival::New);
        assert_eq!(it.lacks(13), 2);
        assert_eq!(it.live(12, 32), Arrival::Late);
        assert_eq!(it.lacks(13), 1);
        assert_eq!(it.live(12, 32), Arrival::Doubled);
    }

    #[test]
    fn twice_is_told_from_overlap_with_a_return() {
        let mut it = position();
        assert_eq!([it.told(11), it.told(12)], [Arrival::New, Arrival::New]);
        it.told_up_to(32);
        assert_eq!(it.live(12, 32), Arrival::Known);
        assert_eq!(it.live(13, 33), Arrival::New);
        assert_eq!(it.live(13, 33), Arrival::Doubled);
        // An edited message is told again on the next return.
        assert_eq!(it.told(11), Arrival::Known);
    }

    #[test]
    fn a_return_that_leaves_something_out_is_a_loss() {
        let mut it = position();
        assert_eq!(it.told(12), Arrival::New);
        it.told_up_to(32);
        assert_eq!(it.lacks(12), 1);
    }
}
