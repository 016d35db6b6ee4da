//! A chat in the terminal. `/with tom` chooses a user by the external id; every other line is sent to the chosen user.
//!
//! ```sh
//! export CAUSERIE_URL=ws://localhost:8080/v1/ws
//! export CAUSERIE_TOKEN_COMMAND="causerie token --tenant acme --user lea"
//! cargo run -p causerie-client --example terminal
//! ```

use std::collections::HashMap;

use causerie_client::{Client, Config, ConversationId, Event, State, UserId, UserRef, wire};
use futures::FutureExt as _;
use tokio::sync::mpsc::{self, UnboundedReceiver};

pub mod support;
use support::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (keyboard, lines) = mpsc::unbounded_channel();
    // A separate thread reads the terminal, because such a read can't be cancelled.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if keyboard.send(line).is_err() {
                break;
            }
        }
    });
    run(support::config("")?, lines, |line| println!("{line}")).await
}

/// Sends each line and shows messages and changes of the connection, until the lines or the client end.
///
/// # Errors
/// If the server closes the client permanently.
pub async fn run(config: Config, mut lines: UnboundedReceiver<String>, mut show: impl FnMut(String)) -> Result<(), Failure> {
    let (client, mut events) = Client::connect_with_events(config);
    let mut state = client.state();
    let mut names = HashMap::new();
    let mut chosen = None;
    loop {
        tokio::select! {
            line = lines.recv() => match line.as_deref().map(str::trim) {
                None => break,
                Some("") => {}
                Some(line) => match line.strip_prefix("/with ") {
                    Some(user) => match start(&client, user).await {
                        Ok(id) => {
                            chosen = Some(id);
                            show(format!("-- with {user}"));
                        }
                        Err(error) => show(format!("-- {user}: {error}")),
                    },
                    None => send(&client, chosen, line, &mut show),
                },
            },
            event = events.next() => match event {
                Some(Event::MessageSent(message)) => show(format!("{}: {}", author(&client, &message, &mut names).await, message.text)),
                Some(Event::SendFailed { error, .. }) => show(format!("-- not sent: {error}")),
                Some(_) => {}
                None => break,
            },
            changed = state.changed() => match &*state.borrow_and_update() {
                _ if changed.is_err() => break,
                State::Reconnecting { why, .. } => show(format!("-- reconnecting: {why}")),
                State::Connected => show("-- connected".to_owned()),
                State::Closed { .. } => break,
                State::Disconnected | State::Connecting => {}
            },
        }
    }
    client.close().await;
    support::end_of(&client)
}

/// Starts the direct conversation with a user, or finds the existing one.
async fn start(client: &Client, user: &str) -> Result<ConversationId, Failure> {
    let started = client.start_direct(UserRef::ExternalId(user.to_owned())).await?;
    Ok(started.conversation.unwrap_or_default().id.parse()?)
}

/// Gives a line to the outbox. The line is shown when its event arrives. A later failure causes `Event::SendFailed`.
fn send(client: &Client, to: Option<ConversationId>, line: &str, show: &mut impl FnMut(String)) {
    let Some(conversation) = to else {
        return show("-- choose a user first: /with tom".to_owned());
    };
    // The client refuses a line at once if the line is too long or the outbox is full.
    if let Some(Err(error)) = client.send(conversation, line).now_or_never() {
        show(format!("-- not sent: {error}"));
    }
}

/// The name of the author of a message.
async fn author(client: &Client, message: &wire::Message, names: &mut HashMap<String, String>) -> String {
    let id = &message.author_id;
    if !names.contains_key(id) {
        let Ok(user) = id.parse::<UserId>() else { return id.clone() };
        let found = client.users(&[user]).await.ok().and_then(|users| users.into_iter().next());
        names.insert(id.clone(), found.map_or_else(|| id.clone(), |user| user.name));
    }
    names[id].clone()
}
