//! Decides which web pages may connect, and with the tokens of which tenants.
//!
//! A client sends its token only after the WebSocket is open, and a CORS preflight has no token. So a page is admitted in
//! two steps: first if the node or any tenant allows its origin ([`Origins::allows_any`]), and, once the token is known, if
//! the tenant of the token allows it ([`Origins::admit`]).

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_protocol::TenantId;
use tokio::sync::Mutex;

use super::AuthError;
use crate::store::{Store, batcher::Batcher, queries::web_access};

/// How long [`Origins::allows_any`] uses the origins of all tenants before it reads them again.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Tenants per query.
const BATCH_MAX: usize = 512;

/// The origins of the node and of the tenants. Cheap to clone.
#[derive(Clone)]
pub struct Origins(Arc<Inner>);

struct Inner {
    store: Store,
    /// The setting `listen.origins`.
    node: Vec<String>,
    /// Reads the allowed origins of one tenant; several look-ups share a query.
    tenant_origins: Batcher<TenantId, Vec<String>>,
    all: Mutex<AllOrigins>,
}

/// The origins of all tenants together.
#[derive(Default)]
struct AllOrigins {
    /// When the origins were last read, or could not be read.
    read_at: Option<Instant>,
    origins: HashSet<String>,
}

impl Origins {
    /// `node` is the setting `listen.origins`. Needs a tokio runtime.
    #[must_use]
    pub fn new(store: &Store, node: &[String]) -> Self {
        let reader = store.clone();
        let tenant_origins = Batcher::spawn(BATCH_MAX, move |tenants: Vec<TenantId>| {
            let store = reader.clone();
            async move { web_access::origins_of(&store, &tenants).await }
        });
        Self(Arc::new(Inner { store: store.clone(), node: node.to_vec(), tenant_origins, all: Mutex::default() }))
    }

    /// Whether the node or any tenant allows pages of this origin. The origins of tenants are at most a second old, or older
    /// while the database does not answer.
    pub async fn allows_any(&self, origin: &str) -> bool {
        if self.0.node.iter().any(|allowed| allowed == origin) {
            return true;
        }
        let mut all = self.0.all.lock().await;
        if all.read_at.is_none_or(|read_at| read_at.elapsed() >= MAX_AGE) {
            match web_access::all_origins(&self.0.store).await {
                Ok(origins) => all.origins = origins.into_iter().collect(),
                Err(error) => tracing::warn!(%error, "the allowed origins of tenants could not be read"),
            }
            // The time is set after a failure too, so that the requests that wait for the lock do not query the database one
            // after the other.
            all.read_at = Some(Instant::now());
        }
        all.origins.contains(origin)
    }

    /// Checks that a page of this origin may use a token of this tenant.
    ///
    /// # Errors
    /// [`AuthError::ForeignPage`] if the tenant does not allow the origin; [`AuthError::Store`] if the database does not
    /// answer.
    pub async fn admit(&self, tenant: TenantId, origin: &str) -> Result<(), AuthError> {
        let tenant_origins = self.0.tenant_origins.get(tenant).await?;
        let allowed = tenant_origins.as_ref().unwrap_or(&self.0.node);
        match allowed.iter().any(|allowed| allowed == origin) {
            true => Ok(()),
            false => Err(AuthError::ForeignPage { origin: origin.to_owned() }),
        }
    }
}
