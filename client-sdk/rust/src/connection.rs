//! One connection, from its `Hello` to its end. The [`Driver`] owns the state that outlives the connection.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_protocol::{
    CloseCode, ConversationId, ErrorCode, Refusal,
    codes::Return,
    wire::{self, event::Kind, reply::Result as Answer, request::Command, server_frame::Body},
};
use futures::future::BoxFuture;

use crate::{
    backoff::Backoff,
    driver::{ConnectionEnd, Driver, Input, sleep_until},
    error::{Error, SendError},
    event::Event,
    outbox::StoredMessage,
    requests::Request,
    socket::{Received, Socket},
    state::State,
    sync::{StateId, Step},
    token::{Token, TokenFailure, refresh_after},
    watches,
};

/// A request that has no reply yet.
enum InFlight {
    Hello,
    Resume,
    Refresh(String),
    Watch,
    Fetch(StateId),
    Send(ConversationId),
    Request(Request),
}

/// The reason why the wait in the connection's loop ended.
enum Wakeup {
    Input(Option<Input>),
    Received(Received),
    Token(Result<String, TokenFailure>),
    Due,
}

/// The heartbeat interval if the server sends a `heartbeatMs` of 0. Proxies usually close a connection that was idle for 60
/// seconds; this is half of that time.
const HEARTBEAT_DEFAULT: Duration = Duration::from_secs(30);

/// How long the client waits for the close frame of the server after it has sent its own close frame, and after the server
/// has refused `Hello`.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// An open connection and the state that ends with it.
pub(crate) struct Connection<'a> {
    driver: &'a mut Driver,
    socket: Socket,
    token: Token,
    token_was_cached: bool,
    /// The requests without a reply, by id. The instant is the deadline of the reply.
    in_flight: HashMap<u32, (InFlight, Instant)>,
    next_id: u32,
    welcomed: bool,
    /// The error in the reply to `Hello`.
    hello_error: Option<wire::Error>,
    last_received_at: Instant,
    heartbeat: Duration,
    frame_bytes_max: usize,
    refresh_at: Option<Instant>,
    /// The call of the token provider that is running.
    refreshing: Option<BoxFuture<'static, Result<String, TokenFailure>>>,
    /// Requests for changes or for a history that must be repeated, each with the instant when it is due.
    fetches: Vec<(Instant, StateId)>,
    /// Computes the waits before failed requests for changes, histories, tokens and watches are repeated.
    backoff: Backoff,
    /// The wait before the next connection, if the server named one.
    reconnect_after: Option<Duration>,
}

impl<'a> Connection<'a> {
    pub fn new(driver: &'a mut Driver, socket: Socket, token: Token, token_was_cached: bool) -> Self {
        let backoff = Driver::backoff(&driver.config);
        Self {
            driver,
            socket,
            token,
            token_was_cached,
            in_flight: HashMap::new(),
            next_id: 1,
            welcomed: false,
            hello_error: None,
            last_received_at: Instant::now(),
            heartbeat: HEARTBEAT_DEFAULT,
            frame_bytes_max: causerie_protocol::limits::FRAME_BYTES_MAX,
            refresh_at: None,
            refreshing: None,
            fetches: Vec::new(),
            backoff,
            reconnect_after: None,
        }
    }

    /// Runs the connection until it ends. Then commands without a reply are queued again if they can be repeated; other
    /// commands fail with [`Error::ConnectionLost`].
    pub async fn run(mut self) -> ConnectionEnd {
        let Err(mut end) = self.run_until_end().await;
        if let ConnectionEnd::Refused { code, reason } = &end
            && self.welcomed
            && is_about_a_frame(*code)
            && self.driver.suspect(*code, reason).await
        {
            end = ConnectionEnd::lost(format!("closed by the server over a message: {code} {reason}"));
        }
        self.driver.sync.connection_lost();
        self.driver.outbox.connection_lost();
        let mut unanswered: Vec<_> = self.in_flight.into_iter().collect();
        unanswered.sort_by_key(|(id, _)| *id);
        for (_, (in_flight, _)) in unanswered {
            match in_flight {
                InFlight::Request(request) if request.repeatable() => self.driver.requests.push(request),
                InFlight::Request(request) => request.finish(Err(Error::ConnectionLost)),
                _ => {}
            }
        }
        self.socket.close(CLOSE_TIMEOUT).await;
        end
    }

