//! The situations in which two policies are compared: one for each case that the rules of either policy distinguish.

use std::collections::BTreeSet;

use super::Side;
use crate::{
    action::{Action, ConversationContext, ConversationKind, ConversationState, MemberRole, ResourceType},
    eval::check::Assumption,
    facts::{RelationId, RelationState, SettingId},
    ir::{Condition, Direction, Rule, Threshold},
    vocabulary::{RelationOrigin, Vocabulary},
};

/// The circumstances of an action. `None` in a field means that no rule depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The resource, or the kind of conversation.
    pub kind: SituationKind,
    /// The state of the conversation.
    pub state: Option<ConversationState>,
    /// The role of the principal in the conversation.
    pub role: Option<MemberRole>,
    /// Whether the principal wrote the message.
    pub is_author: Option<bool>,
    /// Age of the message in milliseconds.
    pub age_ms: Option<i64>,
    /// The name of the relation that is requested, accepted or ended.
    pub relation: Option<String>,
    /// A relation that is assumed to exist between the two users, in place of the facts.
    pub assumed: Option<AssumedRelation>,
}

/// A relation between two users that a situation assumes to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumedRelation {
    /// The name of the relation.
    pub relation: String,
    /// The user who made it.
    pub by: AssumedBy,
}

/// The user who made an assumed relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssumedBy {
    /// The principal.
    Me,
    /// The other user.
    Them,
    /// Both: the relation is mutual and accepted.
    Both,
    /// The other user requested it, and it is pending.
    Asked,
}

/// The resource of an action, or its kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SituationKind {
    /// A user: pairs of users are counted.
    User,
    /// A group: pairs of a user and a group are counted.
    Group,
    /// No resource: users are counted.
    None,
    /// A direct conversation: pairs of users are counted.
    Direct,
    /// A note to self: users are counted.
    NoteToSelf,
    /// A group conversation: users are counted.
    GroupConversation,
    /// A mail: users are counted.
    Mail,
    /// A group conversation or a mail, which the rules do not distinguish: users are counted.
    GroupConversationOrMail,
    /// Any conversation: users are counted.
    AnyConversation,
}

impl SituationKind {
    /// Whether pairs are counted, not users.
    #[must_use]
    pub fn has_pairs(self) -> bool {
        matches!(self, Self::User | Self::Group | Self::Direct)
    }

    fn conversation_kind(self) -> Option<ConversationKind> {
        match self {
            Self::User | Self::Group | Self::None => None,
            Self::Direct => Some(ConversationKind::Direct),
            Self::NoteToSelf => Some(ConversationKind::NoteToSelf),
            Self::Mail => Some(ConversationKind::Mail),
            Self::GroupConversation | Self::GroupConversationOrMail | Self::AnyConversation => Some(ConversationKind::Group),
        }
    }
}

/// A situation for one of the two policies: with indexes of this policy in place of names, and with values for the fields
/// that are `None`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolved {
    pub conversation: Option<ConversationContext>,
    pub is_author: bool,
    pub age_ms: Option<i64>,
    pub relation: Option<RelationId>,
    pub assumed: Option<Assumption>,
}

impl Situation {
    fn at(kind: SituationKind) -> Self {
        Self { kind, state: None, role: None, is_author: None, age_ms: None, relation: None, assumed: None }
    }

    /// This situation for the policy with the vocabulary `words`. `None` if the policy does not declare the relation of
    /// the situation: then the policy denies the action to all users.
    pub(super) fn resolved(&self, words: &Vocabulary, action: Action) -> Option<Resolved> {
        let relation = match &self.relation {
            Some(name) => Some(words.relation(name)?),
            None => None,
        };
        let conversation = self.kind.conversation_kind().map(|kind| ConversationContext {
            kind,
            state: self.state.unwrap_or(ConversationState::Open),
            role: Some(self.role.unwrap_or(MemberRole::Member)),
            peer: None,
        });
        let of_message = action.is_about_a_message();
        let assumed = self.assumed.as_ref().and_then(|assumed| {
            let (direction, state) = match assumed.by {
                AssumedBy::Me => (Direction::Out, RelationState::Accepted),
                AssumedBy::Them => (Direction::In, RelationState::Accepted),
                AssumedBy::Both => (Direction::Both, RelationState::Accepted),
                AssumedBy::Asked => (Direction::In, RelationState::Pending),
            };
            Some(Assumption { relation: words.relation(&assumed.relation)?, direction, state })
        });
        Some(Resolved {
            conversation,
            is_author: self.is_author.unwrap_or(true),
            age_ms: of_message.then_some(self.age_ms.unwrap_or(0)),
            relation,
            assumed,
        })
    }
}

