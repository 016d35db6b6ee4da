//! Metrics of the number of jobs. Each node counts all jobs in the database.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use crate::{
    store::{Store, StoreError, queries::jobs},
    telemetry::{JobLabel, Metrics},
};

use super::JobState;

/// How often the jobs are counted.
const EVERY: Duration = Duration::from_secs(15);
/// The counted states. Jobs that succeeded are not counted, because there may be many.
const COUNTED: [JobState; 3] = [JobState::Waiting, JobState::Running, JobState::Dead];

/// The state of the counting.
pub(super) struct Report {
    /// The kinds for which the metric has a time series, also kinds of other releases.
    kinds: BTreeSet<String>,
    due: Instant,
}

impl Report {
    pub(super) fn new(kinds: &[&'static str]) -> Self {
        Self { kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), due: Instant::now() }
    }

    /// Counts the jobs, if the interval has passed.
    pub(super) async fn update(&mut self, store: &Store, metrics: &Metrics) -> Result<(), StoreError> {
        if Instant::now() < self.due {
            return Ok(());
        }
        self.due = Instant::now() + EVERY;
        let counts = jobs::counts(store).await?;
        self.kinds.extend(counts.iter().map(|count| count.kind.clone()));
        for kind in &self.kinds {
            for state in COUNTED {
                let count = counts.iter().find(|count| count.kind == *kind && count.state == state);
                let label = JobLabel { kind: kind.clone(), state: state.name() };
                metrics.jobs.get_or_create(&label).set(count.map_or(0, |count| count.jobs));
            }
        }
        Ok(())
    }
}
