//! What people are to each other: asked for, accepted, ended by themselves. Relations only the product gives come with its
//! provisioning.

use causerie_policy::{Action, RelationOrigin, Resource};
use causerie_protocol::{
    ErrorCode, Refusal, UserId,
    command::UserRef,
    wire,
    wire::{Direction, RelationState, event::Kind as Event, reply::Result as Answer},
};

use sea_orm::ConnectionTrait;

use super::{CommandDeps, cursor::List, start, unavailable};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    sessions::Frame,
    store::queries::{
        facts::{FactWrite, RelationFact, RelationKey, relations as queries},
        people,
    },
};

/// What is asked of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Enter it, or ask for it.
    Relate,
    /// Say yes.
    Accept,
    /// End it, say no, or take one's own back.
    End,
}

impl Step {
    /// How the request names a field, `relate.user`.
    fn field(self, name: &str) -> String {
        let command = match self {
            Self::Relate => "relate",
            Self::Accept => "acceptRelation",
            Self::End => "unrelate",
        };
        format!("{command}.{name}")
    }
}

/// The relation with this name is the one people use to be left alone.
const BLOCK: &str = "block";

/// Carries a step out, under the lock of the tenant's facts.
pub(super) async fn step(
    deps: &CommandDeps,
    caller: Caller,
    relation: String,
    user: UserRef,
    step: Step,
) -> Result<Answer, Refusal> {
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    let words = facts.policy.vocabulary();
    let how = words.origin(words.relation(&relation).ok_or_else(|| no_such(&facts, step.field("relation")))?);
    // Before anybody is looked for: these answers tell nothing of who there is.
    if how == RelationOrigin::Given || (how == RelationOrigin::Own && step == Step::Accept) {
        return Err(policy_gate::unsupported());
    }
    let found =
        people::resolve(deps.store.reader(), caller.tenant, std::slice::from_ref(&user)).await.map_err(unavailable)?;
    let Some(them) = found.into_iter().next().flatten() else {
        return match step {
            // As with anybody between whom and oneself there is nothing.
            Step::End => Ok(Answer::RelationUpdated(wire::RelationUpdated { relation: None })),
            Step::Relate | Step::Accept => {
                let action = match step {
                    Step::Relate if relation == BLOCK => Action::Block,
                    Step::Accept => Action::Accept,
                    _ => Action::Request,
                };
                let unknown = format!("user:{}", start::named(&user));
                Err(deps.gate.unknown(&facts, action, caller.user, unknown).field(step.field("user")))
            }
        };
    };
    if them.id == caller.user {
        return Err(Refusal::new(ErrorCode::Invalid, "nobody has a relation with themselves").field(step.field("user")));
    }
    let pair = Pair { me: caller.user, them: them.id, name: relation, how };
    // First without the lock, which the whole tenant shares: what is refused or was done before takes nobody's time.
    let stored = pair.stored(deps.store.reader()).await?;
    // After what is stored, so that the rules know of a request that was seen there.
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    let (before, after) = pair.look(deps, &facts, &stored, step)?;
    if after == before {
        return Ok(updated(&pair.name, &them, after, how == RelationOrigin::Mutual));
    }

    let mut write = FactWrite::begin(&deps.store, caller.tenant, deps.clock.now_ms()).await.map_err(unavailable)?;
    let facts = deps.facts.latest_in(write.connection(), caller.tenant).await.map_err(unavailable)?;
    let me = people::find(write.connection(), caller.tenant, &[caller.user]).await.map_err(unavailable)?;
    let me = me.into_iter().next().ok_or_else(policy_gate::not_found)?;
    if caller.issued_at_s < me.tokens_valid_from_s {
        return Err(Refusal::new(ErrorCode::Unauthenticated, "the person's tokens were revoked after this one was issued"));
    }
    let (before, after) = pair.look(deps, &facts, &pair.stored(write.connection()).await?, step)?;
    if after != before {
        pair.store(&mut write, before, after).await.map_err(unavailable)?;
        if let Some(version) = write.commit().await.map_err(unavailable)? {
            deps.hub.facts_moved(caller.tenant, version);
        }
        pair.tell(deps, &me, &them, after);
    }
    Ok(updated(&pair.name, &them, after, how == RelationOrigin::Mutual))
}

