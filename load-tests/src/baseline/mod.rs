//! What the machine does without the server, measured in the same run. The figures of a small shared machine mean
//! little without this comparison.

pub mod accept;
pub mod bare_postgres;
pub mod bare_sqlite;
pub mod disk;
pub mod raw_send;

use uuid::Uuid;

/// One row of the server's `messages` table.
pub struct Row {
    /// The key, together with `seq`.
    pub conversation: Uuid,
    /// The position in the conversation.
    pub seq: i64,
    /// Unique.
    pub id: Uuid,
    /// Unique per author.
    pub client_id: Uuid,
}

/// A batch like those of the server's writer: each row belongs to another conversation.
#[must_use]
pub fn rows(conversations: &[Uuid], seq: i64) -> Vec<Row> {
    let row = |conversation: &Uuid| Row { conversation: *conversation, seq, id: Uuid::now_v7(), client_id: Uuid::now_v7() };
    conversations.iter().map(row).collect()
}
