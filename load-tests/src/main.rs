//! Simulated users driving a Causerie server, and the figures they see.
//!
//! Each scenario starts what it needs ([`world`]), or drives a server that runs already, fills it with users who live in
//! processes of their own ([`crowd`]), takes its baselines in the same run, loads on a fixed schedule, and ends by itself
//! with a report. To add one: a file in `scenario/` and a line in the table there.

mod baseline;
mod capacity;
mod cli;
mod crowd;
mod measure;
mod progress;
mod report;
mod scenario;
mod stop;
mod world;

use std::process::ExitCode;

use clap::Parser as _;

/// The result of work whose error is shown to the user of the tool as text.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Before the first thread, because threads and processes inherit both.
    let prepared = world::cores::take_the_crowds().and_then(|()| measure::process::raise_file_limit());
    let outcome = prepared.and_then(|_| Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?));
    match outcome.and_then(|runtime| runtime.block_on(cli.run())) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("load-tests: {}", report::words::plain_lines(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}
