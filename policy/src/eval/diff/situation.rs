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
    /// Any conversation, of whatever kind: users are counted.
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

/// A situation for one of the two policies: it has the indexes of this policy in place of names, and values in place of the
/// fields that are `None`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolved {
    pub conversation: Option<ConversationContext>,
    pub is_author: bool,
    pub age_ms: Option<i64>,
    pub relation: Option<RelationId>,
    pub assumed: Option<Assumption>,
}

impl Situation {
    /// The situation with this kind and no other circumstance.
    fn new(kind: SituationKind) -> Self {
        Self { kind, state: None, role: None, is_author: None, age_ms: None, relation: None, assumed: None }
    }

    /// The situation for a policy with this vocabulary. `None` if the policy does not declare the relation of the situation:
    /// then the policy denies the action to all users.
    pub(super) fn resolved(&self, vocabulary: &Vocabulary, action: Action) -> Option<Resolved> {
        let relation = match &self.relation {
            Some(name) => Some(vocabulary.relation(name)?),
            None => None,
        };
        let conversation = self.kind.conversation_kind().map(|kind| ConversationContext {
            kind,
            state: self.state.unwrap_or(ConversationState::Open),
            role: Some(self.role.unwrap_or(MemberRole::Member)),
            peer: None,
        });
        let about_message = action.is_about_a_message();
        let assumed = self.assumed.as_ref().and_then(|assumed| {
            let (direction, state) = match assumed.by {
                AssumedBy::Me => (Direction::Out, RelationState::Accepted),
                AssumedBy::Them => (Direction::In, RelationState::Accepted),
                AssumedBy::Both => (Direction::Both, RelationState::Accepted),
                AssumedBy::Asked => (Direction::In, RelationState::Pending),
            };
            Some(Assumption { relation: vocabulary.relation(&assumed.relation)?, direction, state })
        });
        Some(Resolved {
            conversation,
            is_author: self.is_author.unwrap_or(true),
            age_ms: about_message.then_some(self.age_ms.unwrap_or(0)),
            relation,
            assumed,
        })
    }
}

/// The situations of an action that the rules of either policy distinguish.
pub(super) fn situations_of(action: Action, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let dimensions = Dimensions::of(action, sides);
    let mut all: Vec<Situation> = match action.resource_type() {
        ResourceType::None => vec![Situation::new(SituationKind::None)],
        ResourceType::Group => vec![Situation::new(SituationKind::Group)],
        ResourceType::User => user_situations(action, &dimensions, sides),
        ResourceType::Conversation => conversation_situations(action, &dimensions),
    };
    if action == Action::Find {
        all.push(Situation::new(SituationKind::Group));
    }
    let assumed =
        all.iter().filter(|base| matches!(base.kind, SituationKind::User | SituationKind::Direct)).flat_map(|base| {
            let with_relation = |assumed: &AssumedRelation| Situation { assumed: Some(assumed.clone()), ..base.clone() };
            let asked = base.relation.as_ref().filter(|_| dimensions.asked);
            let asked = asked.map(|name| AssumedRelation { relation: name.clone(), by: AssumedBy::Asked });
            dimensions.relations.iter().map(with_relation).chain(asked.as_ref().map(with_relation)).collect::<Vec<_>>()
        });
    let assumed: Vec<Situation> = assumed.collect();
    all.extend(assumed);
    all
}

