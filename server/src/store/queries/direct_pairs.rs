//! The direct conversations and notes to self of pairs of users.

use std::collections::HashMap;

use causerie_protocol::{TenantId, UserId};
use sea_orm::ConnectionTrait as _;

use super::member_context::{self, MemberContext};
use crate::{
    domain::start_key,
    store::{
        Store, StoreError,
        rows::{Column, Rows},
    },
};

/// The number of pairs per statement: SQLite binds at most 32,766 values.
const CHUNK: usize = 500;

impl Store {
    /// The conversation of each pair of users, as a context of the first user: the direct conversation, or the note to self
    /// of a user who is paired with themselves. Pairs without a conversation are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn direct_of_pairs(
        &self,
        tenant: TenantId,
        pairs: &[(UserId, UserId)],
    ) -> Result<HashMap<(UserId, UserId), MemberContext>, StoreError> {
        let mut found = HashMap::new();
        let sql = format!(
            "SELECT input.user_id, input.peer_id AS other_id, {} FROM input \
             JOIN conversations c ON c.tenant_id = {{0}} AND c.start_key = input.start_key \
             LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = input.user_id",
            member_context::columns_with_peer("CASE WHEN input.peer_id <> input.user_id THEN input.peer_id END")
        );
        for chunk in pairs.chunks(CHUNK) {
            let mut rows = Rows::new([("user_id", Column::Uuid), ("peer_id", Column::Uuid), ("start_key", Column::Text)]);
            for (user, peer) in chunk {
                rows.push([user.0.into(), peer.0.into(), start_key(*user, *peer).into()]);
            }
            let query = rows.statement(self.backend(), &sql, &[tenant.0.into()]);
            for row in self.reader().query_all_raw(query).await? {
                let pair = (UserId(row.try_get("", "user_id")?), UserId(row.try_get("", "other_id")?));
                found.insert(pair, member_context::from_row(&row)?);
            }
        }
        Ok(found)
    }
}
