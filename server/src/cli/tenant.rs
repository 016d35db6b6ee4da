//! `causerie tenant`.

use clap::Subcommand;

use super::{Outcome, Settings, clock, note, operator, preset};
use crate::store::queries::tenants::{self, FirstPolicy};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a tenant.
    Create {
        /// Short name for operators: small letters, digits and hyphens, at most 64.
        #[arg(value_parser = slug)]
        slug: String,
        /// Name for people.
        #[arg(long)]
        name: String,
        /// The rules it begins with: a preset (`causerie policy list`); without it, `open`. Rules of one's own are put in
        /// force with `causerie policy set`.
        #[arg(long, value_name = "PRESET")]
        policy: Option<String>,
    },
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let Self::Create { slug, name, policy } = self;
        let policy = policy.map(|name| preset("--policy", &name)).transpose()?;
        let by = operator();
        let first = policy.as_ref().map(|policy| FirstPolicy { name: policy.name(), text: policy.text(), by: &by });
        let store = settings.store().await?;
        let tenant = match tenants::create_under(&store, &slug, &name, first, clock().now_ms()).await {
            Err(error) if error.is_unique_violation() => return Err(format!("there is a tenant `{slug}` already").into()),
            made => made?,
        };
        let rules = policy.as_ref().map_or("open", |policy| policy.name());
        note(&store, tenant.id, "tenant.create", format!("tenant:{slug}"), [("policy", rules.into())]).await?;
        println!("{}", tenant.id);
        Ok(())
    }
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
    fn slugs() {
        for good in ["demo", "lycee-hugo-2", "7"] {
            assert!(slug(good).is_ok(), "{good}");
        }
        for bad in ["", "Demo", "a b", "é", "-a", &"a".repeat(65)] {
            assert!(slug(bad).is_err(), "{bad}");
        }
    }
}
