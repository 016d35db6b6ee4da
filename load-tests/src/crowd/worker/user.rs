//! One simulated user: its connection, the tasks it gets, and the frames it reads.

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
        mail::MailSpec,
        order::Disconnect,
        socket::Socket,
    },
    state::{ConnectionState, Conversation, User, WorkerState},
    tally::Tally,
};
use crate::{Outcome, measure::clock};

/// A task for a user.
pub enum Task {
    /// Connect or reconnect, and report the outcome.
    Connect(Connect),
    /// Carry out an action of a load.
    Do(Due),
    /// End the connection without a close frame.
    Disconnect(Disconnect, UnboundedSender<()>),
    /// Stop reading and keep the connection open.
    StopReading(UnboundedSender<()>),
    /// Close the connection with a close frame.
    Leave(UnboundedSender<()>),
}

/// How a user connects.
pub struct Connect {
    /// Reconnect: resume the held versions, at once.
    pub again: bool,
    /// The instant that latencies are counted from, in µs.
    pub from_us: u64,
    /// The instant after which no attempt begins, in µs.
    pub until_us: u64,
    /// Gets the outcome.
    pub done: UnboundedSender<ConnectOutcome>,
}

/// The outcome of a [`Connect`].
pub struct ConnectOutcome {
    /// The reason of a failure; `None` if the user is connected.
    pub failed: Option<String>,
    /// Time since `from_us`, in µs.
    pub took_us: u64,
    /// Conversations that had to be reloaded.
    pub reloaded: usize,
    /// Failed attempts before the outcome.
    pub attempts: u32,
}

/// An action of a load.
pub struct Due {
    /// The instant when it is due, in µs.
    pub at_us: u64,
    /// The stream that it belongs to.
    pub tally: Arc<Tally>,
    pub action: DueAction,
}

/// The action of a user in a [`Due`].
pub enum DueAction {
    /// Send a text of this many bytes.
    Send(Arc<Conversation>, usize),
    /// Send a mail with a text of this many bytes.
    Mail(Arc<MailSpec>, usize),
    /// Send any other command.
    Ask(Box<Command>),
}

struct Asked {
    at_us: u64,
    tally: Arc<Tally>,
    conversation: Option<Arc<Conversation>>,
    mail_spec: Option<Arc<MailSpec>>,
}

/// The task of one user.
pub struct UserLoop {
    pub(super) worker: Arc<WorkerState>,
    pub(super) user: Arc<User>,
    pub(super) socket: Option<Socket>,
    /// The number of the server that the user is connected to.
    pub(super) server: u8,
    tasks: UnboundedReceiver<Task>,
    deaf: bool,
    asked: HashMap<u32, Asked>,
    /// Frames that arrived while a reply was awaited.
    pub(super) kept: VecDeque<Bytes>,
    next_id: u32,
}

impl UserLoop {
    /// Starts without a connection.
    #[must_use]
    pub fn new(worker: Arc<WorkerState>, user: Arc<User>, tasks: UnboundedReceiver<Task>) -> Self {
        let (asked, kept) = (HashMap::new(), VecDeque::new());
        Self { worker, user, socket: None, server: 0, tasks, deaf: false, asked, kept, next_id: 0 }
    }

