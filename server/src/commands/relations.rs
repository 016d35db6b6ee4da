//! Relations that users request, accept and end themselves. `provisioning` writes the relations that only the product's back
//! end may set.

use causerie_policy::{Action, RelationOrigin, Resource};
use causerie_protocol::{
    ErrorCode, Refusal, UserId,
    command::UserRef,
    wire,
    wire::{Direction, event::Kind as Event, reply::Result as Answer},
};

use sea_orm::ConnectionTrait;

use super::{CommandDeps, cursor::List, start};
use crate::{
    auth::{AuthError, Caller},
    domain::{RelationState, User, UserStatus},
    facts::{Snapshot, policy_gate, towards::BLOCK},
    sessions::Frame,
    store::queries::{
        facts::{FactWrite, RelationFact, RelationKey, relations as queries},
        users,
    },
};

/// A change of a relation that the caller requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Enter a one-sided relation, or request a mutual relation.
    Relate,
    /// Accept the other user's request.
    Accept,
    /// End the relation, decline the other user's request, or withdraw the caller's own request.
    End,
}

impl Step {
    /// The path of the field `name` in the request, for example `relate.user`.
    fn field(self, name: &str) -> String {
        let command = match self {
            Self::Relate => "relate",
            Self::Accept => "acceptRelation",
            Self::End => "unrelate",
        };
        format!("{command}.{name}")
    }
}

/// Executes a step. A step that changes the relation is decided and stored under the lock of the tenant's facts.
///
/// # Errors
/// A `Refusal` if the policy has no relation with this name, if users may not do this step with the relation, if the rules
/// do not allow the step, if the other user is the caller, if the other user does not exist (except for [`Step::End`]), if
/// the caller is not active, if the caller's credential was revoked, or if the database does not answer.
pub(super) async fn step(
    deps: &CommandDeps,
    caller: Caller,
    relation: String,
    user: UserRef,
    step: Step,
) -> Result<Answer, Refusal> {
    let facts = deps.facts.latest(caller.tenant).await?;
    let vocabulary = facts.policy.vocabulary();
    let origin =
        vocabulary.origin(vocabulary.relation(&relation).ok_or_else(|| unknown_relation(&facts, step.field("relation")))?);
    // This check runs before the other user is looked up, so the refusal reveals nothing about which users exist.
    if origin == RelationOrigin::Given || (origin == RelationOrigin::Own && step == Step::Accept) {
        return Err(policy_gate::unsupported());
    }
    let found = users::resolve(deps.store.reader(), caller.tenant, std::slice::from_ref(&user)).await?;
    let Some(other) = found.into_iter().next().flatten() else {
        return match step {
            // This is also the answer for an existing user with whom the caller has no relation.
            Step::End => Ok(Answer::RelationUpdated(wire::RelationUpdated { relation: None })),
            Step::Relate | Step::Accept => {
                let action = match step {
                    Step::Relate if relation == BLOCK => Action::Block,
                    Step::Accept => Action::Accept,
                    _ => Action::Request,
                };
                let unknown = format!("user:{}", start::requested_id(&user));
                Err(deps.gate.unknown(&facts, action, caller.user, unknown).field(step.field("user")))
            }
        };
    };
    if other.id == caller.user {
        return Err(
            Refusal::new(ErrorCode::Invalid, "a user can't have a relation with themselves").field(step.field("user"))
        );
    }
    let pair = Pair { caller: caller.user, other: other.id, name: relation, origin };
    // The step is first decided without the lock, because all writes to the tenant's facts wait for it. A step that is
    // refused or changes nothing ends here and does not take the lock.
    let stored = pair.stored(deps.store.reader()).await?;
    // The facts are read after the stored rows, so that the facts contain every request of these rows.
    let facts = deps.facts.latest(caller.tenant).await?;
    let (before, after) = pair.before_and_after(deps, &facts, &stored, step)?;
    if after == before {
        return Ok(updated(&pair.name, &other, after, origin == RelationOrigin::Mutual));
    }

    let write = FactWrite::begin(&deps.store, caller.tenant, deps.clock.now_ms()).await?;
    let mut write = write.requested_by(caller.credential.api_key()).await?;
    let facts = deps.facts.latest_in(write.connection(), caller.tenant).await?;
    let found = users::find(write.connection(), caller.tenant, &[caller.user]).await?;
    let user = found.into_iter().next().ok_or_else(policy_gate::not_found)?;
    // The rules refuse users who are not active, but not every step evaluates the rules: a user may always end their own
    // one-sided relation. Therefore the status is checked here.
    if user.status != UserStatus::Active {
        return Err(AuthError::Inactive.into());
    }
    caller.credential.require_signed_from(user.tokens_valid_from_s)?;
    let (before, after) = pair.before_and_after(deps, &facts, &pair.stored(write.connection()).await?, step)?;
    if after != before {
        pair.store(&mut write, before, after).await?;
        if let Some(version) = write.commit().await? {
            deps.hub.facts_changed(caller.tenant, version);
        }
        pair.publish(deps, &user, &other, after);
    }
    Ok(updated(&pair.name, &other, after, origin == RelationOrigin::Mutual))
}

