//! `POST /v1/users/{id}/erase-texts`: erases the texts of all messages of a user.

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    audit::{self, Actor},
    auth::{ApiCaller, Scope},
    commands::{EraseTexts, EraseTextsPayload},
    http::{
        caller,
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    jobs::new_job,
    store::queries::facts::lock::Hold,
};

/// Erases the texts of all messages of a user.
pub struct EraseUserTexts;

/// The job that erases the texts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextsErasure {
    /// The id of the job, which `listJobs` lists.
    job: Uuid,
}

impl Endpoint for EraseUserTexts {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/users/{id}/erase-texts";
    const ID: &'static str = "eraseUserTexts";
    const SUMMARY: &'static str = "Erases the texts of all messages of a user for all members, whatever the rules say.";
    const TEXT: &'static str = "A job erases them one after the other; members see each as the deletion of a message. The user may be \
        erased at once. Messages that the user sends later keep their texts. Backups keep the texts.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TextsErasure>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key, now_ms) = (&call.shared.app, &call.caller, call.shared.app.clock.now_ms());
        let user = caller::find(app, key, call.id()).await?;
        let job = new_job::<EraseTexts>(Some(key.tenant), &EraseTextsPayload { user: user.id.0 }, now_ms);
        let id = job.id;
        let by = Actor::back_end(key);
        let transaction = by.begin(&app.store, Hold::Shared(key.tenant), now_ms).await?;
        app.jobs.enqueue(&transaction, &[job]).await?;
        let target = format!("user:{}", call.id());
        let entry = audit::done(by.name(), "user.erase_texts", target, [], now_ms);
        audit::append(&transaction, key.tenant, entry).await?;
        transaction.commit().await?;
        app.jobs.wake();
        Ok(Json(TextsErasure { job: id }))
    }
}
