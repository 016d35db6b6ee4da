//! Messages, for back ends.

pub mod erase;
