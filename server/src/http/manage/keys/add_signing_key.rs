//! `POST /v1/signing-keys` and `POST /v1/tenants/{slug}/signing-keys`: adds a key that signs the tokens of users.

use std::marker::PhantomData;

use causerie_protocol::{ErrorCode, Refusal, limits};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Owner, SIGNING_KEY_SCOPES};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope, issue, keys::Algorithm},
    http::{
        commands::schema::bounds,
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json},
            schemas::extend,
        },
    },
    provisioning::keys::{self, NewSigningKey},
};

/// Adds a signing key.
pub struct AddSigningKey<O>(PhantomData<O>);

/// The maximum length of a secret or a public key, in bytes.
const MATERIAL_BYTES_MAX: usize = 16_384;

/// A signing key to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewKey {
    /// The only algorithm that the key is used with.
    #[schemars(extend("enum" = Algorithm::ALL.map(Algorithm::name)))]
    algorithm: String,
    /// The id of the key, the `kid` in the header of tokens; without it, the server makes one. Ids are unique on the server:
    /// without the scope `operate`, an id must begin with the tenant's slug and a colon, such as `acme:2026`.
    #[schemars(transform = kid_bounds)]
    kid: Option<String>,
    /// The public key in PEM, for RS256, ES256 and EdDSA. The private key stays with the back end.
    #[schemars(transform = material_bounds)]
    public_key: Option<String>,
    /// The shared secret, for HS256: a text of at least 32 bytes, used as it is. Without it, the server makes a secret and
    /// answers it.
    #[schemars(transform = material_bounds)]
    secret: Option<String>,
}

fn kid_bounds(schema: &mut Schema) {
    extend(schema, bounds::line(1, limits::EXTERNAL_ID_BYTES_MAX));
}

fn material_bounds(schema: &mut Schema) {
    extend(schema, json!({ "maxLength": MATERIAL_BYTES_MAX, "pattern": r"^[^\u0000]*$" }));
}

/// The new signing key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyAdded {
    /// The id of the key, for the header of tokens.
    kid: String,
    /// The secret that the server made. It can't be read again. The text itself is the secret, not what it decodes to.
    secret: Option<String>,
}

impl<O: Owner> Endpoint for AddSigningKey<O> {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = O::SIGNING_KEYS;
    const ID: &'static str = O::IDS[4];
    const SUMMARY: &'static str = "Adds a key that signs the tokens of a tenant's users, or makes a secret for HS256.";
    const TEXT: &'static str = O::SIGNING_KEY_TEXT;
    const SCOPES: &'static [Scope] = O::SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<NewKey>;
    type Answer = Json<SigningKeyAdded>;

    async fn run(call: Call<Self>, (): (), Json(new): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, now_ms) = (&call.shared.app, call.shared.app.clock.now_ms());
        O::may_grant(&call.caller, &SIGNING_KEY_SCOPES, "")?;
        let algorithm = Algorithm::from_name(&new.algorithm).ok_or_else(|| {
            unexpected("algorithm", &new.algorithm, &format!("one of {}", Algorithm::ALL.map(Algorithm::name).join(", ")))
        })?;
        let kid = new.kid.as_deref().map(checked_kid).transpose()?;
        let is_generated = new.secret.is_none() && algorithm == Algorithm::Hs256;
        let material = material(algorithm, &new)?;
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        if let Some(kid) = kid {
            O::may_name(&tenant, kid)?;
        }
        let kid = kid.map_or_else(|| format!("{}-{}", tenant.slug, Uuid::now_v7()), str::to_owned);
        let key = NewSigningKey { kid: &kid, algorithm, material: &material };
        let by = Actor::back_end(&call.caller);
        if !keys::add_signing_key(&app.store, &app.secrets, &by, &tenant, key, now_ms).await? {
            let reason = "a signing key has this `kid` already: choose another, or leave it out";
            return Err(Refusal::new(ErrorCode::Conflict, reason).field("kid").into());
        }
        Ok(Json(SigningKeyAdded { kid, secret: is_generated.then_some(material) }))
    }
}

/// Checks the length and the characters of a `kid`.
fn checked_kid(kid: &str) -> Result<&str, Refusal> {
    if kid.len() > limits::EXTERNAL_ID_BYTES_MAX {
        let reason = format!("`kid` has more than {} bytes", limits::EXTERNAL_ID_BYTES_MAX);
        return Err(Refusal::new(ErrorCode::TooLarge, reason).field("kid"));
    }
    if kid.is_empty() || kid.contains(char::is_control) {
        return Err(invalid("kid", "must be a text without control characters, and not empty"));
    }
    Ok(kid)
}

/// The secret or public key of the request. For HS256 without a secret in the request, a new secret.
fn material(algorithm: Algorithm, new: &NewKey) -> Result<String, Refusal> {
    let (field, unused, given) = match algorithm {
        Algorithm::Hs256 => ("secret", ("publicKey", &new.public_key), &new.secret),
        _ => ("publicKey", ("secret", &new.secret), &new.public_key),
    };
    if unused.1.is_some() {
        return Err(invalid(unused.0, &format!("must be left out for {}: it needs `{field}`", algorithm.name())));
    }
    let material = match given {
        Some(text) if text.len() > MATERIAL_BYTES_MAX => {
            let reason = format!("`{field}` has more than {MATERIAL_BYTES_MAX} bytes");
            return Err(Refusal::new(ErrorCode::TooLarge, reason).field(field));
        }
        Some(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
        None if algorithm == Algorithm::Hs256 => issue::secret(),
        None => return Err(invalid(field, "is needed: the public key of a pair, in PEM")),
    };
    match algorithm.key(&material) {
        Ok(_) => Ok(material),
        Err(reason) => Err(Refusal::new(ErrorCode::Invalid, reason.to_string()).field(field)),
    }
}