pub(super) async fn list(
    deps: &CommandDeps,
    caller: Caller,
    relation: Option<String>,
    at: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let after = deps.cursors.open(List::Relations, caller, at, read_position)?;
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    let words = facts.policy.vocabulary();
    if relation.as_deref().is_some_and(|name| words.relation(name).is_none()) {
        return Err(no_such(&facts, "listRelations.relation"));
    }
    // Whom others block or follow is theirs to know.
    let shown = words.relations.iter().filter(|(name, _)| relation.as_ref().is_none_or(|only| only == name));
    let shown: Vec<queries::Shown> =
        shown.map(|(name, how)| queries::Shown { relation: name.clone(), incoming: *how != RelationOrigin::Own }).collect();
    let page = queries::of_person(deps.store.reader(), caller.user, &shown, after.as_ref(), limit + 1).await;
    let page = page.map_err(unavailable)?;
    let more = page.len() > limit as usize;
    let page: Vec<_> = page.into_iter().take(limit as usize).collect();
    let next_cursor = match page.last() {
        Some(last) if more => {
            let queries::Position { changed_at_ms, other, relation, outgoing } = last.position();
            let position = format!("{changed_at_ms}.{other}.{}.{relation}", u8::from(outgoing));
            deps.cursors.seal(List::Relations, caller, &position)
        }
        _ => String::new(),
    };
    let relations = page.into_iter().map(|one| {
        let mutual = words.relation(&one.relation).is_some_and(|relation| words.origin(relation) == RelationOrigin::Mutual);
        let stored_relation = StoredRelation { accepted: one.accepted, outgoing: one.outgoing };
        on_wire(&one.relation, &one.other, Some(stored_relation), mutual)
    });
    Ok(Answer::RelationPage(wire::RelationPage { relations: relations.collect(), next_cursor }))
}

/// Where a page ended, `<changed at>.<other>.<outgoing>.<relation>`.
fn read_position(position: &str) -> Option<queries::Position> {
    let mut deps = position.splitn(4, '.');
    Some(queries::Position {
        changed_at_ms: deps.next()?.parse().ok()?,
        other: deps.next()?.parse().ok()?,
        outgoing: deps.next()?.parse::<u8>().ok()? == 1,
        relation: deps.next().filter(|name| !name.contains('\0'))?.to_owned(),
    })
}

/// How a relation stands, seen from one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct StoredRelation {
    accepted: bool,
    /// It is mine, or I asked.
    outgoing: bool,
}

/// Two people and what is between them.
struct Pair {
    me: UserId,
    them: UserId,
    name: String,
    how: RelationOrigin,
}

impl Pair {
    async fn stored(&self, connection: &impl ConnectionTrait) -> Result<Vec<queries::Between>, Refusal> {
        queries::between(connection, self.me, self.them, &self.name).await.map_err(unavailable)
    }

    /// How it stands, and how it stands after a step, if the rules allow it.
    fn look(
        &self,
        deps: &CommandDeps,
        facts: &Snapshot,
        stored: &[queries::Between],
        step: Step,
    ) -> Result<(Option<StoredRelation>, Option<StoredRelation>), Refusal> {
        let before = self.stored_relation(stored);
        let after = self.after(deps, facts, step, before).map_err(|refusal| refusal.field(step.field("user")))?;
        Ok((before, after))
    }

    /// Of the rows between two people, what counts for me: a one-sided relation of theirs is not mine.
    fn stored_relation(&self, stored: &[queries::Between]) -> Option<StoredRelation> {
        let mine = stored.iter().find(|row| row.from == self.me).or(match self.how {
            RelationOrigin::Mutual => stored.first(),
            RelationOrigin::Own | RelationOrigin::Given => None,
        })?;
        Some(StoredRelation { accepted: mine.accepted, outgoing: mine.from == self.me })
    }

