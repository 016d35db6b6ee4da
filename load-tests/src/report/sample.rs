//! Sample reports like those of a real run, for the tests of their output.

use super::{Curve, Figure, Machine, Report, Series, Step, Summary};

/// A summary with all cases: goals that are met, missed and without a ratio, doubts, an interruption, notes, and a
/// nearly empty report.
pub fn summary() -> Summary {
    let machine = Machine {
        processor: Some("Intel(R) Xeon(R) CPU @ 2.30GHz (virtual)".to_owned()),
        cores: 2,
        memory_bytes: 25_282_560_000,
        kernel: Some("Linux 6.18.0, x86_64".to_owned()),
        disk: Some("ext4 on /dev/vda1".to_owned()),
        server: Some("causerie 0.1.0".to_owned()),
        postgres: Some("15.14".to_owned()),
        redis: Some("7.0.15".to_owned()),
        load_start: Some(0.14),
        load_end: Some(2.31),
    };
    let command = "load-tests all --spawn --json report.json --html report.html".to_owned();
    let mut reports = vec![
        idle(),
        fanout(),
        burst(),
        durable(),
        durable_sqlite(),
        latency(),
        two_nodes(),
        reconnect(),
        slow_readers(),
        office_day(),
        policy(),
        history(),
        provision(),
    ];
    let mut began = 1_795_275_000;
    for report in &mut reports {
        report.began = began;
        report.took_s = 190.0 + f64::from(u8::try_from(report.title.len()).unwrap_or(u8::MAX));
        began += 320;
    }
    Summary { machine, command, set: true, reports }
}

fn report(scenario: &str, title: &str) -> Report {
    Report { title: title.to_owned(), ..Report::new(scenario) }
}

/// The goals about losses and errors, all of which are met.
fn nothing_wrong(report: &mut Report) {
    for name in ["messages lost", "messages doubled", "messages out of order", "errors"] {
        report.at_most(name, 0.0, 0.0, "");
    }
}

/// The results at a quarter, a half and the whole of `full`.
fn growth(report: &mut Report, workload: (&str, f64), costs: &[(&str, &'static str, [f64; 3])]) {
    for (index, scale) in [0.25, 0.5, 1.0].into_iter().enumerate() {
        report.step(Step {
            scale,
            workload: vec![Figure::new(workload.0, workload.1 * scale, "")],
            costs: costs.iter().map(|(name, unit, values)| Figure::new(*name, values[index], unit)).collect(),
        });
    }
}

fn curve(report: &mut Report, name: &str, ms: [f64; 8]) {
    let quantiles = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0];
    report.curve(Curve { name: name.to_owned(), unit: "ms", points: quantiles.into_iter().zip(ms).collect() });
}

/// One value per second that varies by `noise`; the same values at each call.
fn series(report: &mut Report, name: &str, unit: &'static str, seconds: u32, level: impl Fn(f64) -> f64, noise: f64) {
    let mut state = 0x2545_f491_u32;
    let points = (0..seconds).map(|second| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let waver = f64::from(state % 2_001) / 1_000.0 - 1.0;
        (f64::from(second), level(f64::from(second)) * (1.0 + noise * waver))
    });
    report.series(Series { name: name.to_owned(), unit, points: points.collect() });
}

fn idle() -> Report {
    let mut report = report("idle", "19,000 users are signed in, each live in 20 conversations of 100, and nobody writes.");
    report.workload("sessions", 19_000_u32, "");
    report.workload("conversations each", 20_u32, "");
    report.workload("conversations", 3_800_u32, "");
    report.workload("read for", 60_u32, "s");
    report.metric("RSS, empty", 24.1, "MB");
    report.metric("RSS, full", 307.8, "MB");
    report.metric("RSS per session", 14_930.0, "B");
    report.metric("RSS per session, after all left and returned twice", 16_412.0, "B");
    report.metric("CPU per session", 0.712, "us/s");
    report.metric("CPU per session, one tick of the clock", 0.0088, "us/s");
    report.metric("ramp, sessions", 4_211.0, "1/s");
    report.baseline("kernel slab per socket", 3_962.0, "B");
    report.at_most("RSS per session", 14.93, 4.0, "KB");
    report.at_most("RSS per session / kernel slab per socket", 3.768, 1.1, "x");
    report.at_most("RSS per session after two returns / before", 1.099, 1.15, "x");
    report.at_most("CPU per session", 0.712, 0.6, "us/s");
    nothing_wrong(&mut report);
    growth(
        &mut report,
        ("sessions", 19_000.0),
        &[("RSS per session", "B", [14_702.0, 14_850.0, 14_930.0]), ("CPU per session", "us/s", [0.72, 0.70, 0.712])],
    );
    series(&mut report, "RSS of the server", "MB", 90, |second| 24.0 + 284.0 * (second / 20.0).min(1.0), 0.004);
    report.note("One tick of the kernel's CPU clock is 0.0088 µs/s per session here.");
    report
}

