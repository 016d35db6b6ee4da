//! `causerie import`: imports rows from files, directly into the database, with the same code as `POST /v1/import`.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;

use super::{Outcome, Settings, clock, operator};
use crate::{
    facts,
    plain::{counted, isolated},
    provisioning::{
        Answer, DeleteLimit, Import, ImportDeps, ImportLocks, Options, RowAnswer, Scope, Stopped, Tally, Type, Undeclared,
        csv::CsvRows, ndjson::Lines,
    },
    store::Store,
};

/// The number of bytes per read.
const PIECE_BYTES: usize = 64 * 1024;
/// The minimum time between two printed lines about the progress.
const PROGRESS: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(super) struct ImportFiles {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// Answer the same, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// The files hold everything in this scope: users, groups, memberships, memberships:GROUP, edges, relations:NAME. What
    /// no row names is removed.
    #[arg(long, value_name = "SCOPE", value_parser = |text: &str| Scope::parse(text).map_err(|fault| fault.message))]
    replace: Option<Scope>,
    /// How many --replace may remove: 250, or 5% of what there is. Without it: a tenth, or 20 if that is more, but never
    /// more than half of what there is; and nothing where no row names anything of the scope.
    #[arg(long, value_name = "N", value_parser = |text: &str| DeleteLimit::parse(text).map_err(|fault| fault.message))]
    delete_limit: Option<DeleteLimit>,
    /// Store rows whose roles, kinds, relations or settings the policy does not declare; they have no effect until it does.
    /// For the rows of an export. Without it, such rows are refused.
    #[arg(long)]
    keep_undeclared: bool,
    /// The type of the rows in CSV files that have no column `type`.
    #[arg(long, value_parser = row_type)]
    r#type: Option<Type>,
    /// Files of rows, .ndjson or .csv; - for NDJSON from standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl ImportFiles {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        check_readable(&self.files)?;
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let tenant = tenant.id;
        let policy = facts::policy(&store, tenant).await?;
        let lock = ImportLocks::default().take(&store, tenant).await?;
        let _lock = lock.ok_or_else(|| {
            format!("another import of tenant `{}` is under way: try again when it has ended", self.tenant)
        })?;
        let options = Options {
            dry_run: self.dry_run,
            replace: self.replace.clone(),
            delete_limit: self.delete_limit.unwrap_or_default(),
            lists_all_rows: false,
            undeclared: if self.keep_undeclared { Undeclared::Keep } else { Undeclared::Refuse },
        };
        let deps = ImportDeps {
            store: store.clone(),
            tenant,
            vocabulary: Arc::clone(policy.vocabulary()),
            clock: clock(),
            by: operator(),
            // Nothing is called after a commit: running nodes detect the new version of the facts, and the users who may no
            // longer be connected, themselves.
            committed: Box::new(|_| ()),
        };
        let mut run = ImportRun {
            import: Import::new(deps, options),
            store,
            begun: Instant::now(),
            progress_printed_at: Instant::now(),
        };
        let stopped = run.files(&self.files, self.r#type).await.err();
        if let Some(Stopped(reason)) = &stopped
            && !run.import.has_begun()
        {
            // A summary with zero rows would look like a successful import.
            return Err(reason.clone().into());
        }
        let tally = run.end(stopped.clone()).await;
        match stopped {
            Some(Stopped(reason)) => Err(reason.into()),
            None if tally.refused > 0 => Err(format!("{} refused", counted(tally.refused, "row was", "rows were")).into()),
            None => Ok(()),
        }
    }
}

/// A running import of files.
struct ImportRun {
    import: Import,
    store: Store,
    begun: Instant,
    /// When a line about the progress was last printed.
    progress_printed_at: Instant,
}

