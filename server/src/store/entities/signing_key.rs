//! Keys that sign the tokens of a tenant's users. A row must not be printed, because `material` may be a secret. Other
//! modules use `queries::keys::SigningKeyRow`, which does not print it.

use sea_orm::entity::prelude::*;

/// A row of `signing_keys`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// Primary key, unique across tenants: a token's `kid` selects the tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    /// The tenant whose tokens the key signs.
    pub tenant_id: Uuid,
    /// `HS256`, `RS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// The shared secret (HS256), encrypted or in plaintext, or the public key (PEM).
    pub material: String,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC; from this moment on, tokens signed with the key are invalid.
    pub revoked_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
