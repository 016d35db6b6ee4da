//! `POST /v1/jobs/{id}/retry`: runs a dead job again.

use http::Method;

use super::{Job, JobChange, change, find, wrong_state};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
};

/// Retries a job.
pub struct RetryJob;

impl Endpoint for RetryJob {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/jobs/{id}/retry";
    const ID: &'static str = "retryJob";
    const SUMMARY: &'static str = "Runs a dead job again, or a job that waits for its next attempt.";
    const TEXT: &'static str = "The job runs at once, and its attempts are counted from zero again.";
    const SCOPES: &'static [Scope] = &[Scope::Admin];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<Job>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let job = find(app, key, call.id()).await?;
        if !change(app, key, &job, JobChange::Retry).await? {
            let current = find(app, key, call.id()).await?;
            return Err(wrong_state(&current, "only a dead or a waiting job can be retried").into());
        }
        let retried = find(app, key, call.id()).await?;
        app.jobs.wake();
        Ok(Json(retried.into()))
    }
}
