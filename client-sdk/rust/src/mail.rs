//! A mail before it is sent, and its recipients.

use causerie_protocol::{
    ClientId, MessageId,
    command::{GroupRef, Recipient, UserRef},
    wire::{self, ConversationKind, recipient::By},
};

/// A mail for [`crate::Client::send_mail`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailDraft {
    /// The recipients (To), at least one. The mail goes to the members that an addressed group has at the time of sending.
    pub to: Vec<Recipient>,
    /// The recipients in copy (Cc). All recipients see them.
    pub copy: Vec<Recipient>,
    /// The subject; may be empty.
    pub subject: String,
    /// The text of the mail.
    pub text: String,
    /// The message that this mail answers. The user must be able to see it. The user may address its author and its
    /// recipients without a rule that allows it, unless a rule denies it.
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
            in_reply_to: self.in_reply_to.map(|message| message.to_string()).unwrap_or_default(),
        }
    }
}

pub(crate) fn recipients(list: impl IntoIterator<Item = impl Into<Recipient>>) -> Vec<wire::Recipient> {
    list.into_iter().map(|item| wire_recipient(item.into())).collect()
}

fn wire_recipient(recipient: Recipient) -> wire::Recipient {
    let by = match recipient {
        Recipient::User(UserRef::Id(id)) => By::Id(id.to_string()),
        Recipient::User(UserRef::ExternalId(id)) => By::ExternalId(id),
        Recipient::Group(GroupRef::Id(id)) => By::GroupId(id.to_string()),
        Recipient::Group(GroupRef::ExternalId(id)) => By::GroupExternalId(id),
    };
    wire::Recipient { by: Some(by) }
}
