//! Creates and renames tenants and changes their states, for HTTP and the command line.

use causerie_policy::Policy;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::keys;
use crate::{
    audit::Actor,
    jobs::{self, DeleteTenant, Deletion},
    names::visible,
    store::{
        Store, StoreError,
        entities::api_key,
        generation,
        queries::{
            facts::lock::Hold,
            jobs as job_queries, tenant_states,
            tenants::{self, FirstPolicy, Tenant},
        },
    },
};

/// The maximum length of a slug, in bytes.
pub const SLUG_BYTES_MAX: usize = 64;
/// The pattern of a slug.
pub const SLUG_PATTERN: &str = "^[a-z0-9][a-z0-9-]{0,63}$";

/// Checks a slug, the short name of a tenant.
///
/// # Errors
/// A message if the text is not a slug.
pub fn slug(text: &str) -> Result<String, String> {
    let is_valid = (1..=SLUG_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-');
    if is_valid { Ok(text.to_owned()) } else { Err("expected 1 to 64 small letters, digits and hyphens".to_owned()) }
}

/// The stored form of a tenant's name.
///
/// # Errors
/// A message if the name has no visible character.
pub fn name(text: &str) -> Result<String, String> {
    let kept = visible::stored_form(text).filter(|kept| !kept.trim().is_empty());
    kept.ok_or_else(|| format!("the name {}", visible::NOTHING_VISIBLE))
}

/// Stores a new tenant with its policy and its first API key, and records both in the audit log, in one transaction. Without
/// a policy, the preset `open` is in force. Returns false if another tenant has the slug.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn create(
    store: &Store,
    by: &Actor,
    tenant: &Tenant,
    policy: Option<&Policy>,
    first_key: Option<api_key::Model>,
) -> Result<bool, StoreError> {
    let first = policy.map(|policy| FirstPolicy { name: policy.name(), text: policy.text(), by: by.name() });
    let transaction = by.begin(store, Hold::Nothing, tenant.created_at_ms).await?;
    match tenants::insert(&transaction, tenant, first).await {
        Err(error) if error.is_unique_violation() => return Ok(false),
        inserted => inserted?,
    }
    let rules = policy.map_or("open", |policy| policy.name());
    record(&transaction, tenant, by, "tenant.create", [("policy", rules.into())], tenant.created_at_ms).await?;
    if let Some(row) = first_key {
        keys::store_api_key(&transaction, by, tenant, row).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

/// Renames a tenant and records the change in the audit log, in one transaction. Returns `None` if no tenant has this slug.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn rename(store: &Store, by: &Actor, slug: &str, name: &str, now_ms: i64) -> Result<Option<Tenant>, StoreError> {
    let Some(found) = tenants::find_by_slug(store, slug).await? else { return Ok(None) };
    let transaction = match by.begin(store, Hold::Shared(found.id), now_ms).await {
        Err(StoreError::TenantAbsent) => return Ok(None),
        begun => begun?,
    };
    let Some(tenant) = tenants::rename(&transaction, slug, name).await? else { return Ok(None) };
    record(&transaction, &tenant, by, "tenant.rename", [("name", name.into())], now_ms).await?;
    transaction.commit().await?;
    Ok(Some(tenant))
}

/// The reason why a change of a tenant's state is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unchanged {
    /// No tenant has the slug.
    Absent,
    /// The tenant must be suspended before it is deleted.
    NotSuspended,
    /// The tenant is being deleted.
    Deleting,
    /// Programs of an earlier release are connected to the database. They ignore suspensions and would write for the tenant.
    /// The text lists their connections.
    OlderPrograms(String),
}

/// The message about [`Unchanged::OlderPrograms`].
#[must_use]
pub fn older_programs(connections: &str) -> String {
    format!(
        "programs of an earlier release use the database ({connections}): they do not know suspended tenants and would go on to \
         write; upgrade or stop them first"
    )
}

/// A change of a tenant's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateChange {
    /// Suspends the tenant: nothing is written for it from now on, and none of its tokens and API keys is accepted. Nodes
    /// end its sessions within some seconds, or at once if they get the signal.
    Suspend,
    /// Ends the suspension.
    Resume,
    /// Stores the job that deletes all rows of the tenant, which must be suspended.
    Delete,
}

