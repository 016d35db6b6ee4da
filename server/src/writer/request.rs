//! Requests to the writer, the checks they carry, and their results.

use std::{borrow::Cow, collections::HashSet};

use causerie_policy::{Action, Code, Resource, Status};
use causerie_protocol::{
    ClientId, ConversationId, GroupId, MessageId, Refusal, UserId,
    command::{Draft, StartConversation},
    wire,
};
use uuid::Uuid;

use crate::{
    auth::Caller,
    domain::{ConversationKind, ConversationState, MemberRole},
    facts::{
        Snapshot,
        policy_gate::{self, PolicyGate, Rejection},
    },
    store::queries::{
        append::NewConversation,
        mails::{Addressed, Addressee},
        member_context::MemberContext,
    },
};

/// A change that a caller requests.
#[derive(Debug, Clone)]
pub struct WriteRequest<M> {
    /// The user whose token came with the command.
    pub caller: Caller,
    /// The requested change: a [`Start`] or a [`Mutation`].
    pub mutation: M,
}

/// The changes of existing conversations.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // they are the commands of the wire
pub enum Mutation {
    Send {
        conversation: ConversationId,
        draft: Draft,
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
        users: Vec<wire::User>,
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
    /// A back end erases the text of a message for all members. The caller is the author, and no rule is asked.
    EraseText {
        conversation: ConversationId,
        message: MessageId,
    },
    DeleteConversation {
        conversation: ConversationId,
        for_all: bool,
    },
}

/// The result of an executed mutation.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum WriteResult {
    Sent(wire::Message),
    Edited(wire::Message),
    Deleted(wire::Message),
    Marked(wire::ReadState),
    /// The conversation got another subject, state or other members.
    Updated(ConversationId),
    ConversationDeleted(ConversationId),
}

/// Start a conversation, or find the existing conversation with the same start key.
#[derive(Debug, Clone)]
pub struct Start {
    /// The conversation to create if none with this start key exists.
    pub new: NewConversation,
    /// The members of a new conversation. The first is the user who starts it.
    pub members: Vec<Member>,
    /// The addressees of a mail, visible to all its recipients. Empty for other kinds.
    pub addressees: Vec<Addressee>,
    /// The groups that the request names. Members with `is_named` unset join only if they still belong to one of these
    /// groups.
    pub groups: Vec<GroupId>,
    /// The first message, written in the same transaction.
    pub first_message: Option<Draft>,
    /// Checks that the starting user must pass before a new conversation is created.
    pub checks: Vec<Check>,
    /// A conversation with this start key was found before the request was queued, so none is created.
    pub exists: bool,
}

/// A user who becomes a member of a new conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Member {
    pub user: UserId,
    pub role: MemberRole,
    /// The user is a copy recipient of the mail.
    pub is_copy: bool,
    /// The request names the user directly, or the user starts the conversation. If unset, the user comes with a named
    /// group.
    pub is_named: bool,
}

/// The result of an executed start.
#[derive(Debug, Clone)]
pub struct Started {
    /// The conversation that was created or found.
    pub conversation: ConversationId,
    /// This start created the conversation.
    pub created: bool,
    /// The first message, if the request has one.
    pub first_message: Option<wire::Message>,
}

/// A question to the policy. The writer asks it again under the lock of the tenant's facts.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Check {
    pub action: Action,
    pub subject: CheckSubject,
    /// The request's field that the refusal names, or empty for none.
    pub field: String,
}

/// What the action of a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CheckSubject {
    Nothing,
    User(UserId),
    /// The addressee of a reply: allowed unless a deny rule matches; no allow rule is needed. If `while_reached_by` is set,
    /// this holds only while that author of the message may start a conversation with the replying user.
    ReplyAddressee {
        user: UserId,
        while_reached_by: Option<UserId>,
    },
    Group(GroupId),
    /// A member of a named group, in a conversation whose members see each other.
    GroupMember(UserId),
    /// A message that the caller replies to. `conversation` is the caller's membership in the message's conversation, read
    /// before the request was queued.
    Message {
        conversation: MemberContext,
        is_author: bool,
        age_ms: i64,
    },
}

impl Check {
    /// Asks the policy whether the user `caller` passes this check, and records a denial at once.
    ///
    /// # Errors
    /// The refusal for the user if the policy denies the action or does not find the subject.
    pub fn ask(&self, gate: &PolicyGate, facts: &Snapshot, caller: UserId) -> Result<(), Refusal> {
        self.authorize(facts, caller).map_err(|rejection| gate.record(rejection))
    }

    /// Asks the policy whether the user `caller` passes this check.
    ///
    /// # Errors
    /// The rejection for the user if the policy denies the action or does not find the subject.
    pub(super) fn authorize(&self, facts: &Snapshot, caller: UserId) -> Result<(), Rejection> {
        let allow = |resource: Option<Resource>| match resource {
            Some(resource) => facts.authorize(self.action, caller, resource),
            None => Err(policy_gate::not_found().into()),
        };
        let answer = match self.subject {
            CheckSubject::Nothing => allow(Some(Resource::None)),
            CheckSubject::User(user) => allow(facts.user(user).map(Resource::User)),
            CheckSubject::ReplyAddressee { user, while_reached_by } => match facts.user(user) {
                Some(user) if facts.world.status(user) != Status::Active => {
                    Err(policy_gate::refusal(Code::RecipientInactive).into())
                }
                Some(user)
                    if !facts.denies(self.action, caller, Resource::User(user))
                        && while_reached_by.is_none_or(|author| facts.may_start(author, caller)) =>
                {
                    Ok(())
                }
                user => allow(user.map(Resource::User)),
            },
            CheckSubject::Group(group) => allow(facts.group(group).map(Resource::Group)),
            CheckSubject::GroupMember(user) => allow(facts.user(user).map(Resource::User))
                .map_err(|rejection| rejection.answered_as(policy_gate::refusal(Code::GroupNotAddressable))),
            CheckSubject::Message { conversation, is_author, age_ms } => {
                facts.authorize_on_message(self.action, caller, &conversation, is_author, age_ms)
            }
        };
        answer.map_err(|rejection| if self.field.is_empty() { rejection } else { rejection.field(self.field.as_str()) })
    }
}

