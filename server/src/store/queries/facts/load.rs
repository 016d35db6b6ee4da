//! Reads all facts of a tenant at one version. All statements see the same moment, however long the read takes.

use super::{
    read::{self, StoredPolicy, Version},
    stored,
};
use crate::store::{Store, StoreError, Transaction};
use causerie_protocol::{
    TenantId, UserId,
    facts::{Change, Changes, change::Fact},
};

/// Users, or groups, per page.
const PAGE: u32 = 5_000;
/// Users whose memberships or relations are read at a time: a page of some tens of thousands of facts.
const HOLDERS: usize = 1_000;

/// A read in progress.
pub struct Load {
    transaction: Transaction,
    tenant: TenantId,
    version: Version,
    policy: Option<StoredPolicy>,
}

impl Load {
    /// Fixes the moment, and reads the versions and the policy as of that moment.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn begin(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let transaction = store.begin_reading().await?;
        let version = read::versions(&transaction, &[tenant]).await?.remove(&tenant).unwrap_or_default();
        let policy = read::policy(&transaction, tenant).await?;
        Ok(Self { transaction, tenant, version, policy })
    }

    /// The versions of the facts and the policy.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The policy at that moment; `None` for the preset `open`.
    #[must_use]
    pub fn policy(&self) -> Option<&StoredPolicy> {
        self.policy.as_ref()
    }

    /// Passes every fact to `each`, page by page: users, groups, memberships, relations, edges, settings.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn facts(self, mut each: impl FnMut(Changes) + Send) -> Result<(), StoreError> {
        let Self { transaction, tenant, .. } = self;
        let mut page = |facts: Vec<Fact>| {
            each(Changes { changes: facts.into_iter().map(|fact| Change { fact: Some(fact) }).collect() });
        };

        let mut ids = Vec::new();
        let mut after = String::new();
        loop {
            let users = stored::users(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = users.last() else { break };
            after.clone_from(&last.external_id);
            ids.extend(users.iter().map(|user| UserId(user.id)));
            page(users.iter().map(stored::user_fact).collect());
        }
        after.clear();
        loop {
            let groups = stored::groups(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = groups.last() else { break };
            after.clone_from(&last.external_id);
            page(groups.iter().map(stored::group_fact).collect());
        }
        // In the order of the primary keys of the tables.
        ids.sort_unstable();
        for holders in ids.chunks(HOLDERS) {
            let memberships = stored::memberships_of_users(&transaction, holders).await?;
            page(memberships.iter().map(|fact| Fact::Membership(fact.into())).collect());
        }
        for holders in ids.chunks(HOLDERS) {
            let relations = stored::relations_from(&transaction, holders).await?;
            page(relations.iter().map(|fact| Fact::Relation(fact.into())).collect());
        }
        let edges = stored::edges(&transaction, tenant).await?;
        page(edges.iter().map(|fact| Fact::Edge(fact.into())).collect());
        let settings = stored::settings(&transaction, tenant).await?;
        page(settings.iter().map(|(name, value)| stored::setting_fact(name, Some(value))).collect());
        transaction.commit().await?;
        Ok(())
    }
}
