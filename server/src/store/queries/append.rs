//! The statements of the writer: one transaction appends a batch of changes to the logs of many conversations.
//!
//! Every transaction on every node takes its locks in the same order, so that transactions do not deadlock: the tenants'
//! fact locks, then start keys, then conversations, then users, each sorted. The rows that a decision depends on are read
//! *after* the lock, in a separate statement: on PostgreSQL, a statement that waited for a lock still sees all other rows as
//! they were before the wait, so a member who was removed meanwhile would still count as a member.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ClientId, ConversationId, MessageId, TenantId, UserId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    columns::{COLUMNS, message, number, optional_number},
    facts::{lock, read},
    member_context::{self, MemberContext},
    members::NewReadPosition,
    write_tx::WriteTx,
};
use crate::{
    domain::{ConversationKind, ConversationState, MemberRole, Message, Numbered as _},
    store::{
        StoreError,
        rows::{self, Column, Rows, StatementGroup},
    },
};

/// The number in the column `state` of `input` that keeps the stored state, because a value of an array can't be absent.
const KEEPS_STATE: i64 = 0;

/// A conversation to create, unless a conversation with its start key exists.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewConversation {
    pub id: ConversationId,
    pub tenant: TenantId,
    pub kind: ConversationKind,
    pub subject: String,
    pub start_key: String,
    pub member_count: u32,
    pub created_by: UserId,
    /// The message that a mail replies to.
    pub in_reply_to: Option<MessageId>,
}

/// The context of one user in one conversation, read under the conversation's lock.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct ActorContext {
    pub member: MemberContext,
    /// Seconds since 1970 UTC; tokens of the actor issued before this are invalid.
    pub tokens_valid_from_s: i64,
    /// Whether the actor's tenant is suspended, so that nothing may be written for it.
    pub is_suspended: bool,
    pub read_seq: u32,
    /// The highest `seq` of a message of the conversation that does not count as unread, such as a deleted message.
    pub uncounted_seq: u32,
    /// Whether the other user of a direct conversation has deleted their copy.
    pub peer_left: bool,
    /// The role that the actor had before leaving the conversation; `None` for a current member or a user who never was a
    /// member.
    pub former_role: Option<MemberRole>,
}

/// The data that the decisions of a batch depend on, read at one moment under the locks of the batch.
#[derive(Debug, Default)]
pub struct BatchContext {
    /// The context of each actor. An entry is absent if the conversation or the user does not exist.
    pub by_actor: HashMap<(ConversationId, UserId), ActorContext>,
    /// The stored messages with the client ids of the batch.
    pub sent: HashSet<MessageId>,
    /// The versions of the facts and the policy, for the tenants of these conversations.
    pub facts: HashMap<TenantId, read::Version>,
}

/// The counters of a conversation after a batch.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Counters {
    pub conversation: ConversationId,
    pub version: u32,
    pub last_seq: u32,
    /// The highest `seq` of a message that does not count as unread, such as a deleted message.
    pub uncounted_seq: u32,
    pub member_count: u32,
    /// When the last message of the batch was sent, milliseconds since 1970 UTC; 0 if the batch has no message.
    pub active_at_ms: i64,
    /// `None` keeps the state.
    pub state: Option<ConversationState>,
    /// `None` keeps the subject.
    pub subject: Option<String>,
}

