//! Carries out a load: each stream has a thread that sends tasks to users at the instants when they are due.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use causerie_protocol::wire;
use wire::request::Command;

use super::{
    super::{
        mail::MailSpec,
        order::{Action, LastMessage, LoadShare},
    },
    state::{ConnectionState, Conversation, User, WorkerState},
    tally::{Halt, Reads, Tally},
    user::{Due, DueAction, Task},
};
use crate::{
    Outcome,
    measure::{clock, schedule::Moments},
};

/// A waiting thread checks at this interval whether the load is halted.
const LOOK: Duration = Duration::from_millis(50);
/// The interval between two checks whether all actions have a reply.
const POLL: Duration = Duration::from_millis(5);
/// The maximum number of users that are tried to find a suitable user.
const TRIES: usize = 64;

/// The users of a stream, who act in turn.
enum Doers {
    Send { to: Vec<(Arc<Conversation>, Vec<Arc<User>>)>, text_bytes: usize },
    Mail { mail_specs: Vec<(Arc<User>, Arc<MailSpec>)>, text_bytes: usize },
    Ask { users: Vec<Arc<User>>, action: Action },
}

/// Carries out this process's share. Returns the last message of each conversation once all actions have a reply or are
/// given up.
///
/// # Errors
/// If a file for the reads can't be written, or resource usage can't be measured.
pub async fn carry_out(worker: &Arc<WorkerState>, share: LoadShare) -> Outcome<Vec<LastMessage>> {
    let halt = Arc::new(Halt::default());
    worker.halts.lock().unwrap_or_else(PoisonError::into_inner).insert(share.number, Arc::clone(&halt));
    let load = &share.load;
    let from_us = share.begin_us + clock::micros(Duration::from_secs_f64(load.warm_up_s));
    let to_us = from_us + clock::micros(Duration::from_secs_f64(load.seconds));
    let reads: Option<Reads> = match &load.reads_in {
        Some(folder) => {
            let file = folder.join(format!("reads-{}", worker.config.number));
            Some(Arc::new(Mutex::new(BufWriter::new(File::create(file)?))))
        }
        None => None,
    };
    let (mut threads, mut tallies) = (Vec::new(), Vec::new());
    for ((stream, part), number) in load.streams.iter().zip(&share.parts).zip(share.first_stream..) {
        let delivers = matches!(stream.action, Action::Send { .. } | Action::Mail { .. });
        let tally = Arc::new(Tally::new(number, share.begin_us, (from_us, to_us), delivers, reads.clone()));
        worker.tallies.add(&tally);
        tallies.push(Arc::clone(&tally));
        let length = Duration::from_secs_f64(load.warm_up_s + load.seconds);
        let moments = stream.pace.share(*part, share.phase, length);
        let doers = Doers::of(worker, &stream.action);
        let halt = Arc::clone(&halt);
        threads.push(tokio::task::spawn_blocking(move || pace(&doers, &tally, moments, &halt)));
    }
    clock::sleep_until(share.begin_us).await;
    worker.watch.begin()?;
    for thread in threads {
        thread.await?;
    }
    worker.watch.end()?;
    let late_us = clock::now_us() + clock::micros(Duration::from_secs_f64(load.late_s));
    while !tallies.iter().all(|tally| tally.is_over()) && clock::now_us() < late_us {
        tokio::time::sleep(POLL).await;
    }
    worker.halts.lock().unwrap_or_else(PoisonError::into_inner).remove(&share.number);
    if let Some(reads) = reads {
        reads.lock().unwrap_or_else(PoisonError::into_inner).flush()?;
    }
    let reached = |it: &Arc<Conversation>| LastMessage {
        conversation: it.number,
        last_seq: it.acknowledged_seq.load(Ordering::Relaxed),
    };
    Ok(worker.conversations_to_send_to((0, u32::MAX)).iter().map(reached).filter(|reached| reached.last_seq > 0).collect())
}

/// Sends tasks to users at the instants when they are due. Runs in a separate thread, which wakes within 0.1 ms; the timer
/// of a task takes 1 to 2 ms. Busy tasks of this process do not delay the thread.
fn pace(doers: &Doers, tally: &Arc<Tally>, moments: Moments, halt: &Halt) {
    for (turn, at) in moments.enumerate() {
        let at_us = tally.begin_us + clock::micros(at);
        loop {
            if halt.is_on() {
                return;
            }
            let left = clock::until(at_us);
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(LOOK));
        }
        tally.due(at_us);
        let told = doers.next(turn).is_some_and(|(user, action)| {
            user.tasks.send(Task::Do(Due { at_us, tally: Arc::clone(tally), action })).is_ok()
        });
        if !told {
            tally.absent(at_us);
        }
    }
}

