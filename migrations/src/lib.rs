//! The database schema: each file is one migration. README.md describes how a running system is upgraded.
//!
//! SQLite and PostgreSQL share the SQL statements. Types that differ are placeholders in braces, which `sql::run` replaces.
//! Times are milliseconds since 1970 UTC in `BIGINT`. Ids are 16 bytes (`uuid` or `BLOB`).

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_tenants;
mod m0002_users;
mod m0003_conversations;
mod m0004_messages;
mod m0005_facts;
mod m0006_copies;
mod m0007_mails;
mod m0008_claims;
mod m0009_log;
mod m0010_write_probe;
mod m0011_rollbacks;
mod m0012_shared_values;
mod m0013_no_tokens;
mod m0014_jobs;
mod m0015_erased_users;
mod m0016_audit_of_users;
mod m0017_suspended_tenants;
mod m0018_hidden_messages;
mod m0019_web_access;
mod m0020_about;
mod sql;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tenants::Migration),
            Box::new(m0002_users::Migration),
            Box::new(m0003_conversations::Migration),
            Box::new(m0004_messages::Migration),
            Box::new(m0005_facts::Migration),
            Box::new(m0006_copies::Migration),
            Box::new(m0007_mails::Migration),
            Box::new(m0008_claims::Migration),
            Box::new(m0009_log::Migration),
            Box::new(m0010_write_probe::Migration),
            Box::new(m0011_rollbacks::Migration),
            Box::new(m0012_shared_values::Migration),
            Box::new(m0013_no_tokens::Migration),
            Box::new(m0014_jobs::Migration),
            Box::new(m0015_erased_users::Migration),
            Box::new(m0016_audit_of_users::Migration),
            Box::new(m0017_suspended_tenants::Migration),
            Box::new(m0018_hidden_messages::Migration),
            Box::new(m0019_web_access::Migration),
            Box::new(m0020_about::Migration),
        ]
    }
}
