//! Prints docs/settings.md from the settings and their defaults.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Config, Kind, settings};

const HEAD: &str = "# Settings

`causerie settings` prints this page. [Operating](operating.md#settings) says where settings come from; `causerie check-config` prints
the values in effect and the source of each.

| setting | default | values | |
|---|---|---|---|
";

/// The text of docs/settings.md in Markdown, with one row for each setting.
#[must_use]
pub fn page() -> String {
    // The value of a secret is never serialized, and no secret has a default.
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut page = HEAD.to_owned();
    for setting in settings() {
        let (section, name) = setting.key.split_once('.').unwrap_or((setting.key, ""));
        let default = match &defaults[section][name] {
            Value::Null => "not set".to_owned(),
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::Array(items) if items.is_empty() => "empty".to_owned(),
            Value::String(text) => format!("`{text}`"),
            value => format!("`{value}`"),
        };
        let values = match setting.kind {
            Kind::Address => "IP address and port".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Secret => "secret".to_owned(),
            Kind::Flag => "`true`, `false`".to_owned(),
            Kind::Whole(min, max) => format!("{min} to {max}"),
            Kind::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Kind::List => "list".to_owned(),
        };
        let _ = writeln!(page, "| `{}` | {default} | {values} | {} |", setting.key, setting.about.trim());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After an intended change, update the page with `CAUSERIE_BLESS=1 cargo test -p causerie-server --lib config::page`.
    #[test]
    fn the_page_in_docs_lists_all_settings() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
        if std::env::var_os("CAUSERIE_BLESS").is_some() {
            std::fs::write(file, page()).expect("the page is writable");
        }
        assert_eq!(std::fs::read_to_string(file).expect("the page exists"), page());
    }
}
