//! A sorted set in blocks. Adding a member to a group of 60,000 moves only the members of one block, and a copy of the group
//! shares the blocks.

use std::sync::Arc;

/// The number of entries of a full block. An insertion into a full block splits it.
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

    /// The entries that are not less than `first`, in ascending order.
    pub fn from(&self, first: T) -> impl Iterator<Item = T> {
        let block_index = self.block_of(first);
        let skipped = self.blocks.get(block_index).map_or(0, |block| block.partition_point(|entry| *entry < first));
        self.blocks.get(block_index..).unwrap_or_default().iter().flat_map(|block| block.iter().copied()).skip(skipped)
    }

    /// Adds an entry. Returns whether it is new.
    pub fn insert(&mut self, entry: T) -> bool {
        // Entries inserted in ascending order fill the last block completely.
        let block_index = self.block_of(entry).min(self.blocks.len().saturating_sub(1));
        let Some(block) = self.blocks.get_mut(block_index) else {
            self.blocks.push(Arc::new(vec![entry]));
            return true;
        };
        let Err(position) = block.binary_search(&entry) else { return false };
        if block.len() < BLOCK {
            let block = Arc::make_mut(block);
            grow(block);
            block.insert(position, entry);
        } else if position == BLOCK {
            self.blocks.insert(block_index + 1, Arc::new(vec![entry]));
        } else {
            let block = Arc::make_mut(block);
            let mut upper = block.split_off(BLOCK / 2);
            match position.checked_sub(BLOCK / 2) {
                Some(position) => upper.insert(position, entry),
                None => block.insert(position, entry),
            }
            self.blocks.insert(block_index + 1, Arc::new(upper));
        }
        true
    }

    /// Removes an entry. Returns whether it was in the set.
    pub fn remove(&mut self, entry: T) -> bool {
        let block_index = self.block_of(entry);
        let Some(block) = self.blocks.get_mut(block_index) else { return false };
        let Ok(position) = block.binary_search(&entry) else { return false };
        Arc::make_mut(block).remove(position);
        if block.is_empty() {
            self.blocks.remove(block_index);
        }
        true
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| 40 + block.capacity() * size_of::<T>()).sum();
        self.blocks.capacity() * size_of::<usize>() + blocks
    }

    /// The index of the only block that may hold the entry; the number of blocks if all entries are less.
    fn block_of(&self, entry: T) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < entry))
    }
}

/// Reserves space for another entry. A full vector grows by a quarter, not to double its size, because there are millions of
/// short lists.
pub fn grow<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 2);
    }
}
