//! One transaction that changes a tenant's facts: it takes the lock, compares with the stored facts, writes the tables and
//! appends to the log.
//!
//! Each kind of fact has its file. Changes apply in the order given, so that the later of two changes of the same fact
//! applies. The result is compared with the stored facts, and the differences are written with a few statements for any
//! number of rows. A caller should keep a transaction below about 5,000 rows: its changes are one row of the log, which
//! every node reads as a whole, and no decision that writes for this tenant can be made while the transaction holds the
//! lock.

mod erased;
mod groups;
mod keyed;
mod merge;
mod users;

pub use self::erased::tombstones;

use std::collections::HashMap;

use causerie_protocol::{
    GroupId, TenantId, UserId,
    facts::{Change, Changes, PolicyChanged, change::Fact},
};
use prost::Message as _;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use uuid::Uuid;

use super::{Outcome, lock, read};
use crate::store::{
    Store, StoreError, Transaction,
    queries::{keys, tenant_states},
    rows::{Column, Rows, statement},
};

/// A change of one tenant's facts. It has no effect before [`FactWrite::commit`].
pub struct FactWrite {
    transaction: Transaction,
    tenant: TenantId,
    now_ms: i64,
    changes: Vec<Change>,
}

impl FactWrite {
    /// Begins a transaction and waits for the tenant's exclusive fact lock.
    ///
    /// # Errors
    /// [`StoreError::TenantSuspended`] if the tenant is suspended; [`StoreError::TenantAbsent`] if it does not exist;
    /// another `StoreError` if the database does not answer or refuses the statement.
    pub async fn begin(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        Self::begin_in(store.begin().await?, tenant, now_ms).await
    }

    /// Like [`FactWrite::begin`], for thousands of changes.
    ///
    /// # Errors
    /// The errors of [`FactWrite::begin`].
    pub async fn begin_bulk(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        Self::begin_in(store.begin_bulk().await?, tenant, now_ms).await
    }

    async fn begin_in(transaction: Transaction, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        lock::exclusive(&transaction, tenant).await?;
        // The check is a separate statement after the lock: see `Decisions are made under the lock` in ARCHITECTURE.md.
        tenant_states::require_open(&transaction, tenant).await?;
        Ok(Self { transaction, tenant, now_ms, changes: Vec::new() })
    }

    /// Checks that the API key that requested the change is still valid. A revocation of the key takes the fact lock that
    /// this transaction holds. `None`: an operator or the server itself requested the change.
    ///
    /// # Errors
    /// [`StoreError::ApiKeyVoid`] or [`StoreError::TenantSuspended`]; another `StoreError` if the database does not answer
    /// or refuses the statement.
    pub async fn requested_by(self, key: Option<Uuid>) -> Result<Self, StoreError> {
        if let Some(key) = key {
            keys::require_valid(&self.transaction, key, self.now_ms).await?;
        }
        Ok(self)
    }

    /// The transaction, for reads that see the changes written so far.
    #[must_use]
    pub fn connection(&self) -> &Transaction {
        &self.transaction
    }

    /// Appends the changes to the log and commits. Returns the new version of the tenant's facts; `None` if no change
    /// concerns the rules or the directory.
    ///
    /// # Errors
    /// `StoreError` if a statement fails, which undoes everything; or if the commit fails, after which it is unknown whether
    /// the transaction was committed.
    pub async fn commit(mut self) -> Result<Option<u64>, StoreError> {
        let version = if self.changes.is_empty() { None } else { Some(self.log().await?) };
        self.transaction.commit().await?;
        Ok(version)
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer; everything is undone in that case too.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.transaction.rollback().await
    }

