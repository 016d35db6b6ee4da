//! The kinds of settings, and the parser of their values.

use std::net::SocketAddr;

use serde_json::Value;

/// The description of a setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name `section.key`, as in files and flags.
    pub key: &'static str,
    /// The values that the setting accepts.
    pub kind: Kind,
    /// What the setting does, in Markdown.
    pub about: &'static str,
}

/// The values that a setting accepts.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// An IP address and a port, `127.0.0.1:8080`. With port 0, the system chooses the port.
    Address,
    /// Any text.
    Text,
    /// A text that is never printed and may be read from a separate file (`…_FILE`).
    Secret,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds, both included.
    Whole(u64, u64),
    /// One of the words of this list.
    Choice(&'static [&'static str]),
    /// A list of texts; separated by commas in environment and flags.
    List,
}

/// The error for a value that the setting does not accept. It has the value, except if the value can't be written as text.
/// [`Kind::expected`] describes the accepted values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue(pub Option<String>);

impl Kind {
    /// A description of the accepted values, for an error text.
    #[must_use]
    pub fn expected(self) -> String {
        match self {
            Self::Address => "an IP address and a port such as 127.0.0.1:8080".to_owned(),
            Self::Text | Self::Secret => "a text (in a file between quotes)".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Whole(min, max) => format!("a whole number from {min} to {max}"),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::List => {
                "a list of texts (in a file `[\"a\", \"b\"]`, in environment and flags separated by commas)".to_owned()
            }
        }
    }

    /// Parses the text of a value from environment or flags.
    ///
    /// # Errors
    /// [`InvalidValue`] if the setting does not accept the text.
    pub fn parse(self, text: &str) -> Result<Value, InvalidValue> {
        match self {
            Self::Flag => text.parse::<bool>().map(Value::Bool).map_err(|_| InvalidValue(Some(text.to_owned()))),
            Self::Whole(..) => {
                let number = text.parse::<u64>().map_err(|_| InvalidValue(Some(text.to_owned())));
                number.and_then(|number| self.check(number.into()))
            }
            Self::List => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(items.map(Value::from).collect())
            }
            Self::Address | Self::Text | Self::Secret | Self::Choice(_) => self.check(text.into()),
        }
    }

    /// Checks a value from a file. Values in a file are typed, so a number in quotes is a text.
    ///
    /// # Errors
    /// [`InvalidValue`] if the setting does not accept the value.
    pub fn check(self, value: Value) -> Result<Value, InvalidValue> {
        let is_valid = match (self, &value) {
            (Self::Address, Value::String(text)) => text.parse::<SocketAddr>().is_ok(),
            (Self::Text | Self::Secret, Value::String(_)) | (Self::Flag, Value::Bool(_)) => true,
            (Self::Whole(min, max), Value::Number(number)) => {
                number.as_u64().is_some_and(|number| (min..=max).contains(&number))
            }
            (Self::Choice(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::List, Value::Array(items)) => items.iter().all(Value::is_string),
            _ => false,
        };
        if is_valid {
            return Ok(value);
        }
        Err(InvalidValue(Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_parsed_as_values() {
        let table: &[(Kind, &str, Option<Value>)] = &[
            (Kind::Address, "127.0.0.1:0", Some(json!("127.0.0.1:0"))),
            (Kind::Address, "[::1]:8080", Some(json!("[::1]:8080"))),
            (Kind::Address, "8080", None),
            (Kind::Address, "localhost:8080", None),
            (Kind::Flag, "true", Some(json!(true))),
            (Kind::Flag, "yes", None),
            (Kind::Whole(1, 10), "10", Some(json!(10))),
            (Kind::Whole(1, 10), "11", None),
            (Kind::Whole(1, 10), "0", None),
            (Kind::Whole(1, 10), "-1", None),
            (Kind::Whole(1, 10), "1.5", None),
            (Kind::Whole(1, 10), "", None),
            (Kind::Choice(&["text", "json"]), "json", Some(json!("json"))),
            (Kind::Choice(&["text", "json"]), "JSON", None),
            (Kind::List, "https://a.example, https://b.example,", Some(json!(["https://a.example", "https://b.example"]))),
            (Kind::List, "", Some(json!([]))),
            // A text that looks like a number stays a text.
            (Kind::Text, "123", Some(json!("123"))),
        ];
        for (kind, text, value) in table {
            assert_eq!(kind.parse(text).ok(), *value, "{kind:?} from `{text}`");
        }
    }

    #[test]
    fn values_in_a_file_have_types() {
        assert!(Kind::Whole(1, 10).check(json!("5")).is_err(), "a number in quotes is a text");
        assert!(Kind::Flag.check(json!(1)).is_err());
        assert!(Kind::Text.check(json!(5)).is_err());
        assert!(Kind::List.check(json!(["a", 1])).is_err());
        assert!(Kind::Whole(1, 10).check(json!(5.0)).is_err());
    }
}
