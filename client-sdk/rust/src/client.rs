//! The handle.

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Instant,
};

use causerie_protocol::{
    ClientId, ConversationId,
    command::SocketCommand,
    wire::{self, reply::Result as Answer, request::Command},
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    config::Config,
    connection::{Connection, Input, Shared},
    error::{Error, SendError},
    outbox::StoredMessage,
    pending::PendingMessage,
    requests::Request,
    state::{CloseReason, State},
    subscribers::{Events, Subscribers},
};

/// A connection to a Causerie server, kept up for as long as a handle lives. Cheap to clone.
///
/// Dropping the last handle closes the connection; sends that wait are lost then, unless there is an outbox store.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// Unbounded, because every caller waits for an answer, and sends are counted.
    inputs: mpsc::UnboundedSender<Input>,
    config: Arc<Config>,
}

impl Client {
    /// Starts to connect, in the background. Must be called within a tokio runtime.
    #[must_use]
    pub fn connect(config: Config) -> Self {
        Self::connect_with_events(config).0
    }

    /// Like [`Client::connect`], with a subscriber that is there before anything can happen.
    #[must_use]
    pub fn connect_with_events(config: Config) -> (Self, Events) {
        let shared = Arc::new(Shared {
            state: watch::Sender::new(State::Disconnected),
            welcome: watch::Sender::new(None),
            subscribers: Subscribers::new(config.events_max),
            unsent: 0.into(),
            failed: Mutex::default(),
        });
        let events = shared.subscribers.add();
        let (sender, inputs) = mpsc::unbounded_channel();
        tokio::spawn(Connection::new(config.clone(), Arc::clone(&shared), inputs).run());
        (Self { shared, inputs: sender, config: Arc::new(config) }, events)
    }

    /// What happens from now on. Every subscriber gets everything; one that does not take its events is told what it
    /// missed, see [`crate::Event::Lagged`].
    #[must_use]
    pub fn events(&self) -> Events {
        self.shared.subscribers.add()
    }

