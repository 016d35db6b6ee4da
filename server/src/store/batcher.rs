//! Batches lookups: all callers that request a value while a query runs share the next query.
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

/// The result of a query: the values of the keys that have a value.
pub type Answers<K, V> = HashMap<K, V>;

/// The channel on which a caller waits for its value.
type ValueSender<V> = oneshot::Sender<Result<Option<V>, StoreError>>;

/// Waits for a request, and then moves the queued requests into `batch` as [`top_up`] does. Returns the number of requests
/// in `batch`, which is 0 when all senders are dropped and no request is queued.
pub async fn gather<T>(queue: &mut mpsc::Receiver<T>, batch: &mut Vec<T>, max: usize) -> usize {
    if queue.recv_many(batch, max).await > 0 {
        top_up(queue, batch, max).await;
    }
    batch.len()
}

/// Moves the queued requests from `queue` to `batch`, until `batch` has `max` requests. It yields to the scheduler until the
/// queue stops growing, so that every task that is already runnable can add its request to this batch. It uses no timer: on
/// an idle server it returns at once. It does nothing if `batch` is empty.
pub async fn top_up<T>(queue: &mut mpsc::Receiver<T>, batch: &mut Vec<T>, max: usize) {
    let mut before = 0;
    while before < batch.len() && batch.len() < max {
        before = batch.len();
        yield_now().await;
        while batch.len() < max
            && let Ok(request) = queue.try_recv()
        {
            batch.push(request);
        }
    }
}

/// A lookup that many callers share. Cheap to clone; its task ends when the last clone is dropped.
pub struct Batcher<K, V> {
    requests: mpsc::Sender<(K, ValueSender<V>)>,
}

impl<K, V> Clone for Batcher<K, V> {
    fn clone(&self) -> Self {
        Self { requests: self.requests.clone() }
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
        let (requests, mut queue) = mpsc::channel(batch_max * 4);
        tokio::spawn(async move {
            let mut batch: Vec<(K, ValueSender<V>)> = Vec::with_capacity(batch_max);
            while gather(&mut queue, &mut batch, batch_max).await > 0 {
                let mut keys: Vec<K> = Vec::with_capacity(batch.len());
                let mut seen = std::collections::HashSet::with_capacity(batch.len());
                for (key, _) in &batch {
                    if seen.insert(key.clone()) {
                        keys.push(key.clone());
                    }
                }
                let answers =
                    tokio::time::timeout(DEADLINE, query(keys)).await.unwrap_or_else(|_| Err(StoreError::too_slow()));
                let answers = answers.map(Arc::new);
                for (key, sender) in batch.drain(..) {
                    let answer = answers.as_ref().map(|answers| answers.get(&key).cloned()).map_err(Clone::clone);
                    // A caller that gave up needs no answer.
                    let _ = sender.send(answer);
                }
            }
        });
        Self { requests }
    }

    /// The value of a key; `None` if the key has none.
    ///
    /// # Errors
    /// `StoreError` if the query of the batch failed or took longer than 8 s, or if the task has ended.
    pub async fn get(&self, key: K) -> Result<Option<V>, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let worker_ended = || StoreError::from(sea_orm::DbErr::Custom("the batch worker ended".to_owned()));
        self.requests.send((key, sender)).await.map_err(|_| worker_ended())?;
        receiver.await.map_err(|_| worker_ended())?
    }
}