impl Doers {
    fn of(worker: &WorkerState, action: &Action) -> Self {
        match action {
            Action::Send { text_bytes, conversations, senders } => {
                let senders = if *senders == 0 { usize::MAX } else { *senders as usize };
                let led = worker.conversations_to_send_to(conversations.unwrap_or((0, u32::MAX)));
                let with_senders = led.into_iter().map(|conversation| {
                    let senders = conversation.members.iter().take(senders).cloned().collect();
                    (conversation, senders)
                });
                Self::Send { to: with_senders.collect(), text_bytes: *text_bytes }
            }
            Action::Mail { text_bytes, mail_specs } => {
                let written = |it: &MailSpec| Some((Arc::clone(worker.user(it.from)?), Arc::new(it.clone())));
                Self::Mail { mail_specs: mail_specs.iter().filter_map(written).collect(), text_bytes: *text_bytes }
            }
            Action::List { users, .. }
            | Action::History { users, .. }
            | Action::MarkRead { users }
            | Action::Typing { users }
            | Action::Search { users, .. } => Self::Ask { users: worker.of(users), action: action.clone() },
        }
    }

    /// The next suitable user and its action.
    fn next(&self, turn: usize) -> Option<(&Arc<User>, DueAction)> {
        match self {
            Self::Send { to, text_bytes } => {
                let (conversation, senders) = to.get(turn % to.len().max(1))?;
                let user = next_available_user(senders, turn / to.len(), false)?;
                Some((user, DueAction::Send(Arc::clone(conversation), *text_bytes)))
            }
            Self::Mail { mail_specs, text_bytes } => {
                let (user, mail_spec) = mail_specs.get(turn % mail_specs.len().max(1))?;
                Some((user, DueAction::Mail(Arc::clone(mail_spec), *text_bytes)))
            }
            Self::Ask { users, action } => {
                let in_one = matches!(action, Action::History { .. } | Action::MarkRead { .. } | Action::Typing { .. });
                let user = next_available_user(users, turn, in_one)?;
                Some((user, DueAction::Ask(Box::new(command(user, action, turn)?))))
            }
        }
    }
}

/// The user of this turn, or the next user who is connected and reads. With `in_one`, the user must have a conversation.
fn next_available_user(users: &[Arc<User>], turn: usize, in_one: bool) -> Option<&Arc<User>> {
    let mut in_turn = (0..users.len().min(TRIES)).map(|at| &users[(turn + at) % users.len()]);
    in_turn.find(|user| {
        let state = user.state();
        state.connection == ConnectionState::Reading && !(in_one && state.positions.is_empty())
    })
}

/// The command for an action. If the action needs a conversation, it is one of the user's conversations; `None` if the user
/// has no conversation.
fn command(user: &User, action: &Action, turn: usize) -> Option<Command> {
    let place = pseudo_random(turn as u64);
    let state = user.state();
    let one = || state.positions.get(usize::try_from(place).unwrap_or(0) % state.positions.len().max(1));
    Some(match action {
        Action::Send { .. } | Action::Mail { .. } => return None,
        Action::List { limit, .. } => {
            Command::ListConversations(wire::ListConversations { limit: *limit, ..Default::default() })
        }
        Action::History { limit, anywhere, .. } => {
            let position = one()?;
            let before = pseudo_random(place) % (u64::from(position.seq) + 1) + 2;
            let before_seq = if *anywhere { u32::try_from(before).unwrap_or(0) } else { 0 };
            let (conversation_id, limit) = (position.id.to_string(), *limit);
            Command::GetHistory(wire::GetHistory { conversation_id, before_seq, limit, ..Default::default() })
        }
        Action::MarkRead { .. } => {
            let position = one()?;
            Command::MarkRead(wire::MarkRead { conversation_id: position.id.to_string(), seq: position.seq })
        }
        Action::Typing { .. } => {
            Command::SetTyping(wire::SetTyping { conversation_id: one()?.id.to_string(), typing: true })
        }
        Action::Search { query, .. } => {
            Command::SearchDirectory(wire::SearchDirectory { query: query.clone(), limit: 20, ..Default::default() })
        }
    })
}

/// A pseudo-random number of a turn, the same in every run (splitmix64).
fn pseudo_random(turn: u64) -> u64 {
    let mut z = turn.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
