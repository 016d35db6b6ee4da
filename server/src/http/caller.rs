//! Finds the caller of a request: a user with a token, or a back end with an API key. A back end may act for a user.

use causerie_protocol::{ErrorCode, Refusal, command::UserRef};
use http::{HeaderMap, header};

use crate::{
    app::App,
    auth::{ApiCaller, Caller, Credential, Scope},
    domain::{User, UserStatus},
    gateway::origin,
    store::queries::users,
};

/// The header in which a back end names the user for whom it acts, by the external id of the user.
pub const CAUSERIE_USER: &str = "causerie-user";
const KEY_PREFIX: &str = "sk_";

/// Returns the user of the token of a request, or the user that the back end names in [`CAUSERIE_USER`].
///
/// # Errors
/// A refusal if the credential is missing or not valid, the key has not the scope `act`, the header names no active user,
/// the tenant does not allow the page that sent the token, or the database does not answer.
pub async fn user(app: &App, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let credential = bearer(headers)?;
    if !credential.starts_with(KEY_PREFIX) {
        let identity = app.auth.user(credential).await?;
        if let Some(page) = origin::foreign(headers) {
            app.origins.admit(identity.tenant, page).await?;
        }
        return Ok(identity.caller());
    }
    let key = app.auth.key(credential).await?;
    key.require_any(&[Scope::Act])?;
    let external_id = headers.get(CAUSERIE_USER).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let external_id = external_id.filter(|id| !id.is_empty()).ok_or_else(|| {
        let reason = "an API key acts for a user: name the user in the header `Causerie-User`, by your id of the user";
        Refusal::new(ErrorCode::Invalid, reason).field(CAUSERIE_USER)
    })?;
    let user = find(app, &key, external_id).await?;
    if user.status != UserStatus::Active {
        return Err(Refusal::new(ErrorCode::Forbidden, "this user is not active").field(CAUSERIE_USER));
    }
    Ok(Caller { tenant: key.tenant, user: user.id, credential: Credential::ApiKey(key.key) })
}

/// Returns the back end of the API key of a request. The key must have at least one of these scopes.
///
/// # Errors
/// A refusal if the credential is missing, is not an API key, is not valid or has none of the scopes, or if the database
/// does not answer.
pub async fn back_end(app: &App, headers: &HeaderMap, scopes: &[Scope]) -> Result<ApiCaller, Refusal> {
    let credential = bearer(headers)?;
    // Any other credential, for example a user's token, does not identify a back end.
    if !credential.starts_with(KEY_PREFIX) {
        let reason = "this needs the API key of a back end behind `Bearer` (it begins with `sk_`), not a user's token; \
                   `causerie api-key create` makes one";
        return Err(Refusal::new(ErrorCode::Unauthenticated, reason));
    }
    let key = app.auth.key(credential).await?;
    key.require_any(scopes)?;
    Ok(key)
}

/// Returns the user of the back end's tenant with this external id.
///
/// # Errors
/// `not_found` if the tenant has no user with this id; `unavailable` if the database fails.
pub async fn find(app: &App, key: &ApiCaller, external_id: &str) -> Result<User, Refusal> {
    let user_refs = [UserRef::ExternalId(external_id.to_owned())];
    let found = users::resolve(app.store.reader(), key.tenant, &user_refs).await?;
    let not_found = || Refusal::new(ErrorCode::NotFound, "this tenant has no user of this id");
    found.into_iter().next().flatten().ok_or_else(not_found)
}

/// The credential of the `Authorization` header, which must occur once. The error does not contain the credential.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let wrong = match (sent.next().map(|value| value.to_str()), sent.next()) {
        (None, _) => "is missing",
        (Some(_), Some(_)) => "comes more than once",
        (Some(Err(_)), None) => "is not plain ASCII text",
        (Some(Ok(value)), None) => match value.trim().split_once(' ') {
            Some((scheme, credential)) if scheme.eq_ignore_ascii_case("bearer") => return Ok(credential.trim()),
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("bearer:") => "has a colon behind `Bearer`",
            Some(_) => "has another scheme than `Bearer`",
            None if value.trim().eq_ignore_ascii_case("bearer") => "has nothing behind `Bearer`",
            None if value.trim().is_empty() => "is empty",
            None => "lacks the word `Bearer` before the credential",
        },
    };
    let reason = format!(
        "the header `Authorization` {wrong}; send it once, as `Authorization: Bearer CREDENTIAL`, with a user's token or an API key \
         (`sk_…`)"
    );
    Err(Refusal::new(ErrorCode::Unauthenticated, reason))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn bearer_of(value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        bearer(&headers).ok().map(str::to_owned)
    }

    #[test]
    fn only_bearer_credentials_are_accepted() {
        assert_eq!(bearer_of("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer_of("bearer  abc").as_deref(), Some("abc"));
        for other in ["abc", "Basic abc", "Bearer", "Bearer ", "bearer: abc", ""] {
            assert_eq!(bearer_of(other), None, "{other}");
        }
    }
}
