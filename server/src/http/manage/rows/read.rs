//! Rows read from the store, with the product's ids instead of the server's.

use causerie_protocol::{GroupId, TenantId};
use sea_orm::ConnectionTrait;

use super::types::{GroupRow, MembershipRow, RelationRow};
use crate::store::{
    StoreError,
    queries::facts::{
        pages,
        stored::{self, StoredGroup},
    },
};

/// A row and its key.
pub type Keyed<T> = (Vec<String>, T);

/// Rows that users hold. Their keys have three parts and begin with the user's id.
pub trait Held: Sized + Send {
    /// Rows of the tenant after a key, in the order of their keys; at most `limit`.
    fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Keyed<Self>>, StoreError>> + Send;
}

impl Held for MembershipRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: usize,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let facts = pages::memberships(connection, tenant, parts(after), limit).await?;
        let rows = facts.into_iter().map(|(user, group, fact)| {
            let row = Self::new(fact, &user, &group);
            (vec![user, group, row.role.clone()], row)
        });
        Ok(rows.collect())
    }
}

impl Held for RelationRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: usize,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let facts = pages::relations(connection, tenant, parts(after), limit).await?;
        let rows = facts.into_iter().map(|(from, to, fact)| {
            let row = Self::new(fact, &from, &to);
            (vec![from, row.relation.clone(), to], row)
        });
        Ok(rows.collect())
    }
}

/// The parts of a key. Missing parts are empty, which no part of a stored key is.
fn parts(key: &[String]) -> [&str; 3] {
    std::array::from_fn(|at| key.get(at).map(String::as_str).unwrap_or_default())
}

/// Groups with the ids of those they are in.
pub(super) async fn groups(
    connection: &impl ConnectionTrait,
    groups: Vec<StoredGroup>,
) -> Result<Vec<Keyed<GroupRow>>, StoreError> {
    let parents: Vec<GroupId> = groups.iter().filter_map(|group| group.parent).collect();
    let names = stored::group_names(connection, &parents).await?;
    let rows = groups.into_iter().map(|group| {
        let parent = group.parent.and_then(|parent| names.get(&parent)).cloned();
        (vec![group.external_id.clone()], GroupRow::new(group, parent.as_deref()))
    });
    Ok(rows.collect())
}
