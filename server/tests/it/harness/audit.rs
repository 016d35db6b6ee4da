//! Compares the messages that the server acknowledged with the messages that the database holds.

use std::collections::BTreeMap;

use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::Database;

/// The acknowledged messages, by conversation and `seq`.
#[derive(Debug, Default, Clone)]
pub struct Acknowledged(BTreeMap<(Uuid, u64), (Uuid, String)>);

impl Acknowledged {
    /// Records an acknowledged message, in its JSON form.
    pub fn record(&mut self, message: &Value) {
        let id = |field: &str| message[field].as_str().and_then(|id| Uuid::parse_str(id).ok()).expect("ids are UUIDs");
        let position = (id("conversationId"), message["seq"].as_u64().expect("a number"));
        let text = message["text"].as_str().unwrap_or_default().to_owned();
        let previous = self.0.insert(position, (id("id"), text.clone()));
        assert!(previous.is_none(), "{position:?} was acknowledged twice: for {previous:?} and {text:?}");
    }

    /// The number of acknowledged messages.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads all messages over a separate database connection and compares. Returns the number of stored messages that were
    /// not acknowledged.
    ///
    /// # Panics
    /// If an acknowledged message is missing or differs from its acknowledgement.
    pub async fn audit(&self, when: &str, database: &Database) -> usize {
        let store = Store::connect(&database.to_connect()).await.expect("the database opens");
        let sql = "SELECT conversation_id, seq, id, text FROM messages";
        let rows = store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await;
        store.close().await;
        let rows = rows.expect("the database can be read");
        let stored: BTreeMap<(Uuid, u64), (Uuid, String)> = rows
            .iter()
            .map(|row| {
                let seq: i64 = row.try_get("", "seq").expect("a number");
                let position = (row.try_get("", "conversation_id").expect("an id"), u64::try_from(seq).expect("from 1 on"));
                (position, (row.try_get("", "id").expect("an id"), row.try_get("", "text").expect("a text")))
            })
            .collect();
        let lost: Vec<_> = self.0.iter().filter(|(position, message)| stored.get(position) != Some(message)).collect();
        assert!(lost.is_empty(), "{when}: {} of {} acknowledged messages are lost: {lost:?}", lost.len(), self.0.len());
        stored.len() - self.0.len()
    }
}
