//! Keys that sign the tokens of users, and API keys of back ends.

use std::collections::HashSet;

use causerie_protocol::TenantId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _, sea_query::Expr,
};
use uuid::Uuid;

use super::{purge, write_tx::WriteTx};
use crate::{
    config::Secret,
    secrets::{self, Secrets, Unreadable},
    store::{
        Store, StoreError,
        entities::{api_key, signing_key},
        rows::{self, statement},
    },
};

/// The algorithm whose key is a secret. Keys of the other algorithms are public and stored in plaintext.
const SYMMETRIC: &str = "HS256";

/// A key that signs tokens, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// The key id, unique across tenants.
    pub kid: String,
    /// The tenant whose tokens the key signs.
    pub tenant: TenantId,
    /// `HS256`, `RS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// The shared secret (HS256), encrypted or in plaintext, or the public key (PEM). [`Self::material`] decrypts it.
    stored: Secret,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Milliseconds since 1970 UTC; from this moment on, tokens signed with the key are invalid. Absent while the key is
    /// valid.
    pub revoked_at_ms: Option<i64>,
}

/// The error of a signing key whose secret can't be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signing key `{kid}` can't be used: {why}")]
pub struct UnreadableKey {
    /// The id of the key.
    pub kid: String,
    /// The reason.
    pub why: Unreadable,
}

impl SigningKeyRow {
    /// The shared secret (HS256) or the public key (PEM).
    ///
    /// # Errors
    /// `UnreadableKey` if the secret is encrypted under a key that `secrets` does not contain, or if its ciphertext was
    /// changed.
    pub fn material(&self, secrets: &Secrets) -> Result<Secret, UnreadableKey> {
        if self.algorithm != SYMMETRIC {
            return Ok(self.stored.clone());
        }
        let owner = owner(self.tenant, &self.kid, &self.algorithm);
        secrets.open(self.stored.expose(), &owner).map_err(|why| UnreadableKey { kid: self.kid.clone(), why })
    }

    /// How the secret is stored, as a text for operators; `None` for a public key.
    #[must_use]
    pub fn storage(&self) -> Option<String> {
        (self.algorithm == SYMMETRIC).then(|| match secrets::key_id(self.stored.expose()) {
            Ok(None) => "secret in clear".to_owned(),
            Ok(Some(id)) => format!("secret encrypted under {id}"),
            Err(why) => why.to_string(),
        })
    }

    /// Whether the secret is in plaintext or encrypted under an earlier key, and `secrets` has a current key to encrypt it
    /// under.
    #[must_use]
    pub fn is_to_be_encrypted(&self, secrets: &Secrets) -> bool {
        let current = secrets.current_id();
        let encryption_key = secrets::key_id(self.stored.expose());
        self.algorithm == SYMMETRIC && current.is_some() && encryption_key.is_ok_and(|id| id != current)
    }
}

/// The text that identifies the row of a secret. The encryption binds the secret to it, so that the secret can't be moved to
/// another row.
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

/// Stores a key that signs the tokens of a tenant's users. A secret is encrypted if `secrets` has a current key.
///
/// # Errors
/// `StoreError` if the `kid` is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses
/// the statement.
pub async fn add_signing_key(
    connection: &impl ConnectionTrait,
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
    signing_key::Entity::insert(row).exec_without_returning(connection).await?;
    Ok(())
}

