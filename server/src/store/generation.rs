//! Which states of a tenant the programs heed that are connected to the same PostgreSQL database.
//!
//! During an upgrade, nodes of two releases write to one database. A node of the older release does not know a state that the
//! newer release introduces, such as a suspension, and would go on to write. So each connection carries the generation of its
//! program in its name, and such a state is set only if no older program is connected.

use sea_orm::{ConnectionTrait, DbBackend};

use super::{StoreError, connect::POSTGRES_APPLICATION, rows::statement};

/// The generation of this program. A release whose nodes begin to heed another state of a tenant raises it. Generation 0 is that
/// of the releases before suspensions, whose connections carry no number.
const GENERATION: u32 = 1;
/// The first generation that heeds suspensions.
pub const SUSPENSIONS: u32 = 1;

/// The name of this program's connections in `pg_stat_activity`.
pub(super) fn application() -> String {
    format!("{POSTGRES_APPLICATION} {GENERATION}")
}

/// The connections of programs of generations before `generation`, as a text for operators; `None` if there are none. SQLite has
/// one program at a time.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn older_than(connection: &impl ConnectionTrait, generation: u32) -> Result<Option<String>, StoreError> {
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
        if of(&row.try_get::<String>("", "name")?).is_some_and(|of| of < generation) {
            let (address, connections): (String, i64) = (row.try_get("", "address")?, row.try_get("", "connections")?);
            older.push(format!("{connections} connections from {address}"));
        }
    }
    Ok((!older.is_empty()).then(|| older.join(", ")))
}

/// The generation of the program with this name; `None` for another program, and for a backup or a restore.
fn of(name: &str) -> Option<u32> {
    match name.strip_prefix(POSTGRES_APPLICATION)? {
        "" => Some(0),
        number => number.strip_prefix(' ')?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generation_is_part_of_the_name() {
        assert_eq!(of(&application()), Some(GENERATION));
        assert_eq!((of("causerie"), of("causerie 12")), (Some(0), Some(12)));
        assert_eq!((of("causerie transfer"), of("causeries"), of("psql")), (None, None, None));
    }
}
