//! Simulated users put load on a Causerie server, and the tool reports what they measure.
//!
//! Each scenario starts the servers and databases that it needs ([`world`]), or uses a server that runs already. It connects
//! users, who run in separate processes ([`crowd`]), measures its baselines in the same run, puts load on the server by a
//! fixed schedule, and ends with a report. To add a scenario, add a file in `scenario/` and a line in the table in
//! `scenario/mod.rs`.

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
    // Both are set before the first thread starts, because threads and processes inherit them.
    let prepared = world::cores::move_to_crowd_cores().and_then(|()| measure::process::raise_file_limit());
    let outcome = prepared.and_then(|_| Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?));
    match outcome.and_then(|runtime| runtime.block_on(cli.run())) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("load-tests: {}", report::words::plain_lines(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}
