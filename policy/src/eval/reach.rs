//! All that an action reaches: the same rules as in check, followed from me instead of asked of a pair.

use std::borrow::Cow;

use super::{
    check::Question,
    links::{self, Along},
};
use crate::{
    action::{About, Action},
    decision::RuleIx,
    facts::{GroupIx, RelationState, UserIx, World, bits::Bits},
    policy::Policy,
    program::{Condition, Rule, Subject, Who},
};

/// A set of people of one world.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    pub(super) people: Bits,
}

impl Reach {
    /// Whether a person is in reach.
    #[must_use]
    pub fn contains(&self, user: UserIx) -> bool {
        self.people.contains(user.0)
    }

    /// All in reach, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = UserIx> {
        self.people.iter().map(UserIx)
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

impl Policy {
    /// The active people for whom [`Policy::decide`] lets `me` do this.
    #[must_use]
    pub fn reach(&self, world: &World, me: UserIx, action: Action) -> Reach {
        let Some(question) = Question::new(self, world, action, me, About::Nothing) else { return Reach::default() };
        Reach { people: question.reach() }
    }

    /// The groups for which [`Policy::decide`] lets `me` do this, in the order of their numbers.
    #[must_use]
    pub fn group_reach(&self, world: &World, me: UserIx, action: Action) -> Vec<GroupIx> {
        let Some(question) = Question::new(self, world, action, me, About::Nothing) else { return Vec::new() };
        let mut groups: Vec<GroupIx> = Vec::new();
        for rule in self.rules_at(&self.plan.lines(action).allow) {
            if rule.1.subject == Subject::Groups {
                question.lead_to_groups(rule.1, &mut groups);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|group| self.decide(world, action, me, About::Group(*group)).is_allowed());
        groups
    }

    pub(super) fn rules_at(&self, lines: &[RuleIx]) -> impl Iterator<Item = (RuleIx, &Rule)> {
        lines.iter().filter_map(|at| Some((*at, self.rules.get(usize::from(at.0))?)))
    }
}

impl<'a> Question<'a> {
    /// The active people for whom the answer is yes, one by one. The question is about nobody yet.
    pub fn reach(&self) -> Bits {
        let active = self.world.active();
        let lines = self.policy.plan.lines(self.action);
        let mut people = self.all(&lines.allow, active);
        people.intersect(active);
        let denied = self.all(&lines.deny, &people);
        people.subtract(&denied);
        self.leave_possible(&mut people);
        people
    }

    /// Everyone of `among` one of these rules matches for, and perhaps others. The question is about nobody yet.
    fn all(&self, lines: &[RuleIx], among: &Bits) -> Bits {
        let mut people = Bits::default();
        let mut to_test = Vec::new();
        for (at, rule) in self.policy.rules_at(lines) {
            if rule.subject == Subject::People
                && let Some(some) = self.add(rule, &mut people)
            {
                to_test.push((at, rule, some));
            }
        }
        // Asking for each costs most: nobody is asked for whom another rule matches already.
        for (at, rule, mut some) in to_test {
            some.intersect(among);
            some.subtract(&people);
            some.retain(|number| {
                let them = UserIx(number);
                let asked = Self { them: self.world.person(them).map(|person| (them, person)), ..*self };
                asked.matches(at, rule).is_some()
            });
            people.unite(&some);
        }
        people
    }

