//! The names that stored facts use: roles, kinds of groups, relations, settings.

use std::collections::BTreeMap;

use causerie_policy::Vocabulary;
use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, Value};

use crate::store::{StoreError, rows::statement};

/// A name that facts use and the policy does not declare.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unused {
    /// The type of the name: `role`, `kind`, `relation` or `setting`.
    pub what: &'static str,
    /// The name. For a declared setting with an undeclared value, `name=value`.
    pub word: String,
    /// The number of facts that use the name.
    pub facts: u64,
}

/// The names in a tenant's facts that the vocabulary does not declare, each with the number of facts that use it.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn unused(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    vocabulary: &Vocabulary,
) -> Result<Vec<Unused>, StoreError> {
    let mut found: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
    let mut add = |what, word: &str, facts: u64| *found.entry((what, word.to_owned())).or_default() += facts;

    let sql = "SELECT u.roles AS word, count(*) AS facts FROM users u WHERE u.tenant_id = $1 GROUP BY u.roles";
    for (roles, facts) in counts(connection, tenant, sql).await? {
        let unknown = roles.split_whitespace().filter(|role| vocabulary.role(role).is_none());
        unknown.for_each(|role| add("role", role, facts));
    }
    for sql in [
        "SELECT m.role AS word, count(*) AS facts FROM groups g JOIN memberships m ON m.group_id = g.id
         WHERE g.tenant_id = $1 GROUP BY m.role",
        "SELECT e.from_role AS word, count(*) AS facts FROM edges e WHERE e.tenant_id = $1 GROUP BY e.from_role",
        "SELECT e.to_role AS word, count(*) AS facts FROM edges e WHERE e.tenant_id = $1 GROUP BY e.to_role",
    ] {
        let roles = counts(connection, tenant, sql).await?;
        // An empty role of an edge means any role.
        let unknown = roles.iter().filter(|(role, _)| !role.is_empty() && vocabulary.role(role).is_none());
        unknown.for_each(|(role, facts)| add("role", role, *facts));
    }
    let sql = "SELECT g.kind AS word, count(*) AS facts FROM groups g WHERE g.tenant_id = $1 GROUP BY g.kind";
    for (kind, facts) in counts(connection, tenant, sql).await? {
        if !kind.is_empty() && vocabulary.kind(&kind).is_none() {
            add("kind", &kind, facts);
        }
    }
    let sql = "SELECT r.kind AS word, count(*) AS facts FROM users u JOIN relations r ON r.from_id = u.id
               WHERE u.tenant_id = $1 GROUP BY r.kind";
    for (relation, facts) in counts(connection, tenant, sql).await? {
        if vocabulary.relation(&relation).is_none() {
            add("relation", &relation, facts);
        }
    }
    for (name, value) in super::stored::settings(connection, tenant).await? {
        let declared = vocabulary.settings.iter().find(|setting| setting.name == name);
        match declared {
            None => add("setting", &name, 1),
            Some(setting) if !setting.values.is_empty() && !setting.values.contains(&value) => {
                add("setting", &format!("{name}={value}"), 1);
            }
            Some(_) => {}
        }
    }
    Ok(found.into_iter().map(|((what, word), facts)| Unused { what, word, facts }).collect())
}

async fn counts(connection: &impl ConnectionTrait, tenant: TenantId, sql: &str) -> Result<Vec<(String, u64)>, StoreError> {
    let query = statement(connection.get_database_backend(), sql, vec![Value::from(tenant.0)]);
    let rows = connection.query_all_raw(query).await?;
    rows.iter().map(|row| Ok((row.try_get("", "word")?, super::read::number(row, "facts")?))).collect()
}
