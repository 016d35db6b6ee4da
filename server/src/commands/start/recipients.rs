//! From those named to those who get it: people as they are, groups as the people in them at this moment. All or nothing.

use std::collections::{HashMap, HashSet};

use causerie_policy::{Action, Code, GroupIx, Resource, Status};
use causerie_protocol::{
    GroupId, Refusal, UserId,
    command::{GroupRef, Recipient, StartConversation, UserRef},
    limits, wire,
};
use uuid::Uuid;

use super::{
    super::{CommandDeps, unavailable},
    Check, Member, Whom,
    reply::Answered,
};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    store::{
        kinds::MEMBER,
        queries::{
            facts::groups,
            mails::{Addressed, Addressee},
            people,
        },
    },
};

/// Who gets it, and by what right.
pub(super) struct Recipients {
    /// The starter left out, each person once.
    pub members: Vec<Member>,
    /// As they were named, each once.
    pub addressees: Vec<Addressee>,
    /// Those of them that are groups.
    pub groups: Vec<GroupId>,
    /// People in the groups named who can't be written to now, as far as they are named.
    pub inactive: Vec<wire::User>,
    /// How many there are.
    pub inactive_count: u32,
    /// What must still be allowed when it is written.
    pub checks: Vec<Check>,
}

/// Whom the members of what is started see of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// All.
    ByEachOther,
    /// The author, and people who are named.
    ByName,
}

/// Somebody who is named.
struct Named {
    /// How the request names the place, `startConversation.with[1]`.
    field: String,
    /// What of the tenant's is meant; the name in the request where the tenant knows none such.
    who: Result<Addressed, (Action, String)>,
    is_copy: bool,
}

/// A conversation of several people at all.
pub(super) fn several() -> Check {
    Check { action: Action::StartGroup, whom: Whom::Nobody, field: String::new() }
}

impl Recipients {
    /// Asks the rules about everyone named, of those who are `answered` only what is denied them, and finds who gets it. Where
    /// members see each other, the rules are asked about each person of a group that is named, too.
    ///
    /// # Errors
    /// The refusal of the first who can't be written to, with the field that names them.
    pub async fn gather(
        deps: &CommandDeps,
        caller: Caller,
        to: Vec<Recipient>,
        copy: Vec<Recipient>,
        answered: Option<&Answered>,
        seen: Seen,
    ) -> Result<Self, Refusal> {
        let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
        let mut checks = Vec::new();
        if to.len() + copy.len() > 1 || to.iter().chain(&copy).any(|one| matches!(one, Recipient::Group(_))) {
            checks.push(several());
        }
        for check in &checks {
            check.ask(&deps.gate, &facts, caller.user)?;
        }
        let named = resolve(deps, caller, &facts, to, copy).await?;
        let addressed: HashSet<UserId> = named
            .iter()
            .filter_map(|one| match one.who {
                Ok(Addressed::User(user)) => Some(user),
                Ok(Addressed::Group(_)) | Err(_) => None,
            })
            .collect();
        let exempt = answered.and_then(|answered| answered.exempts(&facts, caller.user, &addressed));
        let mut gathering =
            Gathering { facts: &facts, me: caller.user, members: Vec::new(), seen: HashSet::new(), inactive: Vec::new() };
        let mut addressees: Vec<Addressee> = Vec::with_capacity(named.len());
        let mut shown = HashSet::new();
        for one in &named {
            let blame = |refusal: Refusal| refusal.field(one.field.as_str());
            // In its turn, like one out of reach: which one is blamed must not tell who exists.
            let who = match &one.who {
                Ok(who) => *who,
                Err((action, named)) => {
                    return Err(blame(deps.gate.unknown(&facts, *action, caller.user, named.clone())));
                }
            };
            let (action, whom) = match who {
                Addressed::User(user) => {
                    let exempt = exempt.as_ref().filter(|exempt| exempt.people.contains(&user));
                    let answered = exempt.map(|exempt| Whom::Answered { them: user, by: exempt.by });
                    (Action::Start, answered.unwrap_or(Whom::Person(user)))
                }
                Addressed::Group(group) => (Action::AddressGroup, Whom::Group(group)),
            };
            let check = Check { action, whom, field: one.field.clone() };
            check.ask(&deps.gate, &facts, caller.user)?;
            checks.push(check);
            let known = gathering.members.len();
            gathering.add(who, one.is_copy).map_err(blame)?;
            if seen == Seen::ByEachOther && matches!(who, Addressed::Group(_)) {
                for member in &gathering.members[known..] {
                    let (whom, field) = (Whom::OfGroup(member.user), one.field.clone());
                    let check = Check { action: Action::Start, whom, field };
                    check.ask(&deps.gate, &facts, caller.user)?;
                    checks.push(check);
                }
            }
            if shown.insert(who) {
                addressees.push(Addressee { who, is_copy: one.is_copy });
            }
        }
        let Gathering { members, inactive, .. } = gathering;
        let names_me = shown.contains(&Addressed::User(caller.user));
        if let Some(first) = named.first().filter(|_| members.is_empty() && !names_me) {
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
        // Who never came can't be found by anybody, so that a name here is an exception. Rules that keep members secret, and
        // conversations whose members see each other, do without it.
        let is_named = seen == Seen::ByName && !facts.policy.secret_members();
        inactive.truncate(if is_named { limits::INACTIVE_SHOWN } else { 0 });
        let inactive = people::find(deps.store.reader(), caller.tenant, &inactive).await.map_err(unavailable)?;
        let inactive = inactive.iter().map(wire::User::from).collect();
        Ok(Self { members, addressees, groups, inactive, inactive_count, checks })
    }
}

/// Members on their way to be a list.
struct Gathering<'a> {
    facts: &'a Snapshot,
    me: UserId,
    members: Vec<Member>,
    seen: HashSet<UserId>,
    inactive: Vec<UserId>,
}

