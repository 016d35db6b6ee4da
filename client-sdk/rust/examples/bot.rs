//! A bot that answers each direct message once, also after a restart.
//!
//! ```sh
//! export CAUSERIE_URL=ws://localhost:8080/v1/ws
//! export CAUSERIE_TOKEN_COMMAND="causerie token --tenant acme --user bot"
//! cargo run -p causerie-client --example bot
//! ```

use std::sync::Arc;

use causerie_client::{Client, Config, ConversationId, Event, FileOutbox, HistoryRange, wire};

pub mod support;
use support::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut config = support::config("")?;
    config.client_name = "example-bot".to_owned();
    config.outbox_store = Some(Arc::new(FileOutbox::open("bot-outbox.jsonl")?));
    run(config).await
}

/// Answers until the client is closed.
///
/// # Errors
/// If the server closes the client permanently, or refuses a request.
pub async fn run(config: Config) -> Result<(), Failure> {
    let (client, mut events) = Client::connect_with_events(config);
    let own_id = client.connected().await?.me.clone().unwrap_or_default().id;
    answer_unread(&client).await?;
    while let Some(event) = events.next().await {
        match event {
            Event::MessageSent(message) if message.author_id != own_id => answer(&client, &message).await?,
            // These events stand for missed messages that have no events of their own.
            Event::Lagged { .. } | Event::ReloadList | Event::Resynced { reload: true, .. } => {
                answer_unread(&client).await?
            }
            _ => {}
        }
    }
    support::end_of(&client)
}

/// Answers the unread messages of all direct conversations.
async fn answer_unread(client: &Client) -> Result<(), Failure> {
    let mut cursor = String::new();
    loop {
        let page = client.conversations(cursor).await?;
        for conversation in page.conversations {
            let read = conversation.read_state.unwrap_or_default();
            if read.unread == 0 || conversation.kind != i32::from(wire::ConversationKind::Direct) {
                continue;
            }
            let id: ConversationId = conversation.id.parse()?;
            let unread = client.history(id, HistoryRange::After(read.read_seq), 0).await?;
            let own_id = client.welcome().and_then(|welcome| welcome.me.clone()).unwrap_or_default().id;
            for message in unread.messages.iter().filter(|message| message.author_id != own_id) {
                answer(client, message).await?;
            }
        }
        cursor = page.next_cursor;
        if cursor.is_empty() {
            return Ok(());
        }
    }
}

/// Answers a message if it belongs to a direct conversation, and marks it as read.
async fn answer(client: &Client, message: &wire::Message) -> Result<(), Failure> {
    let id: ConversationId = message.conversation_id.parse()?;
    if client.conversation(id).await?.kind != i32::from(wire::ConversationKind::Direct) {
        return Ok(());
    }
    // The id of the message is the client id of its answer: the server accepts one answer, however often the bot sends it.
    let sent = client.send_with_id(id, message.id.parse()?, format!("You wrote: {}", message.text)).await;
    if let Err(error) = sent {
        eprintln!("message {} has no answer: {error}", message.id);
    }
    client.mark_read(id, message.seq).await?;
    Ok(())
}
