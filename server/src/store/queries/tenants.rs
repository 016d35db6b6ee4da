//! Tenants: creation, lookups and changes.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect as _,
};
use uuid::Uuid;

use crate::store::{
    Store, StoreError,
    entities::tenant,
    rows::{self, statement},
};

/// A customer of this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The id of the tenant.
    pub id: TenantId,
    /// Short name for operators, unique.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Clients that hold another epoch drop what they hold.
    pub epoch: Uuid,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

impl Tenant {
    /// A tenant with a new id, not stored yet.
    #[must_use]
    pub fn new(slug: &str, name: &str, now_ms: i64) -> Self {
        let (slug, name) = (slug.to_owned(), name.to_owned());
        Self { id: TenantId::new(), slug, name, epoch: Uuid::now_v7(), created_at_ms: now_ms }
    }
}

impl From<tenant::Model> for Tenant {
    fn from(row: tenant::Model) -> Self {
        Self { id: row.id.into(), slug: row.slug, name: row.name, epoch: row.epoch, created_at_ms: row.created_at }
    }
}

/// The first policy of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct FirstPolicy<'a> {
    /// The name of a preset, or a name that the operator chose.
    pub name: &'a str,
    /// The text of the policy. The caller has checked that it compiles.
    pub text: &'a str,
    /// The actor that chose the policy, such as `cli:root`.
    pub by: &'a str,
}

/// Makes a tenant without facts, with the preset `open`.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn create(store: &Store, slug: &str, name: &str, now_ms: i64) -> Result<Tenant, StoreError> {
    create_under(store, slug, name, None, now_ms).await
}

/// Makes a tenant without facts, with this policy, or with the preset `open` if `policy` is `None`. One transaction, so the
/// tenant never exists with another policy.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn create_under(
    store: &Store,
    slug: &str,
    name: &str,
    policy: Option<FirstPolicy<'_>>,
    now_ms: i64,
) -> Result<Tenant, StoreError> {
    let tenant = Tenant::new(slug, name, now_ms);
    let transaction = store.begin().await?;
    insert(&transaction, &tenant, policy).await?;
    transaction.commit().await?;
    Ok(tenant)
}

/// Stores a new tenant without facts, with this policy, or with the preset `open` if `policy` is `None`.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn insert(
    connection: &impl ConnectionTrait,
    tenant: &Tenant,
    policy: Option<FirstPolicy<'_>>,
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    let row = tenant::ActiveModel {
        id: Set(tenant.id.into()),
        slug: Set(tenant.slug.clone()),
        name: Set(tenant.name.clone()),
        epoch: Set(tenant.epoch),
        created_at: Set(tenant.created_at_ms),
    };
    tenant::Entity::insert(row).exec_without_returning(connection).await?;
    let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 0, $2)";
    let values = vec![tenant.id.0.into(), i64::from(policy.is_some()).into()];
    connection.execute_raw(statement(backend, sql, values)).await?;
    if let Some(policy) = policy {
        let sql = "INSERT INTO policies (tenant_id, version, name, text, created_at, created_by)
                   VALUES ($1, 1, $2, $3, $4, $5)";
        let created_at_ms = tenant.created_at_ms;
        let values =
            vec![tenant.id.0.into(), policy.name.into(), policy.text.into(), created_at_ms.into(), policy.by.into()];
        connection.execute_raw(statement(backend, sql, values)).await?;
    }
    Ok(())
}

/// Finds the tenant with this slug, or makes it with this policy. Two nodes may call this at the same time.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn ensure(
    store: &Store,
    slug: &str,
    name: &str,
    policy: Option<FirstPolicy<'_>>,
    now_ms: i64,
) -> Result<Tenant, StoreError> {
    if let Some(tenant) = find_by_slug(store, slug).await? {
        return Ok(tenant);
    }
    match create_under(store, slug, name, policy, now_ms).await {
        // Another node made the tenant meanwhile.
        Err(error) if error.is_unique_violation() => find_by_slug(store, slug).await?.ok_or(error),
        made => made,
    }
}

/// The tenant with this slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_by_slug(store: &Store, slug: &str) -> Result<Option<Tenant>, StoreError> {
    let row = tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)).one(store.reader()).await?;
    Ok(row.map(Tenant::from))
}

