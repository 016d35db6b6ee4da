//! Fan-out: the delivery of a committed change to the sessions of all members.
//!
//! The [`Hub`] knows the users connected to this node and the conversations they are in: a [`room::Room`] per conversation
//! with an entry per online member. A change is delivered on this node at once and published to the other nodes over the
//! [`bus`]. The bus may lose signals; [`repair`] finds lost changes by comparing versions with the database. [`joins`] joins
//! users to their rooms without missing an event. [`readers`] decides which members may read. [`capabilities`] sends users
//! their changed capabilities. [`contacts`] sends a session an event when the actions change that its user may do with the
//! users that the session watches.

mod arrivals;
pub mod bus;
mod bus_consumer;
mod capabilities;
mod contacts;
mod count;
mod hub;
mod joins;
pub(crate) mod online_user;
mod openings;
mod presence;
mod publisher;
mod readers;
mod recent;
mod repair;
mod requests;
mod resume;
pub(crate) mod room;
mod signals;
mod start;
mod suspensions;
mod update;

pub use hub::Hub;
pub use repair::Checks;
pub use resume::MissedEvents;
pub use start::FanoutDeps;
pub use update::{Change, Effect, ReadPosition, Update};
