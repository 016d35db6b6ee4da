//! Users of the tenants: lookups by id or external id, and changes from tokens, imports and the management API.

use std::collections::{BTreeMap, HashMap};

use causerie_protocol::{TenantId, UserId, command::UserRef};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryResult};
use uuid::Uuid;

use super::{
    audit::{self, Entry},
    columns::{enum_value, number},
    facts::{FactWrite, stored::roles_text},
};
use crate::{
    domain::{Numbered as _, User, UserStatus, WritableBy},
    store::{
        Store, StoreError,
        entities::user,
        rows::{self, Column, Rows},
    },
};

/// The number of users per statement: SQLite allows 32,766 bound values, PostgreSQL 65,535.
const CHUNK: usize = 500;

impl From<user::Model> for User {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            external_id: row.external_id,
            name: row.name,
            avatar_url: row.avatar_url,
            locale: row.locale,
            status: UserStatus::from_number(row.status),
            tokens_valid_from_s: row.tokens_valid_from,
            last_seen_ms: row.last_seen_at,
            roles: row.roles.split_whitespace().map(str::to_owned).collect(),
            writable_by: WritableBy::from_number(row.writable_by),
            claims_from_s: row.claims_from,
            about: row.about,
        }
    }
}

/// The data of a user as a token or a back end gives it. A field with `None` stays unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// The external id.
    pub external_id: String,
    /// Display name. A new user without a name gets the external id as name; an empty name changes nothing.
    pub name: Option<String>,
    /// Empty to remove the avatar.
    pub avatar_url: Option<String>,
    /// A language tag.
    pub locale: Option<String>,
    /// The account status. New users are active.
    pub status: Option<UserStatus>,
    /// The user's roles in the whole tenant, as named in the policy.
    pub roles: Option<Vec<String>>,
    /// Which users may write to the user.
    pub writable_by: Option<WritableBy>,
    /// A short text about the user; empty to remove it.
    pub about: Option<String>,
    /// Whether the user connected with a token, which makes an invited user active.
    pub has_connected: bool,
    /// Whether the profile comes from a list of all existing users. A removed user then becomes active again, unless
    /// `status` is given.
    pub in_full_list: bool,
    /// When the token with this data was issued, seconds since 1970 UTC; `None` for data from a back end, which always
    /// applies. Data of an older token does not replace stored data that is newer.
    pub issued_at_s: Option<i64>,
}

impl Profile {
    /// Whether storing this data would change the user.
    #[must_use]
    pub fn changes(&self, user: &User) -> bool {
        let differs = |value: &Option<String>, stored: &str| value.as_deref().is_some_and(|value| value != stored);
        // An empty name counts as no name.
        let name_differs = differs(&self.name, &user.name) && self.name.as_deref() != Some("");
        let claims_differ = name_differs
            || differs(&self.avatar_url, &user.avatar_url)
            || differs(&self.locale, &user.locale)
            || self.roles.as_ref().is_some_and(|roles| roles_text(roles) != roles_text(&user.roles));
        (claims_differ && self.is_current(user.claims_from_s))
            || self.status.is_some_and(|status| status != user.status)
            || (self.has_connected && user.status == UserStatus::Invited)
            || (self.in_full_list && self.status.is_none() && user.status == UserStatus::Removed)
            || self.writable_by.is_some_and(|writable_by| writable_by != user.writable_by)
            || differs(&self.about, &user.about)
    }

    /// Whether this data comes from a token that is newer than the stored data and names exactly the stored roles. The time
    /// of the stored data can then become the time of this token, so that older tokens with other roles have no effect.
    #[must_use]
    pub fn confirms(&self, user: &User) -> bool {
        self.issued_at_s.is_some_and(|issued_at_s| issued_at_s > user.claims_from_s)
            && self.roles.as_ref().is_some_and(|roles| roles_text(roles) == roles_text(&user.roles))
    }

