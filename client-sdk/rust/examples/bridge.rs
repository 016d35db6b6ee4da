//! A bridge: copies the messages of a conversation on one server into a conversation on another one, and back.
//! Messages that are sent while the bridge does not run are not copied.
//!
//! ```sh
//! export CAUSERIE_URL_LEFT=ws://localhost:8080/v1/ws CAUSERIE_URL_RIGHT=wss://chat.example.org/v1/ws
//! export CAUSERIE_TOKEN_COMMAND_LEFT="causerie token --tenant acme --user bridge"
//! export CAUSERIE_TOKEN_COMMAND_RIGHT="cat right.token"
//! export CONVERSATION_LEFT=01999c… CONVERSATION_RIGHT=0199a2…
//! cargo run -p causerie-client --example bridge
//! ```

use std::collections::HashMap;

use causerie_client::{Client, Config, ConversationId, Event, Events, UserId, wire};

pub mod support;
use support::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let side_settings = |side: &str| -> Result<(Config, ConversationId), Failure> {
        Ok((support::config(side)?, support::variable(&format!("CONVERSATION{side}"))?.parse()?))
    };
    run(side_settings("_LEFT")?, side_settings("_RIGHT")?).await
}

/// Copies in both directions until one of the clients is closed.
///
/// # Errors
/// If a server closes its client permanently, or refuses a request.
pub async fn run(left: (Config, ConversationId), right: (Config, ConversationId)) -> Result<(), Failure> {
    let (mut left, mut left_events) = End::connect(left).await?;
    let (mut right, mut right_events) = End::connect(right).await?;
    loop {
        tokio::select! {
            event = left_events.next() => match event {
                Some(event) => left.copy(event, &right).await?,
                None => return support::end_of(&left.client),
            },
            event = right_events.next() => match event {
                Some(event) => right.copy(event, &left).await?,
                None => return support::end_of(&right.client),
            },
        }
    }
}

/// One end of the bridge.
struct End {
    client: Client,
    conversation: ConversationId,
    /// The id of the bridge's user at this end.
    own_id: String,
    /// The names of the authors, by user id.
    names: HashMap<String, String>,
}

impl End {
    async fn connect((config, conversation): (Config, ConversationId)) -> Result<(Self, Events), Failure> {
        let (client, events) = Client::connect_with_events(config);
        let own_id = client.connected().await?.me.clone().unwrap_or_default().id;
        Ok((Self { client, conversation, own_id, names: HashMap::new() }, events))
    }

    /// Copies a message of this end to the other end, `target`, unless the bridge wrote it.
    async fn copy(&mut self, event: Event, target: &Self) -> Result<(), Failure> {
        let Event::MessageSent(message) = event else { return Ok(()) };
        if message.author_id == self.own_id || message.conversation_id != self.conversation.to_string() {
            return Ok(());
        }
        let text = format!("{}: {}", self.name(&message).await?, message.text);
        // The same message always has the same client id, so a bridge that is started again copies nothing twice.
        if let Err(error) = target.client.send_with_id(target.conversation, message.id.parse()?, text).await {
            eprintln!("message {} was not copied: {error}", message.id);
        }
        Ok(())
    }

    /// The name of a message's author.
    async fn name(&mut self, message: &wire::Message) -> Result<String, Failure> {
        if let Some(name) = self.names.get(&message.author_id) {
            return Ok(name.clone());
        }
        let id: UserId = message.author_id.parse()?;
        let found = self.client.users(&[id]).await?.into_iter().next();
        let name = found.map_or_else(|| "someone".to_owned(), |user| user.name);
        self.names.insert(message.author_id.clone(), name.clone());
        Ok(name)
    }
}
