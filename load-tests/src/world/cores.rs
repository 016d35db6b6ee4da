//! Assigns CPU cores. Each server, and the raw loop that it is compared with, has a core of its own, so that its
//! CPU time contains no migration between cores. The crowd and this process share the other cores; databases run on any
//! core.

use std::sync::OnceLock;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Outcome;

/// The cores on which this process was started.
static ALL: OnceLock<Vec<usize>> = OnceLock::new();

/// The use of cores by a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreUse {
    /// The server of this number, or the baseline loop that takes its place.
    Server(usize),
    /// A database.
    Database,
    /// The simulated users and this process.
    Crowd,
}

/// Moves this process and its later children to the cores of the crowd. Must be called while the process has a single
/// thread.
///
/// # Errors
/// When the kernel refuses.
pub fn move_to_crowd_cores() -> Outcome<()> {
    let set = sched_getaffinity(None)?;
    let all = ALL.get_or_init(|| (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect());
    // A process that was started by another of these runs has the cores of the crowd already.
    set_affinity(&cores_for(all, CoreUse::Crowd))
}

/// The number of cores on which this process was started.
#[must_use]
pub fn count() -> usize {
    ALL.get().map_or(1, Vec::len).max(1)
}

/// Calls `start`, which starts a process, with the cores of this use. A child gets the cores of the thread that starts it,
/// so `start` must not block.
///
/// # Errors
/// When the kernel refuses, or `start` fails.
pub fn start_on<T>(usage: CoreUse, start: impl FnOnce() -> std::io::Result<T>) -> Outcome<T> {
    let Some(all) = ALL.get() else { return Ok(start()?) };
    let before = sched_getaffinity(None)?;
    set_affinity(&cores_for(all, usage))?;
    let started = start();
    sched_setaffinity(None, &before)?;
    Ok(started?)
}

fn set_affinity(cores: &[usize]) -> Outcome<()> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// The cores for a use. A second or further server has a core of its own only if two cores are left for the crowd.
fn cores_for(all: &[usize], usage: CoreUse) -> Vec<usize> {
    match (all, usage) {
        ([] | [_], _) | (_, CoreUse::Database) => all.to_vec(),
        ([first, others @ ..], CoreUse::Server(number)) => {
            let own = number.checked_sub(1).and_then(|index| others.get(index)).filter(|_| others.len() > number + 1);
            vec![*own.unwrap_or(first)]
        }
        // The crowd has all cores except the first.
        ([_, others @ ..], CoreUse::Crowd) => others.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_crowd_share_two_cores() {
        assert_eq!(cores_for(&[0, 1], CoreUse::Server(0)), [0]);
        assert_eq!(cores_for(&[0, 1], CoreUse::Server(1)), [0]);
        assert_eq!(cores_for(&[0, 1], CoreUse::Crowd), [1]);
        assert_eq!(cores_for(&[0, 1], CoreUse::Database), [0, 1]);
        assert_eq!(cores_for(&[3], CoreUse::Server(0)), [3]);
    }

    #[test]
    fn with_many_cores_each_server_has_a_core_of_its_own() {
        assert_eq!(cores_for(&[0, 1, 2, 3], CoreUse::Server(1)), [1]);
        assert_eq!(cores_for(&[0, 1, 2, 3], CoreUse::Crowd), [1, 2, 3]);
    }
}
