//! The command line.
//!
//! The exit status is the result of a run: 0 all goals are met, 1 the run failed, 2 the command line is wrong, 3 a goal is
//! missed, 4 the figures are in doubt, 130 the run was interrupted.

pub mod options;

use std::{fs, path::Path};

use clap::{Args, Parser, Subcommand};

use self::options::Common;
use crate::{
    Outcome,
    baseline::{accept::Accept, raw_send::RawSend},
    capacity::Capacity,
    crowd::worker::Worker,
    report::{Report, Summary},
    scenario::{self, Named, Stage},
    stop::Stop,
};

/// The default time limit of one scenario, in minutes.
const LIMIT: u32 = 60;
/// The default time limit of `all`, in minutes.
const LIMIT_OF_ALL: u32 = 180;

/// Puts load on a Causerie server and measures the costs.
#[derive(Debug, Parser)]
#[command(name = "load-tests", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Scenario(Box<Named>),
    /// All scenarios, one after the other.
    All(All),
    /// Compute how many users a number of nodes can serve, from the costs in reports.
    Capacity(Capacity),
    /// The baseline of `fanout`. It runs in a process of its own, so that its CPU time can be measured.
    #[command(hide = true)]
    RawSend(RawSend),
    /// The baseline of `reconnect`, in a process of its own for the same reason.
    #[command(hide = true)]
    Accept(Accept),
    /// A worker process with simulated users.
    #[command(hide = true, name = crate::crowd::SUBCOMMAND)]
    CrowdWorker(Worker),
}

/// Runs each scenario as if it was requested alone, and writes one report.
#[derive(Debug, Args)]
struct All {
    /// Run only these scenarios: `fanout,durable`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
}

impl Cli {
    /// Runs the command. Returns the exit status.
    ///
    /// # Errors
    /// When the command failed.
    pub async fn run(self) -> Outcome<u8> {
        match self.command {
            Command::Capacity(capacity) => {
                print!("{}", capacity.run()?);
                Ok(0)
            }
            Command::RawSend(raw) => raw.run().await.map(|()| 0),
            Command::Accept(accept) => accept.run().await.map(|()| 0),
            Command::CrowdWorker(worker) => worker.run().await.map(|()| 0),
            Command::Scenario(named) => {
                let stage = stage(self.common, LIMIT)?;
                let report = scenario::run(named.scenario(), &stage).await?;
                finish(&stage, vec![report], false)
            }
            Command::All(all) => {
                let stage = stage(self.common, LIMIT_OF_ALL)?;
                let reports = all.run(&stage).await?;
                finish(&stage, reports, true)
            }
        }
    }
}

impl All {
    async fn run(&self, stage: &Stage) -> Outcome<Vec<Report>> {
        if let Some(unknown) = self.only.iter().find(|only| scenario::ALL.iter().all(|it| it[0] != **only)) {
            return Err(format!("--only: there is no scenario `{unknown}`").into());
        }
        let mut reports = Vec::new();
        for arguments in scenario::ALL {
            if !self.only.is_empty() && !self.only.iter().any(|only| only == arguments[0]) {
                continue;
            }
            if let Some(why) = unfit(&stage.common, arguments) {
                stage.progress.print(&format!("{} is left out: {why}", arguments.join(" ")));
                continue;
            }
            let typed = std::iter::once("load-tests").chain(arguments.iter().copied());
            let Cli { command: Command::Scenario(named), common: its } = Cli::try_parse_from(typed)? else {
                return Err(format!("`{}` is no scenario", arguments.join(" ")).into());
            };
            let mut common = (*stage.common).clone();
            common.sqlite |= its.sqlite;
            let mut report = match scenario::run(named.scenario(), &stage.with(common)).await {
                Ok(report) => report,
                // A scenario that fails does not end the others.
                Err(error) => {
                    stage.progress.print(&format!("{}: {error}", arguments.join(" ")));
                    let mut report = Report::new(arguments.join(" "));
                    report.title = named.scenario().title();
                    report.doubt(format!("could not be carried out: {error}"));
                    report
                }
            };
            report.command = format!("load-tests {}", arguments.join(" "));
            reports.push(report);
            if stage.stop.why().is_some() {
                break;
            }
        }
        if reports.is_empty() {
            return Err("--only: with these options none of them can be measured".into());
        }
        Ok(reports)
    }
}

