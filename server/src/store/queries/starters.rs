//! The users who start conversations in a batch, read before their conversations are created.

use std::collections::HashMap;

use causerie_protocol::UserId;

use super::write_tx::WriteTx;
use crate::store::{StoreError, rows};

/// The data that decides, apart from the rules, whether a user may start a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Starter {
    /// Seconds since 1970 UTC; tokens of the user issued before this are invalid.
    pub tokens_valid_from_s: i64,
    /// Whether the user's tenant is suspended, so that nothing may be written for it.
    pub is_suspended: bool,
}

impl WriteTx {
    /// Reads users who start conversations. Must be called while the facts of their tenants are locked. Users that do not
    /// exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn starters(&self, users: impl IntoIterator<Item = UserId>) -> Result<HashMap<UserId, Starter>, StoreError> {
        let sql = "SELECT u.id, u.tokens_valid_from, f.suspended_at FROM input JOIN users u ON u.id = input.id \
                   LEFT JOIN facts f ON f.tenant_id = u.tenant_id";
        let answer = self.query(rows::ids(users), sql, &[]).await?;
        let read_starter = |row: &sea_orm::QueryResult| {
            let starter = Starter {
                tokens_valid_from_s: row.try_get("", "tokens_valid_from")?,
                is_suspended: row.try_get::<Option<i64>>("", "suspended_at")?.is_some(),
            };
            Ok((UserId(row.try_get("", "id")?), starter))
        };
        answer.iter().map(read_starter).collect()
    }
}
