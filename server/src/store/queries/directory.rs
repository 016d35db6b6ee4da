//! Finding people by what one types: words of their name and of the product's identifier, case and accents folded.
//!
//! Words are compared by ranges over an index in the order of bytes, not by `LIKE`, so there is nothing to escape and a
//! search costs what it finds.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, EntityTrait, Value};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::people::User;
use crate::{
    names::fold,
    store::{
        StoreError,
        entities::user,
        rows::{self, Column, Rows, statement},
    },
};

/// Words searched for at once; the longest, which find the fewest.
const QUERY_WORDS_MAX: usize = 8;

/// People of a tenant who are active and have, for each word of `query`, one that begins with it; by name, at most `limit`.
/// A query without words finds the first people of the tenant.
///
/// # Errors
/// When the database fails.
pub async fn search(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    query: &str,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let mut words: Vec<String> = fold::words(query).into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(QUERY_WORDS_MAX);

    let mut sql = String::from("SELECT u.* FROM users u WHERE u.status = 1 AND u.tenant_id = $1");
    let mut values: Vec<Value> = vec![tenant.0.into()];
    for word in &words {
        let at = values.len();
        sql.push_str(&format!(
            " AND u.id IN (SELECT t.user_id FROM user_tokens t WHERE t.tenant_id = ${} AND t.token >= ${} AND t.token < ${})",
            at + 1,
            at + 2,
            at + 3
        ));
        // No word contains the last code point, so this is above every word with that beginning.
        values.extend([tenant.0.into(), word.as_str().into(), format!("{word}{}", char::MAX).into()]);
    }
    // Without words everybody matches, and only the order of this index is free.
    let order = if words.is_empty() { "u.external_id" } else { "u.name, u.external_id" };
    sql.push_str(&format!(" ORDER BY {order} LIMIT ${}", values.len() + 1));
    values.push(i64::from(limit).into());

    let query = statement(connection.get_database_backend(), &sql, values);
    let rows = user::Entity::find().from_raw_sql(query).all(connection).await?;
    let mut found: Vec<User> = rows.into_iter().map(User::from).collect();
    // Databases disagree on how names sort; people of one page are in the same order on both.
    found.sort_by_cached_key(|user| (user.name.to_lowercase().nfkd().collect::<String>(), user.external_id.clone()));
    Ok(found)
}

/// What is found by words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    People,
    Groups,
}

/// Replaces the words by which people or groups are found.
pub(super) async fn index(
    connection: &impl ConnectionTrait,
    found: Found,
    tenant: TenantId,
    words: &[(Uuid, Vec<String>)],
) -> Result<(), StoreError> {
    let (table, id) = match found {
        Found::People => ("user_tokens", "user_id"),
        Found::Groups => ("group_tokens", "group_id"),
    };
    let backend = connection.get_database_backend();
    let delete = format!("DELETE FROM {table} WHERE {id} IN (SELECT id FROM input)");
    for part in rows::ids(words.iter().map(|(id, _)| *id)).parts(backend) {
        connection.execute_raw(part.statement(backend, &delete, &[])).await?;
    }

    let mut rows = Rows::new([("token", Column::Text), ("id", Column::Uuid)]);
    for (id, words) in words {
        for word in words {
            rows.push([word.as_str().into(), (*id).into()]);
        }
    }
    let insert = format!("INSERT INTO {table} (tenant_id, token, {id}) SELECT {{0}}, i.token, i.id FROM input i");
    for part in rows.parts(backend) {
        connection.execute_raw(part.statement(backend, &insert, &[tenant.0.into()])).await?;
    }
    Ok(())
}