/// All signing keys, including revoked keys.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn signing_keys(store: &Store) -> Result<Vec<SigningKeyRow>, StoreError> {
    let rows = signing_key::Entity::find().all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The signing keys of a tenant, the oldest first, including revoked keys.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn signing_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<SigningKeyRow>, StoreError> {
    let query = signing_key::Entity::find().filter(signing_key::Column::TenantId.eq(Uuid::from(tenant)));
    let rows = query.order_by_asc(signing_key::Column::CreatedAt).all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The newest valid key of a tenant with this algorithm, or the key with this `kid` if it is valid and has this algorithm.
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

/// Encrypts, under the current key, every secret that is in plaintext or encrypted under an earlier key. Returns the ids of
/// the encrypted keys, and the keys whose secret can't be decrypted and stays as it is. The database's files still contain
/// the old values until [`purge`](super::purge::purge) has run; earlier backups keep them.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement; nothing is changed then.
pub async fn encrypt_signing_keys(
    store: &Store,
    secrets: &Secrets,
) -> Result<(Vec<String>, Vec<UnreadableKey>), StoreError> {
    let (mut encrypted, mut unreadable) = (Vec::new(), Vec::new());
    let rows = signing_keys(store).await?;
    let mut to_encrypt = rows.iter().filter(|row| row.is_to_be_encrypted(secrets)).peekable();
    if to_encrypt.peek().is_none() {
        return Ok((encrypted, unreadable));
    }
    if store.is_embedded() {
        // Without this setting, the bytes of the old value stay in the file until other data overwrites them.
        store.writer().execute_unprepared("PRAGMA secure_delete = ON").await?;
    }
    let transaction = store.begin().await?;
    for row in to_encrypt {
        let material = match row.material(secrets) {
            Ok(material) => material,
            // The secret of a revoked key is no longer needed, so it is not reported.
            Err(_) if row.revoked_at_ms.is_some() => continue,
            Err(error) => {
                unreadable.push(error);
                continue;
            }
        };
        let sealed = secrets.seal(material.expose(), &owner(row.tenant, &row.kid, &row.algorithm));
        let updated = signing_key::Entity::update_many()
            .col_expr(signing_key::Column::Material, Expr::value(sealed))
            .filter(signing_key::Column::Kid.eq(&row.kid))
            // Another node may have encrypted the secret meanwhile.
            .filter(signing_key::Column::Material.eq(row.stored.expose()))
            .exec(&transaction)
            .await?;
        if updated.rows_affected > 0 {
            encrypted.push(row.kid.clone());
        }
    }
    if !encrypted.is_empty() {
        purge::set_due(store, &transaction).await?;
    }
    transaction.commit().await?;
    if store.is_embedded() {
        store.writer().execute_unprepared("PRAGMA secure_delete = OFF").await?;
    }
    Ok((encrypted, unreadable))
}

/// Revokes a tenant's signing key, so that all tokens that it signed become invalid. Returns false if the tenant has no
/// valid key with this `kid`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn revoke_signing_key(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    kid: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let update = signing_key::Entity::update_many()
        .col_expr(signing_key::Column::RevokedAt, Expr::value(now_ms))
        .filter(signing_key::Column::Kid.eq(kid))
        .filter(signing_key::Column::TenantId.eq(tenant.0))
        .filter(signing_key::Column::RevokedAt.is_null());
    Ok(update.exec(connection).await?.rows_affected > 0)
}

/// The tenant of the signing key with this `kid`, even if the key was revoked.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn signing_key_owner(store: &Store, kid: &str) -> Result<Option<TenantId>, StoreError> {
    Ok(signing_key::Entity::find_by_id(kid).one(store.reader()).await?.map(|row| row.tenant_id.into()))
}

/// Stores an API key of a back end. The row contains only the hash of the key.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn add_api_key(connection: &impl ConnectionTrait, row: api_key::Model) -> Result<(), StoreError> {
    use sea_orm::IntoActiveModel as _;
    api_key::Entity::insert(row.into_active_model()).exec_without_returning(connection).await?;
    Ok(())
}

/// The API key with this hash, even if it has expired or was revoked.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_key(store: &Store, hash: &str) -> Result<Option<api_key::Model>, StoreError> {
    Ok(api_key::Entity::find().filter(api_key::Column::Hash.eq(hash)).one(store.reader()).await?)
}