    async fn run_until_end(&mut self) -> Result<std::convert::Infallible, ConnectionEnd> {
        self.hello().await?;
        loop {
            let due = self.next_due();
            let Self { driver, socket, refreshing, .. } = self;
            let wakeup = tokio::select! {
                input = driver.inputs.recv() => Wakeup::Input(input),
                incoming = socket.receive() => Wakeup::Received(incoming),
                token = async { match refreshing { Some(token) => token.await, None => std::future::pending().await } } => Wakeup::Token(token),
                () = sleep_until(due) => Wakeup::Due,
            };
            match wakeup {
                Wakeup::Input(None | Some(Input::Close)) => return Err(ConnectionEnd::Stopped),
                Wakeup::Input(Some(input)) => self.driver.accept(input).await,
                Wakeup::Received(incoming) => self.received(incoming).await?,
                Wakeup::Token(token) => self.handle_token(token).await?,
                Wakeup::Due => {}
            }
            self.do_due_work(Instant::now()).await?;
        }
    }

    async fn hello(&mut self) -> Result<(), ConnectionEnd> {
        let config = &self.driver.config;
        let client = wire::Client { name: config.client_name.clone(), version: config.client_version.clone() };
        let resume = self.driver.sync.begin_resume();
        let hello = wire::Hello { token: self.token.text.clone(), client: Some(client), resume };
        self.send_request(Command::Hello(hello), InFlight::Hello).await
    }

    /// The next instant at which [`Self::do_due_work`] has work, even if no input and no frame arrives before.
    fn next_due(&self) -> Option<Instant> {
        let silence = self.welcomed.then(|| self.last_received_at + 2 * self.heartbeat);
        let refresh = self.refresh_at.filter(|_| self.refreshing.is_none());
        let answers = self.in_flight.values().map(|(_, deadline)| *deadline).min();
        let fetches = self.fetches.iter().map(|(due, _)| *due).min();
        let when_welcomed = [self.driver.outbox.next_due(), self.driver.watches.next_due()];
        let queues = [when_welcomed.into_iter().flatten().min().filter(|_| self.welcomed), self.driver.requests.next_due()];
        [silence, refresh, answers, fetches].into_iter().chain(queues).flatten().min()
    }

    /// Ends late requests, refreshes the token, repeats watches and fetches, and sends the waiting commands and messages.
    async fn do_due_work(&mut self, now: Instant) -> Result<(), ConnectionEnd> {
        if self.welcomed && now >= self.last_received_at + 2 * self.heartbeat {
            return Err(ConnectionEnd::lost("heartbeat lost: the server was silent for two intervals"));
        }
        self.expire_in_flight(now)?;
        if !self.welcomed {
            let error = self.driver.not_connected();
            self.driver.requests.expire(now, &error);
            return Ok(());
        }
        self.driver.requests.expire(now, &Error::Timeout);
        if self.refresh_at.is_some_and(|due_at| due_at <= now) && self.refreshing.is_none() {
            self.refreshing = Some(self.driver.tokens.fresh());
        }
        for watch in self.driver.watches.take_due(now) {
            self.send_request(watch, InFlight::Watch).await?;
        }
        let (due, later): (Vec<_>, _) =
            std::mem::take(&mut self.fetches).into_iter().partition(|(due_at, _)| *due_at <= now);
        self.fetches = later;
        let repeated = due.into_iter().flat_map(|(_, state_id)| self.driver.sync.fetch_again(state_id)).collect();
        self.perform(repeated).await?;
        while let Some(mut request) = self.driver.requests.pop() {
            request.leaves_at_sending = self.driver.sync.leaves_total();
            self.driver.watches.sent(&request.command);
            self.send_request(request.command.clone(), InFlight::Request(request)).await?;
        }
        for StoredMessage { conversation, client_id, text, .. } in self.driver.outbox.take_ready(now) {
            let (conversation_id, client_id) = (conversation.to_string(), client_id.to_string());
            let send = wire::SendMessage { conversation_id, client_id, text };
            self.send_request(Command::SendMessage(send), InFlight::Send(conversation)).await?;
        }
        Ok(())
    }

