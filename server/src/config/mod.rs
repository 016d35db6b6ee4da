//! The settings. Each section is a struct with defaults and units. All settings are read and validated before the server
//! opens a port.
//!
//! The TOML file overrides the defaults, the environment overrides the file (`CAUSERIE_SECTION__KEY`, and
//! `CAUSERIE_SECTION__KEY_FILE` for a secret in a file), and flags override the environment. To add a setting, add a line to
//! the `section!` of its file, and a check to [`Config::problems`] if the allowed values depend on other settings.

#[macro_use]
mod section;

mod audit;
mod auth;
mod demo;
mod export;
mod import;
mod listen;
mod load;
mod log;
mod page;
mod secret;
mod setting;
mod storage;
mod suggest;
mod traffic;

pub use audit::Audit;
pub use auth::{Auth, NotAKey};
pub use demo::Demo;
pub use export::Export;
pub use import::Import;
pub use listen::Listen;
pub use load::{Loaded, Problem, Problems, Sources, variable};
pub use log::{Log, LogFormat};
pub use page::page;
pub use secret::Secret;
use serde::{Deserialize, Serialize};
pub use setting::{Kind, Setting};
pub use storage::{Data, Database, Redis};
pub(crate) use suggest::suggestion;
pub use traffic::{Handshake, Heartbeat, Limits, Positions, Shutdown};

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the type of each field has a doc comment
pub struct Config {
    pub listen: Listen,
    pub data: Data,
    pub database: Database,
    pub redis: Redis,
    pub auth: Auth,
    pub demo: Demo,
    pub heartbeat: Heartbeat,
    pub handshake: Handshake,
    pub limits: Limits,
    pub import: Import,
    pub export: Export,
    pub shutdown: Shutdown,
    pub positions: Positions,
    pub audit: Audit,
    pub log: Log,
}

/// All settings, in the order of docs/settings.md.
pub fn settings() -> impl Iterator<Item = Setting> {
    let sections = [
        Listen::SETTINGS,
        Data::SETTINGS,
        Database::SETTINGS,
        Redis::SETTINGS,
        Auth::SETTINGS,
        Demo::SETTINGS,
        Heartbeat::SETTINGS,
        Handshake::SETTINGS,
        Limits::SETTINGS,
        Import::SETTINGS,
        Export::SETTINGS,
        Shutdown::SETTINGS,
        Positions::SETTINGS,
        Audit::SETTINGS,
        Log::SETTINGS,
    ];
    sections.into_iter().flatten().copied()
}

impl Config {
    /// Whether this is a single node without PostgreSQL and without Redis.
    #[must_use]
    pub fn embedded(&self) -> bool {
        self.database.url.is_empty() && self.redis.url.is_empty()
    }

    /// Whether a visitor may sign in as a demo user.
    #[must_use]
    pub fn demo_enabled(&self) -> bool {
        self.demo.enabled.unwrap_or(self.embedded() && self.listen.public.ip().is_loopback())
    }

    /// The problems that the check of each single value does not find, as keys and sentences.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let mut problem = |key, text: &str| problems.push((key, text.to_owned()));

        let scheme = |url: &Secret| url.expose().split_once("://").map(|(scheme, _)| scheme.to_owned());
        if !self.database.url.is_empty() && !matches!(scheme(&self.database.url).as_deref(), Some("postgres" | "postgresql"))
        {
            problem("database.url", "expected postgres://user:password@host/database, or nothing for embedded SQLite");
        }
        let are_redis =
            |list: &[String]| list.iter().all(|address| address.starts_with("redis://") || address.starts_with("rediss://"));
        let (servers, sentinels) = (self.redis.servers(), self.redis.sentinels());
        if !are_redis(&servers) {
            problem(
                "redis.url",
                "expected redis://host or rediss://host, or several separated by commas, or nothing for a single node",
            );
        }
        if !are_redis(&sentinels) {
            problem("redis.sentinels", "expected redis://host:26379 or rediss://host:26379, or several separated by commas");
        }
        if !sentinels.is_empty() && servers.len() != 1 {
            problem(
                "redis.url",
                "with `redis.sentinels` expected one address that has the primary's name as host, redis://:password@mymaster",
            );
        }
        if self.database.url.is_empty() && !self.redis.url.is_empty() {
            problem("redis.url", "several nodes need one database: set `database.url` too, or leave `redis.url` empty");
        }
        if self.redis.prefix.is_empty()
            || !self.redis.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            problem("redis.prefix", "expected letters, digits, `-`, `_` and `.`");
        }
        if let Err(error) = self.auth.current() {
            problem("auth.secrets_key", &error.to_string());
        }
        match self.auth.old() {
            Err(error) => problem("auth.secrets_keys_old", &error.to_string()),
            Ok(old) if !old.is_empty() && self.auth.secrets_key.is_empty() => {
                problem("auth.secrets_keys_old", "holds keys that were replaced: set `auth.secrets_key` too");
            }
            Ok(_) => {}
        }
        if self.data.dir.as_os_str().is_empty() {
            problem("data.dir", "expected the path of a folder");
        }
        if self.listen.public == self.listen.internal && self.listen.public.port() != 0 {
            problem("listen.internal", "is the same as `listen.public`: choose another port");
        }
        for origin in &self.listen.origins {
            if let Some(text) = Listen::origin_problem(origin) {
                problem("listen.origins", &text);
            }
        }
        for ancestor in &self.listen.frame_ancestors {
            if let Some(text) = Listen::ancestor_problem(ancestor) {
                problem("listen.frame_ancestors", &text);
            }
        }
        if self.demo.enabled == Some(true) && !self.listen.public.ip().is_loopback() {
            problem(
                "demo.enabled",
                "the demo lets anyone in without a password, so it needs `listen.public` on 127.0.0.1 or ::1",
            );
        }
        if let Some(text) = self.log.level_problem() {
            problem("log.level", &text);
        }
        problems
    }
}