impl Start {
    /// The users of [`Self::members`] who join by the current facts: users named directly, and active members of a named
    /// group with whom no rule denies the author to start a conversation.
    pub(super) fn members_now(&self, facts: &Snapshot) -> Cow<'_, [Member]> {
        if self.groups.is_empty() {
            return Cow::Borrowed(self.members.as_slice());
        }
        let world = &facts.world;
        let inside: HashSet<UserId> = self
            .groups
            .iter()
            .filter_map(|group| facts.group(*group))
            .flat_map(|group| world.members(group))
            .filter(|user| world.status(*user) == Status::Active)
            .filter(|user| !facts.denies(Action::Start, self.new.created_by, Resource::User(*user)))
            .map(|user| UserId(Uuid::from_u128(world.user_key(user))))
            .collect();
        Cow::Owned(self.members.iter().filter(|member| member.is_named || inside.contains(&member.user)).copied().collect())
    }

    /// Checks that a mail has a recipient: another user, or its author if the mail names the author. The named groups may
    /// have lost their members since the request was queued.
    ///
    /// # Errors
    /// The refusal `RecipientInactive` if the mail has no recipient.
    pub(super) fn reaches(&self, members_now: &[Member]) -> Result<(), Refusal> {
        let author = Addressed::User(self.new.created_by);
        if self.new.kind != ConversationKind::Mail
            || members_now.len() > 1
            || self.addressees.iter().any(|addressee| addressee.who == author)
        {
            return Ok(());
        }
        Err(policy_gate::refusal(Code::RecipientInactive).field(format!("{}[0]", StartConversation::WITH)))
    }

    /// The starting user's membership in the conversation as it will be created.
    pub(super) fn starter(&self) -> MemberContext {
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
    /// The key that selects the lane. Starts with the same start key keep their order.
    pub(super) fn lane_key(&self) -> LaneKey<'_> {
        LaneKey::Start(&self.mutation.new.start_key)
    }
}

impl WriteRequest<Mutation> {
    /// The key that selects the lane. Mutations of a conversation keep their order.
    pub(super) fn lane_key(&self) -> LaneKey<'_> {
        LaneKey::Conversation(self.mutation.conversation())
    }

    /// The memberships that the request may add or end.
    pub(super) fn memberships(&self) -> Vec<(ConversationId, UserId)> {
        match &self.mutation {
            Mutation::AddMembers { conversation, users, .. } => {
                users.iter().filter_map(|user| Some((*conversation, user.id.parse().ok()?))).collect()
            }
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

    /// The client id of the message that the mutation sends.
    pub(super) fn client_id(&self) -> Option<ClientId> {
        match self {
            Self::Send { draft, .. } => Some(draft.client_id),
            _ => None,
        }
    }

    /// The existing message that the mutation changes.
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
                people::{self, Profile},
                tenants,
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
            let [lea, tom] = [0, 1].map(|at: usize| users[at].1.id);
            let class = GroupFact { external_id: "6a".to_owned(), kind: Some("class".to_owned()), ..GroupFact::default() };
            write.groups(&[class]).await.expect("writes");
            let class = write.resolve_groups(&["6a"]).await.expect("asks")["6a"];
            let key = MembershipKey { user: tom, group: class, role: "pupil".to_owned() };
            write.memberships(&[MembershipFact { key, from_ms: None, until_ms: None }]).await.expect("writes");
            write.commit().await.expect("commits");

            let start = |kind, also: Option<UserId>| {
                let to = [Some(Addressed::Group(class)), also.map(Addressed::User)].into_iter().flatten();
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
                    addressees: to.map(|who| Addressee { who, is_copy: false }).collect(),
                    groups: vec![class],
                    first_message: None,
                    checks: Vec::new(),
                    exists: false,
                }
            };
            let clock: Arc<dyn Clock> = TestClock::new();
            let facts = facts::Facts::new(&store, &Lookups::start(&store), &clock);
            let reaches = async |start: Start| {
                let facts = facts.latest(tenant).await.expect("reads");
                start.reaches(&start.members_now(&facts))
            };
            assert_eq!(reaches(start(ConversationKind::Mail, None)).await, Ok(()));

            let gone = profile("tom", UserStatus::Deactivated);
            people::upsert(&store, tenant, &[gone], NOW_MS).await.expect("stores");
            let refusal = reaches(start(ConversationKind::Mail, None)).await.expect_err("nobody gets it");
            assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::RecipientInactive, "startConversation.with[0]"));
            assert_eq!(reaches(start(ConversationKind::Mail, Some(lea))).await, Ok(()), "she gets it herself");
            assert_eq!(reaches(start(ConversationKind::Group, None)).await, Ok(()), "others can be added");
        })
        .await;
    }
}
