//! One import: writes rows, and returns the result of each row.
//!
//! The transactions are short, so that they do not delay users who chat at the same time: the number of rows of a
//! transaction depends on the duration of the transaction before. Each transaction is one version of the tenant's facts. A
//! row is committed before its result is returned. An import that broke off can be repeated from its beginning, because rows
//! that are stored already change nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_policy::Vocabulary;
use causerie_protocol::{TenantId, UserId};
use serde_json::{Map, Value, json};

use super::{
    apply::{self, ApplyResult},
    dry_run::DryRun,
    fields::Fault,
    json_row,
    ndjson::Line,
    options::{DeleteLimit, Options},
    replace::{self, FactToRemove, Replace},
    report::{Answer, Result as Verdict, RowAnswer, Summary, Tally},
    row::{Row, type_and_id},
};
use crate::{
    audit::{self, Actor},
    clock::Clock,
    plain::counted,
    store::{
        Store, StoreError,
        queries::facts::{FactWrite, Outcome, read},
    },
};

/// The maximum number of rows in a transaction. The entry of a transaction in the log of facts then has at most about 500
/// KiB.
const ROWS_MAX: usize = 2_000;
/// The minimum of the computed number of rows in a transaction.
const ROWS_MIN: usize = 50;
/// The number of rows in the first transaction, and in each transaction that removes facts.
const ROWS_FIRST: usize = 200;
/// The approximate maximum of bytes of rows in a transaction.
const BYTES_MAX: usize = 256 * 1024;
/// The duration that a transaction should have. Messages of the same tenant wait for the transaction.
const TRANSACTION: Duration = Duration::from_millis(30);
/// The maximum number of attempts of a transaction, so that a short failure does not end an import of hours.
const ATTEMPTS_MAX: u32 = 5;
/// The pause before the second attempt. It doubles with each further attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The parts of the server that an import uses.
pub struct ImportDeps {
    /// The database.
    pub store: Store,
    /// The tenant to which the rows belong.
    pub tenant: TenantId,
    /// The vocabulary of the tenant's policy.
    pub vocabulary: Arc<Vocabulary>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The actor: an operator or a back end.
    pub by: Actor,
    /// Called after each commit.
    pub committed: Box<dyn Fn(Committed) + Send + Sync>,
}

/// The effect of one committed transaction.
pub struct Committed {
    /// Users who were changed and are not active. Their sessions must end.
    pub ended: Vec<UserId>,
    /// The new version of the tenant's facts; `None` if nothing changed that concerns rules or search.
    pub version: Option<u64>,
}

/// The reason why an import ended early, as a sentence for the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped(pub String);

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        if error.is_final() {
            return Self(error.to_string());
        }
        tracing::error!(%error, "an import stopped");
        Self("the database can't answer now; try again: rows that are written already will be unchanged".to_owned())
    }
}

/// A running import.
pub struct Import {
    deps: ImportDeps,
    options: Options,
    /// The rows that wait for the next transaction.
    pending: Vec<Pending>,
    pending_bytes: usize,
    /// The number of rows of the next transaction.
    rows_max: usize,
    tally: Tally,
    dry_run: Option<DryRun>,
    replace: Option<Replace>,
    /// The audit log contains the entry about the begin of the import.
    begin_is_recorded: bool,
}

/// A row that waits to be written.
struct Pending {
    /// The number of the row's line.
    line: u64,
    /// The type and the id of the fact, see [`type_and_id`].
    fact: (String, String),
    /// The row, or the reason why it is refused.
    row: Result<Row, Fault>,
}

impl Import {
    /// Begins an import; writes nothing yet.
    #[must_use]
    pub fn new(deps: ImportDeps, options: Options) -> Self {
        Self {
            pending: Vec::new(),
            pending_bytes: 0,
            rows_max: ROWS_FIRST,
            tally: Tally::default(),
            dry_run: options.dry_run.then(DryRun::default),
            replace: options.replace.clone().map(Replace::new),
            begin_is_recorded: false,
            deps,
            options,
        }
    }

    /// Adds the row of a line of NDJSON.
    pub fn take_line(&mut self, line: &Line) {
        self.take(line.number, json_row::read(line));
    }

    /// Adds a row. `line` is the number of its line; `fields` are its fields, or the reason why they can't be read.
    pub fn take(&mut self, line: u64, fields: Result<Map<String, Value>, Fault>) {
        let (fact, row) = match fields {
            Err(fault) => (Default::default(), Err(fault)),
            Ok(fields) => {
                self.pending_bytes += fields.iter().map(|(name, value)| name.len() + bytes(value)).sum::<usize>();
                (type_and_id(&fields), Row::read(fields, &self.deps.vocabulary, self.options.undeclared))
            }
        };
        self.pending.push(Pending { line, fact, row });
    }

