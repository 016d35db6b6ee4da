//! Tombstones of erased users. A tombstone is stored until a user with the external id exists again. After that, tokens of
//! the erased user stay void because they are older than `tokens_valid_from` of the new user.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait;
use sha2::{Digest as _, Sha256};

use super::FactWrite;
use crate::store::{
    StoreError,
    queries::users::Profile,
    rows::{Column, Rows, statement},
};

/// The data that is stored about an erased user, in addition to the hash of the external id.
#[derive(Debug, Clone, Copy)]
pub struct Tombstone {
    /// Tokens that were issued in this second or before are void. Seconds since 1970 UTC.
    pub(super) erased_at_s: i64,
    /// Whether the user was not active when erased, so that only the back end can create the user again.
    blocked: bool,
}

impl Tombstone {
    /// Whether `profile` may create the user again: always if it comes from a back end; if it comes from a token, only if
    /// the token was issued after the user was erased and the user was not blocked.
    #[must_use]
    pub fn allows(&self, profile: &Profile) -> bool {
        profile.issued_at_s.is_none_or(|issued_at_s| !self.blocked && issued_at_s > self.erased_at_s)
    }
}

impl FactWrite {
    /// Adds a tombstone for the external id of a user that is erased. Tokens that were issued at `erased_at_s` (seconds
    /// since 1970 UTC) or before stay void; if `blocked`, no token creates the user again. Removes the tenant's tombstones
    /// that are older than `remove_before_s` (seconds since 1970 UTC) and not `blocked`: all tokens that they void have
    /// expired.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses a statement.
    pub async fn add_tombstone(
        &mut self,
        external_id: &str,
        erased_at_s: i64,
        blocked: bool,
        remove_before_s: i64,
    ) -> Result<(), StoreError> {
        let backend = self.backend();
        let sql = "INSERT INTO erased_users (tenant_id, id_hash, erased_at_s, blocked) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant_id, id_hash) DO UPDATE
                   SET erased_at_s = excluded.erased_at_s, blocked = excluded.blocked";
        let hash = hash(self.tenant, external_id);
        let values = vec![self.tenant.0.into(), hash.into(), erased_at_s.into(), i16::from(blocked).into()];
        self.transaction.execute_raw(statement(backend, sql, values)).await?;
        let sql = "DELETE FROM erased_users WHERE tenant_id = $1 AND blocked = 0 AND erased_at_s < $2";
        let values = vec![self.tenant.0.into(), remove_before_s.into()];
        self.transaction.execute_raw(statement(backend, sql, values)).await?;
        Ok(())
    }

    /// Deletes the log of the tenant's facts, which contains names and external ids. A node that has not read the whole log
    /// loads all facts again.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn forget_log(&mut self) -> Result<(), StoreError> {
        let sql = "DELETE FROM fact_log WHERE tenant_id = $1";
        self.transaction.execute_raw(statement(self.backend(), sql, vec![self.tenant.0.into()])).await?;
        Ok(())
    }

    /// The tombstones of these external ids, by external id. Ids without a tombstone are absent.
    pub(super) async fn tombstones<'a>(
        &self,
        external_ids: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<&'a str, Tombstone>, StoreError> {
        let keys: Vec<_> = external_ids.map(|id| (self.tenant, id)).collect();
        let found = tombstones(&self.transaction, &keys).await?;
        Ok(found.into_iter().map(|((_, id), tombstone)| (id, tombstone)).collect())
    }

    /// Removes the tombstones of users who exist again.
    pub(super) async fn remove_tombstones<'a>(&self, external_ids: impl Iterator<Item = &'a str>) -> Result<(), StoreError> {
        let rows = hash_rows(external_ids.map(|id| hash(self.tenant, id)));
        let body = "DELETE FROM erased_users WHERE tenant_id = {0} AND id_hash IN (SELECT id_hash FROM input)";
        self.execute(rows, body, &[self.tenant.0.into()]).await
    }
}

/// The tombstones of these external ids, by tenant and external id. Ids without a tombstone are absent.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn tombstones<'a>(
    connection: &impl ConnectionTrait,
    external_ids: &[(TenantId, &'a str)],
) -> Result<HashMap<(TenantId, &'a str), Tombstone>, StoreError> {
    let backend = connection.get_database_backend();
    let mut rows = Rows::new([("tenant_id", Column::Uuid), ("id_hash", Column::Text)]);
    let mut by_hash = HashMap::with_capacity(external_ids.len());
    for (tenant, id) in external_ids {
        let hash = hash(*tenant, id);
        rows.push([tenant.0.into(), hash.as_str().into()]);
        by_hash.insert((*tenant, hash), *id);
    }
    let body = "SELECT e.tenant_id, e.id_hash, e.erased_at_s, e.blocked
                FROM input i JOIN erased_users e ON e.tenant_id = i.tenant_id AND e.id_hash = i.id_hash";
    let mut found = HashMap::new();
    for part in rows.parts(backend) {
        for row in connection.query_all_raw(part.statement(backend, body, &[])).await? {
            let tombstone =
                Tombstone { erased_at_s: row.try_get("", "erased_at_s")?, blocked: row.try_get::<i16>("", "blocked")? != 0 };
            let tenant = TenantId(row.try_get("", "tenant_id")?);
            if let Some(id) = by_hash.get(&(tenant, row.try_get::<String>("", "id_hash")?)) {
                found.insert((tenant, *id), tombstone);
            }
        }
    }
    Ok(found)
}

fn hash(tenant: TenantId, external_id: &str) -> String {
    let hash = Sha256::new().chain_update(tenant.0.as_bytes()).chain_update(external_id).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash_rows(hashes: impl Iterator<Item = String>) -> Rows<1> {
    let mut rows = Rows::new([("id_hash", Column::Text)]);
    for hash in hashes {
        rows.push([hash.into()]);
    }
    rows
}