    /// How it stands after a step, if the rules allow it.
    fn after(
        &self,
        deps: &CommandDeps,
        facts: &Snapshot,
        step: Step,
        before: Option<StoredRelation>,
    ) -> Result<Option<StoredRelation>, Refusal> {
        let may = |action| {
            let relation = facts.policy.vocabulary().relation(&self.name);
            let about = facts.user(self.them).zip(relation).map(|(them, relation)| Resource::Relation(them, relation));
            about.ok_or_else(policy_gate::not_found).and_then(|about| deps.gate.allow(facts, action, self.me, about))
        };
        match (self.how, step, before) {
            (RelationOrigin::Given, ..) | (RelationOrigin::Own, Step::Accept, _) => Err(policy_gate::unsupported()),
            (RelationOrigin::Own, Step::Relate, None) => {
                may(if self.name == BLOCK { Action::Block } else { Action::Request })?;
                Ok(Some(StoredRelation { accepted: true, outgoing: true }))
            }
            (RelationOrigin::Own, Step::Relate, Some(_)) => Ok(before),
            // What a person entered alone, a person ends alone.
            (RelationOrigin::Own, Step::End, _) => Ok(None),
            (RelationOrigin::Mutual, Step::Relate, None) => {
                may(Action::Request)?;
                Ok(Some(StoredRelation { accepted: false, outgoing: true }))
            }
            // Two requests that cross are a yes on both sides.
            (RelationOrigin::Mutual, Step::Relate, Some(StoredRelation { accepted: false, outgoing: false })) => {
                may(Action::Accept)?;
                Ok(Some(StoredRelation { accepted: true, outgoing: false }))
            }
            (RelationOrigin::Mutual, Step::Relate | Step::Accept, Some(StoredRelation { accepted: true, .. }))
            | (RelationOrigin::Mutual, Step::Relate, Some(_)) => Ok(before),
            (RelationOrigin::Mutual, Step::Accept, _) => {
                may(Action::Accept)?;
                Ok(Some(StoredRelation { accepted: true, outgoing: false }))
            }
            (RelationOrigin::Mutual, Step::End, Some(StoredRelation { accepted: true, .. })) => {
                may(Action::Unrelate)?;
                Ok(None)
            }
            // To say no, or to take back what was not answered, needs no rule.
            (RelationOrigin::Mutual, Step::End, _) => Ok(None),
        }
    }

    async fn store(
        &self,
        write: &mut FactWrite,
        before: Option<StoredRelation>,
        after: Option<StoredRelation>,
    ) -> Result<(), crate::store::StoreError> {
        // Who asked stays who asked.
        let outgoing = after.or(before).is_none_or(|stored_relation| stored_relation.outgoing);
        let (from, to) = if outgoing { (self.me, self.them) } else { (self.them, self.me) };
        let key = RelationKey { from, relation: self.name.clone(), to };
        let mutual = self.how == RelationOrigin::Mutual;
        match after {
            Some(stored_relation) => {
                let state = if stored_relation.accepted { RelationState::Accepted } else { RelationState::Pending };
                write.relations(&[RelationFact { key, state }], |_| mutual).await?;
            }
            None => {
                write.remove_relations(&[key], |_| mutual).await?;
            }
        }
        Ok(())
    }

    /// Tells one's own devices, and the other person of what is mutual.
    fn tell(&self, deps: &CommandDeps, me: &people::User, them: &people::User, after: Option<StoredRelation>) {
        let mutual = self.how == RelationOrigin::Mutual;
        let event = |other, stored_relation| {
            let relation = Some(on_wire(&self.name, other, stored_relation, mutual));
            Frame::event(Event::RelationChanged(wire::RelationChanged { relation }))
        };
        deps.hub.push_to_user(self.me, &event(them, after));
        if mutual {
            let theirs =
                after.map(|stored_relation| StoredRelation { outgoing: !stored_relation.outgoing, ..stored_relation });
            deps.hub.push_to_user(self.them, &event(me, theirs));
        }
    }
}

fn updated(name: &str, them: &people::User, stored_relation: Option<StoredRelation>, mutual: bool) -> Answer {
    let relation = stored_relation.map(|stored_relation| on_wire(name, them, Some(stored_relation), mutual));
    Answer::RelationUpdated(wire::RelationUpdated { relation })
}

fn on_wire(name: &str, other: &people::User, stored_relation: Option<StoredRelation>, mutual: bool) -> wire::Relation {
    let (state, direction) = match stored_relation {
        None => (RelationState::Unspecified, Direction::Unspecified),
        Some(StoredRelation { accepted: true, .. }) if mutual => (RelationState::Accepted, Direction::Mutual),
        Some(StoredRelation { accepted, outgoing }) => {
            let state = if accepted { RelationState::Accepted } else { RelationState::Pending };
            (state, if outgoing { Direction::Outgoing } else { Direction::Incoming })
        }
    };
    wire::Relation { relation: name.to_owned(), user: Some(other.into()), state: state as i32, direction: direction as i32 }
}

fn no_such(facts: &Snapshot, field: impl Into<String>) -> Refusal {
    let known: Vec<&str> = facts.policy.vocabulary().relations.iter().map(|(name, _)| name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Refusal::new(ErrorCode::Invalid, format!("the tenant's policy has no such relation; it has: {known}")).field(field)
}