/// The other actions that an action in a conversation requires: if one of them is denied, a built-in denial of either policy
/// denies the action.
pub(super) fn required_actions(action: Action, sides: [Side<'_>; 2]) -> impl Iterator<Item = Action> {
    let in_conversation = action.resource_type() == ResourceType::Conversation;
    let requires_read = !matches!(action, Action::Read | Action::Leave | Action::DeleteConversation)
        && sides.iter().any(|side| !side.policy.members_read());
    let requires_send = matches!(
        action,
        Action::Edit
            | Action::Rename
            | Action::AddMember
            | Action::DeleteForAll
            | Action::Reopen
            | Action::EraseConversation
    );
    let read = (in_conversation && requires_read).then_some(Action::Read);
    read.into_iter().chain(requires_send.then_some(Action::Send))
}

/// Whether a built-in denial makes the decision about the action depend on the kind of conversation.
fn depends_on_conversation_kind(action: Action) -> bool {
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

/// The properties on which the decision about an action depends, in either policy. A field is true if a rule or a built-in
/// denial tests the property.
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
        let mut dimensions = Self::default();
        for side in sides {
            dimensions.add(action, side);
            required_actions(action, sides).for_each(|required| dimensions.add(required, side));
        }
        // The built-in denials depend on the kind of the conversation and on the author of the message.
        dimensions.kind |= depends_on_conversation_kind(action);
        dimensions.author |= action == Action::DeleteForAll;
        dimensions
    }

    /// Adds the properties that the rules of one policy test for the action.
    fn add(&mut self, action: Action, side: Side<'_>) {
        for rule in deny_and_allow_rules(side, action) {
            for condition in rule.conditions.iter().chain(&rule.unless) {
                self.peer |= condition.refers_to_them();
                match *condition {
                    Condition::ConversationKind(_) => self.kind = true,
                    Condition::ConversationState(_) => self.state = true,
                    Condition::Owner => self.role = true,
                    Condition::Author => self.author = true,
                    Condition::Asked => self.asked = true,
                    Condition::RelationIs(_) => self.about_relation = true,
                    Condition::Younger(threshold) => self.ages_ms.extend(threshold_ms(side, threshold)),
                    Condition::Related(relation, direction) => self.add_relation(side, relation, direction),
                    Condition::MayStart => self.add(Action::Start, side),
                    _ => {}
                }
            }
        }
    }

    fn add_relation(&mut self, side: Side<'_>, relation: RelationId, direction: Direction) {
        let vocabulary = side.policy.vocabulary();
        let Some((name, origin)) = vocabulary.relations.get(usize::from(relation.0)) else { return };
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

/// The value of a threshold in milliseconds, with the settings of this side.
fn threshold_ms(side: Side<'_>, threshold: Threshold) -> Option<i64> {
    let number = |setting: SettingId| side.world.settings().number(setting);
    match threshold {
        Threshold::Number(number) => Some(number),
        Threshold::Setting(setting) => number(setting),
    }
}

/// The deny rules and the allow rules of an action.
pub(super) fn deny_and_allow_rules(side: Side<'_>, action: Action) -> impl Iterator<Item = &Rule> {
    let rules = side.policy.plan.rules_of(action);
    [&rules.deny, &rules.allow].into_iter().flat_map(move |indexes| side.policy.rules_at(indexes)).map(|(_, rule)| rule)
}

/// The situations of an action on a user: one for each relation that the rules distinguish.
fn user_situations(action: Action, dimensions: &Dimensions, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let origins: &[RelationOrigin] = match action {
        Action::Accept => &[RelationOrigin::Mutual],
        Action::Request | Action::Unrelate | Action::Block => &[RelationOrigin::Mutual, RelationOrigin::Own],
        _ => &[],
    };
    let mut names: Vec<&String> = Vec::new();
    if action == Action::Accept || dimensions.about_relation || dimensions.asked {
        for (name, origin) in sides.iter().flat_map(|side| &side.policy.vocabulary().relations) {
            if origins.contains(origin) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let with_relation =
        names.iter().map(|name| Situation { relation: Some((*name).clone()), ..Situation::new(SituationKind::User) });
    if names.is_empty() { vec![Situation::new(SituationKind::User)] } else { with_relation.collect() }
}

/// The situations of an action in a conversation.
fn conversation_situations(action: Action, dimensions: &Dimensions) -> Vec<Situation> {
    let kinds: &[SituationKind] = match (dimensions.kind, dimensions.peer) {
        (true, _) => {
            &[SituationKind::Direct, SituationKind::GroupConversation, SituationKind::Mail, SituationKind::NoteToSelf]
        }
        (false, true) => &[SituationKind::Direct, SituationKind::GroupConversationOrMail, SituationKind::NoteToSelf],
        (false, false) => &[SituationKind::AnyConversation],
    };
    let states = if dimensions.state {
        all_some([ConversationState::Open, ConversationState::Closed, ConversationState::Locked])
    } else {
        vec![None]
    };
    let about_message = action.is_about_a_message();
    let authors = if dimensions.author && about_message { all_some([true, false]) } else { vec![None] };
    // The condition `age<` does not match when the message is as old as the threshold. So there is one situation with the
    // age 0 and one with the age of each threshold.
    let ages: Vec<Option<i64>> = match dimensions.ages_ms.is_empty() {
        false if about_message => {
            std::iter::once(0).chain(dimensions.ages_ms.iter().copied().filter(|age| *age > 0)).map(Some).collect()
        }
        _ => vec![None],
    };
    let mut all = Vec::new();
    for kind in kinds {
        let has_owner = dimensions.role && !matches!(kind, SituationKind::Direct | SituationKind::NoteToSelf);
        let roles = if has_owner { all_some([MemberRole::Owner, MemberRole::Member]) } else { vec![None] };
        for state in &states {
            for role in &roles {
                for is_author in &authors {
                    for age_ms in &ages {
                        let base = Situation::new(*kind);
                        all.push(Situation { state: *state, role: *role, is_author: *is_author, age_ms: *age_ms, ..base });
                    }
                }
            }
        }
    }
    all
}

/// Wraps each value in `Some`.
fn all_some<T, const N: usize>(values: [T; N]) -> Vec<Option<T>> {
    values.into_iter().map(Some).collect()
}
