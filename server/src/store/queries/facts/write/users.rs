//! Changes of users.

use std::collections::HashMap;

use causerie_protocol::UserId;
use sea_orm::EntityTrait as _;

use super::{FactWrite, Outcome, external_id_rows, merge::Merge};
use crate::{
    domain::{Numbered as _, User, UserStatus, WritableBy},
    store::{
        StoreError,
        entities::user,
        queries::{facts::stored, users::Profile},
        rows::{self, Column, Rows},
    },
};

impl FactWrite {
    /// Creates users and changes existing users. Returns, in the order given, the outcome of each profile and the user after
    /// all changes. Leaves out a profile from a token for an erased user if the token is void or the user was blocked.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn users(&mut self, profiles: &[Profile]) -> Result<Vec<(Outcome, User)>, StoreError> {
        let external_ids: Vec<&str> = profiles.iter().map(|profile| profile.external_id.as_str()).collect();
        // Locks rows in the order of ids, like all statements that write users, so that transactions do not deadlock: the
        // statement that stores when users were last seen, and batches that raise inbox versions.
        let body = "SELECT u.* FROM input i JOIN users u ON u.tenant_id = {0} AND u.external_id = i.external_id
                    ORDER BY u.id {for_update u}";
        let mut stored = Vec::new();
        for part in external_id_rows(&external_ids).parts(self.backend()) {
            let query = part.statement(self.backend(), body, &[self.tenant.0.into()]);
            stored.extend(user::Entity::find().from_raw_sql(query).all(&self.transaction).await?);
        }
        let mut merge = Merge::new(stored.into_iter().map(|row| (row.external_id.clone(), row)));
        let absent = profiles.iter().map(|profile| &profile.external_id).filter(|id| merge.current(id).is_none());
        let tombstones = self.tombstones(absent.map(String::as_str)).await?;
        let is_allowed = |profile: &&Profile| {
            tombstones.get(profile.external_id.as_str()).is_none_or(|tombstone| tombstone.allows(profile))
        };
        let profiles: Vec<&Profile> = profiles.iter().filter(is_allowed).collect();
        let mut outcomes = Vec::with_capacity(profiles.len());
        for profile in &profiles {
            let old = merge.current(&profile.external_id);
            let mut row = self.merged_user(profile, old);
            if let Some(tombstone) = tombstones.get(profile.external_id.as_str()) {
                row.tokens_valid_from = row.tokens_valid_from.max(tombstone.erased_at_s + 1);
            }
            outcomes.push(merge.set(profile.external_id.clone(), row));
        }

