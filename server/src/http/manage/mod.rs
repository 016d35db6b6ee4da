//! What back ends and users ask beside commands: a file per endpoint.
//!
//! To add one: a type that implements [`endpoint::Endpoint`] in a file of its own, with its request and answer as types whose schemas
//! are derived, and its line in [`ENDPOINTS`].

mod audit;
mod decode;
mod endpoint;
mod import;
mod jobs;
mod me;
mod policy;
pub(super) mod schemas;
mod users;

use axum::Router;

use self::{endpoint::Entry, schemas::Schemas};
use super::{api::Shared, operation::Operation};

/// All endpoints.
const ENDPOINTS: [Entry; 15] = [
    Entry::of::<me::GetMe>(),
    Entry::of::<users::put::PutUser>(),
    Entry::of::<users::revoke::RevokeUser>(),
    Entry::of::<import::PostImport>(),
    Entry::of::<policy::get::GetPolicy>(),
    Entry::of::<policy::put::PutPolicy>(),
    Entry::of::<policy::check::CheckPolicy>(),
    Entry::of::<policy::explain::ExplainPolicy>(),
    Entry::of::<policy::diff::DiffPolicy>(),
    Entry::of::<policy::history::PolicyHistory>(),
    Entry::of::<policy::rollback::RollbackPolicy>(),
    Entry::of::<audit::GetAudit>(),
    Entry::of::<jobs::list::ListJobs>(),
    Entry::of::<jobs::retry::RetryJob>(),
    Entry::of::<jobs::delete::DeleteJob>(),
];

/// All endpoints as a router.
pub(super) fn router() -> Router<Shared> {
    ENDPOINTS.iter().fold(Router::new(), |router, entry| router.route(entry.path(), entry.handler()))
}

/// All endpoints as operations; their schemas are added to the others.
pub(super) fn describe(schemas: &mut Schemas) -> Vec<Operation> {
    ENDPOINTS.iter().map(|entry| entry.describe(schemas)).collect()
}
