//! Truths joined so that what is known before the query is not asked in it.

/// Known already, or a condition for the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    Always,
    Never,
    /// Whole as it stands: needs no brackets around it.
    If(String),
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::Always } else { Self::Never }
    }
}

impl Truth {
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        for truth in truths {
            match truth {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::If(part) => parts.push(part),
            }
        }
        Self::join(parts, " AND ", Self::Always)
    }

    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        for truth in truths {
            match truth {
                Self::Always => return Self::Always,
                Self::Never => {}
                Self::If(part) => parts.push(part),
            }
        }
        Self::join(parts, " OR ", Self::Never)
    }

    pub fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::If(part) => Self::If(format!("NOT {part}")),
        }
    }

    pub fn into_sql(self) -> String {
        match self {
            Self::Always => "1 = 1".to_owned(),
            Self::Never => "1 = 0".to_owned(),
            Self::If(part) => part,
        }
    }

    fn join(mut parts: Vec<String>, between: &str, empty: Self) -> Self {
        match parts.len() {
            0 => empty,
            1 => Self::If(parts.remove(0)),
            _ => Self::If(format!("({})", parts.join(between))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, Always, If, Never};

    #[test]
    fn known_truths_are_not_asked() {
        let part = || If("a".to_owned());
        for (truth, expected) in [
            (Truth::all([]), Always),
            (Truth::any([]), Never),
            (Truth::all([Always, part()]), part()),
            (Truth::all([part(), Never]), Never),
            (Truth::any([Never, part()]), part()),
            (Truth::any([part(), Always]), Always),
            (Truth::any([part(), part()]), If("(a OR a)".to_owned())),
            (Truth::all([part(), part()]).not(), If("NOT (a AND a)".to_owned())),
            (Never.not(), Always),
        ] {
            assert_eq!(truth, expected);
        }
    }
}
