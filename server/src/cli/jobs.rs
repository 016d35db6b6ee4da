//! `causerie jobs`: lists, retries and deletes jobs.

use std::{collections::HashMap, error::Error};

use causerie_protocol::TenantId;
use clap::Subcommand;
use uuid::Uuid;

use super::{Outcome, Settings, clock, operator_named};
use crate::{
    audit,
    clock::rfc3339,
    plain::isolated,
    store::{
        Store, Transaction,
        queries::{
            jobs::{self, Filter, JobState, StoredJob},
            tenants,
        },
    },
};

/// The number of jobs per query.
const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print jobs, the newest first: id, kind, state, tenant, attempts, times, and why the last run failed.
    List {
        /// Only jobs of this tenant, by its slug.
        #[arg(long)]
        tenant: Option<String>,
        /// Only jobs in this state: waiting, running, done, dead.
        #[arg(long, value_parser = state)]
        state: Option<JobState>,
        /// Only jobs of this kind: `prune_audit`.
        #[arg(long)]
        kind: Option<String>,
        /// The most jobs to print.
        #[arg(long, value_name = "JOBS", default_value_t = PAGE)]
        limit: u32,
    },
    /// Run dead jobs again, or jobs that wait for their next attempt, with all attempts before them. Running nodes begin
    /// within seconds.
    Retry {
        /// The ids that `causerie jobs list` prints.
        #[arg(required_unless_present = "kind")]
        ids: Vec<Uuid>,
        /// All dead jobs of this kind.
        #[arg(long, conflicts_with = "ids")]
        kind: Option<String>,
    },
    /// Remove jobs that are not running. The work of a waiting job is then never done.
    Delete {
        /// The ids that `causerie jobs list` prints.
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::List { tenant, state, kind, limit } => list(settings, tenant, state, kind, limit).await,
            Self::Retry { ids, kind } => {
                let store = settings.store().await?;
                let ids = match kind {
                    Some(kind) => dead_jobs(&store, &kind).await?,
                    None => ids,
                };
                for id in ids {
                    let job = find_job(&store, id).await?;
                    let transaction = store.begin().await?;
                    if !jobs::retry(&transaction, None, id, clock().now_ms()).await? {
                        transaction.rollback().await?;
                        return Err(change_error(&store, id, "only a dead or a waiting job is retried").await);
                    }
                    record_change(&transaction, &job, "job.retry").await?;
                    transaction.commit().await?;
                    println!("retried {id}");
                }
                Ok(())
            }
            Self::Delete { ids } => {
                let store = settings.store().await?;
                for id in ids {
                    let job = find_job(&store, id).await?;
                    let transaction = store.begin().await?;
                    if !jobs::delete(&transaction, None, id, clock().now_ms()).await? {
                        transaction.rollback().await?;
                        return Err(change_error(&store, id, "a running job can't be deleted").await);
                    }
                    record_change(&transaction, &job, "job.delete").await?;
                    transaction.commit().await?;
                    println!("deleted {id}");
                }
                Ok(())
            }
        }
    }
}

async fn list(
    settings: &Settings,
    tenant: Option<String>,
    state: Option<JobState>,
    kind: Option<String>,
    limit: u32,
) -> Outcome {
    let (store, tenant) = match tenant {
        Some(slug) => {
            let (store, tenant) = settings.tenant(&slug).await?;
            (store, Some(tenant.id))
        }
        None => (settings.store().await?, None),
    };
    let slugs: HashMap<TenantId, String> =
        tenants::all(&store).await?.into_iter().map(|tenant| (tenant.id, tenant.slug)).collect();
    let mut filter = Filter { tenant, state, kind, before: None };
    let (mut remaining, mut found) = (limit, false);
    while remaining > 0 {
        let page = jobs::list(&store, &filter, remaining.min(PAGE)).await?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.id);
        found = true;
        remaining -= u32::try_from(page.len()).unwrap_or(remaining).min(remaining);
        for job in &page {
            println!("{}", line(job, &slugs));
        }
    }
    if !found {
        eprintln!("there is no such job");
    }
    Ok(())
}

