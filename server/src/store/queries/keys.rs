//! Keys: those that sign people's tokens, and those of back ends.

use causerie_protocol::TenantId;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::purge;
use crate::{
    config::Secret,
    secrets::{self, Secrets, Unreadable},
    store::{
        Store, StoreError,
        entities::{api_key, signing_key},
    },
};

/// The algorithm whose key is a secret; the others have public keys, which are stored in clear.
const SYMMETRIC: &str = "HS256";

/// A key that signs tokens, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Unique across tenants.
    pub kid: String,
    /// Whose people it signs for.
    pub tenant: TenantId,
    /// `HS256`, `RS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// The shared secret (HS256), encrypted or not, or the public key (PEM). [`Self::material`] reads it.
    stored: Secret,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Since when tokens it signed are void, milliseconds since 1970 UTC; absent while it is valid.
    pub revoked_at_ms: Option<i64>,
}

/// A signing key whose secret can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signing key `{kid}` can't be used: {why}")]
pub struct UnreadableKey {
    /// Which key.
    pub kid: String,
    /// Why.
    pub why: Unreadable,
}

impl SigningKeyRow {
    /// The shared secret (HS256) or the public key (PEM).
    ///
    /// # Errors
    /// When it is encrypted under a key that is not among `secrets`, or was changed.
    pub fn material(&self, secrets: &Secrets) -> Result<Secret, UnreadableKey> {
        if self.algorithm != SYMMETRIC {
            return Ok(self.stored.clone());
        }
        let owner = owner(self.tenant, &self.kid, &self.algorithm);
        secrets.open(self.stored.expose(), &owner).map_err(|why| UnreadableKey { kid: self.kid.clone(), why })
    }

    /// How the secret is stored, in words; `None` for a public key.
    #[must_use]
    pub fn storage(&self) -> Option<String> {
        (self.algorithm == SYMMETRIC).then(|| match secrets::key_id(self.stored.expose()) {
            Ok(None) => "secret in clear".to_owned(),
            Ok(Some(id)) => format!("secret encrypted under {id}"),
            Err(why) => why.to_string(),
        })
    }

    /// The secret is in clear or encrypted under an earlier key, and there is a key to encrypt it under.
    #[must_use]
    pub fn is_to_be_encrypted(&self, secrets: &Secrets) -> bool {
        let current = secrets.current_id();
        let under = secrets::key_id(self.stored.expose());
        self.algorithm == SYMMETRIC && current.is_some() && under.is_ok_and(|under| under != current)
    }
}

/// What a stored secret belongs to.
fn owner(tenant: TenantId, kid: &str, algorithm: &str) -> String {
    format!("signing_keys {tenant} {algorithm} {kid}")
}

impl From<signing_key::Model> for SigningKeyRow {
    fn from(row: signing_key::Model) -> Self {
        Self {
            kid: row.kid,
            tenant: row.tenant_id.into(),
            algorithm: row.algorithm,
            stored: Secret::new(row.material),
            created_at_ms: row.created_at,
            revoked_at_ms: row.revoked_at,
        }
    }
}

/// Adds a key that signs tokens of a tenant's people; a secret is encrypted if there is a key for that.
///
/// # Errors
/// When the `kid` is taken ([`StoreError::is_unique_violation`]) or the database fails.
pub async fn add_signing_key(
    store: &Store,
    secrets: &Secrets,
    tenant: TenantId,
    kid: &str,
    algorithm: &str,
    material: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let material =
        if algorithm == SYMMETRIC { secrets.seal(material, &owner(tenant, kid, algorithm)) } else { material.to_owned() };
    let row = signing_key::ActiveModel {
        kid: Set(kid.to_owned()),
        tenant_id: Set(tenant.into()),
        algorithm: Set(algorithm.to_owned()),
        material: Set(material),
        created_at: Set(now_ms),
        revoked_at: Set(None),
    };
    signing_key::Entity::insert(row).exec_without_returning(store.writer()).await?;
    Ok(())
}

