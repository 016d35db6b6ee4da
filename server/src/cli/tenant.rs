//! `causerie tenant`.

use clap::Subcommand;

use super::{Outcome, Settings, clock};
use crate::store::queries::tenants;

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
    },
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let Self::Create { slug, name } = self;
        let store = settings.store().await?;
        match tenants::create(&store, &slug, &name, clock().now_ms()).await {
            Ok(tenant) => println!("{}", tenant.id),
            Err(error) if error.is_unique_violation() => return Err(format!("there is a tenant `{slug}` already").into()),
            Err(error) => return Err(error.into()),
        }
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
