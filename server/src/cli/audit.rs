//! `causerie audit`: prints lines of the audit log of a tenant.

use clap::Args;

use super::{Outcome, Settings};
use crate::{
    audit::{Actors, Entry, Filter, page, unknown_action},
    clock::{from_rfc3339, rfc3339},
    plain::isolated,
};

/// The number of entries per query.
const PAGE: u32 = 1_000;

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// Only lines from this day or moment on (RFC 3339, UTC): `2026-09-01`, `2026-09-01T07:30:00Z`.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<i64>,
    /// Only lines of this action: `start`, `policy.set`.
    #[arg(long, value_parser = known_action)]
    action: Option<String>,
    /// The most lines to print.
    #[arg(long, value_name = "LINES", default_value_t = PAGE)]
    limit: u32,
}

impl Audit {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let mut filter = Filter { since_ms: self.since, action: self.action, ..Filter::default() };
        let actors = Actors::read(&store, tenant.id).await?;
        let (mut remaining, mut found) = (self.limit, false);
        while remaining > 0 {
            let lines = page(&store, tenant.id, &filter, remaining.min(PAGE)).await?;
            let Some((last, _)) = lines.last() else { break };
            filter.before = Some(*last);
            found = true;
            remaining -= u32::try_from(lines.len()).unwrap_or(remaining).min(remaining);
            for (_, entry) in &lines {
                println!("{}", line(entry, &actors));
            }
        }
        if !found {
            eprintln!("there is nothing in the audit of `{}` that fits", self.tenant);
        }
        Ok(())
    }
}

/// The printed line of an entry.
fn line(entry: &Entry, actors: &Actors) -> String {
    let mut columns = vec![rfc3339(entry.at_ms), actors.shown(&entry.actor), entry.action.clone()];
    columns.push(if entry.target.is_empty() { "-".to_owned() } else { actors.shown(&entry.target) });
    columns.push(entry.outcome.name().to_owned());
    if !entry.rule.is_empty() {
        columns.push(format!("rule={}", entry.rule));
    }
    columns.extend(entry.detail.iter().map(|(name, value)| format!("{name}={}", isolated(&value.to_string()))));
    columns.join(" ")
}

fn known_action(name: &str) -> Result<String, String> {
    unknown_action(name).map_or_else(|| Ok(name.to_owned()), Err)
}

fn moment(text: &str) -> Result<i64, String> {
    let expected = "expected a day or a moment such as 2026-09-01 or 2026-09-01T07:30:00Z";
    from_rfc3339(text).ok_or_else(|| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed() {
        assert_eq!(moment("1970-01-02"), Ok(86_400_000));
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(1_000));
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn a_line_reads_from_left_to_right() {
        let detail = [("code", "cannot_start".into())];
        let entry = Entry { rule: "staff".to_owned(), ..crate::audit::done("user:lea", "start", "user:tom", detail, 0) };
        assert_eq!(
            line(&entry, &Actors::default()),
            "1970-01-01T00:00:00Z user:lea start user:tom done rule=staff code=\"cannot_start\""
        );
    }
}
