//! One import: takes rows and returns what became of them.
//!
//! Rows are written in transactions that are short enough not to delay users who chat meanwhile: the number of rows of a
//! transaction follows from the time that the last one took. Each transaction is one version of the tenant's facts. Rows
//! that were answered are committed. An import that broke off can be run again from its beginning, because rows that are
//! stored already change nothing.

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
    row::{Row, named},
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

/// The most, the fewest and the first number of rows in a transaction. Its entry in the log of facts has at most about 500
/// KiB.
const ROWS_MAX: usize = 2_000;
const ROWS_MIN: usize = 50;
const ROWS_FIRST: usize = 200;
/// The most bytes of rows in a transaction.
const BYTES_MAX: usize = 256 * 1024;
/// The time that a transaction should take: sends of the same tenant wait for it.
const TRANSACTION: Duration = Duration::from_millis(30);
/// How often a failing transaction is tried, with a pause that doubles each time: a short failure must not end hours of
/// work.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What an import depends on.
pub struct ImportDeps {
    /// The database.
    pub store: Store,
    /// The tenant whose facts the rows are.
    pub tenant: TenantId,
    /// The words of the tenant's policy.
    pub words: Arc<Vocabulary>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The actor: an operator or a back end.
    pub by: Actor,
    /// Called after each commit.
    pub committed: Box<dyn Fn(Committed) + Send + Sync>,
}

/// The effect of one committed transaction.
pub struct Committed {
    /// Users who were changed and are not active: their sessions must end.
    pub ended: Vec<UserId>,
    /// The new version of the tenant's facts; absent if nothing changed that concerns rules or search.
    pub version: Option<u64>,
}

/// Why an import ended early: a sentence for the summary.
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
    pending: Vec<Pending>,
    pending_bytes: usize,
    rows_max: usize,
    tally: Tally,
    dry_run: Option<DryRun>,
    replace: Option<Replace>,
    /// The audit holds an entry that the import began.
    is_noted: bool,
}

