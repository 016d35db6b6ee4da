//! One connection, from `Hello` to its end. Reads, decides by the state machines, writes; holds nothing that outlives it.

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
    connection::{Connection, End, Input, sleep_until},
    error::{Error, SendError},
    event::Event,
    outbox::StoredMessage,
    requests::Request,
    socket::{Incoming, Socket},
    state::State,
    sync::{Question, Step},
    token::{Token, TokenFailure, refresh_after},
};

/// What a reply answers.
enum InFlight {
    Hello,
    Resume,
    Refresh(String),
    Watch,
    Fetch(Question),
    Send(ConversationId),
    Request(Request),
}

/// What woke the session.
enum Woke {
    Input(Option<Input>),
    Arrived(Incoming),
    Token(Result<String, TokenFailure>),
    Due,
}

/// A `heartbeatMs` of 0 would be a server without a heart; the time a proxy usually lets a connection idle, halved.
const HEARTBEAT_DEFAULT: Duration = Duration::from_secs(30);

/// How long a goodbye, or the close frame after a refused `Hello`, is waited for.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

pub(crate) struct Session<'a> {
    connection: &'a mut Connection,
    socket: Socket,
    token: Token,
    token_was_cached: bool,
    in_flight: HashMap<u32, (InFlight, Instant)>,
    next_id: u32,
    welcomed: bool,
    /// The error `Hello` was answered with.
    refused: Option<wire::Error>,
    last_heard: Instant,
    heartbeat: Duration,
    frame_bytes_max: usize,
    refresh_at: Option<Instant>,
    refreshing: Option<BoxFuture<'static, Result<String, TokenFailure>>>,
    /// Fetches that wait before they are asked again.
    fetches: Vec<(Instant, Question)>,
    /// Paces fetches and refreshes that failed.
    backoff: Backoff,
    /// The server leaves, and said when to come back.
    hint: Option<Duration>,
}

impl<'a> Session<'a> {
    pub fn new(connection: &'a mut Connection, socket: Socket, token: Token, token_was_cached: bool) -> Self {
        let backoff = Connection::backoff(&connection.config);
        Self {
            connection,
            socket,
            token,
            token_was_cached,
            in_flight: HashMap::new(),
            next_id: 1,
            welcomed: false,
            refused: None,
            last_heard: Instant::now(),
            heartbeat: HEARTBEAT_DEFAULT,
            frame_bytes_max: causerie_protocol::limits::FRAME_BYTES_MAX,
            refresh_at: None,
            refreshing: None,
            fetches: Vec::new(),
            backoff,
            hint: None,
        }
    }

    /// Runs to the end. Commands that were not answered are queued again, or answered as lost.
    pub async fn run(mut self) -> End {
        let Err(mut end) = self.live().await;
        if let End::Refused { code, reason } = &end
            && self.welcomed
            && blames_a_frame(*code)
            && self.connection.suspect(*code, reason).await
        {
            end = End::lost(format!("closed by the server over a message: {code} {reason}"));
        }
        self.connection.sync.connection_lost();
        self.connection.outbox.connection_lost();
        let mut unanswered: Vec<_> = self.in_flight.into_iter().collect();
        unanswered.sort_by_key(|(id, _)| *id);
        for (_, (in_flight, _)) in unanswered {
            match in_flight {
                InFlight::Request(request) if request.repeatable() => self.connection.requests.push(request),
                InFlight::Request(request) => request.finish(Err(Error::ConnectionLost)),
                _ => {}
            }
        }
        self.socket.close(CLOSE_PATIENCE).await;
        end
    }

    async fn live(&mut self) -> Result<std::convert::Infallible, End> {
        self.hello().await?;
        loop {
            let due = self.next_due();
            let Self { connection, socket, refreshing, .. } = self;
            let woke = tokio::select! {
                input = connection.inputs.recv() => Woke::Input(input),
                incoming = socket.receive() => Woke::Arrived(incoming),
                token = async { match refreshing { Some(token) => token.await, None => std::future::pending().await } } => Woke::Token(token),
                () = sleep_until(due) => Woke::Due,
            };
            match woke {
                Woke::Input(None | Some(Input::Close)) => return Err(End::Stopped),
                Woke::Input(Some(input)) => self.connection.accept(input).await,
                Woke::Arrived(incoming) => self.arrived(incoming).await?,
                Woke::Token(token) => self.got_token(token).await?,
                Woke::Due => {}
            }
            self.work(Instant::now()).await?;
        }
    }

