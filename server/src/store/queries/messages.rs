//! The changes of conversations after a version.

use std::collections::HashMap;

use causerie_protocol::{ConversationId, limits};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::columns::{COLUMNS, message, number};
use crate::{
    domain::Message,
    store::{
        Store, StoreError,
        rows::{Column, Rows},
    },
};

impl Store {
    /// The changes after a version, for many (conversation, version) pairs with one statement. Each answer is read at one
    /// moment. Conversations that do not exist are absent.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn changed_since(
        &self,
        since: Vec<(ConversationId, u32)>,
    ) -> Result<HashMap<(ConversationId, u32), Changed>, StoreError> {
        let mut rows = Rows::new([("id", Column::Uuid), ("since", Column::Int)]);
        for (conversation, version) in since {
            rows.push([conversation.0.into(), i64::from(version).into()]);
        }
        // Each version changes at most one message, so the difference of versions limits the number of messages. The
        // statement limits the bytes of text, because all messages are in memory at once: it returns just enough text to
        // show that the limit is exceeded.
        let sql = format!(
            "SELECT * FROM (SELECT c.id AS c_id, c.version AS c_version, c.last_seq AS c_last_seq, c.member_count, input.since, \
             COALESCE((SELECT f.policy_version FROM facts f WHERE f.tenant_id = c.tenant_id), 0) AS policy_version, {COLUMNS}, \
             SUM(OCTET_LENGTH(x.text)) OVER (PARTITION BY c.id, input.since ORDER BY x.version) AS so_far FROM input \
             JOIN conversations c ON c.id = input.id \
             LEFT JOIN messages x ON x.conversation_id = c.id AND x.version > input.since \
             AND c.version - input.since <= {}) changes \
             WHERE so_far IS NULL OR so_far - OCTET_LENGTH(text) <= {} ORDER BY version",
            limits::CHANGES_MAX,
            limits::CHANGES_TEXT_BYTES_MAX,
        );
        let mut changed: HashMap<_, Changed> = HashMap::new();
        for row in self.reader().query_all_raw(rows.statement(self.backend(), &sql, &[])).await? {
            let since = number(&row, "", "since")?;
            let changes = changed.entry((ConversationId(row.try_get("", "c_id")?), since)).or_default();
            changes.version = number(&row, "", "c_version")?;
            changes.last_seq = number(&row, "", "c_last_seq")?;
            changes.member_count = number(&row, "", "member_count")?;
            changes.policy_version = number(&row, "", "policy_version")?.into();
            changes.too_many = changes.version.saturating_sub(since) > limits::CHANGES_MAX;
            if row.try_get::<Option<Uuid>>("", "id")?.is_some() {
                let message = message(&row, "")?;
                changes.text_bytes += message.text.len();
                changes.messages.push(message);
            }
        }
        for changes in changed.values_mut().filter(|changes| changes.text_bytes > limits::CHANGES_TEXT_BYTES_MAX) {
            changes.too_many = true;
            changes.messages = Vec::new();
        }
        Ok(changed)
    }
}

/// The changes of a conversation after a version.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// The version of the conversation at the moment of the read.
    pub version: u32,
    /// The `seq` of the last message at that version.
    pub last_seq: u32,
    /// The number of members.
    pub member_count: u32,
    /// The version of the tenant's policy at that moment.
    pub policy_version: u64,
    /// Messages that were sent, edited or deleted after the version, sorted by version. A version without a message changed
    /// the conversation itself, or a message that a later version changed again.
    pub messages: Vec<Message>,
    /// Whether there are more than [`limits::CHANGES_MAX`] versions, or more than [`limits::CHANGES_TEXT_BYTES_MAX`] bytes
    /// of text in them. `messages` is then empty.
    pub too_many: bool,
    text_bytes: usize,
}

impl Changed {
    /// Whether all changes after `since` are sent messages, and `messages` holds all of them.
    #[must_use]
    pub fn is_sends_only(&self, since: u32) -> bool {
        let is_only_sent = |message: &Message| message.edited_at_ms.is_none() && message.deleted_at_ms.is_none();
        !self.too_many
            && self.messages.len() == (self.version.saturating_sub(since)) as usize
            && self.messages.iter().all(is_only_sent)
            && self.messages.iter().rev().zip((1..=self.last_seq).rev()).all(|(message, seq)| message.seq == seq)
    }
}
