//! The situations in which two policies are compared: as many as their rules tell apart, and no more.

use std::collections::BTreeSet;

use super::Side;
use crate::{
    action::{Action, Conversation, Kind, Seat, State, Target},
    eval::check::Supposed as InNumbers,
    facts::{Relation, RelationState, Setting},
    program::{Condition, Direction, Limit, Rule},
    vocabulary::{How, Vocabulary},
};

/// Where an action is done. `None` in a field: the rules do not ask for it, so it holds for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// To whom, or in what kind of conversation.
    pub place: Place,
    /// The conversation's state.
    pub state: Option<State>,
    /// What the acting person is in the conversation.
    pub seat: Option<Seat>,
    /// Whether the acting person wrote the message.
    pub mine: Option<bool>,
    /// Age of the message in milliseconds.
    pub age_ms: Option<i64>,
    /// The relation that is asked for, accepted or ended.
    pub relation: Option<String>,
    /// A relation that is supposed between the two, whatever the facts say.
    pub supposed: Option<Supposed>,
}

/// A relation of which a situation supposes that it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supposed {
    /// Its name.
    pub relation: String,
    /// Who entered it.
    pub by: SupposedBy,
}

/// Who entered a supposed relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupposedBy {
    /// The acting person.
    Me,
    /// The other person.
    Them,
    /// Both: it is a mutual one, accepted.
    Both,
    /// The other person asked for it, and it is pending.
    Asked,
}

/// To whom an action is done, or in what kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To a person: pairs of people are counted.
    Person,
    /// To a group of the product: pairs of a person and a group are counted.
    Group,
    /// To nobody in particular: people are counted.
    Nobody,
    /// In a conversation with another person: pairs of people are counted.
    Direct,
    /// In a note to oneself: people are counted.
    NoteToSelf,
    /// In a group conversation: people are counted.
    Several,
    /// In a mail: people are counted.
    Mail,
    /// In a group conversation or a mail, between which the rules do not tell apart: people are counted.
    SeveralOrMail,
    /// In any conversation: people are counted.
    Anywhere,
}

impl Place {
    /// Whether pairs are counted, not people.
    #[must_use]
    pub fn has_pairs(self) -> bool {
        matches!(self, Self::Person | Self::Group | Self::Direct)
    }

    fn kind(self) -> Option<Kind> {
        match self {
            Self::Person | Self::Group | Self::Nobody => None,
            Self::Direct => Some(Kind::Direct),
            Self::NoteToSelf => Some(Kind::NoteToSelf),
            Self::Mail => Some(Kind::Mail),
            Self::Several | Self::SeveralOrMail | Self::Anywhere => Some(Kind::Group),
        }
    }
}

/// A situation in the numbers of one of the two policies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolved {
    pub conversation: Option<Conversation>,
    pub author: bool,
    pub age_ms: Option<i64>,
    pub relation: Option<Relation>,
    pub supposed: Option<InNumbers>,
}

impl Situation {
    fn at(place: Place) -> Self {
        Self { place, state: None, seat: None, mine: None, age_ms: None, relation: None, supposed: None }
    }

    /// `None` where the policy does not have the relation that it is about: nobody may do it.
    pub(super) fn resolved(&self, words: &Vocabulary, action: Action) -> Option<Resolved> {
        let relation = match &self.relation {
            Some(name) => Some(words.relation(name)?),
            None => None,
        };
        let conversation = self.place.kind().map(|kind| Conversation {
            kind,
            state: self.state.unwrap_or(State::Open),
            seat: Some(self.seat.unwrap_or(Seat::Member)),
            peer: None,
        });
        let of_message = action.is_about_a_message();
        let supposed = self.supposed.as_ref().and_then(|supposed| {
            let (direction, state) = match supposed.by {
                SupposedBy::Me => (Direction::Out, RelationState::Accepted),
                SupposedBy::Them => (Direction::In, RelationState::Accepted),
                SupposedBy::Both => (Direction::Both, RelationState::Accepted),
                SupposedBy::Asked => (Direction::In, RelationState::Pending),
            };
            Some(InNumbers { relation: words.relation(&supposed.relation)?, direction, state })
        });
        Some(Resolved {
            conversation,
            author: self.mine.unwrap_or(true),
            age_ms: of_message.then_some(self.age_ms.unwrap_or(0)),
            relation,
            supposed,
        })
    }
}

/// The situations of an action that the rules of either side tell apart.
pub(super) fn of(action: Action, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let asks = Asks::of(action, sides);
    let mut all: Vec<Situation> = match action.target() {
        Target::Nobody => vec![Situation::at(Place::Nobody)],
        Target::Group => vec![Situation::at(Place::Group)],
        Target::Person => of_person(action, &asks, sides),
        Target::Conversation => of_conversation(action, &asks),
    };
    if action == Action::Find {
        all.push(Situation::at(Place::Group));
    }
    let supposed = all.iter().filter(|one| matches!(one.place, Place::Person | Place::Direct)).flat_map(|base| {
        let with = |supposed: &Supposed| Situation { supposed: Some(supposed.clone()), ..base.clone() };
        let asked = base.relation.as_ref().filter(|_| asks.asked);
        let asked = asked.map(|name| Supposed { relation: name.clone(), by: SupposedBy::Asked });
        asks.relations.iter().map(with).chain(asked.as_ref().map(with)).collect::<Vec<_>>()
    });
    let supposed: Vec<Situation> = supposed.collect();
    all.extend(supposed);
    all
}

