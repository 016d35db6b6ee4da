//! `GET /v1/rows/users`: the users of the tenant.

use http::Method;

use super::{READERS, RowPage, RowsQuery, types::UserRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json, Params},
    },
    store::queries::facts::stored,
};

/// Lists the users of the tenant.
pub struct ListUsers;

impl Endpoint for ListUsers {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/rows/users";
    const ID: &'static str = "listUserRows";
    const SUMMARY: &'static str = "Lists the users of the tenant, as the rows of an import.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<RowsQuery>;
    type Body = ();
    type Answer = Json<RowPage<UserRow>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (after, limit) = query.read()?;
        let after = after.first().map(String::as_str).unwrap_or_default();
        let reader = call.shared.app.store.reader();
        let users = stored::users(reader, call.caller.tenant, after, limit as u32 + 1).await?;
        let rows = users.into_iter().map(UserRow::from).map(|row| (vec![row.id.clone()], row));
        Ok(Json(RowPage::new(rows.collect(), limit)))
    }
}
