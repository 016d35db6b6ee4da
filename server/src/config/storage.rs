//! The data folder, the database and Redis.

use std::path::PathBuf;

use super::{secret::Secret, setting::Kind};

section! {
    /// The folder of the embedded server.
    Data in "data" {
        /// Folder of the SQLite file. The server makes the folder if it does not exist.
        dir: PathBuf = PathBuf::from("./data"), Kind::Text;
    }
}

impl Data {
    /// The path of the SQLite file.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.dir.join("causerie.sqlite")
    }
}

section! {
    /// The SQL database.
    Database in "database" {
        /// `postgres://user:password@host/database`. Empty: embedded SQLite in `data.dir`, for a single node.
        url: Secret = Secret::default(), Kind::Secret;
        /// PostgreSQL connections of this node. PostgreSQL allows 100 by default: enough for four nodes and an operator.
        connections_max: u32 = 20, Kind::Whole(2, 1_000);
        /// Lanes of the writer, which commit in parallel; one conversation always uses the same lane. More lanes commit smaller
        /// batches, which cost the database more. SQLite has one lane.
        lanes: usize = 2, Kind::Whole(1, 64);
        /// Write requests that a lane commits in one transaction.
        batch_max: usize = 256, Kind::Whole(1, 2_000);
    }
}

section! {
    /// The bus between nodes.
    Redis in "redis" {
        /// `redis://host` or `rediss://user:password@host`; several addresses are separated by commas, and the nodes use the first
        /// that is a primary. With `redis.sentinels`, the name of the primary takes the place of the host. Empty: a bus in memory,
        /// for a single node.
        url: Secret = Secret::default(), Kind::Secret;
        /// Redis Sentinels that know the primary, separated by commas: `redis://sentinel:26379`.
        sentinels: Secret = Secret::default(), Kind::Secret;
        /// Prefix of every channel and key, so that several servers can share one Redis.
        prefix: String = "causerie".to_owned(), Kind::Text;
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

/// Splits a list of addresses. A comma within an address, for instance in a password, does not end the address.
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
    fn addresses_are_separated_by_commas_and_may_contain_commas() {
        let parsed = |text: &str| addresses(&Secret::new(text));
        assert!(parsed("").is_empty());
        assert_eq!(parsed("redis://a"), ["redis://a"]);
        assert_eq!(parsed("redis://a, rediss://:p,w@b:1"), ["redis://a", "rediss://:p,w@b:1"]);
    }
}
