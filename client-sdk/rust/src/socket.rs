//! The WebSocket of a connection: opening it, sending and receiving frames.

use std::time::Duration;

use bytes::Bytes;
use causerie_protocol::{Encoding, Refusal, wire};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        self, Message, Utf8Bytes,
        client::IntoClientRequest,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode},
    },
};

use crate::config::Config;

/// Bytes of the read buffer of a socket. The default of tungstenite is 128 KiB, which would be the largest part of the
/// memory of a program with many clients.
const READ_BUFFER_BYTES: usize = 4096;

/// Bytes of the largest frame that the client accepts. Replies are smaller: a page of messages has at most 256 KiB of text,
/// and the changes in a reply to a resume have at most 1 MiB of text.
const FRAME_BYTES_MAX: usize = 64 << 20;

/// Bytes that may wait to be written to a socket. A frame of the client has at most 64 KiB, so a full buffer means that the
/// server does not read.
const WRITE_BUFFER_BYTES_MAX: usize = 1 << 20;

/// What a socket received.
#[derive(Debug)]
pub(crate) enum Received {
    Frame(Box<wire::ServerFrame>),
    /// A ping or a pong, which shows that the server is alive.
    Control,
    /// The server closed the connection: close code and reason. The code is 1006, as in RFC 6455, if the server sent none.
    Closed(u16, String),
    /// The connection failed, or a frame could not be decoded. The text is the reason.
    Broken(String),
}

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    encoding: Encoding,
}

/// Decodes a frame of the server as the client does.
///
/// # Errors
/// A refusal with the code `malformed` if the bytes are not a frame in this encoding.
pub fn decode(encoding: Encoding, bytes: &[u8]) -> Result<wire::ServerFrame, Refusal> {
    encoding.decode(bytes)
}

impl Socket {
    pub async fn open(config: &Config) -> Result<Self, tungstenite::Error> {
        if config.url.scheme() == "wss" {
            install_crypto();
        }
        let mut request = config.url.as_str().into_client_request()?;
        let subprotocol = HeaderValue::from_static(config.encoding.subprotocol());
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        let limits = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        // Chat frames are small and each waits for a reply: Nagle's algorithm would only delay them.
        let (stream, _) = tokio_tungstenite::connect_async_with_config(request, Some(limits), true).await?;
        Ok(Self { stream, encoding: config.encoding })
    }

    /// Encodes a request in the encoding of this connection.
    pub fn encode(&self, request: &wire::Request) -> Bytes {
        self.encoding.encode(request)
    }

    /// Sends a frame. `bytes` comes from [`Self::encode`].
    pub async fn send(&mut self, bytes: Bytes) -> Result<(), tungstenite::Error> {
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => Message::Text(Utf8Bytes::try_from(bytes)?),
        };
        self.stream.send(message).await
    }

    /// Waits for the next frame, or for the end of the connection. Answers pings. Cancel safe.
    pub async fn receive(&mut self) -> Received {
        match self.stream.next().await {
            Some(Ok(Message::Binary(bytes))) => self.frame(&bytes),
            Some(Ok(Message::Text(text))) => self.frame(text.as_bytes()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Received::Control,
            Some(Ok(Message::Close(Some(frame)))) => Received::Closed(frame.code.into(), frame.reason.to_string()),
            Some(Ok(Message::Close(None))) | None => Received::Closed(1006, "closed without a reason".into()),
            Some(Err(error)) => Received::Broken(error.to_string()),
        }
    }

    /// Sends a close frame and waits for the end of the connection, at most for `timeout`, because a dead server does not
    /// answer.
    pub async fn close(mut self, timeout: Duration) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        // The connection ends in any case, so a failure has no consequence.
        let _ = tokio::time::timeout(timeout, self.stream.close(Some(frame))).await;
    }

    fn frame(&self, bytes: &[u8]) -> Received {
        match decode(self.encoding, bytes) {
            Ok(frame) => Received::Frame(Box::new(frame)),
            Err(refusal) => Received::Broken(format!("a frame that can't be decoded: {refusal}")),
        }
    }
}

/// rustls panics if no cryptography provider is installed. A provider that the program installed is kept.
fn install_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // This fails if another thread has installed a provider in the meantime; that provider is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
