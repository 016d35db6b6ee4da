//! The answer of an import, one JSON object per line.

use serde::Serialize;

use super::fields::Fault;

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Answer {
    Row(RowAnswer),
    Progress { progress: Tally },
    Summary { summary: Summary },
}

/// The outcome of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowAnswer {
    /// The number of the row's line in the body, from 1; absent for a fact that `replace` removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The outcome in one word.
    pub result: Result,
    /// The type of the row; empty if the row has none.
    pub r#type: String,
    /// The id of the fact, in readable form.
    pub id: String,
    /// The field that caused the refusal; empty if the row as a whole caused it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Why the row was refused.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl RowAnswer {
    /// The outcome of a row of the body. `row` is the number of its line, `fact` is the type and the id of the fact.
    #[must_use]
    pub fn new(row: u64, fact: (String, String), verdict: &std::result::Result<Result, Fault>) -> Self {
        let (r#type, id) = fact;
        let (result, field, message) = match verdict {
            Ok(result) => (*result, String::new(), String::new()),
            Err(fault) => (Result::Refused, fault.field.clone(), fault.message.clone()),
        };
        Self { row: Some(row), result, r#type, id, field, message }
    }

    /// The outcome of a fact that no row names and `replace` removed.
    #[must_use]
    pub fn removed(r#type: &str, id: String) -> Self {
        Self {
            row: None,
            result: Result::Removed,
            r#type: r#type.to_owned(),
            id,
            field: String::new(),
            message: String::new(),
        }
    }
}

/// The outcome of a row in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Result {
    Created,
    Updated,
    Unchanged,
    Removed,
    Refused,
}

/// The rows so far, counted by outcome. `removed` includes the facts that `replace` removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs)]
pub struct Tally {
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub removed: u64,
    pub refused: u64,
}

impl Tally {
    /// Counts one more row.
    pub fn count(&mut self, result: Result) {
        self.rows += 1;
        *match result {
            Result::Created => &mut self.created,
            Result::Updated => &mut self.updated,
            Result::Unchanged => &mut self.unchanged,
            Result::Removed => &mut self.removed,
            Result::Refused => &mut self.refused,
        } += 1;
    }
}

/// The last line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The counts of the rows.
    #[serde(flatten)]
    pub tally: Tally,
    /// Whether it was a dry run: nothing was stored.
    pub dry_run: bool,
    /// A version of the tenant's facts that contains all rows; absent if the version could not be read.
    pub facts_version: Option<String>,
    /// Why rows are missing, or why `replace` removed nothing; absent if everything was done.
    pub stopped: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_answer_have_the_documented_form() {
        let line = |answer: &Answer| serde_json::to_string(answer).expect("is JSON");
        let fact = ("user".to_owned(), "lea".to_owned());
        let refused = RowAnswer::new(12, fact.clone(), &Err(Fault::new("role", "no such role")));
        assert_eq!(
            line(&Answer::Row(refused)),
            r#"{"row":12,"result":"refused","type":"user","id":"lea","field":"role","message":"no such role"}"#
        );
        let created = RowAnswer::new(1, fact, &Ok(Result::Created));
        assert_eq!(line(&Answer::Row(created)), r#"{"row":1,"result":"created","type":"user","id":"lea"}"#);
        let mut tally = Tally::default();
        tally.count(Result::Removed);
        let counts = r#""rows":1,"created":0,"updated":0,"unchanged":0,"removed":1,"refused":0"#;
        assert_eq!(line(&Answer::Progress { progress: tally }), format!(r#"{{"progress":{{{counts}}}}}"#));
        let summary = Summary { tally, dry_run: false, facts_version: Some("17".to_owned()), stopped: None };
        let expected = format!(r#"{{"summary":{{{counts},"dry_run":false,"facts_version":"17","stopped":null}}}}"#);
        assert_eq!(line(&Answer::Summary { summary }), expected);
    }
}
