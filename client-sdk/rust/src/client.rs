//! The handle that a program uses.

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
    driver::{Driver, Input, Shared},
    error::{Error, SendError},
    outbox::StoredMessage,
    pending::PendingMessage,
    requests::Request,
    state::{CloseReason, State},
    subscribers::{Events, Subscribers},
};

/// A handle to a client that keeps a connection to a Causerie server. Clones are cheap and share the client.
///
/// Dropping the last handle closes the connection. Unsent messages are lost then, unless an outbox store keeps them.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// Unbounded: each caller waits for its reply, and the number of unsent messages is limited.
    inputs: mpsc::UnboundedSender<Input>,
    config: Arc<Config>,
}

impl Client {
    /// Starts a client that connects in the background. Must be called within a tokio runtime.
    #[must_use]
    pub fn connect(config: Config) -> Self {
        Self::connect_with_events(config).0
    }

    /// Like [`Client::connect`], with a subscriber that misses no event.
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
        tokio::spawn(Driver::new(config.clone(), Arc::clone(&shared), inputs).run());
        (Self { shared, inputs: sender, config: Arc::new(config) }, events)
    }

    /// A new subscriber for all events from now on. A subscriber that falls behind gets [`crate::Event::Lagged`].
    #[must_use]
    pub fn events(&self) -> Events {
        self.shared.subscribers.add()
    }

    /// The state of the client, as a value that can be watched.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.shared.state.subscribe()
    }

    /// Waits until a server has welcomed the client. Returns the last welcome, without the `resumed` part, which was
    /// published as events.
    ///
    /// # Errors
    /// [`Error::Closed`] if the client is closed first.
    pub async fn connected(&self) -> Result<Arc<wire::Welcome>, Error> {
        let mut state = self.state();
        let reached = state.wait_for(|state| matches!(state, State::Connected | State::Closed { .. })).await;
        match reached.map(|state| state.clone()) {
            Ok(State::Connected) => self.welcome().ok_or(Error::UnexpectedReply),
            Ok(State::Closed { reason }) => Err(Error::Closed(reason)),
            Ok(_) | Err(_) => Err(Error::Closed(CloseReason::ByClient)),
        }
    }

    /// The last welcome: the user, and the limits of the server. `None` before the first one.
    #[must_use]
    pub fn welcome(&self) -> Option<Arc<wire::Welcome>> {
        self.shared.welcome.borrow().clone()
    }

    /// Closes the connection and waits for its end. Commands and sends without an answer end in `Closed`.
    pub async fn close(&self) {
        // A driver that has ended has nothing to close.
        let _ = self.inputs.send(Input::Close);
        let _ = self.state().wait_for(|state| matches!(state, State::Closed { .. })).await;
    }

    /// Sends a message. The client repeats it until the server answers. Messages of one conversation arrive in the order of
    /// the calls. A text that breaks the server's rules for form or length is refused at once and not sent.
    pub fn send(&self, conversation: ConversationId, text: impl Into<String>) -> PendingMessage {
        self.send_with_id(conversation, ClientId::new(), text)
    }

    /// Sends a message with a client id that the program made earlier. The same client id is always the same message.
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
            Some(SendError::Full { outbox_max: self.config.outbox_max })
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

    /// Messages that the server refused, or over which it closed the connection twice, oldest first. `failed` has the
    /// reason. The list keeps the newest [`crate::Config::outbox_max`] messages. An outbox store keeps them over restarts.
    #[must_use]
    pub fn failed_sends(&self) -> Vec<StoredMessage> {
        self.shared.failed().iter().cloned().collect()
    }

    /// Sends a failed message again, with the same client id. `None` if there is no such message. A message that the outbox
    /// does not take stays in the list of failed messages.
    #[must_use = "await it to learn whether the message was sent"]
    pub fn retry(&self, client_id: ClientId) -> Option<PendingMessage> {
        let failed = self.take_failed(client_id)?;
        let (pending, is_taken) = self.queue(StoredMessage::new(failed.conversation, client_id, failed.text.clone()));
        if !is_taken {
            self.shared.failed().push_back(failed);
        }
        Some(pending)
    }

    /// Removes a failed message for good. Returns whether there was one.
    pub fn discard(&self, client_id: ClientId) -> bool {
        let failed = self.take_failed(client_id);
        // After the end of the client, its outbox store still has the message.
        failed.is_some_and(|message| self.inputs.send(Input::Discard(message)).is_ok())
    }

    fn take_failed(&self, client_id: ClientId) -> Option<StoredMessage> {
        let mut failed = self.shared.failed();
        let at = failed.iter().position(|message| message.client_id == client_id)?;
        failed.remove(at)
    }

    /// The number of messages without an answer.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.shared.unsent.load(Ordering::Acquire)
    }

    /// Sends any command, and waits for a connection if there is none. The typed methods are built on this one. A command
    /// that breaks the server's rules for form or limits is refused at once and not sent.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn request(&self, command: Command) -> Result<Answer, Error> {
        check(command.clone()).map_err(Error::Refused)?;
        let (sender, answer) = oneshot::channel();
        let deadline = Instant::now() + self.config.command_timeout;
        let sent = self.inputs.send(Input::Request(Request { command, answer: sender, deadline, leaves_at_sending: 0 }));
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

/// The refusal that a server of this version would send.
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
