//! Which cores who runs on. A server, and the raw loop it is compared with, has a core of its own: CPU time then is not paid
//! for moving between cores. The crowd, and this process, has all others; databases run anywhere.

use std::sync::OnceLock;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Outcome;

/// The cores this process was started on.
static ALL: OnceLock<Vec<usize>> = OnceLock::new();

/// Who is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The server of this number, or what stands in for it.
    Server(usize),
    /// Databases.
    Anyone,
    /// People, and whoever watches them.
    Crowd,
}

/// Moves this process to the crowd's cores, and with it all it starts. To be called before there is a second thread.
///
/// # Errors
/// When the kernel refuses.
pub fn take_the_crowds() -> Outcome<()> {
    let set = sched_getaffinity(None)?;
    let all = ALL.get_or_init(|| (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect());
    // One that was started by another of these runs on the crowd's cores already.
    go_to(&chosen(all, Who::Crowd))
}

/// How many cores this process was started on.
#[must_use]
pub fn count() -> usize {
    ALL.get().map_or(1, Vec::len).max(1)
}

/// Starts a process, with `start`, on the cores of that kind. A child begins on the cores of the thread that started it, so
/// `start` must not wait for anything.
///
/// # Errors
/// When the kernel refuses, or `start` fails.
pub fn on<T>(who: Who, start: impl FnOnce() -> std::io::Result<T>) -> Outcome<T> {
    let Some(all) = ALL.get() else { return Ok(start()?) };
    let before = sched_getaffinity(None)?;
    go_to(&chosen(all, who))?;
    let started = start();
    sched_setaffinity(None, &before)?;
    Ok(started?)
}

fn go_to(cores: &[usize]) -> Outcome<()> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Servers beyond the first have a core of their own only where the crowd keeps two.
fn chosen(all: &[usize], who: Who) -> Vec<usize> {
    match (all, who) {
        ([] | [_], _) | (_, Who::Anyone) => all.to_vec(),
        ([first, others @ ..], Who::Server(number)) => {
            let own = number.checked_sub(1).and_then(|at| others.get(at)).filter(|_| others.len() > number + 1);
            vec![*own.unwrap_or(first)]
        }
        // All but the first: a second server's core is shared with the crowd where there are many.
        ([_, others @ ..], Who::Crowd) => others.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cores_are_shared_as_ever() {
        assert_eq!(chosen(&[0, 1], Who::Server(0)), [0]);
        assert_eq!(chosen(&[0, 1], Who::Server(1)), [0]);
        assert_eq!(chosen(&[0, 1], Who::Crowd), [1]);
        assert_eq!(chosen(&[0, 1], Who::Anyone), [0, 1]);
        assert_eq!(chosen(&[3], Who::Server(0)), [3]);
    }

    #[test]
    fn many_cores_give_each_server_its_own() {
        assert_eq!(chosen(&[0, 1, 2, 3], Who::Server(1)), [1]);
        assert_eq!(chosen(&[0, 1, 2, 3], Who::Crowd), [1, 2, 3]);
    }
}
