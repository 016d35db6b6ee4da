//! A conversation and one user's membership in it: the data that the rules need, and the part of the history that the user
//! sees.

use causerie_protocol::{ConversationId, TenantId, UserId};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::columns::{enum_value, number, optional_number};
use crate::domain::{ConversationKind, ConversationState, MemberRole, Numbered as _};

/// The data about a conversation and one user that the rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MemberContext {
    /// `None` for a conversation that does not exist yet.
    pub id: Option<ConversationId>,
    pub tenant: TenantId,
    pub kind: ConversationKind,
    pub state: ConversationState,
    pub version: u32,
    pub last_seq: u32,
    pub member_count: u32,
    /// `None` if the user is not a member, or no longer a member.
    pub role: Option<MemberRole>,
    /// The `seq` of the oldest message that this member may read.
    pub first_seq: u32,
    /// The `seq` of the newest message that this member deleted for themselves; 0 if there is none.
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
    /// The `seq` of the newest message that the member deleted for themselves; 0 if there is none.
    pub hidden_seq: u32,
}

/// The columns of a context. `user` names the column with the user's id. The other user of a direct conversation is found
/// whether or not that user has left.
pub fn columns(user: &str) -> String {
    columns_with_peer(&format!(
        "(SELECT pm.user_id FROM members pm \
         WHERE c.kind = {} AND pm.conversation_id = c.id AND pm.user_id <> {user} LIMIT 1)",
        ConversationKind::Direct.number()
    ))
}

/// Like [`columns`], for statements that already have an expression for the other user of a direct conversation.
#[must_use]
pub fn columns_with_peer(peer: &str) -> String {
    format!(
        "c.id AS c_id, c.tenant_id, c.kind, c.state, c.version, c.last_seq, c.member_count, m.role, m.first_seq, \
         m.hidden_seq, m.left_at, {peer} AS peer_id"
    )
}

/// The role of the member in the column `role`, whether or not the member has left; `None` if the user never was a member.
///
/// # Errors
/// `DbErr` if the column is missing.
pub fn role(row: &QueryResult) -> Result<Option<MemberRole>, DbErr> {
    Ok(row.try_get::<Option<i16>>("", "role")?.map(MemberRole::from_number))
}

/// Reads the columns of [`columns`].
///
/// # Errors
/// `DbErr` if a column is missing.
pub fn from_row(row: &QueryResult) -> Result<MemberContext, DbErr> {
    let left_at: Option<i64> = row.try_get("", "left_at")?;
    Ok(MemberContext {
        id: Some(ConversationId(row.try_get("", "c_id")?)),
        tenant: TenantId(row.try_get("", "tenant_id")?),
        kind: enum_value(row, "", "kind")?,
        state: enum_value(row, "", "state")?,
        version: number(row, "", "version")?,
        last_seq: number(row, "", "last_seq")?,
        member_count: number(row, "", "member_count")?,
        role: if left_at.is_some() { None } else { role(row)? },
        first_seq: optional_number(row, "", "first_seq")?.unwrap_or(1),
        hidden_seq: optional_number(row, "", "hidden_seq")?.unwrap_or(0),
        peer: row.try_get::<Option<Uuid>>("", "peer_id")?.map(UserId),
    })
}
