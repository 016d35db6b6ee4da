//! Keys: those that sign people's tokens, and those of back ends.

use causerie_protocol::TenantId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use crate::{
    config::Secret,
    store::{
        Store, StoreError,
        entities::{api_key, signing_key},
    },
};

/// A key that signs tokens, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Unique across tenants.
    pub kid: String,
    /// Whose people it signs for.
    pub tenant: TenantId,
    /// `HS256`, `RS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// The shared secret (HS256) or the public key (PEM).
    pub material: Secret,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Since when tokens it signed are void, milliseconds since 1970 UTC; absent while it is valid.
    pub revoked_at_ms: Option<i64>,
}

impl From<signing_key::Model> for SigningKeyRow {
    fn from(row: signing_key::Model) -> Self {
        Self {
            kid: row.kid,
            tenant: row.tenant_id.into(),
            algorithm: row.algorithm,
            material: Secret::new(row.material),
            created_at_ms: row.created_at,
            revoked_at_ms: row.revoked_at,
        }
    }
}

/// Adds a key that signs tokens of a tenant's people.
///
/// # Errors
/// When the `kid` is taken ([`StoreError::is_unique_violation`]) or the database fails.
pub async fn add_signing_key(
    store: &Store,
    tenant: TenantId,
    kid: &str,
    algorithm: &str,
    material: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let row = signing_key::ActiveModel {
        kid: Set(kid.to_owned()),
        tenant_id: Set(tenant.into()),
        algorithm: Set(algorithm.to_owned()),
        material: Set(material.to_owned()),
        created_at: Set(now_ms),
        revoked_at: Set(None),
    };
    signing_key::Entity::insert(row).exec_without_returning(store.writer()).await?;
    Ok(())
}

/// All keys that sign tokens, revoked ones included.
///
/// # Errors
/// When the database fails.
pub async fn signing_keys(store: &Store) -> Result<Vec<SigningKeyRow>, StoreError> {
    let rows = signing_key::Entity::find().all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The keys that sign tokens of a tenant's people, the oldest first, revoked ones included.
///
/// # Errors
/// When the database fails.
pub async fn signing_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<SigningKeyRow>, StoreError> {
    let query = signing_key::Entity::find().filter(signing_key::Column::TenantId.eq(Uuid::from(tenant)));
    let rows = query.order_by_asc(signing_key::Column::CreatedAt).all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The newest valid key of a tenant with this algorithm, or the one with this `kid`.
///
/// # Errors
/// When the database fails.
pub async fn signing_key(
    store: &Store,
    tenant: TenantId,
    algorithm: &str,
    kid: Option<&str>,
) -> Result<Option<SigningKeyRow>, StoreError> {
    let mut query = signing_key::Entity::find()
        .filter(signing_key::Column::TenantId.eq(Uuid::from(tenant)))
        .filter(signing_key::Column::Algorithm.eq(algorithm))
        .filter(signing_key::Column::RevokedAt.is_null());
    if let Some(kid) = kid {
        query = query.filter(signing_key::Column::Kid.eq(kid));
    }
    let row = query.order_by_desc(signing_key::Column::CreatedAt).one(store.reader()).await?;
    Ok(row.map(SigningKeyRow::from))
}

/// Voids all tokens a key signed. Answers whose it was; `None` when there was no such valid key.
///
/// # Errors
/// When the database fails.
pub async fn revoke_signing_key(store: &Store, kid: &str, now_ms: i64) -> Result<Option<TenantId>, StoreError> {
    let revoked = signing_key::Entity::update_many()
        .col_expr(signing_key::Column::RevokedAt, Expr::value(now_ms))
        .filter(signing_key::Column::Kid.eq(kid))
        .filter(signing_key::Column::RevokedAt.is_null())
        .exec_with_returning(store.writer())
        .await?;
    Ok(revoked.first().map(|row| row.tenant_id.into()))
}

/// Adds a back end's key, of which only the hash is kept.
///
/// # Errors
/// When the database fails.
pub async fn add_api_key(store: &Store, row: api_key::Model) -> Result<(), StoreError> {
    use sea_orm::IntoActiveModel as _;
    api_key::Entity::insert(row.into_active_model()).exec_without_returning(store.writer()).await?;
    Ok(())
}

/// The back end's key with this hash.
///
/// # Errors
/// When the database fails.
pub async fn api_key(store: &Store, hash: &str) -> Result<Option<api_key::Model>, StoreError> {
    Ok(api_key::Entity::find().filter(api_key::Column::Hash.eq(hash)).one(store.reader()).await?)
}

/// The keys of a tenant's back ends, the oldest first, revoked ones included.
///
/// # Errors
/// When the database fails.
pub async fn api_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<api_key::Model>, StoreError> {
    let query = api_key::Entity::find().filter(api_key::Column::TenantId.eq(Uuid::from(tenant)));
    Ok(query.order_by_asc(api_key::Column::CreatedAt).all(store.reader()).await?)
}

/// Voids a back end's key. Answers whose it was; `None` when there was no such valid key.
///
/// # Errors
/// When the database fails.
pub async fn revoke_api_key(store: &Store, id: Uuid, now_ms: i64) -> Result<Option<TenantId>, StoreError> {
    let revoked = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now_ms))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec_with_returning(store.writer())
        .await?;
    Ok(revoked.first().map(|row| row.tenant_id.into()))
}
