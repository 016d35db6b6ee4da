//! Runs statements on either database, and takes locks on tables that running nodes use.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Runs statements in order. `{uuid}`, `{flag}` and `{bytes}` are replaced by types of the database, and `{text}` by the
/// type of a text that is compared by bytes. `{by_key}` stores a table in the order of its key, if the database supports it.
///
/// # Errors
/// `DbErr` if the database refuses a statement.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (uuid, flag, bytes, text, by_key) = match connection.get_database_backend() {
        DbBackend::Postgres => ("UUID", "BOOLEAN", "BYTEA", "TEXT COLLATE \"C\"", ""),
        _ => ("BLOB", "BOOLEAN", "BLOB", "TEXT", "WITHOUT ROWID"),
    };
    for statement in statements {
        let statement = statement
            .replace("{uuid}", uuid)
            .replace("{flag}", flag)
            .replace("{bytes}", bytes)
            .replace("{text}", text)
            .replace("{by_key}", by_key);
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// The tables in the order in which most transactions of the server first use them. The order of the batches of the writer
/// comes first. [`lock`] locks tables in this order.
const ORDER: [&str; 20] = [
    "conversations",
    "users",
    "members",
    "facts",
    "messages",
    "hidden_messages",
    "addressees",
    "tenants",
    "fact_log",
    "policies",
    "groups",
    "memberships",
    "relations",
    "edges",
    "settings",
    "erased_users",
    "audit",
    "jobs",
    "api_keys",
    "signing_keys",
];

/// The longest wait of PostgreSQL for one of the locks. It is shorter than the default `deadlock_timeout` of 1 s: in a
/// deadlock with a running node, the migration fails before PostgreSQL ends a transaction of the node. While the migration
/// waits, statements of nodes wait for the migration.
const LOCK_TIMEOUT: &str = "400ms";

/// Locks tables on PostgreSQL before the first statement of a migration that changes them, until the migration ends. Without
/// this call, each statement would lock its own table, in an order that causes deadlocks with running nodes. The call fails
/// after [`LOCK_TIMEOUT`], and the server repeats the migration.
///
/// # Errors
/// `DbErr` with the SQLSTATE 55P03 or 40P01 if running transactions hold the tables.
///
/// # Panics
/// If a table is not in [`ORDER`].
pub async fn lock(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let position = |table: &&str| ORDER.iter().position(|known| known == table).expect("each table has a place in `ORDER`");
    let mut tables = tables.to_vec();
    tables.sort_by_key(position);
    connection.execute_unprepared(&format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")).await?;
    connection.execute_unprepared(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", "))).await?;
    Ok(())
}

/// Builds an index of a table that running nodes write to. `on` is the part of the statement behind `ON`. PostgreSQL builds
/// the index while nodes write. The migration must not run in a transaction: its `use_transaction` returns `Some(false)`.
///
/// # Errors
/// `DbErr` if the database refuses the statement. An incomplete index has no effect, and the repeated migration removes it.
pub async fn create_index(manager: &SchemaManager<'_>, name: &str, on: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    // An interrupted build leaves an index that PostgreSQL does not use.
    drop_index(manager, name).await?;
    let concurrently = concurrently(connection.get_database_backend());
    connection.execute_unprepared(&format!("CREATE INDEX {concurrently} {name} ON {on}")).await?;
    Ok(())
}

/// Drops an index of a table that running nodes use, if it exists. Like [`create_index`], it must not run in a transaction.
///
/// # Errors
/// `DbErr` if the database refuses the statement.
pub async fn drop_index(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let concurrently = concurrently(connection.get_database_backend());
    connection.execute_unprepared(&format!("DROP INDEX {concurrently} IF EXISTS {name}")).await?;
    Ok(())
}

fn concurrently(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "CONCURRENTLY" } else { "" }
}
