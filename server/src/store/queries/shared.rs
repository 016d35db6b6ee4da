//! Values that all nodes of one database share and that belong to no tenant.

use sea_orm::{ConnectionTrait, DbBackend};

use crate::store::{Store, StoreError, rows::statement};

/// The key that encrypts cursors: 64 hexadecimal digits.
const CURSOR_KEY: &str = "cursor_key";

/// The value with this name; `None` if it is not set.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn get(store: &Store, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM shared_values WHERE name = $1";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, vec![name.into()])).await?;
    Ok(row.map(|row| row.try_get("", "value")).transpose()?)
}

/// Sets a value if it is not set yet.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn set_once(store: &Store, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO shared_values (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    store.writer().execute_raw(statement(store.backend(), sql, vec![name.into(), value.into()])).await?;
    Ok(())
}

/// Sets or replaces a value.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
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

/// Removes the value with this name if it still equals `value`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn remove(store: &Store, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM shared_values WHERE name = $1 AND value = $2";
    store.writer().execute_raw(statement(store.backend(), sql, vec![name.into(), value.into()])).await?;
    Ok(())
}

/// The key that encrypts cursors. If none is stored yet, `fresh` is stored.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement, or if the stored key is malformed.
pub async fn cursor_key(store: &Store, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
    let stored = match get(store, CURSOR_KEY).await? {
        Some(stored) => stored,
        None => {
            let fresh: String = fresh.iter().map(|byte| format!("{byte:02x}")).collect();
            set_once(store, CURSOR_KEY, &fresh).await?;
            // If two nodes start at the same time, the other node may have stored its key first.
            get(store, CURSOR_KEY).await?.unwrap_or(fresh)
        }
    };
    let bytes: Option<Vec<u8>> =
        (0..stored.len()).step_by(2).map(|start| u8::from_str_radix(stored.get(start..start + 2)?, 16).ok()).collect();
    let key = bytes.and_then(|bytes| bytes.try_into().ok());
    key.ok_or_else(|| {
        sea_orm::DbErr::Custom("the key of cursors in `shared_values` is not 64 hexadecimal digits".to_owned()).into()
    })
}
