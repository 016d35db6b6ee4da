//! A vector whose copies share the chunks that did not change.

use std::sync::Arc;

/// The number of entries in a chunk. A change of one entry copies its whole chunk, so a chunk must not be large. A copy of a
/// branch increments one reference count per chunk, so a chunk must not be tiny.
pub const CHUNK: usize = 64;

/// The number of chunks in a branch.
const BRANCH: usize = 64;

/// A vector as a tree of three levels: branches, chunks, entries. Entries are appended and never removed. A copy of a vector
/// with a million entries increments 245 reference counts. The first change of an entry after that copies 64 references and
/// 64 entries.
#[derive(Debug, Clone)]
pub struct ChunkedVec<T> {
    branches: Vec<Arc<Vec<Arc<Chunk<T>>>>>,
    len: usize,
}

/// The entries of a chunk. An array saves one memory access compared with a vector. Entries after the last entry of the
/// vector have their default value.
type Chunk<T> = [T; CHUNK];

impl<T> Default for ChunkedVec<T> {
    fn default() -> Self {
        Self { branches: Vec::new(), len: 0 }
    }
}

impl<T> ChunkedVec<T> {
    /// The entry with this index; `None` if there is no such entry.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunk(index / CHUNK).get(index % CHUNK)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len.div_ceil(CHUNK)).flat_map(|index| self.chunk(index))
    }

    /// The entries of the chunk with this index; empty if there is no such chunk.
    pub fn chunk(&self, index: usize) -> &[T] {
        let chunk = self.branches.get(index / BRANCH).and_then(|branch| branch.get(index % BRANCH));
        let len = self.len.saturating_sub(index * CHUNK).min(CHUNK);
        chunk.and_then(|chunk| chunk.get(..len)).unwrap_or_default()
    }
}

impl<T: Clone + Default> ChunkedVec<T> {
    /// The entry with this index, to be changed; `None` if there is no such entry. Copies its chunk if another vector shares
    /// it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.len {
            return None;
        }
        self.slot(index)
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: T) {
        let chunk = self.len / CHUNK;
        if self.len.is_multiple_of(CHUNK) {
            if chunk.is_multiple_of(BRANCH) {
                self.branches.push(Arc::default());
            }
            if let Some(branch) = self.branches.last_mut() {
                Arc::make_mut(branch).push(Arc::new(std::array::from_fn(|_| T::default())));
            }
        }
        if let Some(slot) = self.slot(self.len) {
            *slot = entry;
        }
        self.len += 1;
    }

    /// The entry with this index, also if it is after the last entry of the vector.
    fn slot(&mut self, index: usize) -> Option<&mut T> {
        let branch = Arc::make_mut(self.branches.get_mut(index / CHUNK / BRANCH)?);
        Arc::make_mut(branch.get_mut(index / CHUNK % BRANCH)?).get_mut(index % CHUNK)
    }
}
