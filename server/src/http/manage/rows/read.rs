//! Reads rows from the store. The rows contain external ids instead of the server's ids.

use std::future::Future;

use causerie_protocol::{GroupId, TenantId};
use sea_orm::ConnectionTrait;

use super::types::{EdgeRow, GroupRow, MembershipRow, RelationRow, UserRow};
use crate::store::{
    StoreError,
    queries::facts::{
        pages::{self, MembershipFilter},
        stored::{self, StoredGroup},
    },
};

/// A row and its key.
pub type Keyed<T> = (Vec<String>, T);

/// A type of rows that are read in pages, in the order of their keys. A key consists of external ids and words of the
/// policy.
pub trait Paged: Sized + Send {
    /// Reads at most `limit` rows of the tenant whose keys are after the key `after`. An empty key selects the first page.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses a statement.
    fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Keyed<Self>>, StoreError>> + Send;
}

impl Paged for UserRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let [after] = parts(after);
        let users = stored::users(connection, tenant, after, limit).await?;
        Ok(users.into_iter().map(Self::from).map(|row| (vec![row.id.clone()], row)).collect())
    }
}

impl Paged for GroupRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let [after] = parts(after);
        groups(connection, stored::groups(connection, tenant, after, limit).await?).await
    }
}

impl Paged for MembershipRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        memberships(connection, tenant, MembershipFilter::default(), after, limit).await
    }
}

impl Paged for RelationRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let facts = pages::relations(connection, tenant, parts(after), limit).await?;
        let rows = facts.into_iter().map(|(from, to, fact)| {
            let row = Self::new(fact, &from, &to);
            (vec![from, row.relation.clone(), to], row)
        });
        Ok(rows.collect())
    }
}

impl Paged for EdgeRow {
    async fn page(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        after: &[String],
        limit: u32,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let facts = pages::edges(connection, tenant, parts(after), limit).await?;
        let rows = facts.into_iter().map(|(from, to, fact)| {
            let key = vec![from.clone(), fact.key.from_role.clone(), to.clone(), fact.key.to_role.clone()];
            (key, Self::new(fact, &from, &to))
        });
        Ok(rows.collect())
    }
}

/// Like [`Paged::page`], for the memberships that match a filter.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn memberships(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    filter: MembershipFilter<'_>,
    after: &[String],
    limit: u32,
) -> Result<Vec<Keyed<MembershipRow>>, StoreError> {
    let facts = pages::memberships(connection, tenant, filter, parts(after), limit).await?;
    let rows = facts.into_iter().map(|(user, group, fact)| {
        let row = MembershipRow::new(fact, &user, &group);
        (vec![user, group, row.role.clone()], row)
    });
    Ok(rows.collect())
}

/// The parts of a key. A missing part becomes the empty text, which comes before all other texts.
fn parts<const N: usize>(key: &[String]) -> [&str; N] {
    std::array::from_fn(|index| key.get(index).map(String::as_str).unwrap_or_default())
}

/// Converts groups to rows. Reads the external ids of their parents.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn groups(
    connection: &impl ConnectionTrait,
    groups: Vec<StoredGroup>,
) -> Result<Vec<Keyed<GroupRow>>, StoreError> {
    let parents: Vec<GroupId> = groups.iter().filter_map(|group| group.parent).collect();
    let names = stored::group_external_ids(connection, &parents).await?;
    let rows = groups.into_iter().map(|group| {
        let parent = group.parent.and_then(|parent| names.get(&parent)).cloned();
        (vec![group.external_id.clone()], GroupRow::new(group, parent.as_deref()))
    });
    Ok(rows.collect())
}
