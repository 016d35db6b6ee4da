//! A table's lines.

use super::{Answer, Asked, Expected, Named, Names, One, Place, Step, facts};
use crate::{
    action::{Action, Kind, Seat, State},
    facts::{Key, number},
    lang::{
        Problem,
        names::{ACTIONS, CODES, CONVERSATIONS, STATES, look_up, shortened, unknown},
    },
    policy::Policy,
    vocabulary::Vocabulary,
};

/// A table may have so many bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// After so many problems a reader has enough to do.
const PROBLEMS_MAX: usize = 100;

const SEATS: [(&str, Option<Seat>); 3] = [("member", Some(Seat::Member)), ("owner", Some(Seat::Owner)), ("outsider", None)];

/// What lines begin with.
const LINES: [&str; 9] = ["user", "group", "member", "relation", "edge", "barrier", "setting", "no", "expect"];

pub(super) fn read(policy: &Policy, text: &str) -> Result<(Names, Vec<Step>), Vec<Problem>> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("a table of cases has at most {TEXT_BYTES_MAX} bytes");
        return Err(vec![Problem { line: 1, message }]);
    }
    let mut table = Table { policy, words: &policy.vocabulary, names: Names::default() };
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    for (line, content) in (1u32..).zip(text.lines()) {
        let content = content.split('#').next().unwrap_or_default();
        let tokens: Vec<&str> = content.split_whitespace().collect();
        match table.line(line, &tokens) {
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

/// A table half read.
pub(super) struct Table<'a> {
    policy: &'a Policy,
    pub words: &'a Vocabulary,
    pub names: Names,
}

impl Table<'_> {
    fn line(&mut self, line: u32, tokens: &[&str]) -> Result<Option<Step>, String> {
        let [first, rest @ ..] = tokens else { return Ok(None) };
        let changes = match *first {
            "expect" => return self.expect(line, rest).map(|expected| Some(Step::Expect(expected))),
            "no" => facts::removed(self, rest)?,
            "user" | "group" | "member" | "relation" | "edge" | "barrier" | "setting" => facts::told(self, first, rest)?,
            other => return Err(unknown("line that begins with", other, LINES.into_iter())),
        };
        Ok(Some(Step::Facts(changes)))
    }

    /// `lea start tom allow teacher`
    fn expect(&self, line: u32, tokens: &[&str]) -> Result<Expected, String> {
        let form = "expected who, what, about whom and the answer, as in `expect lea start tom allow`, `… deny not_found` or \
                    `expect lea find only tom`";
        let [who, action, rest @ ..] = tokens else { return Err(form.to_owned()) };
        let me = self.user(who)?;
        let action = look_up("action", action, &ACTIONS)?;
        let (about, answer) = match rest {
            [answer @ ("allow" | "deny" | "only"), rest @ ..] => (None, (*answer, rest)),
            [about, answer, rest @ ..] => (Some(*about), (*answer, rest)),
            _ => return Err(form.to_owned()),
        };
        let asked = about.map_or(Ok(Asked::Nothing), |about| self.asked(me, action, about))?;
        let answer = match answer {
            ("allow", []) => Answer::One(One::Allow(None)),
            ("allow", [rule]) => Answer::One(One::Allow(Some(self.rule(rule)?))),
            ("deny", [code]) => Answer::One(One::Deny(look_up("code", code, &CODES)?, None)),
            ("deny", [code, rule]) => Answer::One(One::Deny(look_up("code", code, &CODES)?, Some(self.rule(rule)?))),
            ("only", names) if about.is_none() => Answer::Only(self.all(names)?),
            _ => return Err(form.to_owned()),
        };
        Ok(Expected { line, text: tokens.join(" "), me, action, asked, answer })
    }

    fn rule(&self, name: &str) -> Result<String, String> {
        let known = self.policy.rules.iter().map(|rule| rule.name.as_str());
        let found = known.clone().find(|known| *known == name);
        found.map(str::to_owned).ok_or_else(|| unknown("rule", name, known))
    }

    fn all(&self, names: &[&str]) -> Result<Vec<Key>, String> {
        let mut keys: Vec<Key> = names.iter().map(|name| self.named(name).map(|(key, _)| key)).collect::<Result<_, _>>()?;
        keys.sort_unstable();
        Ok(keys)
    }

    /// `tom`, `tom/friend`, `6a`, `direct/tom/closed`, `group/owner`.
    fn asked(&self, me: Key, action: Action, text: &str) -> Result<Asked, String> {
        let (first, rest) = text.split_once('/').map_or((text, None), |(first, rest)| (first, Some(rest)));
        if let Ok(kind) = look_up("kind of conversation", first, &CONVERSATIONS) {
            return self.in_conversation(me, action, kind, rest);
        }
        match (self.named(first)?, rest) {
            ((key, Named::User), None) => Ok(Asked::Person(key)),
            ((key, Named::User), Some(relation)) => Ok(Asked::Relation(key, self.relation(relation)?)),
            ((key, Named::Group), None) => Ok(Asked::Group(key)),
            ((_, Named::Group), Some(_)) => Err(format!("`{first}` is a group: nothing follows it")),
        }
    }

    fn in_conversation(&self, me: Key, action: Action, kind: Kind, parts: Option<&str>) -> Result<Asked, String> {
        let peer = (kind == Kind::NoteToSelf).then_some(me);
        let mut place = Place { kind, state: State::Open, seat: Some(Seat::Member), peer };
        // A person answers what others wrote, and changes what they wrote themselves.
        let (mut mine, mut age_ms) = (action != Action::Reply, 0);
        for part in parts.into_iter().flat_map(|parts| parts.split('/')) {
            if let Ok(state) = look_up("state", part, &STATES) {
                place.state = state;
            } else if let Ok(seat) = look_up("seat", part, &SEATS) {
                place.seat = seat;
            } else if let Some(age) = part.strip_prefix("age=") {
                age_ms = number(age).ok_or_else(|| format!("expected an age as in `age=15m`, not `{}`", shortened(age)))?;
            } else if part == "mine" || part == "theirs" {
                mine = part == "mine";
            } else {
                place.peer = Some(self.user(part)?);
            }
        }
        Ok(match action {
            _ if action.is_about_a_message() => Asked::Message { place, mine, age_ms },
            _ => Asked::Conversation(place),
        })
    }

    pub(super) fn user(&self, name: &str) -> Result<Key, String> {
        match self.names.find(name) {
            Some((key, Named::User)) => Ok(key),
            _ => Err(unknown("user", name, self.known(Some(Named::User)))),
        }
    }

    pub(super) fn group(&self, name: &str) -> Result<Key, String> {
        match self.names.find(name) {
            Some((key, Named::Group)) => Ok(key),
            _ => Err(unknown("group", name, self.known(Some(Named::Group)))),
        }
    }

    fn named(&self, name: &str) -> Result<(Key, Named), String> {
        self.names.find(name).ok_or_else(|| unknown("user or group", name, self.known(None)))
    }

    fn known(&self, what: Option<Named>) -> impl Iterator<Item = &str> + Clone {
        let all = self.names.all.iter().filter(move |(_, is)| what.is_none_or(|what| what == *is));
        all.map(|(name, _)| name.as_str())
    }

    /// The key of a user or group that a line tells of, known or new.
    pub(super) fn tell(&mut self, name: &str, what: Named) -> Result<Key, String> {
        if let Some((key, is)) = self.names.find(name) {
            return if is == what { Ok(key) } else { Err(format!("`{name}` is a user or a group, not both")) };
        }
        let fixed = CONVERSATIONS.iter().map(|(word, _)| *word).chain(STATES.iter().map(|(word, _)| *word));
        let mut fixed = fixed.chain(SEATS.iter().map(|(word, _)| *word)).chain(["mine", "theirs", "allow", "deny", "only"]);
        if fixed.any(|word| word == name) || name.contains(['/', '@', '=']) {
            return Err(format!("`{}` can't be a name here: it means something in `expect` lines", shortened(name)));
        }
        self.names.all.push((name.to_owned(), what));
        Ok(self.names.all.len() as Key)
    }
}
