//! The WebSocket: opening it, frames in and out.

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

/// tungstenite's own 128 KiB would cost a program with many clients more than everything else together.
const READ_BUFFER_BYTES: usize = 4096;

/// The largest frame taken from a server. The largest answer is a page of 100 messages of 16 KiB; a resume of 500
/// conversations with 200 changed short messages each stays below as well.
const FRAME_BYTES_MAX: usize = 64 << 20;

/// Our own frames have at most 64 KiB, so this holds many; more is a peer that stopped reading.
const WRITE_BUFFER_BYTES_MAX: usize = 1 << 20;

/// What arrived.
#[derive(Debug)]
pub(crate) enum Incoming {
    Frame(Box<wire::ServerFrame>),
    /// Something that only shows that the peer lives.
    Sign,
    /// The peer closes: code and reason. 1006, by RFC 6455, where it gave none.
    Closed(u16, String),
    Broken(String),
}

/// One connection.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    encoding: Encoding,
}

/// Decodes one frame of a server, as the client does.
///
/// # Errors
/// When the bytes are no frame in this encoding.
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
        // Chat frames are small and answered one by one: Nagle's algorithm would only delay them.
        let (stream, _) = tokio_tungstenite::connect_async_with_config(request, Some(limits), true).await?;
        Ok(Self { stream, encoding: config.encoding })
    }

    /// A request as it goes over this connection.
    pub fn encode(&self, request: &wire::Request) -> Bytes {
        self.encoding.encode(request)
    }

    /// Sends what [`Self::encode`] made.
    pub async fn send(&mut self, bytes: Bytes) -> Result<(), tungstenite::Error> {
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => Message::Text(Utf8Bytes::try_from(bytes)?),
        };
        self.stream.send(message).await
    }

    /// The next thing that arrives. Answers pings on the way. Safe to drop and call again.
    pub async fn receive(&mut self) -> Incoming {
        match self.stream.next().await {
            Some(Ok(Message::Binary(bytes))) => self.frame(&bytes),
            Some(Ok(Message::Text(text))) => self.frame(text.as_bytes()),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Incoming::Sign,
            Some(Ok(Message::Close(Some(frame)))) => Incoming::Closed(frame.code.into(), frame.reason.to_string()),
            Some(Ok(Message::Close(None))) | None => Incoming::Closed(1006, "closed without a reason".into()),
            Some(Err(error)) => Incoming::Broken(error.to_string()),
        }
    }

    /// Says goodbye, for at most `patience`: a dead peer can't be waited for.
    pub async fn close(mut self, patience: Duration) {
        let goodbye = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        // The connection ends either way; there is nobody left to tell of a failure.
        let _ = tokio::time::timeout(patience, self.stream.close(Some(goodbye))).await;
    }

    fn frame(&self, bytes: &[u8]) -> Incoming {
        match decode(self.encoding, bytes) {
            Ok(frame) => Incoming::Frame(Box::new(frame)),
            Err(refusal) => Incoming::Broken(format!("a frame that can't be decoded: {refusal}")),
        }
    }
}

/// rustls has no cryptography of its own and panics where it can't tell which to use; a program that chose keeps its choice.
fn install_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been quicker, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
