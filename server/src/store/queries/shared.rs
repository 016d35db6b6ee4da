//! Values that all nodes of one database share and no tenant owns.

use sea_orm::{ConnectionTrait, DbBackend};

use crate::store::{Store, StoreError, rows::statement};

/// The value of this name.
///
/// # Errors
/// When the database fails.
pub(super) async fn get(store: &Store, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM shared_values WHERE name = $1";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, vec![name.into()])).await?;
    Ok(row.map(|row| row.try_get("", "value")).transpose()?)
}

/// Sets a value.
///
/// # Errors
/// When the database fails.
pub(super) async fn set(
    backend: DbBackend,
    connection: &impl ConnectionTrait,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO shared_values (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.execute_raw(statement(backend, sql, vec![name.into(), value.into()])).await?;
    Ok(())
}

/// Removes a value, unless it is another one meanwhile.
///
/// # Errors
/// When the database fails.
pub(super) async fn remove(store: &Store, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM shared_values WHERE name = $1 AND value = $2";
    store.writer().execute_raw(statement(store.backend(), sql, vec![name.into(), value.into()])).await?;
    Ok(())
}
