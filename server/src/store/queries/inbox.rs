//! The inbox of a user: the total unread count, and the conversations that the user joined and left.

use causerie_protocol::{ConversationId, UserId};
use sea_orm::ConnectionTrait as _;

use super::columns::{UNREAD, number};
use crate::store::{Store, StoreError, rows::statement};

/// A change of a user's inbox: the user joined a conversation, left it, or deleted messages in it for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxChange {
    /// The conversation.
    pub conversation: ConversationId,
    /// The user's inbox version after the change.
    pub inbox_version: u32,
    /// Whether the user is a member now.
    pub joined: bool,
    /// Whether all messages are visible to the user, because the user never deleted any of them for themselves. The user's
    /// devices may then keep the messages that they hold.
    pub sees_all: bool,
}

impl Store {
    /// The user's total unread count and inbox version. A conversation that is only marked as unread counts as one. Both
    /// numbers are 0 if the user does not exist.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn inbox(&self, user: UserId) -> Result<(u32, u32), StoreError> {
        let sql = format!(
            "SELECT w.inbox_version, CAST(COALESCE((SELECT SUM(CASE WHEN unread = 0 AND marked THEN 1 ELSE unread END) \
             FROM (SELECT {UNREAD} AS unread, m.marked_unread AS marked FROM members m \
             JOIN conversations c ON c.id = m.conversation_id WHERE m.user_id = $1 AND m.left_at IS NULL) counts), 0) \
             AS BIGINT) AS total FROM users w WHERE w.id = $1"
        );
        let row = self.reader().query_one_raw(statement(self.backend(), &sql, vec![user.0.into()])).await?;
        match row {
            Some(row) => Ok((number(&row, "", "total")?, number(&row, "", "inbox_version")?)),
            None => Ok((0, 0)),
        }
    }

    /// The changes of the user's inbox after an inbox version, in order.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn inbox_changes(&self, user: UserId, since: u32) -> Result<Vec<InboxChange>, StoreError> {
        let sql = "SELECT conversation_id, inbox_version, left_at, first_seq, hidden_seq FROM members \
                   WHERE user_id = $1 AND inbox_version > $2 ORDER BY inbox_version";
        let values = vec![user.0.into(), i64::from(since).into()];
        let rows = self.reader().query_all_raw(statement(self.backend(), sql, values)).await?;
        rows.iter()
            .map(|row| {
                Ok(InboxChange {
                    conversation: ConversationId(row.try_get("", "conversation_id")?),
                    inbox_version: number(row, "", "inbox_version")?,
                    joined: row.try_get::<Option<i64>>("", "left_at")?.is_none(),
                    sees_all: number(row, "", "first_seq")? <= 1 && number(row, "", "hidden_seq")? == 0,
                })
            })
            .collect()
    }
}
