//! Runs statements on either database, and takes locks on tables that running nodes use.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Runs statements in order. `{uuid}`, `{flag}` and `{bytes}` become types of the database, `{text}` a text that is compared by bytes.
/// `{by_key}` stores a table in the order of its key, if the database can.
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

/// The tables in the order in which most transactions of the server first use them: the batches of its writer, and then the
/// others. [`lock`] locks tables in this order.
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

/// How long PostgreSQL waits for one of the locks. Less than its `deadlock_timeout` of 1 s by default: in a deadlock with a
/// running node, the migration gives up before PostgreSQL ends a transaction of the node. Statements of nodes wait for the
/// migration as long as it waits.
const LOCK_TIMEOUT: &str = "400ms";

/// Locks tables on PostgreSQL before the first statement of a migration that changes them, until the migration ends. Without
/// this call, each statement would lock its own table, in an order that deadlocks with running nodes. Fails after a short time;
/// the server then repeats the migration.
///
/// # Errors
/// `DbErr` with the SQLSTATE 55P03 or 40P01 if running transactions hold the tables; the server repeats the migration then.
///
/// # Panics
/// If a table has no place in the order.
pub async fn lock(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let place = |table: &&str| ORDER.iter().position(|known| known == table).expect("each table has a place in `ORDER`");
    let mut tables = tables.to_vec();
    tables.sort_by_key(place);
    connection.execute_unprepared(&format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")).await?;
    connection.execute_unprepared(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", "))).await?;
    Ok(())
}

/// Builds an index of a table that running nodes write to: `on` is the part of the statement behind `ON`. PostgreSQL builds it
/// while nodes write. The migration must not run in a transaction: its `use_transaction` returns `Some(false)`.
///
/// # Errors
/// `DbErr` if the database refuses the statement. What was built so far has no effect, and a repetition removes it.
pub async fn create_index(manager: &SchemaManager<'_>, name: &str, on: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    // An interrupted build leaves an index that PostgreSQL does not use.
    drop_index(manager, name).await?;
    let concurrently = concurrently(connection.get_database_backend());
    connection.execute_unprepared(&format!("CREATE INDEX {concurrently} {name} ON {on}")).await?;
    Ok(())
}

/// Drops an index of a table that running nodes use, if it exists. As [`create_index`], outside a transaction.
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
