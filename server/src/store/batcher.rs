//! Natural batching of look-ups: whoever asks while a query runs shares the next one.
//!
//! Thousands of clients return at once after a network cut; their questions become a few queries. There is no timer: an
//! idle server asks at once.

use std::{collections::HashMap, future::Future, hash::Hash, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot},
    task::yield_now,
};

use super::StoreError;

/// A question that takes longer is given up, so that those behind it are asked.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(8);

/// What a batch answers: a value for each key that has one.
pub type Answers<K, V> = HashMap<K, V>;

/// Where one asker waits.
type Asker<V> = oneshot::Sender<Result<Option<V>, StoreError>>;

/// Takes what waits, as [`top_up`] does. 0 when nobody can ask any more.
pub async fn gather<T>(waiting: &mut mpsc::Receiver<T>, into: &mut Vec<T>, max: usize) -> usize {
    if waiting.recv_many(into, max).await > 0 {
        top_up(waiting, into, max).await;
    }
    into.len()
}

/// Takes what those are about to ask who can run at this moment: the first of a crowd waits for the rest of it. Nobody waits for
/// anything but the processor; an idle server goes on at once.
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

/// A question with many askers. Cheap to clone; the worker ends with the last clone.
pub struct Batcher<K, V> {
    questions: mpsc::Sender<(K, Asker<V>)>,
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
    /// Asks `query` for at most `batch_max` distinct keys at a time.
    pub fn spawn<F, R>(batch_max: usize, query: F) -> Self
    where
        F: Fn(Vec<K>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Answers<K, V>, StoreError>> + Send,
    {
        // Askers beyond four batches wait in line here; they are sockets whose peers then wait too.
        let (questions, mut waiting) = mpsc::channel(batch_max * 4);
        tokio::spawn(async move {
            let mut taken: Vec<(K, Asker<V>)> = Vec::with_capacity(batch_max);
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
                for (key, asker) in taken.drain(..) {
                    let answer = answers.as_ref().map(|answers| answers.get(&key).cloned()).map_err(Clone::clone);
                    // An asker that left needs no answer.
                    let _ = asker.send(answer);
                }
            }
        });
        Self { questions }
    }

    /// The value of a key, or `None` where there is none.
    ///
    /// # Errors
    /// When the batch's query failed.
    pub async fn get(&self, key: K) -> Result<Option<V>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::from(sea_orm::DbErr::Custom("the batch worker ended".to_owned()));
        self.questions.send((key, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}
