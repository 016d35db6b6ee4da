//! The rules of a tenant over HTTP: read, tried, put in force, explained; and the audit. For back ends only.

pub mod description;

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::extract::{Query, Request};
use causerie_policy::{ACTIONS, Action, Policy};
use causerie_protocol::{ErrorCode, Refusal, command::UserRef, limits};
use http::Uri;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    body::{fields, fields_within, whole},
    caller::{self, unavailable},
    error::Problem,
};
use crate::{
    app::App,
    audit::{self, Actors, Filter},
    auth::{ApiCaller, Scope},
    clock::{from_rfc3339, rfc3339},
    facts::Snapshot,
    language::Language,
    plain::{counted, not_expected, shortened},
    policies::{self, Changed, ExplainError, NotCompared, Question, Version, Whom},
};

/// How long a comparison may take that is asked for.
const COMPARISON_MAX: Duration = Duration::from_secs(30);
/// How long what a change did is looked for once it is done.
const AFTERTHOUGHT_MAX: Duration = Duration::from_secs(5);
/// Rules have at most 64 KiB; JSON may write each byte of them as `\u000a`, and there are other fields beside them.
const RULES_BODY_BYTES_MAX: usize = causerie_policy::TEXT_BYTES_MAX * 6 + 1_024;
/// Who asks for a comparison while another one is made, comes back after so long.
const BUSY_RETRY_MS: u32 = 5_000;

/// What may be asked of a tenant's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the route table says what each does
pub enum Ask {
    Get,
    Put,
    Check,
    Explain,
    Diff,
    History,
    Rollback,
    Audit,
}

impl Ask {
    /// A key needs one of these scopes.
    #[must_use]
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Put | Self::Rollback => &[Scope::Admin],
            _ => &[Scope::Admin, Scope::Read],
        }
    }
}

/// Answers a request.
///
/// # Errors
/// When the caller may not, something asked is wrong, or the database fails.
pub async fn serve(app: &Arc<App>, ask: Ask, request: Request) -> Result<Value, Problem> {
    let key = caller::back_end_of(app, request.headers(), ask.scopes()).await?;
    let language = Language::of_request(request.headers());
    let uri = request.uri().clone();
    Ok(without_nulls(match ask {
        Ask::Get => get(app, &key, &uri).await?,
        Ask::History => history(app, &key).await?,
        Ask::Audit => lines(app, &key, &uri).await?,
        Ask::Put => {
            let body = rules_in(request, &["preset", "text", "dryRun", "acceptUnusedWords"]).await?;
            put(app, &key, &body, language).await?
        }
        Ask::Check => check(&rules_in(request, &["text"]).await?)?,
        Ask::Explain => explain(app, &key, &fields(request, &["as", "to", "action", "relation"]).await?).await?,
        Ask::Diff => diff(app, &key, &rules_in(request, &["preset", "text"]).await?, language).await?,
        Ask::Rollback => rollback(app, &key, &fields(request, &["to", "acceptUnusedWords"]).await?, language).await?,
    }))
}

