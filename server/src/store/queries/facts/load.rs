//! All facts of a tenant at one version, read as of one moment however long it takes.

use super::{
    read::{self, StoredPolicy, Version},
    stored,
};
use crate::store::{Store, StoreError, Transaction};
use causerie_protocol::{
    TenantId, UserId,
    facts::{Change, Changes, change::Fact},
};

/// People, or groups, per page.
const PAGE: u32 = 5_000;
/// People whose memberships are read at once: a page of some tens of thousands.
const HOLDERS: usize = 1_000;

/// A read under way.
pub struct Load {
    transaction: Transaction,
    tenant: TenantId,
    version: Version,
    policy: Option<StoredPolicy>,
}

impl Load {
    /// Fixes the moment, and reads the versions of that moment and the policy that gives facts their meaning.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn begin(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let transaction = store.begin_reading().await?;
        let version = read::versions(&transaction, &[tenant]).await?.remove(&tenant).unwrap_or_default();
        let policy = read::policy(&transaction, tenant).await?;
        Ok(Self { transaction, tenant, version, policy })
    }

    /// The version facts are read at.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The policy in force then; `None` for the preset `open`.
    #[must_use]
    pub fn policy(&self) -> Option<&StoredPolicy> {
        self.policy.as_ref()
    }

    /// Hands over every fact, page by page: people, groups, memberships, relations, edges, settings.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn facts(self, mut each: impl FnMut(Changes) + Send) -> Result<(), StoreError> {
        let Self { transaction, tenant, .. } = self;
        let mut page = |facts: Vec<Fact>| {
            each(Changes { changes: facts.into_iter().map(|fact| Change { fact: Some(fact) }).collect() });
        };

        let mut people = Vec::new();
        let mut after = String::new();
        loop {
            let users = stored::users(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = users.last() else { break };
            after.clone_from(&last.external_id);
            people.extend(users.iter().map(|user| UserId(user.id)));
            page(users.iter().map(stored::user_fact).collect());
        }
        after.clear();
        loop {
            let groups = stored::groups(&transaction, tenant, &after, PAGE).await?;
            let Some(last) = groups.last() else { break };
            after.clone_from(&last.external_id);
            page(groups.iter().map(stored::group_fact).collect());
        }
        // In the order of the tables' keys.
        people.sort_unstable();
        for holders in people.chunks(HOLDERS) {
            let memberships = stored::memberships_of_users(&transaction, holders).await?;
            page(memberships.iter().map(|fact| Fact::Membership(fact.into())).collect());
        }
        for holders in people.chunks(HOLDERS) {
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
