//! Explains a decision to an administrator: whether a user may do an action, which rule decided, and the outcome of each
//! rule.

use causerie_policy::{
    ACTIONS, Action, BuiltInDenial, Code, Decision, GroupIx, Resource, ResourceType, Rule, RuleEffect, RuleOutcome,
    UserStatus, Witness, action_name, code_name, ir::Condition,
};
use causerie_protocol::{ConversationId, ErrorCode, GroupId, Refusal, UserId, command::UserRef};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    facts::Snapshot,
    plain::{isolated, shortened},
    store::{
        Store, StoreError,
        queries::{facts::groups, users},
    },
};

/// The decision to explain.
#[derive(Debug, Clone)]
pub struct Question {
    /// The user who would act.
    pub user: UserRef,
    /// The object of the action.
    pub target: Target,
    /// The action. `None` means the most usual action: `start` for a user, `address_group` for a group, `send` in a
    /// conversation.
    pub action: Option<Action>,
    /// The relation, for actions about a relation.
    pub relation: Option<String>,
}

/// The object of an action.
#[derive(Debug, Clone)]
pub enum Target {
    /// No object.
    None,
    /// A user.
    User(UserRef),
    /// A group, by its external id.
    Group(String),
    /// A conversation. An action on a message is decided for a message that the user has just sent.
    Conversation(ConversationId),
}

impl Target {
    fn resource_type(&self) -> ResourceType {
        match self {
            Self::None => ResourceType::None,
            Self::User(_) => ResourceType::User,
            Self::Group(_) => ResourceType::Group,
            Self::Conversation(_) => ResourceType::Conversation,
        }
    }
}

/// The reason why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The question names an unknown user, group, conversation or relation, or an action that does not fit the target.
    #[error("{0}")]
    Refused(Refusal),
    /// The database does not answer or refused a statement.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A decision and the reasons for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the action is allowed.
    pub allowed: bool,
    /// The decision in one sentence.
    pub sentence: String,
    /// The rule that decided; absent if no rule allows the action.
    pub rule: Option<String>,
    /// The fact that made that rule match.
    pub witness: Option<String>,
    /// The code of the denial.
    pub code: Option<&'static str>,
    /// The code of the denial that the user gets.
    pub public_code: Option<&'static str>,
    /// The outcome of each rule that is about this action, in the order of evaluation.
    pub rules: Vec<ExplainedRule>,
    /// The name of the policy.
    pub policy: String,
    /// The version of the policy.
    pub policy_version: u64,
    /// The version of the facts.
    pub facts_version: u64,
}

/// The outcome of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRule {
    /// The name of the rule.
    pub rule: String,
    /// The line of the rule in the policy text, from 1.
    pub line: u32,
    /// `deny`, `allow` or `otherwise`.
    pub effect: &'static str,
    /// Whether the rule matches.
    pub matches: bool,
    /// The fact that made the rule match, or the condition that does not hold.
    pub why: String,
}

