//! A conversation and one user's membership of it: what rules ask about, and what the user sees of the history.

use causerie_protocol::{ConversationId, UserId};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::columns::number;

/// What rules ask about a conversation and one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MemberContext {
    /// `None` for one that is still to be made.
    pub id: Option<ConversationId>,
    pub tenant: Uuid,
    pub kind: i16,
    pub state: i16,
    pub version: u32,
    pub last_seq: u32,
    pub member_count: u32,
    /// `None` for one who is no member, or no longer.
    pub role: Option<i16>,
    /// The oldest message this member may read.
    pub first_seq: u32,
    /// The newest message whose own copy this member deleted; 0 for none.
    pub hidden_seq: u32,
    /// The other one of a direct conversation.
    pub peer: Option<UserId>,
}

impl MemberContext {
    /// What this member sees of the history.
    #[must_use]
    pub fn visibility(&self, member: UserId) -> Visibility {
        Visibility { user: member, first_seq: self.first_seq, hidden_seq: self.hidden_seq }
    }
}

/// The part of a history one member sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Visibility {
    pub user: UserId,
    /// The oldest message that may be read.
    pub first_seq: u32,
    /// The newest message whose own copy was deleted; beyond it nothing is hidden.
    pub hidden_seq: u32,
}

/// The other person of a direct conversation, gone or not.
const PEER: &str = "(SELECT pm.user_id FROM members pm \
    WHERE c.kind = 2 AND pm.conversation_id = c.id AND pm.user_id <> $who LIMIT 1)";

/// What facts are made of; `who` names the person's column.
pub fn columns(who: &str) -> String {
    columns_with_peer(&PEER.replace("$who", who))
}

/// As [`columns`], where the other person of a direct conversation is at hand already.
#[must_use]
pub fn columns_with_peer(peer: &str) -> String {
    format!(
        "c.id AS c_id, c.tenant_id, c.kind, c.state, c.version, c.last_seq, c.member_count, m.role, m.first_seq, \
         m.hidden_seq, m.left_at, {peer} AS peer_id"
    )
}

/// Reads [`columns`].
///
/// # Errors
/// When a column is missing.
pub fn from_row(row: &QueryResult) -> Result<MemberContext, DbErr> {
    let left: Option<i64> = row.try_get("", "left_at")?;
    Ok(MemberContext {
        id: Some(ConversationId(row.try_get("", "c_id")?)),
        tenant: row.try_get("", "tenant_id")?,
        kind: row.try_get("", "kind")?,
        state: row.try_get("", "state")?,
        version: number(row, "", "version")?,
        last_seq: number(row, "", "last_seq")?,
        member_count: number(row, "", "member_count")?,
        role: if left.is_some() { None } else { row.try_get("", "role")? },
        first_seq: row.try_get::<Option<i64>>("", "first_seq")?.and_then(|seq| u32::try_from(seq).ok()).unwrap_or(1),
        hidden_seq: row.try_get::<Option<i64>>("", "hidden_seq")?.and_then(|seq| u32::try_from(seq).ok()).unwrap_or(0),
        peer: row.try_get::<Option<Uuid>>("", "peer_id")?.map(UserId),
    })
}
