//! The command line. One file per subcommand; without a subcommand, `serve` runs.

#[macro_use]
mod out;

mod audit;
mod backup;
mod check_config;
mod copy;
mod healthcheck;
mod import;
mod jobs;
mod keys;
mod policy;
mod restore;
mod serve;
mod tenant;
mod token;
mod transfer;
mod web_access;

use std::{error::Error, path::PathBuf, process::ExitCode, sync::Arc};

use causerie_policy::{PRESETS, Policy};
use clap::{Args, Parser, Subcommand};

use crate::{
    app::{self, StartError},
    audit::Actor,
    clock::{Clock, SystemClock},
    config::{self, Config, Loaded, Problems, Sources},
    secrets::Secrets,
    store::{
        Store,
        queries::tenants::{self, Tenant},
    },
};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Causerie, a chat server.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Settings {
    /// TOML file with settings; without it, the one named by CAUSERIE_CONFIG.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A setting, stronger than file and environment: `--set listen.public=127.0.0.1:9000`. Not for secrets, which other
    /// users of the machine would see in the list of processes.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve; what happens without a subcommand.
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Sign a token for a user, with an HS256 key of the tenant.
    Token(token::Token),
    /// Import users, groups, memberships, relations, edges and settings of a tenant from files.
    Import(import::ImportFiles),
    /// Manage tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Manage the keys that sign users' tokens.
    #[command(subcommand)]
    SigningKey(keys::SigningKeyCommand),
    /// Manage the keys of back ends.
    #[command(subcommand)]
    ApiKey(keys::ApiKeyCommand),
    /// Set, test and explain the policies of tenants.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Print what back ends and operators did, and what the policy denied: the latest first.
    Audit(audit::Audit),
    /// List the jobs of the server, and retry or delete them.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Copy everything into one file, while the server runs.
    Backup(backup::Backup),
    /// Replace the database by a backup. The server must not run.
    Restore(restore::Restore),
    /// Copy the embedded database to an empty PostgreSQL. The server must not run.
    Copy(copy::Copy),
    /// Print the settings in effect and where each comes from; fail if they are not valid.
    CheckConfig,
    /// Print all settings with their defaults, allowed values and meanings, as Markdown.
    Settings,
    /// Ask the running server on this machine whether it is ready; fail if not.
    Healthcheck,
}

impl Cli {
    /// Runs the subcommand.
    pub async fn run(self) -> ExitCode {
        let outcome = match self.command {
            None | Some(Command::Serve) => serve::run(&self.settings).await,
            Some(Command::Migrate) => migrate(&self.settings).await,
            Some(Command::Token(token)) => token.run(&self.settings).await,
            Some(Command::Import(import)) => import.run(&self.settings).await,
            Some(Command::Tenant(command)) => command.run(&self.settings).await,
            Some(Command::SigningKey(command)) => command.run(&self.settings).await,
            Some(Command::ApiKey(command)) => command.run(&self.settings).await,
            Some(Command::Policy(command)) => command.run(&self.settings).await,
            Some(Command::Audit(audit)) => audit.run(&self.settings).await,
            Some(Command::Jobs(command)) => command.run(&self.settings).await,
            Some(Command::Backup(backup)) => backup.run(&self.settings).await,
            Some(Command::Restore(restore)) => restore.run(&self.settings).await,
            Some(Command::Copy(copy)) => copy.run(&self.settings).await,
            Some(Command::CheckConfig) => check_config::run(&self.settings),
            Some(Command::Settings) => {
                print!("{}", config::page());
                Ok(())
            }
            Some(Command::Healthcheck) => healthcheck::run(&self.settings).await,
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                out::write_last_error(format!("causerie: {error}\n"));
                ExitCode::FAILURE
            }
        }
    }
}

impl Settings {
    fn load(&self) -> Result<Loaded, Problems> {
        Config::load(&Sources::from_process(self.config.clone(), self.set.clone()))
    }

    /// Opens the existing database; an error if there is none. A missing file usually means a wrong `data.dir` and not a new
    /// installation.
    async fn store(&self) -> Result<Store, Box<dyn Error + Send + Sync>> {
        self.existing_file()?;
        Ok(app::open_store(&self.load()?.config).await?)
    }

    /// An error if the settings name the embedded database and its file does not exist.
    fn existing_file(&self) -> Outcome {
        let config = self.load()?.config;
        if config.database.url.is_empty() && !config.data.sqlite_file().exists() {
            let reason = "start the server once, or `causerie migrate`";
            return Err(format!("there is no database at {} (`data.dir`): {reason}", data_location(&config)).into());
        }
        Ok(())
    }

    /// Opens the database; creates the embedded database if there is none.
    async fn store_or_new(&self) -> Result<Store, Box<dyn Error + Send + Sync>> {
        Ok(app::open_store(&self.load()?.config).await?)
    }

    /// The keys that encrypt secrets in the database.
    fn secrets(&self) -> Result<Secrets, Box<dyn Error + Send + Sync>> {
        Ok(Secrets::new(&self.load()?.config.auth)?)
    }

    /// A tenant by its slug, and the open database.
    async fn tenant(&self, slug: &str) -> Result<(Store, Tenant), Box<dyn Error + Send + Sync>> {
        let store = self.store().await?;
        match tenants::find_by_slug(&store, slug).await? {
            Some(tenant) => Ok((store, tenant)),
            None => {
                let data_location = data_location(&self.load()?.config);
                Err(format!("--tenant: there is no tenant `{slug}` in {data_location}; `causerie tenant list` tells which")
                    .into())
            }
        }
    }
}

/// Where the data is, for messages.
fn data_location(config: &Config) -> String {
    if !config.database.url.is_empty() {
        return "PostgreSQL".to_owned();
    }
    let file = config.data.sqlite_file();
    std::path::absolute(&file).unwrap_or(file).display().to_string()
}

async fn migrate(settings: &Settings) -> Outcome {
    let store = app::connect_store(&settings.load()?.config).await?;
    let taken = store.migrate().await.map_err(StartError::from)?;
    if taken.is_empty() {
        println!("the schema is up to date");
    }
    for step in taken {
        println!("took {step}");
    }
    Ok(())
}

/// The preset of this name; `flag` names the option in the error.
fn preset(flag: &str, name: &str) -> Result<Policy, String> {
    Policy::preset(name).ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        format!("{flag}: there is no preset `{name}`; there are: {}", names.join(", "))
    })
}

/// The operator who runs the program, as the actor of an audit line: `cli:` and the name of the system user.
fn operator() -> Actor {
    Actor::operator(operator_named(None))
}

/// The actor in the audit: `cli:` and the given name; without a name, the user who runs the program.
fn operator_named(name: Option<String>) -> String {
    let name = name.or_else(|| std::env::var("USER").ok()).filter(|name| !name.is_empty());
    format!("cli:{}", name.as_deref().unwrap_or("unknown"))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_definition_is_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_subcommand_means_serve() {
        let cli = Cli::try_parse_from(["causerie", "--set", "listen.public=127.0.0.1:0"]).expect("parses");
        assert!(cli.command.is_none());
        assert_eq!(cli.settings.set, [("listen.public".to_owned(), "127.0.0.1:0".to_owned())]);
    }

    #[test]
    fn settings_may_follow_the_subcommand() {
        let cli = Cli::try_parse_from(["causerie", "check-config", "--config", "/etc/causerie.toml"]).expect("parses");
        assert_eq!(cli.settings.config, Some(PathBuf::from("/etc/causerie.toml")));
        assert!(Cli::try_parse_from(["causerie", "--set", "no-equals-sign"]).is_err());
    }
}
