//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{Outcome, baseline::raw_send, scenario};

/// Puts load on a Causerie server and tells what it costs.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What a session costs that only is there: memory, CPU.
    Idle(scenario::idle::Idle),
    /// What it costs to deliver every message of one large group to everyone.
    Fanout(scenario::fanout::Fanout),
    /// How many messages per second are acknowledged once they are on disk.
    Durable(scenario::durable::Durable),
    /// How long it takes to tell the server of everyone, and what those who chat meanwhile notice.
    Provision(scenario::provision::Provision),
    /// The baseline of `fanout`, in a process of its own so that its CPU time is its own.
    #[command(hide = true)]
    RawSend(raw_send::RawSend),
}

/// What all scenarios take.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Start server, database and bus for this run; the only way so far.
    #[arg(long, default_value_t = true)]
    pub spawn: bool,
    /// The embedded form: SQLite and the in-process bus instead of PostgreSQL and Redis.
    #[arg(long)]
    pub sqlite: bool,
    /// Write the report to this file as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The server's program; without it, `causerie` beside this program.
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// Where the run keeps its data, in a folder that is removed at the end. Its file system is what `durable` measures.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    pub dir: PathBuf,
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// When the scenario could not be carried out; a missed goal is no error.
    pub async fn run(self) -> Outcome<()> {
        let (report, common) = match self.command {
            Command::Idle(idle) => (idle.run().await?, idle.common),
            Command::Fanout(fanout) => (fanout.run().await?, fanout.common),
            Command::Durable(durable) => (durable.run().await?, durable.common),
            Command::Provision(provision) => (provision.run().await?, provision.common),
            Command::RawSend(raw) => return raw.run().await,
        };
        print!("{report}");
        if let Some(file) = &common.json {
            let json = serde_json::to_vec_pretty(&report)?;
            std::fs::write(file, json).map_err(|error| format!("--json {}: {error}", file.display()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
