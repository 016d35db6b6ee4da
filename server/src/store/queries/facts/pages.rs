//! Reads memberships and relations in pages, in the order of the product's ids.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};

use super::{
    MembershipFact, RelationFact,
    stored::{membership, relation},
};
use crate::store::{StoreError, rows::statement};

/// The external ids of a fact's first and second part, and the fact.
pub type Named<T> = (String, String, T);

/// Memberships of a tenant in the order of user, group and role, beginning after `after`; at most `limit`. Each comes with the
/// external ids of its user and its group.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn memberships(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: [&str; 3],
    limit: usize,
) -> Result<Vec<Named<MembershipFact>>, StoreError> {
    let join = in_order(connection);
    let sql = format!(
        "SELECT m.*, u.external_id AS first_name, g.external_id AS second_name \
         FROM users u {join} JOIN memberships m ON m.user_id = u.id {join} JOIN groups g ON g.id = m.group_id \
         WHERE u.tenant_id = $1 AND u.external_id >= $2 AND (u.external_id, g.external_id, m.role) > ($3, $4, $5) \
         ORDER BY u.external_id, g.external_id, m.role LIMIT $6"
    );
    page(connection, &sql, tenant, after, limit, membership).await
}

/// Relations of a tenant in the order of the first user, the kind and the second user, beginning after `after`; at most `limit`.
/// Each comes with the external ids of its users.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn relations(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: [&str; 3],
    limit: usize,
) -> Result<Vec<Named<RelationFact>>, StoreError> {
    let join = in_order(connection);
    let sql = format!(
        "SELECT r.*, f.external_id AS first_name, t.external_id AS second_name \
         FROM users f {join} JOIN relations r ON r.from_id = f.id {join} JOIN users t ON t.id = r.to_id \
         WHERE f.tenant_id = $1 AND f.external_id >= $2 AND (f.external_id, r.kind, t.external_id) > ($3, $4, $5) \
         ORDER BY f.external_id, r.kind, t.external_id LIMIT $6"
    );
    page(connection, &sql, tenant, after, limit, relation).await
}

/// SQLite keeps the order of the tables of a `CROSS JOIN`. It reads the users by their index and sorts the rows of one user at a
/// time.
fn in_order(connection: &impl ConnectionTrait) -> &'static str {
    if connection.get_database_backend() == DbBackend::Postgres { "" } else { "CROSS" }
}

async fn page<T>(
    connection: &impl ConnectionTrait,
    sql: &str,
    tenant: TenantId,
    [first, second, third]: [&str; 3],
    limit: usize,
    read: impl Fn(&QueryResult) -> Result<T, StoreError>,
) -> Result<Vec<Named<T>>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![tenant.0.into(), first.into(), first.into(), second.into(), third.into(), limit.into()];
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "first_name")?, row.try_get("", "second_name")?, read(row)?))).collect()
}
