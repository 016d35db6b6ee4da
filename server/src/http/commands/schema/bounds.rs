//! The bounds of the fields of requests. `causerie_protocol::command` checks the same bounds.

use causerie_protocol::limits;
use serde_json::{Value, json};

/// Control characters other than tabs and line ends, as part of a character class of a regular expression (ECMA 262).
const CONTROL: &str = r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f";

/// The characters that [`crate::names::visible`] counts as invisible, as part of a character class: white space, characters
/// that Unicode ignores by default, and the blank of Braille.
const INVISIBLE: &str = concat!(
    r"\s\u0085\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164",
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8",
    "\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}",
);

/// The bound of a text or a number in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// No bound.
    Any,
    /// A UUID.
    Id,
    /// The UUID of a user, or `external:` and the external id of the user.
    UserId,
    /// The UUID of a conversation, or `external:` and the external id of the other user of a direct conversation.
    ConversationId,
    /// A UUID, or an empty text.
    IdOrNone,
    /// The external id of a user or a group.
    ExternalId,
    /// The text of a message, with at least one visible character.
    Text,
    /// A text of at most this many bytes. The server replaces line ends by spaces.
    Bytes(usize),
    /// A subject of at most this many bytes: empty, or with at least one visible character.
    Title(usize),
    /// The name of a relation.
    Relation,
    /// The name of a relation, or an empty text.
    RelationOrNone,
    /// A number up to this maximum.
    UpTo(u32),
}

/// The bound of a field of a request.
#[must_use]
pub fn field_bound(message: &str, field: &str) -> Bound {
    match (message, field) {
        ("StartConversation", "in_reply_to") => Bound::IdOrNone,
        ("StartConversation" | "RenameConversation", "subject") => Bound::Title(limits::SUBJECT_BYTES_MAX),
        ("SearchDirectory", "query") => Bound::Bytes(limits::QUERY_BYTES_MAX),
        ("SearchDirectory", "limit") => Bound::UpTo(limits::DIRECTORY_PAGE_MAX),
        ("ListRelations", "relation") => Bound::RelationOrNone,
        (_, "relation") => Bound::Relation,
        (_, "limit") => Bound::UpTo(limits::PAGE_MAX),
        (_, "text") => Bound::Text,
        (_, "external_id" | "group_external_id") => Bound::ExternalId,
        (_, "user_id" | "user_ids") => Bound::UserId,
        (_, "conversation_id") => Bound::ConversationId,
        (_, "id" | "group_id" | "message_id" | "client_id") => Bound::Id,
        _ => Bound::Any,
    }
}

/// The minimum and maximum number of entries of a list in a request.
#[must_use]
pub fn list_bounds(message: &str, field: &str) -> (usize, usize) {
    match (message, field) {
        ("GetUsers", _) => (0, limits::USERS_MAX),
        ("GetPresence", _) => (0, limits::PRESENCE_MAX),
        ("AddMembers", _) => (1, limits::MEMBERS_PER_COMMAND_MAX),
        _ => (0, limits::MEMBERS_PER_COMMAND_MAX),
    }
}

/// The names of the required fields of a message of a request, as in `proto/`.
#[must_use]
pub fn required(message: &str) -> &'static [&'static str] {
    match message {
        "SendMessage" | "Draft" => &["client_id", "text"],
        "EditMessage" => &["text"],
        "AddMembers" => &["users"],
        "Relate" | "AcceptRelation" | "Unrelate" => &["user"],
        "StartConversation" => &["kind"],
        _ => &[],
    }
}

impl Bound {
    /// The schema of a text within this bound. JSON Schema counts characters, and the server counts bytes of UTF-8: a text
    /// with few enough characters can have too many bytes, and is then refused with `too_large`.
    #[must_use]
    pub fn text(self) -> Value {
        match self {
            Self::Any | Self::UpTo(_) => json!({ "type": "string" }),
            Self::Id => json!({ "type": "string", "format": "uuid" }),
            Self::UserId | Self::ConversationId => json!({
                "type": "string",
                "anyOf": [{ "format": "uuid" }, { "pattern": r"^external:[^\u0000-\u001f\u007f-\u009f]{1,128}$" }],
            }),
            Self::IdOrNone => json!({ "type": "string", "anyOf": [{ "format": "uuid" }, { "maxLength": 0 }] }),
            Self::ExternalId => line(1, limits::EXTERNAL_ID_BYTES_MAX),
            Self::Text => {
                let pattern = format!(r"^[^{CONTROL}]*[^{CONTROL}\s\u0085][^{CONTROL}]*$");
                json!({ "type": "string", "minLength": 1, "maxLength": limits::TEXT_BYTES_MAX, "pattern": pattern })
            }
            Self::Bytes(max) => json!({ "type": "string", "maxLength": max, "pattern": format!("^[^{CONTROL}]*$") }),
            Self::Title(max) => {
                let pattern = format!("^([^{CONTROL}]*[^{CONTROL}{INVISIBLE}][^{CONTROL}]*)?$");
                json!({ "type": "string", "maxLength": max, "pattern": pattern })
            }
            Self::Relation => json!({ "type": "string", "pattern": relation(1) }),
            Self::RelationOrNone => json!({ "type": "string", "pattern": relation(0) }),
        }
    }

    /// The maximum of a number within this bound.
    #[must_use]
    pub fn max(self) -> u32 {
        if let Self::UpTo(max) = self { max } else { u32::MAX }
    }
}

/// The schema of a path parameter of an endpoint for back ends: the slug of a tenant, or an external id.
#[must_use]
pub fn path_parameter(name: &str) -> Value {
    match name {
        "slug" => json!({ "type": "string", "pattern": crate::provisioning::tenants::SLUG_PATTERN }),
        _ => line(1, limits::EXTERNAL_ID_BYTES_MAX),
    }
}

/// The schema of a text on one line, without control characters. `min` and `max` are numbers of characters.
#[must_use]
pub fn line(min: usize, max: usize) -> Value {
    json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" })
}

/// The schema of a name on one line, of at most `max` characters: empty, or with at least one visible character.
#[must_use]
pub fn name(max: usize) -> Value {
    let control = r"\u0000-\u001f\u007f-\u009f";
    let pattern = format!("^([^{control}]*[^{control}{INVISIBLE}][^{control}]*)?$");
    json!({ "type": "string", "maxLength": max, "pattern": pattern })
}

/// The pattern of the name of a relation.
fn relation(min: usize) -> String {
    format!("^[a-z0-9_]{{{min},{}}}$", limits::RELATION_BYTES_MAX)
}
