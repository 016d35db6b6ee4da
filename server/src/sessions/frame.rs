//! A frame on its way to many: encoded at most once per encoding, however many sessions get it.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use causerie_protocol::{ConversationId, Encoding, wire};
use prost::Message;

use super::framing::framed;

/// Shared by everyone it goes to. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Frame(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    payload: Bytes,
    proto: OnceLock<Bytes>,
    json: OnceLock<Bytes>,
    /// The conversation and its version this is the change to; `None` for what is no change of one.
    place: Option<(ConversationId, u32)>,
    /// Times something was encoded, since asked last.
    encodes: AtomicU64,
}

impl Frame {
    /// Of an event made on this node. The protobuf form is made at once: the bus needs it too.
    #[must_use]
    pub fn event(kind: wire::event::Kind) -> Self {
        Self::new(encode(kind), None, 1)
    }

    /// As [`Frame::event`], of the change that brought a conversation to a version.
    #[must_use]
    pub fn change(conversation: ConversationId, version: u32, kind: wire::event::Kind) -> Self {
        Self::new(encode(kind), Some((conversation, version)), 1)
    }

    /// Of an event another node encoded.
    #[must_use]
    pub fn from_proto(payload: Bytes) -> Self {
        Self::new(payload, None, 0)
    }

    /// As [`Frame::from_proto`], of the change that brought a conversation to a version.
    #[must_use]
    pub fn change_from_proto(conversation: ConversationId, version: u32, payload: Bytes) -> Self {
        Self::new(payload, Some((conversation, version)), 0)
    }

    fn new(payload: Bytes, place: Option<(ConversationId, u32)>, encodes: u64) -> Self {
        let encodes = AtomicU64::new(encodes);
        Self(Arc::new(Encoded { payload, proto: OnceLock::new(), json: OnceLock::new(), place, encodes }))
    }

    /// The conversation and the version it is at with this.
    #[must_use]
    pub fn place(&self) -> Option<(ConversationId, u32)> {
        self.0.place
    }

    /// As other nodes get it, in protobuf.
    #[must_use]
    pub fn payload(&self) -> Bytes {
        self.0.payload.clone()
    }

    /// As a session gets it: a whole WebSocket frame, made on first use.
    #[must_use]
    pub fn on_wire(&self, encoding: Encoding) -> Bytes {
        let Encoded { payload, proto, json, encodes, .. } = &*self.0;
        match encoding {
            Encoding::Proto => proto.get_or_init(|| framed(encoding, payload)),
            Encoding::Json => json.get_or_init(|| {
                // Bytes of a newer node decode too, without what this one does not know.
                let frame = wire::ServerFrame::decode(payload.clone()).unwrap_or_default();
                encodes.fetch_add(1, Ordering::Relaxed);
                framed(encoding, &encoding.encode(&frame))
            }),
        }
        .clone()
    }

    /// How often it was encoded since this was last asked: once per encoding is all it should be.
    #[must_use]
    pub fn take_encodes(&self) -> u64 {
        self.0.encodes.swap(0, Ordering::Relaxed)
    }
}

fn encode(kind: wire::event::Kind) -> Bytes {
    let event = wire::Event { kind: Some(kind) };
    Encoding::Proto.encode(&wire::ServerFrame { body: Some(wire::server_frame::Body::Event(event)) })
}
