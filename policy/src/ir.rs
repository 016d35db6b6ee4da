//! The intermediate representation of a policy: rules as conditions on facts. The parser (`lang`) produces it, and every
//! evaluation (`eval`) reads it.

use crate::{
    action::{Action, ConversationKind, ConversationState},
    decision::Code,
    facts::{GroupKindId, GroupState, RelationId, RoleId, SettingId, UserStatus, WritableBy},
};

/// One rule: one line of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The effect of a match.
    pub effect: RuleEffect,
    /// The actions to which the rule applies.
    pub actions: Vec<Action>,
    /// The name of the rule, for audit and metrics; unique in its policy.
    pub name: String,
    /// Line in the text, counted from 1.
    pub line: u32,
    /// Whether the conditions are about another user (`them`) or about a group (`group`). [`Candidates::Users`] for a rule
    /// about conversations.
    pub candidates: Candidates,
    /// Conditions after `when`: all must hold. The generator comes first, if there is one.
    pub conditions: Vec<Condition>,
    /// Conditions after `unless`: none may hold.
    pub unless: Vec<Condition>,
    /// The code of a denial; not used in an `allow` rule.
    pub code: Code,
}

/// The effect of a rule that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEffect {
    /// Denies the action, even if another rule allows it.
    Deny,
    /// Allows the action.
    Allow,
    /// Sets the code of the denial if no rule allows the action. The first match in the order of the text counts.
    Otherwise,
}

/// The type of resource for which a rule is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// The variable `them` is bound to a user.
    Users,
    /// The word `group` is bound to a group.
    Groups,
}

/// A role in groups of a kind, `teacher@subject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolePattern {
    /// `None` is `*`: any role.
    pub role: Option<RoleId>,
    /// `None` is `*`: any kind of group.
    pub kind: Option<GroupKindId>,
}

/// A variable of the rule language that is bound to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// The principal.
    Me,
    /// The other user.
    Them,
}

/// The direction of a relation in a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `me -follow-> them`
    Out,
    /// `them -follow-> me`
    In,
    /// `me -friend- them`
    Both,
}

/// A condition of a rule. The module `lang` says how to add a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    // Generators: each leads from the principal to a set of users or groups.
    /// `everyone`
    Everyone,
    /// `same`
    Same,
    /// `me R@K with them R@K`: an active group in which `me` has the first role and `them` the second. Both kinds are equal.
    InCommon(RolePattern, RolePattern),
    /// `me R@K edge them R@K`: an allowing edge that delivers to users, from an active group where `me` has the first role
    /// to an active group where `them` has the second. In a rule about groups (`me R@K edge group`): an allowing edge that
    /// delivers to the group as a whole.
    Edge(RolePattern, RolePattern),
    /// `me R@K barrier them R@K`: a denying edge between groups as in [`Condition::Edge`], with any value of
    /// [`Delivers`](crate::Delivers).
    Barrier(RolePattern, RolePattern),
    /// `me R@K in group`: `me` has the role in the group.
    InGroup(RolePattern),
    /// An accepted relation.
    Related(RelationId, Direction),
    // Filters of users.
    /// `role(me)=owner`
    Role(Variable, RoleId),
    /// `status(them)=active`
    Status(Variable, UserStatus),
    /// `writable_by(them)=nobody`
    WritableBy(Variable, WritableBy),
    /// `member(me) R@K`: the user has the role in some active group of the kind.
    HasRole(Variable, RolePattern),
    /// `setting(messaging)=on`; the value is an index into
    /// [`SettingDeclaration::values`](crate::SettingDeclaration::values).
    Setting(SettingId, u8),
    // Filters of groups.
    /// `kind(group)=class`
    GroupKind(GroupKindId),
    /// `state(group)=active`
    GroupState(GroupState),
    /// `size(group)>50`: the group has more active members than this.
    GroupLarger(Threshold),
    /// `delivers(group)`: the group may be addressed as a whole.
    GroupDelivers,
    // Filters of conversations.
    /// `holder`: `me` is a member of the conversation.
    Holder,
    /// `owner`: `me` is an owner of the conversation.
    Owner,
    /// `conversation=direct`
    ConversationKind(ConversationKind),
    /// `state=open`
    ConversationState(ConversationState),
    /// `may start`: the same policy allows `me` to start with `them` now.
    MayStart,
    /// `author`: `me` wrote the message.
    Author,
    /// `age<15m`
    Younger(Threshold),
    /// `asked`: `them` requested the relation, and the request is pending.
    Asked,
    /// `relation=friend`: the action is about this relation.
    RelationIs(RelationId),
}

/// A number in a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// A literal: a count, or a duration in milliseconds.
    Number(i64),
    /// The value of a setting of the tenant.
    Setting(SettingId),
}
