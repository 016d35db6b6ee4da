//! Whether the tool notices what it is there to notice: a server that stands still, messages that get lost, a generator that is
//! too slow. Each test runs the tool as people do, against a real server with SQLite, and judges by its report.
//!
//! Tests run one after the other, and compare figures with each other or with what was done on purpose, since the machine may
//! be busy: then the tool says so, and its exit status is another one ([`tool::Ended::check_missed`]).

mod closed_loop;
mod faults;
mod folder;
mod interrupted;
mod page;
mod proxy;
mod refused;
mod saturated;
mod server;
mod standstill;
mod tool;

/// Where messages between five pairs are sent at this rate for so long.
fn pairs(rate: u32, seconds: u32) -> String {
    format!(
        "title = \"Five pairs write to each other.\"\n\
         [people]\nones = 5\nothers = 5\n\
         [[conversations]]\nkind = \"direct\"\ncount = 5\nfrom = \"ones\"\nto = \"others\"\n\
         [load]\nramp_s = 0\nwarm_up_s = 0\nseconds = {seconds}\nlate_s = 2\nsends_per_second = {rate}\n"
    )
}