/// The printed line of a job.
fn line(job: &StoredJob, slugs: &HashMap<TenantId, String>) -> String {
    let tenant = match job.tenant {
        None => "-".to_owned(),
        Some(tenant) => slugs.get(&tenant).cloned().unwrap_or_else(|| tenant.to_string()),
    };
    let mut columns = vec![job.id.to_string(), isolated(&job.kind).into_owned(), job.state.name().to_owned(), tenant];
    columns.push(format!("attempts={}", job.attempts));
    let times = [
        ("created", Some(job.created_at_ms)),
        ("started", job.started_at_ms),
        // For a running job, `due_at_ms` is the end of its lease.
        ("due", job.due_at_ms.filter(|_| job.state == JobState::Waiting)),
        ("finished", job.finished_at_ms),
    ];
    for (name, at_ms) in times {
        if let Some(at_ms) = at_ms {
            columns.push(format!("{name}={}", rfc3339(at_ms)));
        }
    }
    if let Some(error) = &job.last_error {
        columns.push(format!("error={}", isolated(&serde_json::Value::from(error.as_str()).to_string())));
    }
    columns.join(" ")
}

/// The ids of all dead jobs of a kind.
async fn dead_jobs(store: &Store, kind: &str) -> Result<Vec<Uuid>, Box<dyn Error + Send + Sync>> {
    let mut filter = Filter { state: Some(JobState::Dead), kind: Some(kind.to_owned()), ..Filter::default() };
    let mut ids = Vec::new();
    loop {
        let page = jobs::list(store, &filter, PAGE).await?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.id);
        ids.extend(page.iter().map(|job| job.id));
    }
    if ids.is_empty() {
        return Err(format!("--kind: there is no dead job of the kind `{kind}`").into());
    }
    Ok(ids)
}

/// The job with this id, or an error if there is none.
async fn find_job(store: &Store, id: Uuid) -> Result<StoredJob, Box<dyn Error + Send + Sync>> {
    let job = jobs::find(store, None, id).await?;
    job.ok_or_else(|| format!("there is no job `{id}`; `causerie jobs list` lists the jobs").into())
}

/// The error for a job that could not be changed: it does not exist, or its state does not allow the change.
async fn change_error(store: &Store, id: Uuid, rule: &str) -> Box<dyn Error + Send + Sync> {
    match find_job(store, id).await {
        Ok(job) => format!("the job `{id}` is {}: {rule}", job.state.name()).into(),
        Err(error) => error,
    }
}

/// Records a change of a job in the audit log of its tenant. A job of the server itself belongs to no tenant, so its change
/// is not recorded.
async fn record_change(transaction: &Transaction, job: &StoredJob, action: &str) -> Outcome {
    let Some(tenant) = job.tenant else { return Ok(()) };
    let (target, detail) = (format!("job:{}", job.id), [("kind", job.kind.as_str().into())]);
    Ok(audit::append(transaction, tenant, audit::done(operator_named(None), action, target, detail, clock().now_ms()))
        .await?)
}

fn state(name: &str) -> Result<JobState, String> {
    let names = JobState::ALL.map(JobState::name).join(", ");
    JobState::from_name(name).ok_or_else(|| format!("expected one of {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_from_left_to_right() {
        let tenant = TenantId::new();
        let mut job = StoredJob {
            id: Uuid::nil(),
            kind: "web_push".to_owned(),
            tenant: Some(tenant),
            state: JobState::Waiting,
            attempts: 2,
            due_at_ms: Some(5_000),
            claimed_by: None,
            last_error: Some("no \"answer\"".to_owned()),
            created_at_ms: 0,
            started_at_ms: Some(1_000),
            finished_at_ms: None,
        };
        let slugs = HashMap::from([(tenant, "acme".to_owned())]);
        assert_eq!(
            line(&job, &slugs),
            "00000000-0000-0000-0000-000000000000 web_push waiting acme attempts=2 created=1970-01-01T00:00:00Z \
             started=1970-01-01T00:00:01Z due=1970-01-01T00:00:05Z error=\"no \\\"answer\\\"\""
        );
        (job.tenant, job.state, job.due_at_ms, job.last_error) = (None, JobState::Done, None, None);
        job.finished_at_ms = Some(2_000);
        assert_eq!(
            line(&job, &slugs),
            "00000000-0000-0000-0000-000000000000 web_push done - attempts=2 created=1970-01-01T00:00:00Z \
             started=1970-01-01T00:00:01Z finished=1970-01-01T00:00:02Z"
        );
    }

    #[test]
    fn states_are_parsed() {
        assert_eq!(state("dead"), Ok(JobState::Dead));
        assert_eq!(state("lost"), Err("expected one of waiting, running, done, dead".to_owned()));
    }
}
