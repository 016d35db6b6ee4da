//! Check: the decision about one action of one principal on one resource.
//!
//! A check tests the rules of the action in order: O(r) conditions for r rules. A condition costs O(log n) for the n roles
//! or relations of the principal, or O(e) for e edges that lead out of the principal's groups.

use super::{
    built_in_denials::Denied,
    generators::{self, Along},
};
use crate::{
    action::{Action, Capability, ConversationContext, Resource},
    decision::{Code, Decision, RuleIx, Witness},
    facts::{Delivers, GroupIx, RelationId, RelationState, UserIx, UserStatus, World, group::Group, user::User},
    ir::{Candidates, Condition, Direction, RolePattern, Rule, RuleEffect, Threshold, Variable},
    policy::Policy,
    vocabulary::RelationOrigin,
};

impl Policy {
    /// Decides whether the principal may perform the action. A matching deny rule denies; otherwise a matching allow rule
    /// allows; otherwise the first matching `otherwise` rule sets the code of the denial.
    #[must_use]
    pub fn decide(&self, world: &World, action: Action, principal: UserIx, resource: Resource) -> Decision {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, resource) else {
            return Decision::Deny { rule: None, code: Code::NotFound, public_code: Code::NotFound };
        };
        evaluation.decide()
    }

    /// What the principal may do in the conversation now. Capabilities about a message (edit, delete) are decided for a
    /// message that the principal has just sent; `reply` is decided for a message of another member.
    #[must_use]
    pub fn capabilities(&self, world: &World, principal: UserIx, conversation: ConversationContext) -> Vec<Capability> {
        Capability::ALL
            .into_iter()
            .filter(|capability| {
                let resource = match capability {
                    Capability::Edit | Capability::Delete | Capability::DeleteOwnCopy => {
                        Resource::Message { conversation, is_author: true, age_ms: 0 }
                    }
                    Capability::Reply => Resource::Message { conversation, is_author: false, age_ms: 0 },
                    _ => Resource::Conversation(conversation),
                };
                self.decide(world, capability.action(), principal, resource).is_allowed()
            })
            .collect()
    }
}

/// A relation that a comparison of policies assumes between the principal and every other user, whatever the facts are. It
/// shows what a rule about blocked users would do before any user has blocked another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumption {
    pub relation: RelationId,
    pub direction: Direction,
    pub state: RelationState,
}

