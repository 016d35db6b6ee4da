//! The PostgreSQL and Redis servers that a single test or load test starts, stops and freezes. `scripts/services`
//! starts the servers that a whole test run shares.
//!
//! No function here waits for a server: the caller polls it with its own interval and deadline.

mod ports;
pub mod postgres;
mod redis;

pub use self::{ports::free_address, redis::Redis};
