//! Internal types for the micro-benches in `benches/`. No other code may use this module.

pub use crate::{
    fanout::{
        online_user::{DeferredCounts, Entered, OnlineUser},
        room::Room,
    },
    sessions::outbox::Outbox,
};
