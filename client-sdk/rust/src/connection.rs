//! The task behind a client: connects, lets a [`Session`] run, waits, connects again, until told to stop.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use causerie_protocol::{CloseCode, ErrorCode, Refusal, codes::Return, wire};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    backoff::Backoff,
    config::Config,
    error::{Error, SendError},
    event::Event,
    outbox::{Entry, Outbox, OutboxStore, SendResult, StoredMessage},
    requests::{Queue, Request},
    session::Session,
    socket::Socket,
    state::{CloseReason, State},
    subscribers::Subscribers,
    sync::Sync,
    token::{Token, Tokens},
};

/// What handles ask of the task.
pub(crate) enum Input {
    Request(Request),
    Send(StoredMessage, oneshot::Sender<SendResult>),
    /// A failed message was given up.
    Discard(StoredMessage),
    Close,
}

/// What handles and task share.
pub(crate) struct Shared {
    pub state: watch::Sender<State>,
    pub welcome: watch::Sender<Option<Arc<wire::Welcome>>>,
    pub subscribers: Subscribers,
    /// Sends without an answer.
    pub unsent: AtomicUsize,
    /// Messages that failed, oldest first.
    pub failed: Mutex<VecDeque<StoredMessage>>,
}

impl Shared {
    /// The list of failed messages; no invariant spans two statements, so a poisoned lock is as good as any.
    pub fn failed(&self) -> MutexGuard<'_, VecDeque<StoredMessage>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a connection, or the attempt at one, ended.
pub(crate) enum End {
    /// The program wants no more.
    Stopped,
    /// Come back.
    Lost { band: Return, hint: Option<Duration>, why: String },
    /// Do not come back.
    Refused { code: u16, reason: String },
}

impl End {
    /// An accident.
    pub fn lost(why: impl Into<String>) -> Self {
        Self::Lost { band: Return::Now, hint: None, why: why.into() }
    }
}

/// What outlives a connection.
pub(crate) struct Connection {
    pub config: Config,
    pub shared: Arc<Shared>,
    pub inputs: mpsc::UnboundedReceiver<Input>,
    pub sync: Sync,
    pub outbox: Outbox,
    pub requests: Queue,
    pub tokens: Tokens,
    /// The last token a server took.
    pub token: Option<Token>,
    /// Whose presence to ask for on every connection.
    pub watched: Option<wire::WatchPresence>,
}

impl Connection {
    pub fn new(config: Config, shared: Arc<Shared>, inputs: mpsc::UnboundedReceiver<Input>) -> Self {
        let outbox = Outbox::new(Self::backoff(&config));
        let tokens = Tokens::new(Arc::clone(&config.token_provider), config.token_interval);
        Self {
            config,
            shared,
            inputs,
            sync: Sync::default(),
            outbox,
            requests: Queue::default(),
            tokens,
            token: None,
            watched: None,
        }
    }

    /// Runs until the client is closed or refused.
    pub async fn run(mut self) {
        self.load_outbox().await;
        let reason = self.connect_until_closed().await;
        tracing::debug!(%reason, "closed");
        self.end(&reason);
    }

    pub fn backoff(config: &Config) -> Backoff {
        Backoff::new(config.backoff_min, config.backoff_max, Arc::clone(&config.jitter))
    }

    async fn connect_until_closed(&mut self) -> CloseReason {
        let mut backoff = Self::backoff(&self.config);
        self.shared.state.send_replace(State::Connecting);
        loop {
            let connected_at = Instant::now();
            let (band, hint, why) = match self.connect_once().await {
                End::Stopped => return CloseReason::ByClient,
                End::Refused { code, reason } => return CloseReason::ByServer { code, reason },
                End::Lost { band, hint, why } => (band, hint, why),
            };
            backoff.after_connection(connected_at, Instant::now());
            let delay = backoff.after_close(band, hint).unwrap_or(self.config.backoff_max);
            tracing::debug!(why, ?delay, attempt = backoff.attempt(), "reconnecting");
            self.shared.state.send_replace(State::Reconnecting { attempt: backoff.attempt(), why });
            if self.while_accepting(tokio::time::sleep(delay)).await.is_none() {
                return CloseReason::ByClient;
            }
        }
    }

