//! May this person do that?

use super::{
    built_in::Refused,
    links::{self, Along},
};
use crate::{
    action::{About, Action, Capability, Conversation},
    decision::{Code, Decision, RuleIx, Witness},
    facts::{Delivers, GroupIx, Relation, RelationState, Status, UserIx, World, group::Group, person::Person},
    policy::Policy,
    program::{Atom, Condition, Direction, Effect, Limit, Rule, Subject, Who},
    vocabulary::How,
};

impl Policy {
    /// May `me` do this? Deny rules come first, then what allows; where nothing does, the first `otherwise` line that
    /// matches says why not.
    #[must_use]
    pub fn decide(&self, world: &World, action: Action, me: UserIx, about: About) -> Decision {
        let Some(question) = Question::new(self, world, action, me, about) else {
            return Decision::Deny { rule: None, code: Code::NotFound, public_code: Code::NotFound };
        };
        question.decide()
    }

    /// What a person may do in a conversation now, as its screens show it: with a message, one of one's own, just sent.
    #[must_use]
    pub fn capabilities(&self, world: &World, me: UserIx, conversation: Conversation) -> Vec<Capability> {
        Capability::ALL
            .into_iter()
            .filter(|capability| {
                let about = match capability {
                    Capability::Edit | Capability::Delete | Capability::DeleteOwnCopy => {
                        About::Message { conversation, mine: true, age_ms: 0 }
                    }
                    Capability::Reply => About::Message { conversation, mine: false, age_ms: 0 },
                    _ => About::Conversation(conversation),
                };
                self.decide(world, capability.action(), me, about).is_allowed()
            })
            .collect()
    }
}

/// A relation that a comparison of policies supposes between `me` and every other person, whatever the facts say: what a rule
/// about blocked people would do is worth telling before the first person blocks another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supposed {
    pub relation: Relation,
    pub direction: Direction,
    pub state: RelationState,
}

