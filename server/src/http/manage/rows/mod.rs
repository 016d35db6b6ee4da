//! What a tenant holds, as the rows that an import takes: in pages, and as a whole by [`export`].

pub mod export;
pub mod groups;
pub mod memberships;
mod read;
pub mod relations;
mod types;
pub mod users;

pub(super) use self::{
    read::Held,
    types::{MembershipRow, RelationRow, UserRow},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use causerie_protocol::{Refusal, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{audit::page_limit, decode::invalid};
use crate::auth::Scope;

/// The scopes that may read rows.
const READERS: &[Scope] = &[Scope::Provision, Scope::Read];

/// Which rows to read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// At most so many rows.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
}

impl RowsQuery {
    /// The key of the last row of the page before, and how many rows to read.
    fn read(&self) -> Result<(Vec<String>, usize), Refusal> {
        Ok((after(self.cursor.as_deref())?, page_limit(self.limit.as_deref())? as usize))
    }
}

/// Some rows, in the order of their keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}Page")]
pub struct RowPage<T> {
    /// The rows.
    rows: Vec<T>,
    /// For the next page; absent after the last.
    next_cursor: Option<String>,
}

impl<T> RowPage<T> {
    /// A page of rows with their keys, of which one more than the page holds was read if there is one.
    fn new(mut rows: Vec<(Vec<String>, T)>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|(key, _)| cursor(key));
        Self { rows: rows.into_iter().map(|(_, row)| row).collect(), next_cursor }
    }
}

fn cursor(key: &[String]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key that a cursor holds; empty for the first page.
fn after(cursor: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(cursor) = cursor else { return Ok(Vec::new()) };
    let key = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| serde_json::from_slice(&key).ok());
    key.ok_or_else(|| invalid("cursor", "must be the `nextCursor` of a page before"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_the_key_of_the_last_row() {
        let rows = |count: usize| (0..count).map(|at| (vec![format!("é{at}"), "x".to_owned()], at)).collect();
        let page = RowPage::new(rows(3), 2);
        assert_eq!(page.rows, [0, 1]);
        assert_eq!(after(page.next_cursor.as_deref()), Ok(vec!["é1".to_owned(), "x".to_owned()]));
        assert_eq!(RowPage::new(rows(2), 2).next_cursor, None);
        assert_eq!(after(Some("x")).expect_err("is no cursor").field, "cursor");
    }
}
