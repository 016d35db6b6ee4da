//! Messages and conversations that a member deleted for themselves only, and messages that no member can read any more.

use std::collections::HashSet;

use causerie_protocol::{ConversationId, UserId};
use sea_orm::ConnectionTrait;

use super::{columns::number, write_tx::WriteTx};
use crate::store::{
    Store, StoreError,
    rows::{self, Column, Rows},
};

/// The number of members per statement. Each has at most three values; the sum is below SQLite's limit of 32,766 values.
const CHUNK: usize = 10_000;

/// A message that one member deletes for themselves.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct HiddenMessage {
    pub conversation: ConversationId,
    pub user: UserId,
    pub seq: u32,
    /// The member's inbox version after the deletion, by which the member's other devices notice the deletion.
    pub inbox_version: u32,
}

impl WriteTx {
    /// The messages `(conversation, user, seq)` among these that the user deleted for themselves.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn hidden(
        &self,
        copies: impl IntoIterator<Item = (ConversationId, UserId, u32)>,
    ) -> Result<HashSet<(ConversationId, UserId, u32)>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid), ("seq", Column::Int)]);
        for (conversation, user, seq) in copies {
            rows.push([conversation.0.into(), user.0.into(), i64::from(seq).into()]);
        }
        let sql = "SELECT h.conversation_id, h.user_id, h.seq FROM input JOIN hidden_messages h \
                   ON h.user_id = input.user_id AND h.conversation_id = input.conversation_id AND h.seq = input.seq";
        let answer = self.query(rows, sql, &[]).await?;
        answer
            .iter()
            .map(|row| {
                let conversation = ConversationId(row.try_get("", "conversation_id")?);
                Ok((conversation, UserId(row.try_get("", "user_id")?), number(row, "", "seq")?))
            })
            .collect()
    }

    /// Deletes messages for single members. A member who deletes a message has seen it, so the read position moves to the
    /// message if it is lower.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn hide(&self, copies: &[HiddenMessage]) -> Result<(), StoreError> {
        let rows = || {
            let mut rows = Rows::new([
                ("conversation_id", Column::Uuid),
                ("user_id", Column::Uuid),
                ("seq", Column::Int),
                ("inbox_version", Column::Int),
            ]);
            for message in copies {
                rows.push([
                    message.conversation.0.into(),
                    message.user.0.into(),
                    i64::from(message.seq).into(),
                    i64::from(message.inbox_version).into(),
                ]);
            }
            rows
        };
        self.execute(
            rows(),
            "INSERT INTO hidden_messages (conversation_id, user_id, seq) \
             SELECT conversation_id, user_id, seq FROM input WHERE TRUE ON CONFLICT DO NOTHING",
            &[],
        )
        .await?;
        self.execute(
            rows(),
            "UPDATE members SET inbox_version = latest.inbox_version, \
             hidden_seq = CASE WHEN latest.seq > hidden_seq THEN latest.seq ELSE hidden_seq END, \
             read_seq = CASE WHEN latest.seq > read_seq THEN latest.seq ELSE read_seq END \
             FROM (SELECT conversation_id, user_id, MAX(seq) AS seq, MAX(inbox_version) AS inbox_version FROM input \
             GROUP BY conversation_id, user_id) latest \
             WHERE members.conversation_id = latest.conversation_id AND members.user_id = latest.user_id",
            &[],
        )
        .await
    }

    /// Deletes conversations for single members: each member no longer sees the messages before the `first_seq` of the entry
    /// `(conversation, user, first_seq)`.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn forget(&self, copies: &[(ConversationId, UserId, u32)]) -> Result<(), StoreError> {
        for chunk in copies.chunks(CHUNK) {
            let rows = || {
                let mut rows =
                    Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid), ("first_seq", Column::Int)]);
                for (conversation, user, first_seq) in chunk {
                    rows.push([conversation.0.into(), user.0.into(), i64::from(*first_seq).into()]);
                }
                rows
            };
            self.execute(
                rows(),
                "UPDATE members SET first_seq = input.first_seq, hidden_seq = 0 FROM input \
                 WHERE members.conversation_id = input.conversation_id AND members.user_id = input.user_id",
                &[],
            )
            .await?;
            self.execute(
                rows(),
                "DELETE FROM hidden_messages WHERE (user_id, conversation_id) IN (SELECT user_id, conversation_id FROM input)",
                &[],
            )
            .await?;
        }
        Ok(())
    }

    /// The current members of these conversations.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn members_of(
        &self,
        conversations: impl IntoIterator<Item = ConversationId>,
    ) -> Result<Vec<(ConversationId, UserId)>, StoreError> {
        let sql = "SELECT m.conversation_id, m.user_id FROM input JOIN members m ON m.conversation_id = input.id \
                   AND m.left_at IS NULL ORDER BY m.conversation_id, m.user_id";
        let answer = self.query(rows::ids(conversations), sql, &[]).await?;
        answer
            .iter()
            .map(|row| Ok((ConversationId(row.try_get("", "conversation_id")?), UserId(row.try_get("", "user_id")?))))
            .collect()
    }

    /// Deletes the texts of the messages in these conversations that no current member may read any more. Each of these
    /// messages becomes a deleted message; `now_ms` is the time of the deletion.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn purge(
        &self,
        conversations: impl IntoIterator<Item = ConversationId>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.execute(
            rows::ids(conversations),
            "UPDATE messages SET text = '', deleted_at = COALESCE(deleted_at, {0}) \
             FROM (SELECT input.id, COALESCE(MIN(m.first_seq), {1}) AS first_seq FROM input \
             LEFT JOIN members m ON m.conversation_id = input.id AND m.left_at IS NULL GROUP BY input.id) kept \
             WHERE messages.conversation_id = kept.id AND messages.seq < kept.first_seq AND messages.text <> ''",
            &[now_ms.into(), i64::MAX.into()],
        )
        .await
    }
}

impl Store {
    /// The `seq`s among these, in one conversation, of messages that the user deleted for themselves.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn hidden_in(
        &self,
        conversation: ConversationId,
        user: UserId,
        seqs: impl IntoIterator<Item = u32>,
    ) -> Result<HashSet<u32>, StoreError> {
        let mut rows = Rows::new([("seq", Column::Int)]);
        for seq in seqs {
            rows.push([i64::from(seq).into()]);
        }
        if rows.is_empty() {
            return Ok(HashSet::new());
        }
        let sql = "SELECT h.seq FROM input JOIN hidden_messages h \
                   ON h.user_id = {0} AND h.conversation_id = {1} AND h.seq = input.seq";
        let query = rows.statement(self.backend(), sql, &[user.0.into(), conversation.0.into()]);
        let found = self.reader().query_all_raw(query).await?;
        found.iter().map(|row| Ok(number(row, "", "seq")?)).collect()
    }
}
