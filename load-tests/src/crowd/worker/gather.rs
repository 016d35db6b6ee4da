//! Many people at once: they come, leave, are cut off; they start conversations; and it is waited until they have everything.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use causerie_protocol::{limits::MEMBERS_PER_COMMAND_MAX, wire};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time::{Instant, sleep},
};
use uuid::Uuid;
use wire::{reply::Result as Answer, request::Command};

use super::{
    super::{
        name,
        order::{At, Came, Complete, Completed, Start, Started, Who},
        socket::Socket,
    },
    home::{Home, State, User},
    user::{self, Coming, Errand},
};
use crate::{Outcome, measure::clock};

/// Handshakes of people who only show themselves.
const MEETING: usize = 128;
/// Conversations started at once.
const STARTING: usize = 32;
/// How long somebody who comes in order may take.
const COMING_S: u64 = 60;
/// How often it is looked whether everyone has everything.
const POLL: Duration = Duration::from_millis(10);
/// Reasons told word by word.
const REASONS: usize = 5;
/// Between two words on how far it is.
const SO: Duration = Duration::from_millis(300);

/// Where it is told how far something is.
pub type So<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Each comes and leaves.
///
/// # Errors
/// When one is not let in.
pub async fn introduce(home: &Home, who: &Who, so: So<'_>) -> Outcome<()> {
    let meet = async |user: Arc<User>| {
        open(home, user.number).await?.close().await;
        Outcome::Ok(())
    };
    let mut met = stream::iter(home.of(who).into_iter().map(meet)).buffer_unordered(MEETING).enumerate();
    while let Some((count, one)) = met.next().await {
        one?;
        if count % 200 == 199 {
            so(count as u64 + 1);
        }
    }
    Ok(())
}

/// Starts conversations, in their order.
///
/// # Errors
/// When the server refuses.
pub async fn start(home: &Home, starts: Vec<Start>, so: So<'_>) -> Outcome<Vec<Started>> {
    let all = stream::iter(starts.into_iter().map(|it| start_one(home, it))).buffered(STARTING).enumerate();
    all.map(|(count, started)| {
        so(count as u64 + 1);
        started
    })
    .try_collect()
    .await
}

async fn start_one(home: &Home, start: Start) -> Outcome<Started> {
    let (owner, others) = start.members.split_first().ok_or("a conversation has members")?;
    let prefix = &home.settle.prefix;
    let mut others = others.chunks(MEMBERS_PER_COMMAND_MAX);
    let starter = home.person(*owner).ok_or("whoever starts a conversation lives elsewhere")?;
    let _turn = starter.starting.lock().await;
    let mut socket = open(home, *owner).await?;
    let kind = if start.direct { wire::ConversationKind::Direct } else { wire::ConversationKind::Group };
    let mut command = wire::StartConversation {
        kind: kind.into(),
        with: others.next().unwrap_or_default().iter().map(|person| recipient(prefix, *person)).collect(),
        ..Default::default()
    };
    if !start.direct {
        command.subject = "load".to_owned();
        command.client_id = Uuid::now_v7().to_string();
    }
    let refused = |error| {
        let with: Vec<String> = start.members.iter().skip(1).take(1).map(|person| name(prefix, *person)).collect();
        format!("{} could not start one with {}: {error}", name(prefix, *owner), with.concat())
    };
    let mut conversation = match socket.ask(Command::StartConversation(command)).await.map_err(refused)? {
        Answer::ConversationStarted(wire::ConversationStarted { conversation: Some(it), .. }) => it,
        other => return Err(format!("starting a conversation was answered with {other:?}").into()),
    };
    for some in others {
        let users = some.iter().map(|person| user_ref(prefix, *person)).collect();
        let add = wire::AddMembers { conversation_id: conversation.id.clone(), users };
        if let Answer::ConversationUpdated(wire::ConversationUpdated { conversation: Some(it) }) =
            socket.ask(Command::AddMembers(add)).await?
        {
            conversation = it;
        }
    }
    socket.close().await;
    Ok(Started { id: conversation.id, version: conversation.version, last_seq: conversation.last_seq })
}

