//! `PUT /v1/users/{id}`: one row of an import about a user.

use axum::extract::Request;
use causerie_protocol::{ErrorCode, Refusal, limits, wire};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::{
    audit,
    auth::{ApiCaller, Scope},
    domain::UserStatus,
    facts,
    http::{
        body,
        commands::schema::bounds,
        error::Problem,
        manage::{
            decode::invalid,
            endpoint::{self, Call, Endpoint, Wire},
            schemas::{Schemas, extend},
        },
    },
    provisioning::{
        Fact, Row, Undeclared,
        row::{STATUSES, WRITABLE_BY, word_of},
    },
    store::queries::{facts::FactWrite, users::Profile},
};

/// Creates or changes a user.
pub struct PutUser;

/// A row of an import about a user. Absent fields stay as they are; an unknown field is refused.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)] // a description: `provisioning` reads rows
struct UserFields {
    /// `user`.
    #[schemars(extend("enum" = ["user", null]))]
    r#type: Option<String>,
    /// Your id of the user, as in the path.
    #[schemars(extend("type" = "null"))]
    id: Option<String>,
    /// If true, the user gets the status `removed`, and the other fields are ignored.
    deleted: Option<bool>,
    /// Display name. A user without a name is shown by id.
    #[schemars(transform = name_bounds)]
    name: Option<String>,
    /// An http or https address, or empty for none.
    #[schemars(length(max = limits::PROFILE_FIELD_BYTES_MAX), regex(pattern = r"^(https?://[^\u0000-\u001f\u007f-\u009f]*)?$"))]
    avatar: Option<String>,
    /// A language tag (BCP 47), such as `fr`.
    #[schemars(transform = line_bounds)]
    locale: Option<String>,
    /// A short text that other users see below the name, such as the role, the class or the unit; empty for none.
    #[schemars(transform = line_bounds)]
    about: Option<String>,
    /// Whether the user may connect. New users are active, and so is a removed user that is put again without a status.
    #[schemars(extend("enum" = STATUSES.map(|(word, _)| Some(word)).into_iter().chain([None]).collect::<Vec<_>>()))]
    status: Option<String>,
    /// Roles in the whole tenant, as the tenant's rules declare them.
    roles: Option<Vec<String>>,
    /// Which users may write to the user: all users whom the rules allow, contacts only, or nobody.
    #[schemars(extend("enum" = WRITABLE_BY.map(|(word, _)| Some(word)).into_iter().chain([None]).collect::<Vec<_>>()))]
    writable_by: Option<String>,
}

fn name_bounds(schema: &mut Schema) {
    extend(schema, bounds::name(limits::PROFILE_FIELD_BYTES_MAX));
}

fn line_bounds(schema: &mut Schema) {
    extend(schema, bounds::line(0, limits::PROFILE_FIELD_BYTES_MAX));
}

/// The fields of a row.
pub struct Fields(Map<String, Value>);

impl endpoint::Body for Fields {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ "application/json": { "schema": schemas.request::<UserFields>() } }))
    }

    async fn read(request: Request, bytes_max: usize) -> Result<Self, Problem> {
        body::read_within(request, bytes_max).await.map(Self)
    }
}

impl Endpoint for PutUser {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v1/users/{id}";
    const ID: &'static str = "putUser";
    const SUMMARY: &'static str = "Creates or changes a user, with the fields of one row of an import.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = Fields;
    type Answer = Wire<wire::User>;

    async fn run(call: Call<Self>, (): (), Fields(fields): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let field_names: Vec<String> = fields.keys().cloned().collect();
        let policy = facts::policy(&app.store, key.tenant).await?;
        let (mut profile, deleted) = profile(fields, call.id(), policy.vocabulary())?;
        if deleted {
            profile = Profile { external_id: profile.external_id, status: Some(UserStatus::Removed), ..Profile::default() };
        }
        let status = profile.status;
        let now_ms = app.clock.now_ms();
        let mut write = FactWrite::begin(&app.store, key.tenant, now_ms).await?.requested_by(Some(key.key)).await?;
        if deleted && write.resolve_users(&[call.id()]).await?.is_empty() {
            return Err(Refusal::new(ErrorCode::NotFound, "this tenant has no user of this id").into());
        }
        let written = write.users(&[profile]).await?;
        let (_, user) = written.into_iter().next().ok_or_else(|| Refusal::new(ErrorCode::Internal, "no user was stored"))?;
        let detail = [("fields", field_names.into()), ("status", json!(status.map(|status| word_of(&STATUSES, status))))];
        let entry = audit::done(audit::back_end(key), "user.put", format!("user:{}", call.id()), detail, now_ms);
        audit::append(write.connection(), key.tenant, entry).await?;
        if let Some(version) = write.commit().await? {
            app.hub.facts_changed(key.tenant, version);
        }
        if status.is_some_and(|status| status != UserStatus::Active) {
            // The signal is sent even if the status is the same as before, because the first signal may have been lost.
            app.hub.revoke(user.id, i64::MAX);
        }
        Ok(Wire(wire::User::from(&user)))
    }
}

/// Reads the row about the user of the path. Returns the profile, and whether the row removes the user.
fn profile(
    mut fields: Map<String, Value>,
    id: &str,
    vocabulary: &std::sync::Arc<causerie_policy::Vocabulary>,
) -> Result<(Profile, bool), Refusal> {
    for (field, expected) in [("type", "user"), ("id", id)] {
        match fields.insert(field.to_owned(), expected.into()) {
            None | Some(Value::Null) => {}
            Some(value) if value == expected => {}
            Some(_) => return Err(invalid(field, &format!("must be left out here, or be `{expected}`"))),
        }
    }
    let row = Row::read(fields, vocabulary, Undeclared::Refuse)?;
    match row.fact {
        Fact::User(profile) => Ok((profile, row.deleted)),
        _ => Err(Refusal::new(ErrorCode::Internal, "the row is about no user")),
    }
}
