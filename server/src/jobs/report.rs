//! Metrics of the number of jobs. Each node counts all jobs in the database.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use crate::{
    store::{Store, StoreError, queries::jobs},
    telemetry::{JobLabel, Metrics},
};

use super::JobState;

/// The interval at which the jobs are counted.
const COUNT_INTERVAL: Duration = Duration::from_secs(15);
/// The counted states. Jobs that succeeded are not counted, because there may be many.
const COUNTED_STATES: [JobState; 3] = [JobState::Waiting, JobState::Running, JobState::Dead];

/// Updates the metric of the number of jobs.
pub(super) struct Report {
    /// The kinds for which the metric has a time series. Kinds of other releases are included.
    kinds: BTreeSet<String>,
    /// The time of the next count.
    next_count_at: Instant,
}

impl Report {
    pub(super) fn new(kinds: &[&'static str]) -> Self {
        Self { kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), next_count_at: Instant::now() }
    }

    /// Counts the jobs, if the interval has passed.
    pub(super) async fn update(&mut self, store: &Store, metrics: &Metrics) -> Result<(), StoreError> {
        if Instant::now() < self.next_count_at {
            return Ok(());
        }
        self.next_count_at = Instant::now() + COUNT_INTERVAL;
        let counts = jobs::counts(store).await?;
        self.kinds.extend(counts.iter().map(|count| count.kind.clone()));
        for kind in &self.kinds {
            for state in COUNTED_STATES {
                let count = counts.iter().find(|count| count.kind == *kind && count.state == state);
                let label = JobLabel { kind: kind.clone(), state: state.name() };
                metrics.jobs.get_or_create(&label).set(count.map_or(0, |count| count.jobs));
            }
        }
        Ok(())
    }
}
