//! What the micro-benches in `benches/` need of the inside; nothing else may use it.

pub use crate::{
    fanout::{
        online_user::{DeferredCounts, Entered, OnlineUser},
        room::Room,
    },
    sessions::outbox::Outbox,
};
