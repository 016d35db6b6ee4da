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

/// The number of users or groups per page.
const PAGE: u32 = 5_000;
/// The number of users whose memberships or relations one page contains: some tens of thousands of facts.
const USERS_PER_PAGE: usize = 1_000;

/// A read of all facts that has begun.
pub struct Load {
    transaction: Transaction,
    tenant: TenantId,
    version: Version,
    policy: Option<StoredPolicy>,
}

impl Load {
    /// Begins the transaction of the read, and reads the versions and the policy. All later statements see the database as
    /// of the same moment.
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

    /// The policy at the moment of the read; `None` for the preset `open`.
    #[must_use]
    pub fn policy(&self) -> Option<&StoredPolicy> {
        self.policy.as_ref()
    }

    /// Passes every fact to `on_page`, page by page: users, groups, memberships, relations, edges, settings.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn facts(self, mut on_page: impl FnMut(Changes) + Send) -> Result<(), StoreError> {
        let Self { transaction, tenant, .. } = self;
        let mut emit = |facts: Vec<Fact>| {
            on_page(Changes { changes: facts.into_iter().map(|fact| Change { fact: Some(fact) }).collect() });
        };

        let mut user_ids = Vec::new();
        let mut after = String::new();
        loop {
            let users = stored::users(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = users.last() else { break };
            after.clone_from(&last.external_id);
            user_ids.extend(users.iter().map(|user| UserId(user.id)));
            emit(users.iter().map(stored::user_fact).collect());
        }
        after.clear();
        loop {
            let groups = stored::groups(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = groups.last() else { break };
            after.clone_from(&last.external_id);
            emit(groups.iter().map(stored::group_fact).collect());
        }
        // The tables are read fastest in the order of their primary keys.
        user_ids.sort_unstable();
        for users in user_ids.chunks(USERS_PER_PAGE) {
            let memberships = stored::memberships_of_users(&transaction, users).await?;
            emit(memberships.iter().map(|fact| Fact::Membership(fact.into())).collect());
        }
        for users in user_ids.chunks(USERS_PER_PAGE) {
            let relations = stored::relations_from(&transaction, users).await?;
            emit(relations.iter().map(|fact| Fact::Relation(fact.into())).collect());
        }
        let edges = stored::edges(&transaction, tenant).await?;
        emit(edges.iter().map(|fact| Fact::Edge(fact.into())).collect());
        let settings = stored::settings(&transaction, tenant).await?;
        emit(settings.iter().map(|(name, value)| stored::setting_fact(name, Some(value))).collect());
        transaction.commit().await?;
        Ok(())
    }
}
