//! Columns and conditions that statements of several subjects share, and how their rows are read.

use causerie_protocol::{Timestamp, wire};
use sea_orm::{DbBackend, DbErr, QueryResult};
use uuid::Uuid;

/// The columns [`from_row`] reads, of the table or alias `x`.
pub const COLUMNS: &str =
    "x.conversation_id, x.seq, x.id, x.version, x.author_id, x.client_id, x.text, x.sent_at, x.edited_at, x.deleted_at";

/// The same with names of their own, for [`from_row`] with the prefix `x_`.
pub(super) const COLUMNS_AS_X: &str = "x.id AS x_id, x.conversation_id AS x_conversation_id, x.seq AS x_seq, \
     x.version AS x_version, x.author_id AS x_author_id, x.client_id AS x_client_id, x.text AS x_text, \
     x.sent_at AS x_sent_at, x.edited_at AS x_edited_at, x.deleted_at AS x_deleted_at";

/// A message as clients see it.
///
/// # Errors
/// When the row lacks a column of [`COLUMNS`].
pub fn from_row(row: &QueryResult, prefix: &str) -> Result<wire::Message, DbErr> {
    let id = |column: &str| row.try_get::<Uuid>(prefix, column).map(|id| id.to_string());
    Ok(wire::Message {
        id: id("id")?,
        conversation_id: id("conversation_id")?,
        seq: number(row, prefix, "seq")?,
        version: number(row, prefix, "version")?,
        author_id: id("author_id")?,
        client_id: id("client_id")?,
        text: row.try_get(prefix, "text")?,
        sent_at: Some(timestamp(row.try_get(prefix, "sent_at")?)),
        edited_at: row.try_get::<Option<i64>>(prefix, "edited_at")?.map(timestamp),
        deleted_at: row.try_get::<Option<i64>>(prefix, "deleted_at")?.map(timestamp),
    })
}

/// A counter: stored as 64 bits, for SQL knows no unsigned ones; never beyond 32.
///
/// # Errors
/// When the column is absent.
pub fn number(row: &QueryResult, prefix: &str, column: &str) -> Result<u32, DbErr> {
    Ok(u32::try_from(row.try_get::<i64>(prefix, column)?).unwrap_or(0))
}

/// Milliseconds since 1970 as the wire has it.
#[must_use]
pub fn timestamp(ms: i64) -> Timestamp {
    let nanos = i32::try_from(ms.rem_euclid(1000) * 1_000_000).unwrap_or(0);
    Timestamp { seconds: ms.div_euclid(1000), nanos }
}

/// The same the other way round.
#[must_use]
pub fn milliseconds(at: &Timestamp) -> i64 {
    at.seconds * 1000 + i64::from(at.nanos) / 1_000_000
}

/// Messages after the member's position that count: `c` the conversation, `m` the member. Arithmetic, corrected by a look
/// at the uncounted messages only where there are any beyond the position.
pub const UNREAD: &str = "CASE WHEN c.last_seq <= m.read_seq THEN 0 ELSE c.last_seq - m.read_seq - \
    CASE WHEN c.uncounted_seq <= m.read_seq THEN 0 ELSE (SELECT count(*) FROM messages u \
    WHERE u.conversation_id = c.id AND NOT u.counted AND u.seq > m.read_seq) END END";

/// Leaves out, of the messages under this alias, those whose own copy a person deleted; `who` names the person's column.
pub(super) fn not_hidden(message: &str, who: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM hidden_messages h WHERE h.user_id = {who} \
         AND h.conversation_id = {message}.conversation_id AND h.seq = {message}.seq)"
    )
}

/// Whom others see as a member, of the conversation `c`. Who deletes their own copy stays one to them: only groups are left.
pub(super) const IS_SHOWN: &str = "($member.left_at IS NULL OR c.kind <> 3)";

/// How far one member is told that another has read: in mails nobody learns it, but of themselves.
pub(super) const TOLD_READ_SEQ: &str =
    "CASE WHEN c.kind = 4 AND $member.user_id <> $viewer THEN 0 ELSE $member.read_seq END AS read_seq";

/// How a database writes rows into one JSON text.
#[derive(Debug, Clone, Copy)]
pub struct Json {
    /// Opens the list.
    pub open: &'static str,
    /// Makes an entry.
    pub entry: &'static str,
    /// Closes the list.
    pub close: &'static str,
}

impl Json {
    pub(super) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self { open: "CAST(json_agg", entry: "json_build_array", close: " AS TEXT)" },
            _ => Self { open: "(json_group_array", entry: "json_array", close: ")" },
        }
    }

    /// An id as text.
    #[must_use]
    pub fn text_of(self, id: &str) -> String {
        if self.entry == "json_array" { format!("hex({id})") } else { id.to_owned() }
    }
}
