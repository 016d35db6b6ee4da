//! The first connection to PostgreSQL when the server starts. If the database can't be used, the error explains the reason
//! to the operator at once.
//!
//! The connection pool retries for seconds and then reports only a timeout. That is right while the server runs, but hides
//! the reason at the start.

use std::{str::FromStr as _, time::Duration};

use sea_orm::sqlx::{
    self, Connection as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgRow},
};

/// The maximum time until PostgreSQL must answer. After it, the error says that there is no answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The reason why the database can't be used. The texts name host and port or the socket's folder, never a password.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The address can't be parsed.
    #[error("the address can't be read: {0}")]
    Address(sqlx::Error),
    /// PostgreSQL, or the program that listens in its place, refused the connection.
    #[error("PostgreSQL at {address}: {why}")]
    Refused {
        /// Host and port, or the folder of the socket.
        address: String,
        /// The message of the server, or the operating system's error.
        why: String,
    },
    /// A pooler refuses parameters that PostgreSQL takes.
    #[error(
        "the pooler at {address} refuses a startup parameter ({why}): set `ignore_startup_parameters = extra_float_digits` in \
         pgbouncer.ini"
    )]
    StartupParameter {
        /// Host and port, or the folder of the socket.
        address: String,
        /// The message of the pooler.
        why: String,
    },
    /// A pooler gives each transaction another connection of PostgreSQL.
    #[error(
        "the pooler at {address} pools transactions, so that settings and prepared statements of a connection get lost: set \
         `pool_mode = session` in pgbouncer.ini, or connect to PostgreSQL itself"
    )]
    PoolsTransactions {
        /// Host and port, or the folder of the socket.
        address: String,
    },
}

/// Connects once, to check that PostgreSQL accepts the connection and that a pooler, if there is one, pools sessions.
///
/// # Errors
/// `Unusable` if PostgreSQL refuses the connection or does not answer, or if a pooler does not keep the state of
/// connections.
pub async fn postgres(url: &str) -> Result<(), Unusable> {
    let options = PgConnectOptions::from_str(url).map_err(Unusable::Address)?;
    let address = options.get_socket().map_or_else(
        || format!("{}:{}", options.get_host(), options.get_port()),
        |folder| format!("{} (port {})", folder.display(), options.get_port()),
    );
    let refused = |why: String| Unusable::Refused { address: address.clone(), why };
    match tokio::time::timeout(ANSWER_MAX, keeps_sessions(&options)).await {
        Err(_) => Err(refused(format!("no answer within {} s", ANSWER_MAX.as_secs()))),
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Unusable::PoolsTransactions { address }),
        Ok(Err(error)) if error.to_string().contains("startup parameter") => {
            Err(Unusable::StartupParameter { address, why: message(&error) })
        }
        Ok(Err(error)) => Err(refused(message(&error))),
    }
}

/// Whether a connection stays with the same process of PostgreSQL. While a second connection holds a transaction, the first
/// must be served by the same process as before. A pooler that pools transactions gives that process to the second
/// connection, or gives the first another process.
async fn keeps_sessions(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut first = PgConnection::connect_with(options).await?;
    let before = process(&mut first).await?;
    let mut second = PgConnection::connect_with(options).await?;
    sqlx::raw_sql("BEGIN").execute(&mut second).await?;
    let second_process = process(&mut second).await?;
    let after = process(&mut first).await?;
    sqlx::raw_sql("ROLLBACK").execute(&mut second).await?;
    first.close().await?;
    second.close().await?;
    Ok(before == after && second_process != before)
}

/// The id of the process that serves a connection. Sent as a plain query, because prepared statements fail through a pooler
/// that pools transactions.
async fn process(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let row: PgRow = sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(connection).await?;
    row.try_get(0)
}

/// The message of the database or of the operating system, without the text that the driver adds.
fn message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        // The operating system's text contains its number: "Connection refused (os error 111)".
        sqlx::Error::Io(error) => {
            format!("{}; check host and port, and whether PostgreSQL runs there", error.to_string().to_lowercase())
        }
        error => error.to_string(),
    }
}