fn fanout() -> Report {
    let mut report =
        report("fanout", "One group of 5,000 users who are all there, and 20 messages per second to all of them.");
    report.workload("members online", 5_000_u32, "");
    report.workload("messages per second", 20_u32, "1/s");
    report.workload("messages", 600_u32, "");
    report.metric("messages delivered", 3_000_000_u32, "");
    report.metric("server CPU per delivered message", 3.05, "us");
    report.metric("write calls per delivered message", 1.004, "");
    report.metric("bytes of a delivered message, header included", 391_u32, "B");
    report.baseline("raw loop, CPU per frame", 2.45, "us");
    report.at_most("server CPU per delivered message / raw loop", 1.245, 1.3, "x");
    report.at_most("encodes per message and encoding", 1.0, 1.0, "");
    nothing_wrong(&mut report);
    growth(&mut report, ("members", 5_000.0), &[("CPU per delivered message", "us", [3.52, 3.20, 3.05])]);
    curve(&mut report, "due to read", [14.2, 19.8, 24.1, 26.0, 31.3, 44.0, 61.2, 70.4]);
    curve(&mut report, "due to read, raw loop", [9.1, 12.8, 15.0, 16.1, 18.7, 24.4, 30.2, 31.0]);
    series(&mut report, "delivered", "1/s", 30, |_| 100_000.0, 0.03);
    series(&mut report, "sent", "1/s", 30, |_| 20.0, 0.0);
    report
}

fn burst() -> Report {
    let mut report = report("burst", "200 messages within 50 ms, every 5 s, to one group of 1,000 users.");
    report.workload("members online", 1_000_u32, "");
    report.workload("messages per burst", 200_u32, "");
    report.workload("bursts", 12_u32, "");
    report.metric("server CPU per burst", 0.214, "s");
    report.baseline("raw loop of 200,000 sends", 0.487, "s");
    report.at_most("server CPU per burst / raw loop", 0.439, 0.35, "x");
    report.at_most("write calls per delivered message", 0.121, 0.15, "");
    report.at_most("last delivery after the last send", 0.338, 0.5, "s");
    nothing_wrong(&mut report);
    growth(&mut report, ("members", 1_000.0), &[("CPU per delivered message", "us", [0.81, 0.96, 1.07])]);
    let wave = |second: f64| if second % 5.0 < 1.0 { 200_000.0 } else { 0.0 };
    series(&mut report, "delivered", "1/s", 60, wave, 0.02);
    report
}

fn durable() -> Report {
    let mut report = report(
        "durable",
        "2,000 pairs write to each other, faster and faster, until one acknowledgement in a hundred takes longer than 100 ms.",
    );
    report.workload("pairs", 2_000_u32, "");
    report.workload("text", 256_u32, "B");
    report.metric("highest rate with ack p99 of at most 100 ms", 10_125_u32, "1/s");
    report.metric("messages per database CPU second", 38_100_u32, "1/s");
    report.metric("messages per WAL sync", 63.4, "");
    report.baseline("bare batches of 256, per database CPU second", 109_198_u32, "1/s");
    report.baseline("bare row per commit, 16 connections", 9_337_u32, "1/s");
    report.baseline("fdatasync of 8 KiB, p50", 0.162, "ms");
    report.baseline("fdatasync of 8 KiB, p99", 0.871, "ms");
    report.at_least("rate / bare batches, per database CPU", 0.349, 0.5, "x");
    report.at_least("rate / bare row per commit", 1.084, 2.0, "x");
    report.at_least("messages per WAL sync / what arrives within one", 0.93, 0.8, "x");
    report.at_most("SQL statements per sync", 3.8, 4.0, "");
    report.at_most("ack p50 / fdatasync p50", 12.7, 2.0, "x");
    nothing_wrong(&mut report);
    growth(&mut report, ("pairs", 2_000.0), &[("database CPU per message", "us", [24.1, 25.2, 26.2])]);
    curve(&mut report, "ack at 10,125 /s", [2.06, 3.4, 8.8, 17.2, 71.0, 95.5, 104.0, 109.3]);
    curve(&mut report, "ack at 3,000 /s", [1.1, 1.4, 2.2, 2.9, 4.3, 9.7, 21.2, 22.0]);
    curve(&mut report, "fdatasync of 8 KiB", [0.162, 0.19, 0.27, 0.41, 0.871, 2.2, 4.9, 5.1]);
    series(&mut report, "due", "1/s", 40, |second| 3_000.0 * 1.5_f64.powf((second / 8.0).floor()), 0.0);
    series(
        &mut report,
        "acknowledged",
        "1/s",
        40,
        |second| (3_000.0 * 1.5_f64.powf((second / 8.0).floor())).min(11_000.0),
        0.05,
    );
    report
}

