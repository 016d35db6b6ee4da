//! Resolves the recipients that a command names to users. A group stands for its current members. If one recipient is
//! refused, the whole command is.

use std::collections::{HashMap, HashSet};

use causerie_policy::{Action, Code, GroupIx, Resource, UserStatus};
use causerie_protocol::{
    GroupId, Refusal, UserId,
    command::{GroupRef, Recipient, StartConversation, UserRef},
    limits,
};
use uuid::Uuid;

use super::{super::CommandDeps, Check, CheckSubject, Member, reply::Answered};
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
    /// Invited and deactivated members of the named groups, who can't be written to now. At most `limits::INACTIVE_SHOWN`;
    /// empty where the answer must not name them.
    pub inactive: Vec<User>,
    /// The number of all invited and deactivated members of the named groups.
    pub inactive_count: u32,
    /// Checks that the writer repeats under the lock of the facts.
    pub checks: Vec<Check>,
}

/// Which recipients are visible to each other in the started conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// All members.
    ByEachOther,
    /// The author, and the users whom the request names directly.
    ByName,
}

/// A recipient that the request names.
struct Named {
    /// The path of the recipient in the request, for example `startConversation.with[1]`.
    field: String,
    /// The user or group of the tenant; if there is none, the action to record as denied and the name in the request.
    who: Result<Addressed, (Action, String)>,
    is_copy: bool,
}

/// The check whether the caller may start a conversation with several users.
pub(super) fn several() -> Check {
    Check { action: Action::StartGroup, subject: CheckSubject::Nothing, field: String::new() }
}

impl Recipients {
    /// Asks the policy about each named recipient and resolves the recipients to users. If the mail is a reply to
    /// `answered`, its addressees need no allow rule, and only deny rules count. Where members see each other, the policy is
    /// also asked about each member of a named group.
    ///
    /// # Errors
    /// The refusal of the first recipient to whom the caller may not write, with the field that names the recipient.
    pub async fn gather(
        deps: &CommandDeps,
        caller: Caller,
        to: Vec<Recipient>,
        copy: Vec<Recipient>,
        answered: Option<&Answered>,
        seen: Seen,
    ) -> Result<Self, Refusal> {
        let facts = deps.facts.latest(caller.tenant).await?;
        let mut checks = Vec::new();
        if to.len() + copy.len() > 1 || to.iter().chain(&copy).any(|recipient| matches!(recipient, Recipient::Group(_))) {
            checks.push(several());
        }
        for check in &checks {
            check.ask(&deps.gate, &facts, caller.user)?;
        }
        let named = resolve(deps, caller, &facts, to, copy).await?;
        let addressed: HashSet<UserId> = named
            .iter()
            .filter_map(|recipient| match recipient.who {
                Ok(Addressed::User(user)) => Some(user),
                Ok(Addressed::Group(_)) | Err(_) => None,
            })
            .collect();
        let exempt = answered.and_then(|answered| answered.exempts(&facts, caller.user, &addressed));
        let mut gathering = Gathering {
            facts: &facts,
            caller: caller.user,
            members: Vec::new(),
            seen: HashSet::new(),
            inactive: Vec::new(),
        };
        let mut addressees: Vec<Addressee> = Vec::with_capacity(named.len());
        let mut shown = HashSet::new();
        for recipient in &named {
            let blame = |refusal: Refusal| refusal.field(recipient.field.as_str());
            // An unknown recipient is refused in its turn, like a recipient out of reach. Otherwise the refused field would
            // reveal which recipients exist.
            let who = match &recipient.who {
                Ok(who) => *who,
                Err((action, named)) => {
                    return Err(blame(deps.gate.unknown(&facts, *action, caller.user, named.clone())));
                }
            };
            let (action, subject) = match who {
                Addressed::User(user) => {
                    let exempt = exempt.as_ref().filter(|exempt| exempt.users.contains(&user));
                    let answered = exempt
                        .map(|exempt| CheckSubject::ReplyAddressee { user, while_reached_by: exempt.while_reached_by });
                    (Action::Start, answered.unwrap_or(CheckSubject::User(user)))
                }
                Addressed::Group(group) => (Action::AddressGroup, CheckSubject::Group(group)),
            };
            let check = Check { action, subject, field: recipient.field.clone() };
            check.ask(&deps.gate, &facts, caller.user)?;
            checks.push(check);
            let known = gathering.members.len();
            gathering.add(who, recipient.is_copy).map_err(blame)?;
            if seen == Seen::ByEachOther && matches!(who, Addressed::Group(_)) {
                for member in &gathering.members[known..] {
                    let (subject, field) = (CheckSubject::GroupMember(member.user), recipient.field.clone());
                    let check = Check { action: Action::Start, subject, field };
                    check.ask(&deps.gate, &facts, caller.user)?;
                    checks.push(check);
                }
            }
            if shown.insert(who) {
                addressees.push(Addressee { who, is_copy: recipient.is_copy });
            }
        }
        let Gathering { members, inactive, .. } = gathering;
        let names_caller = shown.contains(&Addressed::User(caller.user));
        if let Some(first) = named.first().filter(|_| members.is_empty() && !names_caller) {
            return Err(policy_gate::refusal(Code::RecipientInactive).field(first.field.as_str()));
        }
        let groups: Vec<GroupId> = addressees
            .iter()
            .filter_map(|addressee| match addressee.who {
                Addressed::Group(group) => Some(group),
                Addressed::User(_) => None,
            })
            .collect();
        let through_groups = members.iter().filter(|member| !member.is_named).count();
        deps.allowances.take_through_groups(caller.user, through_groups)?;
        let inactive_count = u32::try_from(inactive.len()).unwrap_or(u32::MAX);
        let mut inactive = inactive;
        // The directory shows no invited or deactivated users, so naming them here is an exception. It is not made where
        // rules keep members secret or where members see each other.
        let is_named = seen == Seen::ByName && !facts.policy.secret_members();
        inactive.truncate(if is_named { limits::INACTIVE_SHOWN } else { 0 });
        let inactive = users::find(deps.store.reader(), caller.tenant, &inactive).await?;
        Ok(Self { members, addressees, groups, inactive, inactive_count, checks })
    }
}

