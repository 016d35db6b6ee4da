//! The values of the settings of a tenant.

use super::SettingId;
use crate::vocabulary::{SettingDeclaration, Vocabulary};

/// The value of one setting, in the forms that conditions read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SettingValue {
    text: String,
    /// The index of the value in the list of declared values; 0 for a setting that is a number or a duration.
    choice: u8,
    /// The value of a number, or of a duration in milliseconds; 0 for a setting with declared values.
    number: i64,
}

/// The values of all settings that the policy declares, in the order of their declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingValues {
    values: Vec<SettingValue>,
}

impl SettingValues {
    /// The defaults of all settings.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self { values: vocabulary.settings.iter().map(default_value).collect() }
    }

    /// Sets the value of a setting. `None` and a value that the policy does not declare set the default.
    pub fn set(&mut self, vocabulary: &Vocabulary, setting: SettingId, value: Option<&str>) {
        let index = usize::from(setting.0);
        if let (Some(declaration), Some(slot)) = (vocabulary.settings.get(index), self.values.get_mut(index)) {
            *slot = value.and_then(|text| parse(declaration, text)).unwrap_or_else(|| default_value(declaration));
        }
    }

    /// The value as text; empty for a setting that the policy does not have.
    pub fn text(&self, setting: SettingId) -> &str {
        self.values.get(usize::from(setting.0)).map_or("", |value| &value.text)
    }

    /// The index of the value in the list of declared values.
    pub fn choice(&self, setting: SettingId) -> Option<u8> {
        self.values.get(usize::from(setting.0)).map(|value| value.choice)
    }

    /// The value of a number, or of a duration in milliseconds.
    pub fn number(&self, setting: SettingId) -> Option<i64> {
        self.values.get(usize::from(setting.0)).map(|value| value.number)
    }
}

fn default_value(declaration: &SettingDeclaration) -> SettingValue {
    let number = declaration.number.unwrap_or(0);
    let text = declaration.values.first().cloned().unwrap_or_else(|| number.to_string());
    SettingValue { text, choice: 0, number }
}

fn parse(declaration: &SettingDeclaration, text: &str) -> Option<SettingValue> {
    if declaration.values.is_empty() {
        return number(text).map(|number| SettingValue { text: text.to_owned(), choice: 0, number });
    }
    let choice = u8::try_from(declaration.values.iter().position(|value| value == text)?).ok()?;
    Some(SettingValue { text: text.to_owned(), choice, number: 0 })
}

/// Parses a whole number (`50`), or a duration (`200ms`, `30s`, `15m`, `12h`, `7d`) into milliseconds. `None` for every
/// other text.
pub fn number(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let unit_ms = match text.get(digits.len()..)? {
        "" | "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => 24 * 60 * 60 * 1000,
        _ => return None,
    };
    digits.parse::<i64>().ok().filter(|number| *number >= 0)?.checked_mul(unit_ms)
}
