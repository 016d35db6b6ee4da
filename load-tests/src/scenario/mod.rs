//! The scenarios, one file or folder each, and their table. A scenario measures at one size and fills a report;
//! [`run()`] calls it for each of `--sizes`.

mod reads;
mod stage;

use std::time::Instant;

use async_trait::async_trait;
use clap::Subcommand;

pub use stage::Stage;

use crate::{
    Outcome,
    report::{Figure, Report, Side, Step},
    stop::Stopped,
};

/// The size of a server's frame header for a payload of 126 to 65,535 bytes (RFC 6455 §5.2).
const FRAME_HEADER_BYTES: f64 = 4.0;

/// A scenario.
#[async_trait]
pub trait Scenario: Send + Sync {
    /// The name: `fanout`, with an option that makes it another scenario: `durable --rate`.
    fn name(&self) -> String;

    /// What the scenario does, in one sentence.
    fn title(&self) -> String;

    /// Measures at a part of the full size (1 is the full size). Puts each result into the report as soon as it is
    /// known, so that a stopped run keeps what it has measured. Returns the costs of a unit, under the same names at
    /// every size.
    ///
    /// # Errors
    /// When the scenario can't be carried out. A missed goal or a lost message is a figure, not an error.
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>>;

    /// Whether the scenario is measured at several sizes.
    fn grows(&self) -> bool {
        true
    }
}

/// The table of all scenarios, one line each: `Name => module`. The module has a struct of this name, which is also the
/// command line of the scenario.
macro_rules! scenarios {
    ($($(#[$doc:meta])* $name:ident => $module:ident,)*) => {
        $(pub mod $module;)*

        /// The scenarios by name, as on the command line.
        #[derive(Debug, Subcommand)]
        pub enum Named {
            $($(#[$doc])* $name($module::$name),)*
        }

        impl Named {
            /// The scenario to run.
            #[must_use]
            pub fn scenario(&self) -> &dyn Scenario {
                match self {
                    $(Self::$name(scenario) => scenario,)*
                }
            }
        }
    };
}

scenarios! {
    /// The cost of an idle session: memory and CPU.
    Idle => idle,
    /// The cost of delivering every message of one large group to all members.
    Fanout => fanout,
    /// The cost of many messages at once in one group, and how soon all are delivered.
    Burst => burst,
    /// The time from storing a message until all members have read it.
    Latency => latency,
    /// The cost of members who stop reading, and their effect on the others.
    SlowReaders => slow_readers,
    /// How soon all users are back who were disconnected at the same moment.
    Reconnect => reconnect,
    /// The cost of members who are connected to two nodes, and the fate of messages while Redis fails and returns.
    TwoNodes => two_nodes,
    /// How many messages per second are acknowledged after they are on disk.
    Durable => durable,
    /// What the users of an organisation experience who mostly read.
    OfficeDay => office_day,
    /// Whether the speed depends on the length of a conversation and on the numbers of messages and conversations.
    History => history,
    /// The cost of decisions with very many users, and how soon all nodes apply a changed fact.
    Policy => policy,
    /// The duration of importing all users, and its effect on users who chat.
    Provision => provision,
    /// A scenario of your own, from a file.
    Run => run,
}

/// The scenarios of `all`, in this order.
pub const ALL: &[&[&str]] = &[
    &["idle"],
    &["fanout"],
    &["burst"],
    &["latency"],
    &["slow-readers"],
    &["reconnect"],
    &["durable"],
    &["durable", "--rate", "3000"],
    &["durable", "--sqlite"],
    &["two-nodes"],
    &["office-day"],
    &["history"],
    &["policy"],
    &["provision"],
];

/// Runs a scenario at every requested size, smallest first. Returns the report of the last size; it contains the costs per
/// unit at all sizes.
///
/// # Errors
/// When the scenario can't be carried out. A stopped run returns what it has.
pub async fn run(scenario: &dyn Scenario, stage: &Stage) -> Outcome<Report> {
    let began = Instant::now();
    let sizes = if scenario.grows() { stage.common.sizes() } else { vec![1.0] };
    let (mut steps, mut carried) = (Vec::new(), Vec::new());
    let mut last: Option<Report> = None;
    let mut began_at = None;
    for scale in sizes {
        let size = in_words(scale);
        stage.progress.print(&format!("{}, {size}", scenario.name()));
        let mut report = Report::new(scenario.name());
        report.title = scenario.title();
        began_at.get_or_insert(report.began);
        match scenario.measure(stage, scale, &mut report).await {
            Ok(costs) => {
                steps.push(Step { scale, workload: report.workload.clone(), costs });
                if let Some(before) = last.replace(report) {
                    carried.extend(of_smaller(&before));
                }
            }
            Err(error) if error.is::<Stopped>() => {
                // The results of a smaller size are worth more than an empty report of the next size.
                if last.is_none() || !report.metrics.is_empty() {
                    last = Some(report);
                }
                stage.progress.print(&format!("{error}; reporting what was measured by now"));
            }
            Err(error) => return Err(format!("{}, {size}: {error}", scenario.name()).into()),
        }
        if let Err(stopped) = stage.stop.check() {
            if let Some(report) = &mut last {
                report.interrupted = true;
                report.note(format!("{stopped}, at {size}"));
            }
            break;
        }
    }
    let mut report = last.ok_or("--sizes: expected at least one")?;
    report.took_s = began.elapsed().as_secs_f64();
    report.began = began_at.unwrap_or(report.began);
    if stage.writes_to_memory() {
        report.doubt("--dir is a file system in memory: nothing was written to a disk");
    }
    for note in carried {
        report.note(note);
    }
    for step in steps {
        report.step(step);
    }
    Ok(report)
}

/// Moves the doubts and the losses of a smaller size into the report of the largest.
fn of_smaller(report: &Report) -> Vec<String> {
    let broken = report.goals.iter().filter(|goal| !goal.met && goal.side == Side::AtMost && goal.limit == 0.0);
    let broken = broken.map(|goal| format!("at a smaller size, {}: {}", goal.name, goal.value));
    report.doubts.iter().map(|doubt| format!("at a smaller size: {doubt}")).chain(broken).collect()
}

fn in_words(scale: f64) -> String {
    match scale {
        1.0 => "full size".to_owned(),
        0.5 => "half size".to_owned(),
        0.25 => "quarter size".to_owned(),
        _ => format!("{scale} of the full size"),
    }
}

/// The part `scale` of a full number: a multiple of `step`, at least one step.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // thousands
pub fn scaled(full: usize, scale: f64, step: usize) -> usize {
    ((full as f64 * scale / step as f64).round() as usize).max(1) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_steps() {
        assert_eq!([scaled(19_000, 0.25, 100), scaled(19_000, 0.5, 100), scaled(19_000, 1.0, 100)], [4_800, 9_500, 19_000]);
        assert_eq!(scaled(5_000, 0.25, 1), 1_250);
        assert_eq!(scaled(100, 0.01, 100), 100);
    }
}