    /// Runs until the process drops the task queue.
    pub async fn run(mut self) {
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
                        self.worker.ended(self.user.number, &error.to_string());
                        self.connection_lost();
                    }
                }
                task = self.tasks.recv() => {
                    let Some(task) = task else { return };
                    self.task(task).await;
                }
            }
        }
    }

    async fn task(&mut self, task: Task) {
        // The sender of a task may have stopped waiting for its end. The task is carried out even then.
        match task {
            Task::Do(due) => {
                if let Err(error) = self.act(due).await {
                    self.worker.ended(self.user.number, &error.to_string());
                    self.connection_lost();
                }
            }
            Task::Connect(connect) => {
                let outcome = self.connect(&connect).await;
                self.deaf = false;
                let _ = connect.done.send(outcome);
            }
            Task::Disconnect(how, done) => {
                if let Some(socket) = self.socket.take() {
                    socket.cut(how).await;
                }
                self.disconnected();
                let _ = done.send(());
            }
            Task::StopReading(done) => {
                self.deaf = true;
                if self.socket.is_some() {
                    self.worker.set_connection(&self.user, ConnectionState::Deaf);
                }
                let _ = done.send(());
            }
            Task::Leave(done) => {
                if let Some(socket) = self.socket.take() {
                    socket.close().await;
                }
                self.disconnected();
                let _ = done.send(());
            }
        }
    }

    /// Handles the unexpected end of the connection. Requests without a reply count as refused.
    pub(super) fn connection_lost(&mut self) {
        for (_, asked) in self.asked.drain() {
            asked.tally.refused(self.user.number, "connection ended");
        }
        self.disconnected();
    }

    /// Handles the planned end of the connection. Requests without a reply count as absent, not as refused.
    fn disconnected(&mut self) {
        self.socket = None;
        self.kept.clear();
        self.worker.set_connection(&self.user, ConnectionState::Away);
        for (_, asked) in self.asked.drain() {
            asked.tally.absent(asked.at_us);
        }
    }

    /// Carries out an action at once, even if earlier actions have no reply yet: the load is an open loop.
    async fn act(&mut self, Due { at_us, tally, action }: Due) -> Outcome<()> {
        let Some(socket) = &mut self.socket else {
            tally.absent(at_us);
            return Ok(());
        };
        // Requests of a load have even ids. Requests of a reconnect have odd ids.
        self.next_id = self.next_id.wrapping_add(2);
        let (id, number) = (self.next_id, self.user.number);
        let head = Head { due_us: at_us, stream: tally.number, server: self.server };
        let (command, conversation, mail_spec) = match action {
            DueAction::Send(conversation, bytes) => {
                let send = wire::SendMessage {
                    conversation_id: conversation.id.to_string(),
                    client_id: Uuid::now_v7().to_string(),
                    text: head.text(bytes),
                };
                (Command::SendMessage(send), Some(conversation), None)
            }
            DueAction::Mail(mail_spec, bytes) => {
                (mail_spec.command(&self.worker.config.prefix, head.text(bytes)), None, Some(mail_spec))
            }
            DueAction::Ask(command) => (*command, None, None),
        };
        self.asked.insert(id, Asked { at_us, tally: Arc::clone(&tally), conversation, mail_spec });
        socket.send(id, command).await?;
        tally.handed(at_us, number);
        Ok(())
    }

    async fn frame(&mut self, bytes: Bytes) -> Outcome<()> {
        self.worker.frames.fetch_add(1, Ordering::Relaxed);
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
            && let Some(position) = self.user.state().position(id)
        {
            position.changed(changed.version);
        }
        if let Some(mail) = event.conversation_joined.and_then(|joined| joined.conversation) {
            self.mail(&mail, size);
        }
        if event.gap.is_some() {
            self.worker.update_check(|check| check.parted += 1);
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
        if let (Some(mail_spec), Some(started)) = (&asked.mail_spec, &reply.conversation_started) {
            self.worker.mail_accepted(mail_spec, started.conversation.as_ref());
        }
        asked.tally.answered(asked.at_us, self.user.number);
    }

    /// Takes a live message.
    pub(super) fn message(&self, message: &frames::Message, bytes: usize) {
        let Some(id) = frames::id(&message.conversation_id) else { return };
        let now_us = clock::now_us();
        let (arrival, number) = {
            let mut state = self.user.state();
            let Some(position) = state.position(id) else { return };
            (position.live(message.seq, message.version), position.number)
        };
        self.arrived(arrival);
        if !matches!(arrival, Arrival::New | Arrival::Late) {
            return;
        }
        let Some(head) = Head::of(&message.text) else { return };
        let Some(tally) = self.worker.tallies.get(head.stream) else { return };
        tally.delivered(head, now_us, bytes, self.user.number, head.server != self.server);
        if let Some(conversation) = self.worker.conversation(number)
            && conversation.read_by_all(message.seq)
        {
            tally.read_by_all(head, now_us, id, message.seq);
        }
    }

    pub(super) fn arrived(&self, arrival: Arrival) {
        match arrival {
            Arrival::Known => {}
            Arrival::New => {
                self.worker.received.fetch_add(1, Ordering::Relaxed);
            }
            Arrival::Doubled => self.worker.update_check(|check| check.doubled += 1),
            Arrival::Late => self.worker.update_check(|check| {
                check.received += 1;
                check.reordered += 1;
            }),
        }
    }

    /// An id for a request of a reconnect.
    pub(super) fn odd_id(&mut self) -> u32 {
        self.next_id = self.next_id.wrapping_add(2);
        self.next_id | 1
    }
}