    /// Ends or repeats the requests whose deadline has passed.
    fn expire_in_flight(&mut self, now: Instant) -> Result<(), ConnectionEnd> {
        let late: Vec<_> = self.in_flight.extract_if(|_, (_, deadline)| *deadline <= now).collect();
        for (_, (in_flight, _)) in late {
            match in_flight {
                InFlight::Hello => {
                    return Err(self.end_after_refused_hello().unwrap_or_else(|| ConnectionEnd::lost("no welcome in time")));
                }
                InFlight::Resume => return Err(ConnectionEnd::lost("no answer to `resume` in time")),
                InFlight::Refresh(_) => self.refresh_later(now),
                InFlight::Watch => self.watch_later(now),
                InFlight::Fetch(state_id) => self.fetch_later(state_id, 0, now),
                InFlight::Send(conversation) => self.driver.outbox.retry_later(conversation, 0, now),
                InFlight::Request(request) => request.finish(Err(Error::Timeout)),
            }
        }
        Ok(())
    }

    async fn send_request(&mut self, command: Command, in_flight: InFlight) -> Result<(), ConnectionEnd> {
        let now = Instant::now();
        let id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        let bytes = self.socket.encode(&wire::Request { id, command: Some(command) });
        if bytes.len() > self.frame_bytes_max && !matches!(in_flight, InFlight::Hello) {
            // The server would close the connection over this frame, and over each repetition of it.
            let refusal =
                Refusal::new(ErrorCode::TooLarge, format!("the frame has more than {} bytes", self.frame_bytes_max));
            return Box::pin(self.handle_reply(in_flight, Answer::Error(refusal.into()))).await;
        }
        let deadline = match &in_flight {
            InFlight::Request(request) => request.deadline,
            _ => now + self.driver.config.command_timeout,
        };
        self.in_flight.insert(id, (in_flight, deadline));
        match tokio::time::timeout(self.driver.config.command_timeout, self.socket.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            // The server may have sent a close code before the socket failed. It is a better reason than the error of the
            // socket.
            Ok(Err(error)) => Err(self.read_close_frame().await.unwrap_or_else(|| ConnectionEnd::lost(error.to_string()))),
            Err(_) => Err(ConnectionEnd::lost("the server does not read")),
        }
    }

    /// Reads up to the close frame of a server that has already closed the connection. `None` if there is no close frame.
    async fn read_close_frame(&mut self) -> Option<ConnectionEnd> {
        loop {
            match tokio::time::timeout(CLOSE_TIMEOUT, self.socket.receive()).await.ok()? {
                Received::Closed(code, reason) => return Some(self.handle_close(code, reason)),
                Received::Broken(_) => return None,
                Received::Frame(_) | Received::Control => {}
            }
        }
    }

