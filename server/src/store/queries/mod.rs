//! Statements by subject. They return types of [`domain`](crate::domain); columns stay here.

pub mod append;
pub mod audit;
pub mod authored;
pub mod columns;
pub mod conversations;
pub mod facts;
pub mod health;
pub mod inbox;
pub mod jobs;
pub mod keys;
pub mod mails;
pub mod member_context;
pub mod members;
pub mod messages;
pub mod own_deletions;
pub mod pages;
pub mod people;
pub mod positions;
pub mod purge;
pub mod shared;
pub mod starters;
pub mod tenant_deletion;
pub mod tenant_states;
pub mod tenants;
pub mod write_tx;
