//! Reads conversations as a member sees them, and the context that the rules need.

use std::collections::HashMap;

use causerie_protocol::{ConversationId, MessageId, TenantId, UserId, limits};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult};
use uuid::Uuid;

use super::{
    columns::{self, COLUMNS_AS_X, Json, UNREAD, enum_value, is_visible, not_hidden, number, shown_read_seq},
    facts::read,
    mails,
    member_context::{self, MemberContext},
};
use crate::{
    domain::{
        Conversation, ConversationKind, ConversationState, Member, MemberRole, Numbered as _, ReadState, UserStatus,
        UserSummary,
    },
    store::{
        Store, StoreError,
        rows::{self, Column, Rows, statement},
    },
};

/// A conversation as a client lists it for one member.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The conversation as the member sees it, without capabilities.
    pub conversation: Conversation,
    /// The member's context, which the rules need.
    pub member: MemberContext,
}

/// A page of conversations, with the versions of the tenant that the same statement read.
#[derive(Debug)]
pub struct Listed {
    /// Newest activity first.
    pub summaries: Vec<Summary>,
    /// `None` if the page is empty.
    pub as_of: Option<AsOf>,
}

/// The versions of a tenant at the moment of a read.
#[derive(Debug)]
pub struct AsOf {
    /// The epoch of the tenant. A client that holds another epoch drops its stored data.
    pub epoch: String,
    /// The versions of the facts and the policy.
    pub facts: read::Version,
}

/// A direct conversation with the data that the rules need.
#[derive(Debug, Clone)]
pub struct DirectConversation {
    /// The id of the conversation.
    pub id: ConversationId,
    /// The start key, by which direct conversations are sorted.
    pub start_key: String,
    tenant: TenantId,
    state: ConversationState,
    members: Vec<(UserId, Option<MemberRole>)>,
}

impl DirectConversation {
    /// Each of the two users with the context that the rules need. `version`, `last_seq` and the user's own deletions are
    /// not read: the counters are 0, and the whole history counts as visible.
    pub fn members_with_contexts(&self) -> impl Iterator<Item = (UserId, MemberContext)> {
        self.members.iter().map(|(user, role)| {
            let peer = self.members.iter().map(|(other, _)| *other).find(|other| other != user);
            let context = MemberContext {
                id: Some(self.id),
                tenant: self.tenant,
                kind: ConversationKind::Direct,
                state: self.state,
                version: 0,
                last_seq: 0,
                member_count: 2,
                role: *role,
                first_seq: 1,
                hidden_seq: 0,
                peer,
            };
            (*user, context)
        })
    }
}

