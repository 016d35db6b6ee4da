//! A WebSocket client that sends exactly what a test wants, valid or not.

use std::{net::SocketAddr, ops::ControlFlow};

use causerie_client::{
    Encoding,
    wire::{self, reply, request::Command, server_frame::Body},
};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        handshake::client::Response,
        http::{HeaderName, HeaderValue},
        protocol::CloseFrame,
    },
};

use super::within;

pub struct Raw {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
    last_id: u32,
}

/// A frame or the end of the connection, as received from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// A text or binary frame, decoded.
    Frame(Box<wire::ServerFrame>),
    /// A ping or a pong.
    PingOrPong,
    /// A close frame: code (1005 without a code) and reason.
    Closed(u16, String),
    /// The connection ended without a close frame.
    Broken,
}

impl Raw {
    /// Opens a connection and sends nothing.
    pub async fn open(to: SocketAddr, encoding: Encoding) -> Self {
        let opened = Self::try_open(to, encoding, &[("sec-websocket-protocol", encoding.subprotocol())]).await;
        opened.unwrap_or_else(|error| panic!("the server upgrades: {error}")).0
    }

    /// Opens a connection with these request headers.
    ///
    /// # Errors
    /// When the server refuses the upgrade; [`Error::Http`] holds its answer.
    pub async fn try_open(
        to: SocketAddr,
        encoding: Encoding,
        headers: &[(&'static str, &str)],
    ) -> Result<(Self, Response), Box<Error>> {
        let mut request = format!("ws://{to}/v1/ws").into_client_request().expect("an address");
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header");
            request.headers_mut().append(HeaderName::from_static(name), value);
        }
        let stream = TcpStream::connect(to).await.expect("the server accepts");
        let opening = tokio_tungstenite::client_async(request, stream);
        let (socket, response) = within("an answer to the upgrade", opening).await.map_err(Box::new)?;
        Ok((Self { socket, encoding, last_id: 0 }, response))
    }

    /// Opens a connection and sends hello.
    pub async fn hello(to: SocketAddr, encoding: Encoding, token: &str) -> (Self, wire::Welcome) {
        let mut raw = Self::open(to, encoding).await;
        let hello = wire::Hello { token: token.to_owned(), ..Default::default() };
        match raw.ask(Command::Hello(hello)).await {
            reply::Result::Welcome(welcome) => (raw, welcome),
            other => panic!("no welcome: {other:?}"),
        }
    }

    /// Sends any WebSocket message.
    pub async fn send(&mut self, message: Message) {
        self.socket.send(message).await.expect("the connection is open");
    }

    /// Sends to a server that may have closed the connection. Returns `Break` if it has.
    pub async fn try_send(&mut self, message: Message) -> ControlFlow<()> {
        match self.socket.send(message).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Sends a valid request and returns its id.
    pub async fn request(&mut self, command: Command) -> u32 {
        self.last_id += 1;
        let bytes = self.encoding.encode(&wire::Request { id: self.last_id, command: Some(command) });
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => Message::Text(bytes.try_into().expect("JSON is UTF-8")),
        };
        self.send(message).await;
        self.last_id
    }

    /// Sends a request and waits for its reply. Drops events that come before the reply.
    pub async fn ask(&mut self, command: Command) -> reply::Result {
        let id = self.request(command).await;
        let reply = async {
            loop {
                match self.next_frame().await.body {
                    Some(Body::Reply(reply)) if reply.id == id => return reply.result.expect("replies have a result"),
                    _ => {}
                }
            }
        };
        within("a reply", reply).await
    }

    /// The next frame of any kind.
    pub async fn next(&mut self) -> Received {
        let next = within("something from the server", self.socket.next()).await;
        match next {
            Some(Ok(Message::Binary(bytes))) => self.decoded(&bytes),
            Some(Ok(Message::Text(text))) => self.decoded(text.as_bytes()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Received::PingOrPong,
            Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => Received::Closed(code.into(), reason.to_string()),
            Some(Ok(Message::Close(None))) => Received::Closed(1005, String::new()),
            Some(Err(_)) | None => Received::Broken,
        }
    }

    /// The next text or binary frame. Pings do not extend the deadline.
    pub async fn next_frame(&mut self) -> wire::ServerFrame {
        let next = async {
            loop {
                match self.next().await {
                    Received::Frame(frame) => return *frame,
                    Received::PingOrPong => {}
                    ended => panic!("the connection ended: {ended:?}"),
                }
            }
        };
        within("a frame", next).await
    }

    /// Waits for the end of the connection. Drops frames that come before it.
    pub async fn closed(&mut self) -> Received {
        let ended = async {
            loop {
                match self.next().await {
                    Received::Frame(_) | Received::PingOrPong => {}
                    ended => return ended,
                }
            }
        };
        within("the end", ended).await
    }

    fn decoded(&self, bytes: &[u8]) -> Received {
        Received::Frame(Box::new(self.encoding.decode(bytes).expect("the server sends what it agreed to")))
    }
}
