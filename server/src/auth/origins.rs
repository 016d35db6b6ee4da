//! Which web pages may connect, and with the tokens of which tenants.
//!
//! A token comes after the WebSocket is open, and a CORS preflight has none. So a page is first admitted if the node or any
//! tenant allows its origin ([`Origins::allows_any`]); once the token is known, its tenant decides ([`Origins::admit`]).

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_protocol::TenantId;
use tokio::sync::Mutex;

use super::AuthError;
use crate::store::{Store, batcher::Batcher, queries::web_access};

/// For how long a change of a tenant's origins may be unknown before a token is known.
const FRESH: Duration = Duration::from_secs(1);
/// Tenants per query.
const BATCH_MAX: usize = 512;

/// The origins of the node and of the tenants. Cheap to clone.
#[derive(Clone)]
pub struct Origins(Arc<Inner>);

struct Inner {
    store: Store,
    /// The setting `listen.origins`.
    node: Vec<String>,
    of_tenants: Batcher<TenantId, Vec<String>>,
    all: Mutex<AllOrigins>,
}

/// The origins of all tenants together.
#[derive(Default)]
struct AllOrigins {
    /// When they were read, or could not be read, for the last time.
    read_at: Option<Instant>,
    origins: HashSet<String>,
}

impl Origins {
    /// `node`: the setting `listen.origins`. Needs a tokio runtime.
    #[must_use]
    pub fn new(store: &Store, node: &[String]) -> Self {
        let reader = store.clone();
        let of_tenants = Batcher::spawn(BATCH_MAX, move |tenants: Vec<TenantId>| {
            let store = reader.clone();
            async move { web_access::origins_of(&store, &tenants).await }
        });
        Self(Arc::new(Inner { store: store.clone(), node: node.to_vec(), of_tenants, all: Mutex::default() }))
    }

    /// Whether the node or any tenant allows pages of this origin. The origins of tenants are at most a second old, or older
    /// while the database does not answer.
    pub async fn allows_any(&self, origin: &str) -> bool {
        if self.0.node.iter().any(|allowed| allowed == origin) {
            return true;
        }
        let mut all = self.0.all.lock().await;
        if all.read_at.is_none_or(|read_at| read_at.elapsed() >= FRESH) {
            match web_access::all_origins(&self.0.store).await {
                Ok(origins) => all.origins = origins.into_iter().collect(),
                Err(error) => tracing::warn!(%error, "the allowed origins of tenants could not be read"),
            }
            // After a failure too: requests that wait for the lock do not each wait for the database.
            all.read_at = Some(Instant::now());
        }
        all.origins.contains(origin)
    }

    /// Admits a page of this origin with a token of this tenant.
    ///
    /// # Errors
    /// [`AuthError::ForeignPage`] if the tenant does not allow the origin; [`AuthError::Store`] if the database does not
    /// answer.
    pub async fn admit(&self, tenant: TenantId, origin: &str) -> Result<(), AuthError> {
        let of_tenant = self.0.of_tenants.get(tenant).await?;
        let allowed = of_tenant.as_ref().unwrap_or(&self.0.node);
        match allowed.iter().any(|allowed| allowed == origin) {
            true => Ok(()),
            false => Err(AuthError::ForeignPage { origin: origin.to_owned() }),
        }
    }
}
