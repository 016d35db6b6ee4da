//! The conversations and messages of one user, for the export of the user's data.

use causerie_protocol::{ConversationId, MessageId, TenantId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::store::{StoreError, rows::statement};

/// A conversation that a user is or was a member of.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Joined {
    pub id: Uuid,
    pub subject: String,
    /// The time of the last join, milliseconds since 1970 UTC.
    pub joined_at_ms: i64,
    /// Milliseconds since 1970 UTC; `None` for a current member.
    pub left_at_ms: Option<i64>,
    pub read_seq: i64,
}

/// A message that a user wrote, as stored.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Authored {
    pub id: Uuid,
    pub client_id: Uuid,
    pub conversation: Uuid,
    pub seq: i64,
    pub text: String,
    /// Milliseconds since 1970 UTC.
    pub sent_at_ms: i64,
    /// Milliseconds since 1970 UTC; `None` if it was never edited.
    pub edited_at_ms: Option<i64>,
    /// Milliseconds since 1970 UTC; `None` if it is not deleted.
    pub deleted_at_ms: Option<i64>,
}

/// The conversations that a user is or was a member of.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn conversations(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<Joined>, StoreError> {
    let sql = "SELECT c.id, c.subject, m.joined_at, m.left_at, m.read_seq FROM members m
               JOIN conversations c ON c.id = m.conversation_id WHERE m.user_id = $1 ORDER BY c.id";
    let query = statement(connection.get_database_backend(), sql, vec![user.0.into()]);
    let read_joined = |row: &QueryResult| {
        Ok(Joined {
            id: row.try_get("", "id")?,
            subject: row.try_get("", "subject")?,
            joined_at_ms: row.try_get("", "joined_at")?,
            left_at_ms: row.try_get("", "left_at")?,
            read_seq: row.try_get("", "read_seq")?,
        })
    };
    connection.query_all_raw(query).await?.iter().map(read_joined).collect()
}

/// The messages that a user wrote, in the order of their client ids, beginning after the client id `after`, if there is one;
/// at most `limit`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn messages(
    connection: &impl ConnectionTrait,
    user: UserId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Authored>, StoreError> {
    // The first page includes the nil id, which a client may choose as a client id.
    let comparison = if after.is_some() { ">" } else { ">=" };
    let sql = format!(
        "SELECT m.id, m.client_id, m.conversation_id, m.seq, m.text, m.sent_at, m.edited_at, m.deleted_at FROM messages m
         WHERE m.author_id = $1 AND m.client_id {comparison} $2 ORDER BY m.client_id LIMIT $3"
    );
    let values = vec![user.0.into(), after.unwrap_or_default().into(), i64::from(limit).into()];
    let read_authored = |row: &QueryResult| {
        Ok(Authored {
            id: row.try_get("", "id")?,
            client_id: row.try_get("", "client_id")?,
            conversation: row.try_get("", "conversation_id")?,
            seq: row.try_get("", "seq")?,
            text: row.try_get("", "text")?,
            sent_at_ms: row.try_get("", "sent_at")?,
            edited_at_ms: row.try_get("", "edited_at")?,
            deleted_at_ms: row.try_get("", "deleted_at")?,
        })
    };
    let query = statement(connection.get_database_backend(), &sql, values);
    connection.query_all_raw(query).await?.iter().map(read_authored).collect()
}

/// The ids of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MessageRef {
    pub conversation: ConversationId,
    pub message: MessageId,
    pub author: UserId,
}

/// The ids of a message of a tenant; `None` if the tenant has no such message.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_message(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    message: MessageId,
) -> Result<Option<MessageRef>, StoreError> {
    let sql = "SELECT m.id, m.conversation_id, m.author_id FROM messages m
               JOIN conversations c ON c.id = m.conversation_id WHERE m.id = $1 AND c.tenant_id = $2";
    let query = statement(connection.get_database_backend(), sql, vec![message.0.into(), tenant.0.into()]);
    connection.query_one_raw(query).await?.as_ref().map(message_ref).transpose()
}

/// The messages of a user that are not deleted, each with its client id, in the order of the client ids, beginning after the
/// client id `after`, if there is one; at most `limit`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn undeleted_messages(
    connection: &impl ConnectionTrait,
    user: UserId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Uuid, MessageRef)>, StoreError> {
    let comparison = if after.is_some() { ">" } else { ">=" };
    let sql = format!(
        "SELECT m.id, m.client_id, m.conversation_id, m.author_id FROM messages m
         WHERE m.author_id = $1 AND m.client_id {comparison} $2 AND m.deleted_at IS NULL ORDER BY m.client_id LIMIT $3"
    );
    let values = vec![user.0.into(), after.unwrap_or_default().into(), i64::from(limit).into()];
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), &sql, values)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "client_id")?, message_ref(row)?))).collect()
}

fn message_ref(row: &QueryResult) -> Result<MessageRef, StoreError> {
    Ok(MessageRef {
        conversation: ConversationId(row.try_get("", "conversation_id")?),
        message: MessageId(row.try_get("", "id")?),
        author: UserId(row.try_get("", "author_id")?),
    })
}
