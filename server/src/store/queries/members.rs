//! Members in a batch of the writer: joins and leaves, unread counts, and inbox versions.

use std::collections::HashMap;

use causerie_protocol::{ConversationId, UserId};

use super::{
    columns::{UNREAD, number},
    write_tx::WriteTx,
};
use crate::{
    domain::{MemberRole, Numbered as _},
    store::{
        StoreError,
        rows::{self, Column, Rows},
    },
};

/// The number of rows per statement. Each row has at most six values; the sum is below SQLite's limit of 32,766 values.
const CHUNK: usize = 5_000;

/// A member to be added.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct NewMember {
    pub conversation: ConversationId,
    pub user: UserId,
    pub role: MemberRole,
    /// The first read position of the member: messages up to this `seq` are not unread.
    pub read_seq: u32,
    pub inbox_version: u32,
    /// Whether the member gets the mail in copy (Cc).
    pub is_copy: bool,
}

/// A new read position and the manual "unread" flag of a member.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct NewReadPosition {
    pub conversation: ConversationId,
    pub user: UserId,
    pub read_seq: u32,
    pub marked_unread: bool,
}

impl WriteTx {
    /// Raises the inbox version of each user by the number in `increments`. Returns the new versions.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn raise_inboxes(&self, increments: &HashMap<UserId, u32>) -> Result<HashMap<UserId, u32>, StoreError> {
        let mut sorted: Vec<(UserId, u32)> = increments.iter().map(|(user, times)| (*user, *times)).collect();
        sorted.sort_unstable();
        let lock = "SELECT w.id FROM users w WHERE w.id IN (SELECT id FROM input) ORDER BY w.id {for_update w}";
        for chunk in sorted.chunks(CHUNK) {
            self.query(rows::ids(chunk.iter().map(|(user, _)| *user)), lock, &[]).await?;
        }
        let sql = "UPDATE users SET inbox_version = inbox_version + input.times FROM input WHERE users.id = input.id \
                   RETURNING users.id, users.inbox_version";
        let mut raised = HashMap::with_capacity(sorted.len());
        for chunk in sorted.chunks(CHUNK) {
            let mut rows = Rows::new([("id", Column::Uuid), ("times", Column::Int)]);
            for (user, times) in chunk {
                rows.push([user.0.into(), i64::from(*times).into()]);
            }
            for row in self.query(rows, sql, &[]).await? {
                raised.insert(UserId(row.try_get("", "id")?), number(&row, "", "inbox_version")?);
            }
        }
        Ok(raised)
    }

    /// Adds members. A former member becomes a member again; the visibility that the member had before stays.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn add_members(&self, members: &[NewMember], now_ms: i64) -> Result<(), StoreError> {
        for chunk in members.chunks(CHUNK) {
            let mut rows = Rows::new([
                ("conversation_id", Column::Uuid),
                ("user_id", Column::Uuid),
                ("role", Column::Int),
                ("read_seq", Column::Int),
                ("inbox_version", Column::Int),
                ("is_copy", Column::Int),
            ]);
            for member in chunk {
                rows.push([
                    member.conversation.0.into(),
                    member.user.0.into(),
                    i64::from(member.role.number()).into(),
                    i64::from(member.read_seq).into(),
                    i64::from(member.inbox_version).into(),
                    i64::from(member.is_copy).into(),
                ]);
            }
            self.execute(
                rows,
                "INSERT INTO members (conversation_id, user_id, role, read_seq, marked_unread, first_seq, \
                 inbox_version, joined_at, left_at, is_copy) \
                 SELECT conversation_id, user_id, role, read_seq, FALSE, 1, inbox_version, {0}, CAST(NULL AS BIGINT), is_copy = 1 \
                 FROM input WHERE TRUE ON CONFLICT (conversation_id, user_id) DO UPDATE SET role = excluded.role, \
                 read_seq = excluded.read_seq, marked_unread = FALSE, inbox_version = excluded.inbox_version, \
                 joined_at = excluded.joined_at, left_at = NULL",
                &[now_ms.into()],
            )
            .await?;
        }
        Ok(())
    }

    /// The (conversation, user) pairs among these whose user is a current member of the conversation.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn current_members(
        &self,
        pairs: &[(ConversationId, UserId)],
    ) -> Result<Vec<(ConversationId, UserId)>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid)]);
        for (conversation, user) in pairs {
            rows.push([conversation.0.into(), user.0.into()]);
        }
        let sql = "SELECT m.conversation_id, m.user_id FROM input JOIN members m \
                   ON m.conversation_id = input.conversation_id AND m.user_id = input.user_id AND m.left_at IS NULL";
        let answer = self.query(rows, sql, &[]).await?;
        answer
            .iter()
            .map(|row| Ok((ConversationId(row.try_get("", "conversation_id")?), UserId(row.try_get("", "user_id")?))))
            .collect()
    }

    /// Removes members from conversations. Each entry: conversation, user, the user's new inbox version.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn remove_members(&self, leaving: &[(ConversationId, UserId, u32)], now_ms: i64) -> Result<(), StoreError> {
        for chunk in leaving.chunks(CHUNK) {
            let mut rows =
                Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid), ("inbox_version", Column::Int)]);
            for (conversation, user, inbox_version) in chunk {
                rows.push([conversation.0.into(), user.0.into(), i64::from(*inbox_version).into()]);
            }
            self.execute(
                rows,
                "UPDATE members SET left_at = {0}, inbox_version = input.inbox_version FROM input \
                 WHERE members.conversation_id = input.conversation_id AND members.user_id = input.user_id",
                &[now_ms.into()],
            )
            .await?;
        }
        Ok(())
    }

    /// The unread counts of members, by (conversation, user).
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn unread(
        &self,
        pairs: &[(ConversationId, UserId)],
    ) -> Result<HashMap<(ConversationId, UserId), u32>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid)]);
        for (conversation, user) in pairs {
            rows.push([conversation.0.into(), user.0.into()]);
        }
        let sql = format!(
            "SELECT m.conversation_id, m.user_id, {} AS unread FROM input \
             JOIN members m ON m.conversation_id = input.conversation_id AND m.user_id = input.user_id \
             JOIN conversations c ON c.id = m.conversation_id",
            UNREAD
        );
        let answer = self.query(rows, &sql, &[]).await?;
        answer
            .iter()
            .map(|row| {
                let key = (ConversationId(row.try_get("", "conversation_id")?), UserId(row.try_get("", "user_id")?));
                Ok((key, number(row, "", "unread")?))
            })
            .collect()
    }
}
