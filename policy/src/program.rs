//! A policy after reading: rules as conditions on facts. Check, reach and explanation are made from this one form.

use crate::{
    action::{Action, Kind as ConversationKind, State},
    decision::Code,
    facts::{GroupState, Kind, Relation, Role, Setting, Status, WritableBy},
};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it does when it matches.
    pub effect: Effect,
    /// Whereof it speaks.
    pub actions: Vec<Action>,
    /// Its name, for audit and metrics; unique in its policy.
    pub name: String,
    /// Counted from 1.
    pub line: u32,
    /// People (`them`) or groups (`group`), as its conditions say. Rules of conversations speak of people.
    pub subject: Subject,
    /// All must hold. The generator, if there is one, comes first.
    pub conditions: Vec<Condition>,
    /// None may hold.
    pub unless: Vec<Condition>,
    /// Of a denial.
    pub code: Code,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Wins over everything.
    Deny,
    /// Lets it be done.
    Allow,
    /// Names the code where nothing allowed it; the first that matches.
    Otherwise,
}

/// Whom an action reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Subject {
    People,
    Groups,
}

/// A role in groups of a kind, `teacher@subject`; `None` is `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Atom {
    pub role: Option<Role>,
    pub kind: Option<Kind>,
}

/// Me or them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Who {
    Me,
    Them,
}

/// Which way a relation points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    /// `me -follow-> them`
    Out,
    /// `them -follow-> me`
    In,
    /// `me -friend- them`
    Both,
}

/// One condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    // Generators: they lead from me to people or groups.
    /// `everyone`
    Everyone,
    /// `same`
    Same,
    /// `me R@K with them R@K`: one active group in which I am the one and they the other. The kinds of both are the same.
    InCommon(Atom, Atom),
    /// `me R@K edge them R@K`: an allowing edge, delivering people, from my role in an active group to theirs in another.
    /// With `group` for `them R@K` and a group as subject: an allowing edge delivering groups.
    Edge(Atom, Atom),
    /// `me R@K barrier them R@K`: the same over denying edges, whatever they deliver.
    Barrier(Atom, Atom),
    /// `me R@K in group`: I am that in the group which is the subject.
    InGroup(Atom),
    /// An accepted relation.
    Related(Relation, Direction),
    // Filters of me or them.
    /// `role(me)=owner`
    Role(Who, Role),
    /// `status(them)=active`
    Status(Who, Status),
    /// `writable_by(them)=nobody`
    WritableBy(Who, WritableBy),
    /// `member(me) R@K`: is that in some active group.
    Is(Who, Atom),
    /// `setting(messaging)=on`; the value's place in the setting's values.
    Setting(Setting, u8),
    /// `kind(group)=class`
    GroupKind(Kind),
    /// `state(group)=active`
    GroupState(GroupState),
    /// `size(group)>50`: active people in it.
    GroupLarger(Limit),
    /// `delivers(group)`: the group's own flag lets it be written to.
    GroupDelivers,
    // Conversations.
    /// `holder`: I have a seat in the conversation.
    Holder,
    /// `owner`: as its owner.
    Owner,
    /// `conversation=direct`
    ConversationKind(ConversationKind),
    /// `state=open`
    ConversationState(State),
    /// `may start`: the same policy lets me start with them now.
    MayStart,
    /// `author`: I wrote the message.
    Author,
    /// `age<15m`
    Younger(Limit),
    /// `asked`: they asked me for the relation, and it is pending.
    Asked,
    /// `relation=friend`: the action is about this relation.
    RelationIs(Relation),
}

/// A number in a rule, or a setting's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Written out; durations in milliseconds.
    Number(i64),
    /// The tenant decides.
    Setting(Setting),
}
