//! A light client: one socket, frames in and out, nothing kept. Thousands of them must cost little beside the server.

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

use super::order::Cut;
use crate::{Outcome, world::place::Place};

/// tungstenite's 128 KiB per socket would be most of what this program does.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// The largest answer is a page of 100 messages of 16 KiB; a resume of many conversations has a budget below it.
const FRAME_BYTES_MAX: usize = 16 << 20;
const ENCODING: Encoding = Encoding::Proto;
/// Connections from one address. The kernel has 28,232 ports for each, and those of closed connections rest for a minute.
const PORTS: u32 = 8_000;

/// Connections made by this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A connection whose hello was answered.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and says hello, with what is held from before.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
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

    /// Sends a request and waits for its answer; events that come before are dropped.
    ///
    /// # Errors
    /// When the connection ends or the server refuses.
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

    /// Sends a request.
    ///
    /// # Errors
    /// When the connection ended.
    pub async fn send(&mut self, id: u32, command: Command) -> Outcome<()> {
        let bytes = ENCODING.encode(&wire::Request { id, command: Some(command) });
        Ok(self.0.send(Message::Binary(bytes)).await?)
    }

    /// The next frame. Safe to drop and call again; pings are answered on the way.
    ///
    /// # Errors
    /// When the connection ends.
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

    /// Leaves as a client does that is asked to.
    pub async fn close(mut self) {
        // The connection ends either way.
        let _ = self.0.close(None).await;
    }

    /// Ends the connection without a word of the protocol.
    pub async fn cut(mut self, how: Cut) {
        // The connection may have ended already, which is as good.
        match how {
            Cut::Reset => {
                let _ = match self.0.get_ref() {
                    MaybeTlsStream::Plain(stream) => stream.set_zero_linger(),
                    MaybeTlsStream::Rustls(stream) => stream.get_ref().0.set_zero_linger(),
                    _ => Ok(()),
                };
            }
            Cut::Shutdown => {
                let _ = self.0.get_mut().shutdown().await;
            }
        }
    }
}

/// A frame of the server, whole.
///
/// # Errors
/// When it can't be read.
pub fn decode(bytes: &[u8]) -> Outcome<wire::ServerFrame> {
    Ok(ENCODING.decode(bytes)?)
}

/// Towards this machine, each of many addresses of it is used for a while, so that ports do not run out.
async fn connect(server: SocketAddr) -> std::io::Result<TcpStream> {
    let SocketAddr::V4(to) = server else { return TcpStream::connect(server).await };
    if !to.ip().is_loopback() {
        return TcpStream::connect(server).await;
    }
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let turn = u8::try_from(MADE.fetch_add(1, Ordering::Relaxed) / PORTS % 64).unwrap_or(0);
    // Processes that run at the same time differ in the lower half of their id.
    let from = Ipv4Addr::new(127, 1 + (turn << 1 | high & 1), high, low.clamp(1, 254));
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(server).await
}

/// rustls has no cryptography of its own and panics where it can't tell which to use.
fn install_crypto() {
    // It was installed before, but for the first time.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
