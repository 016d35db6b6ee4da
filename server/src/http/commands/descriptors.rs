//! The messages and enums of `proto/` with their comments. They are read once, from the compiled descriptors.

use std::{collections::BTreeMap, sync::LazyLock};

use causerie_protocol::{DESCRIPTORS, ErrorCode, Refusal};
use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::{Label, Type},
};
use serde_json::{Map, Value};

const PACKAGE: &str = "causerie.v1";

/// The messages and enums of `causerie.v1`.
pub static WIRE: LazyLock<Wire> = LazyLock::new(Wire::read);

/// The messages and enums that client and server exchange.
#[derive(Debug, Default)]
pub struct Wire {
    /// The messages by name.
    pub messages: BTreeMap<String, Message>,
    /// The enums by name.
    pub enums: BTreeMap<String, Enum>,
}

/// A message of `proto/`.
#[derive(Debug)]
pub struct Message {
    /// The comment in `proto/`.
    pub comment: String,
    /// The fields, in the order of `proto/`.
    pub fields: Vec<Field>,
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// The name in `proto/`: `conversation_id`.
    pub name: String,
    /// The name in JSON: `conversationId`.
    pub json_name: String,
    /// The comment in `proto/`.
    pub comment: String,
    /// Whether the field is a list.
    pub repeated: bool,
    /// The `oneof` of the field, if it belongs to one.
    pub one_of: Option<String>,
    /// The type of the value, or of the entries of the list.
    pub kind: Kind,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A boolean.
    Flag,
    /// A number from 0 to 2³²-1.
    Number,
    /// A `google.protobuf.Timestamp`.
    Time,
    /// The message with this name.
    Message(String),
    /// The enum with this name.
    Enum(String),
}

/// An enum of `proto/`.
#[derive(Debug)]
pub struct Enum {
    /// The comment in `proto/`.
    pub comment: String,
    /// The names of the values, each with its comment in `proto/`.
    pub values: Vec<(String, String)>,
}

impl Wire {
    fn read() -> Self {
        let files = FileDescriptorSet::decode(DESCRIPTORS).expect("the build script encoded them");
        let mut wire = Self::default();
        for file in files.file.iter().filter(|file| file.package() == PACKAGE) {
            let comments = comments(file);
            // Field numbers of FileDescriptorProto: 4 message_type, 5 enum_type.
            for (index, message) in (0..).zip(&file.message_type) {
                wire.messages.insert(message.name().to_owned(), Message::read(message, &[4, index], &comments));
            }
            for (index, descriptor) in (0..).zip(&file.enum_type) {
                wire.enums.insert(descriptor.name().to_owned(), Enum::read(descriptor, &[5, index], &comments));
            }
        }
        wire
    }

    /// The message with this name.
    ///
    /// # Panics
    /// If `proto/` has no message with this name. All names come from the table of routes and from `proto/` itself, and a
    /// test checks the table.
    #[must_use]
    pub fn message(&self, name: &str) -> &Message {
        self.messages.get(name).expect("the table names messages of proto/")
    }

    /// The JSON name of the field of `Request` that contains a command: `sendMessage` for `SendMessage`.
    ///
    /// # Panics
    /// If `proto/` has no command with this name.
    #[must_use]
    pub fn command_key(&self, command: &str) -> &str {
        let fields = &self.message("Request").fields;
        let field = fields.iter().find(|field| field.kind == Kind::Message(command.to_owned()));
        &field.expect("the table names commands of proto/").json_name
    }
}

impl Message {
    /// Refuses fields that the message does not have. On a socket such fields are ignored, because the client may be newer
    /// than the server. Over HTTP they are refused, because a field without effect would mislead the developer.
    ///
    /// # Errors
    /// `invalid` with the first such field; `path` is the path of this message in the body, such as `sendMessage`.
    pub fn refuse_unknown(&self, fields: &Map<String, Value>, path: &str) -> Result<(), Refusal> {
        for (name, value) in fields {
            let path = format!("{path}.{name}");
            // ProtoJSON accepts both spellings.
            let Some(field) = self.fields.iter().find(|field| field.json_name == *name || field.name == *name) else {
                return Err(Refusal::new(
                    ErrorCode::Invalid,
                    format!("there is no field `{path}` here; /v1/docs lists the fields"),
                )
                .field(path));
            };
            let Kind::Message(inner) = &field.kind else { continue };
            let inner = WIRE.message(inner);
            match value {
                Value::Object(fields) => inner.refuse_unknown(fields, &path)?,
                Value::Array(values) => {
                    let objects = values.iter().enumerate().filter_map(|(index, value)| Some((index, value.as_object()?)));
                    for (index, fields) in objects {
                        inner.refuse_unknown(fields, &format!("{path}[{index}]"))?;
                    }
                }
                // The value has the wrong type. The decoder reports this with a better message.
                _ => {}
            }
        }
        Ok(())
    }
}

