//! Merges the sources of settings and names the source of each problem.

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
/// The variable that names the settings file if there is no `--config`; not a setting.
const FILE_VARIABLE: &str = "CAUSERIE_CONFIG";

/// The sources of settings. Passed in, so that tests need not change the environment of the process.
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
        // A name or value that is not UTF-8 is skipped: every setting is text.
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
    /// The source of each setting, by key; a key that is absent has its default.
    pub sources: BTreeMap<String, String>,
}

/// One problem of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `section.key`, or the variable or file that is wrong as a whole.
    pub key: String,
    /// The source of the value.
    pub source: String,
    /// What is wrong and what was expected. Never the value of a secret.
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
    /// All problems, each with key, source and the expected value.
    pub fn load(sources: &Sources) -> Result<Loaded, Problems> {
        let mut merge = Merge::default();
        let variable = sources.environment.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        if let Some(file) = sources.file.as_deref().or(variable.map(|(_, path)| Path::new(path))) {
            merge.file(file);
        }
        merge.environment(&sources.environment);
        merge.flags(&sources.flags);
        merge.finish()
    }
}

#[derive(Default)]
struct Merge {
    values: BTreeMap<&'static str, (Value, String)>,
    problems: Vec<Problem>,
}

impl Merge {
    fn problem(&mut self, key: impl Into<String>, source: &str, text: impl Into<String>) {
        self.problems.push(Problem { key: key.into(), source: source.to_owned(), text: text.into() });
    }

    fn set(&mut self, setting: Setting, value: Result<Value, InvalidValue>, source: String) {
        match value {
            Ok(value) => {
                self.values.insert(setting.key, (value, source));
            }
            Err(InvalidValue(value)) => {
                // Neither a secret nor a value in its place is shown.
                let value = value.filter(|_| !matches!(setting.kind, Kind::Secret));
                let given = value.map(|value| format!(", not `{}`", shortened(&value))).unwrap_or_default();
                self.problem(setting.key, &source, format!("expected {}{given}", setting.kind.expected()));
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let source = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.problem("--config", &source, format!("expected a file that can be read: {error}")),
        };
        match text.parse::<toml::Table>() {
            Ok(table) => {
                for (section, value) in table {
                    self.table(section, value, &source);
                }
            }
            Err(error) => self.problem("--config", &source, format!("expected TOML: {error}")),
        }
    }

    fn table(&mut self, key: String, value: toml::Value, source: &str) {
        if let Some(setting) = find(&key) {
            let value = json(value).ok_or(InvalidValue(None)).and_then(|value| setting.kind.check(value));
            return self.set(setting, value, source.to_owned());
        }
        let section = format!("{key}.");
        match value {
            toml::Value::Table(table) if settings().any(|setting| setting.key.starts_with(&section)) => {
                for (name, value) in table {
                    self.table(format!("{key}.{name}"), value, source);
                }
            }
            _ => {
                let text = suggest::unknown(&key);
                self.problem(key, source, text);
            }
        }
    }

    fn environment(&mut self, variables: &[(String, String)]) {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| name != FILE_VARIABLE) else { continue };
            let source = format!("environment variable {name}");
            let Some(key) = rest.split_once("__").map(|(section, key)| format!("{section}.{key}").to_ascii_lowercase())
            else {
                // Variables of other programs may begin with the same prefix; a variable that names one of the sections is a
                // mistake.
                if let Some((section, key)) = rest.to_ascii_lowercase().split_once('_')
                    && settings().any(|setting| setting.key.starts_with(&format!("{section}.")))
                {
                    self.problem(
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
                    self.problem(setting.key, &source, "expected either the value or a file that holds it, not both");
                    continue;
                }
                match std::fs::read_to_string(text) {
                    Ok(secret) => self.set(setting, setting.kind.parse(secret.trim_end_matches(['\r', '\n'])), source),
                    Err(error) => {
                        self.problem(setting.key, &source, format!("expected the path of a file that can be read: {error}"));
                    }
                }
            } else if let Some(setting) = find(&key) {
                self.set(setting, setting.kind.parse(text), source);
            } else {
                let text = suggest::unknown(&key);
                self.problem(key, &source, text);
            }
        }
    }

    fn flags(&mut self, flags: &[(String, String)]) {
        for (key, text) in flags {
            let source = format!("flag --set {key}");
            match find(key) {
                Some(setting) => self.set(setting, setting.kind.parse(text), source),
                None => self.problem(key, &source, suggest::unknown(key)),
            }
        }
    }

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
                self.problem("settings", "all sources", error.to_string());
                return Err(Problems(self.problems));
            }
        };
        for (key, text) in config.problems() {
            let source = self.values.get(key).map_or_else(|| "default".to_owned(), |(_, source)| source.clone());
            self.problem(key, &source, text);
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
fn json(value: toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::String(text) => text.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json).collect::<Option<_>>()?),
        toml::Value::Table(_) => return None,
    })
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
