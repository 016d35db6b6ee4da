//! The wire format of Causerie, shared by the server, the Rust SDK and the load tool.
//!
//! [`wire`] has the messages generated from `proto/`, in protobuf and in the standard JSON mapping. [`codec`] encodes and
//! decodes frames. [`command`] converts a decoded request into a [`command::Command`] with parsed ids and checked limits, or
//! into a refusal that names the field. To add a command, extend `proto/causerie/v1/command.proto` and `frame.proto`, give
//! the command a validated form in [`command`], and bless its golden frames (`tests/golden.rs`).

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

/// The schema of the wire format as an encoded `google.protobuf.FileDescriptorSet`, with the comments of the `.proto` files.
/// The server makes the description of its HTTP API from it.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A point in time. Its JSON form is RFC 3339.
pub use pbjson_types::Timestamp;
