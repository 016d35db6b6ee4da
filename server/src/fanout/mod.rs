//! How a committed change reaches everyone who is live.
//!
//! [`Live`] knows the people connected to this node and the conversations they are in: a [`room::Room`] per conversation
//! with a seat per live member. A change is told locally at once and to other nodes over the [`bus`]. The bus may lose;
//! [`repair`] finds every loss by comparing counters with the database. [`usher`] seats people without missing an event.
//! [`readers`] asks who of them may read. [`screens`] tells them what they may do when that changes.

mod arrivals;
pub mod bus;
mod change;
mod incoming;
mod live;
mod outgoing;
pub(crate) mod person;
mod presence;
mod readers;
mod recent;
mod repair;
mod resume;
pub(crate) mod room;
mod screens;
mod usher;

pub use change::{Change, Effect, Position, Told};
pub use live::Live;
pub use repair::Checks;
pub use resume::Missed;
