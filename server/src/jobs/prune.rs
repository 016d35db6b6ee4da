//! Kinds of jobs that remove old rows at intervals: versions of facts, lines of the audit, and jobs whose retention has ended.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{JobContext, JobError, JobKind, Kinds, Limits};
use crate::{
    clock::Clock,
    store::{
        Store,
        queries::{audit, facts::read, jobs},
    },
};

/// How often the logs of facts are cut.
pub const FACT_LOG_EVERY: Duration = Duration::from_secs(3_600);
/// How often old lines of the audit are removed.
pub const AUDIT_EVERY: Duration = Duration::from_secs(86_400);
/// How often jobs are removed.
const JOBS_EVERY: Duration = Duration::from_secs(3_600);
/// Versions of each tenant's facts that stay: a week of one change a minute. A node further behind reads all facts of the tenant
/// anew, which takes seconds.
pub(super) const VERSIONS_KEPT: u32 = 10_000;

/// One job at a time: a second job would find nothing to remove. To remove many rows may take minutes.
const LIMITS: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(600),
    keep_done: Duration::from_secs(7 * 86_400),
    ..Limits::DEFAULT
};

/// These jobs have no input.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Nothing {}

/// Removes all but the latest versions of the facts of each tenant.
pub struct PruneFactLog(pub Store);

impl JobKind for PruneFactLog {
    const KIND: &'static str = "prune_fact_log";
    const LIMITS: Limits = LIMITS;
    type Payload = Nothing;

    async fn run(&self, _: JobContext, Nothing {}: Nothing) -> Result<(), JobError> {
        let versions = read::prune_log(&self.0, VERSIONS_KEPT).await?;
        if versions > 0 {
            tracing::debug!(versions, "old versions of facts removed");
        }
        Ok(())
    }
}

/// Removes lines of the audit that are older than `audit.keep_days`.
pub struct PruneAudit {
    /// Where the audit is.
    pub store: Store,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Age in days from which lines are removed.
    pub keep_days: u32,
}

impl JobKind for PruneAudit {
    const KIND: &'static str = "prune_audit";
    const LIMITS: Limits = LIMITS;
    type Payload = Nothing;

    async fn run(&self, _: JobContext, Nothing {}: Nothing) -> Result<(), JobError> {
        let before_ms = self.clock.now_ms() - i64::from(self.keep_days) * 86_400_000;
        let lines = audit::prune(&self.store, before_ms).await?;
        if lines > 0 {
            tracing::info!(lines, "old lines of the audit removed");
        }
        Ok(())
    }
}

/// Removes jobs whose retention has ended.
struct PruneJobs {
    store: Store,
    clock: Arc<dyn Clock>,
    /// Each kind, and how long its done and its dead jobs are kept, in milliseconds.
    kinds: Vec<(&'static str, i64, i64)>,
}

impl JobKind for PruneJobs {
    const KIND: &'static str = "prune_jobs";
    const LIMITS: Limits = LIMITS;
    type Payload = Nothing;

    async fn run(&self, _: JobContext, Nothing {}: Nothing) -> Result<(), JobError> {
        let now_ms = self.clock.now_ms();
        for (kind, keep_done_ms, keep_dead_ms) in &self.kinds {
            jobs::prune(&self.store, kind, now_ms - keep_done_ms, now_ms - keep_dead_ms).await?;
        }
        // A release that is no longer in use stored jobs of these kinds, or a newer release whose nodes are not started yet.
        let known: Vec<&str> = self.kinds.iter().map(|(kind, ..)| *kind).collect();
        let [keep_done_ms, keep_dead_ms] = [Limits::DEFAULT.keep_done, Limits::DEFAULT.keep_dead].map(milliseconds);
        let removed = jobs::prune_unknown(&self.store, &known, now_ms - keep_done_ms, now_ms - keep_dead_ms).await?;
        if removed > 0 {
            tracing::info!(removed, "old jobs of kinds that this server does not know were removed");
        }
        Ok(())
    }
}

/// Adds the kind that removes jobs of all these kinds, and of itself.
pub(super) fn with_retention(kinds: Kinds, store: &Store, clock: &Arc<dyn Clock>) -> Kinds {
    let all = kinds.iter().map(|(kind, registered)| (kind, registered.limits)).chain([(PruneJobs::KIND, LIMITS)]);
    let kept = all.map(|(kind, limits)| (kind, milliseconds(limits.keep_done), milliseconds(limits.keep_dead)));
    let pruning = PruneJobs { store: store.clone(), clock: Arc::clone(clock), kinds: kept.collect() };
    kinds.every(JOBS_EVERY, pruning)
}

/// A duration as the database counts time.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