/// Explains a decision by this snapshot.
///
/// # Errors
/// [`ExplainError::Refused`] if the question names an unknown user, group, conversation or relation, or an action that does
/// not fit the target; [`ExplainError::Store`] if the database does not answer or refuses a statement.
pub async fn explain(store: &Store, facts: &Snapshot, question: &Question) -> Result<Explanation, ExplainError> {
    let unknown = |field: &str, subject: String| {
        let sentence = format!("`{field}`: this tenant has no {subject}");
        ExplainError::Refused(Refusal::new(ErrorCode::NotFound, sentence).field(field))
    };
    let unknown_user = || {
        let known = "a user is known from the first token or import on";
        unknown("as", format!("user {}; {known}", quoted_id(&question.user)))
    };
    let user = find_user(store, facts, &question.user).await?.ok_or_else(unknown_user)?;
    let action = question.action()?;
    let resource = find_resource(store, facts, user, action, question).await?.ok_or_else(|| {
        let subject = match &question.target {
            Target::None => "such thing".to_owned(),
            Target::User(user) => format!("user {}", quoted_id(user)),
            Target::Group(id) => format!("group `{}`", shortened(id)),
            Target::Conversation(id) => format!("conversation `{id}`"),
        };
        unknown("to", subject)
    })?;
    let ix = facts.user(user).ok_or_else(unknown_user)?;

    let decision = facts.policy.decide(&facts.world, action, ix, resource);
    let built_in = facts.policy.built_in_denial(&facts.world, action, ix, resource);
    let reasons = facts.policy.explain(&facts.world, action, ix, resource);
    let witnesses = reasons.iter().filter_map(|reason| match reason.outcome {
        RuleOutcome::Matched { witness, .. } => Some(witness),
        _ => None,
    });
    let witness_texts = WitnessTexts::read(store, facts, witnesses.collect()).await?;
    let rules = reasons.iter().filter_map(|reason| {
        let rule = facts.policy.rules().get(usize::from(reason.rule.0))?;
        let (matches, why) = match &reason.outcome {
            RuleOutcome::Matched { witness, holds, lacks } => (true, witness_texts.reason(rule, *witness, holds, lacks)),
            RuleOutcome::Missing(missing) => (false, missing.clone()),
            RuleOutcome::Excepted(excepted) => (false, format!("its exception `{excepted}` holds")),
        };
        let effect = match rule.effect {
            RuleEffect::Deny => "deny",
            RuleEffect::Allow => "allow",
            RuleEffect::Otherwise => "otherwise",
        };
        Some(ExplainedRule { rule: rule.name.clone(), line: rule.line, effect, matches, why })
    });
    let rules: Vec<ExplainedRule> = rules.collect();

    let (rule, codes) = match decision {
        Decision::Allow { rule, .. } => (Some(rule), None),
        Decision::Deny { rule, code, public_code } => (rule, Some((code, public_code))),
    };
    let rule = rule.map(|rule| facts.policy.rule_name(rule).to_owned());
    let deciding = rules.iter().find(|outcome| Some(&outcome.rule) == rule.as_ref());
    let witness = deciding.filter(|_| decision.is_allowed()).map(|outcome| outcome.why.clone());
    let subject = match resource {
        Resource::Message { .. } => format!("`{}` of the user's own message, sent just now,", action_name(action)),
        _ => format!("`{}`", action_name(action)),
    };
    let sentence = match (&rule, &witness, codes) {
        (Some(rule), _, Some((code, public))) => {
            format!("{subject} is denied by `{rule}`, as {}{}", code_name(code), public_code_note(code, public))
        }
        (None, _, Some((code, public))) => {
            let no_rule = matches!(
                built_in,
                Some(BuiltInDenial::OtherUserInactive(_) | BuiltInDenial::MayNotSend | BuiltInDenial::WrongConversationKind)
            ) && !rules.iter().any(|outcome| outcome.matches);
            let (by, why) = match built_in.map(|built_in| question.built_in_sentence(built_in)) {
                Some(why) if no_rule => ("", format!("no rule allows it, and {why}")),
                Some(why) => (" (built in)", why),
                None if rules.is_empty() => ("", question.no_rule_sentence(action)),
                None => ("", "no rule allows it".to_owned()),
            };
            format!("{subject} is denied{by}, as {}: {why}{}", code_name(code), public_code_note(code, public))
        }
        (rule, witness, None) => {
            let (rule, witness) = (rule.as_deref().unwrap_or_default(), witness.as_deref().unwrap_or_default());
            format!("{subject} is allowed by `{rule}`: {witness}")
        }
    };
    Ok(Explanation {
        allowed: decision.is_allowed(),
        sentence,
        rule,
        witness,
        code: codes.map(|(code, _)| code_name(code)),
        public_code: codes.map(|(_, public)| code_name(public)),
        rules,
        policy: facts.policy.name().to_owned(),
        policy_version: facts.policy_version,
        facts_version: facts.version,
    })
}

/// A note with the code that the user gets, and the reason, if it differs from the code of the decision.
fn public_code_note(code: Code, public: Code) -> String {
    match code {
        _ if code == public => String::new(),
        Code::NotAMember => format!("; shown as {}", code_name(public)),
        _ => format!("; shown as {} because of `secret_directory`", code_name(public)),
    }
}