/// As everywhere in answers, what is not there is left out.
fn without_nulls(mut told: Value) -> Value {
    match &mut told {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(|value| *value = without_nulls(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_nulls(item.take())),
        _ => {}
    }
    told
}

/// The fields of a body that may hold rules: as long as rules may be, whatever JSON makes of their letters.
async fn rules_in(request: Request, known: &[&str]) -> Result<Map<String, Value>, Problem> {
    fields_within(request, known, RULES_BODY_BYTES_MAX).await
}

async fn get(app: &App, key: &ApiCaller, uri: &Uri) -> Result<Value, Refusal> {
    let asked = query(uri, &["version"])?;
    let version = match asked.get("version") {
        None => policies::in_force(&app.store, key.tenant).await.map_err(unavailable)?,
        Some(number) => {
            let number = number.parse().map_err(|_| unexpected("version", number, "a whole number"))?;
            earlier(app, key, Some(number), "version").await?
        }
    };
    let mut told = described(&version, &actors(app, key).await?);
    told["text"] = version.text.into();
    Ok(told)
}

async fn history(app: &App, key: &ApiCaller) -> Result<Value, Refusal> {
    let versions = policies::history(&app.store, key.tenant).await.map_err(unavailable)?;
    let actors = actors(app, key).await?;
    Ok(json!({ "policies": versions.iter().map(|version| described(version, &actors)).collect::<Vec<_>>() }))
}

/// The names of those who act by a key.
async fn actors(app: &App, key: &ApiCaller) -> Result<Actors, Refusal> {
    Actors::read(&app.store, key.tenant).await.map_err(unavailable)
}

/// All of a version but its text.
fn described(version: &Version, actors: &Actors) -> Value {
    json!({
        "version": version.version,
        "name": version.name,
        "preset": version.is_preset(),
        "createdAt": version.created_at_ms.map(rfc3339),
        "createdBy": version.created_by,
        "createdByName": actors.name(&version.created_by),
        "restores": version.restores,
    })
}

async fn put(app: &App, key: &ApiCaller, body: &Map<String, Value>, language: Language) -> Result<Value, Refusal> {
    let policy = Arc::new(chosen(body)?);
    let dry_run = flag(body, "dryRun")?;
    let unused = unused_words(app, key, &policy, flag(body, "acceptUnusedWords")? || dry_run).await?;
    let (changed, difference) = if dry_run {
        (None, Some(compared(app, key, &policy, language).await?))
    } else {
        let (changed, difference) = set_and_compared(app, key, &policy, None, language).await?;
        (Some(changed), difference)
    };
    Ok(told(changed, &policy, unused, difference))
}

/// Words that facts use and rules do not declare: those facts would give nothing. Refused unless accepted.
async fn unused_words(app: &App, key: &ApiCaller, policy: &Policy, accepted: bool) -> Result<Vec<Value>, Refusal> {
    let unused = policies::unused_words(&app.store, key.tenant, policy.vocabulary()).await.map_err(unavailable)?;
    if !unused.is_empty() && !accepted {
        let words: Vec<String> = unused
            .iter()
            .map(|one| format!("{} `{}` ({})", one.what, one.word, counted(one.facts, "fact", "facts")))
            .collect();
        let why = format!("must be true, or the rules must declare these words, which facts use: {}", words.join(", "));
        return Err(invalid("acceptUnusedWords", &why));
    }
    Ok(unused.iter().map(|one| json!({ "what": one.what, "word": one.word, "facts": one.facts })).collect())
}

/// What was done, or would be.
fn told(changed: Option<Changed>, policy: &Policy, unused: Vec<Value>, difference: Option<Value>) -> Value {
    let mut told = json!({
        "version": changed.map(|changed| changed.version),
        "changed": changed.is_some_and(|changed| changed.facts_version.is_some()),
        "name": policy.name(),
        "unusedWords": unused,
        "warnings": warnings(policy),
    });
    if let Some(difference) = difference {
        told["difference"] = difference;
    }
    told
}

/// What is odd about rules, by line.
fn warnings(policy: &Policy) -> Vec<Value> {
    policy.warnings().iter().map(|one| json!({ "line": one.line, "message": one.message })).collect()
}

async fn rollback(app: &App, key: &ApiCaller, body: &Map<String, Value>, language: Language) -> Result<Value, Refusal> {
    let to = match body.get("to") {
        None | Some(Value::Null) => None,
        Some(number) => Some(whole(number).ok_or_else(|| not_a("to", number, "a whole number"))?),
    };
    let version = earlier(app, key, to, "to").await?;
    let policy = policies::compile(&version).map_err(|why| Refusal::new(ErrorCode::Invalid, why).field("to"))?;
    let policy = Arc::new(policy);
    let unused = unused_words(app, key, &policy, flag(body, "acceptUnusedWords")?).await?;
    let (changed, difference) = set_and_compared(app, key, &policy, Some(version.version), language).await?;
    Ok(told(Some(changed), &policy, unused, difference))
}

async fn earlier(app: &App, key: &ApiCaller, version: Option<u64>, field: &str) -> Result<Version, Refusal> {
    let found = policies::earlier(&app.store, key.tenant, version).await.map_err(unavailable)?;
    found.map_err(|why| Refusal::new(ErrorCode::NotFound, why).field(field))
}

/// Puts rules in force, and then tells what that did if it can be told soon: what is urgent waits for no comparison.
async fn set_and_compared(
    app: &App,
    key: &ApiCaller,
    policy: &Arc<Policy>,
    restores: Option<u64>,
    language: Language,
) -> Result<(Changed, Option<Value>), Refusal> {
    let before = app.facts.here(key.tenant);
    let changed = set(app, key, policy, restores).await?;
    let difference = match before {
        Some(before) => compared_with(app, before, policy, language, AFTERTHOUGHT_MAX).await.ok(),
        None => None,
    };
    Ok((changed, difference))
}

/// Puts rules in force; every node decides by them once this is answered.
async fn set(app: &App, key: &ApiCaller, policy: &Policy, restores: Option<u64>) -> Result<Changed, Refusal> {
    let by = audit::back_end(key);
    let changed = policies::set(&app.store, key.tenant, policy, &by, restores, app.clock.now_ms()).await;
    let changed = changed.map_err(unavailable)?;
    if let Some(version) = changed.facts_version {
        app.live.facts_moved(key.tenant, version);
    }
    Ok(changed)
}

fn check(body: &Map<String, Value>) -> Result<Value, Refusal> {
    let text = required(body, "text")?;
    Ok(match Policy::parse(text) {
        Ok(policy) => json!({
            "valid": true,
            "problems": [],
            "name": policy.name(),
            "rules": policy.rules().len(),
            "neverAllowed": policies::never_allowed(&policy),
            "warnings": warnings(&policy),
        }),
        Err(problems) => {
            let problems = problems.iter().map(|one| json!({ "line": one.line, "message": one.message }));
            json!({ "valid": false, "problems": problems.collect::<Vec<_>>() })
        }
    })
}

async fn diff(app: &App, key: &ApiCaller, body: &Map<String, Value>, language: Language) -> Result<Value, Refusal> {
    compared(app, key, &Arc::new(chosen(body)?), language).await
}

async fn compared(app: &App, key: &ApiCaller, policy: &Arc<Policy>, language: Language) -> Result<Value, Refusal> {
    let current = app.facts.current(key.tenant).await.map_err(unavailable)?;
    compared_with(app, current, policy, language, COMPARISON_MAX).await
}

async fn compared_with(
    app: &App,
    old: Arc<Snapshot>,
    policy: &Arc<Policy>,
    language: Language,
    limit: Duration,
) -> Result<Value, Refusal> {
    let new = Arc::clone(policy);
    match policies::compare_within(&app.store, old, new, app.clock.now_ms(), language, limit).await {
        Ok(comparison) => Ok(json!(comparison)),
        Err(NotCompared::Busy) => {
            let why = "this server compares rules one at a time, and is at it; try again later";
            Err(Refusal::new(ErrorCode::RateLimited, why).retry_after_ms(BUSY_RETRY_MS))
        }
        Err(NotCompared::TooLong) => {
            let why = format!("the comparison takes more than {} s", limit.as_secs());
            Err(Refusal::new(ErrorCode::Timeout, why))
        }
        Err(NotCompared::Failed(error)) => Err(unavailable(error)),
    }
}

async fn explain(app: &App, key: &ApiCaller, body: &Map<String, Value>) -> Result<Value, Refusal> {
    let me = match whom(body, "as")? {
        Whom::Person(user) => user,
        _ => return Err(invalid("as", "must name a user: {\"externalId\":\"lea\"} or {\"id\":\"…\"}")),
    };
    let action = given(body, "action").map(|_| action_of(required(body, "action")?)).transpose()?;
    let relation = given(body, "relation").map(|_| required(body, "relation").map(str::to_owned)).transpose()?;
    let question = Question { me, whom: whom(body, "to")?, action, relation };
    let facts = app.facts.current(key.tenant).await.map_err(unavailable)?;
    match policies::explain(&app.store, &facts, &question).await {
        Ok(explanation) => Ok(json!(explanation)),
        Err(ExplainError::Asked(refusal)) => Err(refusal),
        Err(ExplainError::Store(error)) => Err(unavailable(error)),
    }
}

async fn lines(app: &App, key: &ApiCaller, uri: &Uri) -> Result<Value, Refusal> {
    let asked = query(uri, &["cursor", "limit", "action", "since"])?;
    let limit = match asked.get("limit").map(|limit| (limit, limit.parse::<u32>())) {
        None => limits::PAGE_MAX,
        Some((_, Ok(limit))) if (1..=limits::PAGE_MAX).contains(&limit) => limit,
        Some((said, _)) => return Err(unexpected("limit", said, &format!("a number from 1 to {}", limits::PAGE_MAX))),
    };
    let cursor = asked.get("cursor").map(|text| Uuid::parse_str(text)).transpose();
    let since = asked
        .get("since")
        .map(|text| from_rfc3339(text).ok_or_else(|| unexpected("since", text, "2026-09-01 or 2026-09-01T07:30:00Z")));
    if let Some(why) = asked.get("action").and_then(|action| audit::unknown_action(action)) {
        return Err(Refusal::new(ErrorCode::Invalid, why).field("action"));
    }
    let filter = Filter {
        before: cursor.map_err(|_| invalid("cursor", "must be the `nextCursor` of a page before"))?,
        since_ms: since.transpose()?,
        action: asked.get("action").cloned(),
    };
    let mut page = audit::page(&app.store, key.tenant, &filter, limit + 1).await.map_err(unavailable)?;
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let actors = actors(app, key).await?;
    let next = page.last().filter(|_| more).map(|(id, _)| id.to_string());
    let entries = page.into_iter().map(|(_, entry)| {
        json!({
            "at": rfc3339(entry.at_ms),
            "actorName": actors.name(&entry.actor),
            "actor": entry.actor,
            "action": entry.action,
            "target": entry.target,
            "outcome": entry.outcome.name(),
            "rule": entry.rule,
            "detail": entry.detail,
        })
    });
    Ok(json!({ "entries": entries.collect::<Vec<_>>(), "nextCursor": next }))
}

/// The rules a body names or holds.
fn chosen(body: &Map<String, Value>) -> Result<Policy, Refusal> {
    match (given(body, "preset"), given(body, "text")) {
        (Some(_), None) => {
            let name = required(body, "preset")?;
            Policy::preset(name).ok_or_else(|| {
                let names: Vec<&str> = causerie_policy::PRESETS.iter().map(|(name, _)| *name).collect();
                unexpected("preset", name, &format!("one of {}", names.join(", ")))
            })
        }
        (None, Some(_)) => Policy::parse(required(body, "text")?).map_err(|problems| {
            Refusal::new(ErrorCode::Invalid, format!("`text`: {}", policies::sentence(&problems))).field("text")
        }),
        (Some(_), Some(_)) => Err(invalid("text", "can't be given together with `preset`: give one of them")),
        (None, None) => Err(invalid("preset", "or `text` is needed: {\"preset\":\"school\"} or {\"text\":\"policy …\"}")),
    }
}

/// Whom a field names: `{"externalId"}` or `{"id"}`, `{"group"}`, `{"conversation"}`; nobody where it is absent.
fn whom(body: &Map<String, Value>, field: &str) -> Result<Whom, Refusal> {
    let said = match body.get(field) {
        None | Some(Value::Null) => return Ok(Whom::Nobody),
        Some(Value::Object(said)) => said,
        Some(other) => return Err(not_a(field, other, "an object such as {\"externalId\":\"lea\"}")),
    };
    let mut said = said.iter().filter(|(_, value)| !value.is_null());
    let one = said.next().filter(|_| said.next().is_none()).and_then(|(name, value)| Some((name, value.as_str()?)));
    let (name, value) = one.ok_or_else(|| {
        invalid(field, "must have exactly one of `externalId`, `id`, `group`, `conversation`, with a text")
    })?;
    let field = format!("{field}.{name}");
    let no_id = || unexpected(&field, value, "a UUID");
    Ok(match name.as_str() {
        "externalId" => Whom::Person(UserRef::ExternalId(value.to_owned())),
        "id" => Whom::Person(UserRef::Id(value.parse().map_err(|_| no_id())?)),
        "group" => Whom::Group(value.to_owned()),
        "conversation" => Whom::Conversation(value.parse().map_err(|_| no_id())?),
        _ => return Err(invalid(&field, "is not a field here; the fields are `externalId`, `id`, `group`, `conversation`")),
    })
}

fn action_of(word: &str) -> Result<Action, Refusal> {
    let found = ACTIONS.iter().find(|(name, _)| *name == word).map(|(_, action)| *action);
    found.ok_or_else(|| {
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        unexpected("action", word, &format!("one of {}", names.join(", ")))
    })
}

/// Query parameters, of these names; an empty one is none.
fn query(uri: &Uri, known: &[&str]) -> Result<HashMap<String, String>, Refusal> {
    let Query(pairs) = Query::<HashMap<String, String>>::try_from_uri(uri)
        .map_err(|error| Refusal::new(ErrorCode::Malformed, error.body_text()))?;
    match pairs.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) if known.is_empty() => Err(invalid(unknown, "is not a parameter: this path takes none")),
        Some(unknown) => Err(invalid(unknown, &format!("is not a parameter here; the parameters are {}", known.join(", ")))),
        None => Ok(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()),
    }
}

/// What a field holds; `null` is nothing.
fn given<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    body.get(field).filter(|value| !value.is_null())
}

fn required<'a>(body: &'a Map<String, Value>, field: &str) -> Result<&'a str, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Err(invalid(field, "is needed")),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Refusal::new(ErrorCode::Malformed, not_expected(field, other, "a text")).field(field)),
    }
}

fn flag(body: &Map<String, Value>, field: &str) -> Result<bool, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(Refusal::new(ErrorCode::Malformed, not_expected(field, other, "true or false")).field(field)),
    }
}

/// A field of JSON has a value it can't have.
fn not_a(field: &str, value: &Value, expected: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, not_expected(field, value, expected)).field(field)
}

/// A text is none of those that its place takes.
fn unexpected(field: &str, said: &str, expected: &str) -> Refusal {
    invalid(field, &format!("is `{}`, expected {expected}", shortened(said)))
}

fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {why}")).field(field)
}
