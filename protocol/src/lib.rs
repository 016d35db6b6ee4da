//! The wire of Causerie, shared by server, SDK and load tool.
//!
//! [`wire`] holds the messages as generated from `proto/`, in protobuf and in the standard JSON mapping; [`codec`] turns
//! frames into bytes and back; [`command`] turns a decoded request into a [`command::Command`] whose ids are parsed and
//! whose limits are kept, or into an error that names the field. To add a command: extend `proto/causerie/v1/command.proto`
//! and `frame.proto`, give it a validated form in [`command`], and bless its golden frames (`tests/golden.rs`).

pub mod bus;
pub mod codec;
pub mod codes;
pub mod command;
pub mod facts;
pub mod ids;
mod json;
pub mod limits;
pub mod wire;

pub use codec::Encoding;
pub use codes::{CloseCode, ErrorCode, Refusal};
pub use ids::{ClientId, ConnectionId, ConversationId, GroupId, MessageId, NodeId, TenantId, UserId};

/// `proto/` compiled: a `google.protobuf.FileDescriptorSet` with comments, for tools that describe the wire.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A moment on the wire; RFC 3339 in JSON.
pub use pbjson_types::Timestamp;
