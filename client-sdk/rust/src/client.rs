//! [`Client`], the handle that a program uses.

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
    /// The channel to the driver. It needs no bound: each caller waits for its reply, and `Config::outbox_max` limits
    /// messages.
    inputs: mpsc::UnboundedSender<Input>,
    config: Arc<Config>,
}

impl Client {
    /// Starts a client that connects in the background.
    ///
    /// # Panics
    /// If it is called outside a tokio runtime.
    #[must_use]
    pub fn connect(config: Config) -> Self {
        Self::connect_with_events(config).0
    }

    /// Starts a client as [`Client::connect`] does. The returned subscriber also gets the first events of the client.
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

    /// Adds a subscriber, which gets all events from now on. A subscriber whose queue is full gets [`crate::Event::Lagged`].
    #[must_use]
    pub fn events(&self) -> Events {
        self.shared.subscribers.add()
    }

    /// A receiver of the state of the client and of its changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.shared.state.subscribe()
    }

    /// Waits until a server has welcomed the client. Returns the last welcome without its field `resumed`, whose content the
    /// client publishes as events.
    ///
    /// # Errors
    /// [`Error::Closed`] if the client is closed before a server has welcomed it.
    pub async fn connected(&self) -> Result<Arc<wire::Welcome>, Error> {
        let mut state = self.state();
        let outcome = state.wait_for(|state| matches!(state, State::Connected | State::Closed { .. })).await;
        match outcome.map(|state| state.clone()) {
            Ok(State::Connected) => self.welcome().ok_or(Error::UnexpectedReply),
            Ok(State::Closed { reason }) => Err(Error::Closed(reason)),
            Ok(_) | Err(_) => Err(Error::Closed(CloseReason::ByClient)),
        }
    }

    /// The last welcome of a server: the user, and the limits of the server. `None` before the first welcome.
    #[must_use]
    pub fn welcome(&self) -> Option<Arc<wire::Welcome>> {
        self.shared.welcome.borrow().clone()
    }

    /// Closes the connection and waits until the client has ended. Commands and messages without an answer fail with
    /// [`Error::Closed`] and [`SendError::Closed`].
    pub async fn close(&self) {
        // If the driver has ended, there is nothing to close, and the send fails.
        let _ = self.inputs.send(Input::Close);
        let _ = self.state().wait_for(|state| matches!(state, State::Closed { .. })).await;
    }

    /// Sends a message. The client repeats it until the server answers. Messages of one conversation arrive in the order of
    /// the calls. A text that the server would refuse for its form or its length is refused at once and not sent.
    pub fn send(&self, conversation: ConversationId, text: impl Into<String>) -> PendingMessage {
        self.send_with_id(conversation, ClientId::new(), text)
    }

    /// Sends a message with a client id that the program made. The server stores one message for each client id of a user.
    pub fn send_with_id(
        &self,
        conversation: ConversationId,
        client_id: ClientId,
        text: impl Into<String>,
    ) -> PendingMessage {
        self.queue(StoredMessage::new(conversation, client_id, text)).0
    }

    /// Gives a message to the driver, which puts it into the outbox. Returns false if the message was refused instead.
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

    /// The failed messages, oldest first. A message fails if the server refuses it permanently, answers it with a reply of
    /// another command, or closes the connection over it twice. [`StoredMessage::failed`] has the reason. The list keeps the
    /// newest [`crate::Config::outbox_max`] messages. An outbox store keeps them over restarts.
    #[must_use]
    pub fn failed_sends(&self) -> Vec<StoredMessage> {
        self.shared.failed().iter().cloned().collect()
    }

    /// Sends a failed message again, with the same client id. `None` if no failed message has this client id. A message that
    /// the outbox does not take stays in the list of failed messages.
    #[must_use = "await it to learn whether the message was sent"]
    pub fn retry(&self, client_id: ClientId) -> Option<PendingMessage> {
        let failed = self.take_failed(client_id)?;
        let (pending, is_taken) = self.queue(StoredMessage::new(failed.conversation, client_id, failed.text.clone()));
        if !is_taken {
            self.shared.failed().push_back(failed);
        }
        Some(pending)
    }

    /// Removes a failed message from the list and from the outbox store. Returns false if no failed message has this client
    /// id, or if the client has ended.
    pub fn discard(&self, client_id: ClientId) -> bool {
        let failed = self.take_failed(client_id);
        // If the client has ended, the outbox store keeps the message.
        failed.is_some_and(|message| self.inputs.send(Input::Discard(message)).is_ok())
    }

    fn take_failed(&self, client_id: ClientId) -> Option<StoredMessage> {
        let mut failed = self.shared.failed();
        let index = failed.iter().position(|message| message.client_id == client_id)?;
        failed.remove(index)
    }

    /// The number of messages in the outbox: messages without an answer that have not failed.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.shared.unsent.load(Ordering::Acquire)
    }

    /// Sends any command and returns the server's reply. Waits for a connection if there is none. The typed methods call
    /// this method. A command that the server would refuse for its form or its limits is refused at once and not sent.
    ///
    /// # Errors
    /// Any [`Error`].
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

/// Validates a command as a server of this version does.
///
/// # Errors
/// The refusal that the server would send.
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