    /// Where the connection stands, now and later.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.shared.state.subscribe()
    }

    /// Waits until the server welcomed this client, and gives its last welcome (without the resumed part, which arrived as
    /// events).
    ///
    /// # Errors
    /// [`Error::Closed`] when the client ended first.
    pub async fn connected(&self) -> Result<Arc<wire::Welcome>, Error> {
        let mut state = self.state();
        let reached = state.wait_for(|state| matches!(state, State::Connected | State::Closed { .. })).await;
        match reached.map(|state| state.clone()) {
            Ok(State::Connected) => self.welcome().ok_or(Error::UnexpectedReply),
            Ok(State::Closed { reason }) => Err(Error::Closed(reason)),
            Ok(_) | Err(_) => Err(Error::Closed(CloseReason::ByClient)),
        }
    }

    /// The last welcome: who I am, what this server accepts.
    #[must_use]
    pub fn welcome(&self) -> Option<Arc<wire::Welcome>> {
        self.shared.welcome.borrow().clone()
    }

    /// Says goodbye and waits until the connection is closed. What waits for an answer is answered [`Error::Closed`].
    pub async fn close(&self) {
        // A task that ended already has nothing to close.
        let _ = self.inputs.send(Input::Close);
        let _ = self.state().wait_for(|state| matches!(state, State::Closed { .. })).await;
    }

    /// Sends a message. It is kept and repeated until the server answered; messages of one conversation arrive in the order
    /// they were sent in. A text that a server refuses for its form or length is refused at once, and not sent.
    pub fn send(&self, conversation: ConversationId, text: impl Into<String>) -> PendingMessage {
        self.send_with_id(conversation, ClientId::new(), text)
    }

    /// Sends a message under an id made earlier: the same id is the same message, for ever.
    pub fn send_with_id(
        &self,
        conversation: ConversationId,
        client_id: ClientId,
        text: impl Into<String>,
    ) -> PendingMessage {
        self.queue(StoredMessage::new(conversation, client_id, text)).0
    }

    /// Hands a message to the outbox. Returns whether the outbox took it.
    fn queue(&self, message: StoredMessage) -> (PendingMessage, bool) {
        let (sender, answer) = oneshot::channel();
        let StoredMessage { conversation, client_id, text, .. } = message.clone();
        let refused = if let Err(refusal) = check(Command::SendMessage(wire::SendMessage {
            conversation_id: conversation.to_string(),
            client_id: client_id.to_string(),
            text: text.clone(),
        })) {
            Some(SendError::Refused(refusal))
        } else if self.shared.unsent.fetch_add(1, Ordering::AcqRel) >= self.config.outbox_max {
            self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
            Some(SendError::Full)
        } else if self.inputs.send(Input::Send(message, sender)).is_err() {
            self.shared.unsent.fetch_sub(1, Ordering::AcqRel);
            Some(SendError::Closed(self.close_reason()))
        } else {
            None
        };
        let is_taken = refused.is_none();
        let ended = Err(refused.unwrap_or(SendError::Closed(CloseReason::ByClient)));
        (PendingMessage { client_id, conversation, text, answer, ended }, is_taken)
    }

    /// Messages that a server refused, or closed the connection over twice, oldest first, each with its reason in `failed`; at
    /// most as many as may wait, the newest. With an outbox store they are kept over restarts.
    #[must_use]
    pub fn failed_sends(&self) -> Vec<StoredMessage> {
        self.shared.failed().iter().cloned().collect()
    }

    /// Tries a failed message again, with the same client id. `None` where there is none. A message that the outbox does not
    /// take stays among the failed ones.
    #[must_use = "await it to learn whether the message was sent"]
    pub fn retry(&self, client_id: ClientId) -> Option<PendingMessage> {
        let failed = self.take_failed(client_id)?;
        let (pending, is_taken) = self.queue(StoredMessage::new(failed.conversation, client_id, failed.text.clone()));
        if !is_taken {
            self.shared.failed().push_back(failed);
        }
        Some(pending)
    }

    /// Gives a failed message up. Returns whether there was one.
    pub fn discard(&self, client_id: ClientId) -> bool {
        let failed = self.take_failed(client_id);
        // A client that ended forgets it no more; its outbox store keeps it for the next one.
        failed.is_some_and(|message| self.inputs.send(Input::Discard(message)).is_ok())
    }

    fn take_failed(&self, client_id: ClientId) -> Option<StoredMessage> {
        let mut failed = self.shared.failed();
        let at = failed.iter().position(|message| message.client_id == client_id)?;
        failed.remove(at)
    }

    /// How many sends wait for an answer.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.shared.unsent.load(Ordering::Acquire)
    }

    /// Asks any command, waiting for a connection if there is none. The typed methods are built on this. A command that a
    /// server refuses for its form or limits is refused at once, and not sent.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn request(&self, command: Command) -> Result<Answer, Error> {
        check(command.clone()).map_err(Error::Refused)?;
        let (sender, answer) = oneshot::channel();
        let deadline = Instant::now() + self.config.command_timeout;
        let sent = self.inputs.send(Input::Request(Request { command, answer: sender, deadline }));
        match sent {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(Error::Closed(self.close_reason()))),
            Err(_) => Err(Error::Closed(self.close_reason())),
        }
    }

    fn close_reason(&self) -> CloseReason {
        match &*self.shared.state.borrow() {
            State::Closed { reason } => reason.clone(),
            _ => CloseReason::ByClient,
        }
    }
}

/// What a server of this version would refuse, in its words.
fn check(command: Command) -> Result<(), wire::Error> {
    let request = wire::Request { id: 1, command: Some(command) };
    SocketCommand::try_from(request).map(|_| ()).map_err(wire::Error::from)
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.config.url.as_str())
            .field("state", &*self.shared.state.borrow())
            .finish()
    }
}
