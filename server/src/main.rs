//! The entry point of the program. The subcommands are in `cli`; `cli/serve.rs` runs the server.

use std::process::ExitCode;

use causerie_server::{cli::Cli, lifecycle};
use clap::Parser as _;
use rustix::fs::Mode;

#[tokio::main]
async fn main() -> ExitCode {
    // The files that this program writes (database, lock, backups) hold messages and secrets, so only the server's system
    // user may open them.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    lifecycle::outlive_file_size_limit();
    Cli::parse().run().await
}