    async fn connect_once(&mut self) -> End {
        let cached = self.token.clone().filter(|token| token.is_fresh(Instant::now()));
        let token_was_cached = cached.is_some();
        let opened = self.while_accepting(open(self.config.clone(), self.tokens.clone(), cached)).await;
        let (socket, token) = match opened {
            None => return End::Stopped,
            Some(Err(why)) => return End::lost(why),
            Some(Ok(opened)) => opened,
        };
        Session::new(self, socket, token, token_was_cached).run().await
    }

    /// Waits for something while taking what handles ask for. `None` when they ask to stop.
    async fn while_accepting<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            let due = self.requests.next_due();
            tokio::select! {
                done = &mut work => return Some(done),
                input = self.inputs.recv() => match input {
                    None | Some(Input::Close) => return None,
                    Some(input) => self.accept(input).await,
                },
                () = sleep_until(due) => {
                    let error = self.not_connected();
                    self.requests.expire(Instant::now(), &error);
                }
            }
        }
    }

    /// The error of a command that reaches its deadline while no server has welcomed the client. While the first connection
    /// attempt runs, no reason is known yet.
    pub fn not_connected(&self) -> Error {
        Error::NotConnected(match &*self.shared.state.borrow() {
            State::Reconnecting { why, .. } => why.clone(),
            _ => "the first connection attempt has not ended".to_owned(),
        })
    }

    /// Queues what a handle asks for. A message is stored before anything else happens to it.
    pub async fn accept(&mut self, input: Input) {
        match input {
            Input::Request(request) => self.requests.push(request),
            Input::Send(message, answer) => match self.store(move |store, message| store.put(message), message).await {
                (message, Ok(())) => self.outbox.push(message, Some(answer)),
                (_, Err(error)) => {
                    self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
                    let _ = answer.send(Err(SendError::Store(error.to_string())));
                }
            },
            Input::Discard(message) => self.forget(message).await,
            // Every receiver of inputs handles this one itself.
            Input::Close => {}
        }
    }

    async fn forget(&self, message: StoredMessage) {
        let (_, removed) = self.store(|store, message| store.remove(message.client_id), message).await;
        if let Err(error) = removed {
            tracing::warn!(%error, "a discarded message stays in the outbox store");
        }
    }

    /// The server closed the connection over a frame. Returns whether a message may be to blame: then the client may come back,
    /// since it sends a message that may be to blame once more, and alone.
    pub async fn suspect(&mut self, code: u16, reason: &str) -> bool {
        let (suspected, failed) = self.outbox.suspect();
        let is_blamed = !suspected.is_empty() || !failed.is_empty();
        for message in suspected {
            if let (_, Err(error)) = self.store(|store, message| store.put(message), message).await {
                tracing::warn!(%error, "the outbox store does not know which message the server closed on");
            }
        }
        for entry in failed {
            let message = format!("the server closed the connection over it: {reason}");
            let name = CloseCode::try_from(i32::from(code)).map_or_else(|_| reason.to_owned(), CloseCode::name);
            let error = wire::Error { code: code.into(), name, message, ..Default::default() };
            self.finish_send(entry, Err(SendError::Refused(error))).await;
        }
        is_blamed
    }

    /// Ends the send of an entry that left the outbox.
    pub async fn finish_send(&mut self, entry: Entry, result: SendResult) {
        let Entry { message, answer, .. } = entry;
        self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
        match &result {
            Ok(_) => {
                let (_, removed) = self.store(|store, message| store.remove(message.client_id), message).await;
                if let Err(error) = removed {
                    tracing::warn!(%error, "an answered message stays in the outbox store; the next run sends it again, harmlessly");
                }
            }
            Err(error) => self.set_aside(message, error).await,
        }
        if let Some(answer) = answer {
            // Nobody may wait any more; the event told all others.
            let _ = answer.send(result);
        }
    }

    /// Keeps a failed message with its reason, and tells of it.
    async fn set_aside(&self, message: StoredMessage, error: &SendError) {
        let reason = match error {
            SendError::Refused(refusal) => refusal.clone(),
            error => Refusal::new(ErrorCode::Internal, error.to_string()).into(),
        };
        let message = StoredMessage { failed: Some(reason), ..message };
        let (message, kept) = self.store(|store, message| store.put(message), message).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "the outbox store does not know that a message failed; the next run sends it again");
        }
        self.tell_failed(message, error.clone()).await;
    }

    async fn tell_failed(&self, message: StoredMessage, error: SendError) {
        let (conversation, client_id) = (message.conversation, message.client_id);
        let oldest = {
            let mut failed = self.shared.failed();
            failed.push_back(message);
            if failed.len() > self.config.outbox_max { failed.pop_front() } else { None }
        };
        self.shared.subscribers.tell(&Event::SendFailed { conversation, client_id, error });
        if let Some(oldest) = oldest {
            self.forget(oldest).await;
        }
    }

    /// Calls the outbox store, if there is one, where blocking harms nobody.
    async fn store<F>(&self, call: F, message: StoredMessage) -> (StoredMessage, std::io::Result<()>)
    where
        F: FnOnce(&dyn OutboxStore, &StoredMessage) -> std::io::Result<()> + Send + 'static,
    {
        let Some(store) = self.config.outbox_store.clone() else { return (message, Ok(())) };
        let kept = message.clone();
        let result = tokio::task::spawn_blocking(move || call(store.as_ref(), &message)).await;
        (kept, result.unwrap_or_else(|error| Err(std::io::Error::other(error))))
    }

    async fn load_outbox(&mut self) {
        let Some(store) = self.config.outbox_store.clone() else { return };
        let loaded = tokio::task::spawn_blocking(move || store.load()).await;
        match loaded.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            Ok(messages) => {
                for message in messages {
                    if let Some(error) = message.failed.clone() {
                        self.tell_failed(message, SendError::Refused(error)).await;
                    } else {
                        self.shared.unsent.fetch_add(1, Ordering::AcqRel);
                        self.outbox.push(message, None);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "the outbox store can't be read; what an earlier run left stays there"),
        }
    }

    /// Answers everyone who still waits.
    fn end(mut self, reason: &CloseReason) {
        self.shared.state.send_replace(State::Closed { reason: reason.clone() });
        self.inputs.close();
        while let Ok(input) = self.inputs.try_recv() {
            match input {
                Input::Request(request) => self.requests.push(request),
                Input::Send(_, answer) => drop(answer.send(Err(SendError::Closed(reason.clone())))),
                Input::Discard(_) | Input::Close => {}
            }
        }
        while let Some(request) = self.requests.pop() {
            request.finish(Err(Error::Closed(reason.clone())));
        }
        for answer in self.outbox.drain().filter_map(|entry| entry.answer) {
            let _ = answer.send(Err(SendError::Closed(reason.clone())));
        }
        self.shared.subscribers.end();
    }
}

/// Gets a token, if the old one will not do, and opens a socket.
async fn open(config: Config, tokens: Tokens, cached: Option<Token>) -> Result<(Socket, Token), String> {
    let late = |what: &str| format!("{what} took longer than {} ms", config.command_timeout.as_millis());
    let token = match cached {
        Some(token) => token,
        None => {
            // The time until the provider may be asked is not its fault.
            if let Some(due) = tokens.due() {
                sleep_until(Some(due)).await;
            }
            let token = tokio::time::timeout(config.command_timeout, tokens.fresh()).await;
            let text = token.map_err(|_| late("the token provider"))?.map_err(|error| format!("no token: {error}"))?;
            Token { text, refresh_at: None }
        }
    };
    let socket = tokio::time::timeout(config.command_timeout, Socket::open(&config)).await;
    let socket = socket.map_err(|_| late("opening the socket"))?.map_err(|error| error.to_string())?;
    Ok((socket, token))
}

/// Sleeps until then; without a time, for ever.
pub(crate) async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
