//! The program. What it does is told in `cli`, first of all `cli/serve.rs`.

use std::process::ExitCode;

use causerie_server::{cli::Cli, lifecycle};
use clap::Parser as _;
use rustix::fs::Mode;

#[tokio::main]
async fn main() -> ExitCode {
    // Whatever this program writes (database, lock, backups) holds messages and secrets: for the server's own user only.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    lifecycle::outlive_file_size_limit();
    Cli::parse().run().await
}
