//! Sockets: from the HTTP upgrade to the close frame.
//!
//! [`upgrade`] turns a request into a WebSocket, [`diagnosis`] tells a page why none came about, [`handshake`] learns who is
//! there, [`connection`] is the loop that then goes on, [`reader`] what it hears, [`commands`] what it does with a frame.
//! [`drain()`] sends everyone elsewhere when the server leaves. [`watch_keys`] ends sessions whose signing key was revoked.

mod commands;
pub mod connection;
mod diagnosis;
mod drain;
mod fragments;
mod handshake;
mod keys;
mod limiter;
mod origin;
pub mod reader;
mod timers;
pub mod upgrade;

pub use drain::drain;
pub use keys::watch as watch_keys;
