//! `causerie tenant web-access`: shows or sets the web pages that may use a tenant.

use clap::Args;

use super::{Outcome, Settings, clock, operator};
use crate::{
    domain::WebAccess,
    provisioning::web_access::{self as provisioning, ancestor_problem, origin_problem},
    store::queries::web_access,
};

/// The web pages that may use a tenant. Without options, the command prints them.
#[derive(Debug, Args)]
pub(super) struct Change {
    /// The tenant's slug.
    slug: String,
    /// An origin whose pages may connect with tokens of the tenant, such as `https://app.example`. Repeat the option for
    /// several origins; together they replace those before.
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = origin)]
    origins: Vec<String>,
    /// Only the server's own page may connect.
    #[arg(long, conflicts_with = "origins")]
    no_origins: bool,
    /// The setting `listen.origins` applies to the tenant.
    #[arg(long, conflicts_with_all = ["origins", "no_origins"])]
    origins_of_server: bool,
    /// An origin whose pages may embed the tenant's page in a frame, such as `https://app.example` or `https://*.example`.
    /// Repeat the option for several origins; together they replace those before.
    #[arg(long = "frame-ancestor", value_name = "ORIGIN", value_parser = ancestor)]
    frame_ancestors: Vec<String>,
    /// Only the server's own pages may embed the tenant's page.
    #[arg(long, conflicts_with = "frame_ancestors")]
    no_frame_ancestors: bool,
    /// The setting `listen.frame_ancestors` applies to the tenant.
    #[arg(long, conflicts_with_all = ["frame_ancestors", "no_frame_ancestors"])]
    frame_ancestors_of_server: bool,
}

fn origin(text: &str) -> Result<String, String> {
    origin_problem(text).map_or_else(|| Ok(text.to_owned()), Err)
}

fn ancestor(text: &str) -> Result<String, String> {
    ancestor_problem(text).map_or_else(|| Ok(text.to_owned()), Err)
}

impl Change {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let (store, tenant) = settings.tenant(&self.slug).await?;
        let before = web_access::of(store.reader(), tenant.id).await?;
        let access = WebAccess {
            allowed_origins: list(before.allowed_origins.clone(), self.origins, self.no_origins, self.origins_of_server),
            frame_ancestors: list(
                before.frame_ancestors.clone(),
                self.frame_ancestors,
                self.no_frame_ancestors,
                self.frame_ancestors_of_server,
            ),
        };
        for entries in [&access.allowed_origins, &access.frame_ancestors].into_iter().flatten() {
            if let Some((_, reason)) = provisioning::problem(entries, |_| None) {
                return Err(reason.into());
            }
        }
        if access != before {
            provisioning::set(&store, &operator(), &tenant, &access, clock().now_ms()).await?;
        }
        print("allowed origins", access.allowed_origins.as_deref(), "listen.origins");
        print("frame ancestors", access.frame_ancestors.as_deref(), "listen.frame_ancestors");
        Ok(())
    }
}

/// The list after the options were applied: `new` if it is not empty, an empty list with `none`, no list with `of_server`,
/// and otherwise the list before.
fn list(before: Option<Vec<String>>, new: Vec<String>, none: bool, of_server: bool) -> Option<Vec<String>> {
    match (new.is_empty(), none, of_server) {
        (false, ..) => Some(new),
        (_, true, _) => Some(Vec::new()),
        (_, _, true) => None,
        _ => before,
    }
}

/// Prints a list.
fn print(name: &str, list: Option<&[String]>, setting: &str) {
    match list {
        None => println!("{name}: those of the setting `{setting}`"),
        Some([]) => println!("{name}: none but the server's own page"),
        Some(list) => println!("{name}: {}", list.join(" ")),
    }
}
