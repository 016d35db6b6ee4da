//! Where data is kept: directory, database, Redis.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    secret::Secret,
    setting::{Kind, Setting},
};

pub(super) const SETTINGS: &[Setting] = &[
    Setting { key: "data.dir", kind: Kind::Text },
    Setting { key: "database.url", kind: Kind::Secret },
    Setting { key: "database.connections_max", kind: Kind::Whole(2, 1_000) },
    Setting { key: "database.lanes", kind: Kind::Whole(1, 64) },
    Setting { key: "database.batch_max", kind: Kind::Whole(1, 2_000) },
    Setting { key: "redis.url", kind: Kind::Secret },
    Setting { key: "redis.sentinels", kind: Kind::Secret },
    Setting { key: "redis.prefix", kind: Kind::Text },
];

/// What the embedded server keeps on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Holds the SQLite file; made if absent. Default `./data`.
    pub dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("./data") }
    }
}

impl Data {
    /// The embedded database.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.dir.join("causerie.sqlite")
    }
}

/// The SQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host/database`. Default empty: embedded SQLite in `data.dir`, for a single node.
    pub url: Secret,
    /// PostgreSQL connections of this node. Default 20: with PostgreSQL's own default of 100, four nodes and room for an
    /// operator.
    pub connections_max: u32,
    /// Writers side by side; a conversation always uses the same one. Default 2: more of them commit smaller batches, which cost
    /// the database more. SQLite has a single writer whatever this says.
    pub lanes: usize,
    /// Messages a writer commits in one transaction at most. Default 256.
    pub batch_max: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: Secret::default(), connections_max: 20, lanes: 2, batch_max: 256 }
    }
}

/// The bus between nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redis {
    /// `redis://host` or `rediss://user:password@host`; several separated by commas, of which the primary is used. With
    /// `redis.sentinels` the name of the primary takes the place of the host. Default empty: an in-process bus, for a single
    /// node.
    pub url: Secret,
    /// `redis://sentinel:26379`, several separated by commas: Redis Sentinels that say where the primary is. Default empty:
    /// `redis.url` says so.
    pub sentinels: Secret,
    /// Starts every channel and key, so that several servers can share one Redis. Default `causerie`.
    pub prefix: String,
}

impl Default for Redis {
    fn default() -> Self {
        Self { url: Secret::default(), sentinels: Secret::default(), prefix: "causerie".to_owned() }
    }
}

impl Redis {
    /// The addresses in `redis.url`.
    #[must_use]
    pub fn servers(&self) -> Vec<String> {
        addresses(&self.url)
    }

    /// The addresses in `redis.sentinels`.
    #[must_use]
    pub fn sentinels(&self) -> Vec<String> {
        addresses(&self.sentinels)
    }
}

/// A list of addresses. A comma inside an address, of a password for instance, does not end it.
fn addresses(list: &Secret) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for part in list.expose().split(',').map(str::trim) {
        match addresses.last_mut() {
            Some(last) if !part.contains("://") => *last = format!("{last},{part}"),
            _ if part.is_empty() => {}
            _ => addresses.push(part.to_owned()),
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_separated_by_commas_and_may_contain_some() {
        let of = |text: &str| addresses(&Secret::new(text));
        assert!(of("").is_empty());
        assert_eq!(of("redis://a"), ["redis://a"]);
        assert_eq!(of("redis://a, rediss://:p,w@b:1"), ["redis://a", "rediss://:p,w@b:1"]);
    }
}
