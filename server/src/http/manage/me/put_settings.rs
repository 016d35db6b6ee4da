//! `PUT /v1/me/settings`: changes the caller's own settings.

use causerie_protocol::Refusal;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Choice, UserSettings, stored_user};
use crate::{
    audit,
    auth::{AuthError, Caller},
    domain::UserStatus,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::{facts::FactWrite, users::Profile},
};

/// Changes the caller's own settings.
pub struct PutSettings;

/// The change of settings. Absent fields stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsChange {
    /// Which users may write to the caller: `rules` for all users whom the rules allow, `contacts`, or `nobody`.
    #[schemars(with = "Option<String>", extend("enum" = ["rules", "contacts", "nobody", null]))]
    writable_by: Option<Choice>,
}

impl Endpoint for PutSettings {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v1/me/settings";
    const ID: &'static str = "putSettings";
    const SUMMARY: &'static str = "Changes the caller's own settings: which users may write to the caller.";

    type Caller = Caller;
    type Query = ();
    type Body = Json<SettingsChange>;
    type Answer = Json<UserSettings>;

    async fn run(call: Call<Self>, (): (), Json(change): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, tenant) = (&call.shared.app, call.caller.tenant);
        let user = stored_user(app.store.reader(), &call.caller).await?;
        let Some(choice) = change.writable_by.filter(|choice| user.writable_by != (*choice).into()) else {
            return Ok(Json(UserSettings { writable_by: user.writable_by.into() }));
        };
        let now_ms = app.clock.now_ms();
        let write = FactWrite::begin(&app.store, tenant, now_ms).await?;
        let mut write = write.requested_by(call.caller.credential.api_key()).await?;
        // The user may have been erased, deactivated or signed out while this request waited for the lock.
        let user = stored_user(write.connection(), &call.caller).await?;
        if user.status != UserStatus::Active {
            return Err(Refusal::from(AuthError::Inactive).into());
        }
        call.caller.credential.require_signed_from(user.tokens_valid_from_s).map_err(Refusal::from)?;
        let profile =
            Profile { external_id: user.external_id.clone(), writable_by: Some(choice.into()), ..Profile::default() };
        write.users(&[profile]).await?;
        let user = format!("user:{}", user.external_id);
        let entry = audit::done(&user, "user.writable_by", &user, [("writable_by", json!(choice))], now_ms);
        audit::append(write.connection(), tenant, entry).await?;
        if let Some(version) = write.commit().await? {
            app.hub.facts_changed(tenant, version);
        }
        Ok(Json(UserSettings { writable_by: choice }))
    }
}