/// The comments of a file. The key is the path of the item that the comment describes: field numbers and indexes, as in
/// `SourceCodeInfo`.
type Comments = BTreeMap<Vec<i32>, String>;

/// Reads the comments of a file.
fn comments(file: &FileDescriptorProto) -> Comments {
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    locations
        .filter_map(|location| {
            let text = location.leading_comments.as_deref()?;
            let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            Some((location.path.clone(), lines.join(" ")))
        })
        .collect()
}

/// The comment of the item at the path `path` followed by `rest`; empty if the item has no comment.
fn comment_at(comments: &Comments, path: &[i32], rest: &[i32]) -> String {
    comments.get(&[path, rest].concat()).cloned().unwrap_or_default()
}

impl Message {
    fn read(message: &DescriptorProto, path: &[i32], comments: &Comments) -> Self {
        // Field number of DescriptorProto: 2 field.
        let fields = (0..).zip(&message.field).map(|(index, field)| {
            // The compiler represents `optional` as a `oneof` with one field. The description must not show it as a `oneof`.
            let one_of = field.oneof_index.filter(|_| !field.proto3_optional());
            let one_of = one_of.and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
            Field {
                name: field.name().to_owned(),
                json_name: field.json_name().to_owned(),
                comment: comment_at(comments, path, &[2, index]),
                repeated: field.label() == Label::Repeated,
                one_of: one_of.map(|one_of| one_of.name().to_owned()),
                kind: Kind::read(field),
            }
        });
        Self { comment: comment_at(comments, path, &[]), fields: fields.collect() }
    }
}

impl Kind {
    fn read(field: &FieldDescriptorProto) -> Self {
        let name = field.type_name().trim_start_matches('.');
        let local_name = || name.trim_start_matches(PACKAGE).trim_start_matches('.').to_owned();
        match field.r#type() {
            Type::Bool => Self::Flag,
            Type::Uint32 => Self::Number,
            Type::Enum => Self::Enum(local_name()),
            Type::Message if name == "google.protobuf.Timestamp" => Self::Time,
            Type::Message => Self::Message(local_name()),
            Type::String => Self::Text,
            other => unreachable!("`{name}` has a type that `proto/` does not use: {other:?}"),
        }
    }
}

impl Enum {
    fn read(descriptor: &EnumDescriptorProto, path: &[i32], comments: &Comments) -> Self {
        // Field number of EnumDescriptorProto: 2 value.
        let values = (0..).zip(&descriptor.value);
        let values = values.map(|(index, value)| (value.name().to_owned(), comment_at(comments, path, &[2, index])));
        Self { comment: comment_at(comments, path, &[]), values: values.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_the_schema_are_attached_to_their_items() {
        let send = WIRE.message("SendMessage");
        let client_id = send.fields.iter().find(|field| field.name == "client_id").expect("a field");
        assert_eq!(client_id.json_name, "clientId");
        assert!(client_id.comment.starts_with("A UUID made by the client"), "{}", client_id.comment);
        let kinds = &WIRE.enums["ConversationKind"].values;
        assert_eq!(
            kinds[2],
            (
                "CONVERSATION_KIND_DIRECT".to_owned(),
                "Two members. A pair of users has at most one direct conversation.".to_owned()
            )
        );
    }

    #[test]
    fn an_optional_field_is_no_oneof() {
        let one_of = |message: &str, name: &str| {
            let fields = &WIRE.message(message).fields;
            fields.iter().find(|field| field.name == name).and_then(|field| field.one_of.clone())
        };
        assert_eq!(one_of("GetHistory", "after_seq"), None);
        assert_eq!(one_of("UserRef", "external_id").as_deref(), Some("by"));
        assert_eq!(WIRE.command_key("SetTyping"), "setTyping");
    }
}
