//! Many rows as one parameter set, so that a statement serves a whole batch on either database.
//!
//! PostgreSQL takes one array per column (`unnest`), so the statement's text, and with it the prepared plan, is the same for
//! any number of rows. SQLite has no arrays and gets `VALUES`. Both become a common table expression `input`, and the
//! statement behind it is the same text.

use sea_orm::{DbBackend, Statement, Value, sea_query::ArrayType};
use uuid::Uuid;

/// SQLite binds at most 32,766 values to a statement; this many belong to rows, the others to what a statement has besides.
const SQLITE_VALUES_MAX: usize = 32_000;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// 16 bytes.
    Uuid,
    /// 64 bits.
    Int,
    /// UTF-8.
    Text,
}

impl Column {
    fn array(self) -> (ArrayType, &'static str) {
        match self {
            Self::Uuid => (ArrayType::Uuid, "uuid[]"),
            Self::Int => (ArrayType::BigInt, "bigint[]"),
            Self::Text => (ArrayType::String, "text[]"),
        }
    }
}

/// Rows to be bound as `input`.
pub struct Rows<const N: usize> {
    columns: [(&'static str, Column); N],
    rows: Vec<[Value; N]>,
}

impl<const N: usize> Rows<N> {
    /// No rows yet.
    #[must_use]
    pub fn new(columns: [(&'static str, Column); N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: [Value; N]) {
        self.rows.push(row);
    }

    /// There is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// In parts that one statement can hold: any number of rows on PostgreSQL, as many as SQLite binds.
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

    /// `WITH input (…) AS (…) <body>`. In the body `{0}`, `{1}` … stand for `extra`, and `{for_update c}` locks the rows of
    /// `c` where the database can (SQLite's write transaction holds the only lock already). `{for_update c SKIP LOCKED}` leaves out
    /// the rows that another transaction has locked.
    #[must_use]
    pub fn statement(self, backend: DbBackend, body: &str, extra: &[Value]) -> Statement {
        let names = self.names();
        let mut values = Vec::new();
        let source = self.source(backend, &mut values);
        let mut body = lock(backend, body);
        for (at, value) in extra.iter().enumerate() {
            values.push(value.clone());
            body = body.replace(&format!("{{{at}}}"), &format!("${}", values.len()));
        }
        Statement::from_sql_and_values(backend, format!("WITH input ({names}) AS ({source}) {body}"), values)
    }

    fn names(&self) -> String {
        self.columns.map(|(name, _)| name).join(", ")
    }

    /// The rows as a query, and their values behind those there are.
    fn source(self, backend: DbBackend, values: &mut Vec<Value>) -> String {
        match backend {
            DbBackend::Postgres => self.arrays(values),
            _ => self.marks(values),
        }
    }

    fn arrays(self, values: &mut Vec<Value>) -> String {
        let first = values.len() + 1;
        let cast = |(at, (_, column)): (usize, &(_, Column))| format!("${}::{}", first + at, column.array().1);
        let casts: Vec<String> = self.columns.iter().enumerate().map(cast).collect();
        let mut columns: Vec<Vec<Value>> = (0..N).map(|_| Vec::with_capacity(self.rows.len())).collect();
        for row in self.rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let arrays = self.columns.iter().zip(columns);
        values.extend(arrays.map(|((_, column), values)| Value::Array(column.array().0, Some(Box::new(values)))));
        // The limit is how many there are. A plan that serves any number is made for one row then, a look at an index, and not
        // for ten, for which it would rather read the whole of a small table; and is kept while that grows.
        format!("SELECT * FROM unnest({}) LIMIT cardinality({})", casts.join(", "), casts[0])
    }

    fn marks(self, values: &mut Vec<Value>) -> String {
        // Rows of nothing up to the next power of two, so that a handful of texts serve any number of rows: SQLite takes
        // longer to read a text of 256 rows than to do what it says, and keeps those it has read.
        let rows = self.rows.len();
        let places = rows.next_power_of_two().min(rows.max(rows_max(N)));
        values.extend(self.rows.into_iter().flatten());
        values.extend(std::iter::repeat_n(Value::BigInt(None), (places - rows) * N));
        // Plain marks: SQLite takes `$1` for a name and searches its list of names for each, which made a batch of 256 rows
        // of 8 columns cost 35.5 ms to parse and bind instead of 2.1.
        let row_marks = format!("({})", ["?"; N].join(","));
        let marks = vec![row_marks; places].join(",");
        format!("SELECT * FROM (VALUES {marks}) WHERE column1 IS NOT NULL")
    }
}

/// Rows of so many columns that one statement of SQLite's can hold: a power of two.
fn rows_max(columns: usize) -> usize {
    1 << (SQLITE_VALUES_MAX / columns).ilog2()
}

/// Changes of one transaction that touch different tables, so that their order does not matter: PostgreSQL makes them with
/// one statement, one trip instead of several.
pub struct Together {
    backend: DbBackend,
    sources: Vec<String>,
    changes: Vec<String>,
    values: Vec<Value>,
    alone: Vec<Statement>,
}

impl Together {
    /// None yet.
    #[must_use]
    pub fn new(backend: DbBackend) -> Self {
        Self { backend, sources: Vec::new(), changes: Vec::new(), values: Vec::new(), alone: Vec::new() }
    }

    /// Adds `<change>`, an INSERT, UPDATE or DELETE that takes `rows` as `input`; nothing if there are none.
    pub fn add<const N: usize>(&mut self, rows: Rows<N>, change: &str) {
        if rows.is_empty() {
            return;
        }
        if self.backend != DbBackend::Postgres {
            self.alone.push(rows.statement(self.backend, change, &[]));
            return;
        }
        let name = format!("input_{}", self.sources.len());
        let names = rows.names();
        let source = rows.source(self.backend, &mut self.values);
        self.sources.push(format!("{name} ({names}) AS ({source})"));
        self.changes.push(change.replace("input", &name));
    }

    /// What to execute.
    #[must_use]
    pub fn statements(mut self) -> Vec<Statement> {
        let Some(last) = self.changes.pop() else { return self.alone };
        let others = self.changes.iter().enumerate().map(|(at, change)| format!("change_{at} AS ({change})"));
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

/// A statement without `input`; `$1` … are bound in order.
#[must_use]
pub fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(backend, lock(backend, sql), values)
}

fn lock(backend: DbBackend, body: &str) -> String {
    let Some(start) = body.find("{for_update ") else { return body.to_owned() };
    let end = start + body[start..].find('}').expect("a brace closes");
    let lock = &body[start + "{for_update ".len()..end];
    let (table, waiting) = lock.split_once(' ').unwrap_or((lock, ""));
    let clause = match backend {
        // Not FOR UPDATE: that one fights the locks foreign keys take on the same rows, in no order anyone controls.
        DbBackend::Postgres => format!("FOR NO KEY UPDATE OF {table} {waiting}"),
        _ => String::new(),
    };
    format!("{}{clause}{}", &body[..start], &body[end + 1..])
}
