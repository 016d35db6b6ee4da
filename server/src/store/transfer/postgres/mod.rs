//! Backups of PostgreSQL with its own programs: archives of `pg_dump --format=custom`.

mod archive;
mod backup;
mod programs;
mod restore;

use std::{borrow::Cow, collections::BTreeMap, str::FromStr as _};

use percent_encoding::percent_decode_str;
use sea_orm::sqlx::{
    self, Connection as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgSslMode},
};
use url::Url;

use self::programs::Programs;
pub use self::{backup::backup, restore::restore};
use super::TransferError;
use crate::store::{
    connect::POSTGRES_APPLICATION,
    first_contact::{self, Unusable},
};

/// Removes time limits for a connection. The limits of the server, the database or the role suit the statements of a node;
/// they do not suit statements about whole tables, or a connection that waits until a program of PostgreSQL has read or
/// written them. Sets only the limits that the server's version has.
const WITHOUT_LIMITS: &str = "SELECT pg_catalog.set_config(name, value, false) FROM pg_catalog.pg_settings JOIN (VALUES
        ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'), ('lock_timeout', '30s')) AS wanted (name, value) USING (name);\n";

/// A PostgreSQL database, for the driver and for PostgreSQL's own programs.
pub struct Address {
    options: PgConnectOptions,
    /// The address for PostgreSQL's programs. It is not passed as arguments, because other users of the machine see
    /// arguments in the process list.
    environment: BTreeMap<&'static str, String>,
}

impl Address {
    /// Parses `postgres://user:password@host/database` and connects once. `setting` names the setting or option in errors.
    ///
    /// # Errors
    /// [`TransferError::Unusable`] if the address is invalid or the database can't be reached.
    pub async fn check(url: &str, setting: &'static str) -> Result<Self, TransferError> {
        let unusable = |error| TransferError::Unusable { setting, error };
        first_contact::postgres(url).await.map_err(unusable)?;
        let options = PgConnectOptions::from_str(url).map_err(|error| unusable(Unusable::Address(error)))?;
        let environment = environment(&options, url);
        Ok(Self { options, environment })
    }

    /// Opens a connection that has this name in `pg_stat_activity`.
    ///
    /// # Errors
    /// [`TransferError`] if PostgreSQL refuses the connection or a statement.
    pub async fn connect(&self, name: &str) -> Result<PgConnection, TransferError> {
        let options = self.options.clone().application_name(&format!("{POSTGRES_APPLICATION} {name}"));
        let mut connection = PgConnection::connect_with(&options).await.map_err(TransferError::postgres)?;
        sqlx::raw_sql(WITHOUT_LIMITS).execute(&mut connection).await.map_err(TransferError::postgres)?;
        Ok(connection)
    }
}

/// The environment variables for PostgreSQL's programs. Like the driver, the programs read parts that the address lacks from
/// the inherited environment: `PGPASSWORD`, `PGPASSFILE`.
fn environment(options: &PgConnectOptions, url: &str) -> BTreeMap<&'static str, String> {
    let mut environment = BTreeMap::new();
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    environment.insert("PGHOST", host.trim_matches(['[', ']']).to_owned());
    environment.insert("PGPORT", options.get_port().to_string());
    environment.insert("PGUSER", options.get_username().to_owned());
    environment.insert("PGDATABASE", options.get_database().unwrap_or(options.get_username()).to_owned());
    environment.insert("PGSSLMODE", ssl_mode(options.get_ssl_mode()).to_owned());
    environment.extend(options.get_options().map(|options| ("PGOPTIONS", options.to_owned())));
    let Ok(url) = Url::parse(url) else { return environment };
    if let Some(password) = url.password() {
        environment.insert("PGPASSWORD", percent_decode_str(password).decode_utf8_lossy().into_owned());
    }
    for (key, value) in url.query_pairs() {
        let variable = match &*key {
            "password" => "PGPASSWORD",
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            "sslcert" | "ssl-cert" => "PGSSLCERT",
            "sslkey" | "ssl-key" => "PGSSLKEY",
            _ => continue,
        };
        environment.insert(variable, Cow::into_owned(value));
    }
    environment
}

