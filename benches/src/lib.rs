//! Shared code of the micro-benches. Each bench is timed by criterion, or runs an exact number of times so that
//! another program can count its instructions. `scripts/bench` does both.
//!
//! The cost of one run is the difference between two processes that do the same work except for the number of runs.
//! Therefore both processes make the same number of inputs, and drop the inputs that they do not run.
//!
//! To add a bench: a call of [`Benches::bench`] or [`Benches::bench_on`] in a file of `<crate>/benches/`; a new file also
//! needs a `[[bench]]` without harness in its `Cargo.toml`, and its name in `scripts/bench`.

use std::{env, hint::black_box};

pub use criterion::BatchSize;
use criterion::Criterion;

/// The bench to run, the number of inputs to make, and the number of inputs to run: `name inputs runs`.
const COUNT: &str = "CAUSERIE_BENCH_COUNT";

/// The benches of one program.
pub struct Benches(Mode);

enum Mode {
    Timed(Box<Criterion>),
    Counted { name: String, inputs: u64, runs: u64 },
}

impl Benches {
    /// Reads the mode from the command line or the environment.
    ///
    /// # Panics
    /// When the environment variable has an invalid value.
    #[must_use]
    pub fn from_env() -> Self {
        let Ok(count) = env::var(COUNT) else {
            return Self(Mode::Timed(Box::new(Criterion::default().configure_from_args())));
        };
        let words: Vec<&str> = count.split(' ').collect();
        let &[name, inputs, runs] = words.as_slice() else { panic!("{COUNT} is not `name inputs runs`") };
        let number = |word: &str| word.parse().unwrap_or_else(|_| panic!("{COUNT}: `{word}` is no number"));
        Self(Mode::Counted { name: name.to_owned(), inputs: number(inputs), runs: number(runs) })
    }

    /// Adds a bench of an operation that can be repeated. `make` prepares it, and is called only if this bench runs.
    pub fn bench<T, R: FnMut() -> T>(&mut self, name: &str, make: impl FnOnce() -> R) {
        match &mut self.0 {
            Mode::Timed(criterion) => {
                let mut routine = Once::new(make);
                criterion.bench_function(name, |bencher| bencher.iter(routine.get()));
            }
            Mode::Counted { name: wanted, runs, .. } if wanted == name => {
                let mut routine = make();
                for _ in 0..*runs {
                    black_box(routine());
                }
            }
            Mode::Counted { .. } => {}
        }
    }

    /// Adds a bench of an operation that takes a new input each time. `make` returns the function that makes an input,
    /// which is not measured, and the operation, which gets the inputs in the order in which they were made.
    pub fn bench_on<I, T, N, R>(&mut self, name: &str, size: BatchSize, make: impl FnOnce() -> (N, R))
    where
        N: FnMut() -> I,
        R: FnMut(I) -> T,
    {
        match &mut self.0 {
            Mode::Timed(criterion) => {
                let mut both = Once::new(make);
                criterion.bench_function(name, |bencher| {
                    let (next, routine) = both.get();
                    bencher.iter_batched(next, routine, size);
                });
            }
            Mode::Counted { name: wanted, inputs, runs } if wanted == name => {
                let (mut next, mut routine) = make();
                for at in 0..*inputs {
                    let input = black_box(next());
                    if at < *runs {
                        black_box(routine(input));
                    } else {
                        std::mem::forget(input);
                    }
                }
            }
            Mode::Counted { .. } => {}
        }
    }

    /// Prints criterion's final summary.
    pub fn finish(self) {
        if let Mode::Timed(criterion) = self.0 {
            criterion.final_summary();
        }
    }
}

/// A value that is made on first use: criterion calls a bench once per sample.
struct Once<T, M> {
    made: Option<T>,
    make: Option<M>,
}

impl<T, M: FnOnce() -> T> Once<T, M> {
    fn new(make: M) -> Self {
        Self { made: None, make: Some(make) }
    }

    fn get(&mut self) -> &mut T {
        let make = &mut self.make;
        self.made.get_or_insert_with(|| (make.take().expect("called once"))())
    }
}