/// The slug of a tenant whose first policy was not chosen by `by`; `None` if there is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn first_not_by(store: &Store, by: &str) -> Result<Option<String>, StoreError> {
    let sql =
        "SELECT t.slug FROM tenants t LEFT JOIN policies p ON p.tenant_id = t.id AND p.version = 1 AND p.created_by = $1
               WHERE p.tenant_id IS NULL ORDER BY t.slug LIMIT 1";
    let found = store.reader().query_one_raw(statement(store.backend(), sql, vec![by.into()])).await?;
    Ok(found.map(|row| row.try_get("", "slug")).transpose()?)
}

/// All tenants, sorted by slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn all(store: &Store) -> Result<Vec<Tenant>, StoreError> {
    let rows = tenant::Entity::find().order_by_asc(tenant::Column::Slug).all(store.reader()).await?;
    Ok(rows.into_iter().map(Tenant::from).collect())
}

/// A page of the tenants, sorted by slug: at most `limit` tenants after the slug `after`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn page(store: &Store, after: &str, limit: u32) -> Result<Vec<Tenant>, StoreError> {
    let query = tenant::Entity::find().filter(tenant::Column::Slug.gt(after)).order_by_asc(tenant::Column::Slug);
    let rows = query.limit(u64::from(limit)).all(store.reader()).await?;
    Ok(rows.into_iter().map(Tenant::from).collect())
}

/// Gives every tenant a new epoch, so that clients drop what they hold.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn renew_epochs(store: &Store) -> Result<(), StoreError> {
    let transaction = store.begin().await?;
    for tenant in tenant::Entity::find().all(&transaction).await? {
        let sql = "UPDATE tenants SET epoch = $1 WHERE id = $2";
        let values = vec![Uuid::now_v7().into(), tenant.id.into()];
        transaction.execute_raw(statement(store.backend(), sql, values)).await?;
    }
    transaction.commit().await
}

/// The epochs of tenants, as text for the wire. Tenants that do not exist are absent.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn epochs(store: &Store, tenants: &[TenantId]) -> Result<HashMap<TenantId, String>, StoreError> {
    let sql = "SELECT t.id, t.epoch FROM input JOIN tenants t ON t.id = input.id";
    let query = rows::ids(tenants.iter().copied()).statement(store.backend(), sql, &[]);
    let found = store.reader().query_all_raw(query).await?;
    let epoch = |row: &QueryResult| Ok((TenantId(row.try_get("", "id")?), row.try_get::<Uuid>("", "epoch")?.to_string()));
    found.iter().map(epoch).collect()
}

/// Changes the display name of a tenant. Returns the tenant; `None` if no tenant has this slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn rename(connection: &impl ConnectionTrait, slug: &str, name: &str) -> Result<Option<Tenant>, StoreError> {
    let sql = "UPDATE tenants SET name = $1 WHERE slug = $2";
    let values = vec![name.into(), slug.into()];
    connection.execute_raw(statement(connection.get_database_backend(), sql, values)).await?;
    let row = tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)).one(connection).await?;
    Ok(row.map(Tenant::from))
}

/// The tenant with this id.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find(store: &Store, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    Ok(tenant::Entity::find_by_id(Uuid::from(id)).one(store.reader()).await?.map(Tenant::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::queries::facts::read,
        testing::{NOW_MS, on_each_database},
    };

    #[tokio::test]
    async fn a_tenant_starts_with_the_rules_of_its_creation() {
        on_each_database(|store| async move {
            let first = FirstPolicy { name: "school", text: "policy school", by: "cli:root" };
            let school = create_under(&store, "school", "School", Some(first), NOW_MS).await.expect("stores");
            let stored = read::policy(store.reader(), school.id).await.expect("reads").expect("has one");
            assert_eq!((stored.version, stored.name.as_str(), stored.created_by.as_str()), (1, "school", "cli:root"));
            let plain = create(&store, "plain", "Plain", NOW_MS).await.expect("stores");
            assert_eq!(read::policy(store.reader(), plain.id).await.expect("reads"), None, "stands for `open`");
        })
        .await;
    }
}
