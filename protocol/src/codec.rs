//! Encodes and decodes frames, in the encoding of the WebSocket subprotocol.

use bytes::Bytes;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    codes::{ErrorCode, Refusal},
    json,
};

/// The encoding of the frames of a connection, negotiated as the WebSocket subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Binary frames of protobuf.
    Proto,
    /// Text frames of JSON, in the standard mapping of protobuf.
    Json,
}

impl Encoding {
    /// Both encodings. The server prefers the first of them.
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
            // Serialization to memory fails only for a map key that is not a string, and the schema has no maps.
            Self::Json => serde_json::to_vec(frame).expect("a frame is JSON").into(),
        }
    }

    /// Decodes a frame. Unknown fields are ignored.
    ///
    /// # Errors
    /// `malformed`, with the field if it can be determined.
    pub fn decode<M: Message + DeserializeOwned + Default>(self, bytes: &[u8]) -> Result<M, Refusal> {
        match self {
            Self::Proto => M::decode(bytes).map_err(|error| {
                let text = error.to_string();
                let field = proto_field(&text);
                Refusal::new(ErrorCode::Malformed, text).field(field)
            }),
            Self::Json => match read_json(bytes) {
                Ok(frame) => Ok(frame),
                // The generated code implements only a part of the JSON mapping and refuses some valid frames.
                Err(error) if error.inner().is_data() => read_lenient(bytes).map_err(refusal),
                Err(error) => Err(refusal(error)),
            },
        }
    }

    /// The id of a request that [`decode`](Self::decode) refused, so that the server can answer the request. `None` if the
    /// id can't be read, or if it is 0: a request with the id 0 gets no answer.
    #[must_use]
    pub fn request_id(self, frame: &[u8]) -> Option<u32> {
        /// `Request` reduced to its field 1, the id; all other fields are unknown.
        #[derive(Clone, PartialEq, Message)]
        struct Id {
            #[prost(uint32, tag = "1")]
            id: u32,
        }
        let id = match self {
            Self::Json => json::request_id(frame)?,
            Self::Proto => {
                let mut read = Id::default();
                // Fields that were decoded before the error keep their values.
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
/// `malformed`, with the field if it can be determined.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    read_json(bytes).map_err(refusal)
}

/// The longest field path that a refusal names, in bytes. A longer path comes from a value that is nested too deeply.
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
    // A truncated frame and a frame that is nested too deeply have no field. A path that ends with `?` has a name that could
    // not be read.
    let is_field = path != "." && !path.ends_with('?') && path.len() <= FIELD_BYTES_MAX && !error.inner().is_eof();
    let field = if is_field { path } else { String::new() };
    let mut message = in_schema_terms(&error.into_inner());
    // The field is more precise than line and column, which are relative to one value after lenient parsing.
    if !field.is_empty()
        && let Some(position) = message.rfind(" at line ")
    {
        message.truncate(position);
    }
    Refusal::new(ErrorCode::Malformed, message).field(field)
}

/// The error message of serde, with the names of the wire format's schema instead of Rust types.
fn in_schema_terms(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return format!("the JSON breaks off at line {} column {}", error.line(), error.column());
    }
    // `expected struct causerie.v1.Recipient`: keep the name of the message as in the schema.
    let text = error.to_string().replace("expected struct causerie.v1.", "expected an object of the type ");
    text.replace("invalid type: sequence", "invalid type: a list").replace("invalid type: map", "invalid type: an object")
}

/// Converts the path in an error of prost into the path in JSON. prost reports `failed to decode Protobuf message:
/// SendMessage.text: Request.command: invalid …`, innermost field first; the path in JSON is `sendMessage.text`. Returns an
/// empty text if the error has no path.
fn proto_field(error: &str) -> String {
    let Some(locations) = error.strip_prefix("failed to decode Protobuf message: ") else { return String::new() };
    let mut path: Vec<String> = Vec::new();
    let mut inner = None;
    for location in locations.split(": ") {
        let Some((message, field)) = location.split_once('.') else { break };
        if !message.starts_with(char::is_uppercase) || field.contains(' ') {
            break;
        }
        match field {
            // prost reports the `oneof`, not the command; the message inside has the name of the command.
            "command" => path.extend(inner.map(lower_first_letter)),
            // The names of other `oneof`s are not part of the path in JSON.
            "by" | "body" | "result" | "kind" | "who" => {}
            field => path.push(to_camel_case(field)),
        }
        inner = Some(message);
    }
    path.reverse();
    path.join(".")
}

fn lower_first_letter(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn to_camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