/// One request to evaluate: principal, action and resource, with the records that conditions read.
#[derive(Clone, Copy)]
pub struct Evaluation<'a> {
    pub policy: &'a Policy,
    pub world: &'a World,
    pub action: Action,
    pub principal: UserIx,
    /// The record of the principal.
    pub me: &'a User,
    /// The other user; `None` in a conversation without a peer, and while candidates are enumerated.
    pub them: Option<(UserIx, &'a User)>,
    pub group: Option<(GroupIx, &'a Group)>,
    pub conversation: Option<ConversationContext>,
    pub is_author: bool,
    pub age_ms: Option<i64>,
    pub relation: Option<RelationId>,
    pub assumed: Option<Assumption>,
}

impl<'a> Evaluation<'a> {
    /// `None` if the principal is not active, or if the world does not have the resource.
    pub fn new(policy: &'a Policy, world: &'a World, action: Action, principal: UserIx, resource: Resource) -> Option<Self> {
        let me = world.user_record(principal).filter(|me| me.status == UserStatus::Active)?;
        let mut evaluation = Self {
            policy,
            world,
            action,
            principal,
            me,
            them: None,
            group: None,
            conversation: None,
            is_author: false,
            age_ms: None,
            relation: None,
            assumed: None,
        };
        match resource {
            Resource::None => {}
            Resource::User(them) => evaluation.them = Some((them, world.user_record(them)?)),
            Resource::Relation(them, relation) => {
                evaluation.them = Some((them, world.user_record(them)?));
                evaluation.relation = Some(relation);
            }
            Resource::Group(group) => {
                evaluation.group = Some((group, world.group_record(group).filter(|group| !group.is_removed)?))
            }
            Resource::Conversation(conversation) => evaluation.enter(conversation),
            Resource::Message { conversation, is_author, age_ms } => {
                evaluation.enter(conversation);
                evaluation.is_author = is_author;
                evaluation.age_ms = Some(age_ms);
            }
        }
        Some(evaluation)
    }

    fn enter(&mut self, conversation: ConversationContext) {
        self.conversation = Some(conversation);
        self.them = conversation.peer.and_then(|peer| Some((peer, self.world.user_record(peer)?)));
    }

    pub fn decide(&self) -> Decision {
        match self.judge() {
            Ok((rule, witness)) => Decision::Allow { rule, witness },
            Err((rule, code)) => Decision::Deny { rule, code, public_code: self.public_code(code) },
        }
    }

    /// As [`Self::decide`], without the public code: the rule that allows the action with its [`Witness`], or the rule that denies
    /// it with its code.
    pub(super) fn judge(&self) -> Result<(RuleIx, Witness), Denied> {
        if self.is_not_a_member() {
            return Err((None, Code::NotAMember));
        }
        if let Some(denied) = self.may_not_read() {
            return Err(denied);
        }
        let lines = self.policy.plan.rules_of(self.action);
        if let Some((rule, _)) = self.first(&lines.deny) {
            return Err((Some(rule), self.code_of(rule)));
        }
        if let Some(allowed) = self.first(&lines.allow) {
            if let Some((_, denied)) = self.impossible() {
                return Err(denied);
            }
            return self.other_user_inactive().map_or(Ok(allowed), |code| Err((None, code)));
        }
        match self.first(&lines.otherwise) {
            Some((rule, _)) => Err((Some(rule), self.code_of(rule))),
            None => Err((None, self.default_code())),
        }
    }

    /// The code that the principal receives. It hides conversations in which the principal is not a member and, if the
    /// directory is secret, users and groups that the principal may not find.
    fn public_code(&self, code: Code) -> Code {
        if code == Code::NotAMember || self.is_hidden() { Code::NotFound } else { code }
    }

    fn is_hidden(&self) -> bool {
        let of_directory = self.conversation.is_none() && (self.them.is_some() || self.group.is_some());
        self.policy.secret_directory && of_directory && Self { action: Action::Find, ..*self }.judge().is_err()
    }

    /// Whether the resource is a conversation in which the principal is not a member.
    pub fn is_not_a_member(&self) -> bool {
        self.conversation.is_some_and(|conversation| conversation.role.is_none())
    }

    /// The code of the built-in denial to find, start with, request or block a user who is not active.
    pub fn other_user_inactive(&self) -> Option<Code> {
        use Action::{Block, Find, Request, Start};
        let (_, them) = self.them?;
        match (self.action, them.status) {
            (_, UserStatus::Active) => None,
            (Find, _) | (Start | Request | Block, UserStatus::Removed) => Some(Code::NotFound),
            (Start | Request | Block, UserStatus::Invited | UserStatus::Deactivated) => Some(Code::RecipientInactive),
            _ => None,
        }
    }

    /// The code of a denial without a rule. `not_author` applies if the author of the message would be allowed.
    fn default_code(&self) -> Code {
        match self.action {
            Action::Find | Action::SeeProfile => Code::NotFound,
            Action::Start => Code::CannotStart,
            Action::AddressGroup => Code::GroupNotAddressable,
            Action::Edit | Action::DeleteForAll if !self.is_author && self.author_is_allowed() => Code::NotAuthor,
            _ => Code::Unsupported,
        }
    }

    fn author_is_allowed(&self) -> bool {
        let author = Self { is_author: true, ..*self };
        author.first(&self.policy.plan.rules_of(self.action).allow).is_some()
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

    /// Whether the rule can match this resource at all.
    pub fn concerns(&self, at: RuleIx, rule: &Rule) -> bool {
        let names_them = self.policy.plan.names_them(at);
        match rule.candidates {
            Candidates::Groups => self.group.is_some(),
            // A deny rule without a condition on `them` (`setting(messaging)=off`) applies to groups too. An allow rule
            // applies to groups only if its conditions name the group.
            Candidates::Users if self.group.is_some() => rule.effect != RuleEffect::Allow && !names_them,
            Candidates::Users => self.them.is_some() || !names_them,
        }
    }

    /// The [`Witness`] of the rule, if the rule matches this request.
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

    /// The [`Witness`] of the condition, if the condition holds. This function defines the meaning of each condition; the other
    /// evaluations call it or enumerate the same sets.
    pub fn holds(&self, condition: &Condition) -> Option<Witness> {
        let world = self.world;
        match *condition {
            Condition::Everyone => true,
            Condition::Same => return self.them.is_some_and(|(them, _)| them == self.principal).then_some(Witness::Same),
            Condition::InCommon(mine, theirs) => {
                let (_, them) = self.them?;
                return generators::in_common(world, self.me, mine, them, theirs).map(Witness::Group);
            }
            Condition::Edge(mine, theirs) => return self.edge(mine, theirs, Along::ToUsers),
            Condition::Barrier(mine, theirs) => return self.edge(mine, theirs, Along::Barrier),
            Condition::InGroup(mine) => {
                let (group_ix, group) = self.group?;
                let has_role = generators::held(world, self.me, mine).any(|(held, _)| held.group() == group_ix);
                return (has_role && group.is_active()).then_some(Witness::Group(group_ix));
            }
            Condition::Related(relation, direction) => {
                let (them, _) = self.them?;
                return generators::related(world, self.me, relation, direction, them)
                    .then_some(Witness::Relation(relation));
            }
            Condition::Role(variable, role) => self.user(variable)?.roles.has(role),
            Condition::Status(variable, status) => self.user(variable)?.status == status,
            Condition::WritableBy(variable, writable_by) => self.user(variable)?.writable_by == writable_by,
            Condition::HasRole(variable, atom) => {
                return generators::group_with_role(world, self.user(variable)?, atom).map(Witness::Group);
            }
            Condition::Setting(setting, value) => world.settings().choice(setting) == Some(value),
            Condition::GroupKind(kind) => self.group?.1.kind == kind,
            Condition::GroupState(state) => self.group?.1.state == state,
            Condition::GroupLarger(threshold) => i64::from(self.group?.1.active_members) > self.threshold(threshold)?,
            Condition::GroupDelivers => matches!(self.group?.1.delivers, Delivers::Group | Delivers::Both),
            Condition::Holder => return self.conversation?.role.map(|_| Witness::Holder),
            Condition::Owner => {
                let owner = self.conversation?.role == Some(crate::action::MemberRole::Owner);
                return owner.then_some(Witness::Holder);
            }
            Condition::ConversationKind(kind) => self.conversation?.kind == kind,
            Condition::ConversationState(state) => self.conversation?.state == state,
            Condition::MayStart => return self.may_start(),
            Condition::Author => self.is_author,
            Condition::Younger(threshold) => self.age_ms? < self.threshold(threshold)?,
            Condition::Asked => {
                let (them, _) = self.them?;
                self.me.relation_state(self.relation?, false, them) == Some(RelationState::Pending)
            }
            Condition::RelationIs(relation) => self.relation? == relation,
        }
        .then_some(Witness::Everyone)
    }

    fn user(&self, variable: Variable) -> Option<&'a User> {
        match variable {
            Variable::Me => Some(self.me),
            Variable::Them => self.them.map(|(_, them)| them),
        }
    }

    fn threshold(&self, threshold: Threshold) -> Option<i64> {
        match threshold {
            Threshold::Number(number) => Some(number),
            Threshold::Setting(setting) => self.world.settings().number(setting),
        }
    }

    /// An edge that leads to `them`, or to the group.
    fn edge(&self, mine: RolePattern, theirs: RolePattern, along: Along) -> Option<Witness> {
        let along = if self.group.is_some() && along == Along::ToUsers { Along::ToGroup } else { along };
        generators::edges(self.world, self.me, mine, theirs, along)
            .find(|(_, edge, to)| match (self.group, self.them) {
                (Some((group, _)), _) => edge.to == group,
                (None, Some((_, them))) => self.world.holds_role_in(them, edge.target_role(theirs), edge.to, to),
                (None, None) => false,
            })
            .map(|(from, edge, _)| Witness::Edge(from, edge.to))
    }

    /// Whether the comparison of two policies (`diff`) assumes this relation; see [`Assumption`].
    pub fn assumes(&self, relation: RelationId, direction: Direction) -> bool {
        let both =
            |direction| direction == Direction::Both || self.world.vocabulary().origin(relation) == RelationOrigin::Mutual;
        self.assumed.is_some_and(|assumed| {
            assumed.relation == relation
                && assumed.state == RelationState::Accepted
                && (both(direction) || both(assumed.direction) || assumed.direction == direction)
        })
    }

    /// Whether the comparison of two policies (`diff`) assumes that every other user requested the relation from the principal.
    pub fn assumes_request(&self) -> bool {
        self.assumed
            .is_some_and(|assumed| Some(assumed.relation) == self.relation && assumed.state == RelationState::Pending)
    }

    /// The evaluation of `start` for the same two users. `may start` is allowed only in rules about conversations, and this
    /// evaluation has no conversation, so it does not recurse.
    pub fn for_start(&self) -> Self {
        Self { action: Action::Start, conversation: None, is_author: false, age_ms: None, relation: None, ..*self }
    }

    fn may_start(&self) -> Option<Witness> {
        self.conversation?;
        self.them?;
        self.for_start().judge().ok().map(|(_, witness)| witness)
    }
}
