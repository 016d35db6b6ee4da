//! Mails. Each mail starts a conversation with one message while its readers are connected.

use causerie_protocol::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{recipient::By, request::Command};

use super::name;

/// The sender and the recipients of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSpec {
    /// The sender.
    pub from: u32,
    /// The users that the mail is addressed to.
    pub to: Vec<u32>,
    /// The groups that the mail is addressed to, by external id.
    pub groups: Vec<String>,
    /// All users who have the mail after it was sent: members of the groups, addressed users and the sender.
    pub readers: Vec<u32>,
}

impl MailSpec {
    /// The command that sends the mail with this text.
    #[must_use]
    pub fn command(&self, prefix: &str, text: String) -> Command {
        let users = self.to.iter().map(|user| By::ExternalId(name(prefix, *user)));
        let groups = self.groups.iter().map(|group| By::GroupExternalId(group.clone()));
        let client_id = Uuid::now_v7().to_string();
        Command::StartConversation(wire::StartConversation {
            kind: wire::ConversationKind::Mail.into(),
            with: users.chain(groups).map(|by| wire::Recipient { by: Some(by) }).collect(),
            subject: "load".to_owned(),
            first_message: Some(wire::Draft { client_id: client_id.clone(), text }),
            client_id,
            ..Default::default()
        })
    }
}
