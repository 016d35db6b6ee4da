//! How a committed change reaches every connected user.
//!
//! The [`Hub`] knows the users connected to this node and the conversations they are in: a [`room::Room`] per conversation with
//! an entry per online member. A change is delivered on this node at once and published to the other nodes over the [`bus`]. The
//! bus may lose messages; [`repair`] finds every loss by comparing counters with the database. [`joins`] puts users into their
//! rooms without missing an event. [`readers`] asks the rules which members may read. [`capabilities`] tells devices what their
//! user may do when that changes.

mod arrivals;
pub mod bus;
mod bus_consumer;
mod capabilities;
mod hub;
mod joins;
pub(crate) mod online_user;
mod presence;
mod publisher;
mod readers;
mod recent;
mod repair;
mod resume;
pub(crate) mod room;
mod start;
mod update;

pub use hub::Hub;
pub use repair::Checks;
pub use resume::Missed;
pub use start::FanoutDeps;
pub use update::{Change, Effect, Position, Update};
