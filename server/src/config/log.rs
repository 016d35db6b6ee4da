//! The format and the level of the log.

use serde::{Deserialize, Serialize};

use super::{setting::Kind, suggest};

section! {
    /// The log, on standard error.
    Log in "log" {
        /// `text` for readers, `json` for programs.
        format: LogFormat = LogFormat::Text, Kind::Choice(&["text", "json"]);
        /// `error`, `warn`, `info`, `debug`, `trace`, or directives by module (`info,causerie_server::fanout=debug`).
        level: String = "info".to_owned(), Kind::Text;
    }
}

/// The levels that a directive may have, alone or after a module.
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

impl Log {
    /// The problem of `level`, if any. `EnvFilter` treats a single word that is not a level as the name of a module, and
    /// then logs nothing of all other modules. Therefore each directive must contain a level.
    pub(super) fn level_problem(&self) -> Option<String> {
        for directive in self.level.split(',').map(str::trim) {
            let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
            if !LEVELS.iter().any(|known| known.eq_ignore_ascii_case(level)) {
                let suggestion = suggest::suggestion(level, &LEVELS);
                return Some(format!(
                    "there is no level `{level}`{suggestion} (there are: {}; directives by module look like \
                     `info,causerie_server::fanout=debug`)",
                    LEVELS.join(", ")
                ));
            }
        }
        let error = tracing_subscriber::EnvFilter::try_new(&self.level).err()?;
        Some(format!("expected a level such as `info`, or directives by module: {error}"))
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for readers.
    Text,
    /// A JSON object for programs.
    Json,
}