impl Store {
    /// The summaries of many (conversation, user) pairs, in one query. A pair of a former member has an answer with
    /// `member.role` absent. A pair of a user who was never a member has no answer.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn summaries(
        &self,
        pairs: Vec<(ConversationId, UserId)>,
    ) -> Result<HashMap<(ConversationId, UserId), Summary>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid)]);
        for (conversation, user) in pairs {
            rows.push([conversation.0.into(), user.0.into()]);
        }
        let sql = format!(
            "{} FROM input JOIN members m ON m.conversation_id = input.conversation_id AND m.user_id = input.user_id {}",
            select(self.backend()),
            joins()
        );
        let answer = self.reader().query_all_raw(rows.statement(self.backend(), &sql, &[])).await?;
        answer
            .iter()
            .map(|row| {
                let summary = read_summary(row)?;
                let user = UserId(row.try_get("", "user_id")?);
                Ok(((ConversationId(row.try_get("", "c_id")?), user), summary))
            })
            .collect()
    }

    /// The conversations of a user after a position, newest activity first. Returns one conversation more than `limit` if
    /// there are more. A single statement selects the page first and then reads its contents.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn list_conversations(
        &self,
        user: UserId,
        before: Option<(i64, ConversationId)>,
        limit: u32,
    ) -> Result<Listed, StoreError> {
        let (active_at, id) = before.map_or((i64::MAX, Uuid::max()), |(active_at, id)| (active_at, id.0));
        let sql = format!(
            "WITH page (conversation_id) AS (SELECT c.id FROM members m JOIN conversations c ON c.id = m.conversation_id \
             WHERE m.user_id = $1 AND m.left_at IS NULL AND (c.active_at < $2 OR (c.active_at = $2 AND c.id < $3)) \
             ORDER BY c.active_at DESC, c.id DESC LIMIT $4) \
             {}, t.epoch, f.version AS facts_version, f.policy_version \
             FROM page JOIN members m ON m.conversation_id = page.conversation_id AND m.user_id = $1 {} \
             JOIN tenants t ON t.id = c.tenant_id LEFT JOIN facts f ON f.tenant_id = c.tenant_id \
             ORDER BY c.active_at DESC, c.id DESC",
            select(self.backend()),
            joins()
        );
        let values = vec![user.0.into(), active_at.into(), id.into(), (i64::from(limit) + 1).into()];
        let rows = self.reader().query_all_raw(statement(self.backend(), &sql, values)).await?;
        let as_of = rows.first().map(|row| {
            let has_facts = row.try_get::<Option<i64>>("", "facts_version")?.is_some();
            let facts = if has_facts { read::version_as(row, "facts_version")? } else { read::Version::default() };
            Ok::<_, StoreError>(AsOf { epoch: row.try_get::<Uuid>("", "epoch")?.to_string(), facts })
        });
        let summaries = rows.iter().map(read_summary).collect::<Result<_, _>>()?;
        Ok(Listed { summaries, as_of: as_of.transpose()? })
    }

    /// The context of many (conversation, user) pairs. Pairs whose conversation does not exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn member_contexts(
        &self,
        pairs: Vec<(ConversationId, UserId)>,
    ) -> Result<HashMap<(ConversationId, UserId), MemberContext>, StoreError> {
        let mut rows = Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid)]);
        for (conversation, user) in pairs {
            rows.push([conversation.0.into(), user.0.into()]);
        }
        let sql = format!(
            "SELECT input.user_id, {} FROM input JOIN conversations c ON c.id = input.conversation_id \
             LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = input.user_id",
            member_context::columns("input.user_id")
        );
        let answer = self.reader().query_all_raw(rows.statement(self.backend(), &sql, &[])).await?;
        answer
            .iter()
            .map(|row| {
                let key = (ConversationId(row.try_get("", "c_id")?), UserId(row.try_get("", "user_id")?));
                Ok((key, member_context::from_row(row)?))
            })
            .collect()
    }

    /// The direct conversations of these users.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn direct_conversations(&self, users: &[UserId]) -> Result<Vec<ConversationId>, StoreError> {
        let sql = format!(
            "SELECT DISTINCT c.id FROM input JOIN members m ON m.user_id = input.id \
             JOIN conversations c ON c.id = m.conversation_id AND c.kind = {}",
            ConversationKind::Direct.number()
        );
        let query = rows::ids(users.iter().copied()).statement(self.backend(), &sql, &[]);
        let found = self.reader().query_all_raw(query).await?;
        found.iter().map(|row| Ok(ConversationId(row.try_get("", "id")?))).collect()
    }

    /// The direct conversations of a tenant with a start key after `after`, sorted by start key; at most `limit`. An empty
    /// `after` begins at the first.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn all_direct_conversations(
        &self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DirectConversation>, StoreError> {
        // All start keys of direct conversations begin with `pair:`, and `;` is the character after `:`.
        let after = if after.is_empty() { "pair:" } else { after };
        let sql = "SELECT c.id, c.start_key, c.state, m.user_id, m.role, m.left_at FROM
                   (SELECT id, start_key, state FROM conversations
                    WHERE tenant_id = $1 AND start_key > $2 AND start_key < 'pair;' ORDER BY start_key LIMIT $3) c
                   JOIN members m ON m.conversation_id = c.id ORDER BY c.start_key, m.user_id";
        let values = vec![tenant.0.into(), after.into(), i64::from(limit).into()];
        let rows = self.reader().query_all_raw(statement(self.backend(), sql, values)).await?;
        let mut found: Vec<DirectConversation> = Vec::new();
        for row in &rows {
            let id = ConversationId(row.try_get("", "id")?);
            let left_at: Option<i64> = row.try_get("", "left_at")?;
            let role = if left_at.is_some() { None } else { member_context::role(row)? };
            let member = (UserId(row.try_get("", "user_id")?), role);
            match found.last_mut() {
                Some(last) if last.id == id => last.members.push(member),
                _ => found.push(DirectConversation {
                    id,
                    tenant,
                    start_key: row.try_get("", "start_key")?,
                    state: enum_value(row, "", "state")?,
                    members: vec![member],
                }),
            }
        }
        Ok(found)
    }

    /// The conversation with this start key.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn find_by_start_key(&self, tenant: TenantId, start_key: &str) -> Result<Option<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversations WHERE tenant_id = $1 AND start_key = $2";
        let query = statement(self.backend(), sql, vec![tenant.0.into(), start_key.into()]);
        let found = self.reader().query_one_raw(query).await?;
        Ok(found.map(|row| row.try_get("", "id")).transpose()?.map(ConversationId))
    }

    /// The direct conversations that a user has with other users. Each entry of `keys` is another user and the start key of
    /// the two.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn direct_with(
        &self,
        tenant: TenantId,
        keys: Vec<(UserId, String)>,
    ) -> Result<HashMap<UserId, ConversationId>, StoreError> {
        let mut rows = Rows::new([("user_id", Column::Uuid), ("start_key", Column::Text)]);
        for (user, key) in keys {
            rows.push([user.0.into(), key.into()]);
        }
        if rows.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = "SELECT input.user_id, c.id FROM input \
                   JOIN conversations c ON c.tenant_id = {0} AND c.start_key = input.start_key";
        let answer = self.reader().query_all_raw(rows.statement(self.backend(), sql, &[tenant.0.into()])).await?;
        answer.iter().map(|row| Ok((UserId(row.try_get("", "user_id")?), ConversationId(row.try_get("", "id")?)))).collect()
    }
}

