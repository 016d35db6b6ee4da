//! The environment of a run: a target that runs already, or a data folder, PostgreSQL and Redis (or neither of the
//! two), and the servers. Everything that the run starts listens on 127.0.0.1 and ends with the run.

pub mod cores;
pub mod filling;
mod folder;
pub mod http;
pub mod place;
mod postgres;
mod reading;
mod redis;
mod server;
pub mod token;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

pub use postgres::Postgres;
pub use reading::{DatabaseReading, Reading};
pub use redis::Redis;
pub use server::Server;

use crate::{Outcome, cli::options::Common, report::Report};
use folder::Folder;
use place::Place;
use token::Issuer;

const TENANT: &str = "load";

/// The parts that the servers of a run share. The fields are dropped in this order: the services before the folder to
/// which they write.
pub struct World {
    /// The private PostgreSQL; `None` in the embedded form and for a target.
    pub postgres: Option<Postgres>,
    /// The private Redis; `None` in the embedded form and for a target.
    pub redis: Option<Redis>,
    origin: Origin,
    issuer: Issuer,
    prefix: String,
    folder: Folder,
}

/// The origin of the servers.
enum Origin {
    /// The run starts them.
    Spawned { program: PathBuf, settings: Vec<(String, String)> },
    /// A server that runs already.
    Target { place: Place, internal: Option<SocketAddr> },
}

impl World {
    /// Starts the services and creates a tenant, or connects to the target.
    ///
    /// # Errors
    /// When a program is missing or does not start, or load on the target is not allowed.
    pub async fn start(common: &Common) -> Outcome<Self> {
        let folder = Folder::new(&common.dir)?;
        let mut world = match &common.target {
            Some(target) => Self::target(common, target, folder).await?,
            None => Self::spawned(common, folder).await?,
        };
        world.prefix.clone_from(&common.prefix);
        Ok(world)
    }

    async fn target(common: &Common, target: &str, folder: Folder) -> Outcome<Self> {
        let allow = common.allow.as_deref();
        let place = Place::parse("--target", target).await?;
        place.check_allowed("--target", allow)?;
        let internal = match &common.internal {
            Some(url) => {
                let internal = Place::parse("--internal", url).await?;
                internal.check_allowed("--internal", allow)?;
                if internal.tls {
                    return Err(format!("--internal {url}: expected http://").into());
                }
                Some(internal.address())
            }
            None => None,
        };
        let (kid, file) =
            common.key_id.as_ref().zip(common.key_file.as_ref()).ok_or("--target: add --key-id and --key-file")?;
        let issuer = Issuer::of_file(kid, common.algorithm, file)?;
        let origin = Origin::Target { place, internal };
        Ok(Self { postgres: None, redis: None, origin, issuer, prefix: String::new(), folder })
    }

    async fn spawned(common: &Common, folder: Folder) -> Outcome<Self> {
        let program = match &common.server {
            Some(program) => program.clone(),
            None => std::env::current_exe()?.with_file_name("causerie"),
        };
        if !program.is_file() {
            return Err(
                format!("--server: {} is not there; cargo build --release -p causerie-server", program.display()).into()
            );
        }
        let (mut postgres, mut redis) = (None, None);
        let mut settings = Vec::new();
        let mut set = |key: &str, value: &str| settings.push((variable(key), value.to_owned()));
        if !common.sqlite {
            let database = postgres.insert(Postgres::start(folder.path()).await?);
            set("DATABASE__URL", database.url());
            set("REDIS__URL", redis.insert(Redis::start(folder.path()).await?).url());
        }
        set("DATA__DIR", &folder.path().join("data").display().to_string());
        set("LISTEN__PUBLIC", "127.0.0.1:0");
        set("LISTEN__INTERNAL", "127.0.0.1:0");
        set("DEMO__ENABLED", "false");
        set("SHUTDOWN__DRAIN_MS", "0");
        // The load must not be slowed down by rate limits; all other settings keep their defaults.
        for limit in ["FRAMES_PER_SECOND", "FRAMES_BURST", "SENDS_PER_SECOND", "SENDS_BURST"] {
            set(&format!("LIMITS__{limit}"), "1000000");
        }
        ask(&program, &settings, &["migrate"]).await?;
        ask(&program, &settings, &["tenant", "create", TENANT, "--name", "Load"]).await?;
        let add_key = ["signing-key", "add", "--tenant", TENANT, "--algorithm", "HS256", "--generate"];
        let key = ask(&program, &settings, &add_key).await?;
        let issuer = Issuer::of_secret(printed_value(&key, "kid ")?, printed_value(&key, "secret ")?);
        let origin = Origin::Spawned { program, settings };
        Ok(Self { postgres, redis, origin, issuer, prefix: String::new(), folder })
    }

