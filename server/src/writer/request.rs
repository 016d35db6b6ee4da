//! Requests to the writer and their results.

use std::{borrow::Cow, collections::HashSet};

use causerie_policy::{Action, Code, Resource, UserStatus};
use causerie_protocol::{
    ClientId, ConversationId, GroupId, MessageId, Refusal, UserId,
    command::{Draft, StartConversation},
};
use uuid::Uuid;

use super::check::Check;
use crate::{
    auth::Caller,
    domain::{ConversationKind, ConversationState, MemberRole, Message, ReadState, User},
    facts::{Snapshot, policy_gate},
    store::queries::{
        append::NewConversation,
        audit::Entry,
        mails::{Addressed, Addressee},
        member_context::MemberContext,
    },
};

/// A change that a caller requests.
#[derive(Debug, Clone)]
pub struct WriteRequest<M> {
    /// The user who requests the change, or for whom a back end requests it, with the credential of the request.
    pub caller: Caller,
    /// The requested change: a [`Start`] or a [`Mutation`].
    pub mutation: M,
}

/// The changes of existing conversations.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The variants are the commands of the wire format.
pub enum Mutation {
    Send {
        conversation: ConversationId,
        message: OutgoingMessage,
    },
    Edit {
        conversation: ConversationId,
        message: MessageId,
        text: String,
    },
    Delete {
        conversation: ConversationId,
        message: MessageId,
    },
    DeleteOwnCopy {
        conversation: ConversationId,
        message: MessageId,
    },
    MarkRead {
        conversation: ConversationId,
        seq: u32,
    },
    MarkUnread {
        conversation: ConversationId,
    },
    Rename {
        conversation: ConversationId,
        subject: String,
    },
    AddMembers {
        conversation: ConversationId,
        users: Vec<User>,
        checks: Vec<Check>,
    },
    RemoveMember {
        conversation: ConversationId,
        user: UserId,
    },
    Close {
        conversation: ConversationId,
    },
    Reopen {
        conversation: ConversationId,
    },
    /// A back end erases the text of a message for all members. The caller is the author, and the policy is not asked.
    EraseText {
        conversation: ConversationId,
        message: MessageId,
        /// The line of the audit log, written in the transaction that erases the text. An erased text gets no second line.
        entry: Option<Box<Entry>>,
    },
    DeleteConversation {
        conversation: ConversationId,
        for_all: bool,
    },
}

/// A message to append to a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The id of the message. It is made before the batch is decided, so it is the same each time the batch runs.
    pub id: MessageId,
    /// The client id and the text.
    pub draft: Draft,
}

impl OutgoingMessage {
    /// A message with a new id.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        Self { id: MessageId::new(), draft }
    }
}

/// The result of an executed mutation.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum WriteResult {
    Sent(Message),
    Edited(Message),
    Deleted(Message),
    Marked(ReadState),
    /// The conversation got another subject, state or other members.
    Updated(ConversationId),
    ConversationDeleted(ConversationId),
}

/// The request to start a conversation, or to find the existing conversation with the same start key.
#[derive(Debug, Clone)]
pub struct Start {
    /// The conversation to create if none with this start key exists.
    pub new: NewConversation,
    /// The members of a new conversation. The first is the user who starts it.
    pub members: Vec<Member>,
    /// The addressees of a mail, visible to all its recipients. Empty for other kinds.
    pub addressees: Vec<Addressee>,
    /// The groups that the request names. A member who is not [`is_named`](Member::is_named) joins only if they still belong
    /// to one of these groups.
    pub groups: Vec<GroupId>,
    /// The first message, written in the same transaction.
    pub first_message: Option<OutgoingMessage>,
    /// Checks that the starting user must pass before a new conversation is created.
    pub checks: Vec<Check>,
    /// Whether a conversation with this start key was found before the request was queued. Then no conversation is created.
    pub exists: bool,
}

/// A user who becomes a member of a new conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Member {
    pub user: UserId,
    pub role: MemberRole,
    /// Whether the user is a recipient in copy (Cc) of the mail.
    pub is_copy: bool,
    /// Whether the request names the user directly, or the user starts the conversation. If false, the user is a member of a
    /// named group.
    pub is_named: bool,
}

