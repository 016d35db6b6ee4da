//! Rows read from the store, with the product's ids instead of the server's.

use std::collections::HashMap;

use causerie_protocol::{GroupId, TenantId, UserId};
use sea_orm::ConnectionTrait;

use super::types::{GroupRow, MembershipRow, RelationRow};
use crate::store::{
    StoreError,
    queries::{
        facts::stored::{self, StoredGroup},
        people,
    },
};

/// Users read at a time for what they hold.
const HOLDERS: u32 = 500;

/// A row and its key.
pub type Keyed<T> = (Vec<String>, T);

/// Rows that users hold, read for some users at a time.
pub trait Held: Sized + Send {
    /// The rows of these users, in the order of their keys, which begin with the user's id.
    fn of_users(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        holders: &HashMap<UserId, String>,
    ) -> impl Future<Output = Result<Vec<Keyed<Self>>, StoreError>> + Send;
}

impl Held for MembershipRow {
    async fn of_users(
        connection: &impl ConnectionTrait,
        _: TenantId,
        holders: &HashMap<UserId, String>,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let ids: Vec<UserId> = holders.keys().copied().collect();
        let facts = stored::memberships_of_users(connection, &ids).await?;
        let groups: Vec<GroupId> = facts.iter().map(|fact| fact.key.group).collect();
        let groups = stored::group_names(connection, &groups).await?;
        let rows = facts.into_iter().filter_map(|fact| {
            let (user, group) = (holders.get(&fact.key.user)?, groups.get(&fact.key.group)?);
            let row = Self::new(fact, user, group);
            Some((vec![row.user.clone(), row.group.clone(), row.role.clone()], row))
        });
        Ok(sorted(rows.collect()))
    }
}

impl Held for RelationRow {
    async fn of_users(
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        holders: &HashMap<UserId, String>,
    ) -> Result<Vec<Keyed<Self>>, StoreError> {
        let ids: Vec<UserId> = holders.keys().copied().collect();
        let facts = stored::relations_from(connection, &ids).await?;
        let mut others: Vec<UserId> = facts.iter().map(|fact| fact.key.to).collect();
        others.sort_unstable();
        others.dedup();
        let others = people::find(connection, tenant, &others).await?;
        let others: HashMap<UserId, String> = others.into_iter().map(|user| (user.id, user.external_id)).collect();
        let rows = facts.into_iter().filter_map(|fact| {
            let (from, to) = (holders.get(&fact.key.from)?, others.get(&fact.key.to)?);
            let row = Self::new(fact, from, to);
            Some((vec![row.from.clone(), row.relation.clone(), row.to.clone()], row))
        });
        Ok(sorted(rows.collect()))
    }
}

pub(super) fn sorted<T>(mut rows: Vec<Keyed<T>>) -> Vec<Keyed<T>> {
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

/// Rows after a key, and at most one more than a page holds, in the order of the holders' ids in the database.
pub(super) async fn page<T: Held>(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: &[String],
    limit: usize,
) -> Result<Vec<Keyed<T>>, StoreError> {
    let mut found = Vec::new();
    let mut holder = after.first().cloned().unwrap_or_default();
    if !holder.is_empty() {
        // The rest of the user in whose rows the page before ended.
        let known = people::find_by_external_id(connection, &[(tenant, holder.as_str())]).await?;
        let known = known.into_iter().map(|user| (user.id, user.external_id)).collect();
        let rows = T::of_users(connection, tenant, &known).await?;
        found.extend(rows.into_iter().filter(|(key, _)| key.as_slice() > after));
    }
    while found.len() <= limit {
        let users = stored::users(connection, tenant, &holder, HOLDERS).await?;
        let Some(last) = users.last() else { break };
        holder.clone_from(&last.external_id);
        let order: HashMap<String, usize> =
            users.iter().enumerate().map(|(at, user)| (user.external_id.clone(), at)).collect();
        let holders = users.into_iter().map(|user| (UserId(user.id), user.external_id)).collect();
        let mut rows = T::of_users(connection, tenant, &holders).await?;
        // The database may have another order of texts than this program.
        rows.sort_by_key(|(key, _)| order.get(&key[0]).copied());
        found.extend(rows);
    }
    found.truncate(limit + 1);
    Ok(found)
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
