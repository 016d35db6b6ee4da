//! One person: a connection that comes and goes, what they are told to do, and what they read.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use causerie_protocol::wire;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use uuid::Uuid;
use wire::request::Command;

use super::{
    super::{
        check::Arrival,
        frames::{self, Frame, Head},
        mail::Letter,
        order::Cut,
        socket::Socket,
    },
    home::{Conversation, Home, State, User},
    tally::Tally,
};
use crate::{Outcome, measure::clock};

/// What a person is told to do.
pub enum Errand {
    /// Come, or come back, and tell when that is done.
    Come(Coming),
    /// Do something of a load.
    Do(Due),
    /// Be cut off.
    Cut(Cut, UnboundedSender<()>),
    /// Read nothing any more, connected as before.
    StopReading(UnboundedSender<()>),
    /// Leave in order.
    Leave(UnboundedSender<()>),
}

/// How a person is to come.
pub struct Coming {
    /// With what is held from before, and at once.
    pub again: bool,
    /// The instant it is counted from.
    pub from_us: u64,
    /// Attempts end then.
    pub until_us: u64,
    /// Told at the end.
    pub done: UnboundedSender<Came>,
}

/// What became of one who was to come.
pub struct Came {
    /// Why not, if not.
    pub failed: Option<String>,
    /// Since the instant ordered.
    pub took_us: u64,
    /// Conversations that had to be loaded anew.
    pub reloaded: usize,
    /// Attempts before the one that succeeded.
    pub attempts: u32,
}

/// Something of a load.
pub struct Due {
    /// When it is due.
    pub at_us: u64,
    /// What it is part of.
    pub tally: Arc<Tally>,
    /// What is done.
    pub deed: Deed,
}

/// See [`Due`].
pub enum Deed {
    /// A text of so many bytes is sent.
    Send(Arc<Conversation>, usize),
    /// A mail with a text of so many bytes is written.
    Mail(Arc<Letter>, usize),
    /// Anything else that is asked.
    Ask(Box<Command>),
}

struct Asked {
    at_us: u64,
    tally: Arc<Tally>,
    conversation: Option<Arc<Conversation>>,
    letter: Option<Arc<Letter>>,
}

/// A person's life.
pub struct Life {
    pub(super) home: Arc<Home>,
    pub(super) user: Arc<User>,
    pub(super) socket: Option<Socket>,
    /// The server the socket leads to.
    pub(super) server: u8,
    errands: UnboundedReceiver<Errand>,
    deaf: bool,
    asked: HashMap<u32, Asked>,
    /// Frames that came while an answer was waited for.
    pub(super) kept: VecDeque<Bytes>,
    next_id: u32,
}

impl Life {
    /// Begins away.
    #[must_use]
    pub fn new(home: Arc<Home>, user: Arc<User>, errands: UnboundedReceiver<Errand>) -> Self {
        let (asked, kept) = (HashMap::new(), VecDeque::new());
        Self { home, user, socket: None, server: 0, errands, deaf: false, asked, kept, next_id: 0 }
    }