    /// Raises the version of the facts, appends the changes to the log, and returns the version.
    async fn log(&mut self) -> Result<u64, StoreError> {
        let backend = self.backend();
        // A tenant that was created by an early version of the server has no row yet.
        let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 1, 0)
                   ON CONFLICT (tenant_id) DO UPDATE SET version = facts.version + 1 RETURNING version, policy_version";
        let row = self.transaction.query_one_raw(statement(backend, sql, vec![self.tenant.0.into()])).await?;
        let row = row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("facts".to_owned()))?;
        let version = read::version(&row)?.facts;
        let change = Changes { changes: std::mem::take(&mut self.changes) }.encode_to_vec();
        let sql = "INSERT INTO fact_log (tenant_id, version, changed_at, change) VALUES ($1, $2, $3, $4)";
        let values = vec![self.tenant.0.into(), read::signed(version).into(), self.now_ms.into(), change.into()];
        self.transaction.execute_raw(statement(backend, sql, values)).await?;
        Ok(version)
    }

    /// The ids of users by external id, whatever their status. Unknown users are left out.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn resolve_users(&self, external_ids: &[&str]) -> Result<HashMap<String, UserId>, StoreError> {
        self.resolve(external_ids, "users").await
    }

    /// The ids of groups by external id. Unknown groups are left out.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn resolve_groups(&self, external_ids: &[&str]) -> Result<HashMap<String, GroupId>, StoreError> {
        self.resolve(external_ids, "groups").await
    }

    async fn resolve<I: From<Uuid>>(&self, external_ids: &[&str], table: &str) -> Result<HashMap<String, I>, StoreError> {
        let body = format!(
            "SELECT t.id, t.external_id FROM input i JOIN {table} t ON t.tenant_id = {{0}} AND t.external_id = i.external_id"
        );
        let rows = self.query(external_id_rows(external_ids), &body, &[self.tenant.0.into()]).await?;
        rows.iter().map(|row| Ok((row.try_get("", "external_id")?, row.try_get::<Uuid>("", "id")?.into()))).collect()
    }

    /// Puts a policy in force unless it is in force already. `actor`: the actor in the audit, such as `cli:root`. The caller
    /// has checked that the text compiles.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn policy(&mut self, name: &str, text: &str, actor: &str) -> Result<Outcome, StoreError> {
        self.set_policy(name, text, actor, None).await
    }

    /// Like [`Self::policy`], where `restores` is the earlier version whose rules this policy restores.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn set_policy(
        &mut self,
        name: &str,
        text: &str,
        actor: &str,
        restores: Option<u64>,
    ) -> Result<Outcome, StoreError> {
        let current = read::policy(&self.transaction, self.tenant).await?;
        if current.is_some_and(|current| current.name == name && current.text == text) {
            return Ok(Outcome::Unchanged);
        }
        let backend = self.backend();
        let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM policies WHERE tenant_id = $1";
        let latest = self.transaction.query_one_raw(statement(backend, sql, vec![self.tenant.0.into()])).await?;
        let version = latest.map_or(Ok(0), |row| read::number(&row, "version"))? + 1;
        let sql = "INSERT INTO policies (tenant_id, version, name, text, created_at, created_by, restores)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let (tenant, number) = (Value::from(self.tenant.0), Value::from(read::signed(version)));
        let values = vec![
            tenant.clone(),
            number.clone(),
            name.into(),
            text.into(),
            self.now_ms.into(),
            actor.into(),
            restores.map(read::signed).into(),
        ];
        self.transaction.execute_raw(statement(backend, sql, values)).await?;
        let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 0, $2)
                   ON CONFLICT (tenant_id) DO UPDATE SET policy_version = excluded.policy_version";
        self.transaction.execute_raw(statement(backend, sql, vec![tenant, number])).await?;
        self.log_change(Fact::PolicyChanged(PolicyChanged { version }));
        Ok(if version == 1 { Outcome::Created } else { Outcome::Updated })
    }

    fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// Adds a change to the entry of the log that [`Self::commit`] writes.
    fn log_change(&mut self, fact: Fact) {
        self.changes.push(Change { fact: Some(fact) });
    }

    async fn query<const N: usize>(
        &self,
        rows: Rows<N>,
        body: &str,
        extra: &[Value],
    ) -> Result<Vec<QueryResult>, StoreError> {
        let backend = self.backend();
        let mut found = Vec::new();
        for part in rows.parts(backend) {
            found.extend(self.transaction.query_all_raw(part.statement(backend, body, extra)).await?);
        }
        Ok(found)
    }

    async fn execute<const N: usize>(&self, rows: Rows<N>, body: &str, extra: &[Value]) -> Result<(), StoreError> {
        let backend = self.backend();
        for part in rows.parts(backend) {
            self.transaction.execute_raw(part.statement(backend, body, extra)).await?;
        }
        Ok(())
    }
}

/// The rows of `input (external_id)`: each external id once.
fn external_id_rows(external_ids: &[&str]) -> Rows<1> {
    let mut distinct = external_ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut rows = Rows::new([("external_id", Column::Text)]);
    for id in distinct {
        rows.push([id.into()]);
    }
    rows
}
