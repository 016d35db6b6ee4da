//! Converts the types of [`domain`](super) to messages of the wire format. No other file formats their ids and times for
//! clients.

use causerie_policy::Capability;
use causerie_protocol::{Timestamp, wire};
use wire::addressee::Who;

use super::{Addressed, Addressee, Conversation, Group, Member, Message, Numbered as _, ReadState, User, UserSummary};

/// A timestamp of the wire from milliseconds since 1970 UTC.
#[must_use]
pub fn timestamp(ms: i64) -> Timestamp {
    let nanos = i32::try_from(ms.rem_euclid(1000) * 1_000_000).unwrap_or(0);
    Timestamp { seconds: ms.div_euclid(1000), nanos }
}

impl From<Message> for wire::Message {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.to_string(),
            conversation_id: message.conversation.to_string(),
            seq: message.seq,
            version: message.version,
            author_id: message.author.to_string(),
            client_id: message.client_id.to_string(),
            text: message.text,
            sent_at: Some(timestamp(message.sent_at_ms)),
            edited_at: message.edited_at_ms.map(timestamp),
            deleted_at: message.deleted_at_ms.map(timestamp),
        }
    }
}

impl From<Message> for wire::MessageEvent {
    fn from(message: Message) -> Self {
        Self { message: Some(message.into()) }
    }
}

impl From<Conversation> for wire::Conversation {
    fn from(conversation: Conversation) -> Self {
        Self {
            id: conversation.id.to_string(),
            kind: conversation.kind.number().into(),
            state: conversation.state.number().into(),
            subject: conversation.subject,
            version: conversation.version,
            last_seq: conversation.last_seq,
            members: conversation.members.into_iter().map(wire::Member::from).collect(),
            member_count: conversation.member_count,
            last_message: conversation.last_message.map(wire::Message::from),
            active_at: Some(timestamp(conversation.active_at_ms)),
            read_state: Some(conversation.read_state.into()),
            capabilities: capabilities(&conversation.capabilities),
            addressees: conversation.addressees.into_iter().map(wire::Addressee::from).collect(),
            is_copy: conversation.is_copy,
            in_reply_to: conversation.in_reply_to.map(|id| id.to_string()).unwrap_or_default(),
            cannot_send: conversation.cannot_send.map_or(0, i32::from),
        }
    }
}

impl From<Member> for wire::Member {
    fn from(member: Member) -> Self {
        Self { user: Some(member.user.into()), role: member.role.number().into(), read_seq: member.read_seq }
    }
}

impl From<ReadState> for wire::ReadState {
    fn from(state: ReadState) -> Self {
        Self {
            conversation_id: state.conversation.to_string(),
            read_seq: state.read_seq,
            unread: state.unread,
            marked_unread: state.marked_unread,
        }
    }
}

impl From<Addressee> for wire::Addressee {
    fn from(addressee: Addressee) -> Self {
        let who = match addressee.addressed {
            Addressed::User(user) => Who::User(user.into()),
            Addressed::Group(group) => Who::Group(group.into()),
        };
        Self { who: Some(who), is_copy: addressee.is_copy }
    }
}

impl From<UserSummary> for wire::User {
    fn from(user: UserSummary) -> Self {
        Self {
            id: user.id.to_string(),
            external_id: user.external_id,
            name: user.name,
            avatar_url: user.avatar_url,
            status: user.status.number().into(),
            about: user.about,
        }
    }
}

impl From<User> for wire::User {
    fn from(user: User) -> Self {
        UserSummary::from(user).into()
    }
}

impl From<&User> for wire::User {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            external_id: user.external_id.clone(),
            name: user.name.clone(),
            avatar_url: user.avatar_url.clone(),
            status: user.status.number().into(),
            about: user.about.clone(),
        }
    }
}

impl From<Group> for wire::Group {
    fn from(group: Group) -> Self {
        Self { id: group.id.to_string(), external_id: group.external_id, name: group.name, kind: group.kind }
    }
}

/// Capabilities as numbers of the wire.
#[must_use]
pub fn capabilities(capabilities: &[Capability]) -> Vec<i32> {
    capabilities.iter().map(|capability| capability_on_wire(*capability) as i32).collect()
}

fn capability_on_wire(capability: Capability) -> wire::Capability {
    match capability {
        Capability::Send => wire::Capability::Send,
        Capability::Edit => wire::Capability::Edit,
        Capability::Delete => wire::Capability::Delete,
        Capability::DeleteOwnCopy => wire::Capability::DeleteOwnCopy,
        Capability::Rename => wire::Capability::Rename,
        Capability::AddMember => wire::Capability::AddMember,
        Capability::RemoveMember => wire::Capability::RemoveMember,
        Capability::Leave => wire::Capability::Leave,
        Capability::Close => wire::Capability::Close,
        Capability::Reopen => wire::Capability::Reopen,
        Capability::DeleteConversation => wire::Capability::DeleteConversation,
        Capability::EraseConversation => wire::Capability::EraseConversation,
        Capability::Reply => wire::Capability::Reply,
    }
}
