//! The reading half of a socket. The WebSocket library decodes the bytes into messages. Frames that the library itself
//! makes (pongs, the answer to a close frame) are queued in the outbox like replies.

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

use super::fragments::EmptyFragments;
use crate::sessions::{CloseReason, Session, SocketWriter};

/// The size of a connection's read buffer: enough for a message text of 256 bytes with its ids. Larger frames are read with
/// several calls. tungstenite's default is a zero-filled buffer of 128 KiB, too much for many idle connections.
const READ_BUFFER_BYTES: usize = 384;

/// How many frames without content a client may send before its `hello`. Pings among them are answered.
const ALIVE_BEFORE_FIRST_MAX: u32 = 16;

/// The reading half of a socket.
pub struct Reader {
    socket: OwnedReadHalf,
    context: WebSocketContext,
    empty_fragments: EmptyFragments,
    encoding: Option<Encoding>,
    /// The library found an invalid frame. It must not be called again, because the start of the next frame is unknown.
    failed: bool,
}

/// An event on the reading half of a socket.
pub enum ReadEvent {
    /// The client sent a message, binary (`Proto`) or text (`Json`).
    Frame(Encoding, Bytes),
    /// The client sent this number of frames without content (control frames, empty fragments). They show that it is alive.
    Alive(u32),
    /// The client closed the connection, the connection broke, or the client sent an invalid frame.
    Ended(CloseReason),
}

/// Takes the frames that the WebSocket library makes itself.
pub trait ReplySink {
    /// Queues the bytes of WebSocket frames.
    fn answer(&self, bytes: Bytes);
}

impl ReplySink for Arc<Session> {
    fn answer(&self, bytes: Bytes) {
        Session::answer(self, bytes);
    }
}

impl ReplySink for SocketWriter {
    fn answer(&self, bytes: Bytes) {
        if self.outbox.push_reply(bytes) {
            self.flush();
        }
    }
}

impl Reader {
    /// The reader of a new connection. `early` holds the bytes that have arrived already. A message in another encoding ends
    /// the connection; with `None`, both encodings are accepted.
    #[must_use]
    pub fn new(socket: OwnedReadHalf, early: Vec<u8>, encoding: Option<Encoding>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(limits::FRAME_BYTES_MAX))
            .max_frame_size(Some(limits::FRAME_BYTES_MAX));
        let mut empty_fragments = EmptyFragments::default();
        empty_fragments.read(&early);
        let context = WebSocketContext::from_partially_read(early, Role::Server, Some(config));
        Self { socket, context, empty_fragments, encoding, failed: false }
    }

    /// Reads until the next event. Frames that the WebSocket library makes itself are given to `answers`.
    pub fn poll(&mut self, context: &mut Context<'_>, answers: &impl ReplySink) -> Poll<ReadEvent> {
        if self.failed {
            return Poll::Ready(ReadEvent::Ended(CloseReason::code(CloseCode::ProtocolError)));
        }
        if self.empty_fragments.any() {
            return Poll::Ready(ReadEvent::Alive(self.empty_fragments.take()));
        }
        let (socket, empty_fragments) = (&mut self.socket, &mut self.empty_fragments);
        let mut stream = Stream { socket, empty_fragments, context, written: Vec::new() };
        let message = self.context.read(&mut stream);
        if !stream.written.is_empty() {
            answers.answer(stream.written.into());
        }
        Poll::Ready(match message {
            Ok(Message::Binary(frame)) => self.frame_event(Encoding::Proto, frame),
            Ok(Message::Text(frame)) => self.frame_event(Encoding::Json, frame.into()),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => ReadEvent::Alive(1),
            Ok(Message::Close(_)) => ReadEvent::Ended(CloseReason::PeerLeft),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                if !self.empty_fragments.any() {
                    return Poll::Pending;
                }
                ReadEvent::Alive(self.empty_fragments.take())
            }
            Err(error) => {
                self.failed = true;
                ReadEvent::Ended(close_reason(&error))
            }
        })
    }

    /// The event of a message: the message itself, or the end of the connection if it has another encoding than agreed.
    fn frame_event(&self, encoding: Encoding, frame: Bytes) -> ReadEvent {
        match self.encoding {
            Some(agreed) if agreed != encoding => ReadEvent::Ended(CloseReason::Code(
                CloseCode::UnsupportedData,
                match agreed {
                    Encoding::Json => format!("{} takes text frames, and this is a binary one", agreed.subprotocol()),
                    Encoding::Proto => format!("{} takes binary frames, and this is a text one", agreed.subprotocol()),
                },
            )),
            _ => ReadEvent::Frame(encoding, frame),
        }
    }

    /// Waits for the first message and returns its content.
    ///
    /// # Errors
    /// The reason to close the connection if it ended first or sent too many frames without content.
    pub async fn first_frame(&mut self, answers: &impl ReplySink) -> Result<Bytes, CloseReason> {
        let mut alive = 0;
        while alive <= ALIVE_BEFORE_FIRST_MAX {
            match poll_fn(|context| self.poll(context, answers)).await {
                ReadEvent::Frame(_, frame) => return Ok(frame),
                ReadEvent::Alive(frames) => alive += frames,
                ReadEvent::Ended(reason) => return Err(reason),
            }
        }
        Err(CloseReason::code(CloseCode::RateLimited))
    }

    /// Returns the bytes of this close frame. After this, the reader only waits for the client's close frame. With `None`,
    /// returns the bytes of the answer to the client's close frame, or no bytes if the client sent no close frame.
    #[must_use]
    pub fn close(&mut self, frame: Option<CloseFrame>) -> Bytes {
        let mut written = WrittenBytes(Vec::new());
        // After an error no close frame can be sent any more, so the error is ignored.
        let _ = match frame {
            Some(frame) => self.context.close(&mut written, Some(frame)),
            None => self.context.flush(&mut written),
        };
        written.0.into()
    }

    /// The socket itself, to read the remaining bytes after an invalid frame.
    pub fn socket(&mut self) -> &mut OwnedReadHalf {
        &mut self.socket
    }
}

/// The socket as `Read` and `Write`, as the library needs it. Written bytes are collected in `written`.
struct Stream<'a, 'b> {
    socket: &'a mut OwnedReadHalf,
    empty_fragments: &'a mut EmptyFragments,
    context: &'a mut Context<'b>,
    written: Vec<u8>,
}

impl Stream<'_, '_> {
    fn poll_read(&mut self, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(bytes);
        ready!(Pin::new(&mut *self.socket).poll_read(self.context, &mut buffer))?;
        self.empty_fragments.read(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

impl Read for Stream<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        // The library would continue to read until a message ends. The counted empty fragments must go through the limiter
        // first.
        if self.empty_fragments.any() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        match self.poll_read(bytes) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl Write for Stream<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream that collects the bytes written to it, and has nothing to read.
struct WrittenBytes(Vec<u8>);

impl Read for WrittenBytes {
    fn read(&mut self, _bytes: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for WrittenBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The close reason for an error of the library, with the close codes of RFC 6455 §7.4.1.
fn close_reason(error: &Error) -> CloseReason {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            CloseReason::Code(CloseCode::TooLarge, format!("frames have at most {max_size} bytes"))
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => CloseReason::PeerLeft,
        Error::Protocol(error) => CloseReason::Code(CloseCode::ProtocolError, error.to_string()),
        Error::Utf8(_) => CloseReason::Code(CloseCode::InvalidData, "text frames are UTF-8".to_owned()),
        _ => CloseReason::PeerLeft,
    }
}
