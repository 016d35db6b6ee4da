//! Merges the sources of settings, and reports each problem with its source.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::{
    Config,
    setting::{InvalidValue, Kind, Setting},
    settings, suggest,
};
use crate::plain::shortened;

const PREFIX: &str = "CAUSERIE_";
/// The variable with the path of the settings file, used without `--config`. It is not a setting.
const FILE_VARIABLE: &str = "CAUSERIE_CONFIG";

/// The name of the environment variable of a setting. `key` is the key of the setting, such as `listen.public`.
#[must_use]
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// The sources of settings. The caller passes them, so that tests need not change the environment of the process.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file of `--config`; without it, the file that `CAUSERIE_CONFIG` names.
    pub file: Option<PathBuf>,
    /// Environment variables; variables that do not begin with `CAUSERIE_` are ignored.
    pub environment: Vec<(String, String)>,
    /// `--set section.key=value`.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The environment of the process, without flags.
    #[must_use]
    pub fn from_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        // A variable whose name or value is not UTF-8 is ignored, because every setting is text.
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { file, environment: environment.collect(), flags }
    }
}

/// Valid settings.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The source of each setting, by key. A setting without an entry has its default.
    pub sources: BTreeMap<String, String>,
}

/// One problem of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting (`section.key`), an unknown key, or `--config` for a file that can't be read.
    pub key: String,
    /// The source of the value.
    pub source: String,
    /// The problem and the expected values. It never contains the value of a secret.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` from {}: {}", self.key, self.source, self.text)
    }
}

/// All problems of the settings, so that the operator can correct them at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not valid:{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
pub struct Problems(pub Vec<Problem>);

impl Config {
    /// Reads, merges and validates the sources.
    ///
    /// # Errors
    /// Returns [`Problems`]: all problems, each with its key, its source and the expected values.
    pub fn load(sources: &Sources) -> Result<Loaded, Problems> {
        let mut merge = Merge::default();
        let variable = sources.environment.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        if let Some(file) = sources.file.as_deref().or(variable.map(|(_, path)| Path::new(path))) {
            merge.read_file(file);
        }
        merge.read_environment(&sources.environment);
        merge.read_flags(&sources.flags);
        merge.finish()
    }
}

/// The merged values of the sources that were read so far.
#[derive(Default)]
struct Merge {
    /// The value of each setting and its source, by key.
    values: BTreeMap<&'static str, (Value, String)>,
    problems: Vec<Problem>,
}

impl Merge {
    fn add_problem(&mut self, key: impl Into<String>, source: &str, text: impl Into<String>) {
        self.problems.push(Problem { key: key.into(), source: source.to_owned(), text: text.into() });
    }

    /// Sets a value, or adds a problem if the value is invalid.
    fn set(&mut self, setting: Setting, value: Result<Value, InvalidValue>, source: String) {
        match value {
            Ok(value) => {
                self.values.insert(setting.key, (value, source));
            }
            Err(InvalidValue(value)) => {
                // The invalid value of a secret is not shown either.
                let value = value.filter(|_| !matches!(setting.kind, Kind::Secret));
                let given = value.map(|value| format!(", not `{}`", shortened(&value))).unwrap_or_default();
                self.add_problem(setting.key, &source, format!("expected {}{given}", setting.kind.expected()));
            }
        }
    }

