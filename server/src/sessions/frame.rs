//! A frame that many sessions get. It is encoded at most once per encoding.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use causerie_protocol::{ConversationId, Encoding, wire};
use prost::Message;

use super::framing::framed;

/// An encoded event, shared by all sessions that get it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Frame(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    payload: Bytes,
    proto: OnceLock<Bytes>,
    json: OnceLock<Bytes>,
    /// The changed conversation and its version after the change; `None` if the event is no change of a conversation.
    conversation_version: Option<(ConversationId, u32)>,
    /// Number of encodings since the last [`Frame::take_encodes`].
    encodes: AtomicU64,
}

impl Frame {
    /// The frame of an event that this node made. It is encoded as protobuf at once, because the bus needs that form too.
    #[must_use]
    pub fn event(kind: wire::event::Kind) -> Self {
        Self::new(encode(kind), None, 1)
    }

    /// As [`Frame::event`], for the event of the change that gave the conversation this version.
    #[must_use]
    pub fn change(conversation: ConversationId, version: u32, kind: wire::event::Kind) -> Self {
        Self::new(encode(kind), Some((conversation, version)), 1)
    }

    /// The frame of an event that another node encoded as protobuf.
    #[must_use]
    pub fn from_proto(payload: Bytes) -> Self {
        Self::new(payload, None, 0)
    }

    /// As [`Frame::from_proto`], for the event of the change that gave the conversation this version.
    #[must_use]
    pub fn change_from_proto(conversation: ConversationId, version: u32, payload: Bytes) -> Self {
        Self::new(payload, Some((conversation, version)), 0)
    }

    fn new(payload: Bytes, conversation_version: Option<(ConversationId, u32)>, encodes: u64) -> Self {
        let encodes = AtomicU64::new(encodes);
        Self(Arc::new(Encoded { payload, proto: OnceLock::new(), json: OnceLock::new(), conversation_version, encodes }))
    }

    /// The changed conversation and its version after the change; `None` if the event is no change of a conversation.
    #[must_use]
    pub fn conversation_version(&self) -> Option<(ConversationId, u32)> {
        self.0.conversation_version
    }

    /// The protobuf form, as other nodes get it over the bus.
    #[must_use]
    pub fn payload(&self) -> Bytes {
        self.0.payload.clone()
    }

    /// A whole WebSocket frame, as a session with this encoding gets it. It is made on first use.
    #[must_use]
    pub fn on_wire(&self, encoding: Encoding) -> Bytes {
        let Encoded { payload, proto, json, encodes, .. } = &*self.0;
        match encoding {
            Encoding::Proto => proto.get_or_init(|| framed(encoding, payload)),
            Encoding::Json => json.get_or_init(|| {
                // Bytes of a newer node decode too, without the fields that this node does not know.
                let frame = wire::ServerFrame::decode(payload.clone()).unwrap_or_default();
                encodes.fetch_add(1, Ordering::Relaxed);
                framed(encoding, &encoding.encode(&frame))
            }),
        }
        .clone()
    }

    /// How often the frame was encoded since the last call. Over the frame's life this is at most once per encoding.
    #[must_use]
    pub fn take_encodes(&self) -> u64 {
        self.0.encodes.swap(0, Ordering::Relaxed)
    }
}

fn encode(kind: wire::event::Kind) -> Bytes {
    let event = wire::Event { kind: Some(kind) };
    Encoding::Proto.encode(&wire::ServerFrame { body: Some(wire::server_frame::Body::Event(event)) })
}
