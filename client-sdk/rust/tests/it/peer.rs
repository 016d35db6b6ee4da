//! A server whose frames the test chooses.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use causerie_client::{Client, Config, ConversationId, Encoding, Event, Events, wire};
use futures::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::header::SEC_WEBSOCKET_PROTOCOL,
        protocol::CloseFrame,
    },
};
use wire::{reply::Result as Answer, request::Command};

/// The longest wait for one step. It is longer than any step takes on a busy machine, so only a failing test waits this
/// long.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

/// Waits for `work`, at most for [`STEP_TIMEOUT`] and until the deadline of the test.
pub async fn within_timeout<T>(what: &str, work: impl Future<Output = T>) -> T {
    let timeout = causerie_test_deadline::watch().remaining(STEP_TIMEOUT);
    tokio::time::timeout(timeout, work).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

/// A server that accepts the connections of the client.
pub struct Peer {
    listener: TcpListener,
    tokens: Arc<Mutex<u32>>,
}

impl Peer {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self { listener, tokens: Arc::default() }
    }

    /// Settings of a client with short waits. Its token provider returns `token 1`, `token 2`, …
    pub fn config(&self) -> Config {
        let url = format!("ws://{}/v1/ws", self.listener.local_addr().expect("bound"));
        let tokens = Arc::clone(&self.tokens);
        let provider = move || {
            let mut count = tokens.lock().expect("whole");
            *count += 1;
            let token = format!("token {count}");
            async move { Ok::<_, std::io::Error>(token) }
        };
        let mut config = Config::new(&url, provider).expect("an address");
        config.token_interval = Duration::from_millis(1);
        config.backoff_min = Duration::from_millis(1);
        config.backoff_max = Duration::from_millis(20);
        config.command_timeout = STEP_TIMEOUT;
        config
    }

    /// The number of calls of the token provider.
    pub fn tokens(&self) -> u32 {
        *self.tokens.lock().expect("whole")
    }

    /// Accepts the next connection. Its `hello` is not read yet.
    pub async fn accept(&self) -> Link {
        let (stream, _) = within_timeout("a connection", self.listener.accept()).await.expect("accepted");
        let mut encoding = Encoding::Proto;
        // The type of the error is defined by tungstenite.
        #[allow(clippy::result_large_err)]
        let choose = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            let requested = request.headers()[SEC_WEBSOCKET_PROTOCOL].clone();
            let chosen = Encoding::ALL.into_iter().find(|encoding| requested == encoding.subprotocol());
            encoding = chosen.expect("a known subprotocol");
            response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, requested);
            Ok(response)
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, choose).await.expect("a handshake");
        Link { socket, encoding }
    }

    /// Accepts the next connection, reads its `hello`, and answers with [`welcome`].
    pub async fn welcome(&self) -> (Link, wire::Hello) {
        self.welcome_with(welcome()).await
    }

    /// Accepts the next connection, reads its `hello`, and answers with this welcome.
    pub async fn welcome_with(&self, welcome: wire::Welcome) -> (Link, wire::Hello) {
        let mut link = self.accept().await;
        let (id, command) = link.request().await;
        let Command::Hello(hello) = command else { panic!("first came {command:?}") };
        link.reply(id, Answer::Welcome(welcome)).await;
        (link, hello)
    }
}

/// The welcome of a server that never pings and whose tokens never expire.
pub fn welcome() -> wire::Welcome {
    let resumed = wire::Resumed { epoch: "one".into(), inbox_version: 1, ..Default::default() };
    wire::Welcome { heartbeat_ms: 60_000, resumed: Some(resumed), ..Default::default() }
}

/// The server's side of one connection.
pub struct Link {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
}

impl Link {
    /// The next request.
    pub async fn request(&mut self) -> (u32, Command) {
        loop {
            match within_timeout("a request", self.socket.next()).await.expect("open").expect("whole") {
                Message::Binary(bytes) => return self.decode(&bytes),
                Message::Text(text) => return self.decode(text.as_bytes()),
                Message::Close(frame) => panic!("the client closed: {frame:?}"),
                _ => {}
            }
        }
    }

