//! Finds the users to whom a command starts a conversation. A group in the command stands for its current members. If one
//! recipient is refused, the whole command is refused.

use std::collections::{HashMap, HashSet};

use causerie_policy::{Action, Code, GroupIx, Resource, UserStatus};
use causerie_protocol::{
    GroupId, Refusal, UserId,
    command::{GroupRef, Recipient, StartConversation, UserRef},
    limits,
};
use uuid::Uuid;

use super::{super::CommandDeps, Check, CheckSubject, Member, reply::Reply};
use crate::{
    auth::Caller,
    domain::{MemberRole, User},
    facts::{Snapshot, policy_gate},
    store::queries::{
        facts::groups,
        mails::{Addressed, Addressee},
        users,
    },
};

/// The resolved recipients, and the checks that allow them.
pub(super) struct Recipients {
    /// Each user once, without the user who starts the conversation.
    pub members: Vec<Member>,
    /// The users and groups that the request names, each once.
    pub addressees: Vec<Addressee>,
    /// The groups among the addressees.
    pub groups: Vec<GroupId>,
    /// Invited and deactivated members of the named groups; the conversation does not reach them. At most
    /// `limits::INACTIVE_SHOWN` users; empty if the answer must not name them.
    pub inactive: Vec<User>,
    /// The number of all invited and deactivated members of the named groups.
    pub inactive_count: u32,
    /// Checks that the writer repeats under the lock of the facts.
    pub checks: Vec<Check>,
}

/// Which members of the started conversation are visible to the other members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VisibleMembers {
    /// All members.
    All,
    /// The author, and the users whom the request names directly.
    Named,
}

/// A recipient that the request names.
struct NamedRecipient {
    /// The path of the recipient in the request, for example `startConversation.with[1]`.
    field: String,
    /// The user or group of the tenant. If the tenant has no such user or group: the action to record as denied, and the
    /// target to record with it, such as `user:lea`.
    target: Result<Addressed, (Action, String)>,
    /// The recipient is in copy (Cc), not a main recipient (To).
    is_copy: bool,
}

/// The check whether the caller may start a conversation with more than one user.
pub(super) fn start_group_check() -> Check {
    Check { action: Action::StartGroup, subject: CheckSubject::Nothing, field: String::new() }
}

