//! Reads facts from their tables.

use std::collections::{BTreeSet, HashMap};

use causerie_protocol::{
    GroupId, TenantId, UserId,
    facts::{Edge, Group, Membership, Relation, Setting, User, change::Fact},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult, Value};

use super::{EdgeFact, EdgeKey, MembershipFact, MembershipKey, RelationFact, RelationKey};
use crate::{
    domain::{Delivers, GroupState, Numbered as _, StoredNumber},
    names::fold::search_words,
    store::{
        StoreError,
        entities::user,
        queries::columns::enum_value,
        rows::{self, statement},
    },
};

/// The number of users or groups per statement. SQLite binds at most 32,766 values, and the facts of this many users fit
/// into memory.
const CHUNK: usize = 2_000;

/// A group as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StoredGroup {
    pub id: GroupId,
    pub external_id: String,
    pub kind: String,
    pub name: String,
    pub parent: Option<GroupId>,
    pub state: StoredNumber<GroupState>,
    pub delivers: StoredNumber<Delivers>,
}

/// Users of a tenant in the order of external ids, beginning after `after`; at most `limit`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn users(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: &str,
    limit: u32,
) -> Result<Vec<user::Model>, StoreError> {
    let query = page(connection, "users", tenant, after, limit);
    Ok(user::Entity::find().from_raw_sql(query).all(connection).await?)
}

/// Users by id. Unknown users are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn users_of_ids(connection: &impl ConnectionTrait, ids: &[UserId]) -> Result<Vec<user::Model>, StoreError> {
    let body = "SELECT u.* FROM input i JOIN users u ON u.id = i.id";
    let query = rows::ids(ids.iter().copied()).statement(connection.get_database_backend(), body, &[]);
    Ok(user::Entity::find().from_raw_sql(query).all(connection).await?)
}

/// Groups of a tenant in the order of external ids, beginning after `after`; at most `limit`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn groups(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: &str,
    limit: u32,
) -> Result<Vec<StoredGroup>, StoreError> {
    connection.query_all_raw(page(connection, "groups", tenant, after, limit)).await?.iter().map(group).collect()
}

/// Groups by id. Unknown groups are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn groups_of_ids(connection: &impl ConnectionTrait, ids: &[GroupId]) -> Result<Vec<StoredGroup>, StoreError> {
    let body = "SELECT g.* FROM input i JOIN groups g ON g.id = i.id";
    let query = rows::ids(ids.iter().copied()).statement(connection.get_database_backend(), body, &[]);
    connection.query_all_raw(query).await?.iter().map(group).collect()
}

/// The external ids of groups. Groups that do not exist are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn group_external_ids(
    connection: &impl ConnectionTrait,
    groups: &[GroupId],
) -> Result<HashMap<GroupId, String>, StoreError> {
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut names = HashMap::with_capacity(distinct.len());
    for chunk in distinct.chunks(CHUNK) {
        let body = "SELECT g.id, g.external_id FROM input i JOIN groups g ON g.id = i.id";
        let query = rows::ids(chunk.iter().copied()).statement(connection.get_database_backend(), body, &[]);
        for row in connection.query_all_raw(query).await? {
            names.insert(GroupId(row.try_get("", "id")?), row.try_get("", "external_id")?);
        }
    }
    Ok(names)
}

fn page(connection: &impl ConnectionTrait, table: &str, tenant: TenantId, after: &str, limit: u32) -> sea_orm::Statement {
    let sql =
        format!("SELECT t.* FROM {table} t WHERE t.tenant_id = $1 AND t.external_id > $2 ORDER BY t.external_id LIMIT $3");
    statement(connection.get_database_backend(), &sql, vec![tenant.0.into(), after.into(), i64::from(limit).into()])
}

/// The memberships of users.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn memberships_of_users(
    connection: &impl ConnectionTrait,
    users: &[UserId],
) -> Result<Vec<MembershipFact>, StoreError> {
    let rows =
        query_per_user_chunk(connection, users, "SELECT m.* FROM memberships m WHERE m.user_id IN (SELECT id FROM input)")
            .await?;
    rows.iter().map(membership).collect()
}

