//! Fingerprints of tables: two tables with the same rows have the same fingerprint.

use futures::TryStreamExt as _;
use sea_orm::sqlx::{self, AssertSqlSafe, Row as _, SqliteConnection, TypeInfo as _, ValueRef as _, sqlite::SqliteRow};
use sha2::{Digest as _, Sha256};

use super::tables::quoted;

/// The fingerprint of a table: the number of its rows, and the sum of their hashes, which does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The number of rows.
    pub rows: u64,
    sum: u128,
}

impl Fingerprint {
    /// Adds a row, given as bytes that differ between different rows.
    pub fn add(&mut self, row: &[u8]) {
        let hash = Sha256::digest(row);
        let first: [u8; 16] = hash[..16].try_into().expect("a hash has 32 bytes");
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(first));
    }

    /// The sum of the hashes as hexadecimal text.
    pub fn checksum(&self) -> String {
        format!("{:032x}", self.sum)
    }
}

/// A value of a SQLite row.
pub enum Value<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

impl<'r> Value<'r> {
    /// The value in the column with this index.
    pub fn of(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error> {
        let kind = {
            let raw = row.try_get_raw(index)?;
            if raw.is_null() { None } else { Some(raw.type_info().name().to_owned()) }
        };
        Ok(match kind.as_deref() {
            None => Self::Null,
            Some("INTEGER") => Self::Integer(row.try_get_unchecked(index)?),
            Some("REAL") => Self::Real(row.try_get_unchecked(index)?),
            Some("TEXT") => Self::Text(row.try_get_unchecked(index)?),
            Some(_) => Self::Blob(row.try_get_unchecked(index)?),
        })
    }

    /// Appends the value with its type and length, so that different values never give the same bytes.
    fn append_to(&self, bytes: &mut Vec<u8>) {
        let mut append = |type_mark: u8, data: &[u8]| {
            bytes.push(type_mark);
            bytes.extend((data.len() as u64).to_be_bytes());
            bytes.extend(data);
        };
        match self {
            Self::Null => append(b'n', &[]),
            Self::Integer(value) => append(b'i', &value.to_be_bytes()),
            Self::Real(value) => append(b'r', &value.to_be_bytes()),
            Self::Text(value) => append(b't', value),
            Self::Blob(value) => append(b'b', value),
        }
    }
}

/// The fingerprint of a SQLite table.
pub async fn of_sqlite_table(connection: &mut SqliteConnection, table: &str) -> Result<Fingerprint, sqlx::Error> {
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {}", quoted(table)))).fetch(connection);
    let (mut fingerprint, mut bytes) = (Fingerprint::default(), Vec::new());
    while let Some(row) = rows.try_next().await? {
        bytes.clear();
        for index in 0..row.len() {
            Value::of(&row, index)?.append_to(&mut bytes);
        }
        fingerprint.add(&bytes);
    }
    Ok(fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_depends_on_all_values_but_not_on_the_order_of_rows() {
        let fingerprint_of = |rows: &[&[u8]]| {
            let mut fingerprint = Fingerprint::default();
            rows.iter().for_each(|row| fingerprint.add(row));
            fingerprint
        };
        assert_eq!(fingerprint_of(&[b"a", b"b"]), fingerprint_of(&[b"b", b"a"]));
        for other in [&[b"a" as &[u8]] as &[&[u8]], &[b"a", b"a"], &[b"a", b"c"], &[b"ab"], &[b"a", b"b", b"b"]] {
            assert_ne!(fingerprint_of(&[b"a", b"b"]), fingerprint_of(other), "{other:?}");
        }
    }
}