impl Recipients {
    /// Asks the policy about each named recipient, and finds the users that the recipients stand for. `reply`: the message
    /// to which a mail replies; some addressees of a reply need no allow rule, and only deny rules count for them. If all
    /// members are visible, the policy is also asked about each member of a named group.
    ///
    /// # Errors
    /// The refusal of the first recipient to whom the caller may not write, with the field that names the recipient.
    pub async fn gather(
        deps: &CommandDeps,
        caller: Caller,
        to: Vec<Recipient>,
        copy: Vec<Recipient>,
        reply: Option<&Reply>,
        visible_members: VisibleMembers,
    ) -> Result<Self, Refusal> {
        let facts = deps.facts.latest(caller.tenant).await?;
        let mut checks = Vec::new();
        if to.len() + copy.len() > 1 || to.iter().chain(&copy).any(|recipient| matches!(recipient, Recipient::Group(_))) {
            checks.push(start_group_check());
        }
        for check in &checks {
            check.ask(&deps.gate, &facts, caller.user)?;
        }
        let named = resolve(deps, caller, &facts, to, copy).await?;
        let addressed: HashSet<UserId> = named
            .iter()
            .filter_map(|recipient| match recipient.target {
                Ok(Addressed::User(user)) => Some(user),
                Ok(Addressed::Group(_)) | Err(_) => None,
            })
            .collect();
        let exemption = reply.and_then(|reply| reply.exemption(&facts, caller.user, &addressed));
        let mut collector = MemberCollector {
            facts: &facts,
            caller: caller.user,
            members: Vec::new(),
            known: HashSet::new(),
            inactive: Vec::new(),
        };
        let mut addressees: Vec<Addressee> = Vec::with_capacity(named.len());
        let mut listed = HashSet::new();
        for recipient in &named {
            let with_field = |refusal: Refusal| refusal.field(recipient.field.as_str());
            // An unknown recipient is refused at its position in the list, like a recipient whom the caller may not reach.
            // If unknown recipients were refused first, the refused field would reveal which recipients exist.
            let target = match &recipient.target {
                Ok(target) => *target,
                Err((action, unknown)) => {
                    return Err(with_field(deps.gate.unknown(&facts, *action, caller.user, unknown.clone())));
                }
            };
            let (action, subject) = match target {
                Addressed::User(user) => {
                    let exemption = exemption.as_ref().filter(|exemption| exemption.users.contains(&user));
                    let subject = exemption.map_or(CheckSubject::User(user), |exemption| CheckSubject::ReplyAddressee {
                        user,
                        while_reached_by: exemption.while_reached_by,
                    });
                    (Action::Start, subject)
                }
                Addressed::Group(group) => (Action::AddressGroup, CheckSubject::Group(group)),
            };
            let check = Check { action, subject, field: recipient.field.clone() };
            check.ask(&deps.gate, &facts, caller.user)?;
            checks.push(check);
            let count_before = collector.members.len();
            collector.add(target, recipient.is_copy).map_err(with_field)?;
            if visible_members == VisibleMembers::All && matches!(target, Addressed::Group(_)) {
                for member in &collector.members[count_before..] {
                    let (subject, field) = (CheckSubject::GroupMember(member.user), recipient.field.clone());
                    let check = Check { action: Action::Start, subject, field };
                    check.ask(&deps.gate, &facts, caller.user)?;
                    checks.push(check);
                }
            }
            if listed.insert(target) {
                addressees.push(Addressee { addressed: target, is_copy: recipient.is_copy });
            }
        }
        let MemberCollector { members, inactive, .. } = collector;
        let names_caller = listed.contains(&Addressed::User(caller.user));
        if let Some(first) = named.first().filter(|_| members.is_empty() && !names_caller) {
            return Err(policy_gate::refusal(Code::RecipientInactive).field(first.field.as_str()));
        }
        let groups: Vec<GroupId> = addressees
            .iter()
            .filter_map(|addressee| match addressee.addressed {
                Addressed::Group(group) => Some(group),
                Addressed::User(_) => None,
            })
            .collect();
        let through_groups = members.iter().filter(|member| !member.is_named).count();
        deps.allowances.take_through_groups(caller.user, through_groups)?;
        let inactive_count = u32::try_from(inactive.len()).unwrap_or(u32::MAX);
        let mut inactive = inactive;
        // The directory shows no invited or deactivated users; the answer to a start names them as an exception. The answer
        // names no users if the policy keeps members secret or if all members are visible.
        let may_name_inactive = visible_members == VisibleMembers::Named && !facts.policy.secret_members();
        inactive.truncate(if may_name_inactive { limits::INACTIVE_SHOWN } else { 0 });
        let inactive = users::find(deps.store.reader(), caller.tenant, &inactive).await?;
        Ok(Self { members, addressees, groups, inactive, inactive_count, checks })
    }
}

/// Collects the members of the conversation.
struct MemberCollector<'a> {
    facts: &'a Snapshot,
    caller: UserId,
    members: Vec<Member>,
    /// The users in `members` and `inactive`.
    known: HashSet<UserId>,
    inactive: Vec<UserId>,
}

impl MemberCollector<'_> {
    /// Adds the users of a named recipient. A user who was added before keeps the kind of recipient (main or copy).
    fn add(&mut self, target: Addressed, is_copy: bool) -> Result<(), Refusal> {
        match target {
            Addressed::User(user) => self.add_user(user, is_copy, true),
            Addressed::Group(group) => {
                let group = self.facts.group(group).ok_or_else(policy_gate::not_found)?;
                self.add_group(group, is_copy);
            }
        }
        if self.members.len() > limits::STARTED_WITH_MAX {
            return Err(policy_gate::refusal(Code::TooMany));
        }
        Ok(())
    }

    fn add_user(&mut self, user: UserId, is_copy: bool, is_named: bool) {
        if user == self.caller {
            return;
        }
        if self.known.insert(user) {
            self.members.push(Member { user, role: MemberRole::Member, is_copy, is_named });
        } else if let Some(member) = self.members.iter_mut().find(|member| is_named && member.user == user) {
            member.is_named = true;
        }
    }

    fn add_group(&mut self, group: GroupIx, is_copy: bool) {
        let world = &self.facts.world;
        for member_ix in world.members(group) {
            let user = UserId(Uuid::from_u128(world.user_key(member_ix)));
            match world.status(member_ix) {
                // A member of the group is skipped if a rule denies the author to start a conversation with the member, for
                // example after a block.
                UserStatus::Active if self.facts.denies(Action::Start, self.caller, Resource::User(member_ix)) => {}
                UserStatus::Active => self.add_user(user, is_copy, false),
                UserStatus::Invited | UserStatus::Deactivated => {
                    if self.known.insert(user) {
                        self.inactive.push(user);
                    }
                }
                UserStatus::Removed => {}
            }
        }
    }
}