/// The members that the member `m` of the mail `c` sees: the author, the named addressees, and the member. A mail does not
/// reveal who was in an addressed group.
const VISIBLE_IN_MAIL: &str = "SELECT m.user_id AS id UNION SELECT c.created_by UNION \
    SELECT n.user_id FROM addressees n WHERE n.conversation_id = c.id AND n.user_id IS NOT NULL";

/// The joins of a summary. `x` is the last message that the member sees. Hidden messages are considered only if the last
/// message is not after the last hidden message.
fn joins() -> String {
    let not_hidden = not_hidden("v", "m.user_id");
    format!(
        "JOIN conversations c ON c.id = m.conversation_id LEFT JOIN messages x ON x.conversation_id = c.id \
         AND x.seq >= m.first_seq AND x.seq = CASE WHEN c.last_seq > m.hidden_seq THEN c.last_seq ELSE \
         (SELECT v.seq FROM messages v WHERE v.conversation_id = c.id AND v.seq >= m.first_seq AND {not_hidden} \
         ORDER BY v.seq DESC LIMIT 1) END"
    )
}

/// The columns of a summary. A subquery returns the shown members as JSON, so that a page is a single query. It reads the
/// users of the shown members only: for a group of 5,000 members this takes 2.1 ms instead of 10 ms on PostgreSQL.
fn select(backend: DbBackend) -> String {
    let json = Json::for_backend(backend);
    let Json { open, entry, close } = json;
    let members_json = |source: &str| {
        format!(
            "(SELECT {open}({entry}(shown.id, shown.external_id, shown.name, shown.avatar_url, shown.status, shown.role, shown.read_seq, shown.about)){close} \
             FROM (SELECT {id} AS id, w.external_id, w.name, w.avatar_url, w.status, s.role, {read_seq}, w.about \
             FROM (SELECT s.* FROM {source} ORDER BY s.joined_at, s.user_id LIMIT {max}) s JOIN users w ON w.id = s.user_id \
             ORDER BY s.joined_at, s.user_id) shown)",
            id = json.text_of("w.id"),
            read_seq = shown_read_seq("s", "m.user_id"),
            max = limits::MEMBERS_SHOWN,
        )
    };
    let is_visible = is_visible("s");
    let all_members = format!("members s WHERE s.conversation_id = c.id AND {is_visible}");
    let mail_members =
        format!("({VISIBLE_IN_MAIL}) named JOIN members s ON s.conversation_id = c.id AND s.user_id = named.id");
    format!(
        "SELECT m.user_id, m.read_seq AS m_read_seq, m.marked_unread, {UNREAD} AS unread, {facts}, c.subject, \
         c.active_at, {message}, \
         CASE WHEN c.kind = {mail_kind} THEN {mail_members} ELSE {all_members} END AS shown, {mail}",
        mail_members = members_json(&mail_members),
        all_members = members_json(&all_members),
        message = COLUMNS_AS_X,
        mail_kind = ConversationKind::Mail.number(),
        mail = mails::columns(json),
        facts = member_context::columns("m.user_id"),
    )
}

/// A shown member as the database returns it: id, external id, name, avatar, status, role, read position, about.
type ShownMember = (String, String, String, String, i16, i16, u32, String);

fn read_summary(row: &QueryResult) -> Result<Summary, DbErr> {
    let id = ConversationId(row.try_get("", "c_id")?);
    let context = member_context::from_row(row)?;
    let shown: Option<String> = row.try_get("", "shown")?;
    let shown: Vec<ShownMember> = serde_json::from_str(shown.as_deref().unwrap_or("[]"))
        .map_err(|error| DbErr::Type(format!("members of {id}: {error}")))?;
    let last_message = match row.try_get::<Option<Uuid>>("", "x_id")? {
        Some(_) => Some(columns::message(row, "x_")?),
        None => None,
    };
    let conversation = Conversation {
        id,
        kind: context.kind,
        state: context.state,
        subject: row.try_get("", "subject")?,
        version: context.version,
        last_seq: context.last_seq,
        members: shown.into_iter().map(read_member).collect::<Result<_, _>>()?,
        member_count: context.member_count,
        last_message,
        active_at_ms: row.try_get("", "active_at")?,
        read_state: ReadState {
            conversation: id,
            read_seq: number(row, "", "m_read_seq")?,
            unread: number(row, "", "unread")?,
            marked_unread: row.try_get("", "marked_unread")?,
        },
        capabilities: Vec::new(),
        cannot_send: None,
        addressees: mails::addressees(row, id)?,
        is_copy: row.try_get("", "is_copy")?,
        in_reply_to: row.try_get::<Option<Uuid>>("", "in_reply_to")?.map(MessageId),
    };
    Ok(Summary { conversation, member: context })
}

fn read_member((id, external_id, name, avatar_url, status, role, read_seq, about): ShownMember) -> Result<Member, DbErr> {
    let status = UserStatus::from_number(status);
    let user = UserSummary { id: columns::id(&id)?, external_id, name, avatar_url, status, about };
    Ok(Member { user, role: MemberRole::from_number(role), read_seq })
}
