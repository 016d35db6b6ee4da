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

/// An array in place of a vector saves one memory access. Entries after the last one have their default value.
type Chunk<T> = [T; CHUNK];

impl<T> Default for ChunkedVec<T> {
    fn default() -> Self {
        Self { branches: Vec::new(), len: 0 }
    }
}

impl<T> ChunkedVec<T> {
    /// The entry with the index `at`; `None` if there is no such entry.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunk(at / CHUNK).get(at % CHUNK)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len.div_ceil(CHUNK)).flat_map(|at| self.chunk(at))
    }

    /// The entries of the chunk with the number `at`; empty if there is no such chunk.
    pub fn chunk(&self, at: usize) -> &[T] {
        let chunk = self.branches.get(at / BRANCH).and_then(|branch| branch.get(at % BRANCH));
        let len = self.len.saturating_sub(at * CHUNK).min(CHUNK);
        chunk.and_then(|chunk| chunk.get(..len)).unwrap_or_default()
    }
}

impl<T: Clone + Default> ChunkedVec<T> {
    /// The entry with the index `at`, to be changed; `None` if there is no such entry. Copies its chunk if another vector
    /// shares it.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        if at >= self.len {
            return None;
        }
        self.slot(at)
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

    fn slot(&mut self, at: usize) -> Option<&mut T> {
        let branch = Arc::make_mut(self.branches.get_mut(at / CHUNK / BRANCH)?);
        Arc::make_mut(branch.get_mut(at / CHUNK % BRANCH)?).get_mut(at % CHUNK)
    }
}