    async fn hello(&mut self) -> Result<(), End> {
        let config = &self.connection.config;
        let client = wire::Client { name: config.client_name.clone(), version: config.client_version.clone() };
        let resume = self.connection.sync.begin_resume();
        let hello = wire::Hello { token: self.token.text.clone(), client: Some(client), resume };
        self.ask(Command::Hello(hello), InFlight::Hello).await
    }

    /// The next moment at which [`Self::work`] has something to do without anything arriving.
    fn next_due(&self) -> Option<Instant> {
        let silence = self.welcomed.then(|| self.last_heard + 2 * self.heartbeat);
        let refresh = self.refresh_at.filter(|_| self.refreshing.is_none());
        let answers = self.in_flight.values().map(|(_, deadline)| *deadline).min();
        let fetches = self.fetches.iter().map(|(due, _)| *due).min();
        let queues = [self.connection.outbox.next_due().filter(|_| self.welcomed), self.connection.requests.next_due()];
        [silence, refresh, answers, fetches].into_iter().chain(queues).flatten().min()
    }

    /// Does what is due.
    async fn work(&mut self, now: Instant) -> Result<(), End> {
        if self.welcomed && now >= self.last_heard + 2 * self.heartbeat {
            return Err(End::lost("heartbeat lost: the server was silent for two intervals"));
        }
        self.expire(now)?;
        if !self.welcomed {
            let error = self.connection.not_connected();
            self.connection.requests.expire(now, &error);
            return Ok(());
        }
        self.connection.requests.expire(now, &Error::Timeout);
        if self.refresh_at.is_some_and(|at| at <= now) && self.refreshing.is_none() {
            self.refreshing = Some(self.connection.tokens.fresh());
        }
        let (due, later) = std::mem::take(&mut self.fetches).into_iter().partition(|(at, _)| *at <= now);
        self.fetches = later;
        let due: Vec<(Instant, Question)> = due;
        let again = due.into_iter().flat_map(|(_, question)| self.connection.sync.fetch_again(question)).collect();
        self.perform(again).await?;
        while let Some(request) = self.connection.requests.pop() {
            self.ask(request.command.clone(), InFlight::Request(request)).await?;
        }
        for StoredMessage { conversation, client_id, text, .. } in self.connection.outbox.take_ready(now) {
            let (conversation_id, client_id) = (conversation.to_string(), client_id.to_string());
            let send = wire::SendMessage { conversation_id, client_id, text };
            self.ask(Command::SendMessage(send), InFlight::Send(conversation)).await?;
        }
        Ok(())
    }

    /// Gives up waiting for answers that are late.
    fn expire(&mut self, now: Instant) -> Result<(), End> {
        let late: Vec<_> = self.in_flight.extract_if(|_, (_, deadline)| *deadline <= now).collect();
        for (_, (in_flight, _)) in late {
            match in_flight {
                InFlight::Hello => return Err(self.after_refusal().unwrap_or_else(|| End::lost("no welcome in time"))),
                InFlight::Resume => return Err(End::lost("no answer to `resume` in time")),
                InFlight::Refresh(_) => self.refresh_later(now),
                InFlight::Watch => {}
                InFlight::Fetch(question) => self.fetch_later(question, 0, now),
                InFlight::Send(conversation) => self.connection.outbox.repeat(conversation, 0, now),
                InFlight::Request(request) => request.finish(Err(Error::Timeout)),
            }
        }
        Ok(())
    }