/// Changes the state of a tenant and records the change in the audit log, in one transaction. Returns the changed tenant, or
/// the reason why the change is refused. A repeated suspension or resumption is recorded again. A repeated deletion is
/// refused while the job of the first deletion waits or runs; if that job failed permanently, the repetition stores another
/// job.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn change_state(
    store: &Store,
    by: &Actor,
    slug: &str,
    change: StateChange,
    now_ms: i64,
) -> Result<Result<Tenant, Unchanged>, StoreError> {
    let Some(found) = tenants::find_by_slug(store, slug).await? else { return Ok(Err(Unchanged::Absent)) };
    let transaction = match by.begin(store, Hold::Exclusive(found.id), now_ms).await {
        Err(StoreError::TenantAbsent) => return Ok(Err(Unchanged::Absent)),
        begun => begun?,
    };
    // The state is read under the lock: a tenant that is resumed at the same time is not deleted.
    let Some(tenant) = tenants::find_by_slug_in(&transaction, slug).await? else { return Ok(Err(Unchanged::Absent)) };
    if tenant.deleting_at_ms.is_some() && change != StateChange::Delete {
        return Ok(Err(Unchanged::Deleting));
    }
    if change != StateChange::Resume
        && let Some(older) = generation::connections_of_older(&transaction, generation::SUSPENSIONS).await?
    {
        return Ok(Err(Unchanged::OlderPrograms(older)));
    }
    let action = match change {
        StateChange::Suspend => {
            tenant_states::set_suspended(&transaction, tenant.id, Some(now_ms)).await?;
            "tenant.suspend"
        }
        StateChange::Resume => {
            tenant_states::set_suspended(&transaction, tenant.id, None).await?;
            "tenant.resume"
        }
        StateChange::Delete => {
            if tenant.suspended_at_ms.is_none() {
                return Ok(Err(Unchanged::NotSuspended));
            }
            let deletion = Deletion { tenant: tenant.id.0, slug: tenant.slug.clone() };
            let job = jobs::new_job::<DeleteTenant>(None, &deletion, now_ms);
            if job_queries::is_pending(&transaction, &job).await? {
                return Ok(Err(Unchanged::Deleting));
            }
            tenant_states::set_deleting(&transaction, tenant.id, now_ms).await?;
            job_queries::enqueue(&transaction, &[job], now_ms).await?;
            "tenant.delete"
        }
    };
    record(&transaction, &tenant, by, action, [], now_ms).await?;
    let changed = tenants::find_by_slug_in(&transaction, slug).await?.unwrap_or(tenant);
    transaction.commit().await?;
    Ok(Ok(changed))
}

/// Records an action on a tenant in the audit log.
async fn record<const N: usize>(
    connection: &impl ConnectionTrait,
    tenant: &Tenant,
    by: &Actor,
    action: &str,
    detail: [(&str, Value); N],
    now_ms: i64,
) -> Result<(), StoreError> {
    by.record(connection, tenant, action, format!("tenant:{}", tenant.slug), detail, now_ms).await
}

#[cfg(test)]
mod tests {
    use causerie_protocol::TenantId;

    use super::*;
    use crate::{
        auth::{Scope, api_key::generate},
        store::queries::{audit as lines, keys as stored},
        testing::{NOW_MS, on_each_database},
    };

    #[tokio::test]
    async fn a_tenant_its_key_and_its_audit_lines_are_stored_together_or_not_at_all() {
        on_each_database(|store| async move {
            let by = Actor::operator("cli:root".to_owned());
            let (first, second) = (Tenant::new("first", "First", NOW_MS), Tenant::new("second", "Second", NOW_MS));
            let (_, key) = generate(first.id, "first key", &[Scope::Read], NOW_MS, None);
            assert!(create(&store, &by, &first, None, Some(key.clone())).await.expect("stores"));
            let audit_lines = async |tenant: TenantId| {
                lines::page(&store, tenant, &lines::Filter::default(), 9).await.expect("reads").len()
            };
            assert_eq!(audit_lines(first.id).await, 2);

            // The id of the key is taken, so the key can't be stored.
            let taken = api_key::Model { tenant_id: second.id.0, ..key };
            create(&store, &by, &second, None, Some(taken)).await.expect_err("the key is taken");
            assert_eq!(tenants::find(&store, second.id).await.expect("reads"), None);
            assert_eq!(
                (audit_lines(second.id).await, stored::api_keys_of(&store, second.id).await.expect("reads").len()),
                (0, 0)
            );
            let same_slug = Tenant::new("first", "Again", NOW_MS);
            assert!(!create(&store, &by, &same_slug, None, None).await.expect("asks"), "the slug is taken");
        })
        .await;
    }

    #[tokio::test]
    async fn a_resumption_and_a_deletion_at_the_same_time_do_not_both_succeed() {
        on_each_database(|store| async move {
            let by = Actor::operator("cli:root".to_owned());
            for round in 0..20 {
                let tenant = Tenant::new(&format!("t{round}"), "Tenant", NOW_MS);
                create(&store, &by, &tenant, None, None).await.expect("stores");
                let change = async |change| change_state(&store, &by, &tenant.slug, change, NOW_MS).await.expect("asks");
                change(StateChange::Suspend).await.expect("it is suspended");
                let (resumed, deleted, deleted_again) =
                    tokio::join!(change(StateChange::Resume), change(StateChange::Delete), change(StateChange::Delete));
                let deletions = usize::from(deleted.is_ok()) + usize::from(deleted_again.is_ok());
                assert_eq!(
                    deletions + usize::from(resumed.is_ok()),
                    1,
                    "round {round}: {resumed:?} {deleted:?} {deleted_again:?}"
                );
                let now = tenants::find(&store, tenant.id).await.expect("reads").expect("it is there");
                assert_eq!((now.deleting_at_ms.is_some(), now.suspended_at_ms.is_some()), (deletions == 1, deletions == 1));
                if deletions == 1 {
                    // The job failed permanently, and was removed.
                    store.writer().execute_unprepared("DELETE FROM jobs").await.expect("deletes");
                    assert_eq!(change(StateChange::Resume).await, Err(Unchanged::Deleting));
                    change(StateChange::Delete).await.expect("another job is stored");
                    assert_eq!(change(StateChange::Delete).await, Err(Unchanged::Deleting));
                }
            }
        })
        .await;
    }

    #[test]
    fn a_slug_has_small_letters_digits_and_hyphens() {
        for valid in ["demo", "lycee-hugo-2", "7"] {
            assert!(slug(valid).is_ok(), "{valid}");
        }
        for invalid in ["", "Demo", "a b", "é", "-a", &"a".repeat(65)] {
            assert!(slug(invalid).is_err(), "{invalid}");
        }
    }
}
