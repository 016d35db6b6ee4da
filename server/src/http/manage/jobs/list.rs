//! `GET /v1/jobs`: the tenant's jobs.

use causerie_protocol::limits;
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Job;
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json, Params},
            paging::page_limit,
        },
    },
    jobs::{Filter, JobState},
    store::queries::jobs,
};

/// Lists jobs.
pub struct ListJobs;

/// Selects jobs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobsQuery {
    /// `nextCursor` of the previous page.
    #[schemars(with = "Uuid")]
    cursor: Option<String>,
    /// The most jobs of the page.
    #[schemars(with = "u32", range(min = 1, max = limits::PAGE_MAX))]
    limit: Option<String>,
    /// Only jobs in this state.
    #[schemars(with = "String", extend("enum" = JobState::ALL.map(JobState::name)))]
    state: Option<String>,
    /// Only jobs of this kind.
    #[schemars(with = "String")]
    kind: Option<String>,
}

/// Jobs, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobsPage {
    /// The jobs.
    jobs: Vec<Job>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<Uuid>,
}

impl Endpoint for ListJobs {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/jobs";
    const ID: &'static str = "listJobs";
    const SUMMARY: &'static str = "Lists the tenant's jobs: work that the server does later, and work that failed.";
    const SCOPES: &'static [Scope] = &[Scope::Admin, Scope::Read];

    type Caller = ApiCaller;
    type Query = Params<JobsQuery>;
    type Body = ();
    type Answer = Json<JobsPage>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let limit = page_limit(query.limit.as_deref())?;
        let state = query.state.as_deref().map(|text| {
            JobState::from_name(text).ok_or_else(|| unexpected("state", text, &JobState::ALL.map(JobState::name).join(", ")))
        });
        let cursor = query.cursor.as_deref().map(Uuid::parse_str).transpose();
        let filter = Filter {
            tenant: Some(call.caller.tenant),
            state: state.transpose()?,
            kind: query.kind,
            before: cursor.map_err(|_| invalid("cursor", "must be the `nextCursor` of a page before"))?,
        };
        let mut page = jobs::list(&call.shared.app.store, &filter, limit + 1).await?;
        let has_more = page.len() > limit as usize;
        page.truncate(limit as usize);
        let next_cursor = page.last().filter(|_| has_more).map(|job| job.id);
        Ok(Json(JobsPage { jobs: page.into_iter().map(Job::from).collect(), next_cursor }))
    }
}
