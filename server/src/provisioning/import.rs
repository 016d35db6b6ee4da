//! One import: rows in, what became of them out.
//!
//! Rows are written in transactions small enough that people who chat meanwhile do not notice: their size follows from how
//! long the last one took. Each is one version of the tenant's facts. What was answered is done; a run that broke off may
//! be run again from its beginning, since what is there already is left as it is.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_policy::Vocabulary;
use causerie_protocol::{TenantId, UserId};
use serde_json::{Map, Value, json};

use super::{
    apply::{self, Done},
    dry::Dry,
    fields::Fault,
    json_row,
    ndjson::Line,
    options::{DeleteLimit, Options},
    replace::{self, Going, Replace},
    report::{Answer, Result as Verdict, RowAnswer, Summary, Tally},
    row::{Row, named},
};
use crate::{
    audit,
    clock::Clock,
    plain::counted,
    store::{
        Store, StoreError,
        queries::facts::{FactWrite, Outcome, read},
    },
};

/// Rows of a transaction: at most, at least, and to begin with. The log of one is one row of at most some 500 KiB.
const ROWS_MAX: usize = 2_000;
const ROWS_MIN: usize = 50;
const ROWS_FIRST: usize = 200;
/// Bytes of the rows of a transaction.
const BYTES_MAX: usize = 256 * 1024;
/// How long a transaction should take: sends of the same tenant wait for it.
const TRANSACTION: Duration = Duration::from_millis(30);
/// A transaction that failed is run again, after a pause that doubles: a moment's trouble need not end hours of work.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What an import works with.
pub struct ImportDeps {
    /// The database.
    pub store: Store,
    /// Whose facts.
    pub tenant: TenantId,
    /// The words of the tenant's policy.
    pub words: Arc<Vocabulary>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Who imports, for the audit.
    pub by: String,
    /// Told after each commit.
    pub committed: Box<dyn Fn(Committed) + Send + Sync>,
}

/// A transaction was committed.
pub struct Committed {
    /// People who may be here no longer.
    pub ended: Vec<UserId>,
    /// The version of the tenant's facts; absent where nothing changed that concerns rules or search.
    pub version: Option<u64>,
}

/// Why an import ends early. For the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped(pub String);

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "an import stopped");
        Self("the database can't answer now; try again, what is done will be left as it is".to_owned())
    }
}

/// An import under way.
pub struct Import {
    deps: ImportDeps,
    options: Options,
    pending: Vec<Pending>,
    pending_bytes: usize,
    rows_max: usize,
    tally: Tally,
    dry: Option<Dry>,
    replace: Option<Replace>,
    /// That it began is in the audit.
    is_noted: bool,
}

/// A row that waits to be written.
struct Pending {
    line: u64,
    named: (String, String),
    row: Result<Row, Fault>,
}

impl Import {
    /// Begins; nothing is done yet.
    #[must_use]
    pub fn new(deps: ImportDeps, options: Options) -> Self {
        Self {
            pending: Vec::new(),
            pending_bytes: 0,
            rows_max: ROWS_FIRST,
            tally: Tally::default(),
            dry: options.dry_run.then(Dry::default),
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

    /// Takes a row: its line, and what it says.
    pub fn take(&mut self, line: u64, said: Result<Map<String, Value>, Fault>) {
        let (named, row) = match said {
            Err(fault) => (Default::default(), Err(fault)),
            Ok(said) => {
                self.pending_bytes += said.iter().map(|(name, value)| name.len() + bytes(value)).sum::<usize>();
                (named(&said), Row::read(said, &self.deps.words))
            }
        };
        self.pending.push(Pending { line, named, row });
    }

    /// Enough rows wait: [`Self::flush`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.pending.len() >= self.rows_max || self.pending_bytes >= BYTES_MAX
    }

    /// Rows were written, or it is in the audit that they are to be.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.is_noted || self.tally.rows > 0
    }

    /// What became of the rows written so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Writes the rows that wait. What is to be told of them.
    ///
    /// # Errors
    /// When the database fails; none of them is written then.
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
            if self.options.tell_all || verdict.is_err() {
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
        let mut done = loop {
            match self.transaction(&only).await {
                Ok(done) => break done,
                Err(error) => patience.after(error).await?,
            }
        };
        if let Some(replace) = &mut self.replace {
            replace.keep(done.named, &self.deps.words);
        }
        if let Some(dry) = &mut self.dry {
            for (verdict, (named, row)) in done.verdicts.iter_mut().zip(rows) {
                if let Ok(verdict) = verdict {
                    *verdict = dry.judge(named, row, *verdict);
                }
            }
            for (_, (named, row)) in done.verdicts.iter().zip(rows).filter(|(verdict, _)| verdict.is_ok()) {
                dry.keep(named, row);
            }
            dry.keep_made(done.made);
        }
        Ok(done.verdicts)
    }

