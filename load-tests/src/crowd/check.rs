//! The messages of a conversation that a user holds. An arriving message must be the next message: no message may be lost,
//! doubled or out of order.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Missing seqs that are remembered per user and conversation. Beyond this number, late messages count as lost.
const MISSING_MAX: u32 = 100_000;

/// Counts over all users and conversations since the crowd was spawned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Messages that arrived, live or in the reply to a resume.
    pub received: u64,
    /// Messages that a reading user should have by now and does not have.
    pub lost: u64,
    /// Messages that arrived a second time.
    pub doubled: u64,
    /// Messages that arrived after a later message of the same conversation.
    pub reordered: u64,
    /// Connections that ended unexpectedly.
    pub ended: u64,
    /// Number of `gap` events.
    pub parted: u64,
    /// Frames of all kinds.
    pub frames: u64,
    /// The first few reasons of ended connections.
    pub reasons: Vec<String>,
}

impl Check {
    /// Adds the counts of another process.
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

/// The relation of an arriving message to the messages that the user has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// A new message after all others.
    New,
    /// The reply to a resume contained the message. Live delivery may overlap with the reply.
    Known,
    /// The user already has the message.
    Doubled,
    /// The message was missing, and the user has a later message.
    Late,
}

/// The messages of one conversation that one user holds.
#[derive(Debug, Clone, Default)]
pub struct Position {
    /// The id that the server gave to the conversation.
    pub id: Uuid,
    /// The number that this tool gave to the conversation.
    pub number: u32,
    /// The seq of the last message.
    pub seq: u32,
    /// The version of the last change.
    pub version: u32,
    /// The reply to a resume contained the changes up to this version.
    floor: u32,
    missing: Vec<u32>,
}

impl Position {
    /// The position of a user who connects while the conversation is at this seq and version.
    #[must_use]
    pub fn new(id: Uuid, number: u32, seq: u32, version: u32) -> Self {
        Self { id, number, seq, version, floor: 0, missing: Vec::new() }
    }

    /// Takes a live message with the version that it made.
    pub fn live(&mut self, seq: u32, version: u32) -> Arrival {
        if version <= self.floor {
            return Arrival::Known;
        }
        self.version = self.version.max(version);
        self.take(seq)
    }

    /// Takes a message of a resume or of the history. Changed messages that the user has appear again there.
    pub fn recovered(&mut self, seq: u32) -> Arrival {
        if seq <= self.seq && !self.missing.contains(&seq) {
            return Arrival::Known;
        }
        self.take(seq)
    }

    /// Records that the reply to a resume contained all changes up to this version.
    pub fn recovered_up_to(&mut self, version: u32) {
        self.version = self.version.max(version);
        self.floor = self.floor.max(version);
    }

    /// Takes a change that is not a new message.
    pub fn changed(&mut self, version: u32) {
        self.version = self.version.max(version);
    }

    /// The number of missing messages, if the conversation has `last_seq` of them.
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
    fn messages_in_order_are_new() {
        let mut it = position();
        assert_eq!([it.live(11, 31), it.live(12, 32)], [Arrival::New, Arrival::New]);
        assert_eq!((it.lacks(12), it.version), (0, 32));
        assert_eq!(it.lacks(15), 3);
    }

    #[test]
    fn a_missing_message_counts_as_lost_until_it_arrives() {
        let mut it = position();
        assert_eq!(it.live(13, 33), Arrival::New);
        assert_eq!(it.lacks(13), 2);
        assert_eq!(it.live(12, 32), Arrival::Late);
        assert_eq!(it.lacks(13), 1);
        assert_eq!(it.live(12, 32), Arrival::Doubled);
    }

    #[test]
    fn a_doubled_message_differs_from_a_message_that_a_resume_contained() {
        let mut it = position();
        assert_eq!([it.recovered(11), it.recovered(12)], [Arrival::New, Arrival::New]);
        it.recovered_up_to(32);
        assert_eq!(it.live(12, 32), Arrival::Known);
        assert_eq!(it.live(13, 33), Arrival::New);
        assert_eq!(it.live(13, 33), Arrival::Doubled);
        // The next resume contains an edited message again.
        assert_eq!(it.recovered(11), Arrival::Known);
    }

    #[test]
    fn a_message_that_a_resume_leaves_out_counts_as_lost() {
        let mut it = position();
        assert_eq!(it.recovered(12), Arrival::New);
        it.recovered_up_to(32);
        assert_eq!(it.lacks(12), 1);
    }
}
