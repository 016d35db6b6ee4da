//! Erases texts of messages for back ends. For members, an erased message is a deleted message. The policy is not asked.

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

/// The number of messages per query.
const PAGE: u32 = 200;
/// The maximum duration of a run. A run that takes longer ends and stores another job for the remaining messages, so that no
/// job uses up its attempts.
const RUN_MAX: Duration = Duration::from_secs(240);
/// How long the job waits before it tries again to erase texts of a suspended tenant.
const SUSPENDED_PAUSE: Duration = Duration::from_secs(600);

/// Erases the text of one message, and writes `entry` to the audit log in the same transaction. If the text is erased
/// already, the function changes nothing and writes no entry. `credential`: the API key of the back end, or the server.
///
/// # Errors
/// `not_found` if the message does not exist; `unauthenticated` if the API key was revoked; `forbidden` if the tenant is
/// suspended; `unavailable` or `timeout` if the database does not answer.
pub async fn erase_text(
    writer: &Writer,
    tenant: TenantId,
    credential: Credential,
    message: MessageRef,
    entry: Option<Entry>,
) -> Result<(), Refusal> {
    let caller = Caller { tenant, user: message.author, credential };
    let mutation =
        Mutation::EraseText { conversation: message.conversation, message: message.message, entry: entry.map(Box::new) };
    writer.write(WriteRequest { caller, mutation }).await.map(drop)
}

/// The kind of jobs that erase the texts of all messages of a user. A run skips messages that are deleted already, so a run
/// after a failure continues where the last run ended.
pub struct EraseTexts {
    /// The database.
    pub store: Store,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Writes the deletions.
    pub writer: Writer,
}

/// The payload of a job that erases the texts of a user.
#[derive(Debug, Serialize, Deserialize)]
pub struct EraseTextsPayload {
    /// The server's id of the user whose texts are erased. It stays valid when the user is erased.
    pub user: Uuid,
}

impl EraseTexts {
    /// Stores a job for the remaining messages. It becomes due after `pause`.
    async fn store_job_for_rest(
        &self,
        tenant: TenantId,
        payload: &EraseTextsPayload,
        pause: Duration,
    ) -> Result<(), JobError> {
        let now_ms = self.clock.now_ms();
        let run_at_ms = now_ms + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 2);
        let rest = new_job::<Self>(Some(tenant), payload, run_at_ms);
        Ok(jobs::enqueue(self.store.writer(), &[rest], now_ms).await?)
    }
}

impl JobKind for EraseTexts {
    const KIND: &'static str = "erase_texts";
    const LIMITS: Limits = Limits { concurrency: 1, timeout: Duration::from_secs(600), ..Limits::DEFAULT };
    type Payload = EraseTextsPayload;

    async fn run(&self, context: JobContext, payload: EraseTextsPayload) -> Result<(), JobError> {
        let Some(tenant) = context.tenant else { return Err(JobError::permanent("the job belongs to no tenant")) };
        let (ends_at, mut after) = (Instant::now() + RUN_MAX, None);
        loop {
            let page = authored::undeleted_messages(self.store.reader(), UserId(payload.user), after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (_, message) in page {
                match erase_text(&self.writer, tenant, Credential::Server, message, None).await {
                    Ok(()) => {}
                    // All members have deleted the conversation in the meantime.
                    Err(refusal) if refusal.code == ErrorCode::NotFound => {}
                    // The tenant is suspended. Another job continues later: if this job failed instead, it would use up its
                    // attempts.
                    Err(refusal) if refusal.code == ErrorCode::Forbidden => {
                        return self.store_job_for_rest(tenant, &payload, SUSPENDED_PAUSE).await;
                    }
                    Err(refusal) => return Err(JobError::retryable("a text could not be erased").because(refusal)),
                }
            }
            if Instant::now() > ends_at {
                return self.store_job_for_rest(tenant, &payload, Duration::ZERO).await;
            }
        }
    }
}
