//! A conversation and one user's membership in it: what the rules need to know, and the part of the history that the user
//! sees.

use causerie_protocol::{ConversationId, UserId};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::columns::number;

/// What the rules need to know about a conversation and one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MemberContext {
    /// `None` for a conversation that is not made yet.
    pub id: Option<ConversationId>,
    pub tenant: Uuid,
    pub kind: i16,
    pub state: i16,
    pub version: u32,
    pub last_seq: u32,
    pub member_count: u32,
    /// `None` if the user is not (or no longer) a member.
    pub role: Option<i16>,
    /// The `seq` of the oldest message that this member may read.
    pub first_seq: u32,
    /// The `seq` of the newest message that this member deleted for themselves; 0 for none.
    pub hidden_seq: u32,
    /// The other user of a direct conversation; `None` in conversations of other kinds.
    pub peer: Option<UserId>,
}

impl MemberContext {
    /// The part of the history that this member sees.
    #[must_use]
    pub fn visibility(&self, member: UserId) -> Visibility {
        Visibility { user: member, first_seq: self.first_seq, hidden_seq: self.hidden_seq }
    }
}

/// The part of the history that one member sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Visibility {
    pub user: UserId,
    /// The `seq` of the oldest message that the member may read.
    pub first_seq: u32,
    /// The `seq` of the newest message that the member deleted for themselves. No later message is hidden.
    pub hidden_seq: u32,
}

/// The other user of a direct conversation, whether or not that user has left. `$who` stands for the column with the user's
/// id.
const PEER: &str = "(SELECT pm.user_id FROM members pm \
    WHERE c.kind = 2 AND pm.conversation_id = c.id AND pm.user_id <> $who LIMIT 1)";

/// The columns of a context; `who` names the column with the user's id.
pub fn columns(who: &str) -> String {
    columns_with_peer(&PEER.replace("$who", who))
}

/// Like [`columns`], for statements that already have an expression for the other user of a direct conversation.
#[must_use]
pub fn columns_with_peer(peer: &str) -> String {
    format!(
        "c.id AS c_id, c.tenant_id, c.kind, c.state, c.version, c.last_seq, c.member_count, m.role, m.first_seq, \
         m.hidden_seq, m.left_at, {peer} AS peer_id"
    )
}

/// Reads the columns of [`columns`].
///
/// # Errors
/// `DbErr` if a column is missing.
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
