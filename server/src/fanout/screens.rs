//! What people may do in their conversations, told to open screens when facts, rules, time or the conversation change it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ConversationId, TenantId, UserId, wire};
use tokio::{sync::mpsc, time::sleep};
use wire::event::Kind as Event;

use super::{live::Live, person::Person, room::Reads};
use crate::sessions::Frame;
use crate::{
    facts::{Move, Snapshot, Touched, rules},
    store::{StoreError, queries::conversations::Facts},
};

/// Conversations per query, and seats looked at together.
const BATCH_MAX: usize = 500;
/// A burst of changes, an import for instance, is told once.
const WAIT_FOR_MORE: Duration = Duration::from_millis(20);
/// A database that fails is given this long.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A live person in a conversation.
type Seat = (ConversationId, UserId);

/// Tells what moving facts change, for ever.
pub(super) async fn follow_facts(live: Live) {
    loop {
        let moved = live.0.facts.moved().await;
        for (tenant, moved) in moved {
            if let Err(error) = follow(&live, tenant, &moved).await {
                tracing::warn!(%error, %tenant, "open screens could not be told what changed yet");
                live.0.facts.not_told(tenant, moved);
                sleep(RETRY_AFTER).await;
            }
        }
        sleep(WAIT_FOR_MORE).await;
    }
}

/// Tells what changing conversations change, for ever: everyone in them may do other things now.
pub(super) async fn follow_conversations(live: Live, mut changed: mpsc::Receiver<ConversationId>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while changed.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let rooms: HashSet<ConversationId> = batch.drain(..).collect();
        let seats = rooms.iter().filter_map(|id| live.room(*id)).flat_map(|room| seats_of(&room)).collect::<Vec<_>>();
        while let Err(error) = tell(&live, &seats, &[]).await {
            tracing::warn!(%error, "open screens could not be told what changed yet");
            sleep(RETRY_AFTER).await;
        }
    }
}

async fn follow(live: &Live, tenant: TenantId, moved: &Move) -> Result<(), StoreError> {
    let after = live.0.facts.current(tenant).await?;
    let seats = match &moved.touched {
        Touched::Everyone => {
            let people: Vec<Arc<Person>> = live.0.people.iter().map(|person| Arc::clone(&person)).collect();
            for person in people.iter().filter(|person| person.tenant == tenant) {
                part_from_inactive(live, &after, person.id);
            }
            let here = people.iter().filter(|person| person.tenant == tenant);
            here.flat_map(|person| person.rooms().into_iter().map(|room| (room, person.id))).collect()
        }
        Touched::People(users) => {
            let users: Vec<UserId> = users.iter().copied().collect::<HashSet<_>>().into_iter().collect();
            for user in &users {
                part_from_inactive(live, &after, *user);
            }
            concerned(live, &users).await?
        }
    };
    tell(live, &seats, &moved.before).await
}

/// Ends the sessions of one who may not be here any more.
fn part_from_inactive(live: &Live, facts: &Snapshot, user: UserId) {
    // Whoever the facts do not know yet came after they were read.
    let inactive = facts.user(user).is_some_and(|ix| facts.world.status(ix) != causerie_policy::Status::Active);
    if inactive {
        live.revoke_here(user, i64::MAX);
    }
}

/// Live seats of these people, and of those they have a direct conversation with.
async fn concerned(live: &Live, users: &[UserId]) -> Result<Vec<Seat>, StoreError> {
    let mut seats: HashSet<Seat> = HashSet::new();
    for user in users {
        if let Some(person) = live.0.people.get(user).map(|person| Arc::clone(&person)) {
            seats.extend(person.rooms().into_iter().map(|room| (room, *user)));
        }
    }
    for chunk in users.chunks(BATCH_MAX) {
        for conversation in live.0.store.direct_conversations(chunk).await? {
            if let Some(room) = live.room(conversation) {
                seats.extend(seats_of(&room));
            }
        }
    }
    Ok(seats.into_iter().collect())
}

fn seats_of(room: &super::room::Room) -> Vec<Seat> {
    room.people().iter().map(|person| (room.id, person.id)).collect()
}

/// Tells each of these what they may do now, where it differs from what one of the facts before says: all of them, if there are none.
async fn tell(live: &Live, seats: &[Seat], before: &[Arc<Snapshot>]) -> Result<(), StoreError> {
    for chunk in seats.chunks(BATCH_MAX) {
        let found: HashMap<Seat, Facts> = live.0.store.facts(chunk.to_vec()).await?;
        for ((conversation, user), facts) in found {
            let after = live.0.facts.known(TenantId(facts.tenant)).await?;
            let Some(room) = live.room(conversation).filter(|_| facts.role.is_some()) else { continue };
            let knew = room.reads(user);
            let knows = live.settle_seat(&room, user, &facts, &after);
            let now = rules::capabilities(&after, user, &facts);
            // Of a user whom the facts did not know, they do not say what the screen shows.
            let is_other =
                |before: &Arc<Snapshot>| before.user(user).is_none() || rules::capabilities(before, user, &facts) != now;
            let are_others = before.is_empty() || before.iter().any(is_other);
            // Who may read again is told of the conversation, with what they may do there.
            if knew == Some(Reads::Yes) && knows == Some(Reads::Yes) && are_others {
                let conversation_id = conversation.to_string();
                let changed = wire::CapabilitiesChanged { conversation_id, capabilities: now };
                room.tell(user, &Frame::event(Event::CapabilitiesChanged(changed)));
            }
        }
    }
    Ok(())
}
