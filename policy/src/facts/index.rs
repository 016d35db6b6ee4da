//! From the server's ids to the numbers of a world.

use std::{collections::HashMap, sync::Arc};

use super::Key;

/// A newcomer copies one of these, not the whole index.
const SHARDS: usize = 512;

#[derive(Debug, Clone)]
pub struct Index {
    shards: Arc<Vec<Arc<HashMap<Key, u32>>>>,
}

impl Default for Index {
    fn default() -> Self {
        Self { shards: Arc::new(vec![Arc::default(); SHARDS]) }
    }
}

impl Index {
    pub fn get(&self, key: Key) -> Option<u32> {
        self.shards.get(shard_of(key))?.get(&key).copied()
    }

    pub fn insert(&mut self, key: Key, number: u32) {
        if let Some(shard) = Arc::make_mut(&mut self.shards).get_mut(shard_of(key)) {
            Arc::make_mut(shard).insert(key, number);
        }
    }

    pub fn remove(&mut self, key: Key) {
        if let Some(shard) = Arc::make_mut(&mut self.shards).get_mut(shard_of(key)) {
            Arc::make_mut(shard).remove(&key);
        }
    }

    /// Memory behind it: an entry takes 32 bytes and one to remember its place, and maps are about two thirds full.
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| 64 + shard.capacity() * 8 / 7 * 33).sum()
    }
}

/// Ids begin with a time and end at random: the end spreads well.
fn shard_of(key: Key) -> usize {
    (key % SHARDS as Key) as usize
}
