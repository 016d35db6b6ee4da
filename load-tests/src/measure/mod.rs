//! What is measured, and with what: time, counts, what processes use, and whether this tool itself stood in the way.

pub mod clock;
pub mod counters;
pub mod histogram;
pub mod process;
pub mod saturation;
pub mod schedule;

pub use histogram::Latencies;
