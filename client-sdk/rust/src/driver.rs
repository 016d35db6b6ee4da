//! The task of a client. It opens a connection, runs it until it ends, waits, and opens the next connection, until the
//! client is closed.

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
    connection::Connection,
    error::{Error, SendError},
    event::Event,
    outbox::{Entry, Outbox, OutboxStore, SendResult, StoredMessage},
    requests::{Queue, Request},
    socket::Socket,
    state::{CloseReason, State},
    subscribers::Subscribers,
    sync::Sync,
    token::{Token, Tokens},
    watches::Watches,
};

/// A message from a handle to the driver.
pub(crate) enum Input {
    Request(Request),
    Send(StoredMessage, oneshot::Sender<SendResult>),
    /// The program discarded a failed message.
    Discard(StoredMessage),
    Close,
}

/// State that the handles and the driver share.
pub(crate) struct Shared {
    pub state: watch::Sender<State>,
    pub welcome: watch::Sender<Option<Arc<wire::Welcome>>>,
    pub subscribers: Subscribers,
    /// Number of messages without an answer.
    pub unsent: AtomicUsize,
    /// The failed messages, oldest first.
    pub failed: Mutex<VecDeque<StoredMessage>>,
}

impl Shared {
    /// Locks the list of failed messages. The list is consistent after each statement, so a poisoned lock is safe to use.
    pub fn failed(&self) -> MutexGuard<'_, VecDeque<StoredMessage>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a connection, or the attempt to open one, ended.
pub(crate) enum ConnectionEnd {
    /// The program closed the client.
    Stopped,
    /// The client reconnects at the time that `reconnect` and `reconnect_after` name. `why` is the reason, for developers.
    Lost { reconnect: Return, reconnect_after: Option<Duration>, why: String },
    /// The client does not reconnect.
    Refused { code: u16, reason: String },
}

impl ConnectionEnd {
    /// A connection that was lost without a reason from the server.
    pub fn lost(why: impl Into<String>) -> Self {
        Self::Lost { reconnect: Return::Now, reconnect_after: None, why: why.into() }
    }
}

/// Owns the state that outlives a connection: the stored versions, the outbox, the waiting commands and the token.
pub(crate) struct Driver {
    pub config: Config,
    pub shared: Arc<Shared>,
    pub inputs: mpsc::UnboundedReceiver<Input>,
    pub sync: Sync,
    pub outbox: Outbox,
    pub requests: Queue,
    pub tokens: Tokens,
    /// The last token that a server accepted.
    pub token: Option<Token>,
    /// The users whose presence and contacts the client watches.
    pub watches: Watches,
}

impl Driver {
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
            watches: Watches::default(),
        }
    }

    /// Runs until the client is closed or a server refuses it permanently.
    pub async fn run(mut self) {
        self.load_outbox().await;
        let reason = self.connect_until_closed().await;
        tracing::debug!(%reason, "closed");
        self.end(&reason).await;
    }

    pub fn backoff(config: &Config) -> Backoff {
        Backoff::new(config.backoff_min, config.backoff_max, Arc::clone(&config.jitter))
    }

    async fn connect_until_closed(&mut self) -> CloseReason {
        let mut backoff = Self::backoff(&self.config);
        self.shared.state.send_replace(State::Connecting);
        loop {
            let connected_at = Instant::now();
            let (reconnect, reconnect_after, why) = match self.connect_and_run().await {
                ConnectionEnd::Stopped => return CloseReason::ByClient,
                ConnectionEnd::Refused { code, reason } => return CloseReason::ByServer { code, reason },
                ConnectionEnd::Lost { reconnect, reconnect_after, why } => (reconnect, reconnect_after, why),
            };
            backoff.after_connection(connected_at, Instant::now());
            let delay = backoff.after_close(reconnect, reconnect_after).unwrap_or(self.config.backoff_max);
            tracing::debug!(why, ?delay, attempt = backoff.attempt(), "reconnecting");
            self.shared.state.send_replace(State::Reconnecting { attempt: backoff.attempt(), why });
            if self.run_while_accepting(tokio::time::sleep(delay)).await.is_none() {
                return CloseReason::ByClient;
            }
        }
    }

    async fn connect_and_run(&mut self) -> ConnectionEnd {
        let cached = self.token.clone().filter(|token| token.is_fresh(Instant::now()));
        let token_was_cached = cached.is_some();
        let opened = self.run_while_accepting(open(self.config.clone(), self.tokens.clone(), cached)).await;
        let (socket, token) = match opened {
            None => return ConnectionEnd::Stopped,
            Some(Err(why)) => return ConnectionEnd::lost(why),
            Some(Ok(opened)) => opened,
        };
        Connection::new(self, socket, token, token_was_cached).run().await
    }

    /// Runs `work` and accepts inputs of the handles while it runs. Returns `None` if a handle closed the client, or if the
    /// last handle was dropped.
    async fn run_while_accepting<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
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

    /// The error of a command that reaches its deadline while no server has welcomed the client. No reason is known while
    /// the first connection attempt runs.
    pub fn not_connected(&self) -> Error {
        Error::NotConnected(match &*self.shared.state.borrow() {
            State::Reconnecting { why, .. } => why.clone(),
            _ => "the first connection attempt has not ended".to_owned(),
        })
    }

    /// Queues a request or a message, or discards a failed message. A message is stored before it is queued.
    pub async fn accept(&mut self, input: Input) {
        match input {
            Input::Request(request) => self.requests.push(request),
            Input::Send(message, answer) => match self.call_store(move |store, message| store.put(message), message).await {
                (message, Ok(())) => self.outbox.push(message, Some(answer)),
                (_, Err(error)) => {
                    self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
                    let _ = answer.send(Err(SendError::Store(error.to_string())));
                }
            },
            Input::Discard(message) => self.remove_from_store(message).await,
            // The callers handle this input and do not pass it on.
            Input::Close => {}
        }
    }

    /// Removes a message from the outbox store.
    async fn remove_from_store(&self, message: StoredMessage) {
        let (_, removed) = self.call_store(|store, message| store.remove(message.client_id), message).await;
        if let Err(error) = removed {
            tracing::warn!(%error, "a discarded message stays in the outbox store");
        }
    }

    /// Handles the close of a connection over a frame: the messages in flight become suspected, or fail if the server has
    /// closed the connection over them before. Returns whether any message was in flight. If it was, the client may
    /// reconnect, because it then sends each suspected message while no other message is in flight.
    pub async fn suspect(&mut self, code: u16, reason: &str) -> bool {
        let (suspected, failed) = self.outbox.suspect();
        let is_blamed = !suspected.is_empty() || !failed.is_empty();
        for message in suspected {
            if let (_, Err(error)) = self.call_store(|store, message| store.put(message), message).await {
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

    /// Handles the result of a message that has left the outbox: removes it from the outbox store or stores its failure, and
    /// answers the caller.
    pub async fn finish_send(&mut self, entry: Entry, result: SendResult) {
        let Entry { message, answer, .. } = entry;
        self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
        match &result {
            Ok(_) => {
                let (_, removed) = self.call_store(|store, message| store.remove(message.client_id), message).await;
                if let Err(error) = removed {
                    tracing::warn!(%error, "an answered message stays in the outbox store; the next run sends it again, harmlessly");
                }
            }
            Err(error) => self.store_failed(message, error).await,
        }
        if let Some(answer) = answer {
            // This fails if the caller has stopped waiting. The event has reported a failure.
            let _ = answer.send(result);
        }
    }

    /// Stores a failed message with its reason and publishes the failure.
    async fn store_failed(&self, message: StoredMessage, error: &SendError) {
        let reason = match error {
            SendError::Refused(refusal) => refusal.clone(),
            error => Refusal::new(ErrorCode::Internal, error.to_string()).into(),
        };
        let message = StoredMessage { failed: Some(reason), ..message };
        let (message, stored) = self.call_store(|store, message| store.put(message), message).await;
        if let Err(error) = stored {
            tracing::warn!(%error, "the outbox store does not know that a message failed; the next run sends it again");
        }
        self.report_failed(message, error.clone()).await;
    }

    /// Adds a message to the list of failed messages and publishes the failure. A list that is too long loses its oldest
    /// message.
    async fn report_failed(&self, message: StoredMessage, error: SendError) {
        let (conversation, client_id) = (message.conversation, message.client_id);
        let oldest = {
            let mut failed = self.shared.failed();
            failed.push_back(message);
            if failed.len() > self.config.outbox_max { failed.pop_front() } else { None }
        };
        self.shared.subscribers.publish(&Event::SendFailed { conversation, client_id, error });
        if let Some(oldest) = oldest {
            self.remove_from_store(oldest).await;
        }
    }

    /// Calls the outbox store, if there is one, on a thread that may block. Returns the message and the result.
    async fn call_store<F>(&self, call: F, message: StoredMessage) -> (StoredMessage, std::io::Result<()>)
    where
        F: FnOnce(&dyn OutboxStore, &StoredMessage) -> std::io::Result<()> + Send + 'static,
    {
        let Some(store) = self.config.outbox_store.clone() else { return (message, Ok(())) };
        let copy = message.clone();
        let result = tokio::task::spawn_blocking(move || call(store.as_ref(), &message)).await;
        (copy, result.unwrap_or_else(|error| Err(std::io::Error::other(error))))
    }

    /// Reads the messages that an earlier run left in the outbox store.
    async fn load_outbox(&mut self) {
        let Some(store) = self.config.outbox_store.clone() else { return };
        let loaded = tokio::task::spawn_blocking(move || store.load()).await;
        match loaded.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            Ok(messages) => {
                for message in messages {
                    if let Some(error) = message.failed.clone() {
                        self.report_failed(message, SendError::Refused(error)).await;
                    } else {
                        self.shared.unsent.fetch_add(1, Ordering::AcqRel);
                        self.outbox.push(message, None);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "the outbox store can't be read; what an earlier run left stays there"),
        }
    }

    /// Answers all waiting commands and messages with [`Error::Closed`] and [`SendError::Closed`], and ends the subscribers.
    ///
    /// Messages that the driver has not read yet are stored first, so that the next client sends them. The program's call of
    /// `close` returns after that.
    async fn end(mut self, reason: &CloseReason) {
        self.inputs.close();
        while let Ok(input) = self.inputs.try_recv() {
            self.accept(input).await;
        }
        self.shared.state.send_replace(State::Closed { reason: reason.clone() });
        while let Some(request) = self.requests.pop() {
            request.finish(Err(Error::Closed(reason.clone())));
        }
        for answer in self.outbox.drain().filter_map(|entry| entry.answer) {
            let _ = answer.send(Err(SendError::Closed(reason.clone())));
        }
        self.shared.subscribers.end();
    }
}

/// Gets a token, unless a cached token is given, and opens a socket.
///
/// # Errors
/// The reason as a sentence, if the token provider or the socket fails or takes longer than `Config::command_timeout`.
async fn open(config: Config, tokens: Tokens, cached: Option<Token>) -> Result<(Socket, Token), String> {
    let timed_out = |step: &str| format!("{step} took longer than {} ms", config.command_timeout.as_millis());
    let token = match cached {
        Some(token) => token,
        None => {
            // The pause between two calls of the provider does not count towards its timeout.
            if let Some(due) = tokens.due() {
                sleep_until(Some(due)).await;
            }
            let token = tokio::time::timeout(config.command_timeout, tokens.fresh()).await;
            let text = token.map_err(|_| timed_out("the token provider"))?.map_err(|error| format!("no token: {error}"))?;
            Token { text, refresh_at: None }
        }
    };
    let socket = tokio::time::timeout(config.command_timeout, Socket::open(&config)).await;
    let socket = socket.map_err(|_| timed_out("opening the socket"))?.map_err(|error| error.to_string())?;
    Ok((socket, token))
}

/// Sleeps until an instant. If there is none, it never returns.
pub(crate) async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
