//! Who asks over HTTP: a person by token, or a back end by key, which may act for a person.

use causerie_protocol::{ErrorCode, Refusal, command::UserRef, wire::UserStatus};
use http::{HeaderMap, header};

use crate::{
    app::App,
    auth::{ApiCaller, Scope},
    conversations::Caller,
    store::{StoreError, queries::people},
};

/// Names the person a back end acts for, by the product's id.
pub const CAUSERIE_USER: &str = "causerie-user";
const KEY_PREFIX: &str = "sk_";

/// The person who asks, or for whom a back end asks.
///
/// # Errors
/// When nobody is named, the credential is not good, or the key lacks the scope `act`.
pub async fn person(app: &App, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let credential = bearer(headers)?;
    if !credential.starts_with(KEY_PREFIX) {
        let identity = app.auth.user(credential).await?;
        return Ok(Caller { tenant: identity.tenant, user: identity.user, issued_at_s: identity.issued_at_s });
    }
    let key = app.auth.key(credential).await?;
    key.require(Scope::Act)?;
    let external_id = headers.get(CAUSERIE_USER).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let external_id = external_id.filter(|id| !id.is_empty()).ok_or_else(|| {
        Refusal::new(ErrorCode::Invalid, "a back end says for whom it acts, in the header `Causerie-User`")
            .field(CAUSERIE_USER)
    })?;
    let user = find(app, &key, external_id).await?;
    if user.status != UserStatus::Active {
        return Err(Refusal::new(ErrorCode::Forbidden, "this person is not active").field(CAUSERIE_USER));
    }
    Ok(Caller { tenant: key.tenant, user: user.id, issued_at_s: i64::MAX })
}

/// The back end that asks.
///
/// # Errors
/// When the credential is no key, not good, or lacks the scope.
pub async fn back_end(app: &App, headers: &HeaderMap, scope: Scope) -> Result<ApiCaller, Refusal> {
    back_end_of(app, headers, &[scope]).await
}

/// The back end that asks, with any of these scopes.
///
/// # Errors
/// When the credential is no key, not good, or has none of the scopes.
pub async fn back_end_of(app: &App, headers: &HeaderMap, scopes: &[Scope]) -> Result<ApiCaller, Refusal> {
    let credential = bearer(headers)?;
    // Whatever else it is, a user's token included, it says nothing about who the back end is.
    if !credential.starts_with(KEY_PREFIX) {
        let why = "this needs the key of a back end (`sk_…`); the bearer is none";
        return Err(Refusal::new(ErrorCode::Unauthenticated, why));
    }
    let key = app.auth.key(credential).await?;
    let missing = scopes.iter().map(|scope| key.require(*scope)).collect::<Vec<_>>();
    if missing.iter().all(Result::is_err) {
        missing.into_iter().next().unwrap_or(Ok(()))?;
    }
    Ok(key)
}

/// A person of the back end's tenant, by the product's id.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn find(app: &App, key: &ApiCaller, external_id: &str) -> Result<people::User, Refusal> {
    let asked = [UserRef::ExternalId(external_id.to_owned())];
    let found = people::resolve(app.store.reader(), key.tenant, &asked).await.map_err(unavailable)?;
    let not_found = || Refusal::new(ErrorCode::NotFound, "this tenant has no person of this id");
    found.into_iter().next().flatten().ok_or_else(not_found)
}

/// The database's trouble, for strangers; what it said goes to the log.
pub fn unavailable(error: StoreError) -> Refusal {
    tracing::error!(%error, "an HTTP request failed");
    Refusal::new(ErrorCode::Unavailable, "the database can't answer now")
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credential = value.and_then(|value| {
        let (scheme, credential) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
    });
    credential
        .filter(|credential| !credential.is_empty())
        .ok_or_else(|| Refusal::new(ErrorCode::Unauthenticated, "the header `Authorization: Bearer …` is missing"))
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
    fn only_bearer_credentials_count() {
        assert_eq!(bearer_of("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer_of("bearer  abc").as_deref(), Some("abc"));
        for other in ["abc", "Basic abc", "Bearer", "Bearer "] {
            assert_eq!(bearer_of(other), None, "{other}");
        }
        let missing = bearer(&HeaderMap::new()).expect_err("nobody is named");
        assert_eq!(missing.code, ErrorCode::Unauthenticated);
    }
}
