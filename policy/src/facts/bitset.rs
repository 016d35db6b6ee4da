//! A set of small numbers with one bit for each possible number. A set of users takes 12.5 KB for 100,000 users.

/// A set of numbers. It grows when a larger number is inserted. Operations on whole sets cost O(n / 64) for the largest
/// number n.
#[derive(Debug, Clone, Default)]
pub struct Bitset {
    words: Vec<u64>,
}

impl Bitset {
    /// Adds the number. Returns whether it is new.
    pub fn insert(&mut self, number: u32) -> bool {
        let (index, bit) = position(number);
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        let Some(word) = self.words.get_mut(index) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Removes the number. Returns whether it was in the set.
    pub fn remove(&mut self, number: u32) -> bool {
        let (index, bit) = position(number);
        let Some(word) = self.words.get_mut(index) else { return false };
        let was_set = *word & bit != 0;
        *word &= !bit;
        was_set
    }

    /// Whether the number is in the set.
    pub fn contains(&self, number: u32) -> bool {
        let (index, bit) = position(number);
        self.words.get(index).is_some_and(|word| word & bit != 0)
    }

    /// Adds the numbers of the other set.
    pub fn unite(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// Removes the numbers that are not in the other set.
    pub fn intersect(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    /// Removes the numbers of the other set.
    pub fn subtract(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= !theirs;
        }
    }

    /// The number of elements that are in this set and not in the other.
    pub fn len_without(&self, other: &Self) -> u64 {
        let theirs = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().zip(theirs).map(|(mine, theirs)| u64::from((mine & !theirs).count_ones())).sum()
    }

    /// Removes the numbers for which `passes` returns false.
    pub fn retain(&mut self, mut passes: impl FnMut(u32) -> bool) {
        for (index, word) in (0u32..).zip(&mut self.words) {
            let mut remaining = *word;
            while remaining != 0 {
                let bit = remaining.trailing_zeros();
                remaining &= remaining - 1;
                if !passes(index * u64::BITS + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(&self.words).flat_map(|(index, word)| {
            let mut remaining = *word;
            std::iter::from_fn(move || {
                (remaining != 0).then(|| {
                    let bit = remaining.trailing_zeros();
                    remaining &= remaining - 1;
                    index * u64::BITS + bit
                })
            })
        })
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

impl Extend<u32> for Bitset {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
        // `for_each` on nested iterators takes half the instructions of a `for` loop.
        numbers.into_iter().for_each(|number| {
            self.insert(number);
        });
    }
}

/// The index of the word that has the bit of the number, and this bit.
fn position(number: u32) -> (usize, u64) {
    ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
}