fn durable_sqlite() -> Report {
    let mut report = report("durable --sqlite", "The same pairs on the embedded form, with WAL and synchronous=FULL.");
    report.workload("pairs", 2_000_u32, "");
    report.metric("highest rate with ack p99 of at most 100 ms", 11_390_u32, "1/s");
    report.metric("the same server with batches of one", 541_u32, "1/s");
    report.baseline("bare batches of 256", 21_504_u32, "1/s");
    report.at_least("rate / bare batches", 0.53, 0.5, "x");
    report.at_least("rate / batches of one", 21.05, 20.0, "x");
    nothing_wrong(&mut report);
    curve(&mut report, "ack", [1.9, 2.6, 4.4, 7.0, 31.0, 58.0, 80.0, 88.0]);
    report
}

fn latency() -> Report {
    let mut report =
        report("latency", "10,000 users in 1,000 groups of 10 write 1,500 messages per second, all of them stored.");
    report.workload("sessions", 10_000_u32, "");
    report.workload("messages per second", 1_500_u32, "1/s");
    report.metric("commit to the last member's read, p99", 2.21, "ms");
    report.at_most("commit to the last member's read, p99", 2.21, 3.0, "ms");
    report.at_most("commit to the last member's read, p99.9", 11.4, 10.0, "ms");
    nothing_wrong(&mut report);
    curve(&mut report, "commit to last read", [0.62, 0.81, 1.12, 1.43, 2.21, 11.4, 18.8, 24.1]);
    curve(&mut report, "due to last read", [3.1, 3.8, 5.0, 6.2, 9.9, 27.1, 44.3, 51.2]);
    series(&mut report, "read", "1/s", 60, |_| 13_500.0, 0.02);
    report.doubt(
        "the generator was the bottleneck: its 10 ms ticker was 26 ms late at p99, and its workers used 94 % of the cores they may use",
    );
    report
}

fn two_nodes() -> Report {
    let mut report =
        report("two-nodes", "Two servers share 10,000 users whose groups lie half on the one and half on the other.");
    report.workload("sessions", 10_000_u32, "");
    report.workload("messages per second", 4_000_u32, "1/s");
    report.metric("PUBLISH per message", 0.42, "");
    report.metric("Redis reads per command", 0.31, "");
    report.at_most("PUBLISH per message", 0.42, 1.0, "");
    report.at_most("Redis reads per command", 0.31, 0.25, "");
    report.at_most("cross-node p99 less same-node p99", 1.2, 2.0, "ms");
    nothing_wrong(&mut report);
    curve(&mut report, "same node", [1.9, 2.5, 3.4, 4.2, 6.6, 14.0, 22.0, 25.0]);
    curve(&mut report, "cross node", [2.4, 3.1, 4.2, 5.1, 7.8, 16.3, 28.0, 36.0]);
    report
}

fn reconnect() -> Report {
    let mut report = report("reconnect", "15,000 connections are cut at one instant, and all come back without waiting.");
    report.workload("sessions", 15_000_u32, "");
    report.workload("conversations resumed each", 20_u32, "");
    report.metric("99 % live and without a gap after", 3.62, "s");
    report.at_most("99 % live and without a gap", 3.62, 4.0, "s");
    report.at_most("server CPU per return", 231.0, 250.0, "us");
    report.at_most("SQL queries per return", 0.004, 0.02, "");
    nothing_wrong(&mut report);
    growth(&mut report, ("sessions", 15_000.0), &[("server CPU per return", "us", [170.0, 198.0, 231.0])]);
    series(&mut report, "live", "", 12, |second| 15_000.0 * (1.0 - (-(second - 1.0).max(0.0) / 0.9).exp()), 0.0);
    report
}

