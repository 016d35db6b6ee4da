//! Starting: at most one direct conversation per pair, one note to oneself, one group per starter and client id, ever.

use causerie_policy::{About, Action};
use causerie_protocol::{
    ConversationId, Refusal, UserId,
    command::{StartConversation, Target, UserRef},
    wire,
    wire::reply::Result as Answer,
};

use super::{
    Caller, Parts, list, rules, unavailable,
    writer::{Done, Op, Order, Start},
};
use crate::store::queries::{append::NewConversation, people};

const NOTE_TO_SELF: i16 = 1;
const DIRECT: i16 = 2;
const GROUP: i16 = 3;
const MEMBER: i16 = 1;
const OWNER: i16 = 2;

pub(super) async fn start(parts: &Parts, caller: Caller, command: StartConversation) -> Result<Answer, Refusal> {
    let me = caller.user;
    let (kind, subject, start_key, others) = match command.target {
        Target::NoteToSelf => (NOTE_TO_SELF, String::new(), format!("self:{me}"), Vec::new()),
        Target::Direct(peer) => {
            let peer = resolve(parts, caller, vec![peer]).await?.remove(0);
            if peer == me {
                (NOTE_TO_SELF, String::new(), format!("self:{me}"), Vec::new())
            } else {
                (DIRECT, String::new(), pair_key(me, peer), vec![peer])
            }
        }
        Target::Group { with, subject, client_id } => {
            rules::allow(&parts.metrics, Action::StartGroup, rules::ACTIVE, About::Nothing)?;
            let mut others = resolve(parts, caller, with).await?;
            others.retain(|user| *user != me);
            others.sort_unstable();
            others.dedup();
            (GROUP, subject, format!("group:{me}:{client_id}"), others)
        }
    };
    let my_role = if kind == GROUP { OWNER } else { MEMBER };
    let members: Vec<(UserId, i16)> =
        std::iter::once((me, my_role)).chain(others.into_iter().map(|user| (user, MEMBER))).collect();
    let new = NewConversation {
        id: ConversationId::new(),
        tenant: caller.tenant.0,
        kind,
        subject,
        start_key,
        member_count: u32::try_from(members.len()).unwrap_or(u32::MAX),
        created_by: me,
    };
    let op = Op::Start(Start { new, members, first_message: command.first_message });
    let Done::Started { conversation, created, first_message } = parts.writer.write(Order { caller, op }).await? else {
        unreachable!("a start is answered as one");
    };
    let conversation = Some(list::one(parts, caller, conversation).await?);
    Ok(Answer::ConversationStarted(wire::ConversationStarted { conversation, created, first_message }))
}

/// The same for both, whoever starts.
pub(super) fn pair_key(one: UserId, other: UserId) -> String {
    format!("pair:{}:{}", one.min(other), one.max(other))
}

/// Finds people the caller may start a conversation with. An unknown person is refused like one out of reach.
pub(super) async fn resolve(parts: &Parts, caller: Caller, refs: Vec<UserRef>) -> Result<Vec<UserId>, Refusal> {
    Ok(resolve_users(parts, caller, refs).await?.into_iter().filter_map(|user| user.id.parse().ok()).collect())
}

/// The same, with what is shown of them.
pub(super) async fn resolve_users(parts: &Parts, caller: Caller, refs: Vec<UserRef>) -> Result<Vec<wire::User>, Refusal> {
    let found = people::resolve(parts.store.reader(), caller.tenant, &refs).await.map_err(unavailable)?;
    found
        .iter()
        .enumerate()
        .map(|(at, found)| {
            let blame = |refusal: Refusal| refusal.field(format!("with[{at}]"));
            let user = found.as_ref().ok_or_else(|| blame(rules::not_found()))?;
            let about = rules::person(user.status, user.id == caller.user);
            rules::allow(&parts.metrics, Action::Start, rules::ACTIVE, about).map_err(blame)?;
            Ok(wire::User::from(user))
        })
        .collect()
}
