//! The user of a verified token, looked up in a batch with the other users who connect at the same moment.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::TenantId;
use tokio::time::timeout;

use super::{AuthError, token::Claims};
use crate::{
    clock::Clock,
    domain::{User, UserStatus},
    store::{
        Store, StoreError,
        batcher::{Answers, Batcher},
        queries::{
            facts::write::tombstones,
            tenant_states,
            users::{self, Profile},
        },
    },
    telemetry::Metrics,
};

/// How long the users of a batch wait until the claims of newer tokens are confirmed in the database. After that the users
/// are admitted without it; the risk is that an older token that was never used changes their roles.
const CONFIRM_PATIENCE: Duration = Duration::from_millis(300);
/// Users per batch: one statement looks up this many.
const BATCH_MAX: usize = 500;

/// A user who connects with a verified token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Arrival {
    tenant: TenantId,
    profile: Profile,
    issued_at_s: i64,
}

impl Arrival {
    /// Refuses if the user is not active or the token was revoked.
    fn admitted(&self, user: &User) -> Result<(), AuthError> {
        // An invited user who connects is stored as active: `Profile::is_here`.
        if !matches!(user.status, UserStatus::Active | UserStatus::Invited) {
            return Err(AuthError::Inactive);
        }
        if self.issued_at_s < user.tokens_valid_from_s {
            return Err(AuthError::Revoked);
        }
        Ok(())
    }
}

/// The batched look-up of users. Cheap to clone.
#[derive(Clone)]
pub(super) struct UserLookups(Batcher<Arrival, Found>);

/// The user of a look-up, or `None` if the tenant is suspended.
type Found = Option<User>;

impl UserLookups {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self(Batcher::spawn(BATCH_MAX, move |arrivals| {
            let (store, clock, metrics) = (store.clone(), Arc::clone(&clock), Arc::clone(&metrics));
            #[allow(clippy::cast_precision_loss)] // at most 500
            async move {
                metrics.lookup_batch_size.observe(arrivals.len() as f64);
                look_up(&store, arrivals, clock.now_ms()).await
            }
        }))
    }

    /// Finds, creates or updates the user, unless the user is not active or the token was revoked.
    pub(super) async fn admit(&self, tenant: TenantId, claims: &Claims) -> Result<User, AuthError> {
        let arrival = Arrival { tenant, profile: claims.profile.clone(), issued_at_s: claims.issued_at_s };
        // The look-up creates users who are absent, unless the token may not make an erased user again.
        let Some(user) = self.0.get(arrival.clone()).await?.ok_or(AuthError::Erased)? else {
            return Err(AuthError::Suspended);
        };
        arrival.admitted(&user)?;
        Ok(user)
    }
}

async fn look_up(store: &Store, arrivals: Vec<Arrival>, now_ms: i64) -> Result<Answers<Arrival, Found>, StoreError> {
    let suspended = tenant_states::suspended_of(store.reader(), arrivals.iter().map(|one| one.tenant)).await?;
    let (refused, mut arrivals): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(|one| suspended.contains(&one.tenant));
    // If a batch holds two tokens of a user, the newer token decides: `save` keeps the later of two profiles.
    arrivals.sort_by_key(|one| one.issued_at_s);
    let keys: Vec<_> = arrivals.iter().map(|one| (one.tenant, one.profile.external_id.as_str())).collect();
    let found = users::find_by_external_id(store.reader(), &keys).await?;
    let mut users: HashMap<_, _> = found.into_iter().map(|user| ((user.tenant, user.external_id.clone()), user)).collect();
    let key = |one: &Arrival| (one.tenant, one.profile.external_id.clone());
    let absent: Vec<_> =
        keys.iter().copied().filter(|(tenant, id)| !users.contains_key(&(*tenant, (*id).to_owned()))).collect();
    // Looked up before the fact lock is taken: clients of an erased user retry with their revoked tokens, and must not hold
    // up the tenant. `save` looks again under the lock.
    let tombstones = if absent.is_empty() { HashMap::new() } else { tombstones(store.reader(), &absent).await? };
    // A revoked token must not change the user's profile, nor make an erased user again.
    let is_admitted = |one: &&Arrival| match users.get(&key(one)) {
        Some(user) => one.admitted(user).is_ok(),
        None => tombstones.get(&(one.tenant, one.profile.external_id.as_str())).is_none_or(|of| of.admits(&one.profile)),
    };
    let changes = |one: &&Arrival| users.get(&key(one)).is_none_or(|user| one.profile.changes(user));
    let changed: HashSet<_> = arrivals.iter().filter(is_admitted).filter(changes).map(key).collect();
    // If one token changes a user, all the user's tokens of the batch are saved: a newer token may repeat what is stored
    // while an older token differs from it.
    let due = arrivals.iter().filter(is_admitted).filter(|one| changed.contains(&key(one)));
    let due: Vec<_> = due.map(|one| (one.tenant, &one.profile)).collect();
    if !due.is_empty() {
        users.extend(users::save(store, due, now_ms).await?);
    }
    // For a token that changes nothing, its time of issue is stored once, so that an older token that was not used yet can't
    // change the roles.
    let confirmed = arrivals.iter().filter_map(|one| {
        let user = users.get(&key(one)).filter(|user| one.admitted(user).is_ok() && one.profile.confirms(user))?;
        Some((user, one.issued_at_s))
    });
    let confirmed: Vec<_> = confirmed.collect();
    match timeout(CONFIRM_PATIENCE, users::confirm_claims(store, &confirmed)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the issue times of newer tokens could not be stored"),
        Err(_) => tracing::warn!("storing the issue times of newer tokens took too long"),
    }
    Ok(arrivals
        .into_iter()
        .filter_map(|one| {
            let user = users.get(&(one.tenant, one.profile.external_id.clone())).cloned()?;
            Some((one, Some(user)))
        })
        .chain(refused.into_iter().map(|one| (one, None)))
        .collect())
}