    async fn transaction(&self, rows: &[&Row]) -> Result<Done, StoreError> {
        let ImportDeps { store, tenant, words, clock, committed, .. } = &self.deps;
        let mut write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let mut done = apply::apply(&mut write, words, rows, self.dry.as_ref()).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended: std::mem::take(&mut done.ended), version });
        }
        Ok(done)
    }

    /// As many rows as the next transaction may hold to take about its time.
    fn adapt(&mut self, rows: usize, took: Duration) {
        let fit = rows as u128 * TRANSACTION.as_micros() / took.as_micros().max(1);
        // Not more than twice as many at once: one quick transaction says little.
        self.rows_max = usize::try_from(fit).unwrap_or(ROWS_MAX).min(self.rows_max * 2).clamp(ROWS_MIN, ROWS_MAX);
    }

    /// After the last row: removes what the scope of `replace` holds and no row named. What is to be told of it.
    ///
    /// # Errors
    /// When rows were refused, when it would remove more than the limit, or when the database fails; in the last case some
    /// of it may be done.
    pub async fn replace(&mut self) -> Result<Vec<Answer>, Stopped> {
        if self.replace.is_some() {
            self.note_begin().await?;
        }
        let Some(replace) = &self.replace else { return Ok(Vec::new()) };
        if self.tally.refused > 0 {
            // A row that could not be read names nobody, and whom it meant must not go for it.
            return Err(Stopped("rows were refused, so `replace` removed nothing".to_owned()));
        }
        let ImportDeps { store, tenant, words, .. } = &self.deps;
        let surplus = replace.surplus(store, *tenant, words).await?;
        let (going, total, said) = (surplus.going.len() as u64, surplus.total(), self.options.delete_limit);
        if going > 0 && surplus.named == 0 && said == DeleteLimit::Cautious {
            let scope = self.options.replace.as_ref().map(ToString::to_string).unwrap_or_default();
            return Err(Stopped(format!(
                "no row is about `{scope}`, so `replace` would remove all there are ({going}), and removed nothing; if that is \
                 meant, `delete_limit` says how many may go"
            )));
        }
        let limit = said.of(total);
        if going > limit {
            return Err(Stopped(format!(
                "`replace` would remove {going} of {total} where at most {limit} may go, so it removed nothing; \
                 `delete_limit` says how many may"
            )));
        }
        let mut answers = Vec::new();
        for going in surplus.going.chunks(ROWS_FIRST) {
            let mut patience = Patience::default();
            let outcomes = loop {
                match self.removal(going).await {
                    Ok(outcomes) => break outcomes,
                    Err(error) => patience.after(error).await?,
                }
            };
            for ((id, _), _) in going.iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Removed) {
                self.tally.removed += 1;
                if self.options.tell_all {
                    answers.push(Answer::Row(RowAnswer::removed(replace.type_name(), id.clone())));
                }
            }
        }
        Ok(answers)
    }

    async fn removal(&self, going: &[(String, Going)]) -> Result<Vec<Outcome>, StoreError> {
        let ImportDeps { store, tenant, words, clock, committed, .. } = &self.deps;
        let mut write = FactWrite::begin_bulk(store, *tenant, clock.now_ms()).await?;
        let (outcomes, ended) = replace::remove(&mut write, going, words).await?;
        if self.options.dry_run {
            write.rollback().await?;
        } else {
            let version = write.commit().await?;
            committed(Committed { ended, version });
        }
        Ok(outcomes)
    }

    /// The last line of the answer. What was done is also noted in the audit.
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
        let stopped = stopped.map(|Stopped(why)| format!("{why} ({} done)", counted(self.tally.rows, "row is", "rows are")));
        Answer::Summary { summary: Summary { tally: self.tally, dry_run: self.options.dry_run, facts_version, stopped } }
    }

    /// Before anything is done: of an import that dies there is a line, too.
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
        let mut entry = audit::done(by, action, "", detail, clock.now_ms());
        let scope = self.options.replace.as_ref().map(ToString::to_string);
        entry.detail.insert("replace".to_owned(), json!(scope));
        audit::record(store, *tenant, entry).await
    }
}

/// How often a transaction was tried. One whose end is not known may have been done: the next finds nothing to do.
#[derive(Default)]
struct Patience {
    failures: u32,
}

impl Patience {
    /// Waits before the next try; after the last, the error.
    async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.failures += 1;
        if self.failures == TRIES {
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