    /// Whether the server is a target: the run can't read its resources, change its settings or restart it.
    #[must_use]
    pub fn is_target(&self) -> bool {
        matches!(self.origin, Origin::Target { .. })
    }

    /// Notes in the report which figures are missing.
    pub fn note_missing(&self, report: &mut Report) {
        if let Origin::Target { internal, .. } = &self.origin {
            let counters = if internal.is_none() { ", and its counters (no --internal)" } else { "" };
            report.note(format!(
                "CPU and memory of the server, figures of its database{counters} are not known of a --target"
            ));
        }
    }

    /// The folder of the run.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file of the embedded database.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.folder.path().join("data").join("causerie.sqlite")
    }

    /// The issuer of the users' tokens.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The prefix of the names of all users.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Starts a server and waits until it is ready. `extra` are additional settings, for example
    /// `("DATABASE__BATCH_MAX", "1")`. A target is used as it is.
    ///
    /// # Errors
    /// When the server ends instead, or `extra` is not empty for a target.
    pub async fn serve(&self, extra: &[(&str, &str)]) -> Outcome<Server> {
        self.serve_as(0, extra).await
    }

    /// Starts a server as [`World::serve`] does, for one of several nodes, counted from 0.
    ///
    /// # Errors
    /// The errors of [`World::serve`]; also if a target would need a second node.
    pub async fn serve_as(&self, node: usize, extra: &[(&str, &str)]) -> Outcome<Server> {
        match &self.origin {
            Origin::Spawned { program, settings } => {
                let mut settings = settings.clone();
                settings.extend(extra.iter().map(|(key, value)| (variable(key), (*value).to_owned())));
                Server::start(program, &settings, self.path(), node).await
            }
            Origin::Target { place, internal } if node == 0 && extra.is_empty() => {
                Ok(Server::running(place.clone(), *internal))
            }
            Origin::Target { .. } => Err("--target: this scenario has to start its servers itself".into()),
        }
    }

    /// Creates an API key with these scopes.
    ///
    /// # Errors
    /// When the server refuses, or is a target.
    pub async fn api_key(&self, scopes: &str) -> Outcome<String> {
        let made = self.ask(&["api-key", "create", "--tenant", TENANT, "--name", "load", "--scopes", scopes]).await?;
        Ok(printed_value(&made, "key ")?.to_owned())
    }

    /// Activates the rules of a preset.
    ///
    /// # Errors
    /// When the server refuses, or is a target.
    pub async fn choose_rules(&self, preset: &str) -> Outcome<()> {
        self.ask(&["policy", "set", "--tenant", TENANT, "--preset", preset]).await?;
        Ok(())
    }

    /// Activates the rules of a file.
    ///
    /// # Errors
    /// When the rules are wrong, or the server is a target.
    pub async fn choose_rules_of(&self, file: &Path) -> Outcome<()> {
        self.ask(&["policy", "set", "--tenant", TENANT, "--file", &file.display().to_string()]).await?;
        Ok(())
    }

    /// The version of the server, `0.1.0`; `None` for a target.
    ///
    /// # Errors
    /// When the program does not print its version.
    pub async fn server_version(&self) -> Outcome<Option<String>> {
        match &self.origin {
            Origin::Spawned { .. } => {
                let said = self.ask(&["--version"]).await?;
                Ok(said.split_whitespace().nth(1).map(str::to_owned))
            }
            Origin::Target { .. } => Ok(None),
        }
    }

    /// Runs a subcommand of the server and returns its output.
    ///
    /// # Errors
    /// When it fails, or the server is a target.
    pub async fn ask(&self, arguments: &[&str]) -> Outcome<String> {
        match &self.origin {
            Origin::Spawned { program, settings } => ask(program, settings, arguments).await,
            Origin::Target { .. } => Err("--target: this scenario has to administer its server itself".into()),
        }
    }
}

async fn ask(program: &Path, settings: &[(String, String)], arguments: &[&str]) -> Outcome<String> {
    let output = server::command(program, settings).args(arguments).output().await?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("causerie {}: {why}", arguments.join(" ")).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The value that a subcommand printed after a name.
fn printed_value<'a>(printed: &'a str, name: &str) -> Outcome<&'a str> {
    let line = printed.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.map(str::trim).ok_or_else(|| format!("causerie said no {name}"))?)
}

fn variable(key: &str) -> String {
    format!("CAUSERIE_{key}")
}