impl Question {
    /// The action of the question, or the default action for its target.
    fn action(&self) -> Result<Action, ExplainError> {
        let target = self.target.resource_type();
        let action = self.action.unwrap_or(match target {
            ResourceType::None | ResourceType::User => Action::Start,
            ResourceType::Group => Action::AddressGroup,
            ResourceType::Conversation => Action::Send,
        });
        if action.accepts(target) {
            return Ok(action);
        }
        let what = match target {
            ResourceType::None => "a question that names no user, group or conversation",
            ResourceType::User => "a user",
            ResourceType::Group => "a group",
            ResourceType::Conversation => "a conversation",
        };
        let fitting = ACTIONS.iter().filter(|(_, action)| action.accepts(target)).map(|(name, _)| *name);
        let fitting = fitting.collect::<Vec<_>>().join(", ");
        Err(invalid("action", format!("`{}` does not fit {what}; actions that fit: {fitting}", action_name(action))))
    }

    /// The sentence for a policy without any rule about this action.
    fn no_rule_sentence(&self, action: Action) -> String {
        let action = action_name(action);
        match self.target.resource_type() {
            ResourceType::Group => format!(
                "no rule of the policy is about `{action}` of a group; such a rule has `in group`, `edge group` or `every group`"
            ),
            ResourceType::User => format!("no rule of the policy is about `{action}` of a user"),
            ResourceType::None | ResourceType::Conversation => format!("no rule of the policy is about `{action}`"),
        }
    }

    /// A sentence about a denial that is not by a rule.
    fn built_in_sentence(&self, built_in: BuiltInDenial) -> String {
        let status_sentence =
            |user: String, status: UserStatus| format!("{user} is {}", format!("{status:?}").to_lowercase());
        match (built_in, &self.target) {
            (BuiltInDenial::PrincipalInactive(status), _) => status_sentence(quoted_id(&self.user), status),
            (BuiltInDenial::OtherUserInactive(status), Target::User(other)) => status_sentence(quoted_id(other), status),
            (BuiltInDenial::OtherUserInactive(status), _) => status_sentence("the other user".to_owned(), status),
            (BuiltInDenial::NotAMember, _) => format!("{} is not a member of the conversation", quoted_id(&self.user)),
            (BuiltInDenial::MayNotRead, _) => format!("{} may not `read` the conversation", quoted_id(&self.user)),
            (BuiltInDenial::MayNotSend, _) => format!("{} may not `send` in the conversation", quoted_id(&self.user)),
            (BuiltInDenial::WrongConversationKind, _) => "conversations of this kind do not have it".to_owned(),
        }
    }
}

/// The relations that the policy declares, for use in a sentence.
fn relations(facts: &Snapshot) -> String {
    let names: Vec<&str> = facts.policy.vocabulary().relations.iter().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The user's id as the question gives it, quoted.
fn quoted_id(user: &UserRef) -> String {
    match user {
        UserRef::Id(id) => format!("`{id}`"),
        UserRef::ExternalId(id) => format!("`{}`", isolated(id)),
    }
}

/// The refusal of a question with an invalid field.
fn invalid(field: &str, sentence: String) -> ExplainError {
    ExplainError::Refused(Refusal::new(ErrorCode::Invalid, sentence).field(field))
}

async fn find_user(store: &Store, facts: &Snapshot, user: &UserRef) -> Result<Option<UserId>, StoreError> {
    let found = users::resolve(store.reader(), facts.tenant, std::slice::from_ref(user)).await?;
    Ok(found.into_iter().next().flatten().map(|user| user.id).filter(|id| facts.user(*id).is_some()))
}

async fn find_resource(
    store: &Store,
    facts: &Snapshot,
    user: UserId,
    action: Action,
    question: &Question,
) -> Result<Option<Resource>, ExplainError> {
    Ok(match &question.target {
        Target::None => Some(Resource::None),
        Target::User(user) => {
            let other = find_user(store, facts, user).await?.and_then(|user| facts.user(user));
            let relation = match &question.relation {
                None => None,
                Some(name) => Some(facts.policy.vocabulary().relation(name).ok_or_else(|| {
                    invalid(
                        "relation",
                        format!(
                            "the policy `{}` declares no relation `{}`; it declares {}",
                            facts.policy.name(),
                            shortened(name),
                            relations(facts),
                        ),
                    )
                })?),
            };
            other.map(|other| relation.map_or(Resource::User(other), |relation| Resource::Relation(other, relation)))
        }
        Target::Group(external_id) => {
            let found = groups::find_by_external_id(store.reader(), facts.tenant, &[external_id]).await?;
            let group = found.get(external_id).and_then(|group| facts.world.group(group.0.as_u128()));
            group.map(Resource::Group)
        }
        Target::Conversation(id) => {
            let found = store.member_contexts(vec![(*id, user)]).await?.remove(&(*id, user));
            let conversation =
                found.filter(|found| found.tenant == facts.tenant).map(|found| facts.conversation(user, &found));
            let is_about_message = action.is_about_a_message();
            conversation.map(|conversation| match is_about_message {
                true => Resource::Message { conversation, is_author: action != Action::Reply, age_ms: 0 },
                false => Resource::Conversation(conversation),
            })
        }
    })
}

/// Writes witnesses as texts that name groups by their external ids.
struct WitnessTexts<'a> {
    facts: &'a Snapshot,
    groups: Vec<(GroupId, String)>,
}