    /// Whether enough rows wait for a transaction. If so, the caller must call [`Self::flush`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.pending.len() >= self.rows_max || self.pending_bytes >= BYTES_MAX
    }

    /// Whether rows were written, or the begin of the import was recorded in the audit log.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begin_is_recorded || self.tally.rows > 0
    }

    /// The counts of the rows written so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Writes the waiting rows. Returns the lines of the answer about them.
    ///
    /// # Errors
    /// [`Stopped`] if the database failed in every attempt. In this case none of the rows is written, unless a commit
    /// without an answer succeeded.
    pub async fn flush(&mut self) -> Result<Vec<Answer>, Stopped> {
        self.pending_bytes = 0;
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        let valid: Vec<(&(String, String), &Row)> =
            pending.iter().filter_map(|pending| Some((&pending.fact, pending.row.as_ref().ok()?))).collect();
        let begun = Instant::now();
        let mut verdicts = self.write(&valid).await?.into_iter();
        self.adapt_rows_max(pending.len(), begun.elapsed());

        let mut answers = Vec::new();
        for pending in pending {
            let verdict = match pending.row {
                Ok(_) => verdicts.next().unwrap_or(Ok(Verdict::Unchanged)),
                Err(fault) => Err(fault),
            };
            self.tally.count(*verdict.as_ref().unwrap_or(&Verdict::Refused));
            if self.options.lists_all_rows || verdict.is_err() {
                answers.push(Answer::Row(RowAnswer::new(pending.line, pending.fact, &verdict)));
            }
        }
        Ok(answers)
    }

    /// Writes valid rows in one transaction, which is tried several times. Returns the verdict on each row.
    async fn write(&mut self, rows: &[(&(String, String), &Row)]) -> Result<Vec<Result<Verdict, Fault>>, Stopped> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.record_begin().await?;
        let row_refs: Vec<&Row> = rows.iter().map(|(_, row)| *row).collect();
        let mut attempts = Attempts::default();
        let mut result = loop {
            match self.transaction(&row_refs).await {
                Ok(result) => break result,
                Err(error) => attempts.pause_after(error).await?,
            }
        };
        if let Some(replace) = &mut self.replace {
            replace.record(result.fact_keys, &self.deps.vocabulary);
        }
        if let Some(dry_run) = &mut self.dry_run {
            for (verdict, (fact, row)) in result.verdicts.iter_mut().zip(rows) {
                if let Ok(verdict) = verdict {
                    *verdict = dry_run.verdict(fact, row, *verdict);
                }
            }
            for (_, (fact, row)) in result.verdicts.iter().zip(rows).filter(|(verdict, _)| verdict.is_ok()) {
                dry_run.record_row(fact, row);
            }
            dry_run.record_created(result.created);
        }
        Ok(result.verdicts)
    }

    /// Writes rows in one transaction.
    async fn transaction(&self, rows: &[&Row]) -> Result<ApplyResult, StoreError> {
        let ImportDeps { store, tenant, vocabulary, clock, by, committed } = &self.deps;
        let write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let mut write = write.requested_by(by.key()).await?;
        let mut result = apply::apply(&mut write, vocabulary, rows, self.dry_run.as_ref()).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended: std::mem::take(&mut result.ended), version });
        }
        Ok(result)
    }

    /// Sets the number of rows with which the next transaction should take about `TRANSACTION`.
    fn adapt_rows_max(&mut self, rows: usize, took: Duration) {
        let target = rows as u128 * TRANSACTION.as_micros() / took.as_micros().max(1);
        // The number at most doubles, because one quick transaction does not mean that all are quick.
        self.rows_max = usize::try_from(target).unwrap_or(ROWS_MAX).min(self.rows_max * 2).clamp(ROWS_MIN, ROWS_MAX);
    }

    /// Removes the facts in the scope of `replace` that no row named. Must be called after the last row was written. Returns
    /// the lines of the answer about the removed facts.
    ///
    /// # Errors
    /// [`Stopped`] if a row was refused, if more facts would be removed than the limit allows, or if the database failed in
    /// every attempt. In the last case some of the facts may be removed already.
    pub async fn replace(&mut self) -> Result<Vec<Answer>, Stopped> {
        if self.replace.is_some() {
            self.record_begin().await?;
        }
        let Some(replace) = &self.replace else { return Ok(Vec::new()) };
        if self.tally.refused > 0 {
            // A refused row may be about a fact that is stored. The fact must not be removed because its row was refused.
            return Err(Stopped("rows were refused, so `replace` removed nothing".to_owned()));
        }
        let ImportDeps { store, tenant, vocabulary, .. } = &self.deps;
        let surplus = replace.surplus(store, *tenant, vocabulary).await?;
        let (removals, total, delete_limit) = (surplus.to_remove.len() as u64, surplus.total(), self.options.delete_limit);
        if removals > 0 && surplus.named == 0 && delete_limit == DeleteLimit::Cautious {
            let scope = self.options.replace.as_ref().map(ToString::to_string).unwrap_or_default();
            return Err(Stopped(format!(
                "no row is about `{scope}`, so `replace` would remove all {removals} facts of it, and removed nothing; if this is \
                 intended, set `delete_limit` to the highest number that may be removed"
            )));
        }
        let limit = delete_limit.removals_max(total);
        if removals > limit {
            return Err(Stopped(format!(
                "`replace` would remove {removals} of {total} facts and `delete_limit` allows {limit}, so it removed nothing; set \
                 `delete_limit` to the highest number that may be removed"
            )));
        }
        let mut answers = Vec::new();
        for facts in surplus.to_remove.chunks(ROWS_FIRST) {
            let mut attempts = Attempts::default();
            let outcomes = loop {
                match self.remove(facts).await {
                    Ok(outcomes) => break outcomes,
                    Err(error) => attempts.pause_after(error).await?,
                }
            };
            for ((id, _), _) in facts.iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Removed) {
                self.tally.removed += 1;
                if self.options.lists_all_rows {
                    answers.push(Answer::Row(RowAnswer::removed(replace.type_name(), id.clone())));
                }
            }
        }
        Ok(answers)
    }

    /// Removes facts in one transaction. Returns the outcome for each fact.
    async fn remove(&self, facts: &[(String, FactToRemove)]) -> Result<Vec<Outcome>, StoreError> {
        let ImportDeps { store, tenant, vocabulary, clock, by, committed } = &self.deps;
        let write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let mut write = write.requested_by(by.key()).await?;
        let (outcomes, ended) = replace::remove(&mut write, facts, vocabulary).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended, version });
        }
        Ok(outcomes)
    }

    /// Returns the last line of the answer, and records the end of the import in the audit log.
    pub async fn summary(&self, stopped: Option<Stopped>) -> Answer {
        let tenant = self.deps.tenant;
        if !self.options.dry_run
            && let Err(error) =
                self.record_in_audit("import", [("rows", json!(self.tally)), ("stopped", json!(stopped.is_some()))]).await
        {
            tracing::error!(%error, %tenant, "an import could not be noted in the audit");
        }
        let versions = read::versions(self.deps.store.reader(), &[tenant]).await;
        let facts_version =
            versions.ok().map(|versions| versions.get(&tenant).map_or(0, |version| version.facts).to_string());
        let stopped =
            stopped.map(|Stopped(reason)| format!("{reason} ({} written)", counted(self.tally.rows, "row is", "rows are")));
        Answer::Summary { summary: Summary { tally: self.tally, dry_run: self.options.dry_run, facts_version, stopped } }
    }

    /// Records the begin of the import in the audit log before anything is written, so that an import that is killed has an
    /// entry too.
    async fn record_begin(&mut self) -> Result<(), Stopped> {
        if self.begin_is_recorded || self.options.dry_run {
            return Ok(());
        }
        let mut attempts = Attempts::default();
        while let Err(error) = self.record_in_audit("import.begin", []).await {
            attempts.pause_after(error).await?;
        }
        self.begin_is_recorded = true;
        Ok(())
    }

    /// Adds an entry about the import to the audit log.
    async fn record_in_audit<const N: usize>(&self, action: &str, detail: [(&str, Value); N]) -> Result<(), StoreError> {
        let ImportDeps { store, tenant, clock, by, .. } = &self.deps;
        let mut entry = audit::done(by.name(), action, "", detail, clock.now_ms());
        let scope = self.options.replace.as_ref().map(ToString::to_string);
        entry.detail.insert("replace".to_owned(), json!(scope));
        audit::record(store, *tenant, entry).await
    }
}

/// The failed attempts of a transaction. A transaction that failed may nevertheless have been committed; the next attempt
/// then changes nothing.
#[derive(Default)]
struct Attempts {
    failures: u32,
}

impl Attempts {
    /// Waits before the next attempt.
    ///
    /// # Errors
    /// This error if it was the last attempt, or if another attempt would fail too.
    async fn pause_after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.failures += 1;
        if self.failures == ATTEMPTS_MAX || error.is_final() {
            return Err(error);
        }
        tracing::warn!(%error, "a transaction of an import failed and is run again");
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(self.failures - 1)).await;
        Ok(())
    }
}

/// The approximate size of a value, in bytes.
fn bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes).sum(),
        _ => 8,
    }
}
