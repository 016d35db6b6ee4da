//! Measuring instruments: time, counters, the resources of processes, and whether this tool itself limited the
//! result.

pub mod clock;
pub mod counters;
pub mod histogram;
pub mod process;
pub mod saturation;
pub mod schedule;

pub use histogram::Latencies;
