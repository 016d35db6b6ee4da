//! The schemas of requests: bodies, path parameters and query parameters.

use causerie_protocol::wire::ConversationKind;
use serde_json::{Map, Value, json};

use super::{bounds, enum_schema, reference, with_description};
use crate::http::commands::descriptors::{Field, Kind, Message, WIRE};

/// Adds the schema of the body of a command with these fields, and of all messages and enums that it refers to.
pub fn add(command: &str, fields: &[&Field], schemas: &mut Map<String, Value>) {
    let schema = match command {
        "StartConversation" => start_conversation(),
        _ => object(command, fields.iter().copied()),
    };
    schemas.insert(command.to_owned(), with_description(schema, &WIRE.message(command).comment));
    fields.iter().for_each(|field| add_referenced(&field.kind, schemas));
}

/// Whether the command can be sent without a body.
#[must_use]
pub fn is_optional(command: &str, fields: &[&Field]) -> bool {
    let required = bounds::required(command);
    !fields.iter().any(|field| required.contains(&&*field.name))
}

/// The schema of a path or query parameter. An empty query parameter counts as absent.
#[must_use]
pub fn parameter(command: &str, field: &Field) -> Value {
    let bound = bounds::field_bound(command, &field.name);
    let schema = match &field.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 0, "maximum": bound.max() }),
        _ => bound.text(),
    };
    with_description(list_if_repeated(command, field, schema), &field.comment)
}

/// Adds the schema of the message or enum of a field, and of all messages and enums that it refers to.
fn add_referenced(kind: &Kind, schemas: &mut Map<String, Value>) {
    match kind {
        Kind::Message(name) if !schemas.contains_key(name) => {
            let message = WIRE.message(name);
            let schema = if is_one_of(message) { one_of_schema(name, message) } else { object(name, &message.fields) };
            schemas.insert(name.clone(), with_description(schema, &message.comment));
            message.fields.iter().for_each(|field| add_referenced(&field.kind, schemas));
        }
        Kind::Enum(name) if !schemas.contains_key(name) => {
            schemas.insert(name.clone(), enum_schema(name));
        }
        _ => {}
    }
}

