//! The parts of the server's frames that a simulated user reads, decoded without a copy of their texts: with thousands of
//! receivers, reading frames is most of the work of this program. The field numbers are those of `protocol`; a test compares
//! both.

use bytes::Bytes;
use prost::Message as _;
use uuid::Uuid;

use crate::Outcome;

/// `ServerFrame`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Frame {
    /// The reply to a request.
    #[prost(message, optional, tag = "1")]
    pub reply: Option<Reply>,
    /// An event of the server.
    #[prost(message, optional, tag = "2")]
    pub event: Option<Event>,
}

/// `Reply`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Reply {
    /// The id of the request.
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// The refusal of a command.
    #[prost(message, optional, tag = "2")]
    pub error: Option<Error>,
    /// The reply to a mail.
    #[prost(message, optional, tag = "7")]
    pub conversation_started: Option<OfConversation>,
    /// The reply to a message.
    #[prost(message, optional, tag = "13")]
    pub message_sent: Option<OfMessage>,
}

/// `Error`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Error {
    /// The name of the error, for instance `not_found`.
    #[prost(string, tag = "2")]
    pub name: String,
}

/// `Event`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Event {
    /// A message was sent.
    #[prost(message, optional, tag = "1")]
    pub message_sent: Option<OfMessage>,
    /// Another change of a conversation.
    #[prost(message, optional, tag = "4")]
    pub conversation_changed: Option<Changed>,
    /// The user joined a conversation.
    #[prost(message, optional, tag = "5")]
    pub conversation_joined: Option<Joined>,
    /// The server dropped events, because this connection reads too slowly.
    #[prost(message, optional, tag = "12")]
    pub gap: Option<Nothing>,
}

/// `MessageEvent`, `MessageSent`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct OfMessage {
    /// The message.
    #[prost(message, optional, tag = "1")]
    pub message: Option<Message>,
}

/// `Message`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Message {
    /// A UUID as text.
    #[prost(bytes = "bytes", tag = "2")]
    pub conversation_id: Bytes,
    /// The seq.
    #[prost(uint32, tag = "3")]
    pub seq: u32,
    /// The version of the conversation that this message made.
    #[prost(uint32, tag = "4")]
    pub version: u32,
    /// The text.
    #[prost(bytes = "bytes", tag = "7")]
    pub text: Bytes,
}

/// `ConversationStarted`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct OfConversation {
    /// The conversation.
    #[prost(message, optional, tag = "1")]
    pub conversation: Option<Conversation>,
}

/// `ConversationJoined`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Joined {
    /// The conversation.
    #[prost(message, optional, tag = "2")]
    pub conversation: Option<Conversation>,
}

/// `Conversation`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Conversation {
    /// A UUID as text.
    #[prost(bytes = "bytes", tag = "1")]
    pub id: Bytes,
    /// `ConversationKind`.
    #[prost(int32, tag = "2")]
    pub kind: i32,
    /// The version.
    #[prost(uint32, tag = "5")]
    pub version: u32,
    /// The seq of the last message.
    #[prost(uint32, tag = "6")]
    pub last_seq: u32,
    /// The last message.
    #[prost(message, optional, tag = "9")]
    pub last_message: Option<Message>,
}

/// `ConversationChanged`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Changed {
    /// A UUID as text.
    #[prost(bytes = "bytes", tag = "1")]
    pub conversation_id: Bytes,
    /// The version that the change made.
    #[prost(uint32, tag = "2")]
    pub version: u32,
}

/// A message of which only the presence is read.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Nothing {}

impl Frame {
    /// Decodes a frame.
    ///
    /// # Errors
    /// If the bytes are not a frame.
    pub fn of(bytes: Bytes) -> Outcome<Self> {
        Ok(Self::decode(bytes)?)
    }
}

/// Parses the id of a conversation.
#[must_use]
pub fn id(text: &[u8]) -> Option<Uuid> {
    Uuid::try_parse_ascii(text).ok()
}

