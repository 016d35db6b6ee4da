//! Mails: their addressees, and the message that a mail replies to.

use std::collections::HashMap;

use causerie_protocol::{ConversationId, GroupId, MessageId, TenantId, UserId, limits};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::{
    columns::{self, Json, not_hidden},
    write_tx::WriteTx,
};
use crate::{
    domain::{self, ConversationKind, Group, Numbered as _, UserStatus, UserSummary},
    store::{
        Store, StoreError,
        rows::{Column, Rows, statement},
    },
};

/// The maximum number of messages of a thread whose authors are read.
const THREAD_MAX: i64 = 1_000;

/// The number of rows per statement. Each row has five values; the sum is below SQLite's limit of 32,766 values per
/// statement.
const CHUNK: usize = 5_000;

/// An addressee of a mail to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Addressee {
    /// The user or group that gets the mail.
    pub addressed: Addressed,
    /// Whether the addressee gets the mail in copy (Cc).
    pub is_copy: bool,
}

/// A user, or a group as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Addressed {
    User(UserId),
    Group(GroupId),
}

/// The message that a new mail replies to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RepliedMessage {
    pub conversation: ConversationId,
    pub author: UserId,
    /// Milliseconds since 1970 UTC.
    pub sent_at_ms: i64,
    /// The users who are addressees of the conversation of this message. Groups are not included.
    pub addressees: Vec<UserId>,
    /// The authors of the earlier messages of the thread: of the message that this message's mail replies to, of the message
    /// that the earlier mail replies to, and so on.
    pub earlier_authors: Vec<UserId>,
}

impl WriteTx {
    /// Stores the addressees of mails, in the order of the list.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn address(&self, addressees: &[(ConversationId, Addressee)]) -> Result<(), StoreError> {
        let mut positions: HashMap<ConversationId, i64> = HashMap::new();
        for chunk in addressees.chunks(CHUNK) {
            let mut rows = Rows::new([
                ("conversation_id", Column::Uuid),
                ("position", Column::Int),
                ("user_id", Column::Uuid),
                ("group_id", Column::Uuid),
                ("is_copy", Column::Int),
            ]);
            for (conversation, addressee) in chunk {
                let position = positions.entry(*conversation).or_default();
                let (user, group) = match addressee.addressed {
                    Addressed::User(user) => (user.0, Uuid::nil()),
                    Addressed::Group(group) => (Uuid::nil(), group.0),
                };
                let is_copy = i64::from(addressee.is_copy);
                rows.push([conversation.0.into(), (*position).into(), user.into(), group.into(), is_copy.into()]);
                *position += 1;
            }
            self.execute(
                rows,
                "INSERT INTO addressees (conversation_id, position, user_id, group_id, is_copy) \
                 SELECT conversation_id, position, NULLIF(user_id, {0}), NULLIF(group_id, {0}), is_copy = 1 FROM input",
                &[Uuid::nil().into()],
            )
            .await?;
        }
        Ok(())
    }
}

impl Store {
    /// The message that a user wants to reply to. `None` if this tenant does not have the message, or the user can't see it.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn replied_message(
        &self,
        tenant: TenantId,
        user: UserId,
        message: MessageId,
    ) -> Result<Option<RepliedMessage>, StoreError> {
        let sql = format!(
            "SELECT x.conversation_id, x.author_id, x.sent_at FROM messages x JOIN conversations c ON c.id = x.conversation_id \
             JOIN members m ON m.conversation_id = x.conversation_id AND m.user_id = $1 AND m.left_at IS NULL \
             WHERE x.id = $2 AND c.tenant_id = $3 AND x.seq >= m.first_seq AND {}",
            not_hidden("x", "m.user_id")
        );
        let values = vec![user.0.into(), message.0.into(), tenant.0.into()];
        let Some(row) = self.reader().query_one_raw(statement(self.backend(), &sql, values)).await? else {
            return Ok(None);
        };
        let conversation = ConversationId(row.try_get("", "conversation_id")?);
        let sql = "SELECT a.user_id FROM addressees a WHERE a.conversation_id = $1 AND a.user_id IS NOT NULL";
        let rows = self.reader().query_all_raw(statement(self.backend(), sql, vec![conversation.0.into()])).await?;
        let addressees = rows.iter().map(|row| Ok(UserId(row.try_get("", "user_id")?))).collect::<Result<_, DbErr>>()?;
        let sql = "WITH RECURSIVE thread (message_id, depth) AS (SELECT c.in_reply_to, 1 FROM conversations c WHERE c.id = $1 \
             UNION ALL SELECT c.in_reply_to, thread.depth + 1 FROM thread JOIN messages x ON x.id = thread.message_id \
             JOIN conversations c ON c.id = x.conversation_id WHERE thread.depth < $2) \
             SELECT DISTINCT x.author_id FROM thread JOIN messages x ON x.id = thread.message_id";
        let values = vec![conversation.0.into(), THREAD_MAX.into()];
        let earlier_authors = self.reader().query_all_raw(statement(self.backend(), sql, values)).await?;
        let earlier_authors =
            earlier_authors.iter().map(|row| Ok(UserId(row.try_get("", "author_id")?))).collect::<Result<_, DbErr>>()?;
        Ok(Some(RepliedMessage {
            conversation,
            author: UserId(row.try_get("", "author_id")?),
            sent_at_ms: row.try_get("", "sent_at")?,
            addressees,
            earlier_authors,
        }))
    }
}

