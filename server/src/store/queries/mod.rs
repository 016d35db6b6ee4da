//! Statements by subject. Each returns plain domain types; columns stay here.

pub mod append;
pub mod conversations;
pub mod directory;
pub mod health;
pub mod keys;
pub mod messages;
pub mod people;
pub mod seats;
pub mod tenants;