    /// Whether the name, avatar, locale and roles of this data are not older than stored values of the time `claims_from_s`
    /// (seconds since 1970 UTC), so that they replace the stored values.
    #[must_use]
    pub fn is_current(&self, claims_from_s: i64) -> bool {
        self.issued_at_s.is_none_or(|issued_at_s| issued_at_s >= claims_from_s)
    }
}

/// Users of a tenant by id. Unknown ids and ids of another tenant are left out.
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

/// Users by tenant and external id, across tenants. Unknown users are left out.
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

/// The user of each reference, in the order of `refs`; `None` if the tenant does not have the user.
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
    for reference in refs {
        match reference {
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
        .map(|reference| match reference {
            UserRef::Id(id) => by_id.get(id).cloned(),
            UserRef::ExternalId(id) => by_external_id.get(id).cloned(),
        })
        .collect())
}

/// Creates users and updates existing users. A repeated call changes nothing. Returns the users in the order of the
/// profiles. If an external id occurs twice, the later profile applies. Leaves out a profile from a token for an erased user
/// if the token is void or the user was blocked, as [`FactWrite::users`] does.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement. Users in earlier chunks are stored even then.
pub async fn upsert(store: &Store, tenant: TenantId, profiles: &[Profile], now_ms: i64) -> Result<Vec<User>, StoreError> {
    let users = upsert_across_tenants(store, profiles.iter().map(|profile| (tenant, profile)), now_ms).await?;
    Ok(profiles.iter().filter_map(|profile| users.get(&(tenant, profile.external_id.clone())).cloned()).collect())
}

/// Users by tenant and external id.
pub type ByExternalId = HashMap<(TenantId, String), User>;

/// Like [`upsert`], for users of several tenants.
///
/// # Errors
/// The errors of [`upsert`].
pub async fn upsert_across_tenants<'a>(
    store: &Store,
    profiles: impl IntoIterator<Item = (TenantId, &'a Profile)>,
    now_ms: i64,
) -> Result<ByExternalId, StoreError> {
    let distinct: HashMap<(TenantId, &str), &Profile> =
        profiles.into_iter().map(|(tenant, profile)| ((tenant, profile.external_id.as_str()), profile)).collect();
    let keys: Vec<_> = distinct.keys().copied().collect();
    let mut users = by_external_id(find_by_external_id(store.reader(), &keys).await?);
    let changed = distinct
        .into_iter()
        .filter(|((tenant, id), profile)| users.get(&(*tenant, (*id).to_owned())).is_none_or(|user| profile.changes(user)));
    let changed: Vec<_> = changed.map(|((tenant, _), profile)| (tenant, profile)).collect();
    users.extend(save(store, changed, now_ms).await?);
    Ok(users)
}

