//! A private PostgreSQL with the durability of production: fsync and full-page writes stay on.

use std::{
    fs,
    io::Write as _,
    net::SocketAddr,
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::Path,
    process::Child,
    time::Duration,
};

use causerie_test_services::{
    free_address,
    postgres::{command, is_ready, programs},
};
use rustix::process::Signal;
use sea_orm::sqlx::{self, PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::{
    DatabaseReading,
    cores::{self, CoreUse},
    server,
};
use crate::Outcome;

/// `initdb` and the first start take 1 s on two cores.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// The PostgreSQL process, which ends when this is dropped.
pub struct Postgres {
    child: Child,
    url: String,
    version: String,
    counts_statements: bool,
    pool: PgPool,
}

impl Postgres {
    /// Makes a database cluster in `folder` and starts PostgreSQL.
    ///
    /// # Errors
    /// When the programs are missing or fail.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let (data, secret) = (folder.join("postgres"), folder.join("postgres.password"));
        // 74 random bits suffice for a port of this machine that is open for a few minutes.
        let password = Uuid::now_v7().simple().to_string();
        fs::create_dir(&data)?;
        let only_mine = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&secret);
        only_mine?.write_all(password.as_bytes())?;
        let log = folder.join("postgres.log");
        let programs = programs()?;
        let initdb = command(&programs.join("initdb"), &[&data, &secret])?
            .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg("--pwfile")
            .arg(&secret)
            .arg("--pgdata")
            .arg(&data)
            .output()?;
        if !initdb.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&initdb.stderr)).into());
        }
        fs::remove_file(&secret)?;
        let address = free_address();
        let mut postgres = command(&programs.join("postgres"), &[])?;
        postgres.arg("-D").arg(&data).args(["-p", &address.port().to_string(), "-c", "listen_addresses=127.0.0.1"]);
        postgres.args(["-c", "unix_socket_directories="]);
        // Records the commit time of transactions and counts statements; both are off by default.
        postgres.args(["-c", "track_commit_timestamp=on"]);
        let counts_statements = programs.with_file_name("lib").join("pg_stat_statements.so").is_file();
        if counts_statements {
            postgres.args(["-c", "shared_preload_libraries=pg_stat_statements"]);
        }
        let out = fs::File::create(&log)?;
        postgres.stdout(out.try_clone()?).stderr(out).process_group(0);
        let child = cores::start_on(CoreUse::Database, || postgres.spawn())?;
        let url = format!("postgres://postgres:{password}@{address}/postgres");
        let pool = PgPoolOptions::new().max_connections(2).connect_lazy(&url)?;
        let mut started = Self { child, url, version: String::new(), counts_statements, pool };
        started.ready(&programs, address, &log).await?;
        if counts_statements {
            sqlx::query("CREATE EXTENSION pg_stat_statements").execute(&started.pool).await?;
        }
        started.version = sqlx::query_scalar("SHOW server_version").fetch_one(&started.pool).await?;
        Ok(started)
    }

    /// The URL of the superuser, with the password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process id of the main process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The version, `15.14`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether `pg_stat_statements` is installed.
    #[must_use]
    pub fn counts_statements(&self) -> bool {
        self.counts_statements
    }

    /// A pool with a few connections, in addition to those of the server.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Returns the number of a query `SELECT ...::float8`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn number(&self, select: &'static str) -> Outcome<f64> {
        Ok(sqlx::query_scalar(select).fetch_one(&self.pool).await?)
    }

    /// The resources that PostgreSQL has used so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading(&self) -> Outcome<DatabaseReading> {
        DatabaseReading::of(self).await
    }

    async fn ready(&mut self, programs: &Path, address: SocketAddr, log: &Path) -> Outcome<()> {
        let deadline = tokio::time::Instant::now() + START_PATIENCE;
        while !is_ready(programs, address)? {
            if self.child.try_wait()?.is_some() || tokio::time::Instant::now() > deadline {
                return Err(format!("postgres did not start: {}", fs::read_to_string(log)?).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is the fast shutdown of PostgreSQL: it does not wait for clients to disconnect.
        server::signal(self.child.id(), Signal::INT);
        let _ = self.child.wait();
    }
}
