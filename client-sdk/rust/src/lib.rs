//! Embed Causerie chat in a Rust program.
//!
//! [`Client`] is a cheap handle; one task behind it owns the socket, reconnects with jitter, resumes without holes and
//! repeats unanswered sends with the same client id. What happens arrives as [`Event`]s, each message once and in order
//! per conversation; what you ask is an async method. Nothing needs counting here: unread numbers, capabilities and order
//! come from the server. The README has an example.
//!
//! How it is built: `connection` and `session` (I/O) drive three state machines that know no socket: `backoff` (when to come
//! back), `sync` (which versions are held, what is missing) and `outbox` (which sends wait for an answer). To add a command,
//! add a method in `commands.rs`; to add an event, a variant in `event.rs` and an arm in `sync.rs`.

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod backoff;
mod client;
mod commands;
mod config;
mod connection;
mod error;
mod event;
mod file_outbox;
mod mail;
mod outbox;
mod pending;
mod requests;
mod session;
mod socket;
mod state;
mod subscribers;
mod sync;
mod token;

pub use causerie_protocol::{
    ClientId, ConversationId, Encoding, ErrorCode, GroupId, MessageId, UserId,
    command::{GroupRef, HistoryRange, Recipient, UserRef},
    wire,
};

pub use client::Client;
pub use config::{Config, InvalidUrl, Jitter};
pub use error::{Error, SendError};
pub use event::Event;
pub use file_outbox::FileOutbox;
pub use mail::MailDraft;
pub use outbox::{OutboxStore, StoredMessage};
pub use pending::PendingMessage;
pub use socket::decode;
pub use state::{CloseReason, State};
pub use subscribers::Events;
pub use token::{TokenFailure, TokenProvider};