/// The result of an executed start.
#[derive(Debug, Clone)]
pub struct Started {
    /// The conversation that was created or found.
    pub conversation: ConversationId,
    /// Whether this start created the conversation.
    pub created: bool,
    /// The first message, if the request has one.
    pub first_message: Option<Message>,
}

impl Start {
    /// The users of [`Self::members`] who join according to these facts: users who are named directly, and active members of
    /// a named group with whom no rule denies the author to start a conversation.
    pub(super) fn current_members(&self, facts: &Snapshot) -> Cow<'_, [Member]> {
        if self.groups.is_empty() {
            return Cow::Borrowed(self.members.as_slice());
        }
        let world = &facts.world;
        let group_members: HashSet<UserId> = self
            .groups
            .iter()
            .filter_map(|group| facts.group(*group))
            .flat_map(|group| world.members(group))
            .filter(|user| world.status(*user) == UserStatus::Active)
            .filter(|user| !facts.denies(Action::Start, self.new.created_by, Resource::User(*user)))
            .map(|user| UserId(Uuid::from_u128(world.user_key(user))))
            .collect();
        Cow::Owned(
            self.members.iter().filter(|member| member.is_named || group_members.contains(&member.user)).copied().collect(),
        )
    }

    /// Checks that a mail has a recipient: another user, or its author if the mail is addressed to the author. The named
    /// groups may have lost their members since the request was queued.
    ///
    /// # Errors
    /// The refusal `RecipientInactive` if the mail has no recipient.
    pub(super) fn require_recipient(&self, members: &[Member]) -> Result<(), Refusal> {
        let author = Addressed::User(self.new.created_by);
        if self.new.kind != ConversationKind::Mail
            || members.len() > 1
            || self.addressees.iter().any(|addressee| addressee.addressed == author)
        {
            return Ok(());
        }
        Err(policy_gate::refusal(Code::RecipientInactive).field(format!("{}[0]", StartConversation::WITH)))
    }

    /// The starting user's membership in the conversation as it will be created.
    pub(super) fn starter_context(&self) -> MemberContext {
        let peer = self.members.get(1).filter(|_| self.new.kind == ConversationKind::Direct);
        MemberContext {
            id: None,
            tenant: self.new.tenant,
            kind: self.new.kind,
            state: ConversationState::Open,
            version: 1,
            last_seq: 0,
            member_count: self.new.member_count,
            role: self.members.first().map(|starter| starter.role),
            first_seq: 1,
            hidden_seq: 0,
            peer: peer.map(|peer| peer.user),
        }
    }
}

impl WriteRequest<Start> {
    /// The key that selects the lane. Starts with the same start key use the same lane, so they keep their order.
    pub(super) fn lane_key(&self) -> LaneKey<'_> {
        LaneKey::Start(&self.mutation.new.start_key)
    }
}

impl WriteRequest<Mutation> {
    /// The key that selects the lane. Mutations of a conversation use the same lane, so they keep their order.
    pub(super) fn lane_key(&self) -> LaneKey<'_> {
        LaneKey::Conversation(self.mutation.conversation())
    }

    /// The memberships that the request may add or end.
    pub(super) fn memberships(&self) -> Vec<(ConversationId, UserId)> {
        match &self.mutation {
            Mutation::AddMembers { conversation, users, .. } => users.iter().map(|user| (*conversation, user.id)).collect(),
            Mutation::RemoveMember { conversation, user } => vec![(*conversation, *user)],
            Mutation::DeleteConversation { conversation, for_all: false } => vec![(*conversation, self.caller.user)],
            _ => Vec::new(),
        }
    }
}

impl Mutation {
    /// The conversation that the mutation changes.
    pub(super) fn conversation(&self) -> ConversationId {
        match self {
            Self::Send { conversation, .. }
            | Self::Edit { conversation, .. }
            | Self::Delete { conversation, .. }
            | Self::DeleteOwnCopy { conversation, .. }
            | Self::EraseText { conversation, .. }
            | Self::MarkRead { conversation, .. }
            | Self::MarkUnread { conversation }
            | Self::Rename { conversation, .. }
            | Self::AddMembers { conversation, .. }
            | Self::RemoveMember { conversation, .. }
            | Self::Close { conversation }
            | Self::Reopen { conversation }
            | Self::DeleteConversation { conversation, .. } => *conversation,
        }
    }

