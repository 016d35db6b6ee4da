//! What Linux tells about processes and about its own memory.

use std::{fs, time::Duration};

use crate::Outcome;

/// `USER_HZ`: the unit of times in `/proc/PID/stat`, 100 on every Linux whatever the kernel's own tick.
const TICKS_PER_SECOND: u32 = 100;
/// What the kernel allocates for a TCP socket that a process holds and waits for.
const SOCKET_CACHES: [&str; 6] = ["TCP", "sock_inode_cache", "filp", "dentry", "eventpoll_epi", "eventpoll_pwq"];

/// CPU time of a process so far, user and system, to 10 ms.
///
/// # Errors
/// When there is no such process.
pub fn cpu(pid: u32) -> Outcome<Duration> {
    let [utime, stime, ..] = times(&stat(pid)?)?;
    Ok(ticks(utime + stime))
}

/// CPU time of a process and of all its children so far, those that ended included.
///
/// # Errors
/// When there is no such process.
pub fn cpu_of_family(pid: u32) -> Outcome<Duration> {
    let mut total: u64 = times(&stat(pid)?)?.iter().sum();
    for entry in fs::read_dir("/proc")? {
        let Some(child) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that ended meanwhile is among the parent's times already, next time.
        let Ok(stat) = stat(child) else { continue };
        if fields(&stat).nth(1).is_some_and(|parent| parent == pid.to_string()) {
            let [utime, stime, ..] = times(&stat)?;
            total += utime + stime;
        }
    }
    Ok(ticks(total))
}

/// Memory of a process that is in RAM, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn rss_bytes(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("/proc/PID/status has no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1_024)
}

/// Bytes the kernel holds for sockets, all of the machine's; `None` where only root may know.
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

/// How busy the machine is with everything: the load average over one minute.
#[must_use]
pub fn load_average() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

fn stat(pid: u32) -> Outcome<String> {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| format!("process {pid}: {error}").into())
}

/// Those behind the program's name, which may hold anything; the first is the state.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split_whitespace()
}

/// `utime`, `stime`, and those of children that ended, in ticks.
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
    fn this_process_is_known() {
        let pid = std::process::id();
        assert!(rss_bytes(pid).expect("runs") > 100_000);
        let alone = cpu(pid).expect("runs");
        assert!(cpu_of_family(pid).expect("runs") >= alone);
    }
}
