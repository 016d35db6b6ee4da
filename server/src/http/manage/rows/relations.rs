//! `GET /v1/rows/relations`: the relations of the tenant's users.

use http::Method;

use super::{READERS, RowPage, RowsQuery, read::Held as _, types::RelationRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json, Params},
    },
};

/// Lists the relations of the tenant's users.
pub struct ListRelations;

impl Endpoint for ListRelations {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/rows/relations";
    const ID: &'static str = "listRelationRows";
    const SUMMARY: &'static str = "Lists the relations of the tenant's users, as the rows of an import.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<RowsQuery>;
    type Body = ();
    type Answer = Json<RowPage<RelationRow>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (after, limit) = query.read()?;
        let reader = call.shared.app.store.reader();
        let rows = RelationRow::page(reader, call.caller.tenant, &after, limit + 1).await?;
        Ok(Json(RowPage::new(rows, limit)))
    }
}
