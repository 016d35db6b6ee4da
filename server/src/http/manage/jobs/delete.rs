//! `DELETE /v1/jobs/{id}`: deletes a job.

use http::Method;

use super::{JobChange, change, find, wrong_state};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint},
    },
};

/// Deletes a job.
pub struct DeleteJob;

impl Endpoint for DeleteJob {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v1/jobs/{id}";
    const ID: &'static str = "deleteJob";
    const SUMMARY: &'static str = "Deletes a job that is not running.";
    const TEXT: &'static str = "The work of a waiting job is then never done.";
    const SCOPES: &'static [Scope] = &[Scope::Admin];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = ();

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let job = find(app, key, call.id()).await?;
        if !change(app, key, &job, JobChange::Delete).await? {
            let current = find(app, key, call.id()).await?;
            return Err(wrong_state(&current, "a running job can't be deleted").into());
        }
        Ok(())
    }
}
