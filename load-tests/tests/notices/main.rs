//! Tests that the tool detects what it must detect: a server that stands still, lost messages, a load generator
//! that is too slow. Each test runs the tool as a user does, against a real server with SQLite, and examines its
//! report.
//!
//! The tests run one after the other. They compare figures with each other, or with a fault that they cause,
//! because the machine may be busy: the tool then says so with its own exit status ([`tool::Ended::check_missed`]).

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

/// A scenario in which five pairs send messages at this rate.
fn pairs(rate: u32, seconds: u32) -> String {
    format!(
        "title = \"Five pairs write to each other.\"\n\
         [users]\nones = 5\nothers = 5\n\
         [[conversations]]\nkind = \"direct\"\ncount = 5\nfrom = \"ones\"\nto = \"others\"\n\
         [load]\nramp_s = 0\nwarm_up_s = 0\nseconds = {seconds}\nlate_s = 2\nsends_per_second = {rate}\n"
    )
}