impl<'a> WitnessTexts<'a> {
    async fn read(store: &Store, facts: &'a Snapshot, witnesses: Vec<Witness>) -> Result<Self, StoreError> {
        let ids = witnesses.into_iter().flat_map(|witness| match witness {
            Witness::Group(group) => vec![group],
            Witness::Edge(from, to) => vec![from, to],
            _ => Vec::new(),
        });
        let mut ids: Vec<GroupId> = ids.map(|group| GroupId(Uuid::from_u128(facts.world.group_key(group)))).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = groups::find(store.reader(), facts.tenant, &ids).await?;
        let groups = found
            .into_iter()
            .map(|group| (group.id, format!("{} `{}`", group.kind, isolated(&group.external_id)).trim_start().to_owned()));
        Ok(Self { facts, groups: groups.collect() })
    }

    fn group(&self, group: GroupIx) -> &str {
        let id = GroupId(Uuid::from_u128(self.facts.world.group_key(group)));
        self.groups.iter().find(|(known, _)| *known == id).map_or("a group that is gone", |(_, name)| name)
    }

    /// The reason why a rule matches: the fact that made it match, the conditions that hold, and the exceptions that do not
    /// hold.
    fn reason(&self, rule: &Rule, witness: Witness, holds: &[String], lacks: &[String]) -> String {
        let verbs = [(holds, "holds", "hold"), (lacks, "does not hold", "do not hold")];
        let conditions =
            verbs.into_iter().filter(|(conditions, ..)| !conditions.is_empty()).map(|(conditions, singular, plural)| {
                format!("`{}` {}", conditions.join("`, `"), if conditions.len() == 1 { singular } else { plural })
            });
        let reasons: Vec<String> = self.matching_fact(rule, witness).into_iter().chain(conditions).collect();
        if reasons.is_empty() { "it has no conditions".to_owned() } else { reasons.join("; ") }
    }

    /// The fact that made a rule match.
    fn matching_fact(&self, rule: &Rule, witness: Witness) -> Option<String> {
        let is_in_common = |condition: &Condition| matches!(condition, Condition::InCommon(..));
        Some(match witness {
            Witness::Everyone => return None,
            Witness::Same => "it is the same user".to_owned(),
            Witness::Group(group) if rule.conditions.iter().any(is_in_common) => {
                format!("both in {}", self.group(group))
            }
            Witness::Group(group) => format!("in {}", self.group(group)),
            Witness::Edge(from, to) => format!("an edge from {} to {}", self.group(from), self.group(to)),
            Witness::Relation(relation) => {
                let relations = &self.facts.policy.vocabulary().relations;
                let name = relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
                format!("the relation `{name}`")
            }
            Witness::Holder => "membership of the conversation".to_owned(),
        })
    }
}
