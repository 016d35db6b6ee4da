//! `GET /v1/audit`: the actions of back ends and operators, and the commands that the rules refused.

use causerie_protocol::{ErrorCode, Refusal, limits};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    decode::{invalid, unexpected},
    endpoint::{Call, Endpoint, Json, Params},
    paging::page_limit,
    schemas::extend,
};
use crate::{
    audit::{self, Actors, Filter, Outcome},
    auth::{ApiCaller, Scope},
    clock::{from_rfc3339, rfc3339},
    http::error::Problem,
};

/// Reads the audit log.
pub struct GetAudit;

/// Selects lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// `nextCursor` of the previous page.
    #[schemars(with = "Uuid")]
    cursor: Option<String>,
    /// The most lines of the page.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
    /// Only lines with this action.
    #[schemars(with = "String", extend("enum" = audit::actions().collect::<Vec<_>>()))]
    action: Option<String>,
    /// Only lines of this day or moment or later, RFC 3339.
    #[schemars(with = "String", transform = day_or_moment)]
    since: Option<String>,
    /// Only lines before this day or moment, RFC 3339.
    #[schemars(with = "String", transform = day_or_moment)]
    until: Option<String>,
    /// Only lines of this actor: `user:lea`, `key:…`, `cli:…`.
    #[schemars(with = "String")]
    actor: Option<String>,
    /// Only lines about this target: `user:lea`, `group:6a`, `policy:3`.
    #[schemars(with = "String")]
    target: Option<String>,
    /// Only what was done, or only what the rules refused.
    #[schemars(with = "String", extend("enum" = Outcome::ALL.map(Outcome::name)))]
    outcome: Option<String>,
}

/// For `transform`: the text is a day or a time.
fn day_or_moment(schema: &mut Schema) {
    extend(schema, json!({ "anyOf": [{ "format": "date-time" }, { "format": "date" }] }));
}

/// Actions of back ends and operators, and commands that the rules refused: the latest first.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The lines.
    entries: Vec<AuditEntry>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<Uuid>,
}

/// A line of the audit.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// When the action was done or refused.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// Who acted: `user:…`, `key:…` (a back end), `cli:…` (an operator).
    actor: String,
    /// The name of the key, if the actor is a key of this tenant.
    actor_name: Option<String>,
    /// An action of the rule language, or a call such as `policy.set`.
    action: String,
    /// What the action concerned: `user:…`, `group:…`, `conversation:…`, `policy:…`.
    target: String,
    /// `done` or `refused`.
    outcome: &'static str,
    /// The rule that denied the action; empty if no rule allowed it.
    rule: String,
    /// Further details.
    detail: Map<String, Value>,
}

impl Endpoint for GetAudit {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/audit";
    const ID: &'static str = "audit";
    const SUMMARY: &'static str = "Lists the actions of back ends and operators, and what the rules refused.";
    const SCOPES: &'static [Scope] = &[Scope::Admin, Scope::Read];

    type Caller = ApiCaller;
    type Query = Params<AuditQuery>;
    type Body = ();
    type Answer = Json<AuditPage>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (store, tenant) = (&call.shared.app.store, call.caller.tenant);
        let limit = page_limit(query.limit.as_deref())?;
        if let Some(reason) = query.action.as_deref().and_then(audit::unknown_action) {
            return Err(Refusal::new(ErrorCode::Invalid, reason).field("action").into());
        }
        let cursor = query.cursor.as_deref().map(Uuid::parse_str).transpose();
        let moment = |field, text: Option<&str>| {
            let refusal = |text| unexpected(field, text, "2026-09-01 or 2026-09-01T07:30:00Z");
            text.map(|text| from_rfc3339(text).ok_or_else(|| refusal(text))).transpose()
        };
        let outcome = query.outcome.as_deref().map(|name| {
            let all = Outcome::ALL.map(Outcome::name).join(", ");
            Outcome::from_name(name).ok_or_else(|| unexpected("outcome", name, &format!("one of {all}")))
        });
        let filter = Filter {
            before: cursor.map_err(|_| invalid("cursor", "must be the `nextCursor` of a page before"))?,
            since_ms: moment("since", query.since.as_deref())?,
            until_ms: moment("until", query.until.as_deref())?,
            action: query.action,
            actor: query.actor,
            target: query.target,
            outcome: outcome.transpose()?,
        };
        let mut page = audit::page(store, tenant, &filter, limit + 1).await?;
        let has_more = page.len() > limit as usize;
        page.truncate(limit as usize);
        let actors = Actors::read(store, tenant).await?;
        let next_cursor = page.last().filter(|_| has_more).map(|(id, _)| *id);
        let entries = page.into_iter().map(|(_, entry)| AuditEntry {
            at: rfc3339(entry.at_ms),
            actor_name: actors.name(&entry.actor).map(str::to_owned),
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            outcome: entry.outcome.name(),
            rule: entry.rule,
            detail: entry.detail,
        });
        Ok(Json(AuditPage { entries: entries.collect(), next_cursor }))
    }
}