    async fn received(&mut self, incoming: Received) -> Result<(), ConnectionEnd> {
        self.last_received_at = Instant::now();
        match incoming {
            Received::Control => Ok(()),
            Received::Closed(code, reason) => Err(self.handle_close(code, reason)),
            Received::Broken(why) => Err(self.end_after_refused_hello().unwrap_or_else(|| ConnectionEnd::lost(why))),
            Received::Frame(frame) => match frame.body {
                Some(Body::Reply(wire::Reply { id, result: Some(answer) })) => match self.in_flight.remove(&id) {
                    Some((in_flight, _)) => self.handle_reply(in_flight, answer).await,
                    // The reply is late: the caller has already got a timeout.
                    None => Ok(()),
                },
                Some(Body::Event(wire::Event { kind: Some(kind) })) => self.handle_event(kind).await,
                // Replies and events of a kind that only newer versions know.
                Some(Body::Reply(_) | Body::Event(_)) | None => Ok(()),
            },
        }
    }

    /// Returns how the connection ends after a close code of the server.
    fn handle_close(&mut self, code: u16, reason: String) -> ConnectionEnd {
        if !(4000..5000).contains(&code)
            && let Some(end) = self.end_after_refused_hello()
        {
            return end;
        }
        // The error in the reply to `Hello` is more precise than the reason in the close frame.
        let reason = self.hello_error.take().map_or(reason, |error| format!("{}: {}", error.name, error.message));
        let token_is_bad = code == CloseCode::TokenExpired.number()
            || (code == CloseCode::Unauthenticated.number() && self.token_was_cached);
        if token_is_bad {
            self.driver.token = None;
            return ConnectionEnd::lost(format!("closed by the server: {code} {reason}"));
        }
        match Return::after(code) {
            Return::Never => ConnectionEnd::Refused { code, reason },
            reconnect => ConnectionEnd::Lost {
                reconnect,
                reconnect_after: self.reconnect_after,
                why: format!("closed by the server: {code} {reason}"),
            },
        }
    }

    /// Returns how the connection ends if the server refused `Hello` and sent no close code. `None` if `Hello` was not
    /// refused.
    fn end_after_refused_hello(&mut self) -> Option<ConnectionEnd> {
        let error = self.hello_error.take()?;
        let code = if error.code == ErrorCode::TokenExpired as u32 {
            CloseCode::TokenExpired
        } else if error.code == ErrorCode::Unauthenticated as u32 {
            CloseCode::Unauthenticated
        } else if error.temporary {
            self.reconnect_after = Some(Duration::from_millis(error.retry_after_ms.into()));
            CloseCode::Overloaded
        } else {
            CloseCode::Malformed
        };
        Some(self.handle_close(code.number(), format!("{}: {}", error.name, error.message)))
    }

    async fn handle_event(&mut self, kind: Kind) -> Result<(), ConnectionEnd> {
        match kind {
            Kind::TokenExpiring(_) => self.refresh_at = Some(Instant::now()),
            Kind::GoingAway(going) => self.reconnect_after = Some(Duration::from_millis(going.reconnect_after_ms.into())),
            kind => {
                if matches!(kind, Kind::Gap(_)) {
                    self.driver.watches.repeat_at(Instant::now());
                }
                let steps = self.driver.sync.event(kind);
                self.perform(steps).await?;
            }
        }
        Ok(())
    }