/// The memberships in a group, sorted by role and user.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn memberships_of_group(
    connection: &impl ConnectionTrait,
    group: GroupId,
) -> Result<Vec<MembershipFact>, StoreError> {
    let sql = "SELECT m.* FROM memberships m WHERE m.group_id = $1 ORDER BY m.role, m.user_id";
    query_all(connection, sql, vec![group.0.into()]).await?.iter().map(membership).collect()
}

/// The relations from these users to others.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn relations_from(connection: &impl ConnectionTrait, users: &[UserId]) -> Result<Vec<RelationFact>, StoreError> {
    let rows =
        query_per_user_chunk(connection, users, "SELECT r.* FROM relations r WHERE r.from_id IN (SELECT id FROM input)")
            .await?;
    rows.iter().map(relation).collect()
}

/// The relations of a user in both directions.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn relations_of(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<RelationFact>, StoreError> {
    let sql = "SELECT r.* FROM relations r WHERE r.from_id = $1 UNION ALL SELECT r.* FROM relations r WHERE r.to_id = $2";
    query_all(connection, sql, vec![user.0.into(), user.0.into()]).await?.iter().map(relation).collect()
}

/// The relations between two users in both directions.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn relations_between(
    connection: &impl ConnectionTrait,
    user: UserId,
    other: UserId,
) -> Result<Vec<RelationFact>, StoreError> {
    let sql = "SELECT r.* FROM relations r WHERE r.from_id = $1 AND r.to_id = $2 \
               UNION ALL SELECT r.* FROM relations r WHERE r.from_id = $3 AND r.to_id = $4";
    let values = vec![user.0.into(), other.0.into(), other.0.into(), user.0.into()];
    query_all(connection, sql, values).await?.iter().map(relation).collect()
}

/// All edges of a tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn edges(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<EdgeFact>, StoreError> {
    let sql = "SELECT e.* FROM edges e WHERE e.tenant_id = $1";
    query_all(connection, sql, vec![tenant.0.into()]).await?.iter().map(edge).collect()
}

/// The settings of a tenant that differ from the policy's defaults, sorted by name.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn settings(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT s.name, s.value FROM settings s WHERE s.tenant_id = $1 ORDER BY s.name";
    query_all(connection, sql, vec![tenant.0.into()]).await?.iter().map(setting).collect()
}

/// Runs `body` for chunks of users. `body` must use `IN (SELECT id FROM input)`: with a join with `input`, SQLite would read
/// the whole table for each chunk.
async fn query_per_user_chunk(
    connection: &impl ConnectionTrait,
    users: &[UserId],
    body: &str,
) -> Result<Vec<QueryResult>, StoreError> {
    let mut found = Vec::new();
    for chunk in users.chunks(CHUNK) {
        let query = rows::ids(chunk.iter().copied()).statement(connection.get_database_backend(), body, &[]);
        found.extend(connection.query_all_raw(query).await?);
    }
    Ok(found)
}

async fn query_all(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    Ok(connection.query_all_raw(statement(connection.get_database_backend(), sql, values)).await?)
}

pub(super) fn group(row: &QueryResult) -> Result<StoredGroup, StoreError> {
    Ok(StoredGroup {
        id: GroupId(row.try_get("", "id")?),
        external_id: row.try_get("", "external_id")?,
        kind: row.try_get("", "kind")?,
        name: row.try_get("", "name")?,
        parent: row.try_get::<Option<_>>("", "parent_id")?.map(GroupId),
        state: StoredNumber::from_number(row.try_get("", "state")?),
        delivers: StoredNumber::from_number(row.try_get("", "delivers")?),
    })
}

pub(super) fn membership(row: &QueryResult) -> Result<MembershipFact, StoreError> {
    Ok(MembershipFact {
        key: MembershipKey {
            user: UserId(row.try_get("", "user_id")?),
            group: GroupId(row.try_get("", "group_id")?),
            role: row.try_get("", "role")?,
        },
        from_ms: row.try_get("", "valid_from")?,
        until_ms: row.try_get("", "valid_until")?,
    })
}

