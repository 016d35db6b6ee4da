//! The world of one run: data folder, PostgreSQL and Redis or neither, and the server itself. Everything listens on
//! 127.0.0.1 and ends with the run.

mod folder;
mod postgres;
mod redis;
pub mod server;

use std::{net::TcpListener, path::Path};

pub use postgres::Postgres;
pub use server::Server;

use crate::{Outcome, cli::Common, token::Signer};
use folder::Folder;
use redis::Redis;

const TENANT: &str = "load";

/// What servers of this run share. Dropped in this order: services before the folder they write to.
pub struct World {
    /// The private PostgreSQL; `None` in the embedded form.
    pub postgres: Option<Postgres>,
    redis: Option<Redis>,
    program: std::path::PathBuf,
    settings: Vec<(String, String)>,
    folder: Folder,
}

impl World {
    /// Starts the services and makes a tenant; answers what signs its tokens.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start(common: &Common) -> Outcome<(Self, Signer)> {
        let program = match &common.server {
            Some(program) => program.clone(),
            None => std::env::current_exe()?.with_file_name("causerie"),
        };
        if !program.is_file() {
            return Err(
                format!("--server: {} is not there; cargo build --release -p causerie-server", program.display()).into()
            );
        }
        let folder = Folder::new(&common.dir)?;
        let mut world = Self { postgres: None, redis: None, program, settings: Vec::new(), folder };
        if !common.sqlite {
            let postgres = Postgres::start(world.folder.path()).await?;
            let redis = Redis::start(world.folder.path()).await?;
            world.set("DATABASE__URL", postgres.url());
            world.set("REDIS__URL", redis.url());
            (world.postgres, world.redis) = (Some(postgres), Some(redis));
        }
        world.set("DATA__DIR", &world.folder.path().join("data").display().to_string());
        world.set("LISTEN__PUBLIC", "127.0.0.1:0");
        world.set("LISTEN__INTERNAL", "127.0.0.1:0");
        world.set("DEMO__ENABLED", "false");
        world.set("SHUTDOWN__DRAIN_MS", "0");
        // A load tool is not to be slowed down; all else is as delivered.
        for limit in ["FRAMES_PER_SECOND", "FRAMES_BURST", "SENDS_PER_SECOND", "SENDS_BURST"] {
            world.set(&format!("LIMITS__{limit}"), "1000000");
        }
        world.ask(&["migrate"]).await?;
        world.ask(&["tenant", "create", TENANT, "--name", "Load"]).await?;
        let key = world.ask(&["signing-key", "add", "--tenant", TENANT, "--algorithm", "HS256", "--generate"]).await?;
        let signer = Signer::new(said(&key, "kid ")?, said(&key, "secret ")?);
        Ok((world, signer))
    }

    /// The run's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The embedded database.
    #[must_use]
    pub fn sqlite_file(&self) -> std::path::PathBuf {
        self.folder.path().join("data").join("causerie.sqlite")
    }

    /// Starts a server and waits until it is ready. `extra` are settings of this one, `("DATABASE__BATCH_MAX", "1")`.
    ///
    /// # Errors
    /// When it ends instead.
    pub async fn serve(&self, extra: &[(&str, &str)]) -> Outcome<Server> {
        let mut settings = self.settings.clone();
        settings.extend(extra.iter().map(|(key, value)| (variable(key), (*value).to_owned())));
        Server::start(&self.program, &settings, self.folder.path()).await
    }

    /// Makes a key for a back end with these scopes.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn api_key(&self, scopes: &str) -> Outcome<String> {
        let made = self.ask(&["api-key", "create", "--tenant", TENANT, "--name", "load", "--scopes", scopes]).await?;
        Ok(said(&made, "key ")?.to_owned())
    }

    /// Puts the rules of a preset in force.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn choose_rules(&self, preset: &str) -> Outcome<()> {
        self.ask(&["policy", "set", "--tenant", TENANT, "--preset", preset]).await?;
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str) {
        self.settings.push((variable(key), value.to_owned()));
    }

    /// Runs one of the server's subcommands.
    async fn ask(&self, arguments: &[&str]) -> Outcome<String> {
        let output = server::command(&self.program, &self.settings).args(arguments).output().await?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(format!("causerie {}: {why}", arguments.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// What a subcommand printed after a name.
fn said<'a>(printed: &'a str, name: &str) -> Outcome<&'a str> {
    let line = printed.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.map(str::trim).ok_or_else(|| format!("causerie said no {name}"))?)
}

fn variable(key: &str) -> String {
    format!("CAUSERIE_{key}")
}

/// A port nobody listens on now. Another program could take it before it is used; then what was to use it says so.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
