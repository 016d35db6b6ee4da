//! Binds many rows to one statement, so that one statement serves a whole batch on either database.
//!
//! PostgreSQL takes one array per column (`unnest`), so the text of the statement, and with it the prepared plan, is the
//! same for any number of rows. SQLite has no arrays and takes `VALUES`. Both become a common table expression `input`; the
//! statement after it has the same text on both.

use sea_orm::{DbBackend, Statement, Value, sea_query::ArrayType};
use uuid::Uuid;

/// The maximum number of values that rows use in a statement of SQLite. SQLite binds at most 32,766 values per statement;
/// the difference is for the other values.
const SQLITE_VALUES_MAX: usize = 32_000;

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// 16 bytes.
    Uuid,
    /// A signed integer of 64 bits.
    Int,
    /// UTF-8 text.
    Text,
}

impl Column {
    /// The type of an array of this column: for the driver, and in SQL of PostgreSQL.
    fn array(self) -> (ArrayType, &'static str) {
        match self {
            Self::Uuid => (ArrayType::Uuid, "uuid[]"),
            Self::Int => (ArrayType::BigInt, "bigint[]"),
            Self::Text => (ArrayType::String, "text[]"),
        }
    }
}

/// Rows that a statement binds as `input`.
pub struct Rows<const N: usize> {
    columns: [(&'static str, Column); N],
    rows: Vec<[Value; N]>,
}

impl<const N: usize> Rows<N> {
    /// No rows yet, with these columns.
    #[must_use]
    pub fn new(columns: [(&'static str, Column); N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: [Value; N]) {
        self.rows.push(row);
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Splits the rows into parts that fit into one statement each: one part on PostgreSQL, and as many as SQLite needs to
    /// bind the values otherwise.
    #[must_use]
    pub fn parts(self, backend: DbBackend) -> Vec<Self> {
        let rows_max = if backend == DbBackend::Postgres { usize::MAX } else { rows_max(N) };
        let Self { columns, mut rows } = self;
        let mut parts = Vec::new();
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(rows_max));
            parts.push(Self { columns, rows });
            rows = rest;
        }
        parts
    }

    /// The statement `WITH input (…) AS (…) <body>`. In the body, `{0}`, `{1}` … stand for the values of `extra`.
    /// `{for_update c}` locks the rows of `c` on PostgreSQL; on SQLite the write transaction already holds the only lock.
    /// `{for_update c SKIP LOCKED}` leaves out rows that another transaction has locked.
    #[must_use]
    pub fn statement(self, backend: DbBackend, body: &str, extra: &[Value]) -> Statement {
        let names = self.names();
        let mut values = Vec::new();
        let source = self.source(backend, &mut values);
        let mut body = replace_lock(backend, body);
        for (index, value) in extra.iter().enumerate() {
            values.push(value.clone());
            body = body.replace(&format!("{{{index}}}"), &format!("${}", values.len()));
        }
        Statement::from_sql_and_values(backend, format!("WITH input ({names}) AS ({source}) {body}"), values)
    }

    fn names(&self) -> String {
        self.columns.map(|(name, _)| name).join(", ")
    }

    /// The query that returns the rows. Appends their values to `values`.
    fn source(self, backend: DbBackend, values: &mut Vec<Value>) -> String {
        match backend {
            DbBackend::Postgres => self.array_source(values),
            _ => self.values_source(values),
        }
    }

    fn array_source(self, values: &mut Vec<Value>) -> String {
        let first = values.len() + 1;
        let cast = |(index, (_, column)): (usize, &(_, Column))| format!("${}::{}", first + index, column.array().1);
        let casts: Vec<String> = self.columns.iter().enumerate().map(cast).collect();
        let mut columns: Vec<Vec<Value>> = (0..N).map(|_| Vec::with_capacity(self.rows.len())).collect();
        for row in self.rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let arrays = self.columns.iter().zip(columns);
        values.extend(arrays.map(|((_, column), values)| Value::Array(column.array().0, Some(Box::new(values)))));
        // The limit equals the number of rows. With it, PostgreSQL plans a generic statement for one row and uses an index.
        // Without it, the planner assumes ten rows and prefers to scan a small table, and the connection keeps that plan
        // when the table grows.
        format!("SELECT * FROM unnest({}) LIMIT cardinality({})", casts.join(", "), casts[0])
    }

    fn values_source(self, values: &mut Vec<Value>) -> String {
        // Adds NULL rows up to the next power of two, so that few statement texts serve any number of rows. SQLite takes
        // longer to parse a text of 256 rows than to execute it, and the driver caches parsed statements by their text.
        let rows = self.rows.len();
        let padded_rows = rows.next_power_of_two().min(rows.max(rows_max(N)));
        values.extend(self.rows.into_iter().flatten());
        values.extend(std::iter::repeat_n(Value::BigInt(None), (padded_rows - rows) * N));
        // The marks are plain `?`: SQLite treats `$1` as a name and searches its list of names for each, which made a batch
        // of 256 rows of 8 columns take 35.5 ms to parse and bind instead of 2.1 ms.
        let row_marks = format!("({})", ["?"; N].join(","));
        let marks = vec![row_marks; padded_rows].join(",");
        format!("SELECT * FROM (VALUES {marks}) WHERE column1 IS NOT NULL")
    }
}

/// The largest power of two of rows with this many columns that one SQLite statement can bind.
fn rows_max(columns: usize) -> usize {
    1 << (SQLITE_VALUES_MAX / columns).ilog2()
}

/// Changes of one transaction that touch different tables, so that their order does not matter. PostgreSQL executes them as
/// one statement, in one round trip.
pub struct StatementGroup {
    backend: DbBackend,
    sources: Vec<String>,
    changes: Vec<String>,
    values: Vec<Value>,
    /// On SQLite: one statement per change.
    separate: Vec<Statement>,
}

impl StatementGroup {
    /// A group without changes.
    #[must_use]
    pub fn new(backend: DbBackend) -> Self {
        Self { backend, sources: Vec::new(), changes: Vec::new(), values: Vec::new(), separate: Vec::new() }
    }

    /// Adds `change`: an INSERT, UPDATE or DELETE that uses `rows` as `input`. Adds nothing if there are no rows.
    pub fn add<const N: usize>(&mut self, rows: Rows<N>, change: &str) {
        if rows.is_empty() {
            return;
        }
        if self.backend != DbBackend::Postgres {
            self.separate.push(rows.statement(self.backend, change, &[]));
            return;
        }
        let name = format!("input_{}", self.sources.len());
        let names = rows.names();
        let source = rows.source(self.backend, &mut self.values);
        self.sources.push(format!("{name} ({names}) AS ({source})"));
        self.changes.push(change.replace("input", &name));
    }

    /// The statements to execute: one on PostgreSQL, one per change on SQLite.
    #[must_use]
    pub fn statements(mut self) -> Vec<Statement> {
        let Some(last) = self.changes.pop() else { return self.separate };
        let others = self.changes.iter().enumerate().map(|(index, change)| format!("change_{index} AS ({change})"));
        let with: Vec<String> = self.sources.iter().cloned().chain(others).collect();
        vec![Statement::from_sql_and_values(self.backend, format!("WITH {} {last}", with.join(", ")), self.values)]
    }
}

/// A set of ids as `input (id)`.
#[must_use]
pub fn ids<I: Into<Uuid>>(ids: impl IntoIterator<Item = I>) -> Rows<1> {
    let mut rows = Rows::new([("id", Column::Uuid)]);
    for id in ids {
        rows.push([id.into().into()]);
    }
    rows
}

/// A statement without `input`. `values` are bound to `$1`, `$2` … in order.
#[must_use]
pub fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(backend, replace_lock(backend, sql), values)
}

/// The row locks that a statement may name, each as `{name table}`, and their clauses on PostgreSQL. SQLite has one writer
/// at a time and needs no row locks.
const LOCKS: [(&str, &str); 3] = [
    // FOR UPDATE is not used: it conflicts with the locks that foreign keys take on the same rows, in an order that the
    // server can't control.
    ("{for_update ", "FOR NO KEY UPDATE"),
    // The lock of a foreign key: the row can be changed, but not deleted.
    ("{for_key_share ", "FOR KEY SHARE"),
    // Waits for the locks of foreign keys, and keeps others from taking them.
    ("{for_deletion ", "FOR UPDATE"),
];

/// Replaces the first named lock of a statement by its clause.
fn replace_lock(backend: DbBackend, body: &str) -> String {
    let found = LOCKS.iter().find_map(|(name, clause)| Some((body.find(name)?, name, clause)));
    let Some((start, name, clause)) = found else { return body.to_owned() };
    let end = start + body[start..].find('}').expect("a brace closes");
    let lock = &body[start + name.len()..end];
    let (table, wait_clause) = lock.split_once(' ').unwrap_or((lock, ""));
    let clause = match backend {
        DbBackend::Postgres => format!("{clause} OF {table} {wait_clause}"),
        _ => String::new(),
    };
    format!("{}{clause}{}", &body[..start], &body[end + 1..])
}
