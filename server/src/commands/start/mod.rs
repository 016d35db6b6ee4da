//! Starts conversations. Two users have at most one direct conversation, and a user has at most one note to self. A user who
//! starts a group or a mail again with the same client id gets the existing conversation.

mod recipients;
mod reply;

use causerie_policy::{Action, Code};
use causerie_protocol::{
    ConversationId, GroupId, MessageId, Refusal, UserId,
    command::{Draft, Recipient, StartConversation, Target},
    wire,
    wire::reply::Result as Answer,
};
use uuid::Uuid;

use self::recipients::{Recipients, VisibleMembers};
pub(super) use self::recipients::{requested_id, resolve_users};
use super::{CommandDeps, kept_subject, list};
use crate::{
    auth::Caller,
    domain::{ConversationKind, MemberRole, User, start_key},
    facts::policy_gate,
    store::queries::{append::NewConversation, mails::Addressee, users},
    writer::{Check, CheckSubject, Member, OutgoingMessage, Start, Started, WriteRequest},
};

const SUBJECT: &str = "startConversation.subject";

/// The conversation that a command starts. The policy was asked about it; the writer repeats the checks under the lock.
struct Plan {
    kind: ConversationKind,
    subject: String,
    start_key: String,
    in_reply_to: Option<MessageId>,
    /// The members without the user who starts the conversation.
    members: Vec<Member>,
    /// The users and groups that a mail is addressed to.
    addressees: Vec<Addressee>,
    /// The groups among the recipients.
    groups: Vec<GroupId>,
    /// See [`Recipients::inactive`].
    inactive: Vec<User>,
    /// See [`Recipients::inactive_count`].
    inactive_count: u32,
    checks: Vec<Check>,
    /// A conversation with this start key exists, so the command is a retry.
    exists: bool,
}

impl Plan {
    /// An empty plan for a conversation of this kind.
    fn empty(kind: ConversationKind) -> Self {
        Self {
            kind,
            subject: String::new(),
            start_key: String::new(),
            in_reply_to: None,
            members: Vec::new(),
            addressees: Vec::new(),
            groups: Vec::new(),
            inactive: Vec::new(),
            inactive_count: 0,
            checks: Vec::new(),
            exists: false,
        }
    }
}

/// Starts the conversation of a command, or returns the existing conversation.
///
/// # Errors
/// The refusal of the first recipient to whom the caller may not write, with its field; `Invalid` if the subject has no
/// visible character; `Unavailable` if the database does not answer.
pub(super) async fn start(deps: &CommandDeps, caller: Caller, command: StartConversation) -> Result<Answer, Refusal> {
    let starter = caller.user;
    let plan = match command.target {
        Target::NoteToSelf => note_to_self(starter),
        Target::Direct(peer) => direct(deps, caller, peer).await?,
        Target::Group { to, subject, client_id } => {
            let subject = kept_subject(subject, SUBJECT)?;
            let start_key = format!("group:{starter}:{client_id}");
            match find_started(deps, caller, ConversationKind::Group, &start_key).await? {
                Some(plan) => plan,
                None => Plan { subject, start_key, ..group(deps, caller, to).await? },
            }
        }
        Target::Mail { to, copy, subject, client_id, in_reply_to } => {
            let subject = kept_subject(subject, SUBJECT)?;
            let start_key = format!("mail:{starter}:{client_id}");
            match find_started(deps, caller, ConversationKind::Mail, &start_key).await? {
                Some(plan) => plan,
                None => Plan { subject, start_key, in_reply_to, ..mail(deps, caller, to, copy, in_reply_to).await? },
            }
        }
    };
    execute(deps, caller, plan, command.first_message).await
}

/// The plan for a conversation with this start key that exists already; `None` if there is none. The answer to a retry is
/// the conversation, even if the caller may not start it any more.
async fn find_started(
    deps: &CommandDeps,
    caller: Caller,
    kind: ConversationKind,
    start_key: &str,
) -> Result<Option<Plan>, Refusal> {
    let existing = deps.store.find_by_start_key(caller.tenant, start_key).await?;
    let start_key = start_key.to_owned();
    Ok(existing.map(|_| Plan { start_key, exists: true, ..Plan::empty(kind) }))
}

fn note_to_self(user: UserId) -> Plan {
    let check = Check { action: Action::Start, subject: CheckSubject::User(user), field: String::new() };
    Plan { start_key: start_key(user, user), checks: vec![check], ..Plan::empty(ConversationKind::NoteToSelf) }
}

