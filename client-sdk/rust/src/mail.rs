//! A mail before it is sent, and its recipients.

use causerie_protocol::{
    ClientId, MessageId,
    command::{GroupRef, Recipient, UserRef},
    wire::{self, ConversationKind, recipient::By},
};

/// A mail for [`crate::Client::send_mail`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailDraft {
    /// The recipients, at least one. A group stands for its members at the time of sending.
    pub to: Vec<Recipient>,
    /// The recipients of a copy. All recipients see them.
    pub copy: Vec<Recipient>,
    /// The subject; may be empty.
    pub subject: String,
    /// The text of the mail.
    pub text: String,
    /// The message that this mail answers; the user must be able to see it. Its author and its recipients may be addressed
    /// unless a rule denies it; no rule needs to allow it.
    pub in_reply_to: Option<MessageId>,
}

impl MailDraft {
    /// The command that starts the mail. The conversation and its message have the same client id.
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
