//! The parser of a table of cases.

use super::{Case, ConversationSpec, Expectation, ExpectedDecision, NameKind, NameTable, ResourceSpec, Step, facts};
use crate::{
    action::{Action, ConversationKind, ConversationState, MemberRole},
    facts::{EntityKey, number},
    lang::{
        Problem,
        keywords::{ACTIONS, CODES, CONVERSATIONS, STATES, look_up, shortened, unknown},
    },
    policy::Policy,
    vocabulary::Vocabulary,
};

/// The largest size of a table in bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Parsing stops after this many problems.
const PROBLEMS_MAX: usize = 100;

const MEMBER_ROLES: [(&str, Option<MemberRole>); 3] =
    [("member", Some(MemberRole::Member)), ("owner", Some(MemberRole::Owner)), ("outsider", None)];

/// The words with which a line may begin.
const LINES: [&str; 9] = ["user", "group", "member", "relation", "edge", "barrier", "setting", "no", "expect"];

/// Parses a table. The errors are the problems of its lines, at most `PROBLEMS_MAX`.
pub(super) fn parse(policy: &Policy, text: &str) -> Result<(NameTable, Vec<Step>), Vec<Problem>> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("a table of cases has at most {TEXT_BYTES_MAX} bytes");
        return Err(vec![Problem { line: 1, message }]);
    }
    let mut table = CaseReader { policy, vocabulary: &policy.vocabulary, names: NameTable::default() };
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    for (line, content) in (1u32..).zip(text.lines()) {
        let content = content.split('#').next().unwrap_or_default();
        let tokens: Vec<&str> = content.split_whitespace().collect();
        match table.parse_line(line, &tokens) {
            Ok(step) => steps.extend(step),
            Err(message) => problems.push(Problem { line, message }),
        }
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    if problems.is_empty() && !steps.iter().any(|step| matches!(step, Step::Expect(_))) {
        let message = "the table ends, and no line of it begins with `expect`: it tests nothing".to_owned();
        problems.push(Problem { line: (1u32..).zip(text.lines()).map(|(line, _)| line).last().unwrap_or(1), message });
    }
    if problems.is_empty() { Ok((table.names, steps)) } else { Err(problems) }
}

/// The state of the parser.
pub(super) struct CaseReader<'a> {
    policy: &'a Policy,
    pub vocabulary: &'a Vocabulary,
    pub names: NameTable,
}

