//! Kinds of jobs that remove old rows at intervals: versions of facts, entries of the audit log, and jobs whose retention
//! has ended.

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

/// The interval at which old versions of facts are removed.
pub const FACT_LOG_EVERY: Duration = Duration::from_secs(3_600);
/// The interval at which old entries of the audit log are removed.
pub const AUDIT_EVERY: Duration = Duration::from_secs(86_400);
/// The interval at which old jobs are removed.
const JOBS_EVERY: Duration = Duration::from_secs(3_600);
/// The number of versions of each tenant's facts that are kept: a week with one change per minute. A node that lacks more
/// versions reads all facts of the tenant again, which takes seconds.
pub(super) const VERSIONS_KEPT: u32 = 10_000;

/// The limits of these kinds. One job runs at a time, because a second job would find nothing to remove. The removal of many
/// rows may take minutes.
const LIMITS: Limits = Limits {
    concurrency: 1,
    timeout: Duration::from_secs(600),
    keep_done: Duration::from_secs(7 * 86_400),
    ..Limits::DEFAULT
};

/// The payload of jobs without input.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct NoPayload {}

/// Removes all but the latest versions of the facts of each tenant.
pub struct PruneFactLog(pub Store);

impl JobKind for PruneFactLog {
    const KIND: &'static str = "prune_fact_log";
    const LIMITS: Limits = LIMITS;
    type Payload = NoPayload;

    async fn run(&self, _: JobContext, NoPayload {}: NoPayload) -> Result<(), JobError> {
        let versions = read::prune_log(&self.0, VERSIONS_KEPT).await?;
        if versions > 0 {
            tracing::debug!(versions, "old versions of facts removed");
        }
        Ok(())
    }
}

/// Removes entries of the audit log that are older than `audit.keep_days`.
pub struct PruneAudit {
    /// The database.
    pub store: Store,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The age in days from which entries are removed.
    pub keep_days: u32,
}

impl JobKind for PruneAudit {
    const KIND: &'static str = "prune_audit";
    const LIMITS: Limits = LIMITS;
    type Payload = NoPayload;

    async fn run(&self, _: JobContext, NoPayload {}: NoPayload) -> Result<(), JobError> {
        let before_ms = self.clock.now_ms() - i64::from(self.keep_days) * 86_400_000;
        let lines = audit::prune(&self.store, before_ms).await?;
        if lines > 0 {
            tracing::info!(lines, "old entries of the audit log removed");
        }
        Ok(())
    }
}

/// Removes jobs whose retention has ended.
struct PruneJobs {
    store: Store,
    clock: Arc<dyn Clock>,
    /// For each kind its name, the retention of its done jobs and the retention of its dead jobs, in milliseconds.
    kinds: Vec<(&'static str, i64, i64)>,
}

impl JobKind for PruneJobs {
    const KIND: &'static str = "prune_jobs";
    const LIMITS: Limits = LIMITS;
    type Payload = NoPayload;

    async fn run(&self, _: JobContext, NoPayload {}: NoPayload) -> Result<(), JobError> {
        let now_ms = self.clock.now_ms();
        for (kind, keep_done_ms, keep_dead_ms) in &self.kinds {
            jobs::prune(&self.store, kind, now_ms - keep_done_ms, now_ms - keep_dead_ms).await?;
        }
        // Jobs of other kinds were stored by a release that is no longer in use, or by a newer release of which no node runs
        // at present.
        let known: Vec<&str> = self.kinds.iter().map(|(kind, ..)| *kind).collect();
        let [keep_done_ms, keep_dead_ms] = [Limits::DEFAULT.keep_done, Limits::DEFAULT.keep_dead].map(milliseconds);
        let removed = jobs::prune_unknown(&self.store, &known, now_ms - keep_done_ms, now_ms - keep_dead_ms).await?;
        if removed > 0 {
            tracing::info!(removed, "old jobs of kinds that this server does not know were removed");
        }
        Ok(())
    }
}

/// Adds the kind that removes old jobs of all these kinds and old jobs of its own.
pub(super) fn with_retention(kinds: Kinds, store: &Store, clock: &Arc<dyn Clock>) -> Kinds {
    let all = kinds.iter().map(|(kind, registered)| (kind, registered.limits)).chain([(PruneJobs::KIND, LIMITS)]);
    let retentions = all.map(|(kind, limits)| (kind, milliseconds(limits.keep_done), milliseconds(limits.keep_dead)));
    let prune_jobs = PruneJobs { store: store.clone(), clock: Arc::clone(clock), kinds: retentions.collect() };
    kinds.every(JOBS_EVERY, prune_jobs)
}

/// A duration in milliseconds.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
