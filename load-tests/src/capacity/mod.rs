//! Computes how many users a number of nodes can serve: the cost of each unit of work, from reports, times the
//! amount of work.

mod costs;
mod model;

use std::{fmt::Write as _, fs, path::PathBuf};

use clap::Args;

use self::{
    costs::Costs,
    model::{Machines, Work},
};
use crate::{Outcome, report::words};

/// What users do, and which machines there are.
#[derive(Debug, Clone, Args)]
pub struct Capacity {
    /// Reports with the costs, written by --json: one report of `all`, or several reports. The last report of a
    /// scenario counts.
    #[arg(required = true, value_name = "FILE")]
    reports: Vec<PathBuf>,
    /// The numbers of nodes, one table row for each.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32")]
    nodes: Vec<u32>,
    /// Messages that each connected user sends per hour.
    #[arg(long, default_value_t = 12.0)]
    sends: f64,
    /// The average number of other members of a conversation who are connected when a message is sent.
    #[arg(long, default_value_t = 9.0)]
    listeners: f64,
    /// Lists, pages and read marks that each connected user requests per hour.
    #[arg(long, default_value_t = 180.0)]
    reads: f64,
    /// CPU cores of a node.
    #[arg(long, default_value_t = 4)]
    cores: u32,
    /// Memory of a node that sessions may use, in GB.
    #[arg(long, default_value_t = 8.0)]
    memory: f64,
    /// CPU cores of the database.
    #[arg(long, default_value_t = 16)]
    database_cores: u32,
    /// The usable part of each core. The rest is for peaks, and for the users of a failed node.
    #[arg(long, default_value_t = 0.5)]
    busy: f64,
}

impl Capacity {
    /// Returns the tables as Markdown.
    ///
    /// # Errors
    /// When a file is not a report, when no report has a cost, or when a parameter is out of range.
    pub fn run(&self) -> Outcome<String> {
        let reports: Vec<_> = self.reports.iter().map(read).collect::<Outcome<_>>()?;
        let costs = Costs::of(&reports)?;
        let all = [("--sends", self.sends), ("--listeners", self.listeners), ("--reads", self.reads)];
        for (name, value) in all {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("{name}: expected a number of 0 or more").into());
            }
        }
        for (name, value) in [("--memory", self.memory), ("--busy", self.busy)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(format!("{name}: expected a number above 0").into());
            }
        }
        if self.busy > 1.0 || self.nodes.contains(&0) || self.cores == 0 || self.database_cores == 0 {
            return Err("--busy is at most 1; --nodes, --cores and --database-cores are at least 1".into());
        }
        let work = Work { sends_per_s: self.sends / 3_600.0, listeners: self.listeners, reads_per_s: self.reads / 3_600.0 };
        let machines = Machines {
            cores: f64::from(self.cores),
            memory_bytes: self.memory * 1e9,
            database_cores: f64::from(self.database_cores),
            busy: self.busy,
        };
        Ok(self.page(&costs, &work, &machines))
    }

    fn page(&self, costs: &Costs, work: &Work, machines: &Machines) -> String {
        let mut text = String::from("| cost | | from |\n|---|---|---|\n");
        for cost in costs.each() {
            let _ = writeln!(text, "| {} | {} | {} |", cost.what, words::quantity(cost.value, cost.unit), cost.from);
        }
        text.push_str(
            "\n| nodes | users connected | the first limit | a node's CPU | a node's memory | database | Redis | \
             back after a node's end |\n",
        );
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for nodes in &self.nodes {
            let held = model::most(costs, work, machines, f64::from(*nodes));
            let load = model::load(costs, work, f64::from(*nodes), held.users);
            let part = |used: f64, of: f64| words::percent(used / of);
            let _ = writeln!(
                text,
                "| {nodes} | {} | {} | {} | {:.2} GB | {} | {} | {:.1} s |",
                words::number((held.users / 100.0).floor() * 100.0),
                held.limit,
                part(load.node_cores, machines.cores),
                load.node_bytes / 1e9,
                part(load.database_cores, machines.database_cores),
                part(load.redis_cores, 1.0),
                model::return_s(costs, machines, f64::from(*nodes), held.users),
            );
        }
        text
    }
}

fn read(file: &PathBuf) -> Outcome<serde_json::Value> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        capacity: Capacity,
    }

    fn run(arguments: &[&str]) -> Outcome<String> {
        let figures = concat!(env!("CARGO_MANIFEST_DIR"), "/figures.json");
        let line = ["capacity", figures].into_iter().chain(arguments.iter().copied());
        Line::try_parse_from(line)?.capacity.run()
    }

    #[test]
    fn the_page_contains_the_computed_tables() {
        let page = include_str!("../../CAPACITY.md");
        let text = run(&[]).expect("figures");
        assert!(page.contains(&text), "put this into CAPACITY.md:\n{text}");
    }

    #[test]
    fn invalid_parameters_are_refused_by_name() {
        for (arguments, word) in [
            (["--sends", "-1"], "--sends"),
            (["--busy", "2"], "--busy"),
            (["--nodes", "0"], "--nodes"),
            (["--memory", "nan"], "--memory"),
        ] {
            let line = [arguments[0].to_owned() + "=" + arguments[1]];
            let error = run(&[line[0].as_str()]).expect_err("refused").to_string();
            assert!(error.contains(word), "{error}");
        }
        let error =
            Line::try_parse_from(["capacity", "/nowhere.json"]).map(|line| line.capacity.run().expect_err("no file"));
        assert!(error.expect("parses").to_string().contains("/nowhere.json"));
    }
}
