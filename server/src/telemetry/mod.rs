//! What operators see: the log and the metrics.

mod log;
mod metrics;

pub use log::{Flush, init};
pub use metrics::{CloseLabel, CodeLabel, CommandLabel, Metrics, OriginLabel, RuleLabel};
