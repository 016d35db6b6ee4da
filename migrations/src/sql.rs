//! Runs statements on either database.

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
