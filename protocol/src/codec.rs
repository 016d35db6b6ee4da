//! Frames to bytes and back, in the encoding the subprotocol chose.

use bytes::Bytes;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::codes::{ErrorCode, Refusal};

/// How frames of a connection are encoded; agreed as WebSocket subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Binary frames of protobuf.
    Proto,
    /// Text frames of JSON, by protobuf's standard mapping.
    Json,
}

impl Encoding {
    /// Both, in the order a server prefers them.
    pub const ALL: [Self; 2] = [Self::Proto, Self::Json];

    /// The name in `Sec-WebSocket-Protocol`.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Proto => "causerie.v1.proto",
            Self::Json => "causerie.v1.json",
        }
    }

    /// Encodes a frame.
    pub fn encode<M: Message + Serialize>(self, frame: &M) -> Bytes {
        match self {
            Self::Proto => frame.encode_to_vec().into(),
            // Writing generated types to memory fails only on a map key that is no string, and there are no maps.
            Self::Json => serde_json::to_vec(frame).expect("a frame is JSON").into(),
        }
    }

    /// Decodes a frame. Unknown fields are ignored.
    ///
    /// # Errors
    /// `malformed`, naming the field where it can be told.
    pub fn decode<M: Message + DeserializeOwned + Default>(self, bytes: &[u8]) -> Result<M, Refusal> {
        match self {
            Self::Proto => M::decode(bytes).map_err(|error| {
                let text = error.to_string();
                let field = proto_field(&text);
                Refusal::new(ErrorCode::Malformed, text).field(field)
            }),
            Self::Json => {
                let mut reader = serde_json::Deserializer::from_slice(bytes);
                let frame = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
                    let path = error.path().to_string();
                    let field = if path == "." { String::new() } else { path };
                    Refusal::new(ErrorCode::Malformed, error.into_inner().to_string()).field(field)
                })?;
                reader.end().map_err(|error| Refusal::new(ErrorCode::Malformed, error.to_string()))?;
                Ok(frame)
            }
        }
    }
}

/// prost names the place as `failed to decode Protobuf message: SendMessage.text: Request.command: invalid …`, innermost
/// first; peers read `sendMessage.text`.
fn proto_field(error: &str) -> String {
    let Some(places) = error.strip_prefix("failed to decode Protobuf message: ") else { return String::new() };
    let mut path: Vec<String> = Vec::new();
    let mut inner = None;
    for place in places.split(": ") {
        let Some((message, field)) = place.split_once('.') else { break };
        if !message.starts_with(char::is_uppercase) || field.contains(' ') {
            break;
        }
        match field {
            // prost names the group, not which command it was; the message inside has the command's name.
            "command" => path.extend(inner.map(lower_first)),
            // Other groups are places for prost, not for peers.
            "by" | "body" | "result" | "kind" | "who" => {}
            field => path.push(camel(field)),
        }
        inner = Some(message);
    }
    path.reverse();
    path.join(".")
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
