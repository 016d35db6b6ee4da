//! The reading side of a socket: bytes in, whole frames out, by the library's rules. What the library itself wants to say
//! (pongs, the answer to a close frame) goes the way of all answers.

use std::{
    future::poll_fn,
    io::{self, Read, Write},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, Encoding, limits};
use tokio::{
    io::{AsyncRead as _, ReadBuf},
    net::tcp::OwnedReadHalf,
};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    error::{CapacityError, ProtocolError},
    protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext},
};

use crate::sessions::{CloseReason, Link, Session};

/// What each connection holds to read into: a text of 256 bytes with its ids. Larger frames are read with several calls.
/// tungstenite's own 128 KiB, zero-filled, are for few connections and large frames.
const READ_BUFFER_BYTES: usize = 384;

/// Control frames a peer may send before it says who it is; each one is answered.
const ALIVE_BEFORE_FIRST_MAX: usize = 16;

/// A socket that is read from.
pub struct Reader {
    socket: OwnedReadHalf,
    context: WebSocketContext,
    encoding: Encoding,
}

/// What the peer did.
pub enum Heard {
    /// Said something.
    Frame(Bytes),
    /// Sent a control frame: it lives.
    Alive,
    /// Ended.
    Ended(CloseReason),
}

/// Where the library's own frames go.
pub trait Answers {
    /// Queues bytes as they go over the wire.
    fn answer(&self, bytes: Bytes);
}

impl Answers for Arc<Session> {
    fn answer(&self, bytes: Bytes) {
        Session::answer(self, bytes);
    }
}

impl Answers for Link {
    fn answer(&self, bytes: Bytes) {
        if self.push_reply(bytes) {
            self.flush();
        }
    }
}

impl Reader {
    /// Of a fresh connection, of which some bytes may have come already.
    #[must_use]
    pub fn new(socket: OwnedReadHalf, early: Vec<u8>, encoding: Encoding) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(limits::FRAME_BYTES_MAX))
            .max_frame_size(Some(limits::FRAME_BYTES_MAX));
        Self { socket, context: WebSocketContext::from_partially_read(early, Role::Server, Some(config)), encoding }
    }

    /// Reads as far as the next thing the peer did.
    pub fn poll(&mut self, context: &mut Context<'_>, answers: &impl Answers) -> Poll<Heard> {
        let mut stream = Stream { socket: &mut self.socket, context, said: Vec::new() };
        let message = self.context.read(&mut stream);
        if !stream.said.is_empty() {
            answers.answer(stream.said.into());
        }
        Poll::Ready(match message {
            Ok(Message::Binary(frame)) if self.encoding == Encoding::Proto => Heard::Frame(frame),
            Ok(Message::Text(frame)) if self.encoding == Encoding::Json => Heard::Frame(frame.into()),
            Ok(Message::Binary(_) | Message::Text(_)) => Heard::Ended(CloseReason::Code(
                CloseCode::Malformed,
                format!("{} frames are of the other type", self.encoding.subprotocol()),
            )),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Heard::Alive,
            Ok(Message::Close(_)) => Heard::Ended(CloseReason::PeerLeft),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) => Heard::Ended(broken(&error)),
        })
    }

    /// The first frame with content.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn first(&mut self, answers: &impl Answers) -> Result<Bytes, CloseReason> {
        for _ in 0..=ALIVE_BEFORE_FIRST_MAX {
            match poll_fn(|context| self.poll(context, answers)).await {
                Heard::Frame(frame) => return Ok(frame),
                Heard::Alive => {}
                Heard::Ended(reason) => return Err(reason),
            }
        }
        Err(CloseReason::code(CloseCode::RateLimited))
    }

    /// The close frame as it goes over the wire; the peer's own is then only waited for. `None`: the answer to the peer's, if
    /// it sent one.
    #[must_use]
    pub fn close(&mut self, frame: Option<CloseFrame>) -> Bytes {
        let mut said = Said(Vec::new());
        // What can't be said any more is not said.
        let _ = match frame {
            Some(frame) => self.context.close(&mut said, Some(frame)),
            None => self.context.flush(&mut said),
        };
        said.0.into()
    }

    /// The bare socket, once nothing is understood any more.
    pub fn socket(&mut self) -> &mut OwnedReadHalf {
        &mut self.socket
    }
}

/// The socket as the library wants it.
struct Stream<'a, 'b> {
    socket: &'a mut OwnedReadHalf,
    context: &'a mut Context<'b>,
    said: Vec<u8>,
}

impl Stream<'_, '_> {
    fn poll_read(&mut self, into: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(into);
        ready!(Pin::new(&mut *self.socket).poll_read(self.context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

impl Read for Stream<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.poll_read(into) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl Write for Stream<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.said.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream that is only spoken into.
struct Said(Vec<u8>);

impl Read for Said {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn broken(error: &Error) -> CloseReason {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            CloseReason::Code(CloseCode::TooLarge, format!("frames have at most {max_size} bytes"))
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => CloseReason::PeerLeft,
        Error::Protocol(error) => CloseReason::Code(CloseCode::Malformed, error.to_string()),
        Error::Utf8(_) => CloseReason::Code(CloseCode::Malformed, "text frames are UTF-8".to_owned()),
        _ => CloseReason::PeerLeft,
    }
}