/// One action of one person about one thing, with the records it concerns.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub policy: &'a Policy,
    pub world: &'a World,
    pub action: Action,
    pub me: UserIx,
    pub mine: &'a Person,
    pub them: Option<(UserIx, &'a Person)>,
    pub group: Option<(GroupIx, &'a Group)>,
    pub conversation: Option<Conversation>,
    pub author: bool,
    pub age_ms: Option<i64>,
    pub relation: Option<Relation>,
    pub supposed: Option<Supposed>,
}

impl<'a> Question<'a> {
    /// `None` where one who is not active asks, or of someone or something this world does not know.
    pub fn new(policy: &'a Policy, world: &'a World, action: Action, me: UserIx, about: About) -> Option<Self> {
        let mine = world.person(me).filter(|me| me.status == Status::Active)?;
        let mut question = Self {
            policy,
            world,
            action,
            me,
            mine,
            them: None,
            group: None,
            conversation: None,
            author: false,
            age_ms: None,
            relation: None,
            supposed: None,
        };
        match about {
            About::Nothing => {}
            About::Person(them) => question.them = Some((them, world.person(them)?)),
            About::Relation(them, relation) => {
                question.them = Some((them, world.person(them)?));
                question.relation = Some(relation);
            }
            About::Group(group) => question.group = Some((group, world.group_at(group).filter(|group| !group.gone)?)),
            About::Conversation(conversation) => question.enter(conversation),
            About::Message { conversation, mine, age_ms } => {
                question.enter(conversation);
                question.author = mine;
                question.age_ms = Some(age_ms);
            }
        }
        Some(question)
    }

    fn enter(&mut self, conversation: Conversation) {
        self.conversation = Some(conversation);
        self.them = conversation.peer.and_then(|peer| Some((peer, self.world.person(peer)?)));
    }

    pub fn decide(&self) -> Decision {
        match self.judge() {
            Ok((rule, witness)) => Decision::Allow { rule, witness },
            Err((rule, code)) => Decision::Deny { rule, code, public_code: self.told(code) },
        }
    }

    /// Which rule allows it and why, or which denies it and as what.
    pub(super) fn judge(&self) -> Result<(RuleIx, Witness), Refused> {
        if self.lacks_a_seat() {
            return Err((None, Code::NotAMember));
        }
        if let Some(refused) = self.unread() {
            return Err(refused);
        }
        let lines = self.policy.plan.lines(self.action);
        if let Some((rule, _)) = self.first(&lines.deny) {
            return Err((Some(rule), self.code_of(rule)));
        }
        if let Some(allowed) = self.first(&lines.allow) {
            if let Some((_, refused)) = self.impossible() {
                return Err(refused);
            }
            return self.absent().map_or(Ok(allowed), |code| Err((None, code)));
        }
        match self.first(&lines.otherwise) {
            Some((rule, _)) => Err((Some(rule), self.code_of(rule))),
            None => Err((None, self.default_code())),
        }
    }

    /// What of a refusal the person may know: not that there is a conversation of others, nor, where the directory is
    /// secret, that there is someone or some group they do not find there.
    fn told(&self, code: Code) -> Code {
        if code == Code::NotAMember || self.is_hidden() { Code::NotFound } else { code }
    }

    fn is_hidden(&self) -> bool {
        let of_directory = self.conversation.is_none() && (self.them.is_some() || self.group.is_some());
        self.policy.secret_directory && of_directory && Self { action: Action::Find, ..*self }.judge().is_err()
    }

    /// It is about a conversation in which one has no part.
    pub fn lacks_a_seat(&self) -> bool {
        self.conversation.is_some_and(|conversation| conversation.seat.is_none())
    }

    /// Why nothing begins with someone who is not there, whatever the rules allow.
    pub fn absent(&self) -> Option<Code> {
        use Action::{Block, Find, Request, Start};
        let (_, them) = self.them?;
        match (self.action, them.status) {
            (_, Status::Active) => None,
            (Find, _) | (Start | Request | Block, Status::Removed) => Some(Code::NotFound),
            (Start | Request | Block, Status::Invited | Status::Deactivated) => Some(Code::RecipientInactive),
            _ => None,
        }
    }

    /// Of a denial that no line speaks of: `not_found` of `find` and `see_profile`, `cannot_start` of `start`,
    /// `group_not_addressable` of `address_group`, `not_author` of changing a message that its author could change, and
    /// `unsupported` of all else.
    fn default_code(&self) -> Code {
        match self.action {
            Action::Find | Action::SeeProfile => Code::NotFound,
            Action::Start => Code::CannotStart,
            Action::AddressGroup => Code::GroupNotAddressable,
            Action::Edit | Action::DeleteForAll if !self.author && self.author_may() => Code::NotAuthor,
            _ => Code::Unsupported,
        }
    }

    fn author_may(&self) -> bool {
        let author = Self { author: true, ..*self };
        author.first(&self.policy.plan.lines(self.action).allow).is_some()
    }

    fn first(&self, rules: &[RuleIx]) -> Option<(RuleIx, Witness)> {
        rules.iter().find_map(|at| {
            let rule = self.policy.rules.get(usize::from(at.0))?;
            Some((*at, self.matches(*at, rule)?))
        })
    }

    fn code_of(&self, rule: RuleIx) -> Code {
        self.policy.rules.get(usize::from(rule.0)).map_or(Code::Unsupported, |rule| rule.code)
    }

    /// Whether the rule speaks of what this question is about at all.
    pub fn concerns(&self, at: RuleIx, rule: &Rule) -> bool {
        let names_them = self.policy.plan.names_them(at);
        match rule.subject {
            Subject::Groups => self.group.is_some(),
            // A denial that asks nothing of people (`setting(messaging)=off`) holds for groups as well; what allows does so
            // only by naming groups.
            Subject::People if self.group.is_some() => rule.effect != Effect::Allow && !names_them,
            Subject::People => self.them.is_some() || !names_them,
        }
    }

    /// Whether a rule matches; what made it.
    pub fn matches(&self, at: RuleIx, rule: &Rule) -> Option<Witness> {
        if !self.concerns(at, rule) {
            return None;
        }
        let mut witness = Witness::Everyone;
        for condition in &rule.conditions {
            let this = self.holds(condition)?;
            if witness == Witness::Everyone {
                witness = this;
            }
        }
        rule.unless.iter().all(|condition| self.holds(condition).is_none()).then_some(witness)
    }

    /// Whether a condition holds; what made it. The one meaning of each condition.
    pub fn holds(&self, condition: &Condition) -> Option<Witness> {
        let world = self.world;
        match *condition {
            Condition::Everyone => true,
            Condition::Same => return self.them.is_some_and(|(them, _)| them == self.me).then_some(Witness::Same),
            Condition::InCommon(mine, theirs) => {
                let (_, them) = self.them?;
                return links::in_common(world, self.mine, mine, them, theirs).map(Witness::Group);
            }
            Condition::Edge(mine, theirs) => return self.edge(mine, theirs, Along::ToPeople),
            Condition::Barrier(mine, theirs) => return self.edge(mine, theirs, Along::Barrier),
            Condition::InGroup(mine) => {
                let (number, group) = self.group?;
                let is = links::held(world, self.mine, mine).any(|(held, _)| held.group() == number);
                return (is && group.is_active()).then_some(Witness::Group(number));
            }
            Condition::Related(relation, direction) => {
                let (them, _) = self.them?;
                return links::related(world, self.mine, relation, direction, them).then_some(Witness::Relation(relation));
            }
            Condition::Role(who, role) => self.who(who)?.roles.has(role),
            Condition::Status(who, status) => self.who(who)?.status == status,
            Condition::WritableBy(who, writable_by) => self.who(who)?.writable_by == writable_by,
            Condition::Is(who, atom) => return links::is(world, self.who(who)?, atom).map(Witness::Group),
            Condition::Setting(setting, value) => world.settings().choice(setting) == Some(value),
            Condition::GroupKind(kind) => self.group?.1.kind == kind,
            Condition::GroupState(state) => self.group?.1.state == state,
            Condition::GroupLarger(limit) => i64::from(self.group?.1.active) > self.limit(limit)?,
            Condition::GroupDelivers => matches!(self.group?.1.deliver, Delivers::Group | Delivers::Both),
            Condition::Holder => return self.conversation?.seat.map(|_| Witness::Holder),
            Condition::Owner => {
                let owner = self.conversation?.seat == Some(crate::action::Seat::Owner);
                return owner.then_some(Witness::Holder);
            }
            Condition::ConversationKind(kind) => self.conversation?.kind == kind,
            Condition::ConversationState(state) => self.conversation?.state == state,
            Condition::MayStart => return self.may_start(),
            Condition::Author => self.author,
            Condition::Younger(limit) => self.age_ms? < self.limit(limit)?,
            Condition::Asked => {
                let (them, _) = self.them?;
                self.mine.tie(self.relation?, false, them) == Some(RelationState::Pending)
            }
            Condition::RelationIs(relation) => self.relation? == relation,
        }
        .then_some(Witness::Everyone)
    }

    fn who(&self, who: Who) -> Option<&'a Person> {
        match who {
            Who::Me => Some(self.mine),
            Who::Them => self.them.map(|(_, them)| them),
        }
    }

    fn limit(&self, limit: Limit) -> Option<i64> {
        match limit {
            Limit::Number(number) => Some(number),
            Limit::Setting(setting) => self.world.settings().number(setting),
        }
    }

    /// An edge to them, or to the group in question.
    fn edge(&self, mine: Atom, theirs: Atom, along: Along) -> Option<Witness> {
        let along = if self.group.is_some() && along == Along::ToPeople { Along::ToGroup } else { along };
        links::edges(self.world, self.mine, mine, theirs, along)
            .find(|(_, edge, to)| match (self.group, self.them) {
                (Some((group, _)), _) => edge.to == group,
                (None, Some((_, them))) => self.world.is_in(them, edge.role_there(theirs), edge.to, to),
                (None, None) => false,
            })
            .map(|(from, edge, _)| Witness::Edge(from, edge.to))
    }

    /// Whether the comparison that asks supposes this relation.
    pub fn supposes(&self, relation: Relation, direction: Direction) -> bool {
        let both = |direction| direction == Direction::Both || self.world.vocabulary().how(relation) == How::Mutual;
        self.supposed.is_some_and(|supposed| {
            supposed.relation == relation
                && supposed.state == RelationState::Accepted
                && (both(direction) || both(supposed.direction) || supposed.direction == direction)
        })
    }

    /// Whether the comparison that asks supposes that every other person asked `me` for the relation in question.
    pub fn supposes_to_be_asked(&self) -> bool {
        self.supposed
            .is_some_and(|supposed| Some(supposed.relation) == self.relation && supposed.state == RelationState::Pending)
    }

    /// The same two people, asked whether the one may start with the other. Only rules of conversations ask this, and the
    /// question is about none, so it never asks itself again.
    pub fn of_start(&self) -> Self {
        Self { action: Action::Start, conversation: None, author: false, age_ms: None, relation: None, ..*self }
    }

    fn may_start(&self) -> Option<Witness> {
        self.conversation?;
        self.them?;
        self.of_start().judge().ok().map(|(_, witness)| witness)
    }
}