/// Other actions that must be allowed for this one to be possible in a conversation, on either side.
pub(super) fn others(action: Action, sides: [Side<'_>; 2]) -> impl Iterator<Item = Action> {
    let in_conversation = action.target() == Target::Conversation;
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

/// Whether an action is possible in some kinds of conversation only, whatever the rules say.
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

/// What the rules of an action ask for, on either side.
#[derive(Default)]
struct Asks {
    kind: bool,
    state: bool,
    seat: bool,
    author: bool,
    peer: bool,
    asked: bool,
    about_relation: bool,
    ages_ms: BTreeSet<i64>,
    relations: Vec<Supposed>,
}

impl Asks {
    fn of(action: Action, sides: [Side<'_>; 2]) -> Self {
        let mut asks = Self::default();
        for side in sides {
            asks.add(action, side);
            others(action, sides).for_each(|other| asks.add(other, side));
        }
        // What is built in tells kinds of conversation apart, and messages of the author from others.
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
                    Condition::Owner => self.seat = true,
                    Condition::Author => self.author = true,
                    Condition::Asked => self.asked = true,
                    Condition::RelationIs(_) => self.about_relation = true,
                    Condition::Younger(limit) => self.ages_ms.extend(limit_ms(side, limit)),
                    Condition::Related(relation, direction) => self.relation(side, relation, direction),
                    Condition::MayStart => self.add(Action::Start, side),
                    _ => {}
                }
            }
        }
    }

    fn relation(&mut self, side: Side<'_>, relation: Relation, direction: Direction) {
        let words = side.policy.vocabulary();
        let Some((name, how)) = words.relations.get(usize::from(relation.0)) else { return };
        let by = match (how, direction) {
            (How::Mutual, _) | (_, Direction::Both) => SupposedBy::Both,
            (_, Direction::Out) => SupposedBy::Me,
            (_, Direction::In) => SupposedBy::Them,
        };
        let supposed = Supposed { relation: name.clone(), by };
        if !self.relations.contains(&supposed) {
            self.relations.push(supposed);
        }
    }
}

fn limit_ms(side: Side<'_>, limit: Limit) -> Option<i64> {
    let number = |setting: Setting| side.world.settings().number(setting);
    match limit {
        Limit::Number(number) => Some(number),
        Limit::Setting(setting) => number(setting),
    }
}

/// The rules that decide about an action: those that deny and those that allow.
pub(super) fn decisive(side: Side<'_>, action: Action) -> impl Iterator<Item = &Rule> {
    let lines = side.policy.plan.lines(action);
    [&lines.deny, &lines.allow].into_iter().flat_map(move |lines| side.policy.rules_at(lines)).map(|(_, rule)| rule)
}

fn of_person(action: Action, asks: &Asks, sides: [Side<'_>; 2]) -> Vec<Situation> {
    let hows: &[How] = match action {
        Action::Accept => &[How::Mutual],
        Action::Request | Action::Unrelate | Action::Block => &[How::Mutual, How::Own],
        _ => &[],
    };
    let mut names: Vec<&String> = Vec::new();
    if action == Action::Accept || asks.about_relation || asks.asked {
        for (name, how) in sides.iter().flat_map(|side| &side.policy.vocabulary().relations) {
            if hows.contains(how) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let of_relation = names.iter().map(|name| Situation { relation: Some((*name).clone()), ..Situation::at(Place::Person) });
    if names.is_empty() { vec![Situation::at(Place::Person)] } else { of_relation.collect() }
}

fn of_conversation(action: Action, asks: &Asks) -> Vec<Situation> {
    let places: &[Place] = match (asks.kind, asks.peer) {
        (true, _) => &[Place::Direct, Place::Several, Place::Mail, Place::NoteToSelf],
        (false, true) => &[Place::Direct, Place::SeveralOrMail, Place::NoteToSelf],
        (false, false) => &[Place::Anywhere],
    };
    let states = if asks.state { some([State::Open, State::Closed, State::Locked]) } else { vec![None] };
    let of_message = action.is_about_a_message();
    let authors = if asks.author && of_message { some([true, false]) } else { vec![None] };
    // A rule lets go of a message when it is as old as the limit: one situation before all limits, one from each on.
    let ages: Vec<Option<i64>> = match asks.ages_ms.is_empty() {
        false if of_message => {
            std::iter::once(0).chain(asks.ages_ms.iter().copied().filter(|age| *age > 0)).map(Some).collect()
        }
        _ => vec![None],
    };
    let mut all = Vec::new();
    for place in places {
        let has_owner = asks.seat && !matches!(place, Place::Direct | Place::NoteToSelf);
        let seats = if has_owner { some([Seat::Owner, Seat::Member]) } else { vec![None] };
        for state in &states {
            for seat in &seats {
                for mine in &authors {
                    for age_ms in &ages {
                        let base = Situation::at(*place);
                        all.push(Situation { state: *state, seat: *seat, mine: *mine, age_ms: *age_ms, ..base });
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