/// Looks up the users and groups that the request names.
async fn resolve(
    deps: &CommandDeps,
    caller: Caller,
    facts: &Snapshot,
    to: Vec<Recipient>,
    copy: Vec<Recipient>,
) -> Result<Vec<NamedRecipient>, Refusal> {
    let with_fields = |field: &'static str, is_copy: bool, recipients: Vec<Recipient>| {
        recipients.into_iter().enumerate().map(move |(index, recipient)| (format!("{field}[{index}]"), is_copy, recipient))
    };
    let all = with_fields(StartConversation::WITH, false, to).chain(with_fields(StartConversation::COPY, true, copy));
    let all: Vec<(String, bool, Recipient)> = all.collect();
    let mut users = Vec::new();
    let mut external_ids = Vec::new();
    for (_, _, recipient) in &all {
        match recipient {
            Recipient::User(user) => users.push(user.clone()),
            Recipient::Group(GroupRef::ExternalId(id)) => external_ids.push(id.as_str()),
            Recipient::Group(GroupRef::Id(_)) => {}
        }
    }
    let reader = deps.store.reader();
    let users = users::resolve(reader, caller.tenant, &users).await?;
    let mut users = users.into_iter().map(|user| user.map(|user| user.id));
    let groups: HashMap<String, GroupId> = groups::find_by_external_id(reader, caller.tenant, &external_ids).await?;
    let named = all
        .into_iter()
        .map(|(field, is_copy, recipient)| {
            let (target, unknown) = match recipient {
                Recipient::User(user) => {
                    (users.next().flatten().map(Addressed::User), (Action::Start, format!("user:{}", requested_id(&user))))
                }
                Recipient::Group(GroupRef::Id(id)) => {
                    let known = facts.group(id).map(|_| Addressed::Group(id));
                    (known, (Action::AddressGroup, format!("group:{id}")))
                }
                Recipient::Group(GroupRef::ExternalId(id)) => {
                    let known = groups.get(&id).copied().map(Addressed::Group);
                    (known, (Action::AddressGroup, format!("group:{id}")))
                }
            };
            NamedRecipient { field, target: target.ok_or(unknown), is_copy }
        })
        .collect();
    Ok(named)
}

/// The id or external id by which the request names a user.
pub(in super::super) fn requested_id(user: &UserRef) -> String {
    match user {
        UserRef::Id(id) => id.to_string(),
        UserRef::ExternalId(id) => id.clone(),
    }
}

/// Looks up the users that a request names. Returns their profiles, and the checks that the writer repeats when it adds the
/// users. `field` is the path of the list in the request.
///
/// # Errors
/// The refusal of the first user with whom the caller may not start a conversation, with the path of the user in the
/// request; `Unavailable` if the database does not answer.
pub(in super::super) async fn resolve_users(
    deps: &CommandDeps,
    caller: Caller,
    refs: Vec<UserRef>,
    field: &str,
) -> Result<(Vec<User>, Vec<Check>), Refusal> {
    let found = users::resolve(deps.store.reader(), caller.tenant, &refs).await?;
    let facts = deps.facts.latest(caller.tenant).await?;
    let pairs = found.into_iter().zip(&refs).enumerate().map(|(index, (found, requested))| {
        let field = format!("{field}[{index}]");
        let Some(user) = found else {
            let unknown = format!("user:{}", requested_id(requested));
            return Err(deps.gate.unknown(&facts, Action::Start, caller.user, unknown).field(field));
        };
        let check = Check { action: Action::Start, subject: CheckSubject::User(user.id), field };
        check.ask(&deps.gate, &facts, caller.user)?;
        Ok((user, check))
    });
    let pairs: Vec<_> = pairs.collect::<Result<_, Refusal>>()?;
    Ok(pairs.into_iter().unzip())
}
