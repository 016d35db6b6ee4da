//! Erases texts of messages for back ends. Members see it as the deletion of the message; no rule is asked.

use std::{sync::Arc, time::Duration};

use causerie_protocol::{ErrorCode, Refusal, TenantId, UserId};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    auth::{Caller, Credential},
    clock::Clock,
    jobs::{JobContext, JobError, JobKind, Limits, new_job},
    store::{
        Store,
        queries::{
            audit::Entry,
            authored::{self, MessageRef},
            jobs,
        },
    },
    writer::{Mutation, WriteRequest, Writer},
};

/// Messages read at a time.
const PAGE: u32 = 200;
/// After this time a run ends and stores a job for the rest, so that one job does not run out of attempts.
const RUN: Duration = Duration::from_secs(240);
/// The time until the texts of a suspended tenant are tried again.
const SUSPENDED_PAUSE: Duration = Duration::from_secs(600);

/// Erases the text of one message, and writes `entry` to the audit log in the same transaction. If the text is erased already,
/// changes nothing and writes no line.
///
/// # Errors
/// `not_found` if the message does not exist; `unauthenticated` if the API key `by` was revoked; `forbidden` if the tenant is suspended; `unavailable` or `timeout` if the
/// database does not answer.
pub async fn erase_text(
    writer: &Writer,
    tenant: TenantId,
    by: Credential,
    message: MessageRef,
    entry: Option<Entry>,
) -> Result<(), Refusal> {
    let caller = Caller { tenant, user: message.author, credential: by };
    let mutation =
        Mutation::EraseText { conversation: message.conversation, message: message.message, entry: entry.map(Box::new) };
    writer.write(WriteRequest { caller, mutation }).await.map(drop)
}

/// The kind of jobs that erase the texts of all messages of a user. A message that is deleted already is left out, so a run
/// after a failure goes on where the last run ended.
pub struct EraseTexts {
    /// The database.
    pub store: Store,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Writes the deletions.
    pub writer: Writer,
}

/// The user whose texts are erased.
#[derive(Debug, Serialize, Deserialize)]
pub struct TextsOf {
    /// The server's id of the user, which stays valid when the user is erased.
    pub user: Uuid,
}

impl EraseTexts {
    /// Stores a job for the rest, to be run after a pause.
    async fn store_job_for_rest(&self, tenant: TenantId, of: &TextsOf, pause: Duration) -> Result<(), JobError> {
        let now_ms = self.clock.now_ms();
        let run_at_ms = now_ms + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 2);
        let rest = new_job::<Self>(Some(tenant), of, run_at_ms);
        Ok(jobs::enqueue(self.store.writer(), &[rest], now_ms).await?)
    }
}

impl JobKind for EraseTexts {
    const KIND: &'static str = "erase_texts";
    const LIMITS: Limits = Limits { concurrency: 1, timeout: Duration::from_secs(600), ..Limits::DEFAULT };
    type Payload = TextsOf;

    async fn run(&self, context: JobContext, of: TextsOf) -> Result<(), JobError> {
        let Some(tenant) = context.tenant else { return Err(JobError::permanent("the job belongs to no tenant")) };
        let (ends_at, mut after) = (Instant::now() + RUN, None);
        loop {
            let page = authored::with_texts(self.store.reader(), UserId(of.user), after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (_, message) in page {
                match erase_text(&self.writer, tenant, Credential::Server, message, None).await {
                    Ok(()) => {}
                    // All members have deleted the conversation meanwhile.
                    Err(refusal) if refusal.code == ErrorCode::NotFound => {}
                    // The tenant is suspended. A later job goes on, because failed attempts of this job would use it up.
                    Err(refusal) if refusal.code == ErrorCode::Forbidden => {
                        return self.store_job_for_rest(tenant, &of, SUSPENDED_PAUSE).await;
                    }
                    Err(refusal) => return Err(JobError::retryable("a text could not be erased").because(refusal)),
                }
            }
            if Instant::now() > ends_at {
                return self.store_job_for_rest(tenant, &of, Duration::ZERO).await;
            }
        }
    }
}
