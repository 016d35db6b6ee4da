//! Pages of a list: the number of items to read, the first item, and the cursor of the next page.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use causerie_protocol::{Refusal, limits};
use schemars::JsonSchema;
use serde::Deserialize;

use super::decode::{invalid, unexpected};

/// The query of a list that has no filters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `nextCursor` of the previous page.
    #[schemars(with = "String", regex(pattern = CURSOR_PATTERN))]
    cursor: Option<String>,
    /// The most items of the page.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
}

/// The pattern of a cursor that [`Range`] reads.
pub const CURSOR_PATTERN: &str = "^[A-Za-z0-9_-]*$";

impl PageQuery {
    /// The part of the list that the query selects.
    ///
    /// # Errors
    /// `invalid` if the cursor or the limit is not valid.
    pub fn range(&self) -> Result<Range, Refusal> {
        Range::read(self.cursor.as_deref(), self.limit.as_deref())
    }
}

/// The part of a list that a page shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Range {
    /// The key of the last item of the previous page; empty for the first page.
    pub after: Vec<String>,
    /// The maximum number of items of the page, from 1 to 100.
    pub limit: usize,
}

impl Range {
    /// Reads the parameters `cursor` and `limit`.
    ///
    /// # Errors
    /// `invalid` with the field if a parameter is not valid.
    pub fn read(cursor: Option<&str>, limit: Option<&str>) -> Result<Self, Refusal> {
        Ok(Self { after: after(cursor)?, limit: page_limit(limit)? as usize })
    }

    /// The key of the last item of the previous page, for lists whose keys have one part; empty for the first page.
    #[must_use]
    pub fn after_key(&self) -> &str {
        self.after.first().map(String::as_str).unwrap_or_default()
    }

    /// The number of items to read: one more than the page shows. The additional item shows that another page follows.
    #[must_use]
    pub fn to_read(&self) -> u32 {
        u32::try_from(self.limit + 1).unwrap_or(u32::MAX)
    }

    /// Returns the items of the page and the cursor of the next page, which is `None` on the last page. `items` are at most
    /// [`Self::to_read`] items with their keys.
    #[must_use]
    pub fn page<T>(&self, mut items: Vec<(Vec<String>, T)>) -> (Vec<T>, Option<String>) {
        let has_more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| has_more).map(|(key, _)| cursor(key));
        (items.into_iter().map(|(_, item)| item).collect(), next)
    }
}

/// The cursor that contains this key.
fn cursor(key: &[String]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key in a cursor; empty if there is no cursor, for the first page.
fn after(cursor: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(cursor) = cursor else { return Ok(Vec::new()) };
    let key: Option<Vec<String>> =
        BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| serde_json::from_slice(&key).ok());
    // No key of a stored row has control characters, and PostgreSQL refuses a statement with NUL.
    let key = key.filter(|key| !key.iter().any(|part| part.contains(char::is_control)));
    key.ok_or_else(|| invalid("cursor", "must be the `nextCursor` of a page before"))
}

/// Parses the parameter `limit`, the maximum number of items of a page. Without the parameter: 100.
///
/// # Errors
/// `invalid` if the text is not a number from 1 to 100.
pub fn page_limit(limit: Option<&str>) -> Result<u32, Refusal> {
    match limit.map(|limit| (limit, limit.parse())) {
        None => Ok(limits::PAGE_MAX),
        Some((_, Ok(limit))) if (1..=limits::PAGE_MAX).contains(&limit) => Ok(limit),
        Some((text, _)) => Err(unexpected("limit", text, &format!("a number from 1 to {}", limits::PAGE_MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_the_key_of_the_last_item() {
        let items = |count: usize| (0..count).map(|index| (vec![format!("é{index}"), "x".to_owned()], index)).collect();
        let range = Range { after: Vec::new(), limit: 2 };
        let (page, next) = range.page(items(3));
        assert_eq!(page, [0, 1]);
        assert_eq!(after(next.as_deref()), Ok(vec!["é1".to_owned(), "x".to_owned()]));
        assert_eq!(range.page(items(2)).1, None);
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        for cursor in ["x", "", &cursor(&["a\0".to_owned()]), &cursor(&["a\nb".to_owned()])] {
            assert_eq!(after(Some(cursor)).expect_err("is no cursor").field, "cursor", "{cursor}");
        }
    }
}
