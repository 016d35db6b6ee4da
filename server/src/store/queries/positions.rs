//! The positions of online users in their conversations, and the versions of conversations, which a node keeps in memory.

use std::collections::{HashMap, hash_map::Entry};

use causerie_protocol::{ConversationId, UserId};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::{
    columns::{UNREAD, number},
    users::{AccountStatus, account_status},
};
use crate::store::{
    Store, StoreError,
    rows::{self, Column, Rows},
};

/// A member's read position and visibility in a conversation, as of one version of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MemberPosition {
    pub conversation: ConversationId,
    pub version: u32,
    pub last_seq: u32,
    pub read_seq: u32,
    pub unread: u32,
    pub marked_unread: bool,
    /// The member sees every message from this `seq` on. If an earlier message changes, which the member may have deleted
    /// for themselves, the member's devices get `gap` instead of the change, and then ask the server.
    pub fully_visible_from_seq: u32,
}

/// The inbox of a user.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whether the account is active, and the inbox version.
    pub account_status: AccountStatus,
    /// The epoch of the tenant. A client that holds another epoch drops its stored data.
    pub epoch: String,
    /// One position for every conversation that the user is a member of.
    pub positions: Vec<MemberPosition>,
}

/// The columns that [`read_position`] reads, except the unread count.
const POSITION: &str = "c.id AS c_id, c.version, c.last_seq, m.read_seq, m.marked_unread, \
    CASE WHEN m.hidden_seq < m.first_seq THEN m.first_seq ELSE m.hidden_seq + 1 END AS fully_visible_from_seq";

impl Store {
    /// The conversations of which at least one of these users is a member.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn memberships(&self, users: &[UserId]) -> Result<Vec<ConversationId>, StoreError> {
        let sql =
            "SELECT DISTINCT m.conversation_id FROM input JOIN members m ON m.user_id = input.id AND m.left_at IS NULL";
        let rows = rows::ids(users.iter().copied()).statement(self.backend(), sql, &[]);
        let rows = self.reader().query_all_raw(rows).await?;
        rows.iter().map(|row| Ok(ConversationId(row.try_get("", "conversation_id")?))).collect()
    }

    /// The whole inboxes of users. Users that do not exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn inboxes(&self, users: &[UserId]) -> Result<HashMap<UserId, Inbox>, StoreError> {
        let sql = format!(
            "SELECT w.id AS w_id, w.inbox_version, w.status, w.tokens_valid_from, t.epoch, {POSITION}, {UNREAD} AS unread \
             FROM input JOIN users w ON w.id = input.id JOIN tenants t ON t.id = w.tenant_id LEFT JOIN members m ON m.user_id = w.id AND m.left_at IS NULL \
             LEFT JOIN conversations c ON c.id = m.conversation_id"
        );
        let rows = rows::ids(users.iter().copied()).statement(self.backend(), &sql, &[]);
        let mut inboxes: HashMap<UserId, Inbox> = HashMap::with_capacity(users.len());
        for row in self.reader().query_all_raw(rows).await? {
            let inbox = match inboxes.entry(UserId(row.try_get("", "w_id")?)) {
                Entry::Occupied(inbox) => inbox.into_mut(),
                Entry::Vacant(entry) => entry.insert(Inbox {
                    account_status: account_status(&row)?,
                    epoch: row.try_get::<Uuid>("", "epoch")?.to_string(),
                    positions: Vec::new(),
                }),
            };
            if row.try_get::<Option<Uuid>>("", "c_id")?.is_some() {
                inbox.positions.push(read_position(&row)?);
            }
        }
        Ok(inboxes)
    }

    /// The positions of (conversation, user) pairs. A pair is absent if the user is not a member, or no longer a member.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn positions(
        &self,
        pairs: &[(ConversationId, UserId)],
    ) -> Result<HashMap<(ConversationId, UserId), MemberPosition>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid)]);
        for (conversation, user) in pairs {
            rows.push([conversation.0.into(), user.0.into()]);
        }
        let sql = format!(
            "SELECT m.user_id, {POSITION}, {UNREAD} AS unread FROM input \
             JOIN members m ON m.conversation_id = input.conversation_id AND m.user_id = input.user_id AND m.left_at IS NULL \
             JOIN conversations c ON c.id = m.conversation_id"
        );
        let answer = self.reader().query_all_raw(rows.statement(self.backend(), &sql, &[])).await?;
        answer
            .iter()
            .map(|row| {
                let position = read_position(row)?;
                Ok(((position.conversation, UserId(row.try_get("", "user_id")?)), position))
            })
            .collect()
    }

    /// The versions of conversations. Conversations that do not exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn versions(&self, conversations: &[ConversationId]) -> Result<HashMap<ConversationId, u32>, StoreError> {
        let sql = "SELECT c.id, c.version FROM input JOIN conversations c ON c.id = input.id";
        let rows = rows::ids(conversations.iter().copied()).statement(self.backend(), sql, &[]);
        let rows = self.reader().query_all_raw(rows).await?;
        rows.iter().map(|row| Ok((ConversationId(row.try_get("", "id")?), number(row, "", "version")?))).collect()
    }
}

fn read_position(row: &QueryResult) -> Result<MemberPosition, DbErr> {
    Ok(MemberPosition {
        conversation: ConversationId(row.try_get("", "c_id")?),
        version: number(row, "", "version")?,
        last_seq: number(row, "", "last_seq")?,
        read_seq: number(row, "", "read_seq")?,
        unread: number(row, "", "unread")?,
        marked_unread: row.try_get("", "marked_unread")?,
        fully_visible_from_seq: number(row, "", "fully_visible_from_seq")?,
    })
}
