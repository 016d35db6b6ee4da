//! Simulated users driving a Causerie server, and the figures they see.
//!
//! Each scenario starts what it needs, takes its baselines in the same run, loads on a fixed schedule, and ends by itself
//! with a table and, if asked, JSON. To add one: a file in `scenario/` that answers a [`report::Report`], and a subcommand
//! in [`cli`].

mod baseline;
mod cli;
mod crowd;
mod http;
mod metrics;
mod pairs;
mod process;
mod report;
mod scenario;
mod schedule;
mod socket;
mod spawn;
mod token;

use std::process::ExitCode;

use clap::Parser as _;

/// What went wrong, in words for whoever started the tool.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let run = cli::Cli::parse().run();
    let outcome = tokio::select! {
        outcome = run => outcome,
        // Here rather than by the signal's default, so that what the run started ends with it.
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load-tests: {error}");
            ExitCode::FAILURE
        }
    }
}