    async fn ask(&mut self, command: Command, in_flight: InFlight) -> Result<(), End> {
        let now = Instant::now();
        let id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        let bytes = self.socket.encode(&wire::Request { id, command: Some(command) });
        if bytes.len() > self.frame_bytes_max && !matches!(in_flight, InFlight::Hello) {
            // The server would close the connection over it, and again on every repetition.
            let refusal =
                Refusal::new(ErrorCode::TooLarge, format!("the frame has more than {} bytes", self.frame_bytes_max));
            return Box::pin(self.answered(in_flight, Answer::Error(refusal.into()))).await;
        }
        let deadline = match &in_flight {
            InFlight::Request(request) => request.deadline,
            _ => now + self.connection.config.command_timeout,
        };
        self.in_flight.insert(id, (in_flight, deadline));
        match tokio::time::timeout(self.connection.config.command_timeout, self.socket.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            // The peer may have closed with a code that says more than our broken pipe.
            Ok(Err(error)) => Err(self.farewell().await.unwrap_or_else(|| End::lost(error.to_string()))),
            Err(_) => Err(End::lost("the server does not read")),
        }
    }

    /// The close code of a peer that is gone already.
    async fn farewell(&mut self) -> Option<End> {
        loop {
            match tokio::time::timeout(CLOSE_PATIENCE, self.socket.receive()).await.ok()? {
                Incoming::Closed(code, reason) => return Some(self.closed(code, reason)),
                Incoming::Broken(_) => return None,
                Incoming::Frame(_) | Incoming::Sign => {}
            }
        }
    }

    async fn arrived(&mut self, incoming: Incoming) -> Result<(), End> {
        self.last_heard = Instant::now();
        match incoming {
            Incoming::Sign => Ok(()),
            Incoming::Closed(code, reason) => Err(self.closed(code, reason)),
            Incoming::Broken(why) => Err(self.after_refusal().unwrap_or_else(|| End::lost(why))),
            Incoming::Frame(frame) => match frame.body {
                Some(Body::Reply(wire::Reply { id, result: Some(answer) })) => match self.in_flight.remove(&id) {
                    Some((in_flight, _)) => self.answered(in_flight, answer).await,
                    // It came too late: its caller was told so.
                    None => Ok(()),
                },
                Some(Body::Event(wire::Event { kind: Some(kind) })) => self.event(kind).await,
                // Something newer than this version.
                Some(Body::Reply(_) | Body::Event(_)) | None => Ok(()),
            },
        }
    }

    /// What a close code asks for.
    fn closed(&mut self, code: u16, reason: String) -> End {
        if !(4000..5000).contains(&code)
            && let Some(end) = self.after_refusal()
        {
            return end;
        }
        // The answer to `Hello` says more than the name of a close code.
        let reason = self.refused.take().map_or(reason, |error| format!("{}: {}", error.name, error.message));
        let token_is_bad = code == CloseCode::TokenExpired.number()
            || (code == CloseCode::Unauthenticated.number() && self.token_was_cached);
        if token_is_bad {
            self.connection.token = None;
            return End::lost(format!("closed by the server: {code} {reason}"));
        }
        match Return::after(code) {
            Return::Never => End::Refused { code, reason },
            band => End::Lost { band, hint: self.hint, why: format!("closed by the server: {code} {reason}") },
        }
    }

    /// What an error in answer to `Hello` asks for, where no close code says it.
    fn after_refusal(&mut self) -> Option<End> {
        let error = self.refused.take()?;
        let code = if error.code == ErrorCode::TokenExpired as u32 {
            CloseCode::TokenExpired
        } else if error.code == ErrorCode::Unauthenticated as u32 {
            CloseCode::Unauthenticated
        } else if error.temporary {
            self.hint = Some(Duration::from_millis(error.retry_after_ms.into()));
            CloseCode::Overloaded
        } else {
            CloseCode::Malformed
        };
        Some(self.closed(code.number(), format!("{}: {}", error.name, error.message)))
    }

    async fn event(&mut self, kind: Kind) -> Result<(), End> {
        match kind {
            Kind::TokenExpiring(_) => self.refresh_at = Some(Instant::now()),
            Kind::GoingAway(going) => self.hint = Some(Duration::from_millis(going.reconnect_after_ms.into())),
            kind => {
                let steps = self.connection.sync.event(kind);
                self.perform(steps).await?;
            }
        }
        Ok(())
    }

