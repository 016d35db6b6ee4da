//! `PUT /v1/users/{external_id}`: makes a user known, or changes what is known.

use causerie_protocol::{ErrorCode, Refusal, limits, wire};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::json;

use super::note;
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        caller::unavailable,
        commands::schema::bounds,
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json, Wire},
            schemas::extend,
        },
    },
    names::visible,
    store::queries::people::{self, Profile as Stored},
};

/// Makes a user known, or changes what is known.
pub struct PutUser;

/// What is known of a user. What is left out stays as it is; a field of another name is refused.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// Shown to others; a user without one is shown by id.
    #[schemars(transform = name_bounds)]
    name: Option<String>,
    /// An http or https address, or empty for none.
    #[schemars(length(max = limits::PROFILE_FIELD_BYTES_MAX), regex(pattern = r"^(https?://[^\u0000-\u001f\u007f-\u009f]*)?$"))]
    avatar_url: Option<String>,
    /// A language tag (BCP 47), `fr`.
    #[schemars(transform = line_bounds)]
    locale: Option<String>,
    /// Whether the user may come in.
    #[schemars(extend("enum" = STATUSES.map(|status| Some(status.as_str_name())).into_iter().chain([None]).collect::<Vec<_>>()))]
    status: Option<String>,
}

fn name_bounds(schema: &mut Schema) {
    extend(schema, bounds::name(limits::PROFILE_FIELD_BYTES_MAX));
}

fn line_bounds(schema: &mut Schema) {
    extend(schema, bounds::line(0, limits::PROFILE_FIELD_BYTES_MAX));
}

/// What a user can be.
const STATUSES: [wire::UserStatus; 4] =
    [wire::UserStatus::Active, wire::UserStatus::Invited, wire::UserStatus::Deactivated, wire::UserStatus::Removed];

impl Endpoint for PutUser {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v1/users/{external_id}";
    const ID: &'static str = "putUser";
    const SUMMARY: &'static str = "Makes a user known, or changes what is known.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<Profile>;
    type Answer = Wire<wire::User>;

    async fn run(call: Call<Self>, (): (), Json(body): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let said: Vec<&str> = [
            ("name", body.name.is_some()),
            ("avatarUrl", body.avatar_url.is_some()),
            ("locale", body.locale.is_some()),
            ("status", body.status.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, is_said)| is_said.then_some(field))
        .collect();
        let status = body.status.as_deref().map(status).transpose()?;
        let profile = Stored {
            external_id: checked(call.id().to_owned(), "external_id", limits::EXTERNAL_ID_BYTES_MAX)?,
            name: text(body.name, "name")?
                .map(|name| visible::kept(&name).ok_or_else(|| invalid("name", visible::NOTHING_VISIBLE)))
                .transpose()?,
            avatar_url: text(body.avatar_url, "avatarUrl")?,
            locale: text(body.locale, "locale")?,
            status,
            ..Stored::default()
        };
        let is_web = |url: &str| url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
        if !profile.avatar_url.as_deref().is_none_or(is_web) {
            return Err(invalid("avatarUrl", "must be empty or begin with `https://` or `http://`").into());
        }
        let saved = people::upsert(&app.store, key.tenant, &[profile], app.clock.now_ms()).await.map_err(unavailable)?;
        let user = saved.into_iter().next().ok_or_else(|| Refusal::new(ErrorCode::Internal, "no user was stored"))?;
        if status.is_some_and(|status| status != wire::UserStatus::Active) {
            // Whatever their tokens say, and again if it is said again: the signal may have been lost.
            app.live.revoke(user.id, i64::MAX);
        }
        let detail = [("fields", said.into()), ("status", json!(status.map(|one| one.as_str_name())))];
        note(app, key, "user.put", call.id(), detail).await?;
        Ok(Wire(wire::User::from(&user)))
    }
}

fn status(name: &str) -> Result<wire::UserStatus, Refusal> {
    match wire::UserStatus::from_str_name(name) {
        Some(wire::UserStatus::Unspecified) | None => {
            let expected = STATUSES.map(|status| status.as_str_name()).join(", ");
            Err(unexpected("status", name, &format!("one of {expected}")))
        }
        Some(known) => Ok(known),
    }
}

fn text(text: Option<String>, field: &str) -> Result<Option<String>, Refusal> {
    text.map(|text| checked(text, field, limits::PROFILE_FIELD_BYTES_MAX)).transpose()
}

/// What the claims of a token must keep to as well: users are the same whoever tells of them.
fn checked(value: String, field: &str, bytes_max: usize) -> Result<String, Refusal> {
    if value.len() > bytes_max {
        let refusal = Refusal::new(ErrorCode::TooLarge, format!("`{field}` has more than {bytes_max} bytes"));
        return Err(refusal.field(field));
    }
    if value.contains(char::is_control) {
        return Err(invalid(field, "contains control characters"));
    }
    Ok(value)
}
