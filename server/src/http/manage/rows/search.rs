//! `GET /v1/rows/users` and `GET /v1/rows/groups`: all rows of the type in pages, or the rows that a search finds.

use std::{collections::HashMap, future::Future, marker::PhantomData};

use causerie_policy::{DirectoryCursor, DirectoryQuery, World};
use causerie_protocol::{ErrorCode, GroupId, Refusal, UserId, limits};
use http::Method;
use schemars::{JsonSchema, Schema};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    READERS, RowPage,
    read::{self, Keyed, Paged},
    types::{GroupRow, UserRow},
};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        commands::schema::bounds,
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::{CURSOR_PATTERN, Range},
            schemas::extend,
        },
    },
    names::fold,
    store::{StoreError, queries::facts::stored},
};

/// Lists or searches the rows of a type.
pub struct SearchRows<T>(PhantomData<T>);

/// A list, or a search in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// `nextCursor` of the previous page of the same search.
    #[schemars(with = "String", regex(pattern = CURSOR_PATTERN))]
    cursor: Option<String>,
    /// The most rows of the page.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
    /// Only rows of which each word of this text begins a word of the name or the id. Case and accents are ignored. A group
    /// whose kind the rules do not declare is not found.
    #[schemars(with = "String", transform = query_bounds)]
    q: Option<String>,
}

fn query_bounds(schema: &mut Schema) {
    extend(schema, bounds::line(0, limits::QUERY_BYTES_MAX));
}

/// A type of rows that have a name.
pub trait Searched: Paged + Serialize + JsonSchema + 'static {
    /// The path of the list.
    const PATH: &'static str;
    /// The name of the operation.
    const ID: &'static str;
    /// The summary of the operation.
    const SUMMARY: &'static str;

    /// The positions of the rows that a search finds, at most one more than the limit of the search.
    fn search(world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor>;

    /// Reads rows by the server's ids. Rows that do not exist any more are left out.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses a statement.
    fn find_by_ids(
        connection: &impl ConnectionTrait,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, Self>, StoreError>> + Send;
}

impl Searched for UserRow {
    const PATH: &'static str = "/v1/rows/users";
    const ID: &'static str = "listUserRows";
    const SUMMARY: &'static str = "Lists or searches the users of the tenant, as the rows of an import.";

    fn search(world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        world.search_users(search)
    }

    async fn find_by_ids(connection: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let ids: Vec<UserId> = ids.iter().copied().map(UserId).collect();
        let users = stored::users_of_ids(connection, &ids).await?;
        Ok(users.into_iter().map(|user| (user.id, Self::from(user))).collect())
    }
}

impl Searched for GroupRow {
    const PATH: &'static str = "/v1/rows/groups";
    const ID: &'static str = "listGroupRows";
    const SUMMARY: &'static str = "Lists or searches the groups of the tenant, as the rows of an import.";

    fn search(world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        world.search_groups(search)
    }

    async fn find_by_ids(connection: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let ids: Vec<GroupId> = ids.iter().copied().map(GroupId).collect();
        let groups = stored::groups_of_ids(connection, &ids).await?;
        let ids: Vec<Uuid> = groups.iter().map(|group| group.id.0).collect();
        let rows = read::groups(connection, groups).await?;
        Ok(ids.into_iter().zip(rows.into_iter().map(|(_, row)| row)).collect())
    }
}

impl<T: Searched> Endpoint for SearchRows<T> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = T::PATH;
    const ID: &'static str = T::ID;
    const SUMMARY: &'static str = T::SUMMARY;
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<SearchQuery>;
    type Body = ();
    type Answer = Json<RowPage<T>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let range = Range::read(query.cursor.as_deref(), query.limit.as_deref())?;
        let (app, tenant) = (&call.shared.app, call.caller.tenant);
        let rows = match query.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => T::page(app.store.reader(), tenant, &range.after, range.to_read()).await?,
            Some(text) if text.len() > limits::QUERY_BYTES_MAX => {
                let reason = format!("`q` has more than {} bytes", limits::QUERY_BYTES_MAX);
                return Err(Refusal::new(ErrorCode::TooLarge, reason).field("q").into());
            }
            Some(text) => {
                let facts = app.facts.latest(tenant).await?;
                search_rows(app.store.reader(), &facts.world, text, &range).await?
            }
        };
        Ok(Json(RowPage::new(&range, rows)))
    }
}

/// Reads the rows that a search finds, in the order of the words by which they are found.
async fn search_rows<T: Searched>(
    connection: &impl ConnectionTrait,
    world: &World,
    text: &str,
    range: &Range,
) -> Result<Vec<Keyed<T>>, StoreError> {
    let words: Vec<String> = fold::words(text).into_iter().collect();
    let after = match &range.after[..] {
        [word, key] => Uuid::parse_str(key).ok().map(|key| DirectoryCursor { word: word.clone(), key: key.as_u128() }),
        // The cursor belongs to a list without a search. The search begins at its first row.
        _ => None,
    };
    let search = DirectoryQuery { words: &words, after: after.as_ref(), limit: range.limit };
    let positions = T::search(world, &search);
    let ids: Vec<Uuid> = positions.iter().map(|position| Uuid::from_u128(position.key)).collect();
    let mut rows = T::find_by_ids(connection, &ids).await?;
    let rows = positions.into_iter().zip(ids).filter_map(|(position, id)| {
        let row = rows.remove(&id)?;
        Some((vec![position.word, id.to_string()], row))
    });
    Ok(rows.collect())
}
