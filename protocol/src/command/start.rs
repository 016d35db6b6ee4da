//! The validated form of `startConversation`.

use std::fmt::Display;

use super::{
    Draft, GroupRef, UserRef,
    check::{external_id, id, invalid, line, missing, too_large},
};
use crate::{ClientId, MessageId, codes::Refusal, limits, wire, wire::recipient::By};

/// The conversation to start, or to find if it exists.
#[derive(Debug, Clone, PartialEq)]
pub struct StartConversation {
    /// The kind of the conversation, and its other members.
    pub target: Target,
    /// The first message. A mail always has a first message.
    pub first_message: Option<Draft>,
}

/// The kind of the conversation, and its other members.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Target {
    NoteToSelf,
    /// This validation accepts a group too; the server refuses it when it evaluates the rules.
    Direct(Recipient),
    Group {
        to: Vec<Recipient>,
        subject: String,
        client_id: ClientId,
    },
    Mail {
        /// The recipients (To). There is at least one.
        to: Vec<Recipient>,
        /// The recipients in copy (Cc).
        copy: Vec<Recipient>,
        subject: String,
        client_id: ClientId,
        /// The message that the mail answers.
        in_reply_to: Option<MessageId>,
    },
}

/// An addressee: a user or a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Recipient {
    User(UserRef),
    Group(GroupRef),
}

impl From<UserRef> for Recipient {
    fn from(user: UserRef) -> Self {
        Self::User(user)
    }
}

impl From<GroupRef> for Recipient {
    fn from(group: GroupRef) -> Self {
        Self::Group(group)
    }
}

/// The paths of the fields in JSON, for refusals.
#[allow(missing_docs)]
impl StartConversation {
    pub const WITH: &'static str = "startConversation.with";
    pub const COPY: &'static str = "startConversation.copy";
    pub const CLIENT_ID: &'static str = "startConversation.clientId";
    pub const FIRST_MESSAGE: &'static str = "startConversation.firstMessage";
    pub const IN_REPLY_TO: &'static str = "startConversation.inReplyTo";
}

impl TryFrom<wire::StartConversation> for StartConversation {
    type Error = Refusal;

    fn try_from(start: wire::StartConversation) -> Result<Self, Refusal> {
        let kind = wire::ConversationKind::try_from(start.kind).unwrap_or_default();
        if kind != wire::ConversationKind::Mail {
            for (unused, field) in [(start.copy.is_empty(), Self::COPY), (start.in_reply_to.is_empty(), Self::IN_REPLY_TO)] {
                if !unused {
                    return Err(invalid(field, "is for mails only"));
                }
            }
        }
        if start.with.len() + start.copy.len() > limits::MEMBERS_PER_COMMAND_MAX {
            let field = if start.with.len() > limits::MEMBERS_PER_COMMAND_MAX { Self::WITH } else { Self::COPY };
            return Err(too_large(field, limits::MEMBERS_PER_COMMAND_MAX, "recipients"));
        }
        let to = recipients(start.with, Self::WITH)?;
        let subject = || line(start.subject, "startConversation.subject", limits::SUBJECT_BYTES_MAX);
        let client_id = || id(&start.client_id, Self::CLIENT_ID);
        let target = match kind {
            wire::ConversationKind::NoteToSelf if to.is_empty() => Target::NoteToSelf,
            wire::ConversationKind::NoteToSelf => return Err(invalid(Self::WITH, "is for other kinds")),
            wire::ConversationKind::Direct => match <[Recipient; 1]>::try_from(to) {
                Ok([peer]) => Target::Direct(peer),
                Err(_) => return Err(invalid(Self::WITH, "must name exactly one user")),
            },
            wire::ConversationKind::Group => Target::Group { to, subject: subject()?, client_id: client_id()? },
            wire::ConversationKind::Mail => {
                if to.is_empty() {
                    return Err(missing(Self::WITH));
                }
                if start.first_message.is_none() {
                    return Err(missing(Self::FIRST_MESSAGE));
                }
                Target::Mail {
                    to,
                    copy: recipients(start.copy, Self::COPY)?,
                    subject: subject()?,
                    client_id: client_id()?,
                    in_reply_to: match start.in_reply_to.as_str() {
                        "" => None,
                        parent => Some(id(parent, Self::IN_REPLY_TO)?),
                    },
                }
            }
            wire::ConversationKind::Unspecified => {
                return Err(invalid(
                    "startConversation.kind",
                    "must be CONVERSATION_KIND_DIRECT, _GROUP, _MAIL or _NOTE_TO_SELF",
                ));
            }
        };
        let first_message =
            start.first_message.map(|draft| Draft::checked(draft.client_id, draft.text, Self::FIRST_MESSAGE)).transpose()?;
        Ok(Self { target, first_message })
    }
}

fn recipients(refs: Vec<wire::Recipient>, field: &str) -> Result<Vec<Recipient>, Refusal> {
    refs.into_iter()
        .enumerate()
        .map(|(index, wire_recipient)| recipient(wire_recipient, format_args!("{field}[{index}]")))
        .collect()
}

fn recipient(wire_recipient: wire::Recipient, field: impl Display) -> Result<Recipient, Refusal> {
    Ok(match wire_recipient.by {
        Some(By::Id(value)) => Recipient::User(UserRef::Id(id(&value, format_args!("{field}.id"))?)),
        Some(By::ExternalId(value)) if !value.is_empty() => {
            Recipient::User(UserRef::ExternalId(external_id(value, format_args!("{field}.externalId"))?))
        }
        Some(By::GroupId(value)) => Recipient::Group(GroupRef::Id(id(&value, format_args!("{field}.groupId"))?)),
        Some(By::GroupExternalId(value)) if !value.is_empty() => {
            Recipient::Group(GroupRef::ExternalId(external_id(value, format_args!("{field}.groupExternalId"))?))
        }
        _ => return Err(invalid(field, "must have `id`, `externalId`, `groupId` or `groupExternalId`")),
    })
}
