//! Check: the decision about one action of one principal on one resource.
//!
//! A check tests the rules of the action in order: O(r) conditions for r rules. A condition costs O(log n) for the n roles
//! or relations of the principal, or O(e) for e edges that lead out of the principal's groups.

use super::{
    built_in_denials::Denied,
    generators::{self, EdgeUse},
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
    /// The assumed relation.
    pub relation: RelationId,
    /// The direction of the relation, from the principal.
    pub direction: Direction,
    /// The state of the relation. `Pending` is a request of the other user.
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
    /// The group that is the resource.
    pub group: Option<(GroupIx, &'a Group)>,
    /// The conversation that is the resource, or that has the message.
    pub conversation: Option<ConversationContext>,
    /// Whether the principal wrote the message.
    pub is_author: bool,
    /// The age of the message in milliseconds; `None` if the resource is not a message.
    pub age_ms: Option<i64>,
    /// The relation that the action is about.
    pub relation: Option<RelationId>,
    /// The relation that a comparison of policies assumes.
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
            Resource::Conversation(conversation) => evaluation.set_conversation(conversation),
            Resource::Message { conversation, is_author, age_ms } => {
                evaluation.set_conversation(conversation);
                evaluation.is_author = is_author;
                evaluation.age_ms = Some(age_ms);
            }
        }
        Some(evaluation)
    }

    /// Sets the conversation, and its peer as the other user.
    fn set_conversation(&mut self, conversation: ConversationContext) {
        self.conversation = Some(conversation);
        self.them = conversation.peer.and_then(|peer| Some((peer, self.world.user_record(peer)?)));
    }

    /// The decision about the request.
    pub fn decide(&self) -> Decision {
        match self.deciding_rule() {
            Ok((rule, witness)) => Decision::Allow { rule, witness },
            Err((rule, code)) => Decision::Deny { rule, code, public_code: self.public_code(code) },
        }
    }

    /// The decision without the public code: the rule that allows the action with its [`Witness`], or the rule that denies
    /// the action with its code.
    pub(super) fn deciding_rule(&self) -> Result<(RuleIx, Witness), Denied> {
        if self.is_not_a_member() {
            return Err((None, Code::NotAMember));
        }
        if let Some(denied) = self.read_denial() {
            return Err(denied);
        }
        let rules = self.policy.plan.rules_of(self.action);
        if let Some((rule, _)) = self.first_match(&rules.deny) {
            return Err((Some(rule), self.code_of(rule)));
        }
        if let Some(allowed) = self.first_match(&rules.allow) {
            if let Some((_, denied)) = self.conversation_denial() {
                return Err(denied);
            }
            return self.other_user_inactive().map_or(Ok(allowed), |code| Err((None, code)));
        }
        match self.first_match(&rules.otherwise) {
            Some((rule, _)) => Err((Some(rule), self.code_of(rule))),
            None => Err((None, self.default_code())),
        }
    }

    /// The code that the principal receives. It hides conversations in which the principal is not a member and, if the
    /// directory is secret, users and groups that the principal may not find.
    fn public_code(&self, code: Code) -> Code {
        if code == Code::NotAMember || self.is_hidden() { Code::NotFound } else { code }
    }

    /// Whether the directory is secret and the principal may not find the user or the group.
    fn is_hidden(&self) -> bool {
        let is_directory_entry = self.conversation.is_none() && (self.them.is_some() || self.group.is_some());
        self.policy.secret_directory && is_directory_entry && Self { action: Action::Find, ..*self }.deciding_rule().is_err()
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

    /// Whether an allow rule would match if the principal were the author of the message.
    fn author_is_allowed(&self) -> bool {
        let author = Self { is_author: true, ..*self };
        author.first_match(&self.policy.plan.rules_of(self.action).allow).is_some()
    }

    /// The first of the rules that matches this request, with its [`Witness`].
    fn first_match(&self, rules: &[RuleIx]) -> Option<(RuleIx, Witness)> {
        rules.iter().find_map(|rule_ix| {
            let rule = self.policy.rules.get(usize::from(rule_ix.0))?;
            Some((*rule_ix, self.matches(*rule_ix, rule)?))
        })
    }

    fn code_of(&self, rule: RuleIx) -> Code {
        self.policy.rules.get(usize::from(rule.0)).map_or(Code::Unsupported, |rule| rule.code)
    }

    /// Whether the rule is about this type of resource. A rule that is not about it does not match.
    pub fn concerns(&self, rule_ix: RuleIx, rule: &Rule) -> bool {
        let refers_to_them = self.policy.plan.refers_to_them(rule_ix);
        match rule.candidates {
            Candidates::Groups => self.group.is_some(),
            // A deny rule without a condition on `them` (`setting(messaging)=off`) applies to groups too. An allow rule
            // applies to groups only if its conditions name the group.
            Candidates::Users if self.group.is_some() => rule.effect != RuleEffect::Allow && !refers_to_them,
            Candidates::Users => self.them.is_some() || !refers_to_them,
        }
    }

    /// The [`Witness`] of the rule, if the rule matches this request.
    pub fn matches(&self, rule_ix: RuleIx, rule: &Rule) -> Option<Witness> {
        if !self.concerns(rule_ix, rule) {
            return None;
        }
        let mut witness = Witness::Everyone;
        for condition in &rule.conditions {
            let condition_witness = self.holds(condition)?;
            if witness == Witness::Everyone {
                witness = condition_witness;
            }
        }
        rule.unless.iter().all(|condition| self.holds(condition).is_none()).then_some(witness)
    }

    /// The [`Witness`] of the condition, if the condition holds. This function defines the meaning of each condition; the
    /// other evaluations call it or enumerate the same sets.
    pub fn holds(&self, condition: &Condition) -> Option<Witness> {
        let world = self.world;
        match *condition {
            Condition::Everyone => true,
            Condition::Same => return self.them.is_some_and(|(them, _)| them == self.principal).then_some(Witness::Same),
            Condition::InCommon(mine, theirs) => {
                let (_, them) = self.them?;
                return generators::in_common(world, self.me, mine, them, theirs).map(Witness::Group);
            }
            Condition::Edge(mine, theirs) => return self.edge(mine, theirs, EdgeUse::ToUsers),
            Condition::Barrier(mine, theirs) => return self.edge(mine, theirs, EdgeUse::Barrier),
            Condition::InGroup(mine) => {
                let (group_ix, group) = self.group?;
                let has_role = generators::active_roles(world, self.me, mine).any(|(held, _)| held.group() == group_ix);
                return (has_role && group.is_active()).then_some(Witness::Group(group_ix));
            }
            Condition::Related(relation, direction) => {
                let (them, _) = self.them?;
                return generators::is_related(world, self.me, relation, direction, them)
                    .then_some(Witness::Relation(relation));
            }
            Condition::Role(variable, role) => self.user(variable)?.roles.has(role),
            Condition::Status(variable, status) => self.user(variable)?.status == status,
            Condition::WritableBy(variable, writable_by) => self.user(variable)?.writable_by == writable_by,
            Condition::HasRole(variable, pattern) => {
                return generators::group_with_role(world, self.user(variable)?, pattern).map(Witness::Group);
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

    /// The first edge of this use that leads to the group or, if the request has no group, to `them`.
    fn edge(&self, mine: RolePattern, theirs: RolePattern, edge_use: EdgeUse) -> Option<Witness> {
        let edge_use = if self.group.is_some() && edge_use == EdgeUse::ToUsers { EdgeUse::ToGroup } else { edge_use };
        generators::edges(self.world, self.me, mine, theirs, edge_use)
            .find(|(_, edge, to)| match (self.group, self.them) {
                (Some((group, _)), _) => edge.to == group,
                (None, Some((_, them))) => self.world.holds_role_in(them, edge.target_role(theirs), edge.to, to),
                (None, None) => false,
            })
            .map(|(from, edge, _)| Witness::Edge(from, edge.to))
    }

    /// Whether the comparison of two policies (`diff`) assumes that this relation is accepted; see [`Assumption`].
    pub fn assumes(&self, relation: RelationId, direction: Direction) -> bool {
        let is_both =
            |direction| direction == Direction::Both || self.world.vocabulary().origin(relation) == RelationOrigin::Mutual;
        self.assumed.is_some_and(|assumed| {
            assumed.relation == relation
                && assumed.state == RelationState::Accepted
                && (is_both(direction) || is_both(assumed.direction) || assumed.direction == direction)
        })
    }

    /// Whether the comparison of two policies (`diff`) assumes that every other user requested the relation from the
    /// principal.
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
        self.for_start().deciding_rule().ok().map(|(_, witness)| witness)
    }
}
