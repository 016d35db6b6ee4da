//! Reads facts in pages, in the order of external ids.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};

use super::{
    EdgeFact, MembershipFact, RelationFact,
    stored::{StoredGroup, edge, group, membership, relation},
};
use crate::store::{StoreError, rows::statement};

/// A fact that connects two users or groups, after the external ids of the two.
pub type WithExternalIds<T> = (String, String, T);

/// The tables and columns of a kind of fact that connects two users or groups. In SQL, `a` is the row of its first end, `f`
/// the row of the fact and `b` the row of its second end.
struct Link<const N: usize> {
    /// The table of the facts, with the columns that refer to the ends.
    table: &'static str,
    columns: [&'static str; 2],
    /// The tables of the ends.
    ends: [&'static str; 2],
    /// The columns by which pages are sorted. The first is `a.external_id`.
    key: [&'static str; N],
}

const MEMBERSHIPS: Link<3> = Link {
    table: "memberships",
    columns: ["user_id", "group_id"],
    ends: ["users", "groups"],
    key: ["a.external_id", "b.external_id", "f.role"],
};

const RELATIONS: Link<3> = Link {
    table: "relations",
    columns: ["from_id", "to_id"],
    ends: ["users", "users"],
    key: ["a.external_id", "f.kind", "b.external_id"],
};

const EDGES: Link<4> = Link {
    table: "edges",
    columns: ["from_group", "to_group"],
    ends: ["groups", "groups"],
    key: ["a.external_id", "f.from_role", "b.external_id", "f.to_role"],
};

/// Selects memberships by the external ids of the user and the group, and by the role. A field with `None` does not limit
/// the selection.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct MembershipFilter<'a> {
    pub user: Option<&'a str>,
    pub group: Option<&'a str>,
    pub role: Option<&'a str>,
}

/// Memberships of a tenant in the order of user, group and role, beginning after `after`; at most `limit`. Each comes with
/// the external ids of its user and its group.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn memberships(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    filter: MembershipFilter<'_>,
    after: [&str; 3],
    limit: u32,
) -> Result<Vec<WithExternalIds<MembershipFact>>, StoreError> {
    let conditions = [("a.external_id", filter.user), ("b.external_id", filter.group), ("f.role", filter.role)];
    let conditions: Vec<_> = conditions.into_iter().filter_map(|(column, value)| Some((column, value?))).collect();
    page(connection, &MEMBERSHIPS, tenant, &conditions, after, limit, membership).await
}

/// Relations of a tenant in the order of the first user, the kind and the second user, beginning after `after`; at most
/// `limit`. Each comes with the external ids of its users.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn relations(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: [&str; 3],
    limit: u32,
) -> Result<Vec<WithExternalIds<RelationFact>>, StoreError> {
    page(connection, &RELATIONS, tenant, &[], after, limit, relation).await
}

/// Edges of a tenant in the order of the first group and its role, the second group and its role, beginning after `after`;
/// at most `limit`. Each comes with the external ids of its groups.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn edges(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: [&str; 4],
    limit: u32,
) -> Result<Vec<WithExternalIds<EdgeFact>>, StoreError> {
    page(connection, &EDGES, tenant, &[], after, limit, edge).await
}

/// Groups of a tenant with `depth` groups above them, in the order of external ids, beginning after `after`; at most
/// `limit`. A group whose parent does not exist has no group above it.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn groups_at_depth(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    depth: usize,
    after: &str,
    limit: u32,
) -> Result<Vec<StoredGroup>, StoreError> {
    let joins: String =
        (1..=depth).map(|level| format!(" JOIN groups g{level} ON g{level}.id = g{}.parent_id", level - 1)).collect();
    let sql = format!(
        "SELECT g0.* FROM groups g0{joins} WHERE g0.tenant_id = $1 AND g0.external_id > $2 \
         AND NOT EXISTS (SELECT 1 FROM groups top WHERE top.id = g{depth}.parent_id) \
         ORDER BY g0.external_id LIMIT $3"
    );
    let values = vec![tenant.0.into(), after.into(), i64::from(limit).into()];
    let query = statement(connection.get_database_backend(), &sql, values);
    connection.query_all_raw(query).await?.iter().map(group).collect()
}

async fn page<T, const N: usize>(
    connection: &impl ConnectionTrait,
    link: &Link<N>,
    tenant: TenantId,
    conditions: &[(&str, &str)],
    after: [&str; N],
    limit: u32,
    read: impl Fn(&QueryResult) -> Result<T, StoreError>,
) -> Result<Vec<WithExternalIds<T>>, StoreError> {
    let Link { table, columns: [first, second], ends: [first_end, second_end], key } = link;
    let backend = connection.get_database_backend();
    // SQLite keeps the order of the tables of a `CROSS JOIN`. It reads the first table by the index that sorts the page, and
    // sorts the facts of one end at a time. If the second end is given, the facts of that end are the smaller set.
    let join = if backend == DbBackend::Postgres { "" } else { "CROSS" };
    let is_filtered_by_second = conditions.iter().any(|(column, _)| *column == "b.external_id");
    let from = if is_filtered_by_second {
        format!("{second_end} b {join} JOIN {table} f ON f.{second} = b.id {join} JOIN {first_end} a ON a.id = f.{first}")
    } else {
        format!("{first_end} a {join} JOIN {table} f ON f.{first} = a.id {join} JOIN {second_end} b ON b.id = f.{second}")
    };
    let mut values: Vec<Value> = vec![tenant.0.into(), tenant.0.into(), after[0].into()];
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let start: Vec<String> = after.into_iter().map(|part| bind(part.into())).collect();
    let conditions: String =
        conditions.iter().map(|(column, value)| format!(" AND {column} = {}", bind((*value).into()))).collect();
    let (start, sorted, limit) = (start.join(", "), key.join(", "), bind(i64::from(limit).into()));
    let sql = format!(
        "SELECT f.*, a.external_id AS first_name, b.external_id AS second_name FROM {from} \
         WHERE a.tenant_id = $1 AND b.tenant_id = $2 AND a.external_id >= $3 AND ({sorted}) > ({start}){conditions} \
         ORDER BY {sorted} LIMIT {limit}"
    );
    let rows = connection.query_all_raw(statement(backend, &sql, values)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "first_name")?, row.try_get("", "second_name")?, read(row)?))).collect()
}