impl Gathering<'_> {
    /// Adds somebody named; those named before, as a recipient rather than for a copy, stay what they are.
    fn add(&mut self, who: Addressed, is_copy: bool) -> Result<(), Refusal> {
        match who {
            Addressed::User(user) => self.add_person(user, is_copy, true),
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

    fn add_person(&mut self, user: UserId, is_copy: bool, is_named: bool) {
        if user == self.me {
            return;
        }
        if self.seen.insert(user) {
            self.members.push(Member { user, role: MEMBER, is_copy, is_named });
        } else if let Some(member) = self.members.iter_mut().find(|member| is_named && member.user == user) {
            member.is_named = true;
        }
    }

    fn add_group(&mut self, group: GroupIx, is_copy: bool) {
        let world = &self.facts.world;
        for person in world.members(group) {
            let user = UserId(Uuid::from_u128(world.user_key(person)));
            match world.status(person) {
                // A group is no way to a person whom a rule keeps from the author, by a block for instance.
                Status::Active if self.facts.denies(Action::Start, self.me, Resource::User(person)) => {}
                Status::Active => self.add_person(user, is_copy, false),
                Status::Invited | Status::Deactivated => {
                    if self.seen.insert(user) {
                        self.inactive.push(user);
                    }
                }
                Status::Removed => {}
            }
        }
    }
}

/// Finds who is meant.
async fn resolve(
    deps: &CommandDeps,
    caller: Caller,
    facts: &Snapshot,
    to: Vec<Recipient>,
    copy: Vec<Recipient>,
) -> Result<Vec<Named>, Refusal> {
    let places = |field: &'static str, is_copy: bool, all: Vec<Recipient>| {
        all.into_iter().enumerate().map(move |(at, one)| (format!("{field}[{at}]"), is_copy, one))
    };
    let all = places(StartConversation::WITH, false, to).chain(places(StartConversation::COPY, true, copy));
    let all: Vec<(String, bool, Recipient)> = all.collect();
    let mut users = Vec::new();
    let mut external_ids = Vec::new();
    for (_, _, one) in &all {
        match one {
            Recipient::User(user) => users.push(user.clone()),
            Recipient::Group(GroupRef::ExternalId(id)) => external_ids.push(id.as_str()),
            Recipient::Group(GroupRef::Id(_)) => {}
        }
    }
    let reader = deps.store.reader();
    let users = people::resolve(reader, caller.tenant, &users).await.map_err(unavailable)?;
    let mut users = users.into_iter().map(|user| user.map(|user| user.id));
    let groups: HashMap<String, GroupId> =
        groups::find_by_external_id(reader, caller.tenant, &external_ids).await.map_err(unavailable)?;
    let named = all
        .into_iter()
        .map(|(field, is_copy, one)| {
            let (who, unknown) = match one {
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

/// A person as the request names them.
pub(in super::super) fn named(user: &UserRef) -> String {
    match user {
        UserRef::Id(id) => id.to_string(),
        UserRef::ExternalId(id) => id.clone(),
    }
}

/// Finds people the caller may start a conversation with, with what is shown of them and what must still be allowed when
/// they are put in. `field` holds them in the request.
pub(in super::super) async fn resolve_users(
    deps: &CommandDeps,
    caller: Caller,
    refs: Vec<UserRef>,
    field: &str,
) -> Result<(Vec<wire::User>, Vec<Check>), Refusal> {
    let found = people::resolve(deps.store.reader(), caller.tenant, &refs).await.map_err(unavailable)?;
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    let both = found.iter().zip(&refs).enumerate().map(|(at, (found, asked))| {
        let field = format!("{field}[{at}]");
        let Some(user) = found else {
            let unknown = format!("user:{}", named(asked));
            return Err(deps.gate.unknown(&facts, Action::Start, caller.user, unknown).field(field));
        };
        let check = Check { action: Action::Start, whom: Whom::Person(user.id), field };
        check.ask(&deps.gate, &facts, caller.user)?;
        Ok((wire::User::from(user), check))
    });
    let both: Vec<_> = both.collect::<Result<_, Refusal>>()?;
    Ok(both.into_iter().unzip())
}
