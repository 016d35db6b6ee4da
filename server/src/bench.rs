//! What the micro-benches in `benches/` need of the inside; nothing else may use it.

pub use crate::{
    fanout::{
        person::{Entered, Person, Soon},
        room::Room,
    },
    sessions::outbox::Outbox,
};