/// They come: with `again`, all at that instant and with what they hold.
pub async fn come(home: &Home, who: &Who, again: bool, at: At, patience_ms: u64, so: So<'_>) -> Came {
    clock::sleep_until(at).await;
    let from_us = if at == 0 { clock::now_us() } else { at };
    let everyone = home.of(who);
    // Those who come in order wait for each other, so that each has its own time from when it is let in.
    let patience_us = if again { patience_ms * 1_000 } else { (COMING_S + everyone.len() as u64 / 100) * 1_000_000 };
    let (done, mut came) = unbounded_channel::<user::Came>();
    for user in &everyone {
        let coming = Coming { again, from_us, until_us: from_us + patience_us, done: done.clone() };
        // It lives as long as this process.
        let _ = user.errands.send(Errand::Come(coming));
    }
    drop(done);
    let (mut all, mut last_said) = (Came::default(), Instant::now());
    while let Some(one) = came.recv().await {
        match one.failed {
            None => {
                all.came += 1;
                all.took.record(one.took_us);
                all.reloaded += u64::from(one.reloaded > 0);
                all.tried_again += u64::from(one.attempts > 0);
            }
            Some(why) => {
                all.failed += 1;
                if all.reasons.len() < REASONS {
                    all.reasons.push(why);
                }
            }
        }
        if last_said.elapsed() > SO {
            last_said = Instant::now();
            so(all.came + all.failed);
        }
    }
    all
}

/// Gives an errand to each, at that instant, and waits until all are done.
pub async fn send(home: &Home, who: &Who, at: At, errand: impl Fn(UnboundedSender<()>) -> Errand) {
    let everyone = home.of(who);
    clock::sleep_until(at).await;
    let (done, mut ends) = unbounded_channel();
    for user in &everyone {
        // It lives as long as this process.
        let _ = user.errands.send(errand(done.clone()));
    }
    drop(done);
    while ends.recv().await.is_some() {}
}

/// Waits until everyone who reads has everything; answers what streams saw.
pub async fn complete(home: &Home, order: &Complete) -> Completed {
    let mut waiting = Vec::new();
    for reached in &order.expected {
        let Some(conversation) = home.conversation(reached.conversation) else { continue };
        conversation.known_seq.fetch_max(reached.last_seq, Ordering::Relaxed);
        waiting.extend(conversation.members.iter().map(|user| (Arc::clone(user), conversation.id, reached.last_seq)));
    }
    waiting.extend(home.mails.expected());
    let lacks = |(user, conversation, last_seq): &(Arc<User>, Uuid, u32)| {
        let mut seat = user.seat();
        if seat.state != State::Reading {
            return 0;
        }
        seat.position(*conversation).map_or(u64::from(*last_seq), |position| position.lacks(*last_seq))
    };
    let end = Instant::now() + Duration::from_millis(order.patience_ms);
    loop {
        waiting.retain(|one| lacks(one) > 0);
        if waiting.is_empty() || Instant::now() > end {
            break;
        }
        sleep(POLL).await;
    }
    let mut check = home.check();
    check.lost = waiting.iter().map(lacks).sum();
    let streams = (order.streams.0..order.streams.1).filter_map(|number| home.tallies.remove(number));
    Completed { streams: streams.map(|tally| tally.seen()).collect(), check, usage: home.watch.usage() }
}

async fn open(home: &Home, person: u32) -> Outcome<Socket> {
    let (_, place) = home.place_of(person)?;
    let opened = Socket::open(&place, home.token(person)?, None).await;
    let (socket, _) = opened.map_err(|error| format!("{}: {error}", name(&home.settle.prefix, person)))?;
    Ok(socket)
}

fn recipient(prefix: &str, person: u32) -> wire::Recipient {
    wire::Recipient { by: Some(wire::recipient::By::ExternalId(name(prefix, person))) }
}

fn user_ref(prefix: &str, person: u32) -> wire::UserRef {
    wire::UserRef { by: Some(wire::user_ref::By::ExternalId(name(prefix, person))) }
}
