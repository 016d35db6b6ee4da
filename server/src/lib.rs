//! The Causerie server. ARCHITECTURE.md has a map of the modules and follows a message through them.

pub mod app;
pub mod audit;
pub mod auth;
#[doc(hidden)]
pub mod bench;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod domain;
pub mod facts;
pub mod fanout;
pub mod gateway;
pub mod http;
pub mod jobs;
pub mod language;
pub mod lifecycle;
pub mod limits;
pub mod names;
pub mod plain;
pub mod policies;
pub mod provisioning;
pub mod secrets;
pub mod sessions;
pub mod store;
pub mod tasks;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod writer;
