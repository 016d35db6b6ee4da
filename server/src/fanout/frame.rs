//! A frame on its way to many: encoded at most once per encoding, however many sessions get it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use causerie_protocol::{Encoding, wire};
use prost::Message;

/// Shared by everyone it goes to. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Frame(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    proto: Bytes,
    json: OnceLock<Bytes>,
}

impl Frame {
    /// Of an event made on this node. The protobuf form is made at once: the bus needs it too.
    #[must_use]
    pub fn event(kind: wire::event::Kind) -> Self {
        let event = wire::Event { kind: Some(kind) };
        let frame = wire::ServerFrame { body: Some(wire::server_frame::Body::Event(event)) };
        Self::from_proto(Encoding::Proto.encode(&frame))
    }

    /// Of an event another node encoded.
    #[must_use]
    pub fn from_proto(proto: Bytes) -> Self {
        Self(Arc::new(Encoded { proto, json: OnceLock::new() }))
    }

    /// The bytes for a session, made on first use.
    #[must_use]
    pub fn encoded(&self, encoding: Encoding) -> Bytes {
        match encoding {
            Encoding::Proto => self.0.proto.clone(),
            Encoding::Json => self
                .0
                .json
                .get_or_init(|| {
                    // Bytes of a newer node decode too, without what this one does not know.
                    let frame = wire::ServerFrame::decode(self.0.proto.clone()).unwrap_or_default();
                    Encoding::Json.encode(&frame)
                })
                .clone(),
        }
    }
}
