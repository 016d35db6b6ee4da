//! Whom a test's servers serve, and the product's side of it: keys and signed tokens.

use causerie_server::clock::{Clock as _, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::{Settings, TempDir};

/// A tenant with one HS256 key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its short name.
    pub slug: String,
    /// The key its tokens are signed with.
    pub kid: String,
    secret: String,
}

/// What a token says. Change what a test is about.
#[derive(Debug, Clone, Serialize)]
pub struct Claims {
    /// The product's id of the person.
    pub sub: String,
    /// Shown to others.
    pub name: String,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// A good token's, valid for an hour.
    pub fn of(external_id: &str) -> Self {
        let iat = SystemClock.now_s();
        Self { sub: external_id.to_owned(), name: external_id.to_owned(), iat, exp: iat + 3_600 }
    }
}

impl Tenant {
    /// Makes it the way an operator does.
    pub fn create(settings: &Settings, slug: &str) -> Self {
        Self::create_with(settings, slug, &[])
    }

    /// Makes one that lives by the rules of a preset.
    pub fn of_preset(settings: &Settings, slug: &str, preset: &str) -> Self {
        Self::create_with(settings, slug, &["--policy", preset])
    }

    fn create_with(settings: &Settings, slug: &str, flags: &[&str]) -> Self {
        settings.run(&[&["tenant", "create", slug, "--name", slug], flags].concat());
        Self::with_key(settings, slug, format!("{slug}-test"))
    }

    /// The same tenant, with a second key to sign with.
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

    /// What its tokens are signed with.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A good token for a person.
    pub fn token(&self, external_id: &str) -> String {
        self.sign(&Claims::of(external_id))
    }

    /// A token that says anything.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(self.secret.as_bytes()))
            .expect("HS256 signs anything")
    }

    /// A key for the product's back end with these scopes, `provision,act`.
    pub fn api_key(&self, settings: &Settings, scopes: &str) -> String {
        let printed = settings.run(&["api-key", "create", "--tenant", &self.slug, "--name", "back end", "--scopes", scopes]);
        let key = printed.lines().find_map(|line| line.strip_prefix("key "));
        key.expect("the key is printed once").to_owned()
    }
}
