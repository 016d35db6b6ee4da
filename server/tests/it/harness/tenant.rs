//! A tenant, with the keys and signed tokens that the product's back end uses.

use causerie_server::clock::{Clock as _, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::{Settings, TempDir};

/// A tenant with one HS256 signing key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The slug that tokens and subcommands name.
    pub slug: String,
    /// The id of the key that signs this tenant's tokens.
    pub kid: String,
    secret: String,
}

/// The claims of a token.
#[derive(Debug, Clone, Serialize)]
pub struct Claims {
    /// The user's external id.
    pub sub: String,
    /// The user's display name.
    pub name: String,
    /// Issue time, in seconds since 1970.
    pub iat: i64,
    /// Expiry, in seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// Valid claims that expire in an hour.
    pub fn of(external_id: &str) -> Self {
        let iat = SystemClock.now_s();
        Self { sub: external_id.to_owned(), name: external_id.to_owned(), iat, exp: iat + 3_600 }
    }
}

impl Tenant {
    /// Creates a tenant with the command line.
    pub fn create(settings: &Settings, slug: &str) -> Self {
        Self::create_with(settings, slug, &[])
    }

    /// Creates a tenant with the rules of a preset.
    pub fn of_preset(settings: &Settings, slug: &str, preset: &str) -> Self {
        Self::create_with(settings, slug, &["--policy", preset])
    }

    fn create_with(settings: &Settings, slug: &str, flags: &[&str]) -> Self {
        settings.run(&[&["tenant", "create", slug, "--name", slug], flags].concat());
        Self::with_key(settings, slug, format!("{slug}-test"))
    }

    /// The same tenant with a second signing key.
    pub fn second_key(&self, settings: &Settings) -> Self {
        Self::with_key(settings, &self.slug, format!("{}-second", self.kid))
    }

    fn with_key(settings: &Settings, slug: &str, kid: String) -> Self {
        let folder = TempDir::new();
        let file = folder.path().join("secret");
        let secret = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
        std::fs::write(&file, &secret).expect("a temporary file can be written");
        let file = file.to_str().expect("temporary folders are UTF-8");
        settings.run(&[
            "signing-key",
            "add",
            "--tenant",
            slug,
            "--algorithm",
            "HS256",
            "--kid",
            &kid,
            "--secret-file",
            file,
        ]);
        Self { slug: slug.to_owned(), kid, secret }
    }

    /// The secret of the signing key.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A valid token for a user.
    pub fn token(&self, external_id: &str) -> String {
        self.sign(&Claims::of(external_id))
    }

    /// A token with any claims.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(self.secret.as_bytes()))
            .expect("HS256 signs anything")
    }

    /// Creates an API key for the product's back end. `scopes` is a list such as `provision,act`.
    pub fn api_key(&self, settings: &Settings, scopes: &str) -> String {
        let printed = settings.run(&["api-key", "create", "--tenant", &self.slug, "--name", "back end", "--scopes", scopes]);
        let key = printed.lines().find_map(|line| line.strip_prefix("key "));
        key.expect("the key is printed once").to_owned()
    }
}