    fn decode(&self, bytes: &[u8]) -> (u32, Command) {
        let request: wire::Request = self.encoding.decode(bytes).expect("a request");
        (request.id, request.command.expect("a command"))
    }

    /// The next request, which must be `sendMessage`.
    pub async fn send(&mut self) -> (u32, wire::SendMessage) {
        match self.request().await {
            (id, Command::SendMessage(send)) => (id, send),
            (_, other) => panic!("instead of a send came {other:?}"),
        }
    }

    pub async fn reply(&mut self, id: u32, answer: Answer) {
        self.write(wire::server_frame::Body::Reply(wire::Reply { id, result: Some(answer) })).await;
    }

    pub async fn event(&mut self, kind: wire::event::Kind) {
        self.write(wire::server_frame::Body::Event(wire::Event { kind: Some(kind) })).await;
    }

    async fn write(&mut self, body: wire::server_frame::Body) {
        let bytes = self.encoding.encode(&wire::ServerFrame { body: Some(body) });
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => Message::text(String::from_utf8(bytes.to_vec()).expect("text")),
        };
        self.socket.send(message).await.expect("written");
    }

    pub async fn ping(&mut self) {
        self.socket.send(Message::Ping(Default::default())).await.expect("written");
    }

    /// Waits for the client's answer to a ping.
    pub async fn pong(&mut self) {
        let message = within_timeout("a pong", self.socket.next()).await.expect("open").expect("whole");
        assert!(matches!(message, Message::Pong(_)), "{message:?}");
    }

    pub async fn close(mut self, code: u16, reason: &str) {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        self.socket.send(Message::Close(Some(frame))).await.expect("written");
        // Reads until the client has closed the connection: a socket that is dropped with unread bytes resets the
        // connection, and the close code is lost.
        while let Some(Ok(_)) = within_timeout("the goodbye", self.socket.next()).await {}
    }

    /// Reads until the client closes the connection. Returns its close frame.
    pub async fn until_closed(mut self) -> Option<CloseFrame> {
        let mut last = None;
        while let Some(Ok(message)) = within_timeout("the end", self.socket.next()).await {
            if let Message::Close(frame) = message {
                last = frame;
            }
        }
        last
    }
}

/// A message as the server stores it.
pub fn message(conversation: ConversationId, seq: u32, version: u32) -> wire::Message {
    let conversation_id = conversation.to_string();
    wire::Message { conversation_id, seq, version, text: format!("text {seq}"), ..Default::default() }
}

/// The server's reply to `sendMessage`.
pub fn sent(send: wire::SendMessage, seq: u32) -> Answer {
    let wire::SendMessage { conversation_id, client_id, text } = send;
    let message = wire::Message { conversation_id, client_id, text, seq, version: seq + 1, ..Default::default() };
    Answer::MessageSent(wire::MessageSent { message: Some(message) })
}

pub fn conversation(id: ConversationId, version: u32, last_seq: u32) -> wire::Conversation {
    wire::Conversation { id: id.to_string(), version, last_seq, ..Default::default() }
}

/// The live event of a message.
pub fn message_sent(conversation: ConversationId, seq: u32, version: u32) -> wire::event::Kind {
    wire::event::Kind::MessageSent(wire::MessageEvent { message: Some(message(conversation, seq, version)) })
}

/// The next event that is not the total unread count, which follows each connect.
pub async fn next(events: &mut Events) -> Event {
    loop {
        match within_timeout("an event", events.next()).await.expect("open") {
            Event::TotalUnread(_) => {}
            event => return event,
        }
    }
}

/// Waits until the client has a state for which `wanted` is true.
pub async fn wait_for_state(client: &Client, wanted: impl Fn(&causerie_client::State) -> bool) -> causerie_client::State {
    let mut state = client.state();
    within_timeout("a state", state.wait_for(|state| wanted(state))).await.expect("a client").clone()
}