pub(super) fn relation(row: &QueryResult) -> Result<RelationFact, StoreError> {
    Ok(RelationFact {
        key: RelationKey {
            from: UserId(row.try_get("", "from_id")?),
            relation: row.try_get("", "kind")?,
            to: UserId(row.try_get("", "to_id")?),
        },
        state: enum_value(row, "", "state")?,
    })
}

pub(super) fn edge(row: &QueryResult) -> Result<EdgeFact, StoreError> {
    Ok(EdgeFact {
        key: EdgeKey {
            from_group: GroupId(row.try_get("", "from_group")?),
            from_role: row.try_get("", "from_role")?,
            to_group: GroupId(row.try_get("", "to_group")?),
            to_role: row.try_get("", "to_role")?,
        },
        effect: enum_value(row, "", "effect")?,
        delivers: enum_value(row, "", "delivers")?,
    })
}

pub(super) fn setting(row: &QueryResult) -> Result<(String, String), StoreError> {
    Ok((row.try_get("", "name")?, row.try_get("", "value")?))
}

/// Roles as the column `roles` holds them: sorted, with a space before and after each, so that a search for ` role ` finds a
/// role.
pub(in crate::store) fn roles_text(roles: &[String]) -> String {
    let roles: BTreeSet<&str> = roles.iter().flat_map(|role| role.split_whitespace()).collect();
    if roles.is_empty() { String::new() } else { format!(" {} ", Vec::from_iter(roles).join(" ")) }
}

/// The parts of a user that rules and the directory depend on, for the log.
pub(super) fn user_fact(row: &user::Model) -> Fact {
    Fact::User(User {
        id: UserId(row.id).to_bytes(),
        status: i32::from(row.status),
        roles: row.roles.split_whitespace().map(str::to_owned).collect(),
        writable_by: i32::from(row.writable_by),
        words: search_words(&row.name, &row.external_id),
    })
}

pub(super) fn group_fact(group: &StoredGroup) -> Fact {
    Fact::Group(group.into())
}

impl From<&StoredGroup> for Group {
    fn from(group: &StoredGroup) -> Self {
        Self {
            id: group.id.to_bytes(),
            kind: group.kind.clone(),
            parent: group.parent.map(GroupId::to_bytes).unwrap_or_default(),
            state: group.state.number().into(),
            delivers: group.delivers.number().into(),
            words: search_words(&group.name, &group.external_id),
            kind_before: None,
        }
    }
}

impl From<&MembershipFact> for Membership {
    fn from(fact: &MembershipFact) -> Self {
        Self { valid_from: fact.from_ms, valid_until: fact.until_ms, ..Self::from(&fact.key) }
    }
}

impl From<&MembershipKey> for Membership {
    fn from(key: &MembershipKey) -> Self {
        Self { user: key.user.to_bytes(), group: key.group.to_bytes(), role: key.role.clone(), ..Self::default() }
    }
}

impl From<&RelationFact> for Relation {
    fn from(fact: &RelationFact) -> Self {
        Self { state: fact.state.number().into(), ..Self::from(&fact.key) }
    }
}

impl From<&RelationKey> for Relation {
    fn from(key: &RelationKey) -> Self {
        Self { from: key.from.to_bytes(), to: key.to.to_bytes(), relation: key.relation.clone(), ..Self::default() }
    }
}

impl From<&EdgeFact> for Edge {
    fn from(fact: &EdgeFact) -> Self {
        Self { effect: fact.effect.number().into(), delivers: fact.delivers.number().into(), ..Self::from(&fact.key) }
    }
}

impl From<&EdgeKey> for Edge {
    fn from(key: &EdgeKey) -> Self {
        Self {
            from_group: key.from_group.to_bytes(),
            from_role: key.from_role.clone(),
            to_group: key.to_group.to_bytes(),
            to_role: key.to_role.clone(),
            ..Self::default()
        }
    }
}

pub(super) fn setting_fact(name: &str, value: Option<&str>) -> Fact {
    Fact::Setting(Setting { name: name.to_owned(), value: value.map(str::to_owned) })
}
