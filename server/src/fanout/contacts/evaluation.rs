//! Evaluates contacts in batches. A batch may have contacts of any number of sessions and takes two statements.

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

/// A contact to evaluate: the user who watches, the reference in the command, and the user that the reference names.
pub(super) type ContactRequest = (UserId, UserRef, Option<UserId>);

/// Evaluates contacts by the current data. Returns them in the order of the requests.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn contacts(
    hub: &Hub,
    tenant: TenantId,
    requests: Vec<ContactRequest>,
) -> Result<Vec<wire::Contact>, StoreError> {
    let mut contacts = Vec::with_capacity(requests.len());
    let mut requests = requests.into_iter().peekable();
    while requests.peek().is_some() {
        let batch: Vec<ContactRequest> = requests.by_ref().take(BATCH_MAX).collect();
        let pairs: Vec<_> = batch.iter().filter_map(|(caller, _, other)| Some((*caller, (*other)?))).collect();
        // The data are read before the facts. So nothing that was read is sent about a user whom these facts hide.
        let direct = hub.0.store.direct_of_pairs(tenant, &pairs).await?;
        let others: Vec<UserId> = pairs.iter().map(|(_, other)| *other).collect::<HashSet<_>>().into_iter().collect();
        let profiles = users::find(hub.0.store.reader(), tenant, &others).await?;
        let profiles: HashMap<UserId, User> = profiles.into_iter().map(|user| (user.id, user)).collect();
        let facts = hub.0.facts.latest(tenant).await?;
        contacts.extend(batch.into_iter().map(|(caller, user_ref, other)| {
            let other = other.and_then(|other| profiles.get(&other));
            let direct = other.and_then(|other| direct.get(&(caller, other.id)));
            contact(&facts, caller, user_ref, other, direct)
        }));
        tokio::task::yield_now().await;
    }
    Ok(contacts)
}

/// What `caller` may do with the user `other`. `direct`: the caller's membership in their direct conversation.
fn contact(
    facts: &Snapshot,
    caller: UserId,
    user_ref: UserRef,
    other: Option<&User>,
    direct: Option<&MemberContext>,
) -> wire::Contact {
    let user_ref = Some(wire::UserRef {
        by: Some(match user_ref {
            UserRef::Id(id) => wire::user_ref::By::Id(id.to_string()),
            UserRef::ExternalId(id) => wire::user_ref::By::ExternalId(id),
        }),
    });
    let visible = other.and_then(|other| Some((other, facts.towards(caller, other.id, direct)?)));
    let Some((other, actions)) = visible else {
        // The contact is the same for a user who does not exist and a user who is hidden.
        return wire::Contact { user_ref, cannot_start: ErrorCode::NotFound.into(), ..wire::Contact::default() };
    };
    let conversation = direct.filter(|_| actions.reads).and_then(|direct| direct.id);
    wire::Contact {
        user_ref,
        user: Some(other.into()),
        can: actions.can.into_iter().map(i32::from).collect(),
        cannot_start: actions.cannot_start.map_or(0, i32::from),
        relations: actions.relations,
        may_request: actions.may_request,
        conversation_id: conversation.map(|id| id.to_string()).unwrap_or_default(),
    }
}
