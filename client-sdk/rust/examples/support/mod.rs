//! What the examples share: settings from the environment.
#![allow(dead_code)] // Each example uses a part.

use std::{env, error::Error, io};

use causerie_client::{Client, CloseReason, Config, State, TokenProvider};

/// An error of any kind, for `main`.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The value of an environment variable.
///
/// # Errors
/// Names the variable that is missing.
pub fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("set {name}; see the first lines of the example").into())
}

/// Settings from `CAUSERIE_URL` and `CAUSERIE_TOKEN_COMMAND`, each with `suffix`.
///
/// # Errors
/// If one of them is missing, or the address is not valid.
pub fn config(suffix: &str) -> Result<Config, Failure> {
    let command = variable(&format!("CAUSERIE_TOKEN_COMMAND{suffix}"))?;
    Ok(Config::new(&variable(&format!("CAUSERIE_URL{suffix}"))?, tokens_of(command))?)
}

/// Gets tokens from a shell command. A product asks its back end instead.
pub fn tokens_of(command: String) -> impl TokenProvider {
    move || {
        let command = command.clone();
        async move {
            let output = tokio::process::Command::new("sh").arg("-c").arg(&command).output().await?;
            if !output.status.success() {
                let says = String::from_utf8_lossy(&output.stderr).into_owned();
                return Err(io::Error::other(format!("`{command}` failed: {says}")));
            }
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
    }
}

/// The end of a client whose events have ended.
///
/// # Errors
/// If the server has closed the client for good.
pub fn end_of(client: &Client) -> Result<(), Failure> {
    match &*client.state().borrow() {
        State::Closed { reason: reason @ CloseReason::ByServer { .. } } => Err(reason.to_string().into()),
        _ => Ok(()),
    }
}
