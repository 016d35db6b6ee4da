//! Deletes all rows of a tenant in small transactions.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use uuid::Uuid;

use super::facts::lock;
use crate::store::{
    Store, StoreError, Transaction,
    rows::{self, statement},
};

/// Rows that one statement deletes, at most: some 20 ms on SQLite, whose only writer other tenants wait for.
const ROWS: i64 = 1_000;
/// Conversations or users whose rows one step deletes, at most.
const OWNERS: i64 = 100;

/// Rows of a table that belong to conversations, users or groups.
struct Owned {
    table: &'static str,
    /// The primary key.
    key: &'static str,
    /// The column that refers to the owner; an index begins with it.
    owner: &'static str,
}

const OF_CONVERSATIONS: [Owned; 4] = [
    Owned { table: "addressees", key: "conversation_id, position", owner: "conversation_id" },
    Owned { table: "hidden_messages", key: "user_id, conversation_id, seq", owner: "conversation_id" },
    Owned { table: "messages", key: "conversation_id, seq", owner: "conversation_id" },
    Owned { table: "members", key: "conversation_id, user_id", owner: "conversation_id" },
];

const OF_USERS: [Owned; 3] = [
    Owned { table: "memberships", key: "user_id, group_id, role", owner: "user_id" },
    Owned { table: "relations", key: "from_id, kind, to_id", owner: "from_id" },
    Owned { table: "relations", key: "from_id, kind, to_id", owner: "to_id" },
];

/// Tables with a column `tenant_id` and their primary keys, after the rows of users and conversations are deleted.
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
    let more = step(&transaction, tenant).await?;
    transaction.commit().await?;
    Ok(more)
}

async fn step(transaction: &Transaction, tenant: TenantId) -> Result<bool, StoreError> {
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
            if is_full(transaction.execute_raw(query).await?.rows_affected()) {
                return Ok(true);
            }
        }
        let body = format!("DELETE FROM {table} WHERE id IN (SELECT id FROM input)");
        let query = rows::ids(owners).statement(transaction.get_database_backend(), &body, &[]);
        transaction.execute_raw(query).await?;
        return Ok(true);
    }
    // What is written for the tenant without conversations and users: lines of the audit and jobs, under a lock on the tenant's row,
    // and keys, under the tenant's fact lock. From here on such a transaction waits, and then finds no tenant.
    lock::exclusive(transaction, tenant).await?;
    execute(transaction, "SELECT t.id FROM tenants t WHERE t.id = $1 {for_deletion t}", vec![tenant.0.into()]).await?;
    for (table, key) in OF_TENANTS {
        let sql =
            format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE tenant_id = $1 LIMIT {ROWS})");
        if is_full(execute(transaction, &sql, vec![tenant.0.into()]).await?) {
            return Ok(true);
        }
    }
    execute(transaction, "DELETE FROM tenants WHERE id = $1", vec![tenant.0.into()]).await?;
    Ok(false)
}

/// Whether the limit ended the statement, so that rows may be left.
fn is_full(rows: u64) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= ROWS)
}

async fn execute(transaction: &Transaction, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let query = statement(transaction.get_database_backend(), sql, values);
    Ok(transaction.execute_raw(query).await?.rows_affected())
}
