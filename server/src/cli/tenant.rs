//! `causerie tenant`: manages tenants.

use causerie_policy::Policy;
use clap::Subcommand;

use super::{Outcome, Settings, clock, operator, preset, web_access};
use crate::{
    clock::rfc3339,
    demo,
    plain::isolated,
    provisioning::tenants::{self, StateChange, Unchanged, name, slug},
    store::queries::tenants::{self as stored, Tenant},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a tenant.
    Create {
        /// Short name for operators: small letters, digits and hyphens, at most 64.
        #[arg(value_parser = slug)]
        slug: String,
        /// The tenant's display name.
        #[arg(long, value_parser = name)]
        name: String,
        /// The tenant's first policy: a preset (`causerie policy list`); without it, `open`. `causerie policy set` sets a
        /// policy from a file.
        #[arg(long, value_name = "PRESET")]
        policy: Option<String>,
    },
    /// Change the display name of a tenant.
    Rename {
        /// The tenant's slug.
        slug: String,
        /// The new display name.
        #[arg(long, value_parser = name)]
        name: String,
    },
    /// Suspend a tenant: nobody connects, and nothing is written, until it is resumed. Running nodes close its connections
    /// within some seconds.
    Suspend {
        /// The tenant's slug.
        slug: String,
    },
    /// End the suspension of a tenant.
    Resume {
        /// The tenant's slug.
        slug: String,
    },
    /// Delete a suspended tenant with all that it holds. Running nodes delete the rows with a job; `causerie jobs list
    /// --kind delete_tenant` shows it. This can't be undone; backups keep what they hold.
    Delete {
        /// The tenant's slug.
        slug: String,
    },
    /// Show or set the web pages that may connect with the tenant's tokens and embed the tenant's page. New connections
    /// follow within a second.
    WebAccess(web_access::Change),
    /// List the tenants.
    List,
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::Create { slug, name, policy } => create(settings, &slug, &name, policy.as_deref()).await,
            Self::Rename { slug, name } => {
                let (store, _) = settings.tenant(&slug).await?;
                let renamed = tenants::rename(&store, &operator(), &slug, &name, clock().now_ms()).await?;
                renamed.map(drop).ok_or_else(|| format!("the tenant `{slug}` was deleted meanwhile").into())
            }
            Self::Suspend { slug } => change(settings, &slug, StateChange::Suspend).await,
            Self::Resume { slug } => change(settings, &slug, StateChange::Resume).await,
            Self::Delete { slug } => change(settings, &slug, StateChange::Delete).await,
            Self::WebAccess(change) => change.run(settings).await,
            Self::List => {
                for tenant in stored::all(&settings.store().await?).await? {
                    println!(
                        "{}  {}  created {}  {}{}",
                        tenant.slug,
                        tenant.id,
                        rfc3339(tenant.created_at_ms),
                        state(&tenant),
                        isolated(&tenant.name)
                    );
                }
                Ok(())
            }
        }
    }
}

/// The state of a tenant and its time, for the list; empty for a tenant that is neither suspended nor being deleted.
fn state(tenant: &Tenant) -> String {
    let (state, since_ms) = match (tenant.deleting_at_ms, tenant.suspended_at_ms) {
        (Some(at_ms), _) => ("deleting since", at_ms),
        (None, Some(at_ms)) => ("suspended", at_ms),
        (None, None) => return String::new(),
    };
    format!("{state} {}  ", rfc3339(since_ms))
}

/// Changes the state of a tenant.
async fn change(settings: &Settings, slug: &str, change: StateChange) -> Outcome {
    let store = settings.store().await?;
    match tenants::change_state(&store, &operator(), slug, change, clock().now_ms()).await? {
        Ok(_) => Ok(()),
        Err(Unchanged::Absent) => {
            Err(format!("there is no tenant `{slug}`; `causerie tenant list` lists the tenants").into())
        }
        Err(Unchanged::NotSuspended) => {
            Err(format!("the tenant `{slug}` is not suspended: `causerie tenant suspend {slug}` first").into())
        }
        Err(Unchanged::OlderPrograms(older)) => Err(tenants::older_programs(&older).into()),
        Err(Unchanged::Deleting) => Err(format!("the tenant `{slug}` is being deleted").into()),
    }
}

/// Creates a tenant, and prints its id.
async fn create(settings: &Settings, slug: &str, name: &str, policy: Option<&str>) -> Outcome {
    let policy = policy.map(|name| first_rules(slug, name)).transpose()?;
    let store = settings.store_or_new().await?;
    let tenant = Tenant::new(slug, name, clock().now_ms());
    if !tenants::create(&store, &operator(), &tenant, policy.as_ref(), None).await? {
        let other = format!("choose another slug, or change its rules with `causerie policy set --tenant {slug}`");
        return Err(format!("there is a tenant `{slug}` already: {other}").into());
    }
    println!("id {}", tenant.id);
    let config = settings.load()?.config;
    if config.demo.enabled.is_none() && config.demo_enabled() && demo::is_prepared(&store).await? {
        eprintln!(
            "note: the demo ends with the next start of the server, now that there is a tenant of your own; \
             CAUSERIE_DEMO__ENABLED=true keeps it"
        );
    }
    Ok(())
}

/// The policy of a preset for a new tenant.
fn first_rules(slug: &str, name: &str) -> Result<Policy, String> {
    preset("--policy", name).map_err(|reason| {
        let own = format!("`causerie policy set --tenant {slug} --file FILE`");
        format!("{reason}; rules of your own are put in force once the tenant is made, by {own}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_custom_rules_names_the_right_command() {
        assert!(first_rules("club", "school").is_ok());
        let reason = first_rules("club", "./club.policy").expect_err("no preset");
        assert!(reason.contains("there are: open, ") && reason.contains("policy set --tenant club --file FILE"), "{reason}");
    }
}
