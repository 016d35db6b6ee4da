//! Frames to bytes and back, in the encoding the subprotocol chose.

use bytes::Bytes;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    codes::{ErrorCode, Refusal},
    json,
};

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
            Self::Json => match read_json(bytes) {
                Ok(frame) => Ok(frame),
                // Sound JSON, yet no frame to the generated code, which does not know all of the mapping.
                Err(error) if error.inner().is_data() => read_lenient(bytes).map_err(refusal),
                Err(error) => Err(refusal(error)),
            },
        }
    }

    /// The id of a request that [`decode`](Self::decode) refused, so that it can be answered. `None`: it can't be read, or is
    /// 0, which asks for no answer.
    #[must_use]
    pub fn request_id(self, frame: &[u8]) -> Option<u32> {
        /// The same framing with everything but the id unknown: field 1 of `Request`.
        #[derive(Clone, PartialEq, Message)]
        struct Id {
            #[prost(uint32, tag = "1")]
            id: u32,
        }
        let id = match self {
            Self::Json => json::request_id(frame)?,
            Self::Proto => {
                let mut read = Id::default();
                // What was read before a fault stays.
                let _ = read.merge(frame);
                read.id
            }
        };
        (id != 0).then_some(id)
    }
}

/// Decodes JSON of any type.
///
/// # Errors
/// `malformed`, naming the field where it can be told.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    read_json(bytes).map_err(refusal)
}

/// A longer path is that of a value nested without end.
const FIELD_BYTES_MAX: usize = 200;

type JsonError = serde_path_to_error::Error<serde_json::Error>;

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)?;
    reader.end().map_err(without_path)?;
    Ok(value)
}

fn read_lenient<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let json = std::str::from_utf8(bytes).map_err(|error| without_path(serde::de::Error::custom(error)))?;
    serde_path_to_error::deserialize(json::Lenient::new(json))
}

fn without_path(error: serde_json::Error) -> JsonError {
    JsonError::new(serde_path_to_error::Track::new().path(), error)
}

fn refusal(error: JsonError) -> Refusal {
    let path = error.path().to_string();
    // Where a frame breaks off, or is nested without end, no field is to blame.
    // `?` is a name that could not be read.
    let is_field = path != "." && !path.ends_with('?') && path.len() <= FIELD_BYTES_MAX && !error.inner().is_eof();
    let field = if is_field { path } else { String::new() };
    let mut message = in_plain_words(&error.into_inner());
    // A field tells the place better; line and column would be those of one value where it was read leniently.
    if !field.is_empty()
        && let Some(place) = message.rfind(" at line ")
    {
        message.truncate(place);
    }
    Refusal::new(ErrorCode::Malformed, message).field(field)
}

/// What serde says of JSON, for a reader who knows the schema and not the program.
fn in_plain_words(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return format!("the JSON breaks off at line {} column {}", error.line(), error.column());
    }
    // `expected struct causerie.v1.Recipient`: the name of the message, as the schema and the documentation have it.
    let text = error.to_string().replace("expected struct causerie.v1.", "expected an object of the type ");
    text.replace("invalid type: sequence", "invalid type: a list").replace("invalid type: map", "invalid type: an object")
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
