//! Schemas of answers.

use serde_json::{Map, Value, json};

use super::{choice, described, reference};
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
            schemas.insert(name.clone(), choice(name));
        }
        _ => {}
    }
}

fn object(message: &Message) -> Value {
    let fields = message.fields.iter();
    let properties: Map<String, Value> = fields.map(|one| (one.json_name.clone(), field(one))).collect();
    described(json!({ "type": "object", "properties": properties }), &message.comment)
}

fn field(field: &Field) -> Value {
    let one = match &field.kind {
        Kind::Text if is_id(&field.name) => json!({ "type": "string", "format": "uuid" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Message(name) | Kind::Enum(name) => reference(name),
    };
    described(if field.repeated { json!({ "type": "array", "items": one }) } else { one }, &field.comment)
}

/// Whether a text field is a UUID, made by the server or by a client. External ids are not UUIDs: they can be any text.
fn is_id(name: &str) -> bool {
    let ends = |end: &str| name == end || name.ends_with(&format!("_{end}"));
    (ends("id") || ends("ids") || name == "in_reply_to") && !ends("external_id")
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
