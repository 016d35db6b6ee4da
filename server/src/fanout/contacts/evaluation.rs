//! Evaluates contacts in batches: two statements and one evaluation of the rules for each batch, for any number of sessions.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ErrorCode, TenantId, UserId, command::UserRef, wire};

use crate::{
    domain::User,
    facts::Snapshot,
    fanout::hub::Hub,
    store::{
        StoreError,
        queries::{member_context::MemberContext, users},
    },
};

/// The number of contacts evaluated at a time.
const BATCH_MAX: usize = 500;

/// A contact to evaluate: the user who watches, the reference of the command, and the user that it names.
pub(super) type Asked = (UserId, UserRef, Option<UserId>);

/// The contacts as of now, in the order asked.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn contacts(hub: &Hub, tenant: TenantId, asked: Vec<Asked>) -> Result<Vec<wire::Contact>, StoreError> {
    let mut contacts = Vec::with_capacity(asked.len());
    let mut asked = asked.into_iter().peekable();
    while asked.peek().is_some() {
        let batch: Vec<Asked> = asked.by_ref().take(BATCH_MAX).collect();
        let pairs: Vec<_> = batch.iter().filter_map(|(me, _, them)| Some((*me, (*them)?))).collect();
        // Read before the facts, so that a user who is hidden by now is shown with nothing of what was read.
        let direct = hub.0.store.direct_of_pairs(tenant, &pairs).await?;
        let named: Vec<UserId> = pairs.iter().map(|(_, them)| *them).collect::<HashSet<_>>().into_iter().collect();
        let profiles = users::find(hub.0.store.reader(), tenant, &named).await?;
        let profiles: HashMap<UserId, User> = profiles.into_iter().map(|user| (user.id, user)).collect();
        let facts = hub.0.facts.latest(tenant).await?;
        contacts.extend(batch.into_iter().map(|(me, user, them)| {
            let them = them.and_then(|them| profiles.get(&them));
            let direct = them.and_then(|them| direct.get(&(me, them.id)));
            contact(&facts, me, user, them, direct)
        }));
        tokio::task::yield_now().await;
    }
    Ok(contacts)
}

fn contact(
    facts: &Snapshot,
    me: UserId,
    asked: UserRef,
    them: Option<&User>,
    direct: Option<&MemberContext>,
) -> wire::Contact {
    let user_ref = Some(wire::UserRef {
        by: Some(match asked {
            UserRef::Id(id) => wire::user_ref::By::Id(id.to_string()),
            UserRef::ExternalId(id) => wire::user_ref::By::ExternalId(id),
        }),
    });
    let known = them.and_then(|them| Some((them, facts.towards(me, them.id, direct)?)));
    let Some((them, towards)) = known else {
        // The same for a user who does not exist and a user who is hidden.
        return wire::Contact { user_ref, cannot_start: ErrorCode::NotFound.into(), ..wire::Contact::default() };
    };
    let conversation = direct.filter(|_| towards.reads).and_then(|direct| direct.id);
    wire::Contact {
        user_ref,
        user: Some(them.into()),
        can: towards.can.into_iter().map(i32::from).collect(),
        cannot_start: towards.cannot_start.map_or(0, i32::from),
        relations: towards.relations,
        may_request: towards.may_request,
        conversation_id: conversation.map(|id| id.to_string()).unwrap_or_default(),
    }
}
