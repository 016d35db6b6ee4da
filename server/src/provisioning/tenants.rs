//! Creates and renames tenants, for HTTP and the command line.

use causerie_policy::Policy;
use serde_json::Value;

use crate::{
    audit,
    names::visible,
    store::{
        Store, StoreError,
        queries::tenants::{self, FirstPolicy, Tenant},
    },
};

/// The most bytes of a slug.
pub const SLUG_BYTES_MAX: usize = 64;
/// The pattern of a slug.
pub const SLUG_PATTERN: &str = "^[a-z0-9][a-z0-9-]{0,63}$";

/// Checks a slug, the short name of a tenant.
///
/// # Errors
/// A sentence, if the text is not a slug.
pub fn slug(text: &str) -> Result<String, String> {
    let fits = (1..=SLUG_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-');
    if fits { Ok(text.to_owned()) } else { Err("expected 1 to 64 small letters, digits and hyphens".to_owned()) }
}

/// The stored form of a tenant's name.
///
/// # Errors
/// A sentence, if the name has no visible character.
pub fn name(text: &str) -> Result<String, String> {
    let kept = visible::kept(text).filter(|kept| !kept.trim().is_empty());
    kept.ok_or_else(|| format!("the name {}", visible::NOTHING_VISIBLE))
}

/// Creates a tenant with this policy (without one, `open` is in force) and records it in the tenant's audit. `None` if the
/// slug is taken.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub async fn create(
    store: &Store,
    by: &str,
    slug: &str,
    name: &str,
    policy: Option<&Policy>,
    now_ms: i64,
) -> Result<Option<Tenant>, StoreError> {
    let first = policy.map(|policy| FirstPolicy { name: policy.name(), text: policy.text(), by });
    let tenant = match tenants::create_under(store, slug, name, first, now_ms).await {
        Err(error) if error.is_unique_violation() => return Ok(None),
        made => made?,
    };
    let rules = policy.map_or("open", |policy| policy.name());
    note(store, &tenant, by, "tenant.create", [("policy", rules.into())], now_ms).await?;
    Ok(Some(tenant))
}

/// Renames a tenant and records it in the tenant's audit. `None` if no tenant has this slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub async fn rename(store: &Store, by: &str, slug: &str, name: &str, now_ms: i64) -> Result<Option<Tenant>, StoreError> {
    let Some(tenant) = tenants::rename(store, slug, name).await? else { return Ok(None) };
    note(store, &tenant, by, "tenant.rename", [("name", name.into())], now_ms).await?;
    Ok(Some(tenant))
}

async fn note<const N: usize>(
    store: &Store,
    tenant: &Tenant,
    by: &str,
    action: &str,
    detail: [(&str, Value); N],
    now_ms: i64,
) -> Result<(), StoreError> {
    audit::record(store, tenant.id, audit::done(by, action, format!("tenant:{}", tenant.slug), detail, now_ms)).await
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
