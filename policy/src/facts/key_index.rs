//! The map from the server's ids to the indexes of a world.

use std::{collections::HashMap, sync::Arc};

use super::EntityKey;

/// The number of shards. When a user is added to a shared map, only one shard is copied.
const SHARDS: usize = 512;

/// A map from keys to indexes of users, or of groups.
#[derive(Debug, Clone)]
pub struct KeyIndex {
    shards: Arc<Vec<Arc<HashMap<EntityKey, u32>>>>,
}

impl Default for KeyIndex {
    fn default() -> Self {
        Self { shards: Arc::new(vec![Arc::default(); SHARDS]) }
    }
}

impl KeyIndex {
    /// The index of a key.
    pub fn get(&self, key: EntityKey) -> Option<u32> {
        self.shards.get(shard_of(key))?.get(&key).copied()
    }

    /// Adds a key, or replaces its index.
    pub fn insert(&mut self, key: EntityKey, index: u32) {
        if let Some(shard) = Arc::make_mut(&mut self.shards).get_mut(shard_of(key)) {
            Arc::make_mut(shard).insert(key, index);
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, key: EntityKey) {
        if let Some(shard) = Arc::make_mut(&mut self.shards).get_mut(shard_of(key)) {
            Arc::make_mut(shard).remove(&key);
        }
    }

    /// Allocated memory in bytes, estimated: hashbrown uses 33 bytes for an entry of 32 bytes, and fills 7/8 of its slots.
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| 64 + shard.capacity() * 8 / 7 * 33).sum()
    }
}

/// The shard of a key. Ids are UUIDs of version 7: they begin with a time and end with random bits, so the low bits are
/// spread evenly.
fn shard_of(key: EntityKey) -> usize {
    (key % SHARDS as EntityKey) as usize
}
