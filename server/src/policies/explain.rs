//! Why someone may do something, or may not: the decision, and what each rule says to it, in words. For administrators.

use causerie_policy::{
    About, Action, Decision, Effect, Finding, GroupIx, Rule, RuleIx, Witness, action_name, code_name, program::Condition,
};
use causerie_protocol::{ConversationId, ErrorCode, GroupId, Refusal, UserId, command::UserRef};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    facts::Snapshot,
    store::{
        Store, StoreError,
        queries::{facts::groups, people},
    },
};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who would do it.
    pub me: UserRef,
    /// To whom.
    pub whom: Whom,
    /// What.
    pub action: Action,
    /// Which relation, of actions about one.
    pub relation: Option<String>,
}

/// To whom, or where.
#[derive(Debug, Clone)]
pub enum Whom {
    /// No one in particular.
    Nobody,
    /// A person.
    Person(UserRef),
    /// A group, by the product's id.
    Group(String),
    /// A conversation. Actions on messages are asked of a message of one's own, just sent.
    Conversation(ConversationId),
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// It names something that is not there.
    #[error("{0}")]
    Asked(Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// It may be done.
    pub allowed: bool,
    /// The answer in one sentence.
    pub sentence: String,
    /// The rule that decided; none where no rule allows it.
    pub rule: Option<String>,
    /// What made that rule match.
    pub witness: Option<String>,
    /// Why not.
    pub code: Option<&'static str>,
    /// Why not, as the person is told.
    pub public_code: Option<&'static str>,
    /// What each rule says that speaks of such a thing, in the order in which they are asked.
    pub rules: Vec<Said>,
    /// The rules' name.
    pub policy: String,
    /// Of the rules.
    pub policy_version: u64,
    /// Of the facts.
    pub facts_version: u64,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// Its name.
    pub rule: String,
    /// Its line in the text, from 1.
    pub line: u32,
    /// `deny`, `allow` or `otherwise`.
    pub effect: &'static str,
    /// Whether it matches.
    pub matches: bool,
    /// What made it match, or what is missing.
    pub why: String,
}

/// Answers a question, by facts and rules of now.
///
/// # Errors
/// When it names what is not there, or the database fails.
pub async fn explain(store: &Store, facts: &Snapshot, question: &Question) -> Result<Explanation, ExplainError> {
    let unknown = |field: &str| {
        let sentence = format!("`{field}` names nobody and nothing this tenant knows");
        ExplainError::Asked(Refusal::new(ErrorCode::NotFound, sentence).field(field))
    };
    let me = person(store, facts, &question.me).await?.ok_or_else(|| unknown("as"))?;
    let about = about(store, facts, me, question).await?.ok_or_else(|| unknown("to"))?;
    let ix = facts.user(me).ok_or_else(|| unknown("as"))?;

    let decision = facts.policy.decide(&facts.world, question.action, ix, about);
    let reasons = facts.policy.explain(&facts.world, question.action, ix, about);
    let matched = reasons.iter().filter_map(|reason| match reason.finding {
        Finding::Matched(witness) => Some(witness),
        _ => None,
    });
    let words = Words::read(store, facts, matched.chain(witness(&decision)).collect()).await?;
    let rules = reasons.iter().filter_map(|reason| {
        let rule = facts.policy.rules().get(usize::from(reason.rule.0))?;
        let (matches, why) = match &reason.finding {
            Finding::Matched(witness) => (true, words.of(Some(rule), *witness)),
            Finding::Missing(missing) => (false, missing.clone()),
            Finding::Excepted(excepted) => (false, format!("is excepted: {excepted}")),
        };
        let effect = match rule.effect {
            Effect::Deny => "deny",
            Effect::Allow => "allow",
            Effect::Otherwise => "otherwise",
        };
        Some(Said { rule: rule.name.clone(), line: rule.line, effect, matches, why })
    });
    Ok(Explanation {
        rules: rules.collect(),
        policy: facts.policy.name().to_owned(),
        policy_version: facts.policy_version,
        facts_version: facts.version,
        ..answer(facts, question.action, decision, &words)
    })
}

/// The decision itself; who calls adds the rest.
fn answer(facts: &Snapshot, action: Action, decision: Decision, words: &Words) -> Explanation {
    let action = action_name(action);
    let named = |rule| facts.policy.rule_name(rule).to_owned();
    let at = |rule: RuleIx| facts.policy.rules().get(usize::from(rule.0));
    let (rule, witness, code, public_code) = match decision {
        Decision::Allow { rule, witness } => (Some(named(rule)), Some(words.of(at(rule), witness)), None, None),
        Decision::Hold { rule, .. } => (Some(named(rule)), None, None, None),
        Decision::Deny { rule, code, public_code } => {
            (rule.map(named), None, Some(code_name(code)), Some(code_name(public_code)))
        }
    };
    let sentence = match (&rule, &witness, code) {
        (Some(rule), Some(witness), _) => format!("`{action}` is allowed by `{rule}`: {witness}"),
        (Some(rule), None, Some(code)) => format!("`{action}` is denied by `{rule}`, as {code}"),
        (None, _, Some(code)) => format!("`{action}` is denied, as {code}: no rule allows it"),
        (rule, ..) => format!("`{action}` is held back by `{}`", rule.as_deref().unwrap_or_default()),
    };
    Explanation {
        allowed: decision.is_allowed(),
        sentence,
        rule,
        witness,
        code,
        public_code,
        rules: Vec::new(),
        policy: String::new(),
        policy_version: 0,
        facts_version: 0,
    }
}

async fn person(store: &Store, facts: &Snapshot, user: &UserRef) -> Result<Option<UserId>, StoreError> {
    let found = people::resolve(store.reader(), facts.tenant, std::slice::from_ref(user)).await?;
    Ok(found.into_iter().next().flatten().map(|user| user.id).filter(|id| facts.user(*id).is_some()))
}

async fn about(store: &Store, facts: &Snapshot, me: UserId, question: &Question) -> Result<Option<About>, ExplainError> {
    let bad = |field: &str, sentence: String| ExplainError::Asked(Refusal::new(ErrorCode::Invalid, sentence).field(field));
    Ok(match &question.whom {
        Whom::Nobody => Some(About::Nothing),
        Whom::Person(user) => {
            let them = person(store, facts, user).await?.and_then(|user| facts.user(user));
            let relation = match &question.relation {
                None => None,
                Some(name) => Some(facts.policy.vocabulary().relation(name).ok_or_else(|| {
                    bad("relation", format!("the policy `{}` has no relation `{name}`", facts.policy.name()))
                })?),
            };
            them.map(|them| relation.map_or(About::Person(them), |relation| About::Relation(them, relation)))
        }
        Whom::Group(external_id) => {
            let found = groups::find_by_external_id(store.reader(), facts.tenant, &[external_id]).await?;
            let group = found.get(external_id).and_then(|group| facts.world.group(group.0.as_u128()));
            group.map(About::Group)
        }
        Whom::Conversation(id) => {
            let found = store.facts(vec![(*id, me)]).await?.remove(&(*id, me));
            let conversation =
                found.filter(|found| found.tenant == facts.tenant.0).map(|found| facts.conversation(me, &found));
            let of_message = matches!(question.action, Action::Edit | Action::DeleteForAll | Action::DeleteOwnCopy);
            conversation.map(|conversation| match of_message {
                true => About::Message { conversation, mine: true, age_ms: 0 },
                false => About::Conversation(conversation),
            })
        }
    })
}

fn witness(decision: &Decision) -> Option<Witness> {
    if let Decision::Allow { witness, .. } = decision { Some(*witness) } else { None }
}

/// Witnesses in words: groups by the product's ids.
struct Words<'a> {
    facts: &'a Snapshot,
    groups: Vec<(GroupId, String)>,
}