impl ImportRun {
    /// Imports the files, and then removes the facts that `--replace` selects.
    async fn files(&mut self, files: &[PathBuf], default_type: Option<Type>) -> Result<(), Stopped> {
        for path in files {
            let stopped = |reason: String| Stopped(format!("{}: {reason}", path.display()));
            if path == Path::new("-") {
                self.ndjson(path, io::stdin().lock()).await?;
                continue;
            }
            let file = File::open(path).map_err(|error| stopped(error.to_string()))?;
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("csv") => self.csv(path, CsvRows::new(file, default_type).map_err(stopped)?).await?,
                Some("ndjson" | "jsonl") => self.ndjson(path, file).await?,
                _ => {
                    return Err(stopped(
                        "the name of the file must end in .ndjson, .jsonl or .csv, which tells how to read it".to_owned(),
                    ));
                }
            }
        }
        let answers = self.import.replace().await?;
        print_answers(Path::new(""), &answers);
        Ok(())
    }

    /// Imports a file of NDJSON.
    async fn ndjson(&mut self, path: &Path, mut file: impl Read) -> Result<(), Stopped> {
        let mut lines = Lines::default();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let read = file.read(&mut piece).map_err(|error| Stopped(format!("{}: {error}", path.display())))?;
            let ended = if read == 0 { Vec::from_iter(lines.end()) } else { lines.push(&piece[..read]) };
            for line in ended {
                self.import.take_line(&line);
                self.flush_if_full(path).await?;
            }
            if read == 0 {
                return self.flush(path).await;
            }
        }
    }

    /// Imports a CSV file.
    async fn csv(&mut self, path: &Path, rows: CsvRows<File>) -> Result<(), Stopped> {
        for row in rows {
            let row = row.map_err(|reason| Stopped(format!("{}: {reason}", path.display())))?;
            self.import.take(row.line, row.fields);
            self.flush_if_full(path).await?;
        }
        self.flush(path).await
    }

    async fn flush_if_full(&mut self, path: &Path) -> Result<(), Stopped> {
        if self.import.is_full() { self.flush(path).await } else { Ok(()) }
    }

    /// Writes the waiting rows, and prints the refused rows and, if it is time, the progress.
    async fn flush(&mut self, path: &Path) -> Result<(), Stopped> {
        let begun = Instant::now();
        print_answers(path, &self.import.flush().await?);
        if self.progress_printed_at.elapsed() >= PROGRESS {
            self.progress_printed_at = Instant::now();
            let rows = self.import.tally().rows;
            eprintln!("{}, {:.0} per second", counted(rows, "row", "rows"), per_second(rows, self.begun.elapsed()));
        }
        if self.store.is_embedded() {
            // Two processes that use the same SQLite database retry until they get its lock. Without pauses, an import would
            // block a running server.
            tokio::time::sleep(begun.elapsed()).await;
        }
        Ok(())
    }

    /// Prints the summary.
    async fn end(&self, stopped: Option<Stopped>) -> Tally {
        let (tally, took) = (self.import.tally(), self.begun.elapsed());
        if let Ok(summary) = serde_json::to_string(&self.import.summary(stopped).await) {
            println!("{summary}");
        }
        let (rows, seconds) = (counted(tally.rows, "row", "rows"), took.as_secs_f64());
        eprintln!("{rows} in {seconds:.1} s, {:.0} per second", per_second(tally.rows, took));
        tally
    }
}

#[allow(clippy::cast_precision_loss)] // printed for a reader
fn per_second(rows: u64, took: Duration) -> f64 {
    rows as f64 / took.as_secs_f64().max(0.001)
}

/// Prints the refused rows.
fn print_answers(path: &Path, answers: &[Answer]) {
    for answer in answers {
        if let Answer::Row(row) = answer {
            eprintln!("{}:{}: {}", path.display(), row.row.unwrap_or_default(), refusal_line(row));
        }
    }
}

/// The sentence about a refused row: its type and id if known, the field, and the reason.
fn refusal_line(row: &RowAnswer) -> String {
    let id = isolated(&row.id);
    let named = [row.r#type.as_str(), &id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let field = format!("`{}`", row.field);
    // Most reasons begin with the name of the field.
    let names_field = row.field.is_empty() || row.message.starts_with(&field);
    let parts = [named.join(" "), if names_field { String::new() } else { field }, isolated(&row.message).into_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// Checks that all files can be opened, before the import begins.
fn check_readable(files: &[PathBuf]) -> Result<(), String> {
    let missing = files.iter().filter(|path| path.as_path() != Path::new("-")).find_map(|path| {
        let error = File::open(path).err()?;
        Some(format!("{}: {error}", path.display()))
    });
    missing.map_or(Ok(()), Err)
}

/// The type of rows with this name.
fn row_type(text: &str) -> Result<Type, String> {
    let types = Type::ALL.map(Type::name).join(", ");
    Type::ALL.into_iter().find(|row_type| row_type.name() == text).ok_or_else(|| format!("expected one of {types}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provisioning::Fault;

    #[test]
    fn the_line_about_a_refused_row_names_the_field_once() {
        let line_of = |named: (&str, &str), fault: Fault| {
            refusal_line(&RowAnswer::new(5, (named.0.to_owned(), named.1.to_owned()), &Err(fault)))
        };
        let fault = || Fault::new("role", "the policy declares no role `boss`");
        assert_eq!(line_of(("user", "lea"), fault()), "user lea: `role`: the policy declares no role `boss`");
        assert_eq!(line_of(("", ""), Fault::new("type", "`type` is missing")), "`type` is missing");
        assert_eq!(line_of(("user", ""), Fault::new("id", "`id` is missing")), "user: `id` is missing");
        assert_eq!(line_of(("", ""), Fault::new("", "the line is no JSON object")), "the line is no JSON object");
    }
}