    fn read_file(&mut self, path: &Path) {
        let source = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return self.add_problem("--config", &source, format!("expected a file that can be read: {error}"));
            }
        };
        match text.parse::<toml::Table>() {
            Ok(table) => {
                for (section, value) in table {
                    self.read_table(section, value, &source);
                }
            }
            Err(error) => self.add_problem("--config", &source, format!("expected TOML: {error}")),
        }
    }

    /// Reads a value of the file. `key` is the key of a setting, or a part of it if the value is a table.
    fn read_table(&mut self, key: String, value: toml::Value, source: &str) {
        if let Some(setting) = find(&key) {
            let value = to_json(value).ok_or(InvalidValue(None)).and_then(|value| setting.kind.check(value));
            return self.set(setting, value, source.to_owned());
        }
        let section = format!("{key}.");
        match value {
            toml::Value::Table(table) if settings().any(|setting| setting.key.starts_with(&section)) => {
                for (name, value) in table {
                    self.read_table(format!("{key}.{name}"), value, source);
                }
            }
            _ => {
                let text = suggest::unknown(&key);
                self.add_problem(key, source, text);
            }
        }
    }

    fn read_environment(&mut self, variables: &[(String, String)]) {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| name != FILE_VARIABLE) else { continue };
            let source = format!("environment variable {name}");
            let Some(key) = rest.split_once("__").map(|(section, key)| format!("{section}.{key}").to_ascii_lowercase())
            else {
                // Variables of other programs may begin with the same prefix. A variable that continues with the name of a
                // section is a mistake.
                if let Some((section, key)) = rest.to_ascii_lowercase().split_once('_')
                    && settings().any(|setting| setting.key.starts_with(&format!("{section}.")))
                {
                    self.add_problem(
                        format!("{section}.{key}"),
                        &source,
                        format!(
                            "expected two underscores between section and key: `{PREFIX}{}__{}`",
                            section.to_uppercase(),
                            key.to_uppercase()
                        ),
                    );
                }
                continue;
            };
            let from_file = key.strip_suffix("_file").and_then(find).filter(|setting| matches!(setting.kind, Kind::Secret));
            if let Some(setting) = from_file {
                if variables.iter().any(|(other, _)| Some(other.as_str()) == name.strip_suffix("_FILE")) {
                    self.add_problem(setting.key, &source, "expected either the value or a file that holds it, not both");
                    continue;
                }
                match std::fs::read_to_string(text) {
                    Ok(secret) => self.set(setting, setting.kind.parse(secret.trim_end_matches(['\r', '\n'])), source),
                    Err(error) => {
                        self.add_problem(
                            setting.key,
                            &source,
                            format!("expected the path of a file that can be read: {error}"),
                        );
                    }
                }
            } else if let Some(setting) = find(&key) {
                self.set(setting, setting.kind.parse(text), source);
            } else {
                let text = suggest::unknown(&key);
                self.add_problem(key, &source, text);
            }
        }
    }

    fn read_flags(&mut self, flags: &[(String, String)]) {
        for (key, text) in flags {
            let source = format!("flag --set {key}");
            match find(key) {
                Some(setting) => self.set(setting, setting.kind.parse(text), source),
                None => self.add_problem(key, &source, suggest::unknown(key)),
            }
        }
    }

    /// The valid settings, or all problems.
    fn finish(mut self) -> Result<Loaded, Problems> {
        if !self.problems.is_empty() {
            return Err(Problems(self.problems));
        }
        let mut sections: Map<String, Value> = Map::new();
        for (key, (value, _)) in &self.values {
            let (section, name) = key.split_once('.').expect("every key has a section; a test checks");
            let section = sections.entry(section).or_insert_with(|| Value::Object(Map::new()));
            section.as_object_mut().expect("made above").insert(name.to_owned(), value.clone());
        }
        // Each value was checked against its kind, so an error here means that a kind allows more than the type of its
        // field.
        let config: Config = match serde_json::from_value(Value::Object(sections)) {
            Ok(config) => config,
            Err(error) => {
                self.add_problem("settings", "all sources", error.to_string());
                return Err(Problems(self.problems));
            }
        };
        for (key, text) in config.problems() {
            let source = self.values.get(key).map_or_else(|| "default".to_owned(), |(_, source)| source.clone());
            self.add_problem(key, &source, text);
        }
        if !self.problems.is_empty() {
            return Err(Problems(self.problems));
        }
        let sources = self.values.into_iter().map(|(key, (_, source))| (key.to_owned(), source)).collect();
        Ok(Loaded { config, sources })
    }
}

fn find(key: &str) -> Option<Setting> {
    settings().find(|setting| setting.key == key)
}

/// A TOML value as JSON; `None` for a table, because no setting is a table.
fn to_json(value: toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::String(text) => text.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(to_json).collect::<Option<_>>()?),
        toml::Value::Table(_) => return None,
    })
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
