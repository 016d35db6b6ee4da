//! Columns and conditions that statements of several subjects share, and the functions that read their rows.

use causerie_protocol::{ClientId, ConversationId, MessageId, UserId};
use sea_orm::{DbBackend, DbErr, QueryResult};
use uuid::Uuid;

use crate::domain::{ConversationKind, Message, Numbered};

/// The columns that [`message`] reads, of the table or alias `x`.
pub const COLUMNS: &str =
    "x.conversation_id, x.seq, x.id, x.version, x.author_id, x.client_id, x.text, x.sent_at, x.edited_at, x.deleted_at";

/// The columns of [`COLUMNS`], each with the prefix `x_` in its name, for [`message`] with this prefix.
pub(super) const COLUMNS_AS_X: &str = "x.id AS x_id, x.conversation_id AS x_conversation_id, x.seq AS x_seq, \
     x.version AS x_version, x.author_id AS x_author_id, x.client_id AS x_client_id, x.text AS x_text, \
     x.sent_at AS x_sent_at, x.edited_at AS x_edited_at, x.deleted_at AS x_deleted_at";

/// Reads the columns of [`COLUMNS`], or of [`COLUMNS_AS_X`] with the prefix `x_`.
///
/// # Errors
/// `DbErr` if the row lacks a column.
pub fn message(row: &QueryResult, prefix: &str) -> Result<Message, DbErr> {
    Ok(Message {
        id: MessageId(row.try_get(prefix, "id")?),
        conversation: ConversationId(row.try_get(prefix, "conversation_id")?),
        seq: number(row, prefix, "seq")?,
        version: number(row, prefix, "version")?,
        author: UserId(row.try_get(prefix, "author_id")?),
        client_id: ClientId(row.try_get(prefix, "client_id")?),
        text: row.try_get(prefix, "text")?,
        sent_at_ms: row.try_get(prefix, "sent_at")?,
        edited_at_ms: row.try_get(prefix, "edited_at")?,
        deleted_at_ms: row.try_get(prefix, "deleted_at")?,
    })
}

/// Reads an enum (a kind, state or role) that is stored as a number.
///
/// # Errors
/// `DbErr` if the column is missing.
pub fn enum_value<T: Numbered>(row: &QueryResult, prefix: &str, column: &str) -> Result<T, DbErr> {
    Ok(T::from_number(row.try_get::<i16>(prefix, column)?))
}

/// Reads a counter. The database stores it with 64 bits because SQL has no unsigned integers; its value fits 32 bits.
///
/// # Errors
/// `DbErr` if the column is missing, or its value does not fit. Another value in its place could assign a `seq` or a version
/// a second time, or show a member messages from before they joined.
pub fn number(row: &QueryResult, prefix: &str, column: &str) -> Result<u32, DbErr> {
    in_range(row.try_get(prefix, column)?, column)
}

/// Like [`number`], for a column that may be NULL.
///
/// # Errors
/// The errors of [`number`].
pub fn optional_number(row: &QueryResult, prefix: &str, column: &str) -> Result<Option<u32>, DbErr> {
    row.try_get::<Option<i64>>(prefix, column)?.map(|number| in_range(number, column)).transpose()
}

fn in_range(number: i64, column: &str) -> Result<u32, DbErr> {
    u32::try_from(number).map_err(|_| DbErr::Type(format!("`{column}` is {number}, which is not from 0 to {}", u32::MAX)))
}

/// The unread count, with `c` for the conversation and `m` for the member. It is computed from the counters; messages are
/// read only if messages after the member's read position do not count as unread.
pub const UNREAD: &str = "CASE WHEN c.last_seq <= m.read_seq THEN 0 ELSE c.last_seq - m.read_seq - \
    CASE WHEN c.uncounted_seq <= m.read_seq THEN 0 ELSE (SELECT count(*) FROM messages u \
    WHERE u.conversation_id = c.id AND NOT u.counted AND u.seq > m.read_seq) END END";

/// A condition that excludes the messages that a user deleted for themselves. `message` is the alias of the messages, `user`
/// the column with the user's id.
pub(super) fn not_hidden(message: &str, user: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM hidden_messages h WHERE h.user_id = {user} \
         AND h.conversation_id = {message}.conversation_id AND h.seq = {message}.seq)"
    )
}

/// A condition that other members see a member, with `c` for the conversation and `member` for the alias of the members. A
/// group does not show members who have left. In other conversations, a user who deleted their own copy is still shown.
pub(super) fn is_visible(member: &str) -> String {
    format!("({member}.left_at IS NULL OR {})", differs_from("c.kind", ConversationKind::Group))
}

/// A condition that a column holds another value than `value`. As in [`Numbered::from_number`], a number that this program
/// does not know counts as the strictest value.
fn differs_from<T: Numbered>(column: &str, value: T) -> String {
    if value != T::STRICTEST {
        return format!("{column} <> {}", value.number());
    }
    let others = T::ALL.iter().filter(|other| **other != value).map(|other| other.number().to_string());
    format!("{column} IN ({})", others.collect::<Vec<_>>().join(", "))
}

/// The read position of a member as another member sees it, with `c` for the conversation, `member` for the alias of the
/// members, and `viewer` for the id of the other member. In a mail, a member sees only their own read position.
pub(super) fn shown_read_seq(member: &str, viewer: &str) -> String {
    let mail = ConversationKind::Mail.number();
    format!("CASE WHEN c.kind = {mail} AND {member}.user_id <> {viewer} THEN 0 ELSE {member}.read_seq END AS read_seq")
}

/// The SQL functions of a database that write rows as one JSON text.
#[derive(Debug, Clone, Copy)]
pub struct Json {
    /// The beginning of the expression for the list of entries.
    pub open: &'static str,
    /// The function that makes an entry.
    pub entry: &'static str,
    /// The end of the expression for the list of entries.
    pub close: &'static str,
}

impl Json {
    pub(super) fn for_backend(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self { open: "CAST(json_agg", entry: "json_build_array", close: " AS TEXT)" },
            _ => Self { open: "(json_group_array", entry: "json_array", close: ")" },
        }
    }

    /// An expression for an id as text, which [`id`] reads.
    #[must_use]
    pub fn text_of(self, id: &str) -> String {
        if self.entry == "json_array" { format!("hex({id})") } else { id.to_owned() }
    }
}

/// Reads an id in a JSON text, as [`Json::text_of`] writes it.
///
/// # Errors
/// `DbErr` if the text is no id.
pub(super) fn id<I: From<Uuid>>(text: &str) -> Result<I, DbErr> {
    Uuid::parse_str(text).map(I::from).map_err(|error| DbErr::Type(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_number_counts_as_the_strictest_value() {
        use ConversationKind::{Direct, Mail, NoteToSelf};
        let (note, direct, mail) = (NoteToSelf.number(), Direct.number(), Mail.number());
        assert_eq!(differs_from("c.kind", ConversationKind::Group), format!("c.kind IN ({note}, {direct}, {mail})"));
        assert_eq!(differs_from("c.kind", Mail), format!("c.kind <> {mail}"));
    }
}