    async fn perform(&mut self, steps: Vec<Step>) -> Result<(), ConnectionEnd> {
        for step in steps {
            match step {
                Step::Emit(event) => self.driver.shared.subscribers.publish(&event),
                Step::Fetch { state_id, pause: true, .. } => self.fetch_later(state_id, 0, Instant::now()),
                Step::Fetch { state_id, since_version, pause: false } => {
                    let get = wire::GetChanges { conversation_id: state_id.conversation.to_string(), since_version };
                    self.send_request(Command::GetChanges(get), InFlight::Fetch(state_id)).await?;
                }
                Step::Load { state_id, after_seq } => {
                    let conversation_id = state_id.conversation.to_string();
                    let limit = causerie_protocol::limits::PAGE_MAX;
                    let get = wire::GetHistory { conversation_id, before_seq: 0, after_seq: Some(after_seq), limit };
                    self.send_request(Command::GetHistory(get), InFlight::Fetch(state_id)).await?;
                }
                Step::Resume => {
                    if let Some(resume) = self.driver.sync.begin_resume() {
                        self.send_request(Command::Resume(resume), InFlight::Resume).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn handle_reply(&mut self, in_flight: InFlight, answer: Answer) -> Result<(), ConnectionEnd> {
        let now = Instant::now();
        match (in_flight, answer) {
            (InFlight::Hello, Answer::Welcome(welcome)) => self.handle_welcome(welcome).await?,
            (InFlight::Hello, Answer::Error(error)) => {
                self.hello_error = Some(error);
                // The close code that follows decides whether the client reconnects. This deadline is for a server that
                // sends no close code.
                self.in_flight.insert(0, (InFlight::Hello, now + CLOSE_TIMEOUT));
            }
            (InFlight::Hello, _) => {
                return Err(ConnectionEnd::lost("`hello` was answered by something else than `welcome`"));
            }
            (InFlight::Resume, Answer::Resumed(resumed)) => self.handle_resumed(resumed).await?,
            (InFlight::Resume, _) => return Err(ConnectionEnd::lost("`resume` was refused")),
            (InFlight::Refresh(text), Answer::TokenRefreshed(refreshed)) => {
                self.refresh_at = refresh_after(refreshed.token_ttl_ms, refreshed.token_expires_at.as_ref(), now);
                self.driver.token = Some(Token { text, refresh_at: self.refresh_at });
                self.backoff = Driver::backoff(&self.driver.config);
            }
            (InFlight::Refresh(_), answer) => {
                tracing::warn!(?answer, "a fresh token was refused");
                self.refresh_later(now);
            }
            (InFlight::Watch, Answer::Error(_)) => self.watch_later(now),
            (InFlight::Watch, answer) => {
                self.perform(watches::events(answer).into_iter().map(Step::Emit).collect()).await?;
            }
            (InFlight::Fetch(state_id), Answer::Changes(changes)) => {
                let steps = self.driver.sync.fetched(state_id, changes);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(state_id), Answer::MessagePage(page)) => {
                let steps = self.driver.sync.loaded(state_id, page);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(state_id), Answer::Error(error)) if is_not_a_member(&error) => {
                let steps = self.driver.sync.fetch_refused(state_id);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(state_id), Answer::Error(error)) => self.fetch_later(state_id, error.retry_after_ms, now),
            (InFlight::Fetch(state_id), _) => self.fetch_later(state_id, 0, now),
            (InFlight::Send(conversation), answer) => self.handle_send_reply(conversation, answer, now).await,
            (InFlight::Request(request), answer) => self.handle_request_reply(request, answer),
        }
        Ok(())
    }

    async fn handle_welcome(&mut self, mut welcome: wire::Welcome) -> Result<(), ConnectionEnd> {
        self.welcomed = true;
        if welcome.heartbeat_ms > 0 {
            self.heartbeat = Duration::from_millis(welcome.heartbeat_ms.into());
        }
        if let Some(limits) = welcome.limits.as_ref().filter(|limits| limits.frame_bytes_max > 0) {
            self.frame_bytes_max = usize::try_from(limits.frame_bytes_max).unwrap_or(usize::MAX);
        }
        self.refresh_at = refresh_after(welcome.token_ttl_ms, welcome.token_expires_at.as_ref(), Instant::now());
        self.token.refresh_at = self.refresh_at;
        self.driver.token = Some(self.token.clone());
        match welcome.resumed.take() {
            Some(resumed) => self.handle_resumed(resumed).await?,
            None => {
                self.driver.shared.subscribers.publish(&Event::TotalUnread(welcome.total_unread));
                let steps = self.driver.sync.resume_unanswered();
                self.perform(steps).await?;
            }
        }
        self.driver.watches.repeat_at(Instant::now());
        self.driver.shared.welcome.send_replace(Some(Arc::new(welcome)));
        self.driver.shared.state.send_replace(State::Connected);
        Ok(())
    }

    async fn handle_resumed(&mut self, resumed: wire::Resumed) -> Result<(), ConnectionEnd> {
        let (steps, more) = self.driver.sync.resumed(resumed);
        self.perform(steps).await?;
        if more && let Some(resume) = self.driver.sync.next_resume() {
            self.send_request(Command::Resume(resume), InFlight::Resume).await?;
        }
        Ok(())
    }

    async fn handle_token(&mut self, token: Result<String, TokenFailure>) -> Result<(), ConnectionEnd> {
        self.refreshing = None;
        // The reply to `RefreshToken` sets it again.
        self.refresh_at = None;
        match token {
            Ok(token) => {
                let refresh = wire::RefreshToken { token: token.clone() };
                self.send_request(Command::RefreshToken(refresh), InFlight::Refresh(token)).await
            }
            Err(error) => {
                tracing::warn!(%error, "no fresh token");
                self.refresh_later(Instant::now());
                Ok(())
            }
        }
    }

    fn refresh_later(&mut self, now: Instant) {
        // A random wait may be 0, so the wait is at least `backoff_min`: a failing back end must not get requests without a
        // pause.
        self.refresh_at = Some(now + self.backoff.next_delay().max(self.driver.config.backoff_min));
    }

    fn watch_later(&mut self, now: Instant) {
        self.driver.watches.repeat_at(now + self.backoff.next_delay().max(self.driver.config.backoff_min));
    }

    fn fetch_later(&mut self, state_id: StateId, min_wait_ms: u32, now: Instant) {
        let min_wait = Duration::from_millis(min_wait_ms.into()).max(self.driver.config.backoff_min);
        self.fetches.push((now + self.backoff.next_delay().max(min_wait), state_id));
    }

    async fn handle_send_reply(&mut self, conversation: ConversationId, answer: Answer, now: Instant) {
        let result = match answer {
            Answer::Error(error) if error.temporary || error.code == ErrorCode::TokenExpired as u32 => {
                return self.driver.outbox.retry_later(conversation, error.retry_after_ms, now);
            }
            Answer::Error(error) => Err(SendError::Refused(error)),
            Answer::MessageSent(sent) => sent.message.ok_or(SendError::UnexpectedReply),
            _ => Err(SendError::UnexpectedReply),
        };
        if let Some(entry) = self.driver.outbox.finish(conversation) {
            self.driver.finish_send(entry, result).await;
        }
    }

    /// Stores the versions in the reply to a command of the program, and gives the reply to the caller.
    fn handle_request_reply(&mut self, request: Request, answer: Answer) {
        let (sync, leaves) = (&mut self.driver.sync, request.leaves_at_sending);
        match &answer {
            Answer::ConversationPage(page) => sync.learn_page(page, leaves),
            Answer::ConversationFound(found) => {
                found.conversation.iter().for_each(|conversation| sync.learn(conversation, leaves))
            }
            Answer::ConversationStarted(started) => sync.learn_started(started, leaves),
            _ => {}
        }
        self.driver.watches.answered(&request.command, &answer, Instant::now());
        if let Answer::ContactList(list) = &answer {
            self.driver.shared.subscribers.publish(&Event::Contacts(list.contacts.clone()));
        }
        request.finish(match answer {
            Answer::Error(error) => Err(Error::Refused(error)),
            answer => Ok(answer),
        });
    }
}

/// Whether a close code after which a client does not reconnect is about a frame. The other codes of this class are about
/// the user.
fn is_about_a_frame(code: u16) -> bool {
    code < CloseCode::Unauthenticated.number()
}

/// Whether an error says that the user is not a member of the conversation any more.
fn is_not_a_member(error: &wire::Error) -> bool {
    error.code == ErrorCode::NotFound as u32 || error.code == ErrorCode::NotAMember as u32
}
