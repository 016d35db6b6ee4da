//! Makes the JSON Schemas of the protobuf messages, for the JSON mapping of protobuf (ProtoJSON).
//!
//! Requests and answers have different schemas. In a request, a field may be `null`, which means that it is absent, a number
//! may be written as a text, and fields have bounds ([`bounds`]). In an answer, fields with their default value are absent.
//! Each message occurs either in requests or in answers. Enums occur in both.

pub mod answer;
pub mod bounds;
pub mod request;

use serde_json::{Value, json};

use super::descriptors::WIRE;

/// A JSON reference to the schema component with this name.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Adds a description to a schema. An empty `text` adds nothing.
#[must_use]
pub fn with_description(mut schema: Value, text: &str) -> Value {
    if !text.is_empty() {
        schema["description"] = text.into();
    }
    schema
}

/// The schema of an enum: its names, without the first name, which means "unspecified" and is never sent.
///
/// # Panics
/// If the protocol has no enum with this name.
#[must_use]
pub fn enum_schema(name: &str) -> Value {
    let descriptor = &WIRE.enums[name];
    let names: Vec<&str> = descriptor.values.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    let meanings = descriptor.values.iter().filter(|(_, comment)| !comment.is_empty());
    let meanings: Vec<String> = meanings.map(|(name, comment)| format!("`{name}`: {comment}")).collect();
    let description = std::iter::once(descriptor.comment.clone()).filter(|comment| !comment.is_empty()).chain(meanings);
    json!({ "type": "string", "enum": names, "description": description.collect::<Vec<_>>().join(" ") })
}