/// All keys that sign tokens, revoked ones included.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn signing_keys(store: &Store) -> Result<Vec<SigningKeyRow>, StoreError> {
    let rows = signing_key::Entity::find().all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The keys that sign tokens of a tenant's people, the oldest first, revoked ones included.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn signing_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<SigningKeyRow>, StoreError> {
    let query = signing_key::Entity::find().filter(signing_key::Column::TenantId.eq(Uuid::from(tenant)));
    let rows = query.order_by_asc(signing_key::Column::CreatedAt).all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The newest valid key of a tenant with this algorithm, or the one with this `kid`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
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

/// Encrypts under the current key every secret that is in clear or encrypted under an earlier key. Answers the keys it did that
/// for, and those whose secret can't be read and is left as it is. What they leave in the database's own files is then to be
/// removed by [`purge`](super::purge::purge); backups made before still hold it.
///
/// # Errors
/// When the database fails; nothing is changed then.
pub async fn encrypt_signing_keys(
    store: &Store,
    secrets: &Secrets,
) -> Result<(Vec<String>, Vec<UnreadableKey>), StoreError> {
    let (mut done, mut unreadable) = (Vec::new(), Vec::new());
    let rows = signing_keys(store).await?;
    let mut due = rows.iter().filter(|row| row.is_to_be_encrypted(secrets)).peekable();
    if due.peek().is_none() {
        return Ok((done, unreadable));
    }
    if store.is_embedded() {
        // Otherwise the bytes of the old value stay in the file until something else is written over them.
        store.writer().execute_unprepared("PRAGMA secure_delete = ON").await?;
    }
    let transaction = store.begin().await?;
    for row in due {
        let material = match row.material(secrets) {
            Ok(material) => material,
            // The secret of a revoked key is not worth a complaint.
            Err(_) if row.revoked_at_ms.is_some() => continue,
            Err(why) => {
                unreadable.push(why);
                continue;
            }
        };
        let sealed = secrets.seal(material.expose(), &owner(row.tenant, &row.kid, &row.algorithm));
        let updated = signing_key::Entity::update_many()
            .col_expr(signing_key::Column::Material, Expr::value(sealed))
            .filter(signing_key::Column::Kid.eq(&row.kid))
            // Another node may do the same.
            .filter(signing_key::Column::Material.eq(row.stored.expose()))
            .exec(&transaction)
            .await?;
        if updated.rows_affected > 0 {
            done.push(row.kid.clone());
        }
    }
    if !done.is_empty() {
        purge::remember(store, &transaction).await?;
    }
    transaction.commit().await?;
    if store.is_embedded() {
        store.writer().execute_unprepared("PRAGMA secure_delete = OFF").await?;
    }
    Ok((done, unreadable))
}

/// Voids all tokens a key signed. Answers whose it was; `None` when there was no such valid key.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
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
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn add_api_key(store: &Store, row: api_key::Model) -> Result<(), StoreError> {
    use sea_orm::IntoActiveModel as _;
    api_key::Entity::insert(row.into_active_model()).exec_without_returning(store.writer()).await?;
    Ok(())
}

/// The back end's key with this hash.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_key(store: &Store, hash: &str) -> Result<Option<api_key::Model>, StoreError> {
    Ok(api_key::Entity::find().filter(api_key::Column::Hash.eq(hash)).one(store.reader()).await?)
}

/// The keys of a tenant's back ends, the oldest first, revoked ones included.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<api_key::Model>, StoreError> {
    let query = api_key::Entity::find().filter(api_key::Column::TenantId.eq(Uuid::from(tenant)));
    Ok(query.order_by_asc(api_key::Column::CreatedAt).all(store.reader()).await?)
}

/// Voids a back end's key. Answers whose it was; `None` when there was no such valid key.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn revoke_api_key(store: &Store, id: Uuid, now_ms: i64) -> Result<Option<TenantId>, StoreError> {
    let revoked = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now_ms))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec_with_returning(store.writer())
        .await?;
    Ok(revoked.first().map(|row| row.tenant_id.into()))
}