/// Checks that an API key is valid and that its tenant is not suspended. Must be called under the fact lock of that tenant:
/// a revocation and a suspension take the same lock, so the result stays true until the transaction ends.
///
/// # Errors
/// [`StoreError::ApiKeyVoid`] if the key does not exist, expired or was revoked; [`StoreError::TenantSuspended`] if its
/// tenant is suspended; another `StoreError` if the database does not answer or refuses the statement.
pub async fn require_valid(transaction: &impl ConnectionTrait, id: Uuid, now_ms: i64) -> Result<(), StoreError> {
    let sql = "SELECT k.expires_at, k.revoked_at, f.suspended_at FROM api_keys k
               LEFT JOIN facts f ON f.tenant_id = k.tenant_id WHERE k.id = $1";
    let query = statement(transaction.get_database_backend(), sql, vec![id.into()]);
    let row = transaction.query_one_raw(query).await?.ok_or(StoreError::ApiKeyVoid)?;
    let at_ms = |column: &str| row.try_get::<Option<i64>>("", column);
    if at_ms("revoked_at")?.is_some() || at_ms("expires_at")?.is_some_and(|end_ms| end_ms <= now_ms) {
        return Err(StoreError::ApiKeyVoid);
    }
    if at_ms("suspended_at")?.is_some() { Err(StoreError::TenantSuspended) } else { Ok(()) }
}

/// The API keys of a tenant, the oldest first, including revoked keys.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_keys_of(store: &Store, tenant: TenantId) -> Result<Vec<api_key::Model>, StoreError> {
    let query = api_key::Entity::find().filter(api_key::Column::TenantId.eq(Uuid::from(tenant)));
    Ok(query.order_by_asc(api_key::Column::CreatedAt).all(store.reader()).await?)
}

/// A page of the API keys of a tenant, the oldest first, including revoked keys: at most `limit` keys after the key `after`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn page_of_api_keys(
    store: &Store,
    tenant: TenantId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<api_key::Model>, StoreError> {
    let query = api_key::Entity::find()
        .filter(api_key::Column::TenantId.eq(tenant.0))
        .filter(api_key::Column::Id.gt(after.unwrap_or_default()));
    Ok(query.order_by_asc(api_key::Column::Id).limit(u64::from(limit)).all(store.reader()).await?)
}

/// An API key of a tenant by its id, even if it has expired or was revoked.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_key_of_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<api_key::Model>, StoreError> {
    let query = api_key::Entity::find_by_id(id).filter(api_key::Column::TenantId.eq(tenant.0));
    Ok(query.one(connection).await?)
}

/// A page of the signing keys of a tenant in the order of their ids, including revoked keys: at most `limit` keys after the
/// key `after`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn page_of_signing_keys(
    store: &Store,
    tenant: TenantId,
    after: &str,
    limit: u32,
) -> Result<Vec<SigningKeyRow>, StoreError> {
    let query = signing_key::Entity::find()
        .filter(signing_key::Column::TenantId.eq(tenant.0))
        .filter(signing_key::Column::Kid.gt(after));
    let rows = query.order_by_asc(signing_key::Column::Kid).limit(u64::from(limit)).all(store.reader()).await?;
    Ok(rows.into_iter().map(SigningKeyRow::from).collect())
}

/// The tenant of the API key with this id, even if the key has expired or was revoked.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn api_key_owner(store: &Store, id: Uuid) -> Result<Option<TenantId>, StoreError> {
    Ok(api_key::Entity::find_by_id(id).one(store.reader()).await?.map(|row| row.tenant_id.into()))
}

impl WriteTx {
    /// The ids among these of API keys that are neither revoked nor expired. Must be called while the facts of their tenants
    /// are locked: see [`require_valid`].
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn valid_keys(&self, ids: impl IntoIterator<Item = Uuid>, now_ms: i64) -> Result<HashSet<Uuid>, StoreError> {
        let sql = "SELECT k.id FROM input JOIN api_keys k ON k.id = input.id \
                   WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > {0})";
        let found = self.query(rows::ids(ids), sql, &[now_ms.into()]).await?;
        found.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }
}

/// Revokes a tenant's API key. Must be called under the tenant's exclusive fact lock: see [`require_valid`]. Returns false
/// if the tenant has no valid key with this id.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn revoke_api_key(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let update = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now_ms))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::TenantId.eq(tenant.0))
        .filter(api_key::Column::RevokedAt.is_null());
    Ok(update.exec(connection).await?.rows_affected > 0)
}
