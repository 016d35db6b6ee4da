//! `GET /v1/rows/memberships`: the roles of the tenant's users in groups.

use http::Method;

use super::{READERS, RowPage, RowsQuery, read::Held as _, types::MembershipRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json, Params},
    },
};

/// Lists the roles of the tenant's users in groups.
pub struct ListMemberships;

impl Endpoint for ListMemberships {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/rows/memberships";
    const ID: &'static str = "listMembershipRows";
    const SUMMARY: &'static str = "Lists the roles of the tenant's users in groups, as the rows of an import.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<RowsQuery>;
    type Body = ();
    type Answer = Json<RowPage<MembershipRow>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (after, limit) = query.read()?;
        let reader = call.shared.app.store.reader();
        let rows = MembershipRow::page(reader, call.caller.tenant, &after, limit + 1).await?;
        Ok(Json(RowPage::new(rows, limit)))
    }
}
