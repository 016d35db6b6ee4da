//! A load, carried out: each stream has a thread that tells people what to do the moment it is due.

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
        mail::Letter,
        order::{Action, Reached, Share},
    },
    home::{Conversation, Home, State, User},
    tally::{Halt, Reads, Tally},
    user::{Deed, Due, Errand},
};
use crate::{
    Outcome,
    measure::{clock, schedule::Moments},
};

/// A thread that waits looks at least so often whether it is still wanted.
const LOOK: Duration = Duration::from_millis(50);
/// How often it is looked whether all is answered.
const POLL: Duration = Duration::from_millis(5);
/// People who are asked in turn whether they are there.
const TRIES: usize = 64;

/// Who does the things of a stream, in turn.
enum Doers {
    Send { to: Vec<(Arc<Conversation>, Vec<Arc<User>>)>, text_bytes: usize },
    Mail { letters: Vec<(Arc<User>, Arc<Letter>)>, text_bytes: usize },
    Ask { people: Vec<Arc<User>>, action: Action },
}

/// Carries out this process's share; answers the last message of each conversation once all is answered, or late.
///
/// # Errors
/// When there is nobody to do it.
pub async fn carry_out(home: &Arc<Home>, share: Share) -> Outcome<Vec<Reached>> {
    let halt = Arc::new(Halt::default());
    home.halts.lock().unwrap_or_else(PoisonError::into_inner).insert(share.number, Arc::clone(&halt));
    let load = &share.load;
    let from_us = share.begin_us + clock::micros(Duration::from_secs_f64(load.warm_up_s));
    let to_us = from_us + clock::micros(Duration::from_secs_f64(load.seconds));
    let reads: Option<Reads> = match &load.reads_in {
        Some(folder) => {
            let file = folder.join(format!("reads-{}", home.settle.number));
            Some(Arc::new(Mutex::new(BufWriter::new(File::create(file)?))))
        }
        None => None,
    };
    let (mut threads, mut tallies) = (Vec::new(), Vec::new());
    for ((stream, part), number) in load.streams.iter().zip(&share.parts).zip(share.first_stream..) {
        let delivers = matches!(stream.action, Action::Send { .. } | Action::Mail { .. });
        let tally = Arc::new(Tally::new(number, share.begin_us, (from_us, to_us), delivers, reads.clone()));
        home.tallies.add(&tally);
        tallies.push(Arc::clone(&tally));
        let length = Duration::from_secs_f64(load.warm_up_s + load.seconds);
        let moments = stream.pace.share(*part, share.phase, length);
        let doers = Doers::of(home, &stream.action);
        let halt = Arc::clone(&halt);
        threads.push(tokio::task::spawn_blocking(move || pace(&doers, &tally, moments, &halt)));
    }
    clock::sleep_until(share.begin_us).await;
    home.watch.begin()?;
    for thread in threads {
        thread.await?;
    }
    home.watch.end()?;
    let late_us = clock::now_us() + clock::micros(Duration::from_secs_f64(load.late_s));
    while !tallies.iter().all(|tally| tally.is_over()) && clock::now_us() < late_us {
        tokio::time::sleep(POLL).await;
    }
    home.halts.lock().unwrap_or_else(PoisonError::into_inner).remove(&share.number);
    if let Some(reads) = reads {
        reads.lock().unwrap_or_else(PoisonError::into_inner).flush()?;
    }
    let reached =
        |it: &Arc<Conversation>| Reached { conversation: it.number, last_seq: it.acknowledged_seq.load(Ordering::Relaxed) };
    Ok(home.led((0, u32::MAX)).iter().map(reached).filter(|reached| reached.last_seq > 0).collect())
}

/// In a thread of its own: it wakes within a tenth of a millisecond, where a task's timer takes one or two, and whatever keeps
/// this process's tasks busy does not keep it from the schedule.
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
        let told = doers.next(turn).is_some_and(|(user, deed)| {
            user.errands.send(Errand::Do(Due { at_us, tally: Arc::clone(tally), deed })).is_ok()
        });
        if !told {
            tally.absent(at_us);
        }
    }
}

impl Doers {
    fn of(home: &Home, action: &Action) -> Self {
        match action {
            Action::Send { text_bytes, conversations, senders } => {
                let senders = if *senders == 0 { usize::MAX } else { *senders as usize };
                let led = home.led(conversations.unwrap_or((0, u32::MAX)));
                let with_senders = led.into_iter().map(|conversation| {
                    let senders = conversation.members.iter().take(senders).cloned().collect();
                    (conversation, senders)
                });
                Self::Send { to: with_senders.collect(), text_bytes: *text_bytes }
            }
            Action::Mail { text_bytes, letters } => {
                let written = |it: &Letter| Some((Arc::clone(home.person(it.from)?), Arc::new(it.clone())));
                Self::Mail { letters: letters.iter().filter_map(written).collect(), text_bytes: *text_bytes }
            }
            Action::List { people, .. }
            | Action::History { people, .. }
            | Action::MarkRead { people }
            | Action::Typing { people }
            | Action::Search { people, .. } => Self::Ask { people: home.of(people), action: action.clone() },
        }
    }

    /// Who is next and there, and what they do.
    fn next(&self, turn: usize) -> Option<(&Arc<User>, Deed)> {
        match self {
            Self::Send { to, text_bytes } => {
                let (conversation, senders) = to.get(turn % to.len().max(1))?;
                let user = there(senders, turn / to.len(), false)?;
                Some((user, Deed::Send(Arc::clone(conversation), *text_bytes)))
            }
            Self::Mail { letters, text_bytes } => {
                let (user, letter) = letters.get(turn % letters.len().max(1))?;
                Some((user, Deed::Mail(Arc::clone(letter), *text_bytes)))
            }
            Self::Ask { people, action } => {
                let in_one = matches!(action, Action::History { .. } | Action::MarkRead { .. } | Action::Typing { .. });
                let user = there(people, turn, in_one)?;
                Some((user, Deed::Ask(Box::new(command(user, action, turn)?))))
            }
        }
    }
}

/// The one whose turn it is, or the next one who is connected and reads, and is in a conversation where that takes one.
fn there(people: &[Arc<User>], turn: usize, in_one: bool) -> Option<&Arc<User>> {
    let mut in_turn = (0..people.len().min(TRIES)).map(|at| &people[(turn + at) % people.len()]);
    in_turn.find(|user| {
        let seat = user.seat();
        seat.state == State::Reading && !(in_one && seat.positions.is_empty())
    })
}

/// What a person asks, of one of their conversations where it is about one; `None` for somebody who has none.
fn command(user: &User, action: &Action, turn: usize) -> Option<Command> {
    let place = scattered(turn as u64);
    let seat = user.seat();
    let one = || seat.positions.get(usize::try_from(place).unwrap_or(0) % seat.positions.len().max(1));
    Some(match action {
        Action::Send { .. } | Action::Mail { .. } => return None,
        Action::List { limit, .. } => {
            Command::ListConversations(wire::ListConversations { limit: *limit, ..Default::default() })
        }
        Action::History { limit, anywhere, .. } => {
            let position = one()?;
            let before = scattered(place) % (u64::from(position.seq) + 1) + 2;
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

/// The same number for the same turn in every run, and no order in them (splitmix64).
fn scattered(turn: u64) -> u64 {
    let mut z = turn.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
