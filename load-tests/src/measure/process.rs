//! Reads what Linux reports about processes and about kernel memory.

use std::{collections::HashMap, fs, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Outcome;

/// `USER_HZ`: the unit of the times in `/proc/PID/stat`. It is 100 on every Linux, independent of the kernel's timer
/// frequency.
const TICKS_PER_SECOND: u32 = 100;
/// The kernel caches from which a TCP socket with a waiting process is allocated.
const SOCKET_CACHES: [&str; 6] = ["TCP", "sock_inode_cache", "filp", "dentry", "eventpoll_epi", "eventpoll_pwq"];

/// CPU time of a process so far, user and system, with a precision of 10 ms.
///
/// # Errors
/// When there is no such process.
pub fn cpu(pid: u32) -> Outcome<Duration> {
    let [utime, stime, ..] = times(&stat(pid)?)?;
    Ok(ticks(utime + stime))
}

/// CPU time of a process and all its children so far, ended children included.
///
/// # Errors
/// When there is no such process.
pub fn cpu_of_family(pid: u32) -> Outcome<Duration> {
    let mut total: u64 = times(&stat(pid)?)?.iter().sum();
    for entry in fs::read_dir("/proc")? {
        let Some(child) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A child that has just ended is already included in the times of its parent.
        let Ok(stat) = stat(child) else { continue };
        if fields(&stat).nth(1).is_some_and(|parent| parent == pid.to_string()) {
            let [utime, stime, ..] = times(&stat)?;
            total += utime + stime;
        }
    }
    Ok(ticks(total))
}

/// Resident memory of a process, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn rss_bytes(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("/proc/PID/status has no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1_024)
}

/// Kernel memory for all sockets of the machine, in bytes; `None` if only root may read it.
#[must_use]
pub fn socket_slab_bytes() -> Option<u64> {
    let slabs = fs::read_to_string("/proc/slabinfo").ok()?;
    let bytes = slabs.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let active: u64 = words.next()?.parse().ok()?;
        let size: u64 = words.nth(1)?.parse().ok()?;
        SOCKET_CACHES.contains(&name).then_some(active * size)
    });
    Some(bytes.sum())
}

/// CPU time of everything else on the machine so far: all processes except this one and its descendants, without
/// interrupts. The time that other guests of the host took is included.
///
/// # Errors
/// When `/proc` has an unexpected format.
pub fn cpu_of_others() -> Outcome<Duration> {
    let line = fs::read_to_string("/proc/stat")?;
    let numbers = line.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let numbers: Vec<u64> = numbers.map(str::parse).collect::<Result<_, _>>()?;
    // The fields: user nice system idle iowait irq softirq steal. The time of guests is included in user.
    let &[user, nice, system, _, _, _, _, steal, ..] = numbers.as_slice() else {
        return Err("/proc/stat is too short".into());
    };
    Ok(ticks((user + nice + system + steal).saturating_sub(own_ticks()?)))
}

/// The ticks of this process and its descendants.
fn own_ticks() -> Outcome<u64> {
    let mut parents: HashMap<u32, (u32, u64)> = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process that has just ended is included in the times of its parent.
        let Ok(stat) = stat(pid) else { continue };
        let Some(parent) = fields(&stat).nth(1).and_then(|parent| parent.parse().ok()) else { continue };
        parents.insert(pid, (parent, times(&stat)?.iter().sum()));
    }
    let own = |mut pid: u32| {
        while pid != std::process::id() {
            match parents.get(&pid) {
                Some((parent, _)) => pid = *parent,
                None => return false,
            }
        }
        true
    };
    Ok(parents.iter().filter(|(pid, _)| own(**pid)).map(|(_, (_, ticks))| ticks).sum())
}

/// How often the kernel made a client wait and retry because a program had too many connections that it had not
/// accepted, over all programs. `None` if the kernel does not report it.
#[must_use]
pub fn connections_put_off() -> Option<u64> {
    let netstat = fs::read_to_string("/proc/net/netstat").ok()?;
    let mut lines = netstat.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?.split_whitespace(), lines.next()?.split_whitespace());
    names.zip(values).find(|(name, _)| *name == "ListenOverflows")?.1.parse().ok()
}

/// Raises the limit of open files, for this process and its children, to the allowed maximum. Returns the limit.
///
/// # Errors
/// When the kernel refuses.
pub fn raise_file_limit() -> Outcome<u64> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum.unwrap_or(u64::MAX))
}

fn stat(pid: u32) -> Outcome<String> {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| format!("process {pid}: {error}").into())
}

/// The fields after the name of the program, which may contain any character. The first of them is the state.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split_whitespace()
}

/// `utime`, `stime` and the same two of ended children, in ticks.
fn times(stat: &str) -> Outcome<[u64; 4]> {
    let times: Vec<u64> = fields(stat).skip(11).take(4).map(str::parse).collect::<Result<_, _>>()?;
    times.try_into().map_err(|_| "/proc/PID/stat is too short".into())
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * u64::from(1_000 / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_are_no_trap() {
        let stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 11 22 33 44 20 0 1 0";
        assert_eq!(fields(stat).nth(1), Some("1"));
        assert_eq!(times(stat).expect("long enough"), [11, 22, 33, 44]);
    }

    #[test]
    fn connections_put_off_by_the_kernel_are_counted() {
        assert!(connections_put_off().is_some());
    }

    #[test]
    fn this_process_is_known() {
        let pid = std::process::id();
        assert!(rss_bytes(pid).expect("runs") > 100_000);
        let alone = cpu(pid).expect("runs");
        assert!(cpu_of_family(pid).expect("runs") >= alone);
        assert!(cpu_of_others().expect("runs") > Duration::ZERO);
    }
}
