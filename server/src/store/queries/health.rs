//! Whether the database serves.

use sea_orm::ConnectionTrait;

use crate::store::{Store, StoreError, rows::statement};

/// Asks for a write that changes nothing. A standby, a read-only or a locked database refuses it; there is no commit to
/// pay for, and no tenant has an empty slug.
///
/// # Errors
/// When it can't write.
pub async fn can_write(store: &Store) -> Result<(), StoreError> {
    let sql = "UPDATE tenants SET created_at = created_at WHERE slug = ''";
    store.writer().execute_raw(statement(store.backend(), sql, vec![])).await?;
    Ok(())
}