/// A row that waits to be written.
struct Pending {
    line: u64,
    named: (String, String),
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
            is_noted: false,
            deps,
            options,
        }
    }

    /// Takes a line of NDJSON.
    pub fn take_line(&mut self, line: &Line) {
        self.take(line.number, json_row::read(line));
    }

    /// Takes a row: the number of its line, and its fields or the reason why the line has none.
    pub fn take(&mut self, line: u64, fields: Result<Map<String, Value>, Fault>) {
        let (named, row) = match fields {
            Err(fault) => (Default::default(), Err(fault)),
            Ok(fields) => {
                self.pending_bytes += fields.iter().map(|(name, value)| name.len() + bytes(value)).sum::<usize>();
                (named(&fields), Row::read(fields, &self.deps.words, self.options.undeclared))
            }
        };
        self.pending.push(Pending { line, named, row });
    }

    /// Whether enough rows wait for a transaction: the caller must call [`Self::flush`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.pending.len() >= self.rows_max || self.pending_bytes >= BYTES_MAX
    }

    /// Whether rows were written, or the audit has an entry that the import began.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.is_noted || self.tally.rows > 0
    }

    /// The counts of the rows written so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Writes the rows that wait. Returns the lines to send for them.
    ///
    /// # Errors
    /// [`Stopped`] if the database failed in every try; none of the rows is written then.
    pub async fn flush(&mut self) -> Result<Vec<Answer>, Stopped> {
        self.pending_bytes = 0;
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        let good: Vec<(&(String, String), &Row)> =
            pending.iter().filter_map(|one| Some((&one.named, one.row.as_ref().ok()?))).collect();
        let begun = Instant::now();
        let mut verdicts = self.write(&good).await?.into_iter();
        self.adapt(pending.len(), begun.elapsed());

        let mut answers = Vec::new();
        for one in pending {
            let verdict = match one.row {
                Ok(_) => verdicts.next().unwrap_or(Ok(Verdict::Unchanged)),
                Err(fault) => Err(fault),
            };
            self.tally.count(*verdict.as_ref().unwrap_or(&Verdict::Refused));
            if self.options.lists_all_rows || verdict.is_err() {
                answers.push(Answer::Row(RowAnswer::new(one.line, one.named, &verdict)));
            }
        }
        Ok(answers)
    }

    async fn write(&mut self, rows: &[(&(String, String), &Row)]) -> Result<Vec<Result<Verdict, Fault>>, Stopped> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.note_begin().await?;
        let only: Vec<&Row> = rows.iter().map(|(_, row)| *row).collect();
        let mut patience = Patience::default();
        let mut result = loop {
            match self.transaction(&only).await {
                Ok(result) => break result,
                Err(error) => patience.after(error).await?,
            }
        };
        if let Some(replace) = &mut self.replace {
            replace.record(result.fact_keys, &self.deps.words);
        }
        if let Some(dry_run) = &mut self.dry_run {
            for (verdict, (named, row)) in result.verdicts.iter_mut().zip(rows) {
                if let Ok(verdict) = verdict {
                    *verdict = dry_run.verdict(named, row, *verdict);
                }
            }
            for (_, (named, row)) in result.verdicts.iter().zip(rows).filter(|(verdict, _)| verdict.is_ok()) {
                dry_run.record_row(named, row);
            }
            dry_run.record_created(result.created);
        }
        Ok(result.verdicts)
    }

    async fn transaction(&self, rows: &[&Row]) -> Result<ApplyResult, StoreError> {
        let ImportDeps { store, tenant, words, clock, by, committed } = &self.deps;
        let write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let mut write = write.requested_by(by.key()).await?;
        let mut result = apply::apply(&mut write, words, rows, self.dry_run.as_ref()).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended: std::mem::take(&mut result.ended), version });
        }
        Ok(result)
    }

    /// Sets the number of rows with which the next transaction should take about `TRANSACTION`.
    fn adapt(&mut self, rows: usize, took: Duration) {
        let fit = rows as u128 * TRANSACTION.as_micros() / took.as_micros().max(1);
        // At most twice as many as before: one quick transaction says little.
        self.rows_max = usize::try_from(fit).unwrap_or(ROWS_MAX).min(self.rows_max * 2).clamp(ROWS_MIN, ROWS_MAX);
    }

    /// Must be called after the last row: removes the facts in the scope of `replace` that no row named. Returns the lines
    /// to send for them.
    ///
    /// # Errors
    /// [`Stopped`] if a row was refused, if more facts would be removed than the limit allows, or if the database failed in
    /// every try; in the last case some of the facts may be removed already.
    pub async fn replace(&mut self) -> Result<Vec<Answer>, Stopped> {
        if self.replace.is_some() {
            self.note_begin().await?;
        }
        let Some(replace) = &self.replace else { return Ok(Vec::new()) };
        if self.tally.refused > 0 {
            // A row that could not be read names nothing; the fact that it meant must not be removed for that reason.
            return Err(Stopped("rows were refused, so `replace` removed nothing".to_owned()));
        }
        let ImportDeps { store, tenant, words, .. } = &self.deps;
        let surplus = replace.surplus(store, *tenant, words).await?;
        let (going, total, delete_limit) = (surplus.to_remove.len() as u64, surplus.total(), self.options.delete_limit);
        if going > 0 && surplus.named == 0 && delete_limit == DeleteLimit::Cautious {
            let scope = self.options.replace.as_ref().map(ToString::to_string).unwrap_or_default();
            return Err(Stopped(format!(
                "no row is about `{scope}`, so `replace` would remove all {going} facts of it, and removed nothing; if this is \
                 intended, set `delete_limit` to the highest number that may be removed"
            )));
        }
        let limit = delete_limit.of(total);
        if going > limit {
            return Err(Stopped(format!(
                "`replace` would remove {going} of {total} facts and `delete_limit` allows {limit}, so it removed nothing; set \
                 `delete_limit` to the highest number that may be removed"
            )));
        }
        let mut answers = Vec::new();
        for going in surplus.to_remove.chunks(ROWS_FIRST) {
            let mut patience = Patience::default();
            let outcomes = loop {
                match self.removal(going).await {
                    Ok(outcomes) => break outcomes,
                    Err(error) => patience.after(error).await?,
                }
            };
            for ((id, _), _) in going.iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Removed) {
                self.tally.removed += 1;
                if self.options.lists_all_rows {
                    answers.push(Answer::Row(RowAnswer::removed(replace.type_name(), id.clone())));
                }
            }
        }
        Ok(answers)
    }

    async fn removal(&self, going: &[(String, FactToRemove)]) -> Result<Vec<Outcome>, StoreError> {
        let ImportDeps { store, tenant, words, clock, by, committed } = &self.deps;
        let write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let mut write = write.requested_by(by.key()).await?;
        let (outcomes, ended) = replace::remove(&mut write, going, words).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended, version });
        }
        Ok(outcomes)
    }

    /// The last line of the answer. It also records the end of the import in the audit.
    pub async fn summary(&self, stopped: Option<Stopped>) -> Answer {
        let tenant = self.deps.tenant;
        if !self.options.dry_run
            && let Err(error) =
                self.note("import", [("rows", json!(self.tally)), ("stopped", json!(stopped.is_some()))]).await
        {
            tracing::error!(%error, %tenant, "an import could not be noted in the audit");
        }
        let versions = read::versions(self.deps.store.reader(), &[tenant]).await;
        let facts_version =
            versions.ok().map(|versions| versions.get(&tenant).map_or(0, |version| version.facts).to_string());
        let stopped =
            stopped.map(|Stopped(why)| format!("{why} ({} written)", counted(self.tally.rows, "row is", "rows are")));
        Answer::Summary { summary: Summary { tally: self.tally, dry_run: self.options.dry_run, facts_version, stopped } }
    }

    /// Records the begin of the import in the audit before anything is written, so that an import that dies also has an
    /// entry.
    async fn note_begin(&mut self) -> Result<(), Stopped> {
        if self.is_noted || self.options.dry_run {
            return Ok(());
        }
        let mut patience = Patience::default();
        while let Err(error) = self.note("import.begin", []).await {
            patience.after(error).await?;
        }
        self.is_noted = true;
        Ok(())
    }

    async fn note<const N: usize>(&self, action: &str, detail: [(&str, Value); N]) -> Result<(), StoreError> {
        let ImportDeps { store, tenant, clock, by, .. } = &self.deps;
        let mut entry = audit::done(by.name(), action, "", detail, clock.now_ms());
        let scope = self.options.replace.as_ref().map(ToString::to_string);
        entry.detail.insert("replace".to_owned(), json!(scope));
        audit::record(store, *tenant, entry).await
    }
}

/// How often a transaction failed. A failed transaction may have been committed; the next try then changes nothing.
#[derive(Default)]
struct Patience {
    failures: u32,
}

impl Patience {
    /// Waits before the next try. After the last try it returns the error.
    async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.failures += 1;
        if self.failures == TRIES || error.is_final() {
            return Err(error);
        }
        tracing::warn!(%error, "a transaction of an import failed and is run again");
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(self.failures - 1)).await;
        Ok(())
    }
}

fn bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes).sum(),
        _ => 8,
    }
}
