//! `causerie signing-key` and `causerie api-key`: manage the keys of tenants.

use std::{error::Error, path::PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use uuid::Uuid;

use super::{Outcome, Settings, clock, operator};
use crate::{
    auth::{
        api_key::{self, Scope},
        issue,
        keys::Algorithm,
    },
    clock::rfc3339,
    plain::isolated,
    provisioning::keys::{self as provisioning, NewSigningKey},
    store::queries::{keys, purge},
};

#[derive(Debug, Subcommand)]
pub(super) enum SigningKeyCommand {
    /// Add a key; prints its `kid`, and a generated secret.
    Add(AddSigningKey),
    /// List the keys of a tenant.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: String,
    },
    /// Encrypt the secrets that are stored in clear, or under an earlier key, under `auth.secrets_key`. In a cluster all
    /// nodes must have that key before.
    Encrypt,
    /// Void all tokens a key signed. Running nodes notice within 30 seconds.
    Revoke {
        /// The key's `kid`.
        kid: String,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("material").required(true).args(["pem", "secret_file", "generate"])))]
pub(super) struct AddSigningKey {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// The only algorithm the key is used with.
    #[arg(long, ignore_case = true)]
    algorithm: Algorithm,
    /// The `kid` that tokens have in their header; generated if absent.
    #[arg(long)]
    kid: Option<String>,
    /// File with the public key (RS256, ES256, EdDSA).
    #[arg(long, value_name = "FILE")]
    pem: Option<PathBuf>,
    /// File with the shared secret (HS256): its text without the last line break, at least 32 bytes.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Make a shared secret (HS256) and print it, once.
    #[arg(long)]
    generate: bool,
}

