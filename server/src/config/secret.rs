//! A text that must not be printed.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// The text that is printed in place of a secret that is set.
pub const HIDDEN: &str = "(hidden)";

/// A password, or an address that contains a password. Its printed, logged and serialized form shows only whether it is set.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Makes a secret from a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret text, for example to open a connection with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the secret is not set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "\"\"" } else { HIDDEN })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { HIDDEN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("postgres://causerie:hunter2@db/causerie");
        let printed = format!("{secret:?} {}", serde_json::to_string(&secret).expect("serializes"));
        assert!(!printed.contains("hunter2"), "{printed}");
        assert_eq!(secret.expose(), "postgres://causerie:hunter2@db/causerie");
    }

    #[test]
    fn debug_output_shows_whether_a_secret_is_set() {
        assert_eq!(format!("{:?}", Secret::default()), "\"\"");
        assert_eq!(format!("{:?}", Secret::new("x")), HIDDEN);
    }
}