impl<'a> Words<'a> {
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
        let groups = found.into_iter().filter_map(|group| {
            let id = GroupId(Uuid::parse_str(&group.id).ok()?);
            Some((id, format!("{} `{}`", group.kind, group.external_id).trim_start().to_owned()))
        });
        Ok(Self { facts, groups: groups.collect() })
    }

    fn group(&self, group: GroupIx) -> &str {
        let id = GroupId(Uuid::from_u128(self.facts.world.group_key(group)));
        self.groups.iter().find(|(known, _)| *known == id).map_or("a group that is gone", |(_, name)| name)
    }

    /// What made a rule match.
    fn of(&self, rule: Option<&Rule>, witness: Witness) -> String {
        let in_common = |condition: &Condition| matches!(condition, Condition::InCommon(..));
        match witness {
            Witness::Everyone => "it asks for nothing further".to_owned(),
            Witness::Same => "it is the same person".to_owned(),
            Witness::Group(group) if rule.is_some_and(|rule| rule.conditions.iter().any(in_common)) => {
                format!("both in {}", self.group(group))
            }
            Witness::Group(group) => format!("in {}", self.group(group)),
            Witness::Edge(from, to) => format!("an edge from {} to {}", self.group(from), self.group(to)),
            Witness::Relation(relation) => {
                let relations = &self.facts.policy.vocabulary().relations;
                let name = relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
                format!("the relation `{name}`")
            }
            Witness::Holder => "a seat in the conversation".to_owned(),
        }
    }
}
