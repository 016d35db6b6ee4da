//! `POST /v1/users/{id}/erase`: erases a user.

use causerie_protocol::{ErrorCode, Refusal, UserId};
use http::Method;

use crate::{
    audit,
    auth::{
        ApiCaller, Scope,
        token::{LEEWAY_S, LIFETIME_MAX_S},
    },
    domain::{UserStatus, WritableBy},
    facts,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint},
    },
    provisioning::row::is_mutual,
    store::queries::{
        facts::{FactWrite, stored},
        users::{self, Profile},
    },
};

/// Erases a user.
pub struct EraseUser;

impl Endpoint for EraseUser {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/users/{id}/erase";
    const ID: &'static str = "eraseUser";
    const SUMMARY: &'static str = "Erases a user: the id, the name and all other data of the user, at once and for good.";
    const TEXT: &'static str = "The user's id, name, picture, language, roles, memberships and relations are erased, in the audit \
        too, and the user's connections end. The user's messages stay, under a name that says \
        nothing; `eraseUserTexts` before it erases their texts. Afterwards no user has the id: tokens signed before are void, and a token signed later makes \
        another user, unless the user was deactivated or removed; then the id stays refused until `putUser` or an import names it.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = ();

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let policy = facts::policy(&app.store, key.tenant).await?;
        let now_ms = app.clock.now_ms();
        let mut write = FactWrite::begin(&app.store, key.tenant, now_ms).await?.requested_by(Some(key.key)).await?;
        let ids = write.resolve_users(&[call.id()]).await?;
        let not_found = || Refusal::new(ErrorCode::NotFound, "this tenant has no user of this id");
        let user = ids.get(call.id()).copied().ok_or_else(not_found)?;
        let before = users::find(write.connection(), key.tenant, &[user]).await?;
        let before = before.into_iter().next().ok_or_else(not_found)?;
        // The new external id contains a random id and not the server's id of the user, which other users know: with a known
        // id, a back end could create a user with this external id in advance, and the erasure would fail.
        let erased_external_id = format!("erased-{}", UserId::new());

        let memberships = stored::memberships_of_users(write.connection(), &[user]).await?;
        let memberships: Vec<_> = memberships.into_iter().map(|fact| fact.key).collect();
        write.remove_memberships(&memberships).await?;
        let relations = stored::relations_of(write.connection(), user).await?;
        let relations: Vec<_> = relations.into_iter().map(|fact| fact.key).collect();
        let vocabulary = policy.vocabulary();
        write.remove_relations(&relations, |relation| is_mutual(vocabulary, relation)).await?;
        write.rename_user(user, &erased_external_id).await.map_err(|error| match error.is_unique_violation() {
            true => Refusal::new(ErrorCode::Conflict, "another user has the name for the erased user: try again"),
            false => error.into(),
        })?;
        let erased_at_s = now_ms.div_euclid(1000).max(before.tokens_valid_from_s - 1);
        let blocked = !matches!(before.status, UserStatus::Active | UserStatus::Invited);
        let remove_before_s = now_ms.div_euclid(1000) - LIFETIME_MAX_S - LEEWAY_S;
        write.add_tombstone(call.id(), erased_at_s, blocked, remove_before_s).await?;
        write.forget_log().await?;
        let profile = Profile {
            external_id: erased_external_id.clone(),
            name: Some(erased_external_id.clone()),
            avatar_url: Some(String::new()),
            locale: Some(String::new()),
            about: Some(String::new()),
            status: Some(UserStatus::Removed),
            roles: Some(Vec::new()),
            writable_by: Some(WritableBy::Nobody),
            ..Profile::default()
        };
        write.users(&[profile]).await?;
        let (old_target, new_target) = (format!("user:{}", call.id()), format!("user:{erased_external_id}"));
        audit::rename(write.connection(), key.tenant, &old_target, &new_target).await?;
        let entry = audit::done(audit::back_end(key), "user.erase", new_target, [], now_ms);
        audit::append(write.connection(), key.tenant, entry).await?;
        if let Some(version) = write.commit().await? {
            app.hub.facts_changed(key.tenant, version);
        }
        app.hub.revoke(user, i64::MAX);
        Ok(())
    }
}
