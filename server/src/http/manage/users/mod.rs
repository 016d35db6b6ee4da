//! Endpoints with which back ends create, change, export, revoke and erase users.

pub mod erase;
pub mod erase_texts;
pub mod export;
pub mod put;
pub mod revoke;