/// The columns of a mail in a summary, with `c` for the conversation and `m` for the member.
pub(super) fn columns(json: Json) -> String {
    let Json { open, entry, close } = json;
    format!(
        "m.is_copy, CASE WHEN c.kind = {mail} THEN \
         (SELECT {open}({entry}(a.is_group, a.id, a.external_id, a.name, a.avatar_or_kind, a.status, a.is_copy, a.about)){close} FROM \
         (SELECT CASE WHEN a.group_id IS NULL THEN 0 ELSE 1 END AS is_group, {id} AS id, \
         COALESCE(w.external_id, g.external_id, '') AS external_id, COALESCE(w.name, g.name, '') AS name, \
         COALESCE(w.avatar_url, g.kind, '') AS avatar_or_kind, COALESCE(w.status, 0) AS status, \
         CAST(a.is_copy AS INTEGER) AS is_copy, COALESCE(w.about, '') AS about FROM addressees a LEFT JOIN users w ON w.id = a.user_id \
         LEFT JOIN groups g ON g.id = a.group_id WHERE a.conversation_id = c.id ORDER BY a.position LIMIT {shown}) a) \
         END AS addressees, \
         (SELECT x.id FROM messages x JOIN members k ON k.conversation_id = x.conversation_id AND k.user_id = m.user_id \
         AND k.left_at IS NULL WHERE x.id = c.in_reply_to AND x.seq >= k.first_seq AND {not_hidden}) AS in_reply_to",
        mail = ConversationKind::Mail.number(),
        id = json.text_of("COALESCE(a.user_id, a.group_id)"),
        shown = limits::ADDRESSEES_SHOWN,
        not_hidden = not_hidden("x", "m.user_id"),
    )
}

/// An addressee as the database returns it: 1 for a group and 0 for a user; id; external id; name; the avatar of a user or
/// the kind of a group; status; 1 if the addressee gets a copy; the `about` of a user.
type AddresseeRow = (i32, String, String, String, String, i32, i32, String);

/// Reads the addressees of a conversation from the columns of [`columns()`].
///
/// # Errors
/// `DbErr` if the column is missing or malformed.
pub(super) fn addressees(row: &QueryResult, conversation: ConversationId) -> Result<Vec<domain::Addressee>, DbErr> {
    let addressees: Option<String> = row.try_get("", "addressees")?;
    let addressees: Vec<AddresseeRow> = serde_json::from_str(addressees.as_deref().unwrap_or("[]"))
        .map_err(|error| DbErr::Type(format!("addressees of {conversation}: {error}")))?;
    addressees.into_iter().map(read_addressee).collect()
}

fn read_addressee(
    (is_group, id, external_id, name, avatar_or_kind, status, is_copy, about): AddresseeRow,
) -> Result<domain::Addressee, DbErr> {
    let addressed = if is_group == 1 {
        domain::Addressed::Group(Group { id: columns::id(&id)?, external_id, name, kind: avatar_or_kind })
    } else {
        let status = UserStatus::from_number(status);
        let (id, avatar_url) = (columns::id(&id)?, avatar_or_kind);
        domain::Addressed::User(UserSummary { id, external_id, name, avatar_url, status, about })
    };
    Ok(domain::Addressee { addressed, is_copy: is_copy == 1 })
}