/// Collects the members of the conversation.
struct Gathering<'a> {
    facts: &'a Snapshot,
    caller: UserId,
    members: Vec<Member>,
    seen: HashSet<UserId>,
    inactive: Vec<UserId>,
}

impl Gathering<'_> {
    /// Adds the users of a named recipient. A user who was added before stays a main or copy recipient as they were.
    fn add(&mut self, who: Addressed, is_copy: bool) -> Result<(), Refusal> {
        match who {
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
        if self.seen.insert(user) {
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
                // A group does not lead to a user with whom a rule denies the author to start, for example after a block.
                UserStatus::Active if self.facts.denies(Action::Start, self.caller, Resource::User(member_ix)) => {}
                UserStatus::Active => self.add_user(user, is_copy, false),
                UserStatus::Invited | UserStatus::Deactivated => {
                    if self.seen.insert(user) {
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
) -> Result<Vec<Named>, Refusal> {
    let places = |field: &'static str, is_copy: bool, all: Vec<Recipient>| {
        all.into_iter().enumerate().map(move |(at, recipient)| (format!("{field}[{at}]"), is_copy, recipient))
    };
    let all = places(StartConversation::WITH, false, to).chain(places(StartConversation::COPY, true, copy));
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
            let (who, unknown) = match recipient {
                Recipient::User(user) => {
                    (users.next().flatten().map(Addressed::User), (Action::Start, format!("user:{}", named(&user))))
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
            Named { field, who: who.ok_or(unknown), is_copy }
        })
        .collect();
    Ok(named)
}

/// The id or external id by which the request names a user.
pub(in super::super) fn named(user: &UserRef) -> String {
    match user {
        UserRef::Id(id) => id.to_string(),
        UserRef::ExternalId(id) => id.clone(),
    }
}

/// Looks up users with whom the caller may start a conversation. Returns their profiles, and the checks that the writer
/// repeats when it adds them. `field` is the path of the list in the request.
pub(in super::super) async fn resolve_users(
    deps: &CommandDeps,
    caller: Caller,
    refs: Vec<UserRef>,
    field: &str,
) -> Result<(Vec<User>, Vec<Check>), Refusal> {
    let found = users::resolve(deps.store.reader(), caller.tenant, &refs).await?;
    let facts = deps.facts.latest(caller.tenant).await?;
    let both = found.into_iter().zip(&refs).enumerate().map(|(at, (found, asked))| {
        let field = format!("{field}[{at}]");
        let Some(user) = found else {
            let unknown = format!("user:{}", named(asked));
            return Err(deps.gate.unknown(&facts, Action::Start, caller.user, unknown).field(field));
        };
        let check = Check { action: Action::Start, subject: CheckSubject::User(user.id), field };
        check.ask(&deps.gate, &facts, caller.user)?;
        Ok((user, check))
    });
    let both: Vec<_> = both.collect::<Result<_, Refusal>>()?;
    Ok(both.into_iter().unzip())
}
