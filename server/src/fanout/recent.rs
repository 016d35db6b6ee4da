//! The last changes of a room. They bring a count that was read from the database a moment earlier up to date.

use std::collections::VecDeque;

use super::update::Effect;

/// The number of changes remembered while no query reads positions of the room.
const RECENT_MAX: usize = 64;
/// The number of changes remembered while a query reads positions. They take about a megabyte, and are enough for thousands
/// of changes per second during a slow query.
const READING_MAX: usize = 16_384;

/// Changes without a hole between them, the oldest first.
#[derive(Default)]
pub(super) struct Recent {
    changes: VecDeque<(u32, Effect)>,
    /// The number of queries under way that read positions of the room.
    readings: usize,
}

impl Recent {
    /// Remembers the next change.
    pub fn push(&mut self, version: u32, effect: Effect) {
        let max = if self.readings == 0 { RECENT_MAX } else { READING_MAX };
        if self.changes.len() >= max {
            self.changes.pop_front();
        }
        self.changes.push_back((version, effect));
    }

    /// Forgets all changes, because versions were skipped. The effects of the skipped versions are not known, so no older
    /// count can be brought up to date any more.
    pub fn forget(&mut self) {
        self.changes.clear();
    }

    /// The effects of the changes after `version` up to `newest`; `None` if not all of them are remembered.
    pub fn since(&self, version: u32, newest: u32) -> Option<impl Iterator<Item = &Effect>> {
        let missed = usize::try_from(newest.checked_sub(version)?).ok()?;
        let start = self.changes.len().checked_sub(missed)?;
        let is_whole = missed == 0 || self.changes.get(start).is_some_and(|(first, _)| *first == version + 1);
        is_whole.then(|| self.changes.iter().skip(start).map(|(_, effect)| effect))
    }

    /// Remembers more changes from now on, until [`Self::end_reading`].
    pub fn begin_reading(&mut self) {
        self.readings += 1;
    }

    /// Ends one [`Self::begin_reading`]. When no reading is left, only [`RECENT_MAX`] changes are kept.
    pub fn end_reading(&mut self) {
        self.readings = self.readings.saturating_sub(1);
        if self.readings == 0 && self.changes.len() > RECENT_MAX {
            self.changes.drain(..self.changes.len() - RECENT_MAX);
            self.changes.shrink_to(RECENT_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(recent: &Recent, version: u32, newest: u32) -> Option<usize> {
        recent.since(version, newest).map(Iterator::count)
    }

    #[test]
    fn changes_are_kept_until_the_read_of_positions_ends() {
        let mut recent = Recent::default();
        for version in 1..=200 {
            recent.push(version, Effect::None);
        }
        assert_eq!((remembered(&recent, 136, 200), remembered(&recent, 135, 200)), (Some(64), None));
        recent.begin_reading();
        for version in 201..=1_000 {
            recent.push(version, Effect::None);
        }
        assert_eq!(remembered(&recent, 200, 1_000), Some(800));
        recent.end_reading();
        assert_eq!((remembered(&recent, 936, 1_000), remembered(&recent, 935, 1_000)), (Some(64), None));
    }

    #[test]
    fn changes_before_skipped_versions_are_not_remembered() {
        let mut recent = Recent::default();
        recent.push(1, Effect::None);
        recent.forget();
        recent.push(5, Effect::None);
        assert_eq!(
            (remembered(&recent, 4, 5), remembered(&recent, 3, 5), remembered(&recent, 5, 5)),
            (Some(1), None, Some(0))
        );
    }
}