fn ssl_mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

/// The major version of the server.
async fn major_version(connection: &mut PgConnection) -> Result<u32, TransferError> {
    let sql = "SELECT current_setting('server_version_num')::int / 10000";
    let version: i32 = sqlx::query_scalar(sql).fetch_one(connection).await.map_err(TransferError::postgres)?;
    Ok(u32::try_from(version).unwrap_or_default())
}

/// The schema in which the connection finds and creates tables.
async fn schema(connection: &mut PgConnection) -> Result<String, TransferError> {
    let schema: Option<String> =
        sqlx::query_scalar("SELECT current_schema()::text").fetch_one(connection).await.map_err(TransferError::postgres)?;
    schema.ok_or_else(|| TransferError::Postgres("the database has no schema on its search_path".to_owned()))
}

/// The applied migrations; empty if the database has no table of migrations.
///
/// # Errors
/// [`TransferError`] if the database does not answer or refuses the statement.
pub(super) async fn migrations(connection: &mut PgConnection) -> Result<Vec<String>, TransferError> {
    let sql = "SELECT to_regclass('seaql_migrations') IS NOT NULL";
    let exists: bool = sqlx::query_scalar(sql).fetch_one(&mut *connection).await.map_err(TransferError::postgres)?;
    if !exists {
        return Ok(Vec::new());
    }
    let applied = sqlx::query_scalar("SELECT version::text FROM seaql_migrations ORDER BY version").fetch_all(connection);
    applied.await.map_err(TransferError::postgres)
}

/// An error if another process of Causerie is connected to the same database.
///
/// # Errors
/// [`TransferError::Served`] with the addresses of these processes; another [`TransferError`] if the database does not
/// answer.
pub(super) async fn refuse_if_served(connection: &mut PgConnection) -> Result<(), TransferError> {
    let sql = "SELECT coalesce(host(client_addr), 'this machine') AS address, count(*) AS connections FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()
                     AND (application_name = $1 OR application_name LIKE $1 || ' %')
               GROUP BY address ORDER BY address";
    let rows = sqlx::query(sql).bind(POSTGRES_APPLICATION).fetch_all(connection).await.map_err(TransferError::postgres)?;
    let mut connected = Vec::new();
    for row in rows {
        let address: String = row.try_get("address").map_err(TransferError::postgres)?;
        let connections: i64 = row.try_get("connections").map_err(TransferError::postgres)?;
        connected.push(format!("{connections} connections from {address}"));
    }
    if connected.is_empty() { Ok(()) } else { Err(TransferError::Served(connected.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_of_postgresql_get_the_parts_of_the_address() {
        let environment_of = |url: &str| environment(&PgConnectOptions::from_str(url).expect("an address"), url);
        let all = environment_of(
            "postgres://lea:p%40ss%20w%2Bord@db.example:5433/chat?sslmode=verify-full&sslrootcert=/etc/ca.pem&options=-csearch_path%3Dchat",
        );
        let expected = [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "lea"),
            ("PGDATABASE", "chat"),
            ("PGPASSWORD", "p@ss w+ord"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/etc/ca.pem"),
            ("PGOPTIONS", "-csearch_path=chat"),
        ];
        assert_eq!(all, expected.map(|(name, value)| (name, value.to_owned())).into());
        let socket = environment_of("postgres:///chat?host=/run/postgresql&user=lea&password=x");
        assert_eq!((socket["PGHOST"].as_str(), socket["PGPASSWORD"].as_str()), ("/run/postgresql", "x"));
        assert_eq!(environment_of("postgres://lea@[::1]/chat")["PGHOST"], "::1");
    }
}
