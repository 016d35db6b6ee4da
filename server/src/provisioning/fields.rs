//! Reads the fields of a row one by one. After a row was read, the fields that were not read are unknown fields.

use causerie_protocol::{ErrorCode, Refusal, Timestamp};
use serde::{
    Deserialize as _,
    de::{IntoDeserializer, value::Error},
};
use serde_json::{Map, Value};

use crate::{
    names::visible,
    plain::{not_expected, shortened},
};

/// The reason why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field that is wrong; empty if the row as a whole is wrong.
    pub field: String,
    /// One sentence for the developer of the product.
    pub message: String,
    /// The code of the refusal.
    pub code: ErrorCode,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::new(fault.code, fault.message).field(fault.field)
    }
}

impl Fault {
    /// A fault in this field, with the code `invalid`.
    #[must_use]
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into(), code: ErrorCode::Invalid }
    }

    fn with_code(code: ErrorCode, field: &str, message: impl Into<String>) -> Self {
        Self { code, ..Self::new(field, message) }
    }
}

/// The fields of a row. A field that is `null` counts as absent.
pub(super) struct Fields {
    /// The fields that were not read yet.
    object: Map<String, Value>,
    /// The names of the fields that were read, for the error about an unknown field.
    known: Vec<&'static str>,
}

impl Fields {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self { object, known: Vec::new() }
    }

    /// Removes a field and returns its value.
    fn take(&mut self, field: &'static str) -> Option<Value> {
        self.known.push(field);
        self.object.remove(field).filter(|value| !value.is_null())
    }

    /// A text of at most this many bytes, without control characters.
    pub(super) fn text(&mut self, field: &'static str, bytes_max: usize) -> Result<Option<String>, Fault> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() > bytes_max => {
                Err(Fault::with_code(ErrorCode::TooLarge, field, format!("`{field}` has more than {bytes_max} bytes")))
            }
            Some(Value::String(text)) if text.contains(char::is_control) => {
                Err(Fault::new(field, format!("`{field}` contains control characters")))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Fault::with_code(ErrorCode::Malformed, field, not_expected(field, &other, "a text"))),
        }
    }

    /// A name in its stored form ([`visible::stored_form`]).
    pub(super) fn visible_name(&mut self, field: &'static str, bytes_max: usize) -> Result<Option<String>, Fault> {
        let Some(name) = self.text(field, bytes_max)? else { return Ok(None) };
        let stored = visible::stored_form(&name).map(Some);
        stored.ok_or_else(|| Fault::new(field, format!("`{field}` {}", visible::NOTHING_VISIBLE)))
    }

    /// A text that must be present and not empty.
    pub(super) fn required_text(&mut self, field: &'static str, bytes_max: usize) -> Result<String, Fault> {
        match self.text(field, bytes_max)? {
            None => Err(Fault::new(field, format!("`{field}` is missing"))),
            Some(text) if text.is_empty() => Err(Fault::new(field, format!("`{field}` is empty"))),
            Some(text) => Ok(text),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, field: &'static str) -> Result<Option<Vec<String>>, Fault> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let items = value.as_array().into_iter().flatten();
        let texts: Option<Vec<String>> = items.map(|item| item.as_str().map(str::to_owned)).collect();
        match texts.filter(|_| value.is_array()) {
            Some(texts) => Ok(Some(texts)),
            None => Err(Fault::with_code(ErrorCode::Malformed, field, not_expected(field, &value, "a list of texts"))),
        }
    }

    /// The value of one of these words.
    pub(super) fn choice<T: Copy>(&mut self, field: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        let Some(value) = self.take(field) else { return Ok(None) };
        match words.iter().find(|(word, _)| value.as_str() == Some(word)) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(Fault::new(field, not_expected(field, &value, &format!("one of {}", words.join(", ")))))
            }
        }
    }

    /// `true` or `false`; `false` if absent.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, Fault> {
        match self.take(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(Fault::with_code(ErrorCode::Malformed, field, not_expected(field, &other, "true or false"))),
        }
    }

    /// A text, a number or a flag, as a text.
    pub(super) fn scalar_as_text(&mut self, field: &'static str, bytes_max: usize) -> Result<Option<String>, Fault> {
        if let Some(value @ (Value::Number(_) | Value::Bool(_))) = self.object.get(field) {
            let text = value.to_string();
            self.object.insert(field.to_owned(), text.into());
        }
        self.text(field, bytes_max)
    }

    /// A time in RFC 3339, or a date, which means midnight UTC. Returns milliseconds since 1970 UTC.
    pub(super) fn moment(&mut self, field: &'static str) -> Result<Option<i64>, Fault> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let moment = value.as_str().and_then(moment);
        let expected = "a date such as `2026-09-01` or a time such as `2026-09-01T08:00:00Z` (RFC 3339)";
        moment.map(Some).ok_or_else(|| Fault::new(field, not_expected(field, &value, expected)))
    }

    /// Refuses the row if a field was not read: a field without effect would mislead the developer.
    pub(super) fn refuse_unread(self) -> Result<(), Fault> {
        match self.object.keys().next() {
            None => Ok(()),
            Some(unknown) => {
                let (unknown_shown, known) = (shortened(unknown), self.known.join(", "));
                let message = format!("a row of this type has no field `{unknown_shown}`; its fields are {known}");
                Err(Fault::new(unknown, message))
            }
        }
    }
}

