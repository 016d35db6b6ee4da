//! Tenants: made by operators, found by everything else.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::{Store, StoreError, entities::tenant};

/// A customer of this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name for operators.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Voids the positions clients hold when it changes.
    pub epoch: Uuid,
}

impl From<tenant::Model> for Tenant {
    fn from(row: tenant::Model) -> Self {
        Self { id: row.id.into(), slug: row.slug, name: row.name, epoch: row.epoch }
    }
}

/// Makes a tenant.
///
/// # Errors
/// When the slug is taken ([`StoreError::is_unique_violation`]) or the database fails.
pub async fn create(store: &Store, slug: &str, name: &str, now_ms: i64) -> Result<Tenant, StoreError> {
    let tenant = Tenant { id: TenantId::new(), slug: slug.to_owned(), name: name.to_owned(), epoch: Uuid::now_v7() };
    let row = tenant::ActiveModel {
        id: Set(tenant.id.into()),
        slug: Set(tenant.slug.clone()),
        name: Set(tenant.name.clone()),
        epoch: Set(tenant.epoch),
        created_at: Set(now_ms),
    };
    tenant::Entity::insert(row).exec_without_returning(store.writer()).await?;
    Ok(tenant)
}

/// Finds a tenant, or makes it. Two nodes may do so at once.
///
/// # Errors
/// When the database fails.
pub async fn ensure(store: &Store, slug: &str, name: &str, now_ms: i64) -> Result<Tenant, StoreError> {
    if let Some(tenant) = find_by_slug(store, slug).await? {
        return Ok(tenant);
    }
    match create(store, slug, name, now_ms).await {
        // Another node was faster.
        Err(error) if error.is_unique_violation() => find_by_slug(store, slug).await?.ok_or(error),
        made => made,
    }
}

/// The tenant of a slug.
///
/// # Errors
/// When the database fails.
pub async fn find_by_slug(store: &Store, slug: &str) -> Result<Option<Tenant>, StoreError> {
    let row = tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)).one(store.reader()).await?;
    Ok(row.map(Tenant::from))
}

/// The epochs of tenants, as text for the wire.
///
/// # Errors
/// When the database fails.
pub async fn epochs(store: &Store, tenants: &[TenantId]) -> Result<HashMap<TenantId, String>, StoreError> {
    let ids = tenants.iter().map(|tenant| tenant.0);
    let rows = tenant::Entity::find().filter(tenant::Column::Id.is_in(ids)).all(store.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.epoch.to_string())).collect())
}

/// The tenant of an id.
///
/// # Errors
/// When the database fails.
pub async fn find(store: &Store, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    Ok(tenant::Entity::find_by_id(Uuid::from(id)).one(store.reader()).await?.map(Tenant::from))
}
