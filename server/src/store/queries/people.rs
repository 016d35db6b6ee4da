//! People of a tenant: found by id or by the product's identifier, made and updated from what the product says.

use std::collections::{BTreeMap, HashMap};

use causerie_protocol::{TenantId, UserId, command::UserRef, facts::WritableBy, wire};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryResult};

use super::facts::{FactWrite, stored::roles_text};
use crate::store::{
    Store, StoreError,
    entities::user,
    rows::{self, Column, Rows},
};

/// People per statement: SQLite allows 32,766 bound values, PostgreSQL 65,535.
const CHUNK: usize = 500;

/// A person as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The server's id.
    pub id: UserId,
    /// The tenant.
    pub tenant: TenantId,
    /// The product's id, the `sub` of its tokens.
    pub external_id: String,
    /// For people to read.
    pub name: String,
    /// Empty when the person has none.
    pub avatar_url: String,
    /// A language tag; empty when the product did not say.
    pub locale: String,
    /// Whether the person may come in.
    pub status: wire::UserStatus,
    /// Tokens issued before are void. Seconds since 1970 UTC.
    pub tokens_valid_from_s: i64,
    /// Milliseconds since 1970 UTC; absent if never connected.
    pub last_seen_ms: Option<i64>,
    /// What the person is in the tenant as a whole, in the order of the alphabet.
    pub roles: Vec<String>,
    /// Who may write to the person.
    pub writable_by: WritableBy,
    /// Since when name, avatar, locale and roles are what is stored: older tokens do not change them. Seconds since 1970 UTC.
    pub claims_from_s: i64,
}

impl From<user::Model> for User {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            external_id: row.external_id,
            name: row.name,
            avatar_url: row.avatar_url,
            locale: row.locale,
            // A number from a newer server's column says at least "not active".
            status: wire::UserStatus::try_from(i32::from(row.status)).unwrap_or_default(),
            tokens_valid_from_s: row.tokens_valid_from,
            last_seen_ms: row.last_seen_at,
            roles: row.roles.split_whitespace().map(str::to_owned).collect(),
            writable_by: WritableBy::try_from(i32::from(row.writable_by)).unwrap_or_default(),
            claims_from_s: row.claims_from,
        }
    }
}

impl From<&User> for wire::User {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            external_id: user.external_id.clone(),
            name: user.name.clone(),
            avatar_url: user.avatar_url.clone(),
            status: user.status as i32,
        }
    }
}

/// What the product says about a person. What it does not say stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// The product's id.
    pub external_id: String,
    /// A person who never had a name is shown by the product's id.
    pub name: Option<String>,
    /// Empty for none.
    pub avatar_url: Option<String>,
    /// A language tag.
    pub locale: Option<String>,
    /// Whether the person may come in. New people are active.
    pub status: Option<wire::UserStatus>,
    /// What the person is in the tenant as a whole: words of the policy.
    pub roles: Option<Vec<String>>,
    /// Who may write to the person.
    pub writable_by: Option<WritableBy>,
    /// The person came in person: who was invited is active from now on.
    pub is_here: bool,
    /// The person is named among those there are: who was removed is active again, unless a status is said.
    pub is_listed: bool,
    /// When a token said so, seconds since 1970 UTC; absent for what a back end says now. What changed later stays.
    pub said_at_s: Option<i64>,
}

impl Profile {
    /// Whether what is stored differs from what is said.
    #[must_use]
    pub fn changes(&self, user: &User) -> bool {
        let differs = |said: &Option<String>, stored: &str| said.as_deref().is_some_and(|said| said != stored);
        // An empty name is no name: nothing was said.
        let renamed = differs(&self.name, &user.name) && self.name.as_deref() != Some("");
        let claims = renamed
            || differs(&self.avatar_url, &user.avatar_url)
            || differs(&self.locale, &user.locale)
            || self.roles.as_ref().is_some_and(|said| roles_text(said) != roles_text(&user.roles));
        (claims && self.is_news(user.claims_from_s))
            || self.status.is_some_and(|said| said != user.status)
            || (self.is_here && user.status == wire::UserStatus::Invited)
            || (self.is_listed && self.status.is_none() && user.status == wire::UserStatus::Removed)
            || self.writable_by.is_some_and(|said| said != user.writable_by)
    }

