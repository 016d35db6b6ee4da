//! Pages of one conversation: its messages and its members.
//!
//! One statement reads the page, the reader's membership and the version of the tenant's facts. The decision whether the
//! reader may have the page therefore uses the state of the same moment as the page. A user who is no longer a member gets
//! nothing that was written after they left, even if the user leaves while the server answers.

use causerie_protocol::{ConversationId, UserId, command::HistoryRange, limits};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::{
    columns::{self, COLUMNS, COLUMNS_AS_X, enum_value, is_visible, number, shown_read_seq},
    facts::read::{self, Version},
    member_context::{self, MemberContext},
};
use crate::{
    domain::{ConversationKind, Member, Message, Numbered as _, UserSummary},
    store::{Store, StoreError, rows::statement},
};

/// A page, with the data for the decision whether the reader may see it.
#[derive(Debug)]
pub struct Page<T> {
    /// The membership of the reader. The page is empty if `role` is absent.
    pub membership: MemberContext,
    /// The versions of the tenant's facts and policy.
    pub facts: Version,
    /// Messages oldest first, or members in the order of joining.
    pub items: Vec<T>,
    /// The `seq` of the first and the last message that the reader can see; `None` if the reader can see none, and always
    /// `None` for members.
    pub ends: Option<(u32, u32)>,
}

/// A common table expression `membership`: the conversation `$1` with the membership of the reader `$2`. It has one row, or
/// none if the conversation does not exist.
fn membership() -> String {
    // Scalar subqueries read the versions. With a join, PostgreSQL may keep a plan that it made when there were few tenants,
    // and that reads the facts of all tenants.
    let facts_column = |column: &str| format!("(SELECT f.{column} FROM facts f WHERE f.tenant_id = c.tenant_id)");
    format!(
        "membership AS (SELECT {}, {} AS facts_version, {} AS policy_version FROM conversations c \
         LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = $2 WHERE c.id = $1)",
        member_context::columns("$2"),
        facts_column("version"),
        facts_column("policy_version"),
    )
}

