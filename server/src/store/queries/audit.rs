//! The audit log: actions of back ends and operators, and denials.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::Map;
use uuid::Uuid;

use crate::store::{
    Store, StoreError,
    rows::{Column, Rows, statement},
};

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The actor: `user:lea`, `key:<id>`, `cli:root`.
    pub actor: String,
    /// The action: an action of the rule language, or a call such as `policy.set`.
    pub action: String,
    /// The target: `user:tom`, `group:6a`, `conversation:<id>`, `policy:3`; empty if the action has no target.
    pub target: String,
    /// Whether the action was executed or refused.
    pub outcome: Outcome,
    /// The rule that denied the action; empty if no rule denied it.
    pub rule: String,
    /// Further details. Never texts of messages, tokens or keys.
    pub detail: Map<String, serde_json::Value>,
}

/// The outcome of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// The action was executed.
    #[default]
    Done,
    /// The action was refused.
    Refused,
}

impl Entry {
    /// A line for an action that was executed, without details.
    #[must_use]
    pub fn done(actor: impl Into<String>, action: &str, target: impl Into<String>, at_ms: i64) -> Self {
        let (actor, action, target) = (actor.into(), action.to_owned(), target.into());
        Self { at_ms, actor, action, target, outcome: Outcome::Done, ..Self::default() }
    }
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 2] = [Self::Done, Self::Refused];

    /// The outcome with this name; `None` if no outcome has it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// The name of the outcome in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// Replaces the name `before` of a user by `after` (for example `user:lea`) in the actors and targets of all lines of a
/// tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn rename(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    before: &str,
    after: &str,
) -> Result<(), StoreError> {
    for column in ["actor", "target"] {
        // The last condition lets the database use the partial indexes `audit_actor` and `audit_target`.
        let sql = format!(
            "UPDATE audit SET {column} = $1 WHERE tenant_id = $2 AND {column} = $3 AND substr({column}, 1, 5) = 'user:'"
        );
        let values = vec![after.into(), tenant.0.into(), before.into()];
        connection.execute_raw(statement(connection.get_database_backend(), &sql, values)).await?;
    }
    Ok(())
}

/// Selects the lines of the audit log that match all fields that are set.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only lines before the line with this id, that is, older lines.
    pub before: Option<Uuid>,
    /// Only lines of this time or later, milliseconds since 1970 UTC.
    pub since_ms: Option<i64>,
    /// Only lines before this time, milliseconds since 1970 UTC.
    pub until_ms: Option<i64>,
    /// Only lines with this action.
    pub action: Option<String>,
    /// Only lines of this actor.
    pub actor: Option<String>,
    /// Only lines about this target.
    pub target: Option<String>,
    /// Only lines with this outcome.
    pub outcome: Option<Outcome>,
}

/// Adds lines, each with its tenant, in the transaction of `connection` if it has one. A line of a tenant that does not
/// exist any more is not added. The statement locks the row of the tenant, so the last transaction of a deletion of the
/// tenant waits for the new line and then deletes it.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn append(connection: &impl ConnectionTrait, entries: &[(TenantId, Entry)]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new([
        ("id", Column::Uuid),
        ("tenant_id", Column::Uuid),
        ("at", Column::Int),
        ("actor", Column::Text),
        ("action", Column::Text),
        ("target", Column::Text),
        ("outcome", Column::Text),
        ("rule", Column::Text),
        ("detail", Column::Text),
    ]);
    for (tenant, entry) in entries {
        rows.push([
            Uuid::now_v7().into(),
            tenant.0.into(),
            entry.at_ms.into(),
            entry.actor.as_str().into(),
            entry.action.as_str().into(),
            entry.target.as_str().into(),
            entry.outcome.name().into(),
            entry.rule.as_str().into(),
            serde_json::Value::Object(entry.detail.clone()).to_string().into(),
        ]);
    }
    let body = "INSERT INTO audit (id, tenant_id, at, actor, action, target, outcome, rule, detail)
                SELECT i.id, i.tenant_id, i.at, i.actor, i.action, i.target, i.outcome, i.rule, i.detail FROM input i
                JOIN tenants t ON t.id = i.tenant_id {for_key_share t}";
    connection.execute_raw(rows.statement(connection.get_database_backend(), body, &[])).await?;
    Ok(())
}