/// Why `all` leaves a scenario out with these options.
fn unfit(common: &Common, arguments: &[&str]) -> Option<&'static str> {
    let brings_sqlite = arguments.contains(&"--sqlite");
    match arguments[0] {
        "two-nodes" if common.sqlite => Some("two nodes need PostgreSQL and Redis"),
        _ if brings_sqlite && common.sqlite => Some("it is measured already"),
        _ if brings_sqlite && common.target.is_some() => Some("the target has the database it has"),
        "two-nodes" | "office-day" | "history" | "provision" if common.target.is_some() => {
            Some("it needs servers that it starts itself")
        }
        _ => None,
    }
}

fn stage(common: Common, limit_minutes: u32) -> Outcome<Stage> {
    // Checked before the run, not hours later at its end.
    for (option, file) in [("--json", &common.json), ("--html", &common.html)] {
        if let Some(file) = file {
            let is_new = !file.exists();
            let opened = fs::OpenOptions::new().create(true).append(true).open(file);
            opened.map_err(|error| format!("{option} {}: {error}", file.display()))?;
            if is_new {
                // A program that waits for the report must not find an empty file.
                fs::remove_file(file)?;
            }
        }
    }
    let stop = Stop::new();
    stop.listen(common.limit(limit_minutes))?;
    Ok(Stage::new(common, stop))
}

/// Writes the report in all requested forms.
fn finish(stage: &Stage, reports: Vec<Report>, set: bool) -> Outcome<u8> {
    let command = std::env::args().collect::<Vec<_>>();
    let program = Path::new(&command[0]).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let command = std::iter::once(program).chain(command.into_iter().skip(1)).collect::<Vec<_>>().join(" ");
    let summary = Summary { machine: stage.machine(), command, set, reports };
    print!("{}", summary.table());
    if let Some(file) = &stage.common.json {
        write("--json", file, &serde_json::to_string_pretty(&summary.json())?)?;
    }
    if let Some(file) = &stage.common.html {
        write("--html", file, &summary.html())?;
    }
    Ok(summary.exit())
}

fn write(option: &str, file: &Path, text: &str) -> Outcome<()> {
    fs::write(file, text).map_err(|error| format!("{option} {}: {error}", file.display()).into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_list_of_all_contains_only_scenarios() {
        for arguments in scenario::ALL {
            let cli = Cli::try_parse_from(std::iter::once(&"load-tests").chain(*arguments)).expect("parses");
            assert!(matches!(cli.command, Command::Scenario(_)), "{arguments:?}");
        }
    }

    #[test]
    fn all_skips_scenarios_that_do_not_fit() {
        let common = |options: &[&str]| {
            let line = ["load-tests", "all"].iter().chain(options).copied();
            Cli::try_parse_from(line).expect("parses").common
        };
        let left = |options: &[&str]| scenario::ALL.iter().filter(|it| unfit(&common(options), it).is_none()).count();
        assert_eq!(left(&[]), scenario::ALL.len());
        assert_eq!(left(&["--sqlite"]), scenario::ALL.len() - 2);
        assert_eq!(left(&["--target", "http://127.0.0.1", "--key-id", "k", "--key-file", "f"]), scenario::ALL.len() - 5);
    }

    #[test]
    fn rates_and_times_are_bounded() {
        for option in ["--rate=0", "--rate=-3", "--rate=nan", "--seconds=0", "--seconds=-1", "--rate=1e9"] {
            let error = Cli::try_parse_from(["load-tests", "fanout", option]).expect_err(option).to_string();
            assert!(error.contains("above 0"), "{error}");
        }
    }

    #[test]
    fn a_target_needs_a_key() {
        assert!(Cli::try_parse_from(["load-tests", "fanout", "--target", "http://127.0.0.1"]).is_err());
        let full = ["load-tests", "fanout", "--target", "http://127.0.0.1", "--key-id", "k", "--key-file", "f"];
        assert!(Cli::try_parse_from(full).is_ok());
        assert!(Cli::try_parse_from(full.iter().chain(&["--sqlite"])).is_err());
    }
}
