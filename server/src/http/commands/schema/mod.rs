//! Messages of the wire as JSON Schema, by protobuf's JSON mapping.
//!
//! What a client sends and what the server answers differ: a request may say `null` for what it leaves out, write numbers as
//! text, and has bounds ([`bounds`]); an answer leaves out what has its default value. A message is used on one side only; enums
//! are used on both.

pub mod answer;
pub mod bounds;
pub mod request;

use serde_json::{Value, json};

use super::descriptors::WIRE;

/// A schema by its name.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The same schema, described.
#[must_use]
pub fn described(mut schema: Value, text: &str) -> Value {
    if !text.is_empty() {
        schema["description"] = text.into();
    }
    schema
}

/// An enum: its names. The first, which stands for "not said", is never sent.
#[must_use]
pub fn choice(name: &str) -> Value {
    let one = &WIRE.enums[name];
    let names: Vec<&str> = one.values.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    let meanings = one.values.iter().filter(|(_, comment)| !comment.is_empty());
    let meanings: Vec<String> = meanings.map(|(name, comment)| format!("`{name}`: {comment}")).collect();
    let description = std::iter::once(one.comment.clone()).filter(|comment| !comment.is_empty()).chain(meanings);
    json!({ "type": "string", "enum": names, "description": description.collect::<Vec<_>>().join(" ") })
}