async fn direct(deps: &CommandDeps, caller: Caller, peer: Recipient) -> Result<Plan, Refusal> {
    let to_group = matches!(peer, Recipient::Group(_));
    let requested_peer = peer.clone();
    let recipients = match Recipients::gather(deps, caller, vec![peer], Vec::new(), None, VisibleMembers::Named).await {
        Ok(recipients) => recipients,
        Err(refusal) => return existing_direct(deps, caller, requested_peer).await?.ok_or(refusal),
    };
    if to_group {
        // The policy is asked before this refusal, so that the refusal does not reveal that a group exists which the caller
        // may not address.
        return Err(policy_gate::refusal(Code::Unsupported).field(format!("{}[0]", StartConversation::WITH)));
    }
    let Some(peer) = recipients.members.first().map(|member| member.user) else {
        return Ok(Plan { checks: recipients.checks, ..note_to_self(caller.user) });
    };
    let start_key = start_key(caller.user, peer);
    Ok(Plan { start_key, members: recipients.members, checks: recipients.checks, ..Plan::empty(ConversationKind::Direct) })
}

/// The plan for the existing direct conversation with a user with whom the caller may not start a conversation. The caller
/// needs only the right to read the conversation. For an unknown user the database gets the same queries, so that the
/// response time does not reveal whether the user exists.
async fn existing_direct(deps: &CommandDeps, caller: Caller, peer: Recipient) -> Result<Option<Plan>, Refusal> {
    let Recipient::User(user) = peer else { return Ok(None) };
    let found = users::resolve(deps.store.reader(), caller.tenant, &[user]).await?;
    let peer = found.into_iter().next().flatten().map_or(UserId(Uuid::nil()), |user| user.id);
    let start_key = start_key(caller.user, peer);
    let Some(existing) = deps.store.find_by_start_key(caller.tenant, &start_key).await? else {
        return Ok(None);
    };
    let may_read = list::conversation(deps, caller, existing).await.is_ok();
    Ok(may_read.then(|| Plan { start_key, exists: true, ..Plan::empty(ConversationKind::Direct) }))
}

async fn group(deps: &CommandDeps, caller: Caller, to: Vec<Recipient>) -> Result<Plan, Refusal> {
    let facts = deps.facts.latest(caller.tenant).await?;
    let start_group = recipients::start_group_check();
    start_group.ask(&deps.gate, &facts, caller.user)?;
    let recipients = Recipients::gather(deps, caller, to, Vec::new(), None, VisibleMembers::All).await?;
    let Recipients { members, groups, inactive, inactive_count, mut checks, .. } = recipients;
    checks.push(start_group);
    Ok(Plan { members, groups, inactive, inactive_count, checks, ..Plan::empty(ConversationKind::Group) })
}

async fn mail(
    deps: &CommandDeps,
    caller: Caller,
    to: Vec<Recipient>,
    copy: Vec<Recipient>,
    in_reply_to: Option<MessageId>,
) -> Result<Plan, Refusal> {
    let reply = match in_reply_to {
        Some(message) => Some(reply::reply_to(deps, caller, message).await?),
        None => None,
    };
    let recipients = Recipients::gather(deps, caller, to, copy, reply.as_ref(), VisibleMembers::Named).await?;
    let Recipients { members, addressees, groups, inactive, inactive_count, mut checks } = recipients;
    checks.extend(reply.map(|reply| reply.check));
    Ok(Plan { members, addressees, groups, inactive, inactive_count, checks, ..Plan::empty(ConversationKind::Mail) })
}

/// Lets the writer start the conversation of a plan, and returns the answer to the command.
async fn execute(deps: &CommandDeps, caller: Caller, plan: Plan, first_message: Option<Draft>) -> Result<Answer, Refusal> {
    let role = if plan.kind == ConversationKind::Group { MemberRole::Owner } else { MemberRole::Member };
    let starter = Member { user: caller.user, role, is_copy: false, is_named: true };
    let members: Vec<Member> = std::iter::once(starter).chain(plan.members).collect();
    let new = NewConversation {
        id: ConversationId::new(),
        tenant: caller.tenant,
        kind: plan.kind,
        subject: plan.subject,
        start_key: plan.start_key,
        member_count: u32::try_from(members.len()).unwrap_or(u32::MAX),
        created_by: caller.user,
        in_reply_to: plan.in_reply_to,
    };
    let Plan { addressees, groups, checks, exists, inactive, inactive_count, .. } = plan;
    let first_message = first_message.map(OutgoingMessage::new);
    let start = Start { new, members, addressees, groups, first_message, checks, exists };
    let Started { conversation, created, first_message } =
        deps.writer.start_conversation(WriteRequest { caller, mutation: start }).await?;
    let conversation = list::conversation(deps, caller, conversation).await?;
    let reached = conversation.member_count.saturating_sub(1);
    Ok(Answer::ConversationStarted(wire::ConversationStarted {
        conversation: Some(conversation.into()),
        created,
        first_message: first_message.map(wire::Message::from),
        inactive: inactive.iter().map(wire::User::from).collect(),
        reached,
        inactive_count,
    }))
}
