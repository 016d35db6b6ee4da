//! The map from the server's ids to the indexes of a world.

use std::{collections::HashMap, sync::Arc};

use super::EntityKey;

/// A new user copies one shard of the map, not the whole map.
const SHARDS: usize = 512;

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
    pub fn get(&self, key: EntityKey) -> Option<u32> {
        self.shards.get(shard_of(key))?.get(&key).copied()
    }

    pub fn insert(&mut self, key: EntityKey, number: u32) {
        if let Some(shard) = Arc::make_mut(&mut self.shards).get_mut(shard_of(key)) {
            Arc::make_mut(shard).insert(key, number);
        }
    }

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

/// Ids are UUIDs of version 7: they begin with a time and end with random bits, so the low bits are spread evenly.
fn shard_of(key: EntityKey) -> usize {
    (key % SHARDS as EntityKey) as usize
}
