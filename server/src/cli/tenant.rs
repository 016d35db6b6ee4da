//! `causerie tenant`.

use causerie_policy::Policy;
use clap::Subcommand;

use super::{Outcome, Settings, clock, note, operator, preset};
use crate::{
    clock::rfc3339,
    demo,
    names::visible,
    plain::isolated,
    store::queries::tenants::{self, FirstPolicy},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a tenant.
    Create {
        /// Short name for operators: small letters, digits and hyphens, at most 64.
        #[arg(value_parser = slug)]
        slug: String,
        /// Name for people.
        #[arg(long, value_parser = name)]
        name: String,
        /// The rules it begins with: a preset (`causerie policy list`); without it, `open`. Rules of one's own are put in
        /// force with `causerie policy set`.
        #[arg(long, value_name = "PRESET")]
        policy: Option<String>,
    },
    /// List the tenants.
    List,
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::Create { slug, name, policy } => create(settings, &slug, &name, policy.as_deref()).await,
            Self::List => {
                for tenant in tenants::all(&settings.store().await?).await? {
                    println!(
                        "{}  {}  created {}  {}",
                        tenant.slug,
                        tenant.id,
                        rfc3339(tenant.created_at_ms),
                        isolated(&tenant.name)
                    );
                }
                Ok(())
            }
        }
    }
}

async fn create(settings: &Settings, slug: &str, name: &str, policy: Option<&str>) -> Outcome {
    let policy = policy.map(|name| first_rules(slug, name)).transpose()?;
    let by = operator();
    let first = policy.as_ref().map(|policy| FirstPolicy { name: policy.name(), text: policy.text(), by: &by });
    let store = settings.store_or_new().await?;
    let tenant = match tenants::create_under(&store, slug, name, first, clock().now_ms()).await {
        Err(error) if error.is_unique_violation() => {
            let other = format!("choose another slug, or change its rules with `causerie policy set --tenant {slug}`");
            return Err(format!("there is a tenant `{slug}` already: {other}").into());
        }
        made => made?,
    };
    let rules = policy.as_ref().map_or("open", |policy| policy.name());
    note(&store, tenant.id, "tenant.create", format!("tenant:{slug}"), [("policy", rules.into())]).await?;
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

fn first_rules(slug: &str, name: &str) -> Result<Policy, String> {
    preset("--policy", name).map_err(|why| {
        let own = format!("`causerie policy set --tenant {slug} --file FILE`");
        format!("{why}; rules of your own are put in force once the tenant is made, by {own}")
    })
}

/// A name with something visible in it, as it is kept.
pub(super) fn name(text: &str) -> Result<String, String> {
    let kept = visible::kept(text).filter(|kept| !kept.trim().is_empty());
    kept.ok_or_else(|| format!("the name {}", visible::NOTHING_VISIBLE))
}

fn slug(text: &str) -> Result<String, String> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-');
    if fits { Ok(text.to_owned()) } else { Err("expected 1 to 64 small letters, digits and hyphens".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_custom_rules_names_the_right_command() {
        assert!(first_rules("club", "school").is_ok());
        let why = first_rules("club", "./club.policy").expect_err("no preset");
        assert!(why.contains("there are: open, ") && why.contains("policy set --tenant club --file FILE"), "{why}");
    }

    #[test]
    fn slugs() {
        for good in ["demo", "lycee-hugo-2", "7"] {
            assert!(slug(good).is_ok(), "{good}");
        }
        for bad in ["", "Demo", "a b", "é", "-a", &"a".repeat(65)] {
            assert!(slug(bad).is_err(), "{bad}");
        }
    }
}
