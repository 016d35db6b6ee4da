//! WebSocket connections, from the HTTP upgrade to the close frame.
//!
//! [`upgrade`] turns a request into a WebSocket, and [`diagnosis`] explains to a page why a WebSocket was refused.
//! [`handshake`] identifies the user. [`connection`] is the loop of a connection, [`reader`] decodes its frames, and
//! [`commands`] executes them. [`drain()`] closes all sessions when the server stops. [`watch_keys`] ends sessions whose
//! signing key was revoked or whose tenant is suspended.

mod commands;
pub mod connection;
mod diagnosis;
mod drain;
mod fragments;
mod handshake;
mod keys;
mod limiter;
pub mod origin;
pub mod reader;
mod timers;
pub mod upgrade;
pub mod upgraded;

pub use drain::drain;
pub use keys::watch as watch_keys;
