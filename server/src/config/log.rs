//! What the log tells, and in which form.

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] =
    &[Setting { key: "log.format", kind: Kind::Choice(&["text", "json"]) }, Setting { key: "log.level", kind: Kind::Text }];

/// The log, on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for machines. Default `text`.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives by module (`info,causerie_server::fanout=debug`). Default
    /// `info`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line to read.
    Text,
    /// A JSON object.
    Json,
}
