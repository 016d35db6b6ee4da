//! Reach as a condition in SQL: for exports, for nodes without the facts in memory, and to hold the one against the other.
//!
//! In *bound form*: what concerns me is fetched first ([`Mine`]) and worked into the condition, so that the database probes
//! each candidate with single look-ups. The same text runs on PostgreSQL and SQLite. The candidate is a row of `users` called
//! `k`; `memberships`, `groups` and `relations` are the server's tables.

mod mine;
#[cfg(test)]
mod tests;
mod truth;

pub use mine::{Mine, MyEdge, MyMembership};

use std::collections::HashMap;

use crate::{
    action::Action,
    facts::{Delivers, EdgeEffect, Key, Relation, RelationState, Role, Settings, Status, WritableBy},
    policy::Policy,
    program::{Atom, Condition, Direction, Effect, Rule, Subject, Who},
    vocabulary::{How, Vocabulary},
};
use truth::Truth;

/// A condition on `k`, and what its placeholders stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// Without `WHERE`.
    pub condition: String,
    /// In the order of their numbers, each asked for in the condition. One for each of my groups that matters: databases take some 32,000.
    pub params: Vec<Param>,
}

/// A value for a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Param {
    Uuid(u128),
    Text(String),
    Int(i64),
}

impl Policy {
    /// The condition under which a person is in [`Policy::reach`]. Placeholders are numbered from `first`.
    #[must_use]
    pub fn sql(&self, action: Action, mine: &Mine, first: usize) -> Sql {
        let mut settings = Settings::new(&self.vocabulary);
        for (setting, value) in &mine.settings {
            settings.set(&self.vocabulary, *setting, Some(value));
        }
        let mut writer = Writer { words: &self.vocabulary, mine, settings, params: Vec::new(), places: HashMap::new() };
        let condition = writer.reach(&self.rules, action).into_sql();
        numbered(&condition, &writer.params, first)
    }
}

struct Writer<'a> {
    words: &'a Vocabulary,
    mine: &'a Mine,
    settings: Settings,
    params: Vec<Param>,
    places: HashMap<Param, usize>,
}