/// Returns one page of the caller's relations, the relations that changed last first. `relation` selects the relations of
/// one name; `None` selects all. `cursor` is empty for the first page.
///
/// # Errors
/// A `Refusal` if the cursor is not valid, if the policy has no relation with this name, or if the database does not answer.
pub(super) async fn list(
    deps: &CommandDeps,
    caller: Caller,
    relation: Option<String>,
    cursor: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let after = deps.cursors.open(List::Relations, caller, cursor, parse_position)?;
    let facts = deps.facts.latest(caller.tenant).await?;
    let vocabulary = facts.policy.vocabulary();
    if relation.as_deref().is_some_and(|name| vocabulary.relation(name).is_none()) {
        return Err(unknown_relation(&facts, "listRelations.relation"));
    }
    // A one-sided relation such as `block` or `follow` is listed only for the user who entered it.
    let listed = vocabulary.relations.iter().filter(|(name, _)| relation.as_ref().is_none_or(|selected| selected == name));
    let listed = listed
        .map(|(name, origin)| queries::ListedKind { relation: name.clone(), incoming: *origin != RelationOrigin::Own });
    let listed: Vec<queries::ListedKind> = listed.collect();
    let page = queries::of_user(deps.store.reader(), caller.user, &listed, after.as_ref(), limit + 1).await?;
    let has_more = page.len() > limit as usize;
    let page: Vec<_> = page.into_iter().take(limit as usize).collect();
    let next_cursor = match page.last() {
        Some(last) if has_more => {
            let queries::Position { changed_at_ms, other, relation, outgoing } = last.position();
            let position = format!("{changed_at_ms}.{other}.{}.{relation}", u8::from(outgoing));
            deps.cursors.seal(List::Relations, caller, &position)
        }
        _ => String::new(),
    };
    let relations = page.into_iter().map(|row| {
        let mutual =
            vocabulary.relation(&row.relation).is_some_and(|relation| vocabulary.origin(relation) == RelationOrigin::Mutual);
        let stored_relation = StoredRelation { accepted: row.accepted, outgoing: row.outgoing };
        to_wire(&row.relation, &row.other, Some(stored_relation), mutual)
    });
    Ok(Answer::RelationPage(wire::RelationPage { relations: relations.collect(), next_cursor }))
}

/// Parses a position of the form `<changed at>.<other>.<outgoing>.<relation>`. The time is in milliseconds since 1970 UTC.
fn parse_position(position: &str) -> Option<queries::Position> {
    let mut parts = position.splitn(4, '.');
    Some(queries::Position {
        changed_at_ms: parts.next()?.parse().ok()?,
        other: parts.next()?.parse().ok()?,
        outgoing: parts.next()?.parse::<u8>().ok()? == 1,
        relation: parts.next().filter(|name| !name.contains('\0'))?.to_owned(),
    })
}

/// A stored relation, from the side of one of its two users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct StoredRelation {
    /// The relation is in force. A mutual relation is not accepted while it is only requested.
    accepted: bool,
    /// This user entered or requested the relation.
    outgoing: bool,
}

/// The two users and the relation of a step.
struct Pair {
    caller: UserId,
    other: UserId,
    /// The name of the relation in the policy.
    name: String,
    /// How the policy declares the relation.
    origin: RelationOrigin,
}

impl Pair {
    /// Reads the rows of the relation between the two users.
    async fn stored(&self, connection: &impl ConnectionTrait) -> Result<Vec<queries::RelationBetween>, Refusal> {
        Ok(queries::between(connection, self.caller, self.other, &self.name).await?)
    }

    /// The relation before and after a step, or the refusal if the rules do not allow the step.
    fn before_and_after(
        &self,
        deps: &CommandDeps,
        facts: &Snapshot,
        stored: &[queries::RelationBetween],
        step: Step,
    ) -> Result<(Option<StoredRelation>, Option<StoredRelation>), Refusal> {
        let before = self.stored_relation(stored);
        let after = self.after(deps, facts, step, before).map_err(|refusal| refusal.field(step.field("user")))?;
        Ok((before, after))
    }

    /// The relation in the rows between the two users, as the caller sees it. A one-sided relation that the other user
    /// entered is ignored.
    fn stored_relation(&self, stored: &[queries::RelationBetween]) -> Option<StoredRelation> {
        let row = stored.iter().find(|row| row.from == self.caller).or(match self.origin {
            RelationOrigin::Mutual => stored.first(),
            RelationOrigin::Own | RelationOrigin::Given => None,
        })?;
        Some(StoredRelation { accepted: row.accepted, outgoing: row.from == self.caller })
    }