    /// Whether it is of a token that came later than what is stored and names the very roles that are stored: older tokens
    /// then name others in vain.
    #[must_use]
    pub fn confirms(&self, user: &User) -> bool {
        self.said_at_s.is_some_and(|said_at_s| said_at_s > user.claims_from_s)
            && self.roles.as_ref().is_some_and(|said| roles_text(said) == roles_text(&user.roles))
    }

    /// Whether its name, avatar, locale and roles are to be taken where those stored are of this second.
    #[must_use]
    pub fn is_news(&self, claims_from_s: i64) -> bool {
        self.said_at_s.is_none_or(|said_at_s| said_at_s >= claims_from_s)
    }
}

/// People of a tenant by id. Ids that are nobody's, or another tenant's, are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find(connection: &impl ConnectionTrait, tenant: TenantId, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let body = "SELECT u.* FROM input i JOIN users u ON u.id = i.id WHERE u.tenant_id = {0}";
        let backend = connection.get_database_backend();
        let query = rows::ids(chunk.iter().copied()).statement(backend, body, &[tenant.0.into()]);
        found.extend(user::Entity::find().from_raw_sql(query).all(connection).await?.into_iter().map(User::from));
    }
    Ok(found)
}

/// People by tenant and the product's id, across tenants; those that are not there are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_by_external_id(
    connection: &impl ConnectionTrait,
    keys: &[(TenantId, &str)],
) -> Result<Vec<User>, StoreError> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        let rows = select_by_external_id(connection, chunk.iter().copied()).await?;
        found.extend(rows.into_iter().map(User::from));
    }
    Ok(found)
}

/// The person behind each reference, in the order asked; `None` where there is none in this tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn resolve(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    refs: &[UserRef],
) -> Result<Vec<Option<User>>, StoreError> {
    let mut ids = Vec::new();
    let mut external_ids = Vec::new();
    for one in refs {
        match one {
            UserRef::Id(id) => ids.push(*id),
            UserRef::ExternalId(id) => external_ids.push((tenant, id.as_str())),
        }
    }
    let mut by_id = HashMap::with_capacity(ids.len());
    let mut by_external_id = HashMap::with_capacity(external_ids.len());
    if !ids.is_empty() {
        by_id.extend(find(connection, tenant, &ids).await?.into_iter().map(|user| (user.id, user)));
    }
    if !external_ids.is_empty() {
        let found = find_by_external_id(connection, &external_ids).await?;
        by_external_id.extend(found.into_iter().map(|user| (user.external_id.clone(), user)));
    }
    Ok(refs
        .iter()
        .map(|one| match one {
            UserRef::Id(id) => by_id.get(id).cloned(),
            UserRef::ExternalId(id) => by_external_id.get(id).cloned(),
        })
        .collect())
}

/// Makes people and updates those that exist, and what they are found by. Doing it again changes nothing. Answers one person
/// per profile, in the same order; where a product's id comes twice, the later profile holds.
///
/// # Errors
/// When the database fails; people before the chunk that failed are stored.
pub async fn upsert(store: &Store, tenant: TenantId, profiles: &[Profile], now_ms: i64) -> Result<Vec<User>, StoreError> {
    let users = upsert_across_tenants(store, profiles.iter().map(|profile| (tenant, profile)), now_ms).await?;
    Ok(profiles.iter().filter_map(|profile| users.get(&(tenant, profile.external_id.clone())).cloned()).collect())
}

/// People by tenant and the product's id.
pub type ByExternalId = HashMap<(TenantId, String), User>;

