//! Statements by subject. Each returns plain domain types; columns stay here.

pub mod directory;
pub mod keys;
pub mod people;
pub mod tenants;
