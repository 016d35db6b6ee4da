//! Statements by subject. Each returns plain domain types; columns stay here.

pub mod append;
pub mod audit;
pub mod authored;
pub mod conversations;
pub mod copies;
pub mod facts;
pub mod health;
pub mod inbox;
pub mod jobs;
pub mod keys;
pub mod mails;
pub mod members;
pub mod messages;
pub mod pages;
pub mod people;
pub mod purge;
pub mod seats;
pub mod shared;
pub mod tenants;