    /// The client id of the message that the mutation sends; `None` for other mutations.
    pub(super) fn client_id(&self) -> Option<ClientId> {
        match self {
            Self::Send { message, .. } => Some(message.draft.client_id),
            _ => None,
        }
    }

    /// The existing message that the mutation changes; `None` for mutations that change no existing message.
    pub(super) fn target(&self) -> Option<MessageId> {
        match self {
            Self::Edit { message, .. }
            | Self::Delete { message, .. }
            | Self::DeleteOwnCopy { message, .. }
            | Self::EraseText { message, .. } => Some(*message),
            _ => None,
        }
    }
}

/// The hash of this key selects the lane.
#[derive(Hash)]
pub(super) enum LaneKey<'a> {
    Start(&'a str),
    Conversation(ConversationId),
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use causerie_protocol::ErrorCode;

    use super::*;
    use crate::{
        clock::Clock,
        domain::UserStatus,
        facts,
        store::{
            lookups::Lookups,
            queries::{
                facts::{FactWrite, GroupFact, MembershipFact, MembershipKey},
                tenants,
                users::{self, Profile},
            },
        },
        testing::{NOW_MS, TestClock, on_each_database},
    };

    fn profile(id: &str, status: UserStatus) -> Profile {
        Profile { external_id: id.to_owned(), status: Some(status), ..Profile::default() }
    }

    #[tokio::test]
    async fn a_mail_to_a_group_that_became_empty_is_refused() {
        on_each_database(|store| async move {
            let tenant = tenants::create(&store, "school", "School", NOW_MS).await.expect("stores").id;
            let mut write = FactWrite::begin(&store, tenant, NOW_MS).await.expect("begins");
            let rules = "policy mine\nroles pupil\nkinds class\nallow find,start all when everyone\n";
            write.policy("mine", rules, "test").await.expect("writes");
            let users = ["lea", "tom"].map(|id| profile(id, UserStatus::Active));
            let users = write.users(&users).await.expect("writes");
            let [lea, tom] = [0, 1].map(|index: usize| users[index].1.id);
            let class = GroupFact { external_id: "6a".to_owned(), kind: Some("class".to_owned()), ..GroupFact::default() };
            write.groups(&[class]).await.expect("writes");
            let class = write.resolve_groups(&["6a"]).await.expect("asks")["6a"];
            let key = MembershipKey { user: tom, group: class, role: "pupil".to_owned() };
            write.memberships(&[MembershipFact { key, from_ms: None, until_ms: None }]).await.expect("writes");
            write.commit().await.expect("commits");

            let start = |kind, other_recipient: Option<UserId>| {
                let addressed = [Some(Addressed::Group(class)), other_recipient.map(Addressed::User)].into_iter().flatten();
                let member = |user, is_named| Member { user, role: MemberRole::Member, is_copy: false, is_named };
                Start {
                    new: NewConversation {
                        id: ConversationId::new(),
                        tenant,
                        kind,
                        subject: String::new(),
                        start_key: String::new(),
                        member_count: 2,
                        created_by: lea,
                        in_reply_to: None,
                    },
                    members: vec![member(lea, true), member(tom, false)],
                    addressees: addressed.map(|addressed| Addressee { addressed, is_copy: false }).collect(),
                    groups: vec![class],
                    first_message: None,
                    checks: Vec::new(),
                    exists: false,
                }
            };
            let clock: Arc<dyn Clock> = TestClock::new();
            let facts = facts::Facts::new(&store, &Lookups::start(&store), &clock);
            let check = async |start: Start| {
                let facts = facts.latest(tenant).await.expect("reads");
                start.require_recipient(&start.current_members(&facts))
            };
            assert_eq!(check(start(ConversationKind::Mail, None)).await, Ok(()));

            let deactivated = profile("tom", UserStatus::Deactivated);
            users::upsert(&store, tenant, &[deactivated], NOW_MS).await.expect("stores");
            let refusal = check(start(ConversationKind::Mail, None)).await.expect_err("nobody gets it");
            assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::RecipientInactive, "startConversation.with[0]"));
            assert_eq!(check(start(ConversationKind::Mail, Some(lea))).await, Ok(()), "she gets it herself");
            assert_eq!(check(start(ConversationKind::Group, None)).await, Ok(()), "others can be added");
        })
        .await;
    }
}