/// [`upsert`] for people of several tenants.
///
/// # Errors
/// As [`upsert`].
pub async fn upsert_across_tenants<'a>(
    store: &Store,
    profiles: impl IntoIterator<Item = (TenantId, &'a Profile)>,
    now_ms: i64,
) -> Result<ByExternalId, StoreError> {
    let distinct: HashMap<(TenantId, &str), &Profile> =
        profiles.into_iter().map(|(tenant, profile)| ((tenant, profile.external_id.as_str()), profile)).collect();
    let keys: Vec<_> = distinct.keys().copied().collect();
    let mut users = by_external_id(find_by_external_id(store.reader(), &keys).await?);
    let due = distinct
        .into_iter()
        .filter(|((tenant, id), profile)| users.get(&(*tenant, (*id).to_owned())).is_none_or(|user| profile.changes(user)));
    let due: Vec<_> = due.map(|((tenant, _), profile)| (tenant, profile)).collect();
    users.extend(save(store, due, now_ms).await?);
    Ok(users)
}

/// Stores people who are known to be new or changed; of a person named twice, the later profile. Each tenant's people are
/// a change of its facts.
///
/// # Errors
/// As [`upsert`].
pub async fn save<'a>(
    store: &Store,
    due: impl IntoIterator<Item = (TenantId, &'a Profile)>,
    now_ms: i64,
) -> Result<ByExternalId, StoreError> {
    let mut tenants: BTreeMap<TenantId, Vec<Profile>> = BTreeMap::new();
    for (tenant, profile) in due {
        tenants.entry(tenant).or_default().push(profile.clone());
    }
    let mut users = HashMap::new();
    for (tenant, profiles) in tenants {
        for chunk in profiles.chunks(CHUNK) {
            let mut write = FactWrite::begin(store, tenant, now_ms).await?;
            let written = write.users(chunk).await?;
            write.commit().await?;
            users.extend(written.into_iter().map(|(_, user)| ((tenant, user.external_id.clone()), user)));
        }
    }
    Ok(users)
}

fn by_external_id(users: Vec<User>) -> ByExternalId {
    users.into_iter().map(|user| ((user.tenant, user.external_id.clone()), user)).collect()
}

async fn select_by_external_id<'a>(
    connection: &impl ConnectionTrait,
    keys: impl Iterator<Item = (TenantId, &'a str)>,
) -> Result<Vec<user::Model>, StoreError> {
    let mut rows = Rows::new([("tenant_id", Column::Uuid), ("external_id", Column::Text)]);
    for (tenant, external_id) in keys {
        rows.push([tenant.0.into(), external_id.into()]);
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let body = "SELECT u.* FROM input i JOIN users u ON u.tenant_id = i.tenant_id AND u.external_id = i.external_id";
    let query = rows.statement(connection.get_database_backend(), body, &[]);
    Ok(user::Entity::find().from_raw_sql(query).all(connection).await?)
}

/// Notes that newer tokens confirmed what is stored of people, each issued at this second: [`User::claims_from_s`]. Where
/// other roles came between, nothing is noted. Concerns no rule, so it takes no fact lock.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn confirm_claims(store: &Store, confirmed: &[(&User, i64)]) -> Result<(), StoreError> {
    let mut latest: HashMap<UserId, (&User, i64)> = HashMap::with_capacity(confirmed.len());
    for (user, said_at_s) in confirmed {
        let entry = latest.entry(user.id).or_insert((*user, *said_at_s));
        entry.1 = entry.1.max(*said_at_s);
    }
    let latest: Vec<_> = latest.into_values().collect();
    for chunk in latest.chunks(CHUNK) {
        let mut rows = Rows::new([("id", Column::Uuid), ("roles", Column::Text), ("said_at", Column::Int)]);
        for (user, said_at_s) in chunk {
            rows.push([user.id.0.into(), roles_text(&user.roles).into(), (*said_at_s).into()]);
        }
        // Locked in the order of ids, as by whoever else writes people.
        let body = "UPDATE users SET claims_from = s.said_at
                    FROM (SELECT u.id, i.said_at FROM input i JOIN users u ON u.id = i.id AND u.roles = i.roles
                          WHERE u.claims_from < i.said_at ORDER BY u.id {for_update u}) s
                    WHERE users.id = s.id";
        store.writer().execute_raw(rows.statement(store.backend(), body, &[])).await?;
    }
    Ok(())
}

