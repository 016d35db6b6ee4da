//! What the tenant set.

use super::Setting;
use crate::vocabulary::{SettingWord, Vocabulary};

/// One setting's value, in the forms it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Value {
    text: String,
    /// Its place in the setting's values; 0 where there are none.
    choice: u8,
    /// Of a number; milliseconds of a duration.
    number: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    values: Vec<Value>,
}

impl Settings {
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self { values: vocabulary.settings.iter().map(default).collect() }
    }

    /// A value the policy does not know is the default, and so is `None`.
    pub fn set(&mut self, vocabulary: &Vocabulary, setting: Setting, value: Option<&str>) {
        let at = usize::from(setting.0);
        if let (Some(word), Some(slot)) = (vocabulary.settings.get(at), self.values.get_mut(at)) {
            *slot = value.and_then(|text| read(word, text)).unwrap_or_else(|| default(word));
        }
    }

    /// Empty for a setting the policy does not have.
    pub fn text(&self, setting: Setting) -> &str {
        self.values.get(usize::from(setting.0)).map_or("", |value| &value.text)
    }

    pub fn choice(&self, setting: Setting) -> Option<u8> {
        self.values.get(usize::from(setting.0)).map(|value| value.choice)
    }

    pub fn number(&self, setting: Setting) -> Option<i64> {
        self.values.get(usize::from(setting.0)).map(|value| value.number)
    }
}

fn default(word: &SettingWord) -> Value {
    let number = word.number.unwrap_or(0);
    let text = word.values.first().cloned().unwrap_or_else(|| number.to_string());
    Value { text, choice: 0, number }
}

fn read(word: &SettingWord, text: &str) -> Option<Value> {
    if word.values.is_empty() {
        return number(text).map(|number| Value { text: text.to_owned(), choice: 0, number });
    }
    let choice = u8::try_from(word.values.iter().position(|value| value == text)?).ok()?;
    Some(Value { text: text.to_owned(), choice, number: 0 })
}

/// A whole number, `50`, or a duration in milliseconds: `200ms`, `30s`, `15m`, `12h`, `7d`.
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