/// Stores users that are known to be new or changed. If a user occurs twice, the later profile applies. The users of each
/// tenant are stored as changes of the tenant's facts.
///
/// # Errors
/// The errors of [`upsert`].
pub async fn save<'a>(
    store: &Store,
    changed: impl IntoIterator<Item = (TenantId, &'a Profile)>,
    now_ms: i64,
) -> Result<ByExternalId, StoreError> {
    let mut tenants: BTreeMap<TenantId, Vec<Profile>> = BTreeMap::new();
    for (tenant, profile) in changed {
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

/// Raises [`User::claims_from_s`] of users whose stored data a newer token confirmed ([`Profile::confirms`]). Each user
/// comes with the second in which the token was issued. Changes nothing for a user whose roles have changed meanwhile. No
/// rule depends on this time, so the function takes no fact lock.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn confirm_claims(store: &Store, confirmed: &[(&User, i64)]) -> Result<(), StoreError> {
    let mut latest: HashMap<UserId, (&User, i64)> = HashMap::with_capacity(confirmed.len());
    for (user, issued_at_s) in confirmed {
        let entry = latest.entry(user.id).or_insert((*user, *issued_at_s));
        entry.1 = entry.1.max(*issued_at_s);
    }
    let latest: Vec<_> = latest.into_values().collect();
    for chunk in latest.chunks(CHUNK) {
        let mut rows = Rows::new([("id", Column::Uuid), ("roles", Column::Text), ("said_at", Column::Int)]);
        for (user, issued_at_s) in chunk {
            rows.push([user.id.0.into(), roles_text(&user.roles).into(), (*issued_at_s).into()]);
        }
        // Locks rows in the order of ids, like every other statement that writes users.
        let body = "UPDATE users SET claims_from = s.said_at
                    FROM (SELECT u.id, i.said_at FROM input i JOIN users u ON u.id = i.id AND u.roles = i.roles
                          WHERE u.claims_from < i.said_at ORDER BY u.id {for_update u}) s
                    WHERE users.id = s.id";
        store.writer().execute_raw(rows.statement(store.backend(), body, &[])).await?;
    }
    Ok(())
}

/// Makes the user's tokens that were issued before `before_s` (seconds since 1970 UTC) invalid, in a transaction of its own:
/// see [`FactWrite::revoke_tokens`]. It waits for all batches that were decided before; once it has returned, no command
/// with such a token is executed. `key`: the API key that requests the revocation; `None` for an operator. `entry`: the line of
/// the audit log. Returns whether the user exists.
///
/// # Errors
/// The errors of [`FactWrite::begin`] and of [`FactWrite::requested_by`]; another `StoreError` if the database does not
/// answer or refuses the statement.
pub async fn revoke_tokens(
    store: &Store,
    key: Option<Uuid>,
    tenant: TenantId,
    id: UserId,
    before_s: i64,
    entry: Option<Entry>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut write = FactWrite::begin(store, tenant, now_ms).await?.requested_by(key).await?;
    let exists = write.revoke_tokens(id, before_s).await?;
    if let Some(entry) = entry {
        audit::append(write.connection(), &[(tenant, entry)]).await?;
    }
    write.commit().await?;
    Ok(exists)
}

/// Whether a user may connect, and with which tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountStatus {
    /// The inbox version of the user.
    pub inbox_version: u32,
    /// Whether the account is active, so that the user may connect.
    pub active: bool,
    /// Seconds since 1970 UTC; tokens issued before this are invalid.
    pub tokens_valid_from_s: i64,
}

impl AccountStatus {
    /// Sessions whose token was issued before this time (seconds since 1970 UTC) must be closed.
    #[must_use]
    pub fn revokes_before_s(&self) -> i64 {
        if self.active { self.tokens_valid_from_s } else { i64::MAX }
    }
}

/// The account statuses of users. Users that do not exist are left out.
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
/// `DbErr` if a column is missing.
pub fn account_status(row: &QueryResult) -> Result<AccountStatus, DbErr> {
    Ok(AccountStatus {
        inbox_version: number(row, "", "inbox_version")?,
        active: enum_value::<UserStatus>(row, "", "status")? == UserStatus::Active,
        tokens_valid_from_s: row.try_get("", "tokens_valid_from")?,
    })
}

/// When users were last connected, milliseconds since 1970 UTC. Users who never connected are left out.
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

/// Stores when users were last connected, milliseconds since 1970 UTC. A time before the stored time changes nothing.
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
        // Locks rows in the order of ids, so that two nodes do not deadlock: both write the row of a user who is connected
        // to both.
        let body = "UPDATE users SET last_seen_at = s.seen_at
                    FROM (SELECT u.id, i.seen_at FROM input i JOIN users u ON u.id = i.id
                          WHERE u.last_seen_at IS NULL OR u.last_seen_at < i.seen_at ORDER BY u.id {for_update u}) s
                    WHERE users.id = s.id";
        store.writer().execute_raw(rows.statement(store.backend(), body, &[])).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;