/// Voids the tokens of a person that were issued before a second: [`FactWrite::revoke_tokens`]. Once it is answered, nothing they send is written: it waits
/// for whatever was decided before.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn revoke_tokens(
    store: &Store,
    tenant: TenantId,
    id: UserId,
    before_s: i64,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut write = FactWrite::begin(store, tenant, now_ms).await?;
    let known = write.revoke_tokens(id, before_s).await?;
    write.commit().await?;
    Ok(known)
}

/// Whether somebody may still be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountStatus {
    /// Counts joinings and leavings.
    pub inbox_version: u32,
    /// May be let in.
    pub active: bool,
    /// Tokens issued before are void. Seconds since 1970 UTC.
    pub tokens_valid_from_s: i64,
}

impl AccountStatus {
    /// Sessions whose token was issued before this second have to go.
    #[must_use]
    pub fn revokes_before_s(&self) -> i64 {
        if self.active { self.tokens_valid_from_s } else { i64::MAX }
    }
}

/// The account_status of people; those that are gone are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn account_statuses(store: &Store, users: &[UserId]) -> Result<HashMap<UserId, AccountStatus>, StoreError> {
    let body = "SELECT u.id, u.inbox_version, u.status, u.tokens_valid_from FROM input i JOIN users u ON u.id = i.id";
    let mut account_statuses = HashMap::with_capacity(users.len());
    for chunk in users.chunks(CHUNK) {
        let query = rows::ids(chunk.iter().copied()).statement(store.backend(), body, &[]);
        for row in store.reader().query_all_raw(query).await? {
            account_statuses.insert(UserId(row.try_get("", "id")?), account_status(&row)?);
        }
    }
    Ok(account_statuses)
}

/// Reads `inbox_version`, `status` and `tokens_valid_from`.
///
/// # Errors
/// When a column is missing.
pub fn account_status(row: &QueryResult) -> Result<AccountStatus, DbErr> {
    Ok(AccountStatus {
        inbox_version: super::columns::number(row, "", "inbox_version")?,
        active: row.try_get::<i16>("", "status")? == 1,
        tokens_valid_from_s: row.try_get("", "tokens_valid_from")?,
    })
}

/// When people were last connected, milliseconds since 1970 UTC; those who never were are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn last_seen(store: &Store, users: &[UserId]) -> Result<HashMap<UserId, i64>, StoreError> {
    let body = "SELECT u.id, u.last_seen_at FROM input i JOIN users u ON u.id = i.id WHERE u.last_seen_at IS NOT NULL";
    let mut seen = HashMap::with_capacity(users.len());
    for chunk in users.chunks(CHUNK) {
        let query = rows::ids(chunk.iter().copied()).statement(store.backend(), body, &[]);
        for row in store.reader().query_all_raw(query).await? {
            seen.insert(UserId(row.try_get("", "id")?), row.try_get("", "last_seen_at")?);
        }
    }
    Ok(seen)
}

/// Notes when people were last connected (milliseconds since 1970 UTC); earlier times than the stored change nothing.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn set_last_seen(store: &Store, seen: &[(UserId, i64)]) -> Result<(), StoreError> {
    let mut latest: HashMap<UserId, i64> = HashMap::with_capacity(seen.len());
    for (id, at_ms) in seen {
        let entry = latest.entry(*id).or_insert(*at_ms);
        *entry = (*entry).max(*at_ms);
    }
    let latest: Vec<_> = latest.into_iter().collect();
    for chunk in latest.chunks(CHUNK) {
        let mut rows = Rows::new([("id", Column::Uuid), ("seen_at", Column::Int)]);
        for (id, at_ms) in chunk {
            rows.push([id.0.into(), (*at_ms).into()]);
        }
        // Locked in the order of ids: a person connected to two nodes is written by both.
        let body = "UPDATE users SET last_seen_at = s.seen_at
                    FROM (SELECT u.id, i.seen_at FROM input i JOIN users u ON u.id = i.id
                          WHERE u.last_seen_at IS NULL OR u.last_seen_at < i.seen_at ORDER BY u.id {for_update u}) s
                    WHERE users.id = s.id";
        store.writer().execute_raw(rows.statement(store.backend(), body, &[])).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
