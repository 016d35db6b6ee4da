//! The program. What it does is told in `cli`, first of all `cli/serve.rs`.

use std::process::ExitCode;

use causerie_server::cli::Cli;
use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run().await
}
