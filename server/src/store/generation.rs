//! The generation of a program: a number that says which states of a tenant the program obeys.
//!
//! During an upgrade, nodes of two releases write to one PostgreSQL database. A node of the older release does not know a
//! state that the newer release introduces, for example a suspension, and would continue to write for a suspended tenant.
//! So the name of each connection contains the generation of its program, and a new state is set only if no older program
//! is connected.

use sea_orm::{ConnectionTrait, DbBackend};

use super::{StoreError, connect::POSTGRES_APPLICATION, rows::statement};

/// The generation of this program. A release that adds a state of a tenant increments it. Releases before suspensions have
/// the generation 0; the names of their connections contain no number.
const GENERATION: u32 = 1;
/// The first generation whose programs obey the suspension of a tenant.
pub const SUSPENSIONS: u32 = 1;

/// The name of this program's connections in `pg_stat_activity`, such as `causerie 1`.
pub(super) fn application() -> String {
    format!("{POSTGRES_APPLICATION} {GENERATION}")
}

/// A text for operators that lists the connections of programs with a generation lower than `generation`; `None` if there
/// are no such connections, and for SQLite, which only one program uses at a time.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn connections_of_older(connection: &impl ConnectionTrait, generation: u32) -> Result<Option<String>, StoreError> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(None);
    }
    let sql = "SELECT a.application_name AS name, COALESCE(host(a.client_addr), 'this machine') AS address,
                      COUNT(*) AS connections
               FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name LIKE $1
               GROUP BY a.application_name, address ORDER BY address";
    let rows = connection.query_all_raw(statement(backend, sql, vec![format!("{POSTGRES_APPLICATION}%").into()])).await?;
    let mut older = Vec::new();
    for row in rows {
        if generation_in_name(&row.try_get::<String>("", "name")?).is_some_and(|found| found < generation) {
            let (address, connections): (String, i64) = (row.try_get("", "address")?, row.try_get("", "connections")?);
            older.push(format!("{connections} connections from {address}"));
        }
    }
    Ok((!older.is_empty()).then(|| older.join(", ")))
}

/// The generation in the name of a connection; `None` for a backup, a restore, and a program that is not Causerie.
fn generation_in_name(name: &str) -> Option<u32> {
    match name.strip_prefix(POSTGRES_APPLICATION)? {
        "" => Some(0),
        number => number.strip_prefix(' ')?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generation_is_read_from_the_name_of_a_connection() {
        assert_eq!(generation_in_name(&application()), Some(GENERATION));
        assert_eq!((generation_in_name("causerie"), generation_in_name("causerie 12")), (Some(0), Some(12)));
        assert_eq!(
            (generation_in_name("causerie transfer"), generation_in_name("causeries"), generation_in_name("psql")),
            (None, None, None)
        );
    }
}
