//! A small client: one socket that sends and receives frames and stores nothing. Thousands of these clients must need few
//! resources compared with the server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use causerie_protocol::{Encoding, wire};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest as _,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};
use wire::{reply::Result as Answer, request::Command, server_frame::Body};

use super::order::Disconnect;
use crate::{Outcome, world::place::Place};

/// Bytes of the read buffer of a socket. The default of tungstenite is 128 KiB, which would be most of this program's
/// memory.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Bytes of the largest accepted frame. Replies of the server are smaller.
const FRAME_BYTES_MAX: usize = 16 << 20;
const ENCODING: Encoding = Encoding::Proto;
/// The maximum number of connections from one address. The kernel has 28,232 ports per address, and the port of a closed
/// connection can't be used again for a minute.
const PORTS: u32 = 8_000;

/// Number of connections that this process made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A connection after its handshake.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and sends `hello`, with the held versions if there are any.
    ///
    /// # Errors
    /// If the server can't be reached or refuses the token.
    pub async fn open(server: &Place, token: String, resume: Option<wire::Resume>) -> Outcome<(Self, wire::Welcome)> {
        let mut request = server.socket_url().into_client_request()?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(ENCODING.subprotocol()));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        if server.tls {
            install_crypto();
        }
        let stream = connect(server.address()).await?;
        stream.set_nodelay(true)?;
        let (stream, _) = client_async_tls_with_config(request, stream, Some(config), None).await?;
        let mut socket = Self(stream);
        let hello = wire::Hello { token, resume, ..Default::default() };
        match socket.ask(Command::Hello(hello)).await? {
            Answer::Welcome(welcome) => Ok((socket, welcome)),
            other => Err(format!("hello was answered with {other:?}").into()),
        }
    }

    /// Sends a request and waits for its reply. Drops events that arrive before.
    ///
    /// # Errors
    /// If the connection ends or the server refuses the command.
    pub async fn ask(&mut self, command: Command) -> Outcome<Answer> {
        const ID: u32 = u32::MAX;
        self.send(ID, command).await?;
        loop {
            if let Some(Body::Reply(wire::Reply { id: ID, result: Some(result) })) = decode(&self.next().await?)?.body {
                return match result {
                    Answer::Error(error) => Err(format!("{}: {}", error.name, error.message).into()),
                    answer => Ok(answer),
                };
            }
        }
    }

    /// Sends a request without waiting for its reply.
    ///
    /// # Errors
    /// If the connection has ended.
    pub async fn send(&mut self, id: u32, command: Command) -> Outcome<()> {
        let bytes = ENCODING.encode(&wire::Request { id, command: Some(command) });
        Ok(self.0.send(Message::Binary(bytes)).await?)
    }

    /// The next frame. Answers pings. Cancel safe.
    ///
    /// # Errors
    /// If the connection ends.
    pub async fn next(&mut self) -> Outcome<Bytes> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
                Some(Ok(Message::Close(frame))) => {
                    let why = frame.map_or_else(String::new, |frame| format!(" ({} {})", frame.code, frame.reason));
                    return Err(format!("the server closed{why}").into());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err("the server closed".into()),
            }
        }
    }

    /// Closes the connection with a close frame.
    pub async fn close(mut self) {
        // The connection ends even if this fails.
        let _ = self.0.close(None).await;
    }

    /// Ends the connection without a close frame.
    pub async fn cut(mut self, how: Disconnect) {
        // This fails if the connection has already ended.
        match how {
            Disconnect::Reset => {
                let _ = match self.0.get_ref() {
                    MaybeTlsStream::Plain(stream) => stream.set_zero_linger(),
                    MaybeTlsStream::Rustls(stream) => stream.get_ref().0.set_zero_linger(),
                    _ => Ok(()),
                };
            }
            Disconnect::Shutdown => {
                let _ = self.0.get_mut().shutdown().await;
            }
        }
    }
}

/// Decodes a frame of the server completely.
///
/// # Errors
/// If the bytes are not a frame.
pub fn decode(bytes: &[u8]) -> Outcome<wire::ServerFrame> {
    Ok(ENCODING.decode(bytes)?)
}

/// Connects. On this machine it spreads connections over many source addresses, so that ports do not run out.
async fn connect(server: SocketAddr) -> std::io::Result<TcpStream> {
    let SocketAddr::V4(to) = server else { return TcpStream::connect(server).await };
    if !to.ip().is_loopback() {
        return TcpStream::connect(server).await;
    }
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let turn = u8::try_from(MADE.fetch_add(1, Ordering::Relaxed) / PORTS % 64).unwrap_or(0);
    // Processes that run at the same time differ in the lower half of their ids.
    let from = Ipv4Addr::new(127, 1 + (turn << 1 | high & 1), high, low.clamp(1, 254));
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(server).await
}

/// rustls panics if no cryptography provider is installed.
fn install_crypto() {
    // This fails if a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
