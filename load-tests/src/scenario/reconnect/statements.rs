//! SQL statements by their text, and the statements that a load alone does not explain.

use std::collections::HashMap;

use sea_orm::sqlx;

use crate::{Outcome, world::Postgres};

const CALLS: &str = "SELECT query, SUM(calls)::bigint FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_%' GROUP BY query";
/// Part of each transaction; a reconnect needs no transaction.
const BEGIN: &str = "BEGIN";
/// The number of printed characters of a statement.
const CHARACTERS_SHOWN_MAX: usize = 90;

/// How often each statement was executed so far.
pub struct Statements(HashMap<String, f64>);

/// Statements that a load alone does not explain.
#[derive(Debug, Default, PartialEq)]
pub struct Beyond {
    /// Their total number.
    pub count: f64,
    /// Each statement with its number, the most frequent first.
    pub each: Vec<(String, f64)>,
}

impl Statements {
    /// The current counts; `None` if `pg_stat_statements` is not installed.
    ///
    /// # Errors
    /// When the database fails.
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    pub async fn read(postgres: &Postgres) -> Outcome<Option<Self>> {
        if !postgres.counts_statements() {
            return Ok(None);
        }
        let rows: Vec<(String, i64)> = sqlx::query_as(CALLS).fetch_all(postgres.pool()).await?;
        Ok(Some(Self(rows.into_iter().map(|(query, calls)| (query, calls as f64)).collect())))
    }

    /// The statements between `middle` and now that exceed those of the load, which ran alone from `start` to `middle`,
    /// and `times` as long since. Each statement is compared by itself: a busy server stores more messages with fewer
    /// statements, which would otherwise hide others. If there were more transactions than before, there were also more
    /// of the statements in them.
    #[must_use]
    pub fn beyond(&self, start: &Self, middle: &Self, times: f64) -> Beyond {
        let alone = |query: &str| middle.of(query) - start.of(query);
        let since = |query: &str| self.of(query) - middle.of(query);
        let times = times.max(since(BEGIN) / alone(BEGIN).max(1.0));
        let more = self.0.keys().map(|query| (query.clone(), since(query) - alone(query) * times));
        let mut each: Vec<_> = more.filter(|(_, more)| *more > 0.0).collect();
        each.sort_by(|one, other| other.1.total_cmp(&one.1));
        Beyond { count: each.iter().map(|(_, more)| more).sum(), each }
    }

    fn of(&self, query: &str) -> f64 {
        self.0.get(query).copied().unwrap_or(0.0)
    }
}

/// A statement in one line, shortened.
#[must_use]
pub fn shortened(query: &str) -> String {
    let line = query.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARACTERS_SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(counts: &[(&str, f64)]) -> Statements {
        Statements(counts.iter().map(|(query, calls)| ((*query).to_owned(), *calls)).collect())
    }

    #[test]
    fn only_statements_beyond_the_load_count() {
        let start = statements(&[("INSERT", 100.0), ("SELECT a", 50.0)]);
        let middle = statements(&[("INSERT", 200.0), ("SELECT a", 70.0), ("SELECT b", 10.0)]);
        let end = statements(&[("INSERT", 220.0), ("SELECT a", 83.0), ("SELECT b", 15.0), ("SELECT c", 7.0)]);
        let beyond = end.beyond(&start, &middle, 0.5);
        assert_eq!(beyond, Beyond { count: 10.0, each: vec![("SELECT c".into(), 7.0), ("SELECT a".into(), 3.0)] });
    }

    #[test]
    fn more_transactions_explain_their_statements() {
        let start = statements(&[]);
        let middle = statements(&[(BEGIN, 100.0), ("INSERT", 100.0)]);
        let end = statements(&[(BEGIN, 220.0), ("INSERT", 220.0), ("SELECT", 5.0)]);
        assert_eq!(end.beyond(&start, &middle, 1.0), Beyond { count: 5.0, each: vec![("SELECT".into(), 5.0)] });
    }

    #[test]
    fn statements_are_shown_in_one_line() {
        assert_eq!(shortened("SELECT a,\n       b"), "SELECT a, b");
        assert_eq!(shortened(&"é".repeat(200)).chars().count(), CHARACTERS_SHOWN_MAX + 1);
    }
}