/// The lines of a tenant that match `filter`, the latest first, each with its id; at most `limit` lines. Ids are unique
/// and begin with the time, so pages by id neither skip nor repeat lines of the same millisecond.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn page(store: &Store, tenant: TenantId, filter: &Filter, limit: u32) -> Result<Vec<(Uuid, Entry)>, StoreError> {
    let mut sql = String::from("SELECT a.* FROM audit a WHERE a.tenant_id = $1");
    let mut values: Vec<Value> = vec![tenant.0.into()];
    // The partial indexes `audit_actor` and `audit_target` contain only lines whose actor or target is a user.
    let condition_on = |column: &str, value: &str| match value.starts_with("user:") {
        true => format!("substr(a.{column}, 1, 5) = 'user:' AND a.{column} ="),
        false => format!("a.{column} ="),
    };
    let conditions: [(String, Option<Value>); 7] = [
        ("a.id <".to_owned(), filter.before.map(Value::from)),
        ("a.id >=".to_owned(), filter.since_ms.map(|since_ms| first_id_of(since_ms).into())),
        ("a.id <".to_owned(), filter.until_ms.map(|until_ms| first_id_of(until_ms).into())),
        ("a.action =".to_owned(), filter.action.as_deref().map(Value::from)),
        ("a.outcome =".to_owned(), filter.outcome.map(|outcome| outcome.name().into())),
        (condition_on("actor", filter.actor.as_deref().unwrap_or_default()), filter.actor.as_deref().map(Value::from)),
        (condition_on("target", filter.target.as_deref().unwrap_or_default()), filter.target.as_deref().map(Value::from)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    values.push(i64::from(limit).into());
    sql.push_str(&format!(" ORDER BY a.id DESC LIMIT ${}", values.len()));
    let rows = store.reader().query_all_raw(statement(store.backend(), &sql, values)).await?;
    rows.iter().map(read_entry).collect()
}

/// Deletes the lines of all tenants that are older than `before_ms` (milliseconds since 1970 UTC). Returns the number of
/// deleted lines.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn prune(store: &Store, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM audit WHERE id < $1";
    let result = store.writer().execute_raw(statement(store.backend(), sql, vec![first_id_of(before_ms).into()])).await?;
    Ok(result.rows_affected())
}

/// A lower bound of the ids of the lines that were added in this millisecond or later. Ids begin with the time, so the
/// primary key of the table finds lines by time.
fn first_id_of(at_ms: i64) -> Uuid {
    let at_ms = u64::try_from(at_ms).unwrap_or(0);
    Uuid::from_u64_pair(at_ms << 16, 0)
}

fn read_entry(row: &QueryResult) -> Result<(Uuid, Entry), StoreError> {
    let outcome: String = row.try_get("", "outcome")?;
    let detail: String = row.try_get("", "detail")?;
    let entry = Entry {
        at_ms: row.try_get("", "at")?,
        actor: row.try_get("", "actor")?,
        action: row.try_get("", "action")?,
        target: row.try_get("", "target")?,
        outcome: if outcome == Outcome::Refused.name() { Outcome::Refused } else { Outcome::Done },
        rule: row.try_get("", "rule")?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    };
    Ok((row.try_get("", "id")?, entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::queries::tenants,
        testing::{NOW_MS, on_each_database},
    };

    fn line(action: &str, detail: &str) -> Entry {
        let detail = Map::from_iter([("code".to_owned(), detail.into())]);
        Entry { at_ms: NOW_MS, action: action.to_owned(), rule: "blocked".to_owned(), detail, ..Entry::default() }
    }

    #[tokio::test]
    async fn lines_are_read_in_pages_latest_first() {
        on_each_database(|store| async move {
            let tenant = tenants::create(&store, "school", "School", NOW_MS).await.expect("stores").id;
            let other = tenants::create(&store, "clinic", "Clinic", NOW_MS).await.expect("stores").id;
            let mut lines: Vec<(TenantId, Entry)> =
                (0..5).map(|n| (tenant, line(if n % 2 == 0 { "start" } else { "send" }, &n.to_string()))).collect();
            lines.push((other, line("start", "elsewhere")));
            append(store.writer(), &lines).await.expect("stores");

            let read = async |filter: &Filter, limit| page(&store, tenant, filter, limit).await.expect("reads");
            let all = read(&Filter::default(), 10).await;
            let entries: Vec<&Entry> = all.iter().map(|(_, entry)| entry).collect();
            assert_eq!(entries, lines[..5].iter().rev().map(|(_, entry)| entry).collect::<Vec<_>>());
            let after = Filter { before: Some(all[1].0), ..Filter::default() };
            assert_eq!(read(&after, 2).await, all[2..4]);
            assert_eq!(read(&Filter { action: Some("send".to_owned()), ..Filter::default() }, 10).await.len(), 2);
            assert_eq!(read(&Filter { since_ms: Some(i64::MAX >> 16), ..Filter::default() }, 10).await, []);
            assert_eq!(read(&Filter { until_ms: Some(0), ..Filter::default() }, 10).await, []);

            let entry_about = |actor: &str, target: &str, outcome| Entry {
                actor: actor.to_owned(),
                target: target.to_owned(),
                outcome,
                ..line("start", "users")
            };
            let [lea, tom] =
                [entry_about("user:lea", "user:tom", Outcome::Refused), entry_about("key:1", "policy:2", Outcome::Done)];
            append(store.writer(), &[(tenant, lea.clone()), (tenant, tom.clone())]).await.expect("stores");
            for (filter, expected) in [
                (Filter { actor: Some("user:lea".to_owned()), ..Filter::default() }, &lea),
                (Filter { target: Some("user:tom".to_owned()), ..Filter::default() }, &lea),
                (Filter { outcome: Some(Outcome::Refused), ..Filter::default() }, &lea),
                (Filter { actor: Some("key:1".to_owned()), ..Filter::default() }, &tom),
                (Filter { target: Some("policy:2".to_owned()), ..Filter::default() }, &tom),
            ] {
                let found: Vec<Entry> = read(&filter, 10).await.into_iter().map(|(_, entry)| entry).collect();
                assert_eq!(found, std::slice::from_ref(expected), "{filter:?}");
            }

            assert_eq!(prune(&store, 0).await.expect("prunes"), 0, "nothing is that old");
            assert_eq!(prune(&store, i64::MAX >> 16).await.expect("prunes"), 8);
            assert_eq!(read(&Filter::default(), 10).await, []);
        })
        .await;
    }
}
