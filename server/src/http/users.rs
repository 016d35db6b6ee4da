//! What a product's back end does to people: make them known, change them, sign them out everywhere.

use causerie_protocol::{ErrorCode, Refusal, limits, wire};
use serde_json::{Map, Value, json};

use super::{
    body,
    caller::{self, unavailable},
    schema,
};
use crate::{
    app::App,
    audit,
    auth::{ApiCaller, token::LEEWAY_S},
    names::visible,
    plain::{not_expected, shortened},
    store::queries::people::{self, Profile},
};

/// The name of the body's schema.
pub const PROFILE: &str = "Profile";

/// What the body of `PUT /v1/users/{external_id}` may say.
pub const FIELDS: [&str; 4] = ["name", "avatarUrl", "locale", "status"];

/// The schema of the body of `PUT /v1/users/{external_id}`.
#[must_use]
pub fn profile_schema() -> Value {
    let or_null = |schema: Value, text: &str| {
        let mut schema = schema::described(schema, text);
        schema["type"] = json!(["string", "null"]);
        schema
    };
    let max = limits::PROFILE_FIELD_BYTES_MAX;
    json!({
        "type": "object",
        "description": "What is known of a person. What is left out stays as it is; a field of another name is refused.",
        "additionalProperties": false,
        "properties": {
            "name": or_null(schema::bounds::name(max), "Shown to others; a person without one is shown by id."),
            "avatarUrl": {
                "type": ["string", "null"],
                "maxLength": limits::PROFILE_FIELD_BYTES_MAX,
                "pattern": r"^(https?://[^\u0000-\u001f\u007f-\u009f]*)?$",
                "description": "An http or https address, or empty for none.",
            },
            "locale": or_null(schema::bounds::line(0, max), "A language tag (BCP 47), `fr`."),
            "status": { "anyOf": [schema::reference("UserStatus"), { "type": "null" }] },
        },
    })
}

/// Makes a person known, or changes what is known. Doing it again changes nothing.
///
/// # Errors
/// When a field has a value it can't have, or the database fails.
pub async fn put(app: &App, key: &ApiCaller, external_id: &str, body: &Map<String, Value>) -> Result<wire::User, Refusal> {
    let status = status(body)?;
    let profile = Profile {
        external_id: checked(external_id.to_owned(), "external_id", limits::EXTERNAL_ID_BYTES_MAX)?,
        name: name(body)?,
        avatar_url: text(body, "avatarUrl")?,
        locale: text(body, "locale")?,
        status,
        ..Profile::default()
    };
    if profile.avatar_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        return Err(invalid("avatarUrl", "must be empty or begin with `https://` or `http://`"));
    }
    let saved = people::upsert(&app.store, key.tenant, &[profile], app.clock.now_ms()).await.map_err(unavailable)?;
    let user = saved.into_iter().next().ok_or_else(|| Refusal::new(ErrorCode::Internal, "nobody was stored"))?;
    if status.is_some_and(|status| status != wire::UserStatus::Active) {
        // Whatever their tokens say, and again if it is said again: the signal may have been lost.
        app.live.revoke(user.id, i64::MAX);
    }
    let said: Vec<&str> = body.keys().map(String::as_str).collect();
    note(
        app,
        key,
        "user.put",
        external_id,
        [("fields", said.into()), ("status", json!(status.map(|one| one.as_str_name())))],
    )
    .await?;
    Ok(wire::User::from(&user))
}

/// Voids the tokens issued to a person until now, and ends the connections made with them. "Now" is by this server's clock, unless
/// the body says it by the clock that signs the tokens: only that clock tells which tokens came before.
///
/// # Errors
/// When a field has a value it can't have, there is no such person, or the database fails.
pub async fn revoke(app: &App, key: &ApiCaller, external_id: &str, said: &Map<String, Value>) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let before_s = issued_before(said, now_ms.div_euclid(1000))?;
    let user = caller::find(app, key, external_id).await?;
    people::revoke_tokens(&app.store, key.tenant, user.id, before_s, now_ms).await.map_err(unavailable)?;
    app.live.revoke(user.id, before_s);
    note(app, key, "user.revoke", external_id, []).await
}

/// Tokens issued before this second are to be void. Without a word those of the current second are, too: `iat` may be no finer.
fn issued_before(said: &Map<String, Value>, now_s: i64) -> Result<i64, Refusal> {
    let latest = now_s + LEEWAY_S + 1;
    let refused = |why: String| Refusal::new(ErrorCode::Invalid, format!("`issuedBefore` {why}")).field("issuedBefore");
    match said.get("issuedBefore") {
        None | Some(Value::Null) => Ok(now_s + 1),
        Some(before) => match body::whole(before).map(|before| i64::try_from(before).unwrap_or(i64::MAX)) {
            Some(before) if before <= latest => Ok(before),
            Some(_) => {
                let why = format!(
                    "is more than {LEEWAY_S} seconds ahead of this server's clock, which says {now_s} (seconds since 1970)"
                );
                Err(refused(why))
            }
            None => Err(refused("is no whole number of seconds since 1970".to_owned())),
        },
    }
}

