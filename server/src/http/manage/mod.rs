//! The endpoints that are not commands, for back ends and users: one file per endpoint.
//!
//! To add an endpoint, write a type that implements [`endpoint::Endpoint`] in a separate file, with types for the request
//! and the answer from which the schemas are derived, and add a line to [`ENDPOINTS`].

mod audit;
mod decode;
mod endpoint;
pub(super) mod exports;
mod figures;
mod import;
mod jobs;
mod keys;
mod me;
mod messages;
mod ndjson;
mod paging;
mod policy;
mod rows;
pub(super) mod schemas;
mod tenants;
mod users;
mod web_access;

use axum::Router;

use self::{
    endpoint::Entry,
    keys::{OwnTenant, PathTenant},
    schemas::Schemas,
};
use super::{api::Shared, operation::Operation};

/// All endpoints.
const ENDPOINTS: [Entry; 55] = [
    Entry::of::<me::get::GetMe>(),
    Entry::of::<me::get_settings::GetSettings>(),
    Entry::of::<me::put_settings::PutSettings>(),
    Entry::of::<users::put::PutUser>(),
    Entry::of::<users::revoke::RevokeUser>(),
    Entry::of::<users::export::ExportUser>(),
    Entry::of::<users::erase::EraseUser>(),
    Entry::of::<users::erase_texts::EraseUserTexts>(),
    Entry::of::<messages::erase::EraseMessage>(),
    Entry::of::<import::PostImport>(),
    Entry::of::<rows::export::Export>(),
    Entry::of::<rows::search::SearchRows<rows::UserRow>>(),
    Entry::of::<rows::one::GetRow<rows::UserRow>>(),
    Entry::of::<rows::search::SearchRows<rows::GroupRow>>(),
    Entry::of::<rows::one::GetRow<rows::GroupRow>>(),
    Entry::of::<rows::memberships::ListMemberships>(),
    Entry::of::<rows::list::ListRows<rows::RelationRow>>(),
    Entry::of::<policy::get::GetPolicy>(),
    Entry::of::<policy::put::PutPolicy>(),
    Entry::of::<policy::presets::PolicyPresets>(),
    Entry::of::<policy::check::CheckPolicy>(),
    Entry::of::<policy::test::TestPolicy>(),
    Entry::of::<policy::explain::ExplainPolicy>(),
    Entry::of::<policy::diff::DiffPolicy>(),
    Entry::of::<policy::history::PolicyHistory>(),
    Entry::of::<policy::rollback::RollbackPolicy>(),
    Entry::of::<audit::GetAudit>(),
    Entry::of::<figures::GetFigures>(),
    Entry::of::<jobs::list::ListJobs>(),
    Entry::of::<jobs::retry::RetryJob>(),
    Entry::of::<jobs::delete::DeleteJob>(),
    Entry::of::<keys::own::GetKey>(),
    Entry::of::<keys::list_api_keys::ListApiKeys<OwnTenant>>(),
    Entry::of::<keys::create_api_key::CreateApiKey<OwnTenant>>(),
    Entry::of::<keys::revoke_api_key::RevokeApiKey<OwnTenant>>(),
    Entry::of::<keys::list_signing_keys::ListSigningKeys<OwnTenant>>(),
    Entry::of::<keys::add_signing_key::AddSigningKey<OwnTenant>>(),
    Entry::of::<keys::revoke_signing_key::RevokeSigningKey<OwnTenant>>(),
    Entry::of::<keys::list_api_keys::ListApiKeys<PathTenant>>(),
    Entry::of::<keys::create_api_key::CreateApiKey<PathTenant>>(),
    Entry::of::<keys::revoke_api_key::RevokeApiKey<PathTenant>>(),
    Entry::of::<keys::list_signing_keys::ListSigningKeys<PathTenant>>(),
    Entry::of::<keys::add_signing_key::AddSigningKey<PathTenant>>(),
    Entry::of::<keys::revoke_signing_key::RevokeSigningKey<PathTenant>>(),
    Entry::of::<tenants::list::ListTenants>(),
    Entry::of::<tenants::get::GetTenant>(),
    Entry::of::<tenants::create::CreateTenant>(),
    Entry::of::<tenants::rename::RenameTenant>(),
    Entry::of::<tenants::suspend::SuspendTenant>(),
    Entry::of::<tenants::resume::ResumeTenant>(),
    Entry::of::<tenants::delete::DeleteTenant>(),
    Entry::of::<web_access::get::GetWebAccess<OwnTenant>>(),
    Entry::of::<web_access::put::PutWebAccess<OwnTenant>>(),
    Entry::of::<web_access::get::GetWebAccess<PathTenant>>(),
    Entry::of::<web_access::put::PutWebAccess<PathTenant>>(),
];

/// All endpoints as a router.
pub(super) fn router() -> Router<Shared> {
    ENDPOINTS.iter().fold(Router::new(), |router, entry| router.route(entry.path(), entry.handler()))
}

/// The operations of all endpoints. Adds their schemas to `schemas`.
pub(super) fn describe(schemas: &mut Schemas) -> Vec<Operation> {
    ENDPOINTS.iter().map(|entry| entry.describe(schemas)).collect()
}