        let changed: Vec<&user::Model> = merge.changes().filter_map(|change| change.current).collect();
        let written = self.put_users(&changed).await?;
        self.remove_tombstones(tombstones.into_keys().filter(|id| written.contains_key(*id))).await?;
        for change in merge.changes() {
            // Uses the row that the database returned: a server of an early version, which takes no fact lock, may have
            // created the user at the same time with another id.
            let Some(row) = written.get(change.key) else { continue };
            // `about` is not a fact, but devices show it with each contact. The log of facts brings its change to them.
            let differs = |stored: &user::Model| {
                (&stored.name, stored.status, &stored.roles, stored.writable_by, &stored.about)
                    != (&row.name, row.status, &row.roles, row.writable_by, &row.about)
            };
            if change.stored.is_none_or(differs) {
                self.log_change(stored::user_fact(row));
            }
        }
        let users = profiles.iter().filter_map(|profile| {
            let id = &profile.external_id;
            written.get(id).or_else(|| merge.current(id)).cloned().map(User::from)
        });
        Ok(outcomes.into_iter().zip(users).collect())
    }

    /// Changes the external id of a user, so that the earlier external id belongs to no user. Adds nothing to the log of
    /// facts; the caller also calls [`Self::users`], which logs the other changes.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn rename_user(&mut self, id: UserId, external_id: &str) -> Result<(), StoreError> {
        let body = "UPDATE users SET external_id = {0} WHERE tenant_id = {1} AND id IN (SELECT id FROM input)";
        self.execute(rows::ids([id]), body, &[external_id.into(), self.tenant.0.into()]).await
    }

    /// Makes the user's tokens that were issued before `before_s` (seconds since 1970 UTC) invalid. A token that is invalid
    /// already stays invalid. Returns whether the user exists.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn revoke_tokens(&mut self, id: UserId, before_s: i64) -> Result<bool, StoreError> {
        let body = "UPDATE users SET tokens_valid_from = {0} WHERE tenant_id = {1} AND tokens_valid_from < {0}
                    AND id IN (SELECT id FROM input)";
        self.execute(rows::ids([id]), body, &[before_s.into(), self.tenant.0.into()]).await?;
        let body = "SELECT u.id FROM input i JOIN users u ON u.id = i.id WHERE u.tenant_id = {0}";
        Ok(!self.query(rows::ids([id]), body, &[self.tenant.0.into()]).await?.is_empty())
    }

    /// The user after `profile` is applied to the stored user `old`, or the new user if `old` is `None`.
    fn merged_user(&self, profile: &Profile, old: Option<&user::Model>) -> user::Model {
        let mut row = old.cloned().unwrap_or_else(|| user::Model {
            id: UserId::new().0,
            tenant_id: self.tenant.0,
            external_id: profile.external_id.clone(),
            name: profile.external_id.clone(),
            avatar_url: String::new(),
            locale: String::new(),
            status: UserStatus::Active.number(),
            inbox_version: 0,
            tokens_valid_from: 0,
            last_seen_at: None,
            created_at: self.now_ms,
            roles: String::new(),
            writable_by: WritableBy::Rules.number(),
            claims_from: 0,
            about: String::new(),
        });
        if profile.is_current(row.claims_from) {
            self.merge_claims(profile, old, &mut row);
        }
        let is_restored = profile.in_full_list && is_removed(&row);
        let kept_status = if is_restored { UserStatus::Active.number() } else { row.status };
        row.status = profile.status.map_or(kept_status, |status| status.number());
        if profile.has_connected && row.status == UserStatus::Invited.number() {
            row.status = UserStatus::Active.number();
        }
        if let Some(about) = &profile.about {
            row.about.clone_from(about);
        }
        row.writable_by = profile.writable_by.map_or(row.writable_by, |writable_by| writable_by.number());
        row
    }

    /// Applies the fields that tokens may also contain, and moves `claims_from`, so that values from tokens older than this
    /// change are ignored.
    fn merge_claims(&self, profile: &Profile, old: Option<&user::Model>, row: &mut user::Model) {
        let set_if_given = |text: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                text.clone_from(value);
            }
        };
        if profile.name.as_deref() != Some("") {
            set_if_given(&mut row.name, &profile.name);
        }
        set_if_given(&mut row.avatar_url, &profile.avatar_url);
        set_if_given(&mut row.locale, &profile.locale);
        set_if_given(&mut row.roles, &profile.roles.as_deref().map(stored::roles_text));
        let has_texts = [&profile.name, &profile.avatar_url, &profile.locale].iter().any(|value| value.is_some());
        // Unchanged values do not move `claims_from`.
        let is_new = old.is_none_or(|old| {
            (&old.name, &old.avatar_url, &old.locale, &old.roles) != (&row.name, &row.avatar_url, &row.locale, &row.roles)
        });
        if (has_texts || profile.roles.is_some()) && is_new {
            let issued_at_s = profile.issued_at_s.unwrap_or(self.now_ms.div_euclid(1000));
            row.claims_from = row.claims_from.max(issued_at_s);
        }
    }

    /// Writes users, and returns the rows as written, by external id.
    async fn put_users(&self, users: &[&user::Model]) -> Result<HashMap<String, user::Model>, StoreError> {
        let mut rows = Rows::new([
            ("id", Column::Uuid),
            ("external_id", Column::Text),
            ("name", Column::Text),
            ("avatar_url", Column::Text),
            ("locale", Column::Text),
            ("status", Column::Int),
            ("roles", Column::Text),
            ("writable_by", Column::Int),
            ("claims_from", Column::Int),
            ("tokens_valid_from", Column::Int),
            ("about", Column::Text),
        ]);
        for row in users {
            rows.push([
                row.id.into(),
                row.external_id.as_str().into(),
                row.name.as_str().into(),
                row.avatar_url.as_str().into(),
                row.locale.as_str().into(),
                i64::from(row.status).into(),
                row.roles.as_str().into(),
                i64::from(row.writable_by).into(),
                row.claims_from.into(),
                row.tokens_valid_from.into(),
                row.about.as_str().into(),
            ]);
        }
        let body = "INSERT INTO users (id, tenant_id, external_id, name, avatar_url, locale, status, inbox_version,
                                       tokens_valid_from, created_at, roles, writable_by, claims_from, about)
                    SELECT i.id, {0}, i.external_id, i.name, i.avatar_url, i.locale, i.status, 0,
                           i.tokens_valid_from, CAST({1} AS BIGINT), i.roles, i.writable_by, i.claims_from, i.about
                    FROM input i WHERE true
                    ON CONFLICT (tenant_id, external_id) DO UPDATE
                    SET name = excluded.name, avatar_url = excluded.avatar_url, locale = excluded.locale,
                        status = excluded.status, roles = excluded.roles, writable_by = excluded.writable_by,
                        claims_from = excluded.claims_from, about = excluded.about
                    RETURNING *";
        let mut written = HashMap::with_capacity(users.len());
        for part in rows.parts(self.backend()) {
            let query = part.statement(self.backend(), body, &[self.tenant.0.into(), self.now_ms.into()]);
            let rows = user::Entity::find().from_raw_sql(query).all(&self.transaction).await?;
            written.extend(rows.into_iter().map(|row| (row.external_id.clone(), row)));
        }
        Ok(written)
    }
}

fn is_removed(row: &user::Model) -> bool {
    UserStatus::from_number(row.status) == UserStatus::Removed
}