/// Parses a time in RFC 3339, or a date. Milliseconds since 1970 UTC.
fn moment(text: &str) -> Option<i64> {
    let midnight = format!("{text}T00:00:00Z");
    let text = if text.len() == "2026-09-01".len() { &midnight } else { text };
    let parsed = Timestamp::deserialize(IntoDeserializer::<Error>::into_deserializer(text)).ok()?;
    parsed.seconds.checked_mul(1000)?.checked_add(i64::from(parsed.nanos / 1_000_000))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        Fields::new(value.as_object().cloned().expect("an object"))
    }

    #[test]
    fn times_are_dates_or_times_with_a_zone() {
        let table: &[(&str, Option<i64>)] = &[
            ("1970-01-02", Some(86_400_000)),
            ("2026-09-01T00:00:00Z", Some(1_788_220_800_000)),
            ("2026-09-01T02:00:00.250+02:00", Some(1_788_220_800_250)),
            ("2028-02-29", Some(1_835_395_200_000)),
            ("2027-02-29", None),
            ("2026-13-01", None),
            ("2026-09-01T00:00:00", None),
            ("01/09/2026", None),
            ("september!", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(moment(text), *expected, "{text}");
        }
    }

    #[test]
    fn an_error_about_a_wrong_value_names_its_field() {
        let row = || fields(json!({ "a": 7, "b": "\u{7}", "c": "xxxx", "d": ["x", 1], "e": "yes", "f": "" }));
        assert_eq!(row().text("a", 3).expect_err("a number").field, "a");
        assert_eq!(row().text("b", 3).expect_err("a bell").field, "b");
        assert_eq!(row().text("c", 3).expect_err("long").field, "c");
        assert_eq!(row().texts("d").expect_err("a number").field, "d");
        assert_eq!(row().flag("e").expect_err("a text").field, "e");
        assert_eq!(row().required_text("f", 3), Err(Fault::new("f", "`f` is empty")));
        assert_eq!(row().required_text("g", 3), Err(Fault::new("g", "`g` is missing")));
        assert_eq!(row().moment("a").expect_err("a number").field, "a");
        assert_eq!(
            row().choice("c", &[("on", 1)]).expect_err("another word").message,
            "`c` is \"xxxx\", expected one of on"
        );
    }

    #[test]
    fn fields_that_are_not_read_are_refused() {
        let mut row = fields(json!({ "name": "Léa", "nmae": "Léa", "locale": null }));
        assert_eq!(row.text("name", 9), Ok(Some("Léa".to_owned())));
        assert_eq!(row.text("locale", 9), Ok(None));
        assert_eq!(row.refuse_unread().expect_err("a typing error").field, "nmae");
    }

    #[test]
    fn settings_may_be_numbers_and_flags() {
        let mut row = fields(json!({ "a": 50, "b": true, "c": [1] }));
        assert_eq!(row.scalar_as_text("a", 9), Ok(Some("50".to_owned())));
        assert_eq!(row.scalar_as_text("b", 9), Ok(Some("true".to_owned())));
        assert!(row.scalar_as_text("c", 9).is_err());
    }
}
