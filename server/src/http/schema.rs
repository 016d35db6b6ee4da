//! Messages of the wire as JSON Schema, by protobuf's JSON mapping.

use serde_json::{Map, Value, json};

use super::descriptors::{Field, Kind, WIRE};

/// A message that has these fields.
#[must_use]
pub fn object(comment: &str, fields: &[&Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|one| (one.json_name.clone(), field(one))).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !comment.is_empty() {
        schema["description"] = comment.into();
    }
    // A message that is nothing but a choice holds exactly one of its fields.
    if !fields.is_empty() && fields.iter().all(|field| field.one_of.is_some()) {
        schema["oneOf"] = fields.iter().map(|field| json!({ "required": [field.json_name] })).collect();
    }
    schema
}

/// One field, list or not.
#[must_use]
pub fn field(field: &Field) -> Value {
    let one = match &field.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Message(name) | Kind::Enum(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
    };
    let mut schema = if field.repeated { json!({ "type": "array", "items": one }) } else { one };
    if !field.comment.is_empty() {
        schema["description"] = field.comment.clone().into();
    }
    schema
}

/// Adds the message or enum a field holds, and all it mentions in turn.
pub fn add_mentioned(kind: &Kind, schemas: &mut Map<String, Value>) {
    match kind {
        Kind::Message(name) if !schemas.contains_key(name) => {
            let message = WIRE.message(name);
            let fields: Vec<&Field> = message.fields.iter().collect();
            schemas.insert(name.clone(), object(&message.comment, &fields));
            fields.iter().for_each(|field| add_mentioned(&field.kind, schemas));
        }
        Kind::Enum(name) if !schemas.contains_key(name) => {
            schemas.insert(name.clone(), choice(name));
        }
        _ => {}
    }
}

/// An enum: its names. The first, which stands for "not said", is never sent.
fn choice(name: &str) -> Value {
    let one = &WIRE.enums[name];
    let names: Vec<&str> = one.values.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    let meanings = one.values.iter().filter(|(_, comment)| !comment.is_empty());
    let meanings: Vec<String> = meanings.map(|(name, comment)| format!("`{name}`: {comment}")).collect();
    let description = std::iter::once(one.comment.clone()).filter(|comment| !comment.is_empty()).chain(meanings);
    json!({ "type": "string", "enum": names, "description": description.collect::<Vec<_>>().join(" ") })
}