impl Writer<'_> {
    fn reach(&mut self, rules: &[Rule], action: Action) -> Truth {
        if self.mine.status != Status::Active {
            return Truth::Never;
        }
        let allowed = self.any(rules, action, Effect::Allow);
        if allowed == Truth::Never {
            return allowed;
        }
        let denied = self.any(rules, action, Effect::Deny);
        let tenant = self.uuid(self.mine.tenant);
        let of_tenant = Truth::If(format!("k.tenant_id = {tenant}"));
        let active = Truth::If(format!("k.status = {}", status(Status::Active)));
        Truth::all([of_tenant, active, allowed, denied.not()])
    }

    fn any(&mut self, rules: &[Rule], action: Action, effect: Effect) -> Truth {
        let rules = rules
            .iter()
            .filter(|rule| rule.effect == effect && rule.subject == Subject::People && rule.actions.contains(&action));
        Truth::any(rules.map(|rule| self.rule(rule)).collect::<Vec<_>>())
    }

    fn rule(&mut self, rule: &Rule) -> Truth {
        let mut all: Vec<Truth> = Vec::new();
        for condition in &rule.conditions {
            match self.condition(condition) {
                // What would be bound for the rest is not needed.
                Truth::Never => return Truth::Never,
                truth => all.push(truth),
            }
        }
        let excepted: Vec<Truth> = rule.unless.iter().map(|condition| self.condition(condition)).collect();
        all.push(Truth::any(excepted).not());
        Truth::all(all)
    }

    fn condition(&mut self, condition: &Condition) -> Truth {
        let mine = self.mine;
        match *condition {
            Condition::Everyone => Truth::Always,
            Condition::Same => Truth::If(format!("k.id = {}", self.uuid(mine.me))),
            Condition::InCommon(ours, theirs) => {
                let groups = mine.memberships.iter().filter(|held| held.is(ours) && theirs.takes_kind(held.kind));
                let ends = groups.map(|held| (theirs.role, held.group)).collect();
                self.is_in(ends)
            }
            Condition::Edge(ours, theirs) => self.led(ours, theirs, |edge| {
                edge.effect == EdgeEffect::Allow && matches!(edge.delivers, Delivers::People | Delivers::Both)
            }),
            Condition::Barrier(ours, theirs) => self.led(ours, theirs, |edge| edge.effect == EdgeEffect::Deny),
            Condition::Related(relation, direction) => self.related(relation, direction),
            Condition::Role(Who::Me, role) => mine.roles.has(role).into(),
            Condition::Role(Who::Them, role) => self.has_role(role),
            Condition::Status(Who::Me, wanted) => (mine.status == wanted).into(),
            Condition::Status(Who::Them, wanted) => Truth::If(format!("k.status = {}", status(wanted))),
            Condition::WritableBy(Who::Me, wanted) => (mine.writable_by == wanted).into(),
            Condition::WritableBy(Who::Them, wanted) => Truth::If(format!("k.writable_by = {}", writable_by(wanted))),
            Condition::Is(Who::Me, atom) => mine.memberships.iter().any(|held| held.is(atom)).into(),
            Condition::Is(Who::Them, atom) => self.is(atom),
            Condition::Setting(setting, value) => (self.settings.choice(setting) == Some(value)).into(),
            // They ask about a group, a conversation or a relation; here the question is about a person alone.
            Condition::InGroup(_)
            | Condition::GroupKind(_)
            | Condition::GroupState(_)
            | Condition::GroupLarger(_)
            | Condition::GroupDelivers
            | Condition::Holder
            | Condition::Owner
            | Condition::ConversationKind(_)
            | Condition::ConversationState(_)
            | Condition::MayStart
            | Condition::Author
            | Condition::Younger(_)
            | Condition::Asked
            | Condition::RelationIs(_) => Truth::Never,
        }
    }

    /// Over the edges that say so, from what I am.
    fn led(&mut self, ours: Atom, theirs: Atom, says: impl Fn(&MyEdge) -> bool) -> Truth {
        let mine = self.mine;
        let starts = |edge: &MyEdge| {
            mine.memberships
                .iter()
                .any(|held| held.group == edge.from && held.is(ours) && edge.from_role.is_none_or(|role| role == held.role))
        };
        let ends = mine
            .edges
            .iter()
            .filter(|edge| says(edge) && theirs.takes_kind(edge.to_kind) && starts(edge))
            .filter(|edge| edge.to_role.is_none_or(|role| theirs.takes(role)))
            .map(|edge| (edge.to_role.or(theirs.role), edge.to));
        self.is_in(ends.collect())
    }

    /// They are that in one of these groups; `None` is any role.
    fn is_in(&mut self, mut ends: Vec<(Option<Role>, Key)>) -> Truth {
        ends.sort_unstable();
        ends.dedup();
        let mut truths = Vec::new();
        for same_role in ends.chunk_by(|(one, _), (other, _)| one == other) {
            let role = same_role.first().and_then(|(role, _)| *role);
            let groups: Vec<String> = same_role.iter().map(|(_, group)| self.uuid(*group)).collect();
            let groups = Truth::If(format!("t.group_id IN ({})", groups.join(", ")));
            let role = self.word("t.role", &self.words.roles, role.map(|role| role.0));
            truths.push(Truth::all([groups, role]));
        }
        match Truth::any(truths) {
            Truth::If(one_of) => {
                let holds = self.holds_now();
                Truth::If(format!("EXISTS (SELECT 1 FROM memberships t WHERE t.user_id = k.id AND {one_of} AND {holds})"))
            }
            known => known,
        }
    }

    /// They are that in some active group.
    fn is(&mut self, atom: Atom) -> Truth {
        let role = self.word("t.role", &self.words.roles, atom.role.map(|role| role.0));
        let kind = self.word("g.kind", &self.words.kinds, atom.kind.map(|kind| kind.0));
        match Truth::all([role, kind]) {
            Truth::If(what) => {
                let holds = self.holds_now();
                Truth::If(format!(
                    "EXISTS (SELECT 1 FROM memberships t JOIN groups g ON g.id = t.group_id WHERE t.user_id = k.id AND g.state = 1 \
                     AND {what} AND {holds})"
                ))
            }
            known => known,
        }
    }

    /// One word, or any: of those declared, for facts that name others say nothing.
    fn word(&mut self, column: &str, words: &[String], place: Option<u8>) -> Truth {
        let words = match place {
            Some(place) => words.get(usize::from(place)).map(std::slice::from_ref).unwrap_or_default(),
            None => words,
        };
        let bound: Vec<String> = words.iter().map(|word| self.bind(Param::Text(word.clone()))).collect();
        match &*bound {
            [] => Truth::Never,
            [one] => Truth::If(format!("{column} = {one}")),
            many => Truth::If(format!("{column} IN ({})", many.join(", "))),
        }
    }

    /// A mutual relation is stored once, by whoever asked.
    fn related(&mut self, relation: Relation, direction: Direction) -> Truth {
        let Some((name, how)) = self.words.relations.get(usize::from(relation.0)) else { return Truth::Never };
        let both = direction == Direction::Both || *how == How::Mutual;
        let (tenant, kind, me) =
            (self.uuid(self.mine.tenant), self.bind(Param::Text(name.clone())), self.uuid(self.mine.me));
        let ways = [("to_id", "from_id", Direction::Out), ("from_id", "to_id", Direction::In)];
        Truth::any(ways.into_iter().filter(|(.., way)| both || *way == direction).map(|(theirs, ours, _)| {
            Truth::If(format!(
                "EXISTS (SELECT 1 FROM relations r WHERE r.tenant_id = {tenant} AND r.{ours} = {me} AND r.{theirs} = k.id AND r.kind = \
                 {kind} AND r.state = {})",
                relation_state(RelationState::Accepted)
            ))
        }))
    }

    /// Roles stand with spaces around each; `LIKE` would not do, for it takes `_` for any letter.
    fn has_role(&mut self, role: Role) -> Truth {
        let Some(name) = self.words.roles.get(usize::from(role.0)) else { return Truth::Never };
        let role = self.bind(Param::Text(format!(" {name} ")));
        Truth::If(format!("replace(k.roles, {role}, '') <> k.roles"))
    }

    fn holds_now(&mut self) -> String {
        let now = self.bind(Param::Int(self.mine.now_ms));
        format!("(t.valid_from IS NULL OR t.valid_from <= {now}) AND (t.valid_until IS NULL OR t.valid_until > {now})")
    }

    fn uuid(&mut self, key: Key) -> String {
        self.bind(Param::Uuid(key))
    }

    fn bind(&mut self, param: Param) -> String {
        let next = self.params.len();
        let place = *self.places.entry(param.clone()).or_insert(next);
        if place == next {
            self.params.push(param);
        }
        format!("${place}")
    }
}

