//! `GET /v1/rows/relations`: the rows of one type, in pages.

use std::marker::PhantomData;

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{READERS, RowPage, read::Paged, types::RelationRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::PageQuery,
        },
    },
};

/// Lists the rows of a type.
pub struct ListRows<T>(PhantomData<T>);

/// A type of rows that has a separate list.
pub trait Listed: Paged + Serialize + JsonSchema + 'static {
    /// The path of the list.
    const PATH: &'static str;
    /// The name of the operation.
    const ID: &'static str;
    /// The summary of the operation.
    const SUMMARY: &'static str;
}

impl Listed for RelationRow {
    const PATH: &'static str = "/v1/rows/relations";
    const ID: &'static str = "listRelationRows";
    const SUMMARY: &'static str = "Lists the relations of the tenant's users, as the rows of an import.";
}

impl<T: Listed> Endpoint for ListRows<T> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = T::PATH;
    const ID: &'static str = T::ID;
    const SUMMARY: &'static str = T::SUMMARY;
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<PageQuery>;
    type Body = ();
    type Answer = Json<RowPage<T>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let range = query.range()?;
        let reader = call.shared.app.store.reader();
        let rows = T::page(reader, call.caller.tenant, &range.after, range.to_read()).await?;
        Ok(Json(RowPage::new(&range, rows)))
    }
}
