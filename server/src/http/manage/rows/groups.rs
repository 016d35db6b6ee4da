//! `GET /v1/rows/groups`: the groups of the tenant.

use http::Method;

use super::{READERS, RowPage, RowsQuery, read, types::GroupRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json, Params},
    },
    store::queries::facts::stored,
};

/// Lists the groups of the tenant.
pub struct ListGroups;

impl Endpoint for ListGroups {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/rows/groups";
    const ID: &'static str = "listGroupRows";
    const SUMMARY: &'static str = "Lists the groups of the tenant, as the rows of an import.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<RowsQuery>;
    type Body = ();
    type Answer = Json<RowPage<GroupRow>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (after, limit) = query.read()?;
        let after = after.first().map(String::as_str).unwrap_or_default();
        let reader = call.shared.app.store.reader();
        let groups = stored::groups(reader, call.caller.tenant, after, limit as u32 + 1).await?;
        let rows = read::groups(reader, groups).await?;
        Ok(Json(RowPage::new(rows, limit)))
    }
}