impl Store {
    /// A page of the history as one user sees it, oldest first: at most `limit` messages, fewer if they are long. `None` if
    /// the conversation does not exist.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn history(
        &self,
        conversation: ConversationId,
        reader: UserId,
        range: HistoryRange,
        limit: u32,
    ) -> Result<Option<Page<Message>>, StoreError> {
        let (bound, order, bound_seq) = match range {
            HistoryRange::Newest => ("<", "DESC", i64::MAX),
            HistoryRange::Before(seq) => ("<", "DESC", i64::from(seq)),
            HistoryRange::After(seq) => (">", "ASC", i64::from(seq)),
        };
        // `seq` has no gaps, so the ends of the visible history are known if the reader has hidden no message. The condition
        // on hidden messages is a scalar subquery, too: for NOT EXISTS, PostgreSQL would build a hash table of all messages
        // that the reader ever deleted.
        let is_visible_message = "x.conversation_id = $1 AND x.seq >= (SELECT first_seq FROM membership WHERE left_at IS NULL) \
                    AND (x.seq > (SELECT hidden_seq FROM membership) OR (SELECT h.seq FROM hidden_messages h WHERE h.user_id = $2 \
                    AND h.conversation_id = x.conversation_id AND h.seq = x.seq) IS NULL)";
        let end = |order: &str| {
            format!(
                "CASE WHEN membership.hidden_seq > 0 THEN (SELECT x.seq FROM messages x WHERE {is_visible_message} ORDER BY x.seq {order} LIMIT 1) END"
            )
        };
        let sql = format!(
            "WITH {}, page AS (SELECT {COLUMNS} FROM messages x WHERE {is_visible_message} AND x.seq {bound} $3 ORDER BY x.seq {order} LIMIT $4) \
             SELECT membership.*, {} AS end_first, {} AS end_last, {COLUMNS_AS_X} FROM membership LEFT JOIN page x ON TRUE \
             ORDER BY x.seq {order}",
            membership(),
            end("ASC"),
            end("DESC"),
        );
        let values = vec![conversation.0.into(), reader.0.into(), bound_seq.into(), i64::from(limit).into()];
        let Some((membership, facts, rows)) = self.page(&sql, values).await? else { return Ok(None) };
        let ends = match (rows.first(), membership.hidden_seq) {
            (None, _) => None,
            (_, 0) => {
                Some((membership.first_seq, membership.last_seq)).filter(|(first_seq, last_seq)| first_seq <= last_seq)
            }
            (Some(row), _) if row.try_get::<Option<i64>>("", "end_first")?.is_none() => None,
            (Some(row), _) => Some((number(row, "", "end_first")?, number(row, "", "end_last")?)),
        };
        let mut items = Vec::with_capacity(rows.len());
        let mut text_bytes = 0;
        // The rows are sorted from the start of the range on. A page that ends early therefore lacks only messages at its
        // end in this order, and the next page continues there.
        for row in &rows {
            if row.try_get::<Option<Uuid>>("", "x_id")?.is_none() {
                break;
            }
            let message = columns::message(row, "x_")?;
            text_bytes += message.text.len();
            items.push(message);
            if text_bytes > limits::PAGE_TEXT_BYTES_MAX {
                break;
            }
        }
        if order == "DESC" {
            items.reverse();
        }
        Ok(Some(Page { membership, facts, items, ends }))
    }

    /// The members that a member sees, in the order of joining, after a position `(joined_at, user)`. Returns one member
    /// more than `limit` if there are more. `None` if the conversation does not exist.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn members(
        &self,
        conversation: ConversationId,
        reader: UserId,
        after: Option<(i64, UserId)>,
        limit: u32,
    ) -> Result<Option<Page<(i64, Member)>>, StoreError> {
        let (joined_at, user) = after.map_or((-1, Uuid::nil()), |(joined_at, user)| (joined_at, user.0));
        let sql = format!(
            "WITH {}, page AS (SELECT m.joined_at, m.role, {}, w.id, w.external_id, w.name, w.avatar_url, w.status, w.about \
             FROM members m JOIN users w ON w.id = m.user_id JOIN conversations c ON c.id = m.conversation_id \
             WHERE m.conversation_id = $1 AND {} AND (m.joined_at > $3 OR (m.joined_at = $3 AND m.user_id > $4)) \
             AND EXISTS (SELECT 1 FROM membership WHERE membership.role IS NOT NULL AND membership.left_at IS NULL) \
             AND (c.kind <> {} OR m.user_id = $2 OR m.user_id = c.created_by OR m.user_id IN \
             (SELECT a.user_id FROM addressees a WHERE a.conversation_id = $1 AND a.user_id IS NOT NULL)) \
             ORDER BY m.joined_at, m.user_id LIMIT $5) \
             SELECT membership.*, p.joined_at AS p_joined_at, p.role AS p_role, p.read_seq AS p_read_seq, p.id AS p_id, \
             p.external_id AS p_external_id, p.name AS p_name, p.avatar_url AS p_avatar_url, p.status AS p_status, p.about AS p_about \
             FROM membership LEFT JOIN page p ON TRUE ORDER BY p.joined_at, p.id",
            membership(),
            shown_read_seq("m", "$2"),
            is_visible("m"),
            ConversationKind::Mail.number(),
        );
        let limit = i64::from(limit) + 1;
        let values = vec![conversation.0.into(), reader.0.into(), joined_at.into(), user.into(), limit.into()];
        let Some((membership, facts, rows)) = self.page(&sql, values).await? else { return Ok(None) };
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(id) = row.try_get::<Option<Uuid>>("p_", "id")? else { break };
            let user = UserSummary {
                id: UserId(id),
                external_id: row.try_get("p_", "external_id")?,
                name: row.try_get("p_", "name")?,
                avatar_url: row.try_get("p_", "avatar_url")?,
                status: enum_value(row, "p_", "status")?,
                about: row.try_get("p_", "about")?,
            };
            let member = Member { user, role: enum_value(row, "p_", "role")?, read_seq: number(row, "p_", "read_seq")? };
            items.push((row.try_get("p_", "joined_at")?, member));
        }
        Ok(Some(Page { membership, facts, items, ends: None }))
    }

    /// Runs the statement of a page. Returns the membership, the versions of the facts, and the rows.
    async fn page(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<(MemberContext, Version, Vec<QueryResult>)>, StoreError> {
        let rows = self.reader().query_all_raw(statement(self.backend(), sql, values)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let has_facts = row.try_get::<Option<i64>>("", "facts_version")?.is_some();
        let facts = if has_facts { read::version_as(row, "facts_version")? } else { Version::default() };
        Ok(Some((member_context::from_row(row)?, facts, rows)))
    }
}