fn slow_readers() -> Report {
    let mut report = report(
        "slow-readers",
        "A tenth of a group of 1,000 stops reading for a minute while 50 messages of 1 KB per second go on.",
    );
    report.workload("members", 1_000_u32, "");
    report.workload("slow readers", 100_u32, "");
    report.at_most("memory per slow reader, kernel included", 198.3, 256.0, "KiB");
    report.at_most("healthy p99 / without slow readers", 1.07, 1.2, "x");
    nothing_wrong(&mut report);
    report.goals.retain(|goal| goal.name != "messages lost");
    report.at_most("messages lost", 37.0, 0.0, "");
    curve(&mut report, "healthy readers", [4.1, 5.2, 6.8, 8.0, 11.9, 19.2, 26.0, 27.7]);
    curve(&mut report, "without slow readers", [4.0, 5.0, 6.5, 7.7, 11.1, 18.0, 23.0, 24.9]);
    report
}

fn office_day() -> Report {
    let mut report = report(
        "office-day",
        "18,000 users mostly read: lists, the last 30 messages, marks; each writes once in five minutes.",
    );
    report.workload("users", 18_000_u32, "");
    report.workload("stored messages", 1_000_000_u32, "");
    report.metric("requests", 54_211_u32, "");
    report.at_most("p99", 41.0, 100.0, "ms");
    report.at_most("mean", 6.9, 10.0, "ms");
    nothing_wrong(&mut report);
    curve(&mut report, "list of conversations", [6.1, 9.0, 14.0, 19.0, 39.0, 71.0, 99.0, 102.0]);
    curve(&mut report, "last 30 messages", [3.9, 5.5, 9.1, 13.0, 28.0, 52.0, 80.0, 84.0]);
    curve(&mut report, "mark read", [2.2, 2.9, 4.0, 5.9, 12.0, 33.0, 61.0, 66.0]);
    curve(&mut report, "send", [3.0, 3.9, 6.1, 8.4, 17.0, 41.0, 58.0, 58.0]);
    series(&mut report, "requests", "1/s", 60, |_| 903.0, 0.08);
    report.interrupted = true;
    report.note("Ended by Ctrl-C after 60 of 300 s.");
    report
}

fn policy() -> Report {
    let mut report = report("policy", "Rules are asked about 100,000 users with 1.9 million memberships, with each preset.");
    for (preset, check) in
        [("open", 0.06), ("school", 0.82), ("ent", 0.80), ("community", 0.74), ("medical", 0.82), ("lms", 0.42)]
    {
        report.metric(format!("check, {preset}"), check, "us");
        report.at_most(&format!("check, {preset}"), check, 2.0, "us");
    }
    report.at_most("reach and 20 completions, worst of all presets", 0.027, 1.0, "ms");
    report
}

fn history() -> Report {
    let mut report =
        report("history", "Pages of 50 out of a conversation of a million messages, in a table of ten million.");
    report.workload("messages of the conversation", 1_000_000_u32, "");
    report.workload("messages in all", 10_000_000_u32, "");
    report.at_most("p99 of a page anywhere / of the first page", 1.21, 1.5, "x");
    report.at_most("queries for a list of 500 conversations", 1.0, 1.0, "");
    curve(&mut report, "first page", [0.9, 1.1, 1.3, 1.6, 2.4, 4.0, 6.1, 6.5]);
    curve(&mut report, "a page anywhere", [1.0, 1.2, 1.5, 1.8, 2.9, 5.2, 9.9, 12.1]);
    report
}

fn provision() -> Report {
    let mut report =
        report("provision", "A file of 100,000 users with 19 memberships each is imported twice while 50 pairs chat.");
    report.workload("rows in all", 2_022_113_u32, "");
    report.workload("bytes", 158_213_004_u32, "B");
    report.metric("rows per second", 31_703.0, "1/s");
    report.metric("RSS after", 99_213_312_u32, "B");
    report.at_most("import", 63.8, 300.0, "s");
    report.at_most("ack meanwhile, p99", 91.0, 100.0, "ms");
    report.note("Kernel slab not read: only root reads /proc/slabinfo.");
    report
}
