//! Operations on many users at once: connect, close, disconnect, start conversations, wait until all messages have arrived.

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
        order::{At, Complete, Completed, ConnectSummary, Start, Started, UserSet},
        socket::Socket,
    },
    state::{ConnectionState, User, WorkerState},
    user::{self, Connect, Task},
};
use crate::{Outcome, measure::clock};

/// Handshakes in progress while users are introduced.
const MEETING: usize = 128;
/// Conversations that are started at the same time.
const STARTING: usize = 32;
/// The longest time, in seconds, that a user may need to connect if the order has no instant.
const CONNECTING_S: u64 = 60;
/// The interval between two checks whether all messages have arrived.
const POLL: Duration = Duration::from_millis(10);
/// Number of reasons that are kept as text.
const REASONS: usize = 5;
/// The interval between two progress updates.
const PROGRESS_EVERY: Duration = Duration::from_millis(300);

/// Gets the number of users or conversations that are done.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Connects and closes each user, so that the server knows them.
///
/// # Errors
/// If a user is refused.
pub async fn introduce(worker: &WorkerState, users: &UserSet, progress: Progress<'_>) -> Outcome<()> {
    let meet = async |user: Arc<User>| {
        open(worker, user.number).await?.close().await;
        Outcome::Ok(())
    };
    let mut met = stream::iter(worker.of(users).into_iter().map(meet)).buffer_unordered(MEETING).enumerate();
    while let Some((count, one)) = met.next().await {
        one?;
        if count % 200 == 199 {
            progress(count as u64 + 1);
        }
    }
    Ok(())
}

/// Starts conversations, and returns them in the same order.
///
/// # Errors
/// If the server refuses a conversation.
pub async fn start(worker: &WorkerState, starts: Vec<Start>, progress: Progress<'_>) -> Outcome<Vec<Started>> {
    let all = stream::iter(starts.into_iter().map(|it| start_one(worker, it))).buffered(STARTING).enumerate();
    all.map(|(count, started)| {
        progress(count as u64 + 1);
        started
    })
    .try_collect()
    .await
}

async fn start_one(worker: &WorkerState, start: Start) -> Outcome<Started> {
    let (owner, others) = start.members.split_first().ok_or("a conversation has members")?;
    let prefix = &worker.config.prefix;
    let mut others = others.chunks(MEMBERS_PER_COMMAND_MAX);
    let starter = worker.user(*owner).ok_or("the user who starts the conversation belongs to another process")?;
    let _turn = starter.starting.lock().await;
    let mut socket = open(worker, *owner).await?;
    let kind = if start.direct { wire::ConversationKind::Direct } else { wire::ConversationKind::Group };
    let mut command = wire::StartConversation {
        kind: kind.into(),
        with: others.next().unwrap_or_default().iter().map(|user| recipient(prefix, *user)).collect(),
        ..Default::default()
    };
    if !start.direct {
        command.subject = "load".to_owned();
        command.client_id = Uuid::now_v7().to_string();
    }
    let refused = |error| {
        let with: Vec<String> = start.members.iter().skip(1).take(1).map(|user| name(prefix, *user)).collect();
        format!("{} could not start one with {}: {error}", name(prefix, *owner), with.concat())
    };
    let mut conversation = match socket.ask(Command::StartConversation(command)).await.map_err(refused)? {
        Answer::ConversationStarted(wire::ConversationStarted { conversation: Some(it), .. }) => it,
        other => return Err(format!("starting a conversation was answered with {other:?}").into()),
    };
    for some in others {
        let users = some.iter().map(|user| user_ref(prefix, *user)).collect();
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

/// Connects users. With `again`, all of them reconnect at the instant `at` and resume their held versions.
pub async fn connect(
    worker: &WorkerState,
    users: &UserSet,
    again: bool,
    at: At,
    patience_ms: u64,
    progress: Progress<'_>,
) -> ConnectSummary {
    clock::sleep_until(at).await;
    let from_us = if at == 0 { clock::now_us() } else { at };
    let everyone = worker.of(users);
    // Without an instant, users wait for each other, so the time of each user begins at the turn of the user.
    let patience_us = if again { patience_ms * 1_000 } else { (CONNECTING_S + everyone.len() as u64 / 100) * 1_000_000 };
    let (done, mut results) = unbounded_channel::<user::ConnectOutcome>();
    for user in &everyone {
        let connect = Connect { again, from_us, until_us: from_us + patience_us, done: done.clone() };
        // The user's task lives as long as this process.
        let _ = user.tasks.send(Task::Connect(connect));
    }
    drop(done);
    let (mut all, mut last_said) = (ConnectSummary::default(), Instant::now());
    while let Some(one) = results.recv().await {
        match one.failed {
            None => {
                all.connected += 1;
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
        if last_said.elapsed() > PROGRESS_EVERY {
            last_said = Instant::now();
            progress(all.connected + all.failed);
        }
    }
    all
}

/// Gives a task to each user at an instant, and waits until all are done.
pub async fn send(worker: &WorkerState, users: &UserSet, at: At, task: impl Fn(UnboundedSender<()>) -> Task) {
    let everyone = worker.of(users);
    clock::sleep_until(at).await;
    let (done, mut ends) = unbounded_channel();
    for user in &everyone {
        // The user's task lives as long as this process.
        let _ = user.tasks.send(task(done.clone()));
    }
    drop(done);
    while ends.recv().await.is_some() {}
}

/// Waits until each reading user has received all messages. Returns the results of the streams.
pub async fn complete(worker: &WorkerState, order: &Complete) -> Completed {
    let mut waiting = Vec::new();
    for reached in &order.expected {
        let Some(conversation) = worker.conversation(reached.conversation) else { continue };
        conversation.known_seq.fetch_max(reached.last_seq, Ordering::Relaxed);
        waiting.extend(conversation.members.iter().map(|user| (Arc::clone(user), conversation.id, reached.last_seq)));
    }
    waiting.extend(worker.mails.expected());
    let lacks = |(user, conversation, last_seq): &(Arc<User>, Uuid, u32)| {
        let mut state = user.state();
        if state.connection != ConnectionState::Reading {
            return 0;
        }
        state.position(*conversation).map_or(u64::from(*last_seq), |position| position.lacks(*last_seq))
    };
    let end = Instant::now() + Duration::from_millis(order.patience_ms);
    loop {
        waiting.retain(|one| lacks(one) > 0);
        if waiting.is_empty() || Instant::now() > end {
            break;
        }
        sleep(POLL).await;
    }
    let mut check = worker.check();
    check.lost = waiting.iter().map(lacks).sum();
    let streams = (order.streams.0..order.streams.1).filter_map(|number| worker.tallies.remove(number));
    Completed { streams: streams.map(|tally| tally.seen()).collect(), check, usage: worker.watch.usage() }
}

async fn open(worker: &WorkerState, user: u32) -> Outcome<Socket> {
    let (_, place) = worker.place_of(user)?;
    let opened = Socket::open(&place, worker.token(user)?, None).await;
    let (socket, _) = opened.map_err(|error| format!("{}: {error}", name(&worker.config.prefix, user)))?;
    Ok(socket)
}

fn recipient(prefix: &str, user: u32) -> wire::Recipient {
    wire::Recipient { by: Some(wire::recipient::By::ExternalId(name(prefix, user))) }
}

fn user_ref(prefix: &str, user: u32) -> wire::UserRef {
    wire::UserRef { by: Some(wire::user_ref::By::ExternalId(name(prefix, user))) }
}