/// The beginning of the text of a measured message, with each value at a fixed place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The instant when the message was due, in µs.
    pub due_us: u64,
    /// The number of its stream.
    pub stream: u16,
    /// The number of the server that its sender is connected to.
    pub server: u8,
}

/// The size of a [`Head`] in a text, in bytes.
pub const HEAD_BYTES: usize = 24;

impl Head {
    /// A text of this length that begins with the head.
    #[must_use]
    pub fn text(self, bytes: usize) -> String {
        let head = format!("{:016} {:04} {:01} ", self.due_us, self.stream, self.server % 10);
        format!("{head:x<bytes$}")
    }

    /// Reads the head of a text. `None` for a text that this tool did not make.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        let number = |from: usize, to: usize| std::str::from_utf8(text.get(from..to)?).ok()?.parse::<u64>().ok();
        let (due_us, stream, server) = (number(0, 16)?, number(17, 21)?, number(22, 23)?);
        Some(Self { due_us, stream: u16::try_from(stream).ok()?, server: u8::try_from(server).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use causerie_protocol::{Encoding, wire};
    use wire::{event::Kind, reply::Result as Answer, server_frame::Body};

    use super::*;

    fn read(body: Body) -> Frame {
        let bytes = Encoding::Proto.encode(&wire::ServerFrame { body: Some(body) });
        Frame::of(bytes).expect("a frame")
    }

    #[test]
    fn the_frames_agree_with_the_protocol() {
        let conversation = Uuid::now_v7();
        let head = Head { due_us: 1_732_200_000_123_456, stream: 7, server: 1 };
        let message = wire::Message {
            id: Uuid::now_v7().to_string(),
            conversation_id: conversation.to_string(),
            seq: 3,
            version: 9,
            text: head.text(256),
            ..Default::default()
        };
        let event = wire::MessageEvent { message: Some(message.clone()) };
        let frame = read(Body::Event(wire::Event { kind: Some(Kind::MessageSent(event)) }));
        let got = frame.event.and_then(|event| event.message_sent).and_then(|sent| sent.message).expect("a message");
        assert_eq!((id(&got.conversation_id), got.seq, got.version), (Some(conversation), 3, 9));
        assert_eq!((Head::of(&got.text), got.text.len()), (Some(head), 256));

        let sent = Answer::MessageSent(wire::MessageSent { message: Some(message) });
        let reply = read(Body::Reply(wire::Reply { id: 5, result: Some(sent) })).reply.expect("a reply");
        assert_eq!((reply.id, reply.error, reply.message_sent.is_some()), (5, None, true));
        let error = Answer::Error(wire::Error { name: "not_found".to_owned(), ..Default::default() });
        let reply = read(Body::Reply(wire::Reply { id: 6, result: Some(error) })).reply.expect("a reply");
        assert_eq!(reply.error.expect("an error").name, "not_found");
        let gap = read(Body::Event(wire::Event { kind: Some(Kind::Gap(wire::Gap {})) }));
        assert!(gap.event.is_some_and(|event| event.gap.is_some()));
        let changed =
            wire::ConversationChanged { conversation_id: conversation.to_string(), version: 4, ..Default::default() };
        let changed = read(Body::Event(wire::Event { kind: Some(Kind::ConversationChanged(changed)) }));
        assert_eq!(changed.event.and_then(|event| event.conversation_changed).expect("a change").version, 4);
    }

    #[test]
    fn the_head_has_its_fixed_length_and_other_texts_have_none() {
        let head = Head { due_us: 5, stream: 9_999, server: 3 };
        assert_eq!(head.text(0).len(), HEAD_BYTES);
        assert_eq!(Head::of(head.text(24).as_bytes()), Some(head));
        assert_eq!(Head::of(b"hello"), None);
        assert_eq!(Head::of("é".repeat(40).as_bytes()), None);
    }
}
