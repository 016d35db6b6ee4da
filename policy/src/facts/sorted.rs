//! A sorted set of small things in blocks, so that neither the 60,000th member of a group nor a copy of the group moves all
//! the others.

use std::sync::Arc;

/// Entries of a full block; it is split in two when one more comes.
const BLOCK: usize = 512;

/// Distinct entries in ascending order. No block is empty.
#[derive(Debug, Clone)]
pub struct Sorted<T> {
    blocks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T: Ord + Copy> Sorted<T> {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub fn contains(&self, entry: T) -> bool {
        self.blocks.get(self.block_of(entry)).is_some_and(|block| block.binary_search(&entry).is_ok())
    }

    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.blocks.iter().flat_map(|block| block.iter().copied())
    }

    /// All from `first` on.
    pub fn from(&self, first: T) -> impl Iterator<Item = T> {
        let at = self.block_of(first);
        let skip = self.blocks.get(at).map_or(0, |block| block.partition_point(|entry| *entry < first));
        self.blocks.get(at..).unwrap_or_default().iter().flat_map(|block| block.iter().copied()).skip(skip)
    }

    /// Whether it was not there before.
    pub fn insert(&mut self, entry: T) -> bool {
        // What comes in ascending order fills the last block to its end.
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

    /// Whether it was there.
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

    /// Memory behind it.
    pub fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| 40 + block.capacity() * size_of::<T>()).sum();
        self.blocks.capacity() * size_of::<usize>() + blocks
    }

    /// The block that has the entry, if one does.
    fn block_of(&self, entry: T) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < entry))
    }
}

/// Makes room for one more by a quarter instead of by half: there are millions of short lists.
pub fn grow<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 2);
    }
}
