//! A light client: one socket, frames in and out, nothing kept. Thousands of them must cost little beside the server.

use std::net::SocketAddr;

use causerie_protocol::{Encoding, wire};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Bytes, Message,
        client::IntoClientRequest as _,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};
use wire::{reply::Result as Answer, request::Command, server_frame::Body};

use crate::Outcome;

/// tungstenite's 128 KiB per socket would be most of what this program does.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const ENCODING: Encoding = Encoding::Proto;

/// A connection whose hello was answered.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects and says hello.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
    pub async fn open(server: SocketAddr, token: String) -> Outcome<Self> {
        let mut request = format!("ws://{server}/v1/ws").into_client_request()?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(ENCODING.subprotocol()));
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let (stream, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut socket = Self(stream);
        match socket.ask(Command::Hello(wire::Hello { token, ..Default::default() })).await? {
            Answer::Welcome(_) => Ok(socket),
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
            if let Body::Reply(wire::Reply { id: ID, result: Some(result) }) = self.next().await? {
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

    /// The next frame with content. Safe to drop and call again; pings are answered on the way.
    ///
    /// # Errors
    /// When the connection ends or the frame can't be read.
    pub async fn next(&mut self) -> Outcome<Body> {
        Ok(self.next_sized().await?.0)
    }

    /// As [`Socket::next`], with the bytes of its payload.
    ///
    /// # Errors
    /// When the connection ends or the frame can't be read.
    pub async fn next_sized(&mut self) -> Outcome<(Body, usize)> {
        loop {
            let bytes = self.next_bytes().await?;
            let frame: wire::ServerFrame = ENCODING.decode(&bytes)?;
            if let Some(body) = frame.body {
                return Ok((body, bytes.len()));
            }
        }
    }

    /// Leaves as a client does that is asked to.
    pub async fn close(mut self) {
        // The connection ends either way.
        let _ = self.0.close(None).await;
    }

    async fn next_bytes(&mut self) -> Outcome<Bytes> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
                Some(Ok(Message::Close(frame))) => return Err(format!("the server closed: {frame:?}").into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err("the server closed".into()),
            }
        }
    }
}
