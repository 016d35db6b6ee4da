//! The schemas of answers.

use serde_json::{Map, Value, json};

use super::{enum_schema, reference, with_description};
use crate::http::commands::descriptors::{Field, Kind, Message, WIRE};

/// Adds the schema of a message or enum of an answer, and of all messages and enums that it refers to.
pub fn add(kind: &Kind, schemas: &mut Map<String, Value>) {
    match kind {
        Kind::Message(name) if !schemas.contains_key(name) => {
            let message = WIRE.message(name);
            schemas.insert(name.clone(), object(message));
            message.fields.iter().for_each(|field| add(&field.kind, schemas));
        }
        Kind::Enum(name) if !schemas.contains_key(name) => {
            schemas.insert(name.clone(), enum_schema(name));
        }
        _ => {}
    }
}

/// The schema of a message.
fn object(message: &Message) -> Value {
    let fields = message.fields.iter();
    let properties: Map<String, Value> = fields.map(|described| (described.json_name.clone(), field(described))).collect();
    with_description(json!({ "type": "object", "properties": properties }), &message.comment)
}

/// The schema of a field.
fn field(field: &Field) -> Value {
    let schema = match &field.kind {
        Kind::Text if is_id(&field.name) => json!({ "type": "string", "format": "uuid" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Message(name) | Kind::Enum(name) => reference(name),
    };
    with_description(if field.repeated { json!({ "type": "array", "items": schema }) } else { schema }, &field.comment)
}

/// Whether a text field is a UUID, made by the server or by a client. External ids are not UUIDs: they can be any text.
fn is_id(name: &str) -> bool {
    let ends_with = |word: &str| name == word || name.ends_with(&format!("_{word}"));
    (ends_with("id") || ends_with("ids") || name == "in_reply_to") && !ends_with("external_id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_ids_are_not_described_as_uuids() {
        for id in ["id", "conversation_id", "user_ids", "in_reply_to"] {
            assert!(is_id(id), "{id}");
        }
        for other in ["external_id", "group_external_id", "epoch", "text", "paid"] {
            assert!(!is_id(other), "{other}");
        }
    }
}
