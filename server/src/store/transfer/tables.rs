//! The tables of a database and their columns.

use std::collections::{BTreeMap, BTreeSet};

use causerie_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend,
    sqlx::{self, AssertSqlSafe, PgConnection, Row as _, SqliteConnection},
};

use crate::store::{StoreError, rows::statement};

/// The table of the applied migrations.
pub const MIGRATIONS: &str = "seaql_migrations";

/// A table of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name of the table.
    pub name: String,
    /// The columns, in the table's order.
    pub columns: Vec<Column>,
    /// The tables that the foreign keys of the table refer to.
    pub refers_to: BTreeSet<String>,
}

/// A column of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name of the column.
    pub name: String,
    /// The type as PostgreSQL writes it: `uuid`, `bigint`.
    pub kind: String,
    /// Whether the column is part of the primary key.
    pub is_key: bool,
    /// The sequence that numbers new rows, if there is one.
    pub sequence: Option<String>,
}

/// The objects of a SQLite file: type and name (`table messages`, `trigger ...`) of each object, and its SQL.
pub type Schema = BTreeMap<String, String>;

/// Selects the objects of a SQLite file, without the objects that SQLite itself creates.
const SQLITE_SCHEMA: &str = "SELECT type || ' `' || name || '`' AS object, sql FROM sqlite_master
     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// The SQLite schema that the migrations of this program create.
pub async fn schema_of_migrations() -> Result<Schema, StoreError> {
    let memory = in_memory().await?;
    Migrator::up(&memory, None).await?;
    let schema = schema_of(&memory).await?;
    memory.close().await?;
    Ok(schema)
}

/// The schema of an open SQLite file.
pub async fn schema_of(connection: &impl ConnectionTrait) -> Result<Schema, StoreError> {
    let mut schema = Schema::new();
    for row in connection.query_all_raw(statement(DbBackend::Sqlite, SQLITE_SCHEMA, Vec::new())).await? {
        schema.insert(row.try_get("", "object")?, normalized(&row.try_get::<String>("", "sql")?));
    }
    Ok(schema)
}

/// SQL without differences of white space, quotes and case. SQLite stores the text of the statement that created an object,
/// and changes the text when a column is added.
fn normalized(sql: &str) -> String {
    let kept = sql.chars().filter(|c| !c.is_whitespace() && *c != '"');
    kept.flat_map(char::to_lowercase).collect::<String>().replace("ifnotexists", "")
}

async fn in_memory() -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    // Each connection has a separate database in memory, so there must be only one.
    options.max_connections(1).sqlx_logging(false);
    Ok(sea_orm::Database::connect(options).await?)
}

/// The names of all tables that any migration of this program creates, including tables that a later migration removes: an
/// older database still has them.
pub async fn migration_tables() -> Result<BTreeSet<String>, StoreError> {
    let memory = in_memory().await?;
    let mut tables = BTreeSet::new();
    for _ in Migrator::migrations() {
        Migrator::up(&memory, Some(1)).await?;
        for row in memory.query_all_raw(statement(DbBackend::Sqlite, SQLITE_TABLES, Vec::new())).await? {
            tables.insert(row.try_get::<String>("", "name")?);
        }
    }
    memory.close().await?;
    Ok(tables)
}

/// Selects the names of the tables of a SQLite file.
const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

/// The names of the tables of a SQLite file.
pub async fn sqlite_tables(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(SQLITE_TABLES).fetch_all(connection).await
}

/// The names of the columns of a table of a SQLite file.
pub async fn columns_of_sqlite(connection: &mut SqliteConnection, table: &str) -> Result<BTreeSet<String>, sqlx::Error> {
    let sql = "SELECT name FROM pragma_table_info(?)";
    Ok(sqlx::query_scalar::<_, String>(sql).bind(table).fetch_all(connection).await?.into_iter().collect())
}

/// The tables among `names` that the connection's schema has. Each table stands before the tables that refer to it.
pub async fn postgres_tables(connection: &mut PgConnection, names: &[String]) -> Result<Vec<Table>, sqlx::Error> {
    let sql = "SELECT c.relname::text AS table_name, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS kind,
                      EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                              AND a.attnum = ANY (i.indkey)) AS is_key,
                      pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) AS sequence
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname = ANY ($1)
                     AND a.attnum > 0 AND NOT a.attisdropped
               ORDER BY c.relname, a.attnum";
    let mut tables: Vec<Table> = Vec::new();
    for row in sqlx::query(sql).bind(names).fetch_all(&mut *connection).await? {
        let name: String = row.try_get("table_name")?;
        if tables.last().is_none_or(|table| table.name != name) {
            tables.push(Table { name, columns: Vec::new(), refers_to: BTreeSet::new() });
        }
        let column = Column {
            name: row.try_get("column_name")?,
            kind: row.try_get("kind")?,
            is_key: row.try_get("is_key")?,
            sequence: row.try_get("sequence")?,
        };
        tables.last_mut().expect("just added").columns.push(column);
    }
    let sql = "SELECT f.relname::text AS from_table, t.relname::text AS to_table
               FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
               WHERE k.contype = 'f' AND f.relnamespace = to_regnamespace(quote_ident(current_schema())) AND f.oid <> t.oid";
    for row in sqlx::query(sql).fetch_all(connection).await? {
        let (from, to): (String, String) = (row.try_get("from_table")?, row.try_get("to_table")?);
        if let Some(table) = tables.iter_mut().find(|table| table.name == from) {
            table.refers_to.insert(to);
        }
    }
    Ok(in_reference_order(tables))
}

/// Sorts tables, so that each table stands before the tables that refer to it.
fn in_reference_order(mut tables: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let remaining: BTreeSet<String> = tables.iter().map(|table| table.name.clone()).collect();
        // Tables that refer to each other in a circle have no valid order: they keep their present order.
        let next = tables.iter().position(|table| table.refers_to.is_disjoint(&remaining)).unwrap_or_default();
        ordered.push(tables.remove(next));
    }
    ordered
}

/// A name as a quoted identifier for SQL of either database.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The number of rows of a PostgreSQL table.
pub async fn count(connection: &mut PgConnection, table: &str) -> Result<u64, sqlx::Error> {
    let sql = format!("SELECT count(*) FROM {}", quoted(table));
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// The first applied migration that this program does not have, because a newer program applied it.
pub fn unknown_migration(applied: &[String]) -> Option<String> {
    let known: BTreeSet<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    applied.iter().find(|step| !known.contains(*step)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_before_the_tables_that_refer_to_it() {
        let table = |name: &str, to: &[&str]| Table {
            name: name.to_owned(),
            columns: Vec::new(),
            refers_to: to.iter().map(|to| (*to).to_owned()).collect(),
        };
        let tables = vec![
            table("a", &["c", "elsewhere"]),
            table("b", &["a"]),
            table("c", &[]),
            table("x", &["y"]),
            table("y", &["x"]),
        ];
        let ordered: Vec<String> = in_reference_order(tables).into_iter().map(|table| table.name).collect();
        assert_eq!(ordered, ["c", "a", "b", "x", "y"]);
    }

    #[tokio::test]
    async fn the_names_of_tables_come_from_the_migrations() {
        let tables = migration_tables().await.expect("migrates");
        assert!(tables.contains("messages") && tables.contains(MIGRATIONS) && tables.len() > 15, "{tables:?}");
    }
}
