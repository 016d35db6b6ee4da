//! `GET /v1/rows/memberships`: the roles of the tenant's users in groups.

use causerie_protocol::limits;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{READERS, RowPage, read, types::MembershipRow};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::{CURSOR_PATTERN, Range},
        },
    },
    store::queries::facts::pages::MembershipFilter,
};

/// Lists the roles of the tenant's users in groups.
pub struct ListMemberships;

/// Selects memberships. Several filters together select the memberships that match all of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipsQuery {
    /// `nextCursor` of the previous page.
    #[schemars(with = "String", regex(pattern = CURSOR_PATTERN))]
    cursor: Option<String>,
    /// The most rows of the page.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
    /// Only memberships of the user with this id (your id of the user).
    #[schemars(with = "String")]
    user: Option<String>,
    /// Only memberships in the group with this id (your id of the group).
    #[schemars(with = "String")]
    group: Option<String>,
    /// Only memberships with this role.
    #[schemars(with = "String")]
    role: Option<String>,
}

impl Endpoint for ListMemberships {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/rows/memberships";
    const ID: &'static str = "listMembershipRows";
    const SUMMARY: &'static str = "Lists the roles of the tenant's users in groups, as the rows of an import.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<MembershipsQuery>;
    type Body = ();
    type Answer = Json<RowPage<MembershipRow>>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let range = Range::read(query.cursor.as_deref(), query.limit.as_deref())?;
        let filter =
            MembershipFilter { user: query.user.as_deref(), group: query.group.as_deref(), role: query.role.as_deref() };
        let (reader, tenant) = (call.shared.app.store.reader(), call.caller.tenant);
        let rows = read::memberships(reader, tenant, filter, &range.after, range.to_read()).await?;
        Ok(Json(RowPage::new(&range, rows)))
    }
}
