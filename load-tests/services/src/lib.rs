//! The PostgreSQL and Redis servers that a test or a load test starts, stops and freezes itself. `scripts/services` starts the
//! ones that a whole test run shares.
//!
//! Nothing here waits: the caller asks whether a server answers as often, and with the deadline, that suit it.

mod ports;
pub mod postgres;
mod redis;

pub use self::{ports::free_address, redis::Redis};
