//! One file or folder per scenario, and the table of them all. A scenario measures at the size it is told and fills a report;
//! [`run()`] has it do so at each of `--sizes`.

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

/// Something to measure.
#[async_trait]
pub trait Scenario: Send + Sync {
    /// `fanout`; with what was asked for where that makes it another: `durable --rate`.
    fn name(&self) -> String;

    /// What is done, in a sentence.
    fn title(&self) -> String;

    /// Measures at a part of the full size (1 is all of it) and puts what it finds into the report as soon as it knows it: if
    /// the run is given up, the report stays as it is then. Answers what a unit costs, under the same names at every size.
    ///
    /// # Errors
    /// When it can't be carried out. A missed goal, or a message lost, is a figure.
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>>;

    /// Whether it is measured at several sizes.
    fn grows(&self) -> bool {
        true
    }
}

/// The table of all scenarios: a line each, `Name => module`. Its struct in the module has the name, and is its command line.
macro_rules! scenarios {
    ($($(#[$doc:meta])* $name:ident => $module:ident,)*) => {
        $(pub mod $module;)*

        /// By name, as the command line has them.
        #[derive(Debug, Subcommand)]
        pub enum Named {
            $($(#[$doc])* $name($module::$name),)*
        }

        impl Named {
            /// What is to be run.
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
    /// What a session costs that only is there: memory, CPU.
    Idle => idle,
    /// What it costs to deliver every message of one large group to everyone.
    Fanout => fanout,
    /// What many messages at once into one group cost, and how soon all are delivered.
    Burst => burst,
    /// How long it takes from a message stored to everyone having read it.
    Latency => latency,
    /// What those cost who stop reading, and what the others notice.
    SlowReaders => slow_readers,
    /// How soon everyone is back who was cut off at one instant.
    Reconnect => reconnect,
    /// What it costs that members are connected to two nodes, and what becomes of messages while Redis dies and comes back.
    TwoNodes => two_nodes,
    /// How many messages per second are acknowledged once they are on disk.
    Durable => durable,
    /// What everyone of an organisation notices who mostly reads.
    OfficeDay => office_day,
    /// Whether it matters how long a conversation is, and how many messages and conversations there are.
    History => history,
    /// What decisions cost over very many people, and how soon all nodes go by a fact that changed.
    Policy => policy,
    /// How long it takes to tell the server of everyone, and what those who chat meanwhile notice.
    Provision => provision,
    /// A scenario of your own, from a file.
    Run => run,
}

/// What `all` runs, in this order.
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

/// Measures at every size asked for, smallest first. The report is that of the last one, with what a unit cost at each.
///
/// # Errors
/// When the scenario can't be carried out. One that was given up answers what it has.
pub async fn run(scenario: &dyn Scenario, stage: &Stage) -> Outcome<Report> {
    let began = Instant::now();
    let sizes = if scenario.grows() { stage.common.sizes() } else { vec![1.0] };
    let (mut steps, mut carried) = (Vec::new(), Vec::new());
    let mut last: Option<Report> = None;
    let mut began_at = None;
    for scale in sizes {
        let size = in_words(scale);
        stage.progress.say(&format!("{}, {size}", scenario.name()));
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
                // What a smaller size found is worth more than a size of which nothing is known yet.
                if last.is_none() || !report.metrics.is_empty() {
                    last = Some(report);
                }
                stage.progress.say(&format!("{error}; reporting what was measured by now"));
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

/// Whatever of a smaller size has to be known at the largest: doubts, and what must never happen.
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

/// A number of a full size at a part of it: a multiple of `step`, at least one of them.
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