impl WriteTx {
    /// Creates the conversations whose start key is new, and returns the ids of these conversations.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn start(&self, mut new: Vec<NewConversation>, now_ms: i64) -> Result<HashSet<ConversationId>, StoreError> {
        new.sort_by(|a, b| (a.tenant, &a.start_key).cmp(&(b.tenant, &b.start_key)));
        let mut rows = Rows::new([
            ("id", Column::Uuid),
            ("tenant_id", Column::Uuid),
            ("kind", Column::Int),
            ("subject", Column::Text),
            ("start_key", Column::Text),
            ("member_count", Column::Int),
            ("created_by", Column::Uuid),
            ("in_reply_to", Column::Uuid),
        ]);
        for conversation in new {
            rows.push([
                conversation.id.0.into(),
                conversation.tenant.0.into(),
                i64::from(conversation.kind.number()).into(),
                conversation.subject.into(),
                conversation.start_key.into(),
                i64::from(conversation.member_count).into(),
                conversation.created_by.0.into(),
                conversation.in_reply_to.map_or(Uuid::nil(), |id| id.0).into(),
            ]);
        }
        // `WHERE TRUE`: without it, SQLite parses ON as part of a join.
        let created = self
            .query(
                rows,
                "INSERT INTO conversations (id, tenant_id, kind, state, subject, start_key, last_seq, version, \
             uncounted_seq, member_count, active_at, created_by, created_at, in_reply_to) \
             SELECT id, tenant_id, kind, {2}, subject, start_key, 0, 1, 0, member_count, {0}, created_by, {0}, \
             NULLIF(in_reply_to, {1}) FROM input \
             WHERE TRUE ON CONFLICT (tenant_id, start_key) DO NOTHING RETURNING id",
                &[now_ms.into(), Uuid::nil().into(), i64::from(ConversationState::Open.number()).into()],
            )
            .await?;
        created.iter().map(|row| Ok(ConversationId(row.try_get("", "id")?))).collect()
    }

    /// The conversations with these start keys `(tenant, key)`.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn conversations_of_start_keys(
        &self,
        keys: Vec<(TenantId, String)>,
    ) -> Result<HashMap<(TenantId, String), ConversationId>, StoreError> {
        let mut rows = Rows::new([("tenant_id", Column::Uuid), ("start_key", Column::Text)]);
        for (tenant, key) in keys {
            rows.push([tenant.0.into(), key.into()]);
        }
        let found = self
            .query(
                rows,
                "SELECT c.id, c.tenant_id, c.start_key FROM input \
                 JOIN conversations c ON c.tenant_id = input.tenant_id AND c.start_key = input.start_key",
                &[],
            )
            .await?;
        found
            .iter()
            .map(|row| {
                let key = (TenantId(row.try_get("", "tenant_id")?), row.try_get("", "start_key")?);
                Ok((key, ConversationId(row.try_get("", "id")?)))
            })
            .collect()
    }

    /// Takes the shared fact locks of these tenants until the transaction ends, and returns the versions of their facts.
    /// Must be called before any other lock is taken: a transaction that changes facts waits for all batches that hold the
    /// lock, and later requests queue behind it. A batch that requests the lock while it holds conversation locks could
    /// therefore deadlock with both.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn hold_facts(
        &self,
        tenants: impl IntoIterator<Item = TenantId>,
    ) -> Result<HashMap<TenantId, read::Version>, StoreError> {
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        lock::shared(self.connection(), tenants.iter().copied()).await?;
        // A separate statement: a statement that waited for a lock would return the versions from before the wait.
        let mut versions = read::versions(self.connection(), &tenants).await?;
        Ok(tenants.into_iter().map(|tenant| (tenant, versions.remove(&tenant).unwrap_or_default())).collect())
    }

    /// Takes the shared fact locks of these tenants as [`WriteTx::hold_facts`] does, then locks conversations. Does both
    /// with one statement, which reads no row that a decision depends on. For batches that start no conversation. Does
    /// nothing on SQLite, where the transaction is already the only writer.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn hold(
        &self,
        tenants: impl IntoIterator<Item = TenantId>,
        conversations: impl IntoIterator<Item = ConversationId>,
    ) -> Result<(), StoreError> {
        if self.connection().get_database_backend() == sea_orm::DbBackend::Sqlite {
            return Ok(());
        }
        // The inner query does not depend on the outer query, so PostgreSQL executes it first, before it locks rows.
        let sql = "SELECT c.id FROM conversations c WHERE c.id IN (SELECT id FROM input) \
                   AND (SELECT COUNT(pg_advisory_xact_lock_shared(key)::text) FROM unnest({0}::bigint[]) AS key) > 0 \
                   ORDER BY c.id {for_update c}";
        self.query(rows::ids(conversations), sql, &[lock::keys(tenants)]).await?;
        Ok(())
    }

    /// Locks conversations until the batch ends. Does nothing on SQLite, where the transaction is already the only writer.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn lock(&self, conversations: impl IntoIterator<Item = ConversationId>) -> Result<(), StoreError> {
        if self.connection().get_database_backend() == sea_orm::DbBackend::Sqlite {
            return Ok(());
        }
        let sql = "SELECT c.id FROM conversations c WHERE c.id IN (SELECT id FROM input) ORDER BY c.id {for_update c}";
        self.query(rows::ids(conversations), sql, &[]).await?;
        Ok(())
    }

    /// Reads the context of actors in locked conversations, the messages that they sent before, and the versions of the
    /// facts for the decisions. An entry of `actors` contains a client id if the actor sends a message.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn contexts(
        &self,
        actors: impl IntoIterator<Item = (ConversationId, UserId, Option<ClientId>)>,
    ) -> Result<BatchContext, StoreError> {
        let mut rows =
            Rows::new([("conversation_id", Column::Uuid), ("user_id", Column::Uuid), ("client_id", Column::Uuid)]);
        for (conversation, user, client_id) in actors {
            let client_id = client_id.map_or(Uuid::nil(), |id| id.0);
            rows.push([conversation.0.into(), user.0.into(), client_id.into()]);
        }
        // A direct conversation always has two members, so at most one row joins for the other user. In other kinds the CASE
        // prevents the lookup: with a plain condition, each send to a group would read all its members. The message of a
        // client id is not joined either, because PostgreSQL may then read all messages of the author and compare.
        let sql = format!(
            "SELECT w.id AS w_id, w.tokens_valid_from, c.uncounted_seq, m.read_seq, pm.left_at AS peer_left_at, \
             f.version AS facts_version, f.policy_version, f.suspended_at, {}, \
             (SELECT x.id FROM messages x WHERE x.author_id = input.user_id AND x.client_id = input.client_id) AS sent_id \
             FROM input \
             JOIN conversations c ON c.id = input.conversation_id JOIN users w ON w.id = input.user_id \
             LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = w.id \
             LEFT JOIN members pm ON pm.conversation_id = CASE WHEN c.kind = {} THEN c.id END AND pm.user_id <> w.id \
             LEFT JOIN facts f ON f.tenant_id = c.tenant_id",
            member_context::columns_with_peer("pm.user_id"),
            ConversationKind::Direct.number(),
        );
        let answer = self.query(rows, &sql, &[]).await?;
        let mut contexts = BatchContext::default();
        for row in &answer {
            let member = member_context::from_row(row)?;
            let tenant = member.tenant;
            let role = member_context::role(row)?;
            let context = ActorContext {
                member,
                tokens_valid_from_s: row.try_get("", "tokens_valid_from")?,
                is_suspended: row.try_get::<Option<i64>>("", "suspended_at")?.is_some(),
                read_seq: optional_number(row, "", "read_seq")?.unwrap_or(0),
                uncounted_seq: number(row, "", "uncounted_seq")?,
                peer_left: row.try_get::<Option<i64>>("", "peer_left_at")?.is_some(),
                former_role: role.filter(|_| member.role.is_none()),
            };
            let key = (ConversationId(row.try_get("", "c_id")?), UserId(row.try_get("", "w_id")?));
            contexts.by_actor.insert(key, context);
            contexts.sent.extend(row.try_get::<Option<Uuid>>("", "sent_id")?.map(MessageId));
            let facts_version: Option<i64> = row.try_get("", "facts_version")?;
            let version =
                if facts_version.is_some() { read::version_as(row, "facts_version")? } else { read::Version::default() };
            contexts.facts.insert(tenant, version);
        }
        Ok(contexts)
    }

    /// Messages by id. Messages that do not exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn messages(
        &self,
        ids: impl IntoIterator<Item = MessageId>,
    ) -> Result<HashMap<MessageId, Message>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM input JOIN messages x ON x.id = input.id");
        let answer = self.query(rows::ids(ids), &sql, &[]).await?;
        answer.iter().map(|row| message(row, "").map(|message| (message.id, message)).map_err(StoreError::from)).collect()
    }

    /// Rewrites messages that were edited or deleted. A deleted message no longer counts as unread.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn rewrite(&self, messages: impl IntoIterator<Item = &Message>) -> Result<(), StoreError> {
        let mut rows = Rows::new([
            ("conversation_id", Column::Uuid),
            ("seq", Column::Int),
            ("version", Column::Int),
            ("text", Column::Text),
            ("edited_at", Column::Int),
            ("deleted_at", Column::Int),
        ]);
        for message in messages {
            // 0 means that the time is absent, because a value of an array can't be absent.
            rows.push([
                message.conversation.0.into(),
                i64::from(message.seq).into(),
                i64::from(message.version).into(),
                message.text.as_str().into(),
                message.edited_at_ms.unwrap_or(0).into(),
                message.deleted_at_ms.unwrap_or(0).into(),
            ]);
        }
        self.execute(
            rows,
            "UPDATE messages SET version = input.version, text = input.text, \
             edited_at = NULLIF(input.edited_at, 0), deleted_at = NULLIF(input.deleted_at, 0), \
             counted = (messages.counted AND input.deleted_at = 0) FROM input \
             WHERE messages.conversation_id = input.conversation_id AND messages.seq = input.seq",
            &[],
        )
        .await
    }

    /// Appends new messages, sets the counters of the batch's conversations, and raises read positions.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses a statement, for example because another node has used a
    /// client id meanwhile.
    pub async fn write(
        &self,
        messages: &[Message],
        counters: Vec<Counters>,
        positions: &[NewReadPosition],
    ) -> Result<(), StoreError> {
        let mut statement_group = StatementGroup::new(self.connection().get_database_backend());
        let mut rows = Rows::new([
            ("conversation_id", Column::Uuid),
            ("seq", Column::Int),
            ("id", Column::Uuid),
            ("version", Column::Int),
            ("author_id", Column::Uuid),
            ("client_id", Column::Uuid),
            ("text", Column::Text),
            ("sent_at", Column::Int),
        ]);
        for message in messages {
            rows.push([
                message.conversation.0.into(),
                i64::from(message.seq).into(),
                message.id.0.into(),
                i64::from(message.version).into(),
                message.author.0.into(),
                message.client_id.0.into(),
                message.text.as_str().into(),
                message.sent_at_ms.into(),
            ]);
        }
        statement_group.add(
            rows,
            "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at) \
             SELECT conversation_id, seq, id, version, author_id, client_id, text, TRUE, sent_at FROM input",
        );
        let mut rows = Rows::new([
            ("id", Column::Uuid),
            ("version", Column::Int),
            ("last_seq", Column::Int),
            ("uncounted_seq", Column::Int),
            ("member_count", Column::Int),
            ("active_at", Column::Int),
            ("state", Column::Int),
        ]);
        let mut subjects = Rows::new([("id", Column::Uuid), ("subject", Column::Text)]);
        for counter in counters {
            rows.push([
                counter.conversation.0.into(),
                i64::from(counter.version).into(),
                i64::from(counter.last_seq).into(),
                i64::from(counter.uncounted_seq).into(),
                i64::from(counter.member_count).into(),
                counter.active_at_ms.into(),
                counter.state.map_or(KEEPS_STATE, |state| state.number().into()).into(),
            ]);
            if let Some(subject) = counter.subject {
                subjects.push([counter.conversation.0.into(), subject.into()]);
            }
        }
        statement_group.add(
            rows,
            &format!(
                "UPDATE conversations SET version = input.version, last_seq = input.last_seq, \
             uncounted_seq = input.uncounted_seq, member_count = input.member_count, \
             state = CASE WHEN input.state = {KEEPS_STATE} THEN conversations.state ELSE input.state END, \
             active_at = CASE WHEN input.active_at > conversations.active_at THEN input.active_at \
             ELSE conversations.active_at END FROM input WHERE conversations.id = input.id"
            ),
        );
        let mut rows = Rows::new([
            ("conversation_id", Column::Uuid),
            ("user_id", Column::Uuid),
            ("read_seq", Column::Int),
            ("marked", Column::Int),
        ]);
        for position in positions {
            rows.push([
                position.conversation.0.into(),
                position.user.0.into(),
                i64::from(position.read_seq).into(),
                i64::from(position.marked_unread).into(),
            ]);
        }
        statement_group.add(
            rows,
            "UPDATE members SET marked_unread = (input.marked = 1), \
             read_seq = CASE WHEN input.read_seq > members.read_seq THEN input.read_seq ELSE members.read_seq END FROM input \
             WHERE members.conversation_id = input.conversation_id AND members.user_id = input.user_id",
        );
        for statement in statement_group.statements() {
            self.connection().execute_raw(statement).await?;
        }
        // A separate statement, because one statement can change a row only once.
        self.execute(
            subjects,
            "UPDATE conversations SET subject = input.subject FROM input WHERE conversations.id = input.id",
            &[],
        )
        .await
    }
}
