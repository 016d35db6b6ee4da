//! A sorted set in blocks, so that neither a new member of a group of 60,000 nor a copy of the group moves all other members.

use std::sync::Arc;

/// Entries of a full block. An insertion into a full block splits it.
const BLOCK: usize = 512;

/// Distinct entries in ascending order, in non-empty blocks. Lookup costs O(log n), insertion and removal O(log n + block).
#[derive(Debug, Clone)]
pub struct SortedSet<T> {
    blocks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T: Ord + Copy> SortedSet<T> {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub fn contains(&self, entry: T) -> bool {
        self.blocks.get(self.block_of(entry)).is_some_and(|block| block.binary_search(&entry).is_ok())
    }

    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.blocks.iter().flat_map(|block| block.iter().copied())
    }

    /// The entries from `first` on.
    pub fn from(&self, first: T) -> impl Iterator<Item = T> {
        let at = self.block_of(first);
        let skip = self.blocks.get(at).map_or(0, |block| block.partition_point(|entry| *entry < first));
        self.blocks.get(at..).unwrap_or_default().iter().flat_map(|block| block.iter().copied()).skip(skip)
    }

    /// Returns whether the entry is new.
    pub fn insert(&mut self, entry: T) -> bool {
        // Entries inserted in ascending order fill the last block completely.
        let at = self.block_of(entry).min(self.blocks.len().saturating_sub(1));
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(Arc::new(vec![entry]));
            return true;
        };
        let Err(place) = block.binary_search(&entry) else { return false };
        if block.len() < BLOCK {
            let block = Arc::make_mut(block);
            grow(block);
            block.insert(place, entry);
        } else if place == BLOCK {
            self.blocks.insert(at + 1, Arc::new(vec![entry]));
        } else {
            let block = Arc::make_mut(block);
            let mut upper = block.split_off(BLOCK / 2);
            match place.checked_sub(BLOCK / 2) {
                Some(place) => upper.insert(place, entry),
                None => block.insert(place, entry),
            }
            self.blocks.insert(at + 1, Arc::new(upper));
        }
        true
    }

    /// Returns whether the entry was in the set.
    pub fn remove(&mut self, entry: T) -> bool {
        let at = self.block_of(entry);
        let Some(block) = self.blocks.get_mut(at) else { return false };
        let Ok(place) = block.binary_search(&entry) else { return false };
        Arc::make_mut(block).remove(place);
        if block.is_empty() {
            self.blocks.remove(at);
        }
        true
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| 40 + block.capacity() * size_of::<T>()).sum();
        self.blocks.capacity() * size_of::<usize>() + blocks
    }

    /// The index of the block that holds the entry, if a block does.
    fn block_of(&self, entry: T) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < entry))
    }
}

/// Reserves room for one more entry. A full vector grows by a quarter, not to double its size, because there are millions of short lists.
pub fn grow<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 2);
    }
}