    async fn perform(&mut self, steps: Vec<Step>) -> Result<(), End> {
        for step in steps {
            match step {
                Step::Tell(event) => self.connection.shared.subscribers.tell(&event),
                Step::Fetch { question, pause: true, .. } => self.fetch_later(question, 0, Instant::now()),
                Step::Fetch { question, since_version, pause: false } => {
                    let get = wire::GetChanges { conversation_id: question.conversation.to_string(), since_version };
                    self.ask(Command::GetChanges(get), InFlight::Fetch(question)).await?;
                }
                Step::Load { question, after_seq } => {
                    let conversation_id = question.conversation.to_string();
                    let limit = causerie_protocol::limits::PAGE_MAX;
                    let get = wire::GetHistory { conversation_id, before_seq: 0, after_seq: Some(after_seq), limit };
                    self.ask(Command::GetHistory(get), InFlight::Fetch(question)).await?;
                }
                Step::Resume => {
                    if let Some(resume) = self.connection.sync.begin_resume() {
                        self.ask(Command::Resume(resume), InFlight::Resume).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn answered(&mut self, in_flight: InFlight, answer: Answer) -> Result<(), End> {
        let now = Instant::now();
        match (in_flight, answer) {
            (InFlight::Hello, Answer::Welcome(welcome)) => self.welcomed(welcome).await?,
            (InFlight::Hello, Answer::Error(error)) => {
                self.refused = Some(error);
                // The close code follows, and decides; this is for a server that forgets it.
                self.in_flight.insert(0, (InFlight::Hello, now + CLOSE_PATIENCE));
            }
            (InFlight::Hello, _) => return Err(End::lost("`hello` was answered by something else than `welcome`")),
            (InFlight::Resume, Answer::Resumed(resumed)) => self.resumed(resumed).await?,
            (InFlight::Resume, _) => return Err(End::lost("`resume` was refused")),
            (InFlight::Refresh(text), Answer::TokenRefreshed(refreshed)) => {
                self.refresh_at = refresh_after(refreshed.token_ttl_ms, refreshed.token_expires_at.as_ref(), now);
                self.connection.token = Some(Token { text, refresh_at: self.refresh_at });
                self.backoff = Connection::backoff(&self.connection.config);
            }
            (InFlight::Refresh(_), answer) => {
                tracing::warn!(?answer, "a fresh token was refused");
                self.refresh_later(now);
            }
            (InFlight::Watch, Answer::PresenceList(list)) => {
                let events = list.presences.into_iter().map(|presence| Step::Tell(Event::Presence(presence)));
                self.perform(events.collect()).await?;
            }
            (InFlight::Watch, _) => {}
            (InFlight::Fetch(question), Answer::Changes(changes)) => {
                let steps = self.connection.sync.fetched(question, changes);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(question), Answer::MessagePage(page)) => {
                let steps = self.connection.sync.loaded(question, page);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(question), Answer::Error(error)) if is_gone(&error) => {
                let steps = self.connection.sync.fetch_refused(question);
                self.perform(steps).await?;
            }
            (InFlight::Fetch(question), Answer::Error(error)) => self.fetch_later(question, error.retry_after_ms, now),
            (InFlight::Fetch(question), _) => self.fetch_later(question, 0, now),
            (InFlight::Send(conversation), answer) => self.send_answered(conversation, answer, now).await,
            (InFlight::Request(request), answer) => self.request_answered(request, answer),
        }
        Ok(())
    }

    async fn welcomed(&mut self, mut welcome: wire::Welcome) -> Result<(), End> {
        self.welcomed = true;
        if welcome.heartbeat_ms > 0 {
            self.heartbeat = Duration::from_millis(welcome.heartbeat_ms.into());
        }
        if let Some(limits) = welcome.limits.as_ref().filter(|limits| limits.frame_bytes_max > 0) {
            self.frame_bytes_max = usize::try_from(limits.frame_bytes_max).unwrap_or(usize::MAX);
        }
        self.refresh_at = refresh_after(welcome.token_ttl_ms, welcome.token_expires_at.as_ref(), Instant::now());
        self.token.refresh_at = self.refresh_at;
        self.connection.token = Some(self.token.clone());
        match welcome.resumed.take() {
            Some(resumed) => self.resumed(resumed).await?,
            None => {
                self.connection.shared.subscribers.tell(&Event::TotalUnread(welcome.total_unread));
                let steps = self.connection.sync.resume_unanswered();
                self.perform(steps).await?;
            }
        }
        if let Some(watched) = self.connection.watched.clone() {
            self.ask(Command::WatchPresence(watched), InFlight::Watch).await?;
        }
        self.connection.shared.welcome.send_replace(Some(Arc::new(welcome)));
        self.connection.shared.state.send_replace(State::Connected);
        Ok(())
    }

    async fn resumed(&mut self, resumed: wire::Resumed) -> Result<(), End> {
        let (steps, more) = self.connection.sync.resumed(resumed);
        self.perform(steps).await?;
        if more && let Some(resume) = self.connection.sync.next_resume() {
            self.ask(Command::Resume(resume), InFlight::Resume).await?;
        }
        Ok(())
    }

    async fn got_token(&mut self, token: Result<String, TokenFailure>) -> Result<(), End> {
        self.refreshing = None;
        // Until the answer says when the new one is due.
        self.refresh_at = None;
        match token {
            Ok(token) => {
                let refresh = wire::RefreshToken { token: token.clone() };
                self.ask(Command::RefreshToken(refresh), InFlight::Refresh(token)).await
            }
            Err(error) => {
                tracing::warn!(%error, "no fresh token");
                self.refresh_later(Instant::now());
                Ok(())
            }
        }
    }

    fn refresh_later(&mut self, now: Instant) {
        // Jitter may say "at once"; a product's back end in trouble needs a pause.
        self.refresh_at = Some(now + self.backoff.next_delay().max(self.connection.config.backoff_min));
    }

    fn fetch_later(&mut self, question: Question, floor_ms: u32, now: Instant) {
        let floor = Duration::from_millis(floor_ms.into()).max(self.connection.config.backoff_min);
        self.fetches.push((now + self.backoff.next_delay().max(floor), question));
    }

    async fn send_answered(&mut self, conversation: ConversationId, answer: Answer, now: Instant) {
        let result = match answer {
            Answer::Error(error) if error.temporary || error.code == ErrorCode::TokenExpired as u32 => {
                return self.connection.outbox.repeat(conversation, error.retry_after_ms, now);
            }
            Answer::Error(error) => Err(SendError::Refused(error)),
            Answer::MessageSent(sent) => sent.message.ok_or(SendError::UnexpectedReply),
            _ => Err(SendError::UnexpectedReply),
        };
        if let Some(entry) = self.connection.outbox.finish(conversation) {
            self.connection.finish_send(entry, result).await;
        }
    }

    /// Notes what an answer tells about positions, before its caller can act on it.
    fn request_answered(&mut self, request: Request, answer: Answer) {
        let sync = &mut self.connection.sync;
        match &answer {
            Answer::ConversationPage(page) => sync.learn_page(page),
            Answer::ConversationFound(found) => found.conversation.iter().for_each(|it| sync.learn(it)),
            Answer::ConversationStarted(started) => sync.learn_started(started),
            _ => {}
        }
        if let (Command::WatchPresence(watch), Answer::PresenceList(_)) = (&request.command, &answer) {
            self.connection.watched = Some(watch.clone());
        }
        request.finish(match answer {
            Answer::Error(error) => Err(Error::Refused(error)),
            answer => Ok(answer),
        });
    }
}

/// Close codes of the band "never" that are about a frame; the others are about the user.
fn blames_a_frame(code: u16) -> bool {
    code < CloseCode::Unauthenticated.number()
}

/// The person is not in that conversation any more.
fn is_gone(error: &wire::Error) -> bool {
    error.code == ErrorCode::NotFound as u32 || error.code == ErrorCode::NotAMember as u32
}
