//! The machine on which the figures were measured.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// Facts about the machine that a reader of the figures needs. Facts that can't be read are left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Machine {
    /// The model of the processor, as the kernel reports it.
    pub processor: Option<String>,
    /// The number of logical cores, including cores that the run does not use.
    pub cores: usize,
    /// The memory of the machine in bytes.
    pub memory_bytes: u64,
    /// System, release, architecture.
    pub kernel: Option<String>,
    /// File system and device of the folder with the data of the run.
    pub disk: Option<String>,
    /// The version of the tested server.
    pub server: Option<String>,
    /// The version of PostgreSQL.
    pub postgres: Option<String>,
    /// The version of Redis.
    pub redis: Option<String>,
    /// The load average of the minute before the run: the number of running and runnable tasks.
    pub load_start: Option<f64>,
    /// The load average of the last minute of the run.
    pub load_end: Option<f64>,
}

impl Machine {
    /// Reads the current facts; `dir` is the folder with the data of the run.
    #[must_use]
    pub fn read_facts(dir: &Path) -> Self {
        let cpus = read("/proc/cpuinfo");
        Self {
            processor: processor(&cpus),
            cores: cpus.lines().filter(|line| line.starts_with("processor")).count(),
            memory_bytes: memory(&read("/proc/meminfo")),
            kernel: kernel(&read("/proc/sys/kernel/ostype"), &read("/proc/sys/kernel/osrelease")),
            disk: dir.canonicalize().ok().and_then(|dir| disk(&read("/proc/self/mountinfo"), &dir)),
            load_start: load(),
            ..Self::default()
        }
    }

    /// Reads the load average at the end of the run.
    pub fn read_final_load(&mut self) {
        self.load_end = load();
    }

    /// The known facts with their names, for the report.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let cores = match self.cores {
            0 => None,
            1 => Some("1 core".to_owned()),
            cores => Some(format!("{cores} cores")),
        };
        #[allow(clippy::cast_precision_loss)]
        let gib = self.memory_bytes as f64 / f64::from(1 << 30);
        let load = match (self.load_start, self.load_end) {
            (Some(start), Some(end)) => Some(format!("{start:.2} at the start, {end:.2} at the end")),
            (one, other) => one.or(other).map(|load| format!("{load:.2}")),
        };
        let processor = [self.processor.clone(), cores].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let all = [
            ("Processor", Some(processor).filter(|text| !text.is_empty())),
            ("Memory", (self.memory_bytes > 0).then(|| format!("{gib:.1} GiB"))),
            ("Disk", self.disk.clone()),
            ("Kernel", self.kernel.clone()),
            ("Server", self.server.clone()),
            ("PostgreSQL", self.postgres.clone()),
            ("Redis", self.redis.clone()),
            ("Load average", load),
        ];
        all.into_iter().filter_map(|(name, fact)| fact.map(|fact| (name, fact))).collect()
    }
}

/// The content of a file; empty if there is no such file, as on systems other than Linux.
fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

fn load() -> Option<f64> {
    read("/proc/loadavg").split_whitespace().next()?.parse().ok()
}

fn memory(meminfo: &str) -> u64 {
    let kib =
        meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1_024
}

fn kernel(system: &str, release: &str) -> Option<String> {
    let (system, release) = (system.trim(), release.trim());
    (!release.is_empty()).then(|| format!("{system} {release}, {}", std::env::consts::ARCH))
}

/// Arm processors report no model; then only the number of cores is known.
fn processor(cpuinfo: &str) -> Option<String> {
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    };
    let model = field("model name")?;
    let hosted = field("flags").is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor"));
    Some(if hosted { format!("{model} (virtual)") } else { model })
}

/// Finds the mount of `dir`: the mount with the longest path that contains `dir`, and the last of several mounts at the
/// same path, which hides the others.
fn disk(mounts: &str, dir: &Path) -> Option<String> {
    let found = mounts.lines().filter_map(Mount::parse).filter(|mount| dir.starts_with(&mount.place));
    let mount = found.max_by_key(|mount| mount.place.components().count())?;
    let model = read(&format!("/sys/dev/block/{}/device/model", mount.numbers));
    let device = if mount.source.starts_with('/') { format!(" on {}", mount.source) } else { String::new() };
    let model = if model.trim().is_empty() { String::new() } else { format!(" ({})", model.trim()) };
    Some(format!("{}{device}{model}", mount.kind))
}

/// A line of `/proc/self/mountinfo`.
struct Mount {
    numbers: String,
    place: PathBuf,
    kind: String,
    source: String,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (front, back) = line.split_once(" - ")?;
        let (mut front, mut back) = (front.split(' ').skip(2), back.split(' '));
        let numbers = front.next()?.to_owned();
        let place = front.nth(1)?;
        Some(Self {
            numbers,
            // The kernel writes a space as `\040`. It escapes other characters in the same way, which do not occur in
            // usual paths.
            place: place.replace("\\040", " ").into(),
            kind: back.next()?.to_owned(),
            source: back.next()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 0:21 / / rw,relatime shared:1 - overlay overlay rw\n\
        30 22 254:0 / /var rw - ext4 /dev/vda rw\n\
        31 30 0:40 / /var/my\\040tmp rw - tmpfs tmpfs rw\n";

    #[test]
    fn the_disk_is_the_mount_with_the_longest_path() {
        let of = |dir: &str| disk(MOUNTS, Path::new(dir)).expect("mounted");
        assert_eq!(of("/home"), "overlay");
        assert!(of("/var/lib").starts_with("ext4 on /dev/vda"));
        assert_eq!(of("/var/my tmp/run"), "tmpfs");
        assert!(of("/variant").starts_with("overlay"), "a name that only begins like the folder");
    }

    #[test]
    fn processors_say_whether_they_are_virtual() {
        let text = "processor\t: 0\nmodel name\t: Xeon\nflags\t\t: fpu hypervisor\n";
        assert_eq!(processor(text).as_deref(), Some("Xeon (virtual)"));
        assert_eq!(processor("model name : Xeon\nflags : fpu\n").as_deref(), Some("Xeon"));
        assert_eq!(processor("processor : 0\n"), None);
    }

    #[test]
    fn memory_is_in_bytes() {
        assert_eq!(memory("MemTotal:       1024 kB\nMemFree: 3 kB\n"), 1 << 20);
        assert_eq!(memory(""), 0);
    }

    #[test]
    fn facts_of_this_machine_can_be_read() {
        let mut machine = Machine::read_facts(&std::env::temp_dir());
        machine.read_final_load();
        if cfg!(target_os = "linux") {
            let names: Vec<_> = machine.facts().into_iter().map(|(name, _)| name).collect();
            for name in ["Processor", "Memory", "Disk", "Kernel", "Load average"] {
                assert!(names.contains(&name), "{name} in {names:?}");
            }
        }
    }

    #[test]
    fn unknown_facts_are_left_out() {
        assert!(Machine::default().facts().is_empty());
    }
}
