//! Natural batching of lookups: all callers that ask while a query runs share the next query.
//!
//! Thousands of clients reconnect at once after a network failure; their lookups become a few queries. There is no timer: on
//! an idle server a lookup starts at once.

use std::{collections::HashMap, future::Future, hash::Hash, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot},
    task::yield_now,
};

use super::StoreError;

/// The maximum time of a query. A query that takes longer is cancelled, so that the callers in the queue are served.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(8);

/// The result of a batch: the values of the keys that have a value.
pub type Answers<K, V> = HashMap<K, V>;

/// The channel on which a caller waits for its value.
type ValueSender<V> = oneshot::Sender<Result<Option<V>, StoreError>>;

/// Waits for a request, and then takes the queued requests as [`top_up`] does. Returns the number of requests in `into`,
/// which is 0 when all senders are dropped and no request is queued.
pub async fn gather<T>(waiting: &mut mpsc::Receiver<T>, into: &mut Vec<T>, max: usize) -> usize {
    if waiting.recv_many(into, max).await > 0 {
        top_up(waiting, into, max).await;
    }
    into.len()
}

/// Moves the queued requests from `waiting` to `into`, until `into` has `max` requests. It yields to the scheduler until
/// the queue stops growing, so that every task that is already runnable can add its request to this batch. It uses no
/// timer: on an idle server it returns at once. It does nothing if `into` is empty.
pub async fn top_up<T>(waiting: &mut mpsc::Receiver<T>, into: &mut Vec<T>, max: usize) {
    let mut before = 0;
    while before < into.len() && into.len() < max {
        before = into.len();
        yield_now().await;
        while into.len() < max
            && let Ok(one) = waiting.try_recv()
        {
            into.push(one);
        }
    }
}

/// A lookup that many callers share. Cheap to clone; its task ends when the last clone is dropped.
pub struct Batcher<K, V> {
    questions: mpsc::Sender<(K, ValueSender<V>)>,
}

impl<K, V> Clone for Batcher<K, V> {
    fn clone(&self) -> Self {
        Self { questions: self.questions.clone() }
    }
}

impl<K, V> Batcher<K, V>
where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Starts the task. It calls `query` with at most `batch_max` distinct keys at a time.
    pub fn spawn<F, R>(batch_max: usize, query: F) -> Self
    where
        F: Fn(Vec<K>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Answers<K, V>, StoreError>> + Send,
    {
        // The queue holds four batches. When it is full, further callers wait in `get`, and their clients wait with them.
        let (questions, mut waiting) = mpsc::channel(batch_max * 4);
        tokio::spawn(async move {
            let mut taken: Vec<(K, ValueSender<V>)> = Vec::with_capacity(batch_max);
            while gather(&mut waiting, &mut taken, batch_max).await > 0 {
                let mut keys: Vec<K> = Vec::with_capacity(taken.len());
                let mut seen = std::collections::HashSet::with_capacity(taken.len());
                for (key, _) in &taken {
                    if seen.insert(key.clone()) {
                        keys.push(key.clone());
                    }
                }
                let answers =
                    tokio::time::timeout(DEADLINE, query(keys)).await.unwrap_or_else(|_| Err(StoreError::too_slow()));
                let answers = answers.map(Arc::new);
                for (key, sender) in taken.drain(..) {
                    let answer = answers.as_ref().map(|answers| answers.get(&key).cloned()).map_err(Clone::clone);
                    // A caller that gave up needs no answer.
                    let _ = sender.send(answer);
                }
            }
        });
        Self { questions }
    }

    /// The value of a key; `None` if the key has none.
    ///
    /// # Errors
    /// `StoreError` if the query of the batch failed or took longer than 8 s, or if the task has ended.
    pub async fn get(&self, key: K) -> Result<Option<V>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::from(sea_orm::DbErr::Custom("the batch worker ended".to_owned()));
        self.questions.send((key, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}