/// The schema of an object with these fields of a message. Unknown fields are not allowed.
fn object<'a>(name: &str, fields: impl IntoIterator<Item = &'a Field>) -> Value {
    let required = bounds::required(name);
    let (mut properties, mut required_names) = (Map::new(), Vec::new());
    for field in fields {
        let is_required = required.contains(&&*field.name);
        if is_required {
            required_names.push(field.json_name.as_str());
        }
        let schema = value(name, field);
        let schema = if is_required { schema } else { or_null(schema) };
        properties.insert(field.json_name.clone(), with_description(schema, &field.comment));
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required_names.is_empty() {
        schema["required"] = required_names.into();
    }
    schema
}

/// Whether all fields of the message belong to a `oneof`.
fn is_one_of(message: &Message) -> bool {
    !message.fields.is_empty() && message.fields.iter().all(|field| field.one_of.is_some())
}

/// The schema of a message whose fields belong to a `oneof`: exactly one of the fields is present, and the others may be
/// `null`.
fn one_of_schema(name: &str, message: &Message) -> Value {
    let variants = message.fields.iter().map(|chosen| {
        let properties: Map<String, Value> = message
            .fields
            .iter()
            .map(|field| {
                let is_chosen = field.name == chosen.name;
                let schema = if is_chosen { value(name, field) } else { json!({ "type": "null" }) };
                (field.json_name.clone(), with_description(schema, if is_chosen { &field.comment } else { "" }))
            })
            .collect();
        json!({
            "type": "object", "required": [chosen.json_name], "properties": properties, "additionalProperties": false,
        })
    });
    json!({ "oneOf": variants.collect::<Vec<_>>() })
}

/// The schema of the value of a field that is present.
fn value(message: &str, field: &Field) -> Value {
    let bound = bounds::field_bound(message, &field.name);
    let schema = match &field.kind {
        Kind::Text => bound.text(),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => number(bound.max()),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Message(name) => reference(name),
        // ProtoJSON also accepts the numbers of an enum.
        Kind::Enum(name) => {
            let numbers: Vec<usize> = (1..WIRE.enums[name].values.len()).collect();
            json!({ "anyOf": [reference(name), { "type": "integer", "enum": numbers }] })
        }
    };
    list_if_repeated(message, field, schema)
}

/// The schema of a number. ProtoJSON also accepts a number as text.
fn number(max: u32) -> Value {
    json!({ "anyOf": [
        { "type": "integer", "minimum": 0, "maximum": max },
        { "type": "string", "pattern": "^[0-9]{1,9}$", "description": "The number as text, within the same bounds." },
    ] })
}

/// The schema of a field whose values have this schema: a list with its bounds if the field is repeated.
fn list_if_repeated(message: &str, field: &Field, schema: Value) -> Value {
    if !field.repeated {
        return schema;
    }
    let (min, max) = bounds::list_bounds(message, &field.name);
    json!({ "type": "array", "items": schema, "minItems": min, "maxItems": max })
}

/// The same schema, which also allows `null` for an absent value.
fn or_null(mut schema: Value) -> Value {
    match schema.get("type") {
        Some(Value::String(kind)) => {
            schema["type"] = json!([kind, "null"]);
            // Length and format are bounds of texts only, so they need no change for `null`.
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// The schema of `StartConversation`. The fields that are required and allowed depend on the kind.
fn start_conversation() -> Value {
    let message = WIRE.message("StartConversation");
    let names = &WIRE.enums["ConversationKind"].values;
    let empty_list = || json!({ "type": ["array", "null"], "maxItems": 0 });
    let ignored = || json!({ "type": ["string", "null"], "description": "Ignored for this kind." });
    let variant = |kind: ConversationKind, required: &[&str], others: &[(&str, Value)]| {
        let mut schema = object("StartConversation", &message.fields);
        let number = kind as usize;
        schema["properties"]["kind"] = json!({ "enum": [names[number].0, number] });
        for name in required {
            let field = message.fields.iter().find(|field| field.json_name == *name);
            schema["properties"][*name] =
                field.map_or(Value::Null, |field| with_description(value("StartConversation", field), &field.comment));
        }
        for (name, other_schema) in others {
            schema["properties"][*name] = other_schema.clone();
        }
        schema["required"] = std::iter::once("kind").chain(required.iter().copied()).collect();
        schema["title"] = names[number].0.clone().into();
        schema
    };
    let recipients = |min: usize, max: usize, text: &str| json!({ "type": "array", "items": reference("Recipient"), "minItems": min, "maxItems": max, "description": text });
    let no_reply = || ("inReplyTo", json!({ "type": ["string", "null"], "maxLength": 0, "description": "Only for mails." }));
    let recipients_max = bounds::list_bounds("StartConversation", "with").1;
    json!({ "oneOf": [
        variant(ConversationKind::NoteToSelf, &[], &[
            ("with", empty_list()), ("copy", empty_list()), ("subject", ignored()), ("clientId", ignored()), no_reply(),
        ]),
        variant(ConversationKind::Direct, &["with"], &[
            ("with", recipients(1, 1, "The other user.")), ("copy", empty_list()), ("subject", ignored()), ("clientId", ignored()), no_reply(),
        ]),
        variant(ConversationKind::Group, &["clientId"], &[("copy", empty_list()), no_reply()]),
        variant(ConversationKind::Mail, &["clientId", "with", "firstMessage"], &[
            ("with", recipients(1, recipients_max, "The main recipients. Main and copy recipients together must not exceed the maximum.")),
        ]),
    ] })
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use uuid::Uuid;

    use super::*;
    use crate::http::commands::{routes::ROUTES, transcode::Endpoint};

    /// A valid value of a field.
    fn sample(message: &str, field: &Field) -> Value {
        let id = Uuid::now_v7().to_string();
        let sample = match &field.kind {
            Kind::Text => match bounds::field_bound(message, &field.name) {
                bounds::Bound::Id | bounds::Bound::UserId | bounds::Bound::ConversationId => json!(id),
                _ => json!("tom"),
            },
            Kind::Flag => json!(true),
            Kind::Number => json!(7),
            Kind::Enum(_) => json!("CONVERSATION_KIND_NOTE_TO_SELF"),
            Kind::Message(_) | Kind::Time => json!({ "externalId": "tom" }),
        };
        if field.repeated { json!([sample]) } else { sample }
    }

    #[test]
    fn required_fields_are_the_fields_that_the_server_requires() {
        let mut checked = 0;
        for route in ROUTES.iter().filter(|route| route.has_body()) {
            let command = route.command;
            let fields = &WIRE.message(command).fields;
            let in_path: Vec<(&str, String)> = fields
                .iter()
                .filter(|field| route.path_fields().any(|name| name == field.name))
                .map(|field| (&*field.name, sample(command, field).as_str().unwrap_or_default().to_owned()))
                .collect();
            let decode_without = |left_out: &str| {
                let required = fields.iter().filter(|field| bounds::required(command).contains(&&*field.name));
                let body = required.filter(|field| field.name != left_out);
                let body = body.map(|field| (field.json_name.clone(), sample(command, field))).collect();
                let path = in_path.iter().map(|(name, value)| (*name, value.as_str()));
                let endpoint = Endpoint::new(route);
                endpoint.command(endpoint.fields(body, &Uri::default(), path)?)
            };
            assert!(decode_without("").is_ok(), "{command}: {:?}", decode_without(""));
            for name in bounds::required(command) {
                checked += 1;
                assert!(decode_without(name).is_err(), "{command} without {name}");
            }
        }
        assert!(checked > 5, "{checked}");
    }
}