/// The name of the schema of what a revocation may say.
pub const REVOCATION: &str = "Revocation";

/// What the body of `POST /v1/users/{external_id}/revoke` may say.
pub const REVOCATION_FIELDS: [&str; 1] = ["issuedBefore"];

/// The schema of the body of `POST /v1/users/{external_id}/revoke`.
#[must_use]
pub fn revocation_schema() -> Value {
    json!({
        "type": "object",
        "description": "Which tokens are void from now on. A field of another name is refused.",
        "additionalProperties": false,
        "properties": {
            "issuedBefore": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Those whose `iat` is less, seconds since 1970. Take the time of the clock that signs the tokens, plus \
                                1; then clocks that differ save no token. At most 31 seconds ahead of this server's clock. Without \
                                it: until now, by this server's clock.",
            },
        },
    })
}

/// Writes into the audit what was done to a person.
async fn note<const N: usize>(
    app: &App,
    key: &ApiCaller,
    action: &str,
    external_id: &str,
    detail: [(&str, Value); N],
) -> Result<(), Refusal> {
    let entry = audit::done(audit::back_end(key), action, format!("user:{external_id}"), detail, app.clock.now_ms());
    audit::record(&app.store, key.tenant, entry).await.map_err(unavailable)
}

/// What a user can be.
const STATUSES: [wire::UserStatus; 4] =
    [wire::UserStatus::Active, wire::UserStatus::Invited, wire::UserStatus::Deactivated, wire::UserStatus::Removed];

fn status(body: &Map<String, Value>) -> Result<Option<wire::UserStatus>, Refusal> {
    let Some(name) = text(body, "status")? else { return Ok(None) };
    match wire::UserStatus::from_str_name(&name) {
        Some(wire::UserStatus::Unspecified) | None => {
            let expected = STATUSES.map(|status| status.as_str_name()).join(", ");
            Err(invalid("status", &format!("is `{}`, expected one of {expected}", shortened(&name))))
        }
        known => Ok(known),
    }
}

/// A name as it is kept ([`visible::kept`]).
fn name(body: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(name) = text(body, "name")? else { return Ok(None) };
    visible::kept(&name).map(Some).ok_or_else(|| invalid("name", visible::NOTHING_VISIBLE))
}

fn text(body: &Map<String, Value>, field: &str) -> Result<Option<String>, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => checked(text.clone(), field, limits::PROFILE_FIELD_BYTES_MAX).map(Some),
        Some(other) => Err(Refusal::new(ErrorCode::Malformed, not_expected(field, other, "a text")).field(field)),
    }
}

/// What the claims of a token must keep to as well: people are the same whoever tells of them.
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

fn is_web_address(url: &str) -> bool {
    url.is_empty() || url.starts_with("https://") || url.starts_with("http://")
}

fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {why}")).field(field)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn body(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn all_fields_are_described() {
        let schema = profile_schema();
        let described = schema["properties"].as_object().expect("an object").keys().map(String::as_str);
        assert_eq!(described.collect::<BTreeSet<_>>(), BTreeSet::from(FIELDS));
    }

    #[test]
    fn what_is_left_out_is_not_said() {
        assert_eq!(text(&body(json!({})), "name"), Ok(None));
        assert_eq!(text(&body(json!({ "name": null })), "name"), Ok(None));
        assert_eq!(text(&body(json!({ "name": "Léa" })), "name"), Ok(Some("Léa".to_owned())));
    }

    #[test]
    fn a_name_is_kept_as_it_is_seen() {
        assert_eq!(name(&body(json!({ "name": "a\u{200b}dmin" }))), Ok(Some("admin".to_owned())));
        assert_eq!(name(&body(json!({ "name": "" }))), Ok(Some(String::new())));
        assert_eq!(name(&body(json!({ "name": "\u{202e}\u{200b}" }))).expect_err("nothing visible").field, "name");
    }

    #[test]
    fn a_bad_value_is_blamed_on_its_field() {
        for value in [json!(7), json!("\u{7}"), json!("x".repeat(limits::PROFILE_FIELD_BYTES_MAX + 1))] {
            let refusal = text(&body(json!({ "name": value })), "name").expect_err("refused");
            assert_eq!(refusal.field, "name", "{refusal}");
        }
        for name in ["USER_STATUS_UNSPECIFIED", "active", ""] {
            assert_eq!(status(&body(json!({ "status": name }))).expect_err("refused").field, "status");
        }
        assert_eq!(status(&body(json!({ "status": "USER_STATUS_REMOVED" }))), Ok(Some(wire::UserStatus::Removed)));
    }

    #[test]
    fn addresses_that_run_script_are_none() {
        assert!(is_web_address("") && is_web_address("https://a.example/lea.png"));
        assert!(!is_web_address("javascript:alert(1)") && !is_web_address("data:image/png;base64,"));
    }
}
