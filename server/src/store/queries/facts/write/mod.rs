//! One change of a tenant's facts: locked, compared with what is stored, written, logged.
//!
//! Each kind of fact has its file. All of them apply rows in the order given, so that of two about the same fact the later
//! holds, and write what then differs from what is stored with a few statements for any number of rows. Callers keep a
//! transaction below some 5,000 rows: the log of one is one row, which every node reads as a whole, and while it lasts
//! nothing of this tenant is decided.

mod groups;
mod keyed;
mod merge;
mod people;

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
    rows::{Column, Rows, statement},
};

/// A change of one tenant's facts. Nothing is done until [`FactWrite::commit`].
pub struct FactWrite {
    transaction: Transaction,
    tenant: TenantId,
    now_ms: i64,
    changes: Vec<Change>,
}

impl FactWrite {
    /// Begins, once nobody else changes facts of this tenant or writes what they decided.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn begin(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        Self::within(store.begin().await?, tenant, now_ms).await
    }

    /// As [`FactWrite::begin`], for thousands of changes.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn begin_bulk(store: &Store, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        Self::within(store.begin_bulk().await?, tenant, now_ms).await
    }

    async fn within(transaction: Transaction, tenant: TenantId, now_ms: i64) -> Result<Self, StoreError> {
        lock::exclusive(&transaction, tenant).await?;
        Ok(Self { transaction, tenant, now_ms, changes: Vec::new() })
    }

    /// For reading what is stored, and written so far.
    #[must_use]
    pub fn connection(&self) -> &Transaction {
        &self.transaction
    }

    /// Makes everything durable. Answers the new version of the tenant's facts, or `None` where nothing changed that
    /// concerns rules or search.
    ///
    /// # Errors
    /// When the database fails; whether it was done is then unknown.
    pub async fn commit(mut self) -> Result<Option<u64>, StoreError> {
        let version = if self.changes.is_empty() { None } else { Some(self.log().await?) };
        self.transaction.commit().await?;
        Ok(version)
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// When the database fails; everything is undone then too.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.transaction.rollback().await
    }

    async fn log(&mut self) -> Result<u64, StoreError> {
        let backend = self.backend();
        // A tenant made by a server that knew no facts has no row yet.
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

    /// The people behind the product's ids, whatever their status; those that are not there are left out.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn resolve_users(&self, external_ids: &[&str]) -> Result<HashMap<String, UserId>, StoreError> {
        self.resolve(external_ids, "users").await
    }

    /// The groups behind the product's ids; those that are not there are left out.
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
        let rows = self.query(texts(external_ids), &body, &[self.tenant.0.into()]).await?;
        rows.iter().map(|row| Ok((row.try_get("", "external_id")?, row.try_get::<Uuid>("", "id")?.into()))).collect()
    }

    /// Puts a policy in force, unless it is in force already. The text has been compiled by the caller.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn policy(&mut self, name: &str, text: &str, by: &str) -> Result<Outcome, StoreError> {
        self.policy_of(name, text, by, None).await
    }

    /// [`Self::policy`] with rules of an earlier version, `restores`.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn policy_of(
        &mut self,
        name: &str,
        text: &str,
        by: &str,
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
            by.into(),
            restores.map(read::signed).into(),
        ];
        self.transaction.execute_raw(statement(backend, sql, values)).await?;
        let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 0, $2)
                   ON CONFLICT (tenant_id) DO UPDATE SET policy_version = excluded.policy_version";
        self.transaction.execute_raw(statement(backend, sql, vec![tenant, number])).await?;
        self.note(Fact::PolicyChanged(PolicyChanged { version }));
        Ok(if version == 1 { Outcome::Created } else { Outcome::Updated })
    }

    fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// For the log.
    fn note(&mut self, fact: Fact) {
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

/// The product's ids as `input (external_id)`, each once.
fn texts(external_ids: &[&str]) -> Rows<1> {
    let mut distinct = external_ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut rows = Rows::new([("external_id", Column::Text)]);
    for id in distinct {
        rows.push([id.into()]);
    }
    rows
}
