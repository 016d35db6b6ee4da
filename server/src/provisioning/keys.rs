//! API keys and signing keys of tenants: each change is stored together with its audit line, for HTTP and the command line.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    audit::Actor,
    auth::keys::Algorithm,
    secrets::Secrets,
    store::{
        Store, StoreError,
        entities::api_key,
        queries::{
            facts::lock::Hold,
            keys,
            tenants::{self, Tenant},
        },
    },
};

/// Stores an API key and records it in the audit log, in one transaction.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn create_api_key(store: &Store, by: &Actor, tenant: &Tenant, row: api_key::Model) -> Result<(), StoreError> {
    let transaction = by.begin(store, Hold::Shared(tenant.id), row.created_at).await?;
    store_api_key(&transaction, by, tenant, row).await?;
    transaction.commit().await
}

/// Stores an API key and records it in the audit log, as part of the transaction of `connection`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub(super) async fn store_api_key(
    connection: &impl ConnectionTrait,
    by: &Actor,
    tenant: &Tenant,
    row: api_key::Model,
) -> Result<(), StoreError> {
    let (target, at_ms) = (format!("key:{}", row.id), row.created_at);
    let scopes: Vec<&str> = row.scopes.split_whitespace().collect();
    let detail = [("name", row.name.as_str().into()), ("scopes", scopes.into())];
    by.record(connection, tenant, "api_key.create", target, detail, at_ms).await?;
    keys::add_api_key(connection, row).await
}

/// Revokes a tenant's API key and records it in the audit log, in one transaction. Returns false if the tenant has no
/// valid key with this id.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn revoke_api_key(store: &Store, by: &Actor, tenant: &Tenant, id: Uuid, now_ms: i64) -> Result<bool, StoreError> {
    // The lock is exclusive, so that the revocation waits for the changes that requests with this key have begun, and later
    // changes see the revocation.
    let transaction = by.begin(store, Hold::Exclusive(tenant.id), now_ms).await?;
    if keys::revoke_api_key(&transaction, tenant.id, id, now_ms).await? {
        by.record(&transaction, tenant, "api_key.revoke", format!("key:{id}"), [], now_ms).await?;
        transaction.commit().await?;
        return Ok(true);
    }
    transaction.rollback().await?;
    Ok(false)
}

/// A new key that signs the tokens of a tenant's users.
pub struct NewSigningKey<'a> {
    /// The key id, unique across tenants.
    pub kid: &'a str,
    /// The only algorithm that the key is used with.
    pub algorithm: Algorithm,
    /// The shared secret or the public key (PEM), already checked with [`Algorithm::key`].
    pub material: &'a str,
}

/// Stores a signing key and records it in the audit log, in one transaction. Returns false if a key of any tenant has this
/// `kid`.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn add_signing_key(
    store: &Store,
    secrets: &Secrets,
    by: &Actor,
    tenant: &Tenant,
    new: NewSigningKey<'_>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let (kid, algorithm) = (new.kid, new.algorithm.name());
    let transaction = by.begin(store, Hold::Shared(tenant.id), now_ms).await?;
    match keys::add_signing_key(&transaction, secrets, tenant.id, kid, algorithm, new.material, now_ms).await {
        Err(error) if error.is_unique_violation() => return Ok(false),
        added => added?,
    }
    let detail = [("algorithm", algorithm.into())];
    by.record(&transaction, tenant, "signing_key.add", format!("signing_key:{kid}"), detail, now_ms).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Revokes a tenant's signing key and records it in the audit log, in one transaction. Returns false if the tenant has no
/// valid key with this `kid`.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn revoke_signing_key(
    store: &Store,
    by: &Actor,
    tenant: &Tenant,
    kid: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let transaction = by.begin(store, Hold::Shared(tenant.id), now_ms).await?;
    if keys::revoke_signing_key(&transaction, tenant.id, kid, now_ms).await? {
        by.record(&transaction, tenant, "signing_key.revoke", format!("signing_key:{kid}"), [], now_ms).await?;
        transaction.commit().await?;
        return Ok(true);
    }
    transaction.rollback().await?;
    Ok(false)
}

/// The tenant of the API key with this id; `None` if there is no such key. Operators use it: their commands
/// name a key without its tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub async fn tenant_of_api_key(store: &Store, id: Uuid) -> Result<Option<Tenant>, StoreError> {
    match keys::api_key_owner(store, id).await? {
        Some(tenant) => tenants::find(store, tenant).await,
        None => Ok(None),
    }
}

/// The tenant of the signing key with this `kid`; `None` if there is no such key. Operators use it: their commands
/// name a key without its tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub async fn tenant_of_signing_key(store: &Store, kid: &str) -> Result<Option<Tenant>, StoreError> {
    match keys::signing_key_owner(store, kid).await? {
        Some(tenant) => tenants::find(store, tenant).await,
        None => Ok(None),
    }
}