/// The situations of an action that the rules of either policy distinguish.
pub(super) fn of(action: Action, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let asks = Dimensions::of(action, sides);
    let mut all: Vec<Situation> = match action.resource_type() {
        ResourceType::None => vec![Situation::at(SituationKind::None)],
        ResourceType::Group => vec![Situation::at(SituationKind::Group)],
        ResourceType::User => of_user(action, &asks, sides),
        ResourceType::Conversation => of_conversation(action, &asks),
    };
    if action == Action::Find {
        all.push(Situation::at(SituationKind::Group));
    }
    let assumed =
        all.iter().filter(|one| matches!(one.kind, SituationKind::User | SituationKind::Direct)).flat_map(|base| {
            let with = |assumed: &AssumedRelation| Situation { assumed: Some(assumed.clone()), ..base.clone() };
            let asked = base.relation.as_ref().filter(|_| asks.asked);
            let asked = asked.map(|name| AssumedRelation { relation: name.clone(), by: AssumedBy::Asked });
            asks.relations.iter().map(with).chain(asked.as_ref().map(with)).collect::<Vec<_>>()
        });
    let assumed: Vec<Situation> = assumed.collect();
    all.extend(assumed);
    all
}

/// The actions that must be allowed too: without them, a built-in denial of either policy denies this action in a
/// conversation.
pub(super) fn others(action: Action, sides: [Side<'_>; 2]) -> impl Iterator<Item = Action> {
    let in_conversation = action.resource_type() == ResourceType::Conversation;
    let asks_read = !matches!(action, Action::Read | Action::Leave | Action::DeleteConversation)
        && sides.iter().any(|side| !side.policy.members_read());
    let asks_send = matches!(
        action,
        Action::Edit
            | Action::Rename
            | Action::AddMember
            | Action::DeleteForAll
            | Action::Reopen
            | Action::EraseConversation
    );
    let read = (in_conversation && asks_read).then_some(Action::Read);
    read.into_iter().chain(asks_send.then_some(Action::Send))
}

/// Whether a built-in denial makes the decision about the action depend on the kind of conversation.
fn is_of_some_kinds(action: Action) -> bool {
    matches!(
        action,
        Action::Send
            | Action::AddMember
            | Action::RemoveMember
            | Action::Leave
            | Action::DeleteForAll
            | Action::EraseConversation
    )
}

/// The properties on which the rules of an action depend, in either policy. A field is true if a rule tests the property.
#[derive(Default)]
struct Dimensions {
    /// The kind of the conversation.
    kind: bool,
    /// The state of the conversation.
    state: bool,
    /// The role of the principal in the conversation.
    role: bool,
    /// Whether the principal wrote the message.
    author: bool,
    /// The other user.
    peer: bool,
    /// Whether the other user requested the relation.
    asked: bool,
    /// The name of the relation that the action is about.
    about_relation: bool,
    /// The ages of a message that the rules name, in milliseconds.
    ages_ms: BTreeSet<i64>,
    /// The relations between the two users that the rules name.
    relations: Vec<AssumedRelation>,
}

impl Dimensions {
    fn of(action: Action, sides: [Side<'_>; 2]) -> Self {
        let mut asks = Self::default();
        for side in sides {
            asks.add(action, side);
            others(action, sides).for_each(|other| asks.add(other, side));
        }
        // The built-in denials depend on the kind of the conversation and on the author of the message.
        asks.kind |= is_of_some_kinds(action);
        asks.author |= action == Action::DeleteForAll;
        asks
    }

    fn add(&mut self, action: Action, side: Side<'_>) {
        for rule in decisive(side, action) {
            for condition in rule.conditions.iter().chain(&rule.unless) {
                self.peer |= condition.names_them();
                match *condition {
                    Condition::ConversationKind(_) => self.kind = true,
                    Condition::ConversationState(_) => self.state = true,
                    Condition::Owner => self.role = true,
                    Condition::Author => self.author = true,
                    Condition::Asked => self.asked = true,
                    Condition::RelationIs(_) => self.about_relation = true,
                    Condition::Younger(threshold) => self.ages_ms.extend(threshold_ms(side, threshold)),
                    Condition::Related(relation, direction) => self.relation(side, relation, direction),
                    Condition::MayStart => self.add(Action::Start, side),
                    _ => {}
                }
            }
        }
    }

    fn relation(&mut self, side: Side<'_>, relation: RelationId, direction: Direction) {
        let words = side.policy.vocabulary();
        let Some((name, origin)) = words.relations.get(usize::from(relation.0)) else { return };
        let by = match (origin, direction) {
            (RelationOrigin::Mutual, _) | (_, Direction::Both) => AssumedBy::Both,
            (_, Direction::Out) => AssumedBy::Me,
            (_, Direction::In) => AssumedBy::Them,
        };
        let assumed = AssumedRelation { relation: name.clone(), by };
        if !self.relations.contains(&assumed) {
            self.relations.push(assumed);
        }
    }
}

fn threshold_ms(side: Side<'_>, threshold: Threshold) -> Option<i64> {
    let number = |setting: SettingId| side.world.settings().number(setting);
    match threshold {
        Threshold::Number(number) => Some(number),
        Threshold::Setting(setting) => number(setting),
    }
}

/// The deny rules and the allow rules of an action.
pub(super) fn decisive(side: Side<'_>, action: Action) -> impl Iterator<Item = &Rule> {
    let rules = side.policy.plan.rules_of(action);
    [&rules.deny, &rules.allow].into_iter().flat_map(move |indexes| side.policy.rules_at(indexes)).map(|(_, rule)| rule)
}

fn of_user(action: Action, asks: &Dimensions, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let origins: &[RelationOrigin] = match action {
        Action::Accept => &[RelationOrigin::Mutual],
        Action::Request | Action::Unrelate | Action::Block => &[RelationOrigin::Mutual, RelationOrigin::Own],
        _ => &[],
    };
    let mut names: Vec<&String> = Vec::new();
    if action == Action::Accept || asks.about_relation || asks.asked {
        for (name, origin) in sides.iter().flat_map(|side| &side.policy.vocabulary().relations) {
            if origins.contains(origin) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let of_relation =
        names.iter().map(|name| Situation { relation: Some((*name).clone()), ..Situation::at(SituationKind::User) });
    if names.is_empty() { vec![Situation::at(SituationKind::User)] } else { of_relation.collect() }
}

fn of_conversation(action: Action, asks: &Dimensions) -> Vec<Situation> {
    let places: &[SituationKind] = match (asks.kind, asks.peer) {
        (true, _) => {
            &[SituationKind::Direct, SituationKind::GroupConversation, SituationKind::Mail, SituationKind::NoteToSelf]
        }
        (false, true) => &[SituationKind::Direct, SituationKind::GroupConversationOrMail, SituationKind::NoteToSelf],
        (false, false) => &[SituationKind::AnyConversation],
    };
    let states = if asks.state {
        some([ConversationState::Open, ConversationState::Closed, ConversationState::Locked])
    } else {
        vec![None]
    };
    let of_message = action.is_about_a_message();
    let authors = if asks.author && of_message { some([true, false]) } else { vec![None] };
    // The condition `age<` does not match when the message is as old as the threshold. So there is one situation with the
    // age 0 and one with the age of each threshold.
    let ages: Vec<Option<i64>> = match asks.ages_ms.is_empty() {
        false if of_message => {
            std::iter::once(0).chain(asks.ages_ms.iter().copied().filter(|age| *age > 0)).map(Some).collect()
        }
        _ => vec![None],
    };
    let mut all = Vec::new();
    for kind in places {
        let has_owner = asks.role && !matches!(kind, SituationKind::Direct | SituationKind::NoteToSelf);
        let seats = if has_owner { some([MemberRole::Owner, MemberRole::Member]) } else { vec![None] };
        for state in &states {
            for role in &seats {
                for is_author in &authors {
                    for age_ms in &ages {
                        let base = Situation::at(*kind);
                        all.push(Situation { state: *state, role: *role, is_author: *is_author, age_ms: *age_ms, ..base });
                    }
                }
            }
        }
    }
    all
}

fn some<T, const N: usize>(values: [T; N]) -> Vec<Option<T>> {
    values.into_iter().map(Some).collect()
}