impl AddSigningKey {
    /// The secret or public key from the file of the options, or a new secret.
    fn material(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        let (flag, path) = match (&self.pem, &self.secret_file) {
            (Some(_), _) if self.algorithm == Algorithm::Hs256 => {
                return Err("--pem: HS256 has a secret; use --secret-file or --generate".into());
            }
            (Some(path), _) => ("--pem", path),
            _ if self.algorithm != Algorithm::Hs256 => {
                return Err(
                    format!("{} needs the public key of a pair: give its file with --pem", self.algorithm.name()).into()
                );
            }
            (None, Some(path)) => ("--secret-file", path),
            (None, None) => return Ok(issue::secret()),
        };
        let text = std::fs::read_to_string(path).map_err(|error| format!("{flag} {}: {error}", path.display()))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl SigningKeyCommand {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::Add(add) => {
                let material = add.material()?;
                add.algorithm.key(&material).map_err(|reason| match add.pem.as_ref().or(add.secret_file.as_ref()) {
                    Some(path) => format!("{}: {reason}", path.display()),
                    None => reason.to_string(),
                })?;
                let secrets = settings.secrets()?;
                let (store, tenant) = settings.tenant(&add.tenant).await?;
                let kid = add.kid.clone().unwrap_or_else(|| format!("{}-{}", add.tenant, Uuid::now_v7()));
                let new = NewSigningKey { kid: &kid, algorithm: add.algorithm, material: &material };
                if !provisioning::add_signing_key(&store, &secrets, &operator(), &tenant, new, clock().now_ms()).await? {
                    return Err(format!("--kid: `{kid}` is taken: choose another, or leave --kid out").into());
                }
                println!("kid {kid}");
                if add.generate {
                    println!("secret {material}");
                    eprintln!(
                        "The secret is the text itself, not what it decodes to. The back end signs with it; keep it secret."
                    );
                }
            }
            Self::List { tenant } => {
                let (store, tenant) = settings.tenant(&tenant).await?;
                let keys = keys::signing_keys_of(&store, tenant.id).await?;
                if keys.is_empty() {
                    let slug = &tenant.slug;
                    eprintln!(
                        "`{slug}` has no signing key; `causerie signing-key add --tenant {slug} --algorithm HS256 --generate` makes one"
                    );
                }
                for key in keys {
                    let times = times(key.created_at_ms, None, key.revoked_at_ms);
                    let storage = key.storage().map(|storage| format!("  {storage}")).unwrap_or_default();
                    println!("{}  {}  {times}{storage}", key.kid, key.algorithm);
                }
            }
            Self::Encrypt => {
                let secrets = settings.secrets()?;
                let id = secrets.current_id().ok_or("`auth.secrets_key` is not set: `openssl rand -base64 32` makes one")?;
                let store = settings.store().await?;
                let (done, unreadable) = keys::encrypt_signing_keys(&store, &secrets).await?;
                println!("encrypted {} under {id}", done.len());
                if let Err(reason) = purge::purge(&store).await? {
                    let next_attempt = if store.is_embedded() {
                        "the server tries again when it starts"
                    } else {
                        "a node tries again within an hour"
                    };
                    return Err(format!(
                        "the database's files may still hold earlier secrets in clear: {reason}; {next_attempt}"
                    )
                    .into());
                }
                if !unreadable.is_empty() {
                    let lines: String = unreadable.iter().map(|reason| format!("\n  {reason}")).collect();
                    return Err(format!("{} could not be read:{lines}", unreadable.len()).into());
                }
            }
            Self::Revoke { kid } => {
                let store = settings.store().await?;
                let revoked = match provisioning::tenant_of_signing_key(&store, &kid).await? {
                    Some(tenant) => {
                        provisioning::revoke_signing_key(&store, &operator(), &tenant, &kid, clock().now_ms()).await?
                    }
                    None => false,
                };
                if !revoked {
                    return Err(format!("there is no signing key `{kid}`, or it is revoked already; `causerie signing-key list --tenant …` lists the keys").into());
                }
                println!("revoked {kid}");
            }
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Make a key and print it, once; only its hash is kept.
    Create {
        /// The tenant's slug.
        #[arg(long)]
        tenant: String,
        /// The purpose of the key, for the list.
        #[arg(long, value_parser = crate::provisioning::tenants::name)]
        name: String,
        /// The scopes of the key, separated by commas.
        #[arg(long, required = true, value_delimiter = ',')]
        scopes: Vec<Scope>,
        /// Days until the key expires; without it, the key never expires.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        expires_in_days: Option<u32>,
    },
    /// List the keys of a tenant.
    List {
        /// The tenant's slug.
        #[arg(long)]
        tenant: String,
    },
    /// Void a key, at once.
    Revoke {
        /// The id printed when it was made.
        #[arg(value_parser = key_id)]
        id: Uuid,
    },
}

fn key_id(text: &str) -> Result<Uuid, String> {
    Uuid::parse_str(text).map_err(|_| "expected an id as `causerie api-key list` prints it, not the key itself".to_owned())
}

impl ApiKeyCommand {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::Create { tenant, name, scopes, expires_in_days } => {
                let (store, tenant) = settings.tenant(&tenant).await?;
                let now_ms = clock().now_ms();
                let expires_at_ms = expires_in_days.map(|days| now_ms + i64::from(days) * 86_400_000);
                let (key, row) = api_key::generate(tenant.id, &name, &scopes, now_ms, expires_at_ms);
                let id = row.id;
                provisioning::create_api_key(&store, &operator(), &tenant, row).await?;
                println!("id {id}");
                println!("key {key}");
                eprintln!("The key is not shown again.");
            }
            Self::List { tenant } => {
                let (store, tenant) = settings.tenant(&tenant).await?;
                let keys = keys::api_keys_of(&store, tenant.id).await?;
                if keys.is_empty() {
                    eprintln!("`{}` has no API key; `causerie api-key create` makes one", tenant.slug);
                }
                for key in keys {
                    let times = times(key.created_at, key.expires_at, key.revoked_at);
                    println!("{}  {}  {times}  {}", key.id, key.scopes.replace(' ', ","), isolated(&key.name));
                }
            }
            Self::Revoke { id } => {
                let store = settings.store().await?;
                let revoked = match provisioning::tenant_of_api_key(&store, id).await? {
                    Some(tenant) => provisioning::revoke_api_key(&store, &operator(), &tenant, id, clock().now_ms()).await?,
                    None => false,
                };
                if !revoked {
                    return Err(format!("there is no API key `{id}`, or it is revoked already; `causerie api-key list --tenant …` lists the keys").into());
                }
                println!("revoked {id}");
            }
        }
        Ok(())
    }
}

/// The times of a key to print: created, expires, revoked.
fn times(created_ms: i64, expires_ms: Option<i64>, revoked_ms: Option<i64>) -> String {
    let mut text = format!("created {}", rfc3339(created_ms));
    for (event, at_ms) in [("expires", expires_ms), ("revoked", revoked_ms)] {
        if let Some(at_ms) = at_ms {
            text.push_str(&format!("  {event} {}", rfc3339(at_ms)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_times_are_not_printed() {
        assert_eq!(times(0, None, None), "created 1970-01-01T00:00:00Z");
        let all = "created 1970-01-01T00:00:00Z  expires 1970-01-01T00:00:02Z  revoked 1970-01-01T00:00:01Z";
        assert_eq!(times(0, Some(2_000), Some(1_000)), all);
    }
}
