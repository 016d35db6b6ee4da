//! `POST /v1/policy/explain`: explains whether a user may do something, and why.

use causerie_policy::{ACTIONS, Action};
use causerie_protocol::{Refusal, command::UserRef};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use uuid::Uuid;

use super::READERS;
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json},
            schemas::exactly_one,
        },
    },
    policies::{self, ExplainError, Explanation, Question, Target},
};

/// Explains a decision.
pub struct ExplainPolicy;

/// The question whether a user may do something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyQuestion {
    /// The user who would act.
    #[schemars(with = "PolicyUser")]
    r#as: PolicyTarget,
    /// The user, group or conversation that the action would concern.
    to: Option<PolicyTarget>,
    /// The action. By default `start` for a user, `address_group` for a group, `send` for a conversation.
    #[schemars(extend("enum" = ACTIONS.iter().map(|(name, _)| Some(*name)).chain([None]).collect::<Vec<_>>()))]
    action: Option<String>,
    /// The relation, for `request`, `accept`, `unrelate` and `block`.
    relation: Option<String>,
}

/// A user, by exactly one of these.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = one_user)]
#[allow(dead_code)] // describes `as`
struct PolicyUser {
    /// A user, by the product's id.
    external_id: Option<String>,
    /// A user, by the server's id.
    id: Option<Uuid>,
}

fn one_user(schema: &mut Schema) {
    exactly_one(schema, &["externalId", "id"]);
}

/// Exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object such as {\"externalId\":\"lea\"}")]
#[schemars(transform = one_target)]
pub struct PolicyTarget {
    /// A user, by the product's id.
    external_id: Option<String>,
    /// A user, by the server's id.
    #[schemars(with = "Option<Uuid>")]
    id: Option<String>,
    /// A group, by the product's id.
    group: Option<String>,
    /// A conversation, by the server's id.
    #[schemars(with = "Option<Uuid>")]
    conversation: Option<String>,
}

fn one_target(schema: &mut Schema) {
    exactly_one(schema, &["externalId", "id", "group", "conversation"]);
}

impl PolicyTarget {
    /// The target. `field` is the field of the body that contains it.
    fn target(self, field: &str) -> Result<Target, Refusal> {
        let no_id = |name: &str, value: &str| unexpected(&format!("{field}.{name}"), value, "a UUID");
        match (self.external_id, self.id, self.group, self.conversation) {
            (Some(id), None, None, None) => Ok(Target::User(UserRef::ExternalId(id))),
            (None, Some(id), None, None) => Ok(Target::User(UserRef::Id(id.parse().map_err(|_| no_id("id", &id))?))),
            (None, None, Some(group), None) => Ok(Target::Group(group)),
            (None, None, None, Some(id)) => Ok(Target::Conversation(id.parse().map_err(|_| no_id("conversation", &id))?)),
            _ => Err(invalid(field, "must have exactly one of `externalId`, `id`, `group`, `conversation`, with a text")),
        }
    }
}

impl Endpoint for ExplainPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/explain";
    const ID: &'static str = "explainPolicy";
    const SUMMARY: &'static str =
        "Explains a decision: whether the user may perform the action, the rule that decides, and the outcome of each rule.";
    const SCOPES: &'static [Scope] = READERS;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyQuestion>;
    type Answer = Json<Explanation>;

    async fn run(call: Call<Self>, (): (), Json(question_body): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, tenant) = (&call.shared.app, call.caller.tenant);
        let Target::User(user) = question_body.r#as.target("as")? else {
            return Err(invalid("as", "must name a user: {\"externalId\":\"lea\"} or {\"id\":\"…\"}").into());
        };
        let target = question_body.to.map_or(Ok(Target::None), |to| to.target("to"))?;
        let action = question_body.action.as_deref().map(parse_action).transpose()?;
        let question = Question { user, target, action, relation: question_body.relation };
        let facts = app.facts.latest(tenant).await?;
        match policies::explain(&app.store, &facts, &question).await {
            Ok(explanation) => Ok(Json(explanation)),
            Err(ExplainError::Refused(refusal)) => Err(refusal.into()),
            Err(ExplainError::Store(error)) => Err(error.into()),
        }
    }
}

/// The action with this name in the rule language.
fn parse_action(name: &str) -> Result<Action, Refusal> {
    let found = ACTIONS.iter().find(|(known, _)| *known == name).map(|(_, action)| *action);
    found.ok_or_else(|| {
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        unexpected("action", name, &format!("one of {}", names.join(", ")))
    })
}
