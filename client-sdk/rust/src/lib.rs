//! Embeds Causerie chat in a Rust program.
//!
//! [`Client`] is a cheap handle. One task per client, the driver, owns the socket, reconnects with jitter, resumes without
//! gaps and repeats unanswered messages with the same client id. A program receives [`Event`]s, each message once and in
//! order per conversation, and sends commands with async methods. The server computes unread counts, capabilities and the
//! order of conversations. The README has an example.
//!
//! The modules `driver` (one per client) and `connection` (one per socket) do the I/O. Three modules hold state and do no
//! I/O: `backoff` computes waits, `sync` stores versions and finds missing changes, and `outbox` holds the messages that
//! wait for an answer. To add a command, add a method in `commands.rs`. To add an event, add a variant in `event.rs` and an
//! arm in `sync/mod.rs`.

/// Compiles the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod backoff;
mod client;
mod commands;
mod config;
mod connection;
mod driver;
mod error;
mod event;
mod file_outbox;
mod mail;
mod outbox;
mod pending;
mod requests;
mod socket;
mod state;
mod subscribers;
mod sync;
mod token;
mod watches;

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