/// Numbers anew what is still asked for: PostgreSQL refuses a parameter that no placeholder names, and folding drops some.
/// `condition` has no other `$`, for all text of others is in parameters.
fn numbered(condition: &str, params: &[Param], first: usize) -> Sql {
    let mut pieces = condition.split('$');
    let mut sql = Sql { condition: pieces.next().unwrap_or_default().to_owned(), params: Vec::new() };
    let mut kept: HashMap<usize, usize> = HashMap::new();
    for piece in pieces {
        let digits = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
        let (place, rest) = piece.split_at(digits);
        let Some((place, param)) = place.parse().ok().and_then(|place: usize| Some((place, params.get(place)?))) else {
            continue;
        };
        let number = *kept.entry(place).or_insert_with(|| {
            sql.params.push(param.clone());
            first + sql.params.len() - 1
        });
        sql.condition.push_str(&format!("${number}{rest}"));
    }
    sql
}

// As the server's tables have them.

fn status(status: Status) -> u8 {
    match status {
        Status::Active => 1,
        Status::Deactivated => 2,
        Status::Removed => 3,
        Status::Invited => 4,
    }
}

fn writable_by(writable_by: WritableBy) -> u8 {
    match writable_by {
        WritableBy::Rules => 1,
        WritableBy::Contacts => 2,
        WritableBy::Nobody => 3,
    }
}

fn relation_state(state: RelationState) -> u8 {
    match state {
        RelationState::Pending => 1,
        RelationState::Accepted => 2,
    }
}
