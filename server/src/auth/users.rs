//! Looks up the users of verified tokens. Users who connect at the same time are looked up in one batch.

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

/// How long the users of a batch wait while the issue times of newer tokens are stored. After this time the users are
/// admitted without it; the risk is that an older token that was never used changes their roles later.
const CONFIRM_TIMEOUT: Duration = Duration::from_millis(300);
/// The maximum number of users per batch. One statement looks up a batch.
const BATCH_MAX: usize = 500;

/// A user who connects with a verified token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Arrival {
    tenant: TenantId,
    profile: Profile,
    /// When the token was signed. Seconds since 1970 UTC.
    issued_at_s: i64,
}

impl Arrival {
    /// Checks that the stored user is active or invited, and that the token was not revoked.
    fn check_user(&self, user: &User) -> Result<(), AuthError> {
        // An invited user who connects becomes active: `Profile::has_connected`.
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
        // The look-up creates users who are absent, unless the user was erased and the token may not create the user again.
        let Some(user) = self.0.get(arrival.clone()).await?.ok_or(AuthError::Erased)? else {
            return Err(AuthError::Suspended);
        };
        arrival.check_user(&user)?;
        Ok(user)
    }
}

/// Finds, creates or updates the users of a batch. Revoked tokens and tokens of suspended tenants change nothing.
async fn look_up(store: &Store, arrivals: Vec<Arrival>, now_ms: i64) -> Result<Answers<Arrival, Found>, StoreError> {
    let suspended = tenant_states::suspended_among(store.reader(), arrivals.iter().map(|arrival| arrival.tenant)).await?;
    let (refused, mut arrivals): (Vec<_>, Vec<_>) =
        arrivals.into_iter().partition(|arrival| suspended.contains(&arrival.tenant));
    // If a batch contains two tokens of a user, the newer token must win. `save` keeps the later of two profiles.
    arrivals.sort_by_key(|arrival| arrival.issued_at_s);
    let keys: Vec<_> = arrivals.iter().map(|arrival| (arrival.tenant, arrival.profile.external_id.as_str())).collect();
    let found = users::find_by_external_id(store.reader(), &keys).await?;
    let mut users: HashMap<_, _> = found.into_iter().map(|user| ((user.tenant, user.external_id.clone()), user)).collect();
    let key = |arrival: &Arrival| (arrival.tenant, arrival.profile.external_id.clone());
    let absent: Vec<_> =
        keys.iter().copied().filter(|(tenant, id)| !users.contains_key(&(*tenant, (*id).to_owned()))).collect();
    // The tombstones are read before the fact lock is taken: clients of an erased user retry with revoked tokens, and must
    // not take the lock of the tenant each time. `save` reads the tombstones again under the lock.
    let tombstones = if absent.is_empty() { HashMap::new() } else { tombstones(store.reader(), &absent).await? };
    // A revoked token must not change the profile of its user, and must not create an erased user again.
    let may_change_user = |arrival: &&Arrival| match users.get(&key(arrival)) {
        Some(user) => arrival.check_user(user).is_ok(),
        None => tombstones
            .get(&(arrival.tenant, arrival.profile.external_id.as_str()))
            .is_none_or(|tombstone| tombstone.allows(&arrival.profile)),
    };
    let has_changes = |arrival: &&Arrival| users.get(&key(arrival)).is_none_or(|user| arrival.profile.changes(user));
    let changed: HashSet<_> = arrivals.iter().filter(may_change_user).filter(has_changes).map(key).collect();
    // If one token changes a user, all profiles of this user in the batch are saved, because a newer token may agree with
    // the stored profile while an older token differs from it.
    let to_save = arrivals.iter().filter(may_change_user).filter(|arrival| changed.contains(&key(arrival)));
    let to_save: Vec<_> = to_save.map(|arrival| (arrival.tenant, &arrival.profile)).collect();
    if !to_save.is_empty() {
        users.extend(users::save(store, to_save, now_ms).await?);
    }
    // For a token that changes nothing, only its issue time is stored, once. Then an older token that was not used yet can't
    // change the roles.
    let confirmed = arrivals.iter().filter_map(|arrival| {
        let user =
            users.get(&key(arrival)).filter(|user| arrival.check_user(user).is_ok() && arrival.profile.confirms(user))?;
        Some((user, arrival.issued_at_s))
    });
    let confirmed: Vec<_> = confirmed.collect();
    match timeout(CONFIRM_TIMEOUT, users::confirm_claims(store, &confirmed)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the issue times of newer tokens could not be stored"),
        Err(_) => tracing::warn!("storing the issue times of newer tokens took too long"),
    }
    Ok(arrivals
        .into_iter()
        .filter_map(|arrival| {
            let user = users.get(&(arrival.tenant, arrival.profile.external_id.clone())).cloned()?;
            Some((arrival, Some(user)))
        })
        .chain(refused.into_iter().map(|arrival| (arrival, None)))
        .collect())
}