    /// Adds those the rule matches for, or answers those for whom it may, where each has to be asked for.
    fn add(&self, rule: &Rule, people: &mut Bits) -> Option<Bits> {
        let (of_them, of_me): (Vec<&Condition>, Vec<&Condition>) =
            rule.conditions.iter().partition(|condition| condition.names_them());
        let (unless_them, unless_me): (Vec<&Condition>, Vec<&Condition>) =
            rule.unless.iter().partition(|condition| condition.names_them());
        // What asks nothing of them decides for all of them.
        if of_me.iter().any(|condition| self.holds(condition).is_none())
            || unless_me.iter().any(|condition| self.holds(condition).is_some())
        {
            return None;
        }
        if let ([only], []) = (&*of_them, &*unless_them)
            && self.lead(only, people)
        {
            return None;
        }
        let mut some: Option<Cow<'_, Bits>> = None;
        let mut tested = false;
        for condition in of_them {
            match (self.set(condition), &mut some) {
                (Some(set), None) => some = Some(set),
                (Some(set), Some(some)) => some.to_mut().intersect(&set),
                (None, _) => tested = true,
            }
        }
        let mut some = some.unwrap_or(Cow::Borrowed(self.world.active())).into_owned();
        for condition in unless_them {
            match self.set(condition) {
                Some(set) => some.subtract(&set),
                None => tested = true,
            }
        }
        if tested {
            return Some(some);
        }
        people.unite(&some);
        None
    }

    /// All for whom a condition holds, when they can be had without asking for each.
    fn set(&self, condition: &Condition) -> Option<Cow<'a, Bits>> {
        let sets = self.world.sets();
        match *condition {
            Condition::Role(Who::Them, role) => Some(Cow::Borrowed(sets.role(role))),
            Condition::Status(Who::Them, status) => Some(Cow::Borrowed(sets.status(status))),
            Condition::WritableBy(Who::Them, writable_by) => Some(Cow::Borrowed(sets.writable_by(writable_by))),
            _ => {
                let mut set = Bits::default();
                self.lead(condition, &mut set).then_some(Cow::Owned(set))
            }
        }
    }

    /// Adds all that a condition leads to from me; `false` for one that leads nowhere.
    fn lead(&self, condition: &Condition, people: &mut Bits) -> bool {
        let world = self.world;
        match *condition {
            Condition::Same => {
                people.insert(self.me.0);
            }
            Condition::InCommon(mine, theirs) => {
                for (_, group) in links::held(world, self.mine, mine) {
                    people.extend(links::members(group, theirs).map(|user| user.0));
                }
            }
            Condition::Edge(mine, theirs) | Condition::Barrier(mine, theirs) => {
                let barrier = matches!(condition, Condition::Barrier(..));
                let along = if barrier { Along::Barrier } else { Along::ToPeople };
                for (_, edge, to) in links::edges(world, self.mine, mine, theirs, along) {
                    let there = crate::program::Atom { role: edge.role_there(theirs), ..theirs };
                    people.extend(links::members(to, there).map(|user| user.0));
                }
            }
            Condition::Related(relation, direction) if self.supposes(relation, direction) => people.unite(world.active()),
            Condition::Related(relation, direction) => {
                people.extend(links::relations(world, self.mine, relation, direction).map(|user| user.0));
            }
            Condition::Asked if self.supposes_to_be_asked() => people.unite(world.active()),
            Condition::Asked => {
                let asking = self.relation.into_iter().flat_map(|relation| self.mine.tied(relation, false));
                let pending = asking.filter(|tie| tie.state == RelationState::Pending);
                people.extend(pending.map(|tie| tie.other.0));
            }
            Condition::MayStart if self.conversation.is_some() => people.unite(&self.of_start().reach()),
            _ => return false,
        }
        true
    }

    /// Adds all groups that the rule may match for, and perhaps others.
    fn lead_to_groups(&self, rule: &Rule, groups: &mut Vec<GroupIx>) {
        for condition in &rule.conditions {
            match *condition {
                Condition::InGroup(mine) => {
                    groups.extend(links::held(self.world, self.mine, mine).map(|(held, _)| held.group()));
                    return;
                }
                Condition::Edge(mine, theirs) => {
                    let edges = links::edges(self.world, self.mine, mine, theirs, Along::ToGroup);
                    groups.extend(edges.map(|(_, edge, _)| edge.to));
                    return;
                }
                _ => {}
            }
        }
        groups.extend(self.world.groups());
    }
}