    /// Until nobody has an errand any more.
    pub async fn live(mut self) {
        loop {
            let read = async {
                match (&mut self.socket, self.kept.pop_front()) {
                    (Some(_), Some(kept)) => Ok(kept),
                    (Some(socket), None) if !self.deaf => socket.next().await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                frame = read => {
                    let taken = match frame {
                        Ok(bytes) => self.frame(bytes).await,
                        Err(error) => Err(error),
                    };
                    if let Err(error) = taken {
                        self.home.ended(self.user.number, &error.to_string());
                        self.gone();
                    }
                }
                errand = self.errands.recv() => {
                    let Some(errand) = errand else { return };
                    self.errand(errand).await;
                }
            }
        }
    }

    async fn errand(&mut self, errand: Errand) {
        // Whoever waits for an end may have given up; the errand is done all the same.
        match errand {
            Errand::Do(due) => {
                if let Err(error) = self.act(due).await {
                    self.home.ended(self.user.number, &error.to_string());
                    self.gone();
                }
            }
            Errand::Come(coming) => {
                let came = self.come(&coming).await;
                self.deaf = false;
                let _ = coming.done.send(came);
            }
            Errand::Cut(how, done) => {
                if let Some(socket) = self.socket.take() {
                    socket.cut(how).await;
                }
                self.part();
                let _ = done.send(());
            }
            Errand::StopReading(done) => {
                self.deaf = true;
                if self.socket.is_some() {
                    self.home.seat(&self.user, State::Deaf);
                }
                let _ = done.send(());
            }
            Errand::Leave(done) => {
                if let Some(socket) = self.socket.take() {
                    socket.close().await;
                }
                self.part();
                let _ = done.send(());
            }
        }
    }

    /// The connection ended unasked; what was asked over it has no answer.
    pub(super) fn gone(&mut self) {
        for (_, asked) in self.asked.drain() {
            asked.tally.refused(self.user.number, "connection ended");
        }
        self.part();
    }

    /// The connection is over. That answers are still to come is nobody's fault.
    fn part(&mut self) {
        self.socket = None;
        self.kept.clear();
        self.home.seat(&self.user, State::Away);
        for (_, asked) in self.asked.drain() {
            asked.tally.absent(asked.at_us);
        }
    }

    /// Does what is due, at once, whatever is unanswered: the schedule is open.
    async fn act(&mut self, Due { at_us, tally, deed }: Due) -> Outcome<()> {
        let Some(socket) = &mut self.socket else {
            tally.absent(at_us);
            return Ok(());
        };
        // Numbers of requests of a load are even, those of catching up odd.
        self.next_id = self.next_id.wrapping_add(2);
        let (id, number) = (self.next_id, self.user.number);
        let head = Head { due_us: at_us, stream: tally.number, server: self.server };
        let (command, conversation, letter) = match deed {
            Deed::Send(conversation, bytes) => {
                let send = wire::SendMessage {
                    conversation_id: conversation.id.to_string(),
                    client_id: Uuid::now_v7().to_string(),
                    text: head.text(bytes),
                };
                (Command::SendMessage(send), Some(conversation), None)
            }
            Deed::Mail(letter, bytes) => (letter.command(&self.home.settle.prefix, head.text(bytes)), None, Some(letter)),
            Deed::Ask(command) => (*command, None, None),
        };
        self.asked.insert(id, Asked { at_us, tally: Arc::clone(&tally), conversation, letter });
        socket.send(id, command).await?;
        tally.handed(at_us, number);
        Ok(())
    }

    async fn frame(&mut self, bytes: Bytes) -> Outcome<()> {
        self.home.frames.fetch_add(1, Ordering::Relaxed);
        let size = bytes.len();
        let frame = Frame::of(bytes)?;
        if let Some(reply) = frame.reply {
            self.reply(&reply);
        }
        let Some(event) = frame.event else { return Ok(()) };
        if let Some(message) = event.message_sent.and_then(|sent| sent.message) {
            self.message(&message, size);
        }
        if let Some(changed) = event.conversation_changed
            && let Some(id) = frames::id(&changed.conversation_id)
            && let Some(position) = self.user.seat().position(id)
        {
            position.changed(changed.version);
        }
        if let Some(mail) = event.conversation_joined.and_then(|joined| joined.conversation) {
            self.mail(&mail, size);
        }
        if event.gap.is_some() {
            self.home.checked(|check| check.parted += 1);
            self.rejoin().await?;
        }
        Ok(())
    }

    fn reply(&mut self, reply: &frames::Reply) {
        let Some(asked) = self.asked.remove(&reply.id) else { return };
        if let Some(error) = &reply.error {
            asked.tally.refused(self.user.number, &error.name);
            return;
        }
        if let (Some(conversation), Some(sent)) = (&asked.conversation, &reply.message_sent) {
            let seq = sent.message.as_ref().map_or(0, |message| message.seq);
            conversation.acknowledged_seq.fetch_max(seq, Ordering::Relaxed);
        }
        if let (Some(letter), Some(started)) = (&asked.letter, &reply.conversation_started) {
            self.home.posted(letter, started.conversation.as_ref());
        }
        asked.tally.answered(asked.at_us, self.user.number);
    }

    /// A message arrived live.
    pub(super) fn message(&self, message: &frames::Message, bytes: usize) {
        let Some(id) = frames::id(&message.conversation_id) else { return };
        let now_us = clock::now_us();
        let (arrival, number) = {
            let mut seat = self.user.seat();
            let Some(position) = seat.position(id) else { return };
            (position.live(message.seq, message.version), position.number)
        };
        self.arrived(arrival);
        if !matches!(arrival, Arrival::New | Arrival::Late) {
            return;
        }
        let Some(head) = Head::of(&message.text) else { return };
        let Some(tally) = self.home.tallies.get(head.stream) else { return };
        tally.delivered(head, now_us, bytes, self.user.number, head.server != self.server);
        if let Some(conversation) = self.home.conversation(number)
            && conversation.read_by_all(message.seq)
        {
            tally.read_by_all(head, now_us, id, message.seq);
        }
    }

    pub(super) fn arrived(&self, arrival: Arrival) {
        match arrival {
            Arrival::Known => {}
            Arrival::New => {
                self.home.received.fetch_add(1, Ordering::Relaxed);
            }
            Arrival::Doubled => self.home.checked(|check| check.doubled += 1),
            Arrival::Late => self.home.checked(|check| {
                check.received += 1;
                check.reordered += 1;
            }),
        }
    }

    /// A number for a request of catching up.
    pub(super) fn odd_id(&mut self) -> u32 {
        self.next_id = self.next_id.wrapping_add(2);
        self.next_id | 1
    }
}