    /// The relation after a step, or the refusal if the rules do not allow the step.
    fn after(
        &self,
        deps: &CommandDeps,
        facts: &Snapshot,
        step: Step,
        before: Option<StoredRelation>,
    ) -> Result<Option<StoredRelation>, Refusal> {
        let require_allowed = |action| {
            let relation = facts.policy.vocabulary().relation(&self.name);
            let resource = facts.user(self.other).zip(relation).map(|(other, relation)| Resource::Relation(other, relation));
            resource
                .ok_or_else(policy_gate::not_found)
                .and_then(|resource| deps.gate.allow(facts, action, self.caller, resource))
        };
        match (self.origin, step, before) {
            (RelationOrigin::Given, ..) | (RelationOrigin::Own, Step::Accept, _) => Err(policy_gate::unsupported()),
            (RelationOrigin::Own, Step::Relate, None) => {
                require_allowed(if self.name == BLOCK { Action::Block } else { Action::Request })?;
                Ok(Some(StoredRelation { accepted: true, outgoing: true }))
            }
            (RelationOrigin::Own, Step::Relate, Some(_)) => Ok(before),
            // A user may always end a one-sided relation that they entered.
            (RelationOrigin::Own, Step::End, _) => Ok(None),
            (RelationOrigin::Mutual, Step::Relate, None) => {
                require_allowed(Action::Request)?;
                Ok(Some(StoredRelation { accepted: false, outgoing: true }))
            }
            // The other user has requested the same relation: this request accepts it.
            (RelationOrigin::Mutual, Step::Relate, Some(StoredRelation { accepted: false, outgoing: false })) => {
                require_allowed(Action::Accept)?;
                Ok(Some(StoredRelation { accepted: true, outgoing: false }))
            }
            (RelationOrigin::Mutual, Step::Relate | Step::Accept, Some(StoredRelation { accepted: true, .. }))
            | (RelationOrigin::Mutual, Step::Relate, Some(_)) => Ok(before),
            (RelationOrigin::Mutual, Step::Accept, _) => {
                require_allowed(Action::Accept)?;
                Ok(Some(StoredRelation { accepted: true, outgoing: false }))
            }
            (RelationOrigin::Mutual, Step::End, Some(StoredRelation { accepted: true, .. })) => {
                require_allowed(Action::Unrelate)?;
                Ok(None)
            }
            // Declining or withdrawing a request that was not accepted needs no rule.
            (RelationOrigin::Mutual, Step::End, _) => Ok(None),
        }
    }

    /// Writes or removes the row of the relation.
    async fn store(
        &self,
        write: &mut FactWrite,
        before: Option<StoredRelation>,
        after: Option<StoredRelation>,
    ) -> Result<(), crate::store::StoreError> {
        // `from` is the user who requested the relation, even after the other user accepted it.
        let outgoing = after.or(before).is_none_or(|stored_relation| stored_relation.outgoing);
        let (from, to) = if outgoing { (self.caller, self.other) } else { (self.other, self.caller) };
        let key = RelationKey { from, relation: self.name.clone(), to };
        let mutual = self.origin == RelationOrigin::Mutual;
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

    /// Sends the change to the caller's sessions and, if the relation is mutual, to the other user's sessions.
    fn publish(&self, deps: &CommandDeps, caller: &User, other: &User, after: Option<StoredRelation>) {
        let mutual = self.origin == RelationOrigin::Mutual;
        let event = |peer, stored_relation| {
            let relation = Some(to_wire(&self.name, peer, stored_relation, mutual));
            Frame::event(Event::RelationChanged(wire::RelationChanged { relation }))
        };
        deps.hub.push_to_user(self.caller, &event(other, after));
        if mutual {
            let seen_by_other =
                after.map(|stored_relation| StoredRelation { outgoing: !stored_relation.outgoing, ..stored_relation });
            deps.hub.push_to_user(self.other, &event(caller, seen_by_other));
        }
    }
}

/// The answer to a step: the relation after the step, or none.
fn updated(name: &str, other: &User, stored_relation: Option<StoredRelation>, mutual: bool) -> Answer {
    let relation = stored_relation.map(|stored_relation| to_wire(name, other, Some(stored_relation), mutual));
    Answer::RelationUpdated(wire::RelationUpdated { relation })
}

/// Converts a relation to the wire message. `None` means that the two users have no relation with this name.
fn to_wire(name: &str, other: &User, stored_relation: Option<StoredRelation>, mutual: bool) -> wire::Relation {
    let (state, direction) = match stored_relation {
        None => (wire::RelationState::Unspecified, Direction::Unspecified),
        Some(StoredRelation { accepted: true, .. }) if mutual => (wire::RelationState::Accepted, Direction::Mutual),
        Some(StoredRelation { accepted, outgoing }) => {
            let state = if accepted { wire::RelationState::Accepted } else { wire::RelationState::Pending };
            (state, if outgoing { Direction::Outgoing } else { Direction::Incoming })
        }
    };
    wire::Relation { relation: name.to_owned(), user: Some(other.into()), state: state as i32, direction: direction as i32 }
}

/// The refusal of a relation that the policy does not declare. It lists the declared relations.
fn unknown_relation(facts: &Snapshot, field: impl Into<String>) -> Refusal {
    let declared: Vec<&str> = facts.policy.vocabulary().relations.iter().map(|(name, _)| name.as_str()).collect();
    let declared = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    Refusal::new(ErrorCode::Invalid, format!("the tenant's policy has no such relation; it has: {declared}")).field(field)
}
