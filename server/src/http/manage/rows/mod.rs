//! The facts of a tenant as the rows of an import: in pages ([`search`], [`list`], [`memberships`]), a single row ([`one`]),
//! and all rows ([`export`]).

pub mod export;
pub mod list;
pub mod memberships;
pub mod one;
mod read;
pub mod search;
mod types;

pub(super) use self::{
    read::memberships as read_memberships,
    types::{GroupRow, RelationRow, UserRow},
};

use schemars::JsonSchema;
use serde::Serialize;

use super::paging::Range;
use crate::auth::Scope;

/// The scopes that may read rows.
const READERS: &[Scope] = &[Scope::Provision, Scope::Read];

/// Rows in the order of their keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}Page")]
pub struct RowPage<T> {
    /// The rows.
    rows: Vec<T>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<String>,
}

impl<T> RowPage<T> {
    fn new(range: &Range, rows: Vec<(Vec<String>, T)>) -> Self {
        let (rows, next_cursor) = range.page(rows);
        Self { rows, next_cursor }
    }
}
