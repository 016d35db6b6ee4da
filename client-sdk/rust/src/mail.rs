//! A mail before it is sent, and whom it goes to.

use causerie_protocol::{
    ClientId, MessageId,
    command::{GroupRef, Recipient, UserRef},
    wire::{self, ConversationKind, recipient::By},
};

/// A mail to be sent with [`crate::Client::send_mail`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailDraft {
    /// Whom it is for, one at least. A group stands for the people in it when the mail is sent.
    pub to: Vec<Recipient>,
    /// Who gets it as a copy, for all to see.
    pub copy: Vec<Recipient>,
    /// What it is about; may be empty.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The message it answers, which one holds. Its author, and the people it went to, may then be written to whatever the
    /// rules say of them.
    pub in_reply_to: Option<MessageId>,
}

impl MailDraft {
    /// The start a server takes. The mail is one message: both are known by the same id.
    pub(crate) fn start(self, client_id: ClientId) -> wire::StartConversation {
        let client_id = client_id.to_string();
        wire::StartConversation {
            kind: ConversationKind::Mail.into(),
            with: recipients(self.to),
            copy: recipients(self.copy),
            subject: self.subject,
            first_message: Some(wire::Draft { client_id: client_id.clone(), text: self.text }),
            client_id,
            in_reply_to: self.in_reply_to.map(|parent| parent.to_string()).unwrap_or_default(),
        }
    }
}

pub(crate) fn recipients(all: impl IntoIterator<Item = impl Into<Recipient>>) -> Vec<wire::Recipient> {
    all.into_iter().map(|one| recipient(one.into())).collect()
}

fn recipient(one: Recipient) -> wire::Recipient {
    let by = match one {
        Recipient::User(UserRef::Id(id)) => By::Id(id.to_string()),
        Recipient::User(UserRef::ExternalId(id)) => By::ExternalId(id),
        Recipient::Group(GroupRef::Id(id)) => By::GroupId(id.to_string()),
        Recipient::Group(GroupRef::ExternalId(id)) => By::GroupExternalId(id),
    };
    wire::Recipient { by: Some(by) }
}
