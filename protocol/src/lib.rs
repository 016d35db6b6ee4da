//! The wire format of Causerie, shared by the server, the Rust SDK and the load tool.
//!
//! [`wire`] has the messages generated from `proto/`, in protobuf and in the standard JSON mapping. [`codec`] encodes and decodes
//! frames. [`command`] converts a decoded request into a [`command::Command`] with parsed ids and checked limits, or into a refusal
//! that names the field. To add a command: extend `proto/causerie/v1/command.proto`
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

/// The schema as an encoded `google.protobuf.FileDescriptorSet`, with comments, for tools that describe the wire format.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A point in time; RFC 3339 in JSON.
pub use pbjson_types::Timestamp;
