//! Functions that all examples use: settings from the environment, and the end of a client.
#![allow(dead_code)] // Each example uses some of the functions.

use std::{env, error::Error, io};

use causerie_client::{Client, CloseReason, Config, State, TokenProvider};

/// An error of any kind, for `main`.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The value of an environment variable.
///
/// # Errors
/// An error that names the variable, if it is not set.
pub fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("set {name}; see the first lines of the example").into())
}

/// Settings from `CAUSERIE_URL` and `CAUSERIE_TOKEN_COMMAND`, each with `suffix`.
///
/// # Errors
/// If a variable is missing, or the address is not valid.
pub fn config(suffix: &str) -> Result<Config, Failure> {
    let command = variable(&format!("CAUSERIE_TOKEN_COMMAND{suffix}"))?;
    Ok(Config::new(&variable(&format!("CAUSERIE_URL{suffix}"))?, tokens_of(command))?)
}

/// A token provider that gets tokens from a shell command. A product gets them from its back end.
pub fn tokens_of(command: String) -> impl TokenProvider {
    move || {
        let command = command.clone();
        async move {
            let output = tokio::process::Command::new("sh").arg("-c").arg(&command).output().await?;
            if !output.status.success() {
                let error_output = String::from_utf8_lossy(&output.stderr).into_owned();
                return Err(io::Error::other(format!("`{command}` failed: {error_output}")));
            }
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
    }
}

/// The result of an example whose client has ended.
///
/// # Errors
/// The reason, if the server has closed the client permanently.
pub fn end_of(client: &Client) -> Result<(), Failure> {
    match &*client.state().borrow() {
        State::Closed { reason: reason @ CloseReason::ByServer { .. } } => Err(reason.to_string().into()),
        _ => Ok(()),
    }
}
