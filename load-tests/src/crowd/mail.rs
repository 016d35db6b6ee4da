//! Mails: conversations of one message, which begin while their readers are there.

use causerie_protocol::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{recipient::By, request::Command};

use super::name;

/// A way to address a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who writes it.
    pub from: u32,
    /// People it goes to.
    pub to: Vec<u32>,
    /// Groups it goes to, by the product's ids.
    pub groups: Vec<String>,
    /// Everyone who then has it, through a group or because they wrote it.
    pub readers: Vec<u32>,
}

impl Letter {
    /// It, with this text.
    #[must_use]
    pub fn command(&self, prefix: &str, text: String) -> Command {
        let people = self.to.iter().map(|person| By::ExternalId(name(prefix, *person)));
        let groups = self.groups.iter().map(|group| By::GroupExternalId(group.clone()));
        let client_id = Uuid::now_v7().to_string();
        Command::StartConversation(wire::StartConversation {
            kind: wire::ConversationKind::Mail.into(),
            with: people.chain(groups).map(|by| wire::Recipient { by: Some(by) }).collect(),
            subject: "load".to_owned(),
            first_message: Some(wire::Draft { client_id: client_id.clone(), text }),
            client_id,
            ..Default::default()
        })
    }
}
