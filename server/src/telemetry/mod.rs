//! The log and the metrics, for operators.

mod log;
mod metrics;
mod refused_origins;

pub use log::{Flush, init};
pub use metrics::{CloseLabel, CodeLabel, CommandLabel, JobKindLabel, JobLabel, Metrics, OriginLabel, RuleLabel};
pub use refused_origins::RefusedOrigins;