impl CaseReader<'_> {
    fn parse_line(&mut self, line: u32, tokens: &[&str]) -> Result<Option<Step>, String> {
        let [first, rest @ ..] = tokens else { return Ok(None) };
        let changes = match *first {
            "expect" => return self.parse_expectation(line, rest).map(|expected| Some(Step::Expect(expected))),
            "no" => facts::removed(self, rest)?,
            "user" | "group" | "member" | "relation" | "edge" | "barrier" | "setting" => facts::added(self, first, rest)?,
            other => return Err(unknown("line that begins with", other, LINES.into_iter())),
        };
        Ok(Some(Step::Facts(changes)))
    }

    /// Parses the words after `expect`: `lea start tom allow teacher`.
    fn parse_expectation(&self, line: u32, tokens: &[&str]) -> Result<Case, String> {
        let form = "expected who, what, about whom and the answer, as in `expect lea start tom allow`, `… deny not_found` or \
                    `expect lea find only tom`";
        let [principal_name, action, rest @ ..] = tokens else { return Err(form.to_owned()) };
        let principal = self.user(principal_name)?;
        let action = look_up("action", action, &ACTIONS)?;
        let (resource_text, expected) = match rest {
            [expected @ ("allow" | "deny" | "only"), rest @ ..] => (None, (*expected, rest)),
            [resource_text, expected, rest @ ..] => (Some(*resource_text), (*expected, rest)),
            _ => return Err(form.to_owned()),
        };
        let resource =
            resource_text.map_or(Ok(ResourceSpec::None), |resource_text| self.resource(principal, action, resource_text))?;
        let expected = match expected {
            ("allow", []) => Expectation::One(ExpectedDecision::Allow(None)),
            ("allow", [rule]) => Expectation::One(ExpectedDecision::Allow(Some(self.rule(rule)?))),
            ("deny", [code]) => Expectation::One(ExpectedDecision::Deny(look_up("code", code, &CODES)?, None)),
            ("deny", [code, rule]) => {
                Expectation::One(ExpectedDecision::Deny(look_up("code", code, &CODES)?, Some(self.rule(rule)?)))
            }
            ("only", names) if resource_text.is_none() => Expectation::Only(self.keys_of(names)?),
            _ => return Err(form.to_owned()),
        };
        Ok(Case { line, text: tokens.join(" "), principal, action, resource, expected })
    }

    /// The name of a rule of the policy.
    fn rule(&self, name: &str) -> Result<String, String> {
        let known = self.policy.rules.iter().map(|rule| rule.name.as_str());
        let found = known.clone().find(|known| *known == name);
        found.map(str::to_owned).ok_or_else(|| unknown("rule", name, known))
    }

    /// The keys of users and groups, sorted.
    fn keys_of(&self, names: &[&str]) -> Result<Vec<EntityKey>, String> {
        let mut keys: Vec<EntityKey> =
            names.iter().map(|name| self.find_name(name).map(|(key, _)| key)).collect::<Result<_, _>>()?;
        keys.sort_unstable();
        Ok(keys)
    }

    /// Parses a resource: `tom`, `tom/friend`, `6a`, `direct/tom/closed`, `group/owner`.
    fn resource(&self, principal: EntityKey, action: Action, text: &str) -> Result<ResourceSpec, String> {
        let (first, rest) = text.split_once('/').map_or((text, None), |(first, rest)| (first, Some(rest)));
        if let Ok(kind) = look_up("kind of conversation", first, &CONVERSATIONS) {
            return self.conversation_resource(principal, action, kind, rest);
        }
        match (self.find_name(first)?, rest) {
            ((key, NameKind::User), None) => Ok(ResourceSpec::User(key)),
            ((key, NameKind::User), Some(relation)) => Ok(ResourceSpec::Relation(key, self.relation(relation)?)),
            ((key, NameKind::Group), None) => Ok(ResourceSpec::Group(key)),
            ((_, NameKind::Group), Some(_)) => Err(format!("`{first}` is a group: nothing follows it")),
        }
    }

    /// Parses the parts of a conversation that follow its kind, separated by `/`.
    fn conversation_resource(
        &self,
        principal: EntityKey,
        action: Action,
        kind: ConversationKind,
        parts: Option<&str>,
    ) -> Result<ResourceSpec, String> {
        let peer = (kind == ConversationKind::NoteToSelf).then_some(principal);
        let mut conversation =
            ConversationSpec { kind, state: ConversationState::Open, role: Some(MemberRole::Member), peer };
        // By default, a reply answers a message of another user, and every other action is about a message of the principal.
        let (mut is_author, mut age_ms) = (action != Action::Reply, 0);
        for part in parts.into_iter().flat_map(|parts| parts.split('/')) {
            if let Ok(state) = look_up("state", part, &STATES) {
                conversation.state = state;
            } else if let Ok(role) = look_up("role", part, &MEMBER_ROLES) {
                conversation.role = role;
            } else if let Some(age) = part.strip_prefix("age=") {
                age_ms = number(age).ok_or_else(|| format!("expected an age as in `age=15m`, not `{}`", shortened(age)))?;
            } else if part == "mine" || part == "theirs" {
                is_author = part == "mine";
            } else {
                conversation.peer = Some(self.user(part)?);
            }
        }
        Ok(match action {
            _ if action.is_about_a_message() => ResourceSpec::Message { conversation, is_author, age_ms },
            _ => ResourceSpec::Conversation(conversation),
        })
    }

    pub(super) fn user(&self, name: &str) -> Result<EntityKey, String> {
        match self.names.find(name) {
            Some((key, NameKind::User)) => Ok(key),
            _ => Err(unknown("user", name, self.known_names(Some(NameKind::User)))),
        }
    }

    pub(super) fn group(&self, name: &str) -> Result<EntityKey, String> {
        match self.names.find(name) {
            Some((key, NameKind::Group)) => Ok(key),
            _ => Err(unknown("group", name, self.known_names(Some(NameKind::Group)))),
        }
    }

    fn find_name(&self, name: &str) -> Result<(EntityKey, NameKind), String> {
        self.names.find(name).ok_or_else(|| unknown("user or group", name, self.known_names(None)))
    }

    /// The names of all users, of all groups, or of both.
    fn known_names(&self, kind: Option<NameKind>) -> impl Iterator<Item = &str> + Clone {
        let names = self.names.entries.iter().filter(move |(_, known_kind)| kind.is_none_or(|kind| kind == *known_kind));
        names.map(|(name, _)| name.as_str())
    }

    /// The key of a user or a group that a line adds: a known key, or a new one.
    pub(super) fn declare(&mut self, name: &str, kind: NameKind) -> Result<EntityKey, String> {
        if let Some((key, known_kind)) = self.names.find(name) {
            return if known_kind == kind { Ok(key) } else { Err(format!("`{name}` is a user or a group, not both")) };
        }
        let reserved = CONVERSATIONS.iter().map(|(word, _)| *word).chain(STATES.iter().map(|(word, _)| *word));
        let mut reserved =
            reserved.chain(MEMBER_ROLES.iter().map(|(word, _)| *word)).chain(["mine", "theirs", "allow", "deny", "only"]);
        if reserved.any(|word| word == name) || name.contains(['/', '@', '=']) {
            return Err(format!("`{}` can't be a name here: it means something in `expect` lines", shortened(name)));
        }
        self.names.entries.push((name.to_owned(), kind));
        Ok(self.names.entries.len() as EntityKey)
    }
}
