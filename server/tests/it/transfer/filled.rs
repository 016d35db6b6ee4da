//! Fills every table of the schema with rows, so that a test finds a table that a command does not copy.

use std::collections::BTreeMap;

use causerie_server::store::{Database as Connect, Store};
use sea_orm::{ConnectionTrait as _, Statement};

use crate::harness::Database;

const ROWS: usize = 3;

/// A column of the database's catalogue.
struct Column {
    name: String,
    kind: String,
    may_be_null: bool,
}

/// Fills each table. Row `n` uses the same id in every table, so that all references are valid.
pub async fn fill(database: &Connect) {
    let store = Store::connect(database).await.expect("the database opens");
    let tables = columns(&store).await;
    let transaction = store.begin().await.expect("begins");
    let late = if store.is_embedded() { "PRAGMA defer_foreign_keys = ON" } else { "SET session_replication_role = replica" };
    transaction.execute_unprepared(late).await.expect("references are looked at later");
    for (table, columns) in &tables {
        for row in 0..ROWS {
            let values: Vec<String> = columns.iter().map(|column| value(column, row)).collect();
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", quoted(&names), values.join(", "));
            transaction.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
    if !store.is_embedded() {
        transaction.execute_unprepared("SET session_replication_role = origin").await.expect("as before");
    }
    transaction.commit().await.expect("commits");
    store.close().await;
}

/// All rows of all tables except the table of migrations, as texts. Equal values have the same text on both databases.
pub async fn contents(database: &Connect) -> BTreeMap<String, Vec<String>> {
    let store = Store::connect(database).await.expect("the database opens");
    let is_embedded = store.is_embedded();
    let mut contents = BTreeMap::new();
    for (table, mut columns) in columns(&store).await {
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        let shown: Vec<String> = columns.iter().map(|column| shown(column, is_embedded)).collect();
        let sql = format!("SELECT {} AS line FROM {table}", shown.join(" || ' | ' || "));
        let rows = store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
        let mut lines: Vec<String> = rows.iter().map(|row| row.try_get("", "line").expect("a text")).collect();
        lines.sort();
        contents.insert(table, lines);
    }
    store.close().await;
    contents
}

/// Panics unless the restored database has all rows of the source. Only the tenants' epochs differ, and the audit has an
/// entry about the restore for each tenant.
pub async fn assert_restored(from: &Database, to: &Database) {
    let (mut before, mut after) = (contents(&from.to_connect()).await, contents(&to.to_connect()).await);
    let epochs = (before.remove("tenants").expect("there are some"), after.remove("tenants").expect("there are some"));
    assert_ne!(epochs.0, epochs.1);
    let (lines, more) = (before.remove("audit").expect("there are some"), after.remove("audit").expect("there are some"));
    assert_eq!(more.len(), lines.len() + epochs.1.len());
    assert_eq!(after, before);
}

async fn columns(store: &Store) -> BTreeMap<String, Vec<Column>> {
    let sql = if store.is_embedded() {
        "SELECT m.name AS table_name, p.name AS column_name, lower(p.type) AS kind, NOT p.\"notnull\" AND NOT p.pk AS may_be_null
         FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name <> 'seaql_migrations'"
    } else {
        "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS may_be_null
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'"
    };
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await.expect("a catalogue") {
        let text = |name: &str| -> String { row.try_get("", name).expect("a text") };
        let may_be_null = row.try_get("", "may_be_null").expect("a flag");
        let column = Column { name: text("column_name"), kind: text("kind"), may_be_null };
        tables.entry(text("table_name")).or_default().push(column);
    }
    assert!(tables.len() > 15, "the catalogue is read");
    tables
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn value(column: &Column, row: usize) -> String {
    if column.may_be_null && row == 1 {
        return "NULL".to_owned();
    }
    let byte = format!("{:02x}", row + 1);
    match column.kind.as_str() {
        "blob" => format!("x'{}'", byte.repeat(16)),
        "uuid" => format!("'{}'", byte.repeat(16)),
        "bytea" => format!("'\\x{}'", byte.repeat(16)),
        "bigint" | "smallint" | "integer" => format!("{row}"),
        "boolean" => if row == 1 { "TRUE" } else { "FALSE" }.to_owned(),
        "text" => format!("'{row} é 🦀 \\N \\\\ tab\tline\nreturn\rbell\u{7}\u{8}\u{b}\u{c} '''"),
        kind => {
            panic!("a column of the type `{kind}`: say here what to fill it with, and see that `causerie copy` knows it")
        }
    }
}

fn shown(column: &Column, is_embedded: bool) -> String {
    let name = format!("\"{}\"", column.name);
    let text = match (column.kind.as_str(), is_embedded) {
        ("blob", _) => format!("lower(hex({name}))"),
        ("uuid", _) => format!("replace({name}::text, '-', '')"),
        ("bytea", _) => format!("encode({name}, 'hex')"),
        ("boolean", false) => format!("{name}::int::text"),
        (_, true) => format!("CAST({name} AS TEXT)"),
        (_, false) => format!("{name}::text"),
    };
    format!("CASE WHEN {name} IS NULL THEN 'nothing' ELSE {text} END")
}
