//! Deletes all rows of a tenant in small transactions.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use uuid::Uuid;

use super::facts::lock;
use crate::store::{
    Store, StoreError, Transaction,
    rows::{self, statement},
};

/// The maximum number of rows that one statement deletes. It takes some 20 ms on SQLite, where other tenants wait for it.
const ROWS: i64 = 1_000;
/// The maximum number of conversations or users whose rows one step deletes.
const OWNERS: i64 = 100;

/// A table whose rows belong to conversations or users.
struct Owned {
    table: &'static str,
    /// The primary key.
    key: &'static str,
    /// The column that refers to the owner; an index begins with it.
    owner: &'static str,
}

/// The tables whose rows belong to conversations.
const OF_CONVERSATIONS: [Owned; 4] = [
    Owned { table: "addressees", key: "conversation_id, position", owner: "conversation_id" },
    Owned { table: "hidden_messages", key: "user_id, conversation_id, seq", owner: "conversation_id" },
    Owned { table: "messages", key: "conversation_id, seq", owner: "conversation_id" },
    Owned { table: "members", key: "conversation_id, user_id", owner: "conversation_id" },
];

/// The tables whose rows belong to users.
const OF_USERS: [Owned; 3] = [
    Owned { table: "memberships", key: "user_id, group_id, role", owner: "user_id" },
    Owned { table: "relations", key: "from_id, kind, to_id", owner: "from_id" },
    Owned { table: "relations", key: "from_id, kind, to_id", owner: "to_id" },
];

/// The other tables with a column `tenant_id`, each with its primary key, in the order of their deletion.
const OF_TENANTS: [(&str, &str); 11] = [
    ("edges", "from_group, from_role, to_group, to_role"),
    ("groups", "id"),
    ("settings", "tenant_id, name"),
    ("policies", "tenant_id, version"),
    ("fact_log", "tenant_id, version"),
    ("erased_users", "tenant_id, id_hash"),
    ("audit", "id"),
    ("jobs", "id"),
    ("api_keys", "id"),
    ("signing_keys", "kid"),
    ("facts", "tenant_id"),
];

/// Deletes some rows of a tenant, in one transaction. Returns whether rows may be left; false once the row of the tenant
/// itself is deleted, or if there is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement. Nothing is deleted then, and the next call does the
/// same work.
pub async fn delete_some(store: &Store, tenant: TenantId) -> Result<bool, StoreError> {
    let transaction = store.begin().await?;
    let has_more = delete_step(&transaction, tenant).await?;
    transaction.commit().await?;
    Ok(has_more)
}

async fn delete_step(transaction: &Transaction, tenant: TenantId) -> Result<bool, StoreError> {
    for (table, sorted_by, owned) in
        [("conversations", "start_key", OF_CONVERSATIONS.as_slice()), ("users", "external_id", OF_USERS.as_slice())]
    {
        let sql = format!("SELECT o.id FROM {table} o WHERE o.tenant_id = $1 ORDER BY o.{sorted_by} LIMIT {OWNERS}");
        let query = statement(transaction.get_database_backend(), &sql, vec![tenant.0.into()]);
        let id = |row: &QueryResult| Ok::<_, StoreError>(row.try_get::<Uuid>("", "id")?);
        let owners: Vec<Uuid> = transaction.query_all_raw(query).await?.iter().map(id).collect::<Result<_, _>>()?;
        if owners.is_empty() {
            continue;
        }
        for Owned { table, key, owner } in owned {
            let body = format!(
                "DELETE FROM {table} WHERE ({key}) IN
                 (SELECT {key} FROM {table} WHERE {owner} IN (SELECT id FROM input) LIMIT {ROWS})"
            );
            let query = rows::ids(owners.iter().copied()).statement(transaction.get_database_backend(), &body, &[]);
            if reached_limit(transaction.execute_raw(query).await?.rows_affected()) {
                return Ok(true);
            }
        }
        let body = format!("DELETE FROM {table} WHERE id IN (SELECT id FROM input)");
        let query = rows::ids(owners).statement(transaction.get_database_backend(), &body, &[]);
        transaction.execute_raw(query).await?;
        return Ok(true);
    }
    // Other transactions still write rows for a tenant without conversations and users: lines of the audit and jobs, under a
    // lock on the tenant's row, and keys, under the tenant's fact lock. Both locks make the other transactions wait for this
    // transaction.
    lock::exclusive(transaction, tenant).await?;
    execute(transaction, "SELECT t.id FROM tenants t WHERE t.id = $1 {for_deletion t}", vec![tenant.0.into()]).await?;
    for (table, key) in OF_TENANTS {
        let sql =
            format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE tenant_id = $1 LIMIT {ROWS})");
        if reached_limit(execute(transaction, &sql, vec![tenant.0.into()]).await?) {
            return Ok(true);
        }
    }
    execute(transaction, "DELETE FROM tenants WHERE id = $1", vec![tenant.0.into()]).await?;
    Ok(false)
}

/// Whether the statement deleted as many rows as its limit, so that rows may be left.
fn reached_limit(rows: u64) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= ROWS)
}

async fn execute(transaction: &Transaction, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let query = statement(transaction.get_database_backend(), sql, values);
    Ok(transaction.execute_raw(query).await?.rows_affected())
}
