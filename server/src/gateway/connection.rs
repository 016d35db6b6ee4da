//! The task that owns a socket: one loop, one reason to end, one cleanup.
//!
//! One task reads and writes, so that an idle connection costs one. While a write is under way the socket is still read: a
//! peer that takes its time to read can be heard, and is not taken for dead.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, Encoding, wire};
use futures::{Sink, SinkExt, StreamExt, stream::FuturesUnordered};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::CapacityError,
        protocol::{CloseFrame, frame::coding::CloseCode as WireCode},
    },
};

use super::{
    commands::{self, Next},
    handshake,
    pace::Pace,
    timers::{Due, Timers},
};
use crate::{
    app::App,
    fanout::Frame,
    sessions::{CloseReason, Session},
    telemetry::CloseLabel,
};

/// What a connection runs over.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Io for T {}

/// Frames written with one call. The kernel's default send buffer takes it whole.
const WRITE_BYTES: usize = 64 * 1024;
/// How long a peer may take to answer a close frame.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// A close frame's reason: 125 bytes less the code (RFC 6455 §5.5), and less to be cut at a letter.
const REASON_BYTES_MAX: usize = 120;

/// A WebSocket in one encoding.
pub struct Socket<S> {
    socket: WebSocketStream<S>,
    /// Agreed at the upgrade.
    pub encoding: Encoding,
    flushing: bool,
}

/// What the socket did.
enum Step {
    Frame(Bytes),
    /// A control frame: the peer lives.
    Alive,
    Flushed,
    Ended(CloseReason),
}

impl<S: Io> Socket<S> {
    /// The next frame with content. Pings are answered on the way.
    pub(super) async fn next_frame(&mut self) -> Result<Bytes, CloseReason> {
        loop {
            match poll_fn(|context| self.poll(context, true)).await {
                Step::Frame(frame) => return Ok(frame),
                Step::Alive | Step::Flushed => {}
                Step::Ended(reason) => return Err(reason),
            }
        }
    }

    /// Puts a frame into the write buffer.
    pub(super) async fn feed(&mut self, frame: Bytes) -> Result<(), CloseReason> {
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(frame),
            Encoding::Json => match Utf8Bytes::try_from(frame) {
                Ok(text) => Message::Text(text),
                // serde_json writes UTF-8 only.
                Err(_) => return Err(CloseReason::code(CloseCode::Internal)),
            },
        };
        self.socket.feed(message).await.map_err(|_| CloseReason::PeerLeft)
    }

    /// The buffer is to be written; [`Step::Flushed`] tells when it is.
    pub(super) fn start_flush(&mut self) {
        self.flushing = true;
    }

    /// Writes and reads as far as the socket goes.
    fn poll(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<Step> {
        if self.flushing {
            match Sink::<Message>::poll_flush(Pin::new(&mut self.socket), context) {
                Poll::Ready(Ok(())) => {
                    self.flushing = false;
                    return Poll::Ready(Step::Flushed);
                }
                Poll::Ready(Err(_)) => return Poll::Ready(Step::Ended(CloseReason::PeerLeft)),
                Poll::Pending => {}
            }
        }
        if !reading {
            return Poll::Pending;
        }
        self.socket.poll_next_unpin(context).map(|message| match message {
            Some(Ok(Message::Binary(frame))) if handshake::is_of(self.encoding, true) => Step::Frame(frame),
            Some(Ok(Message::Text(frame))) if handshake::is_of(self.encoding, false) => Step::Frame(frame.into()),
            Some(Ok(Message::Binary(_) | Message::Text(_))) => Step::Ended(CloseReason::Code(
                CloseCode::Malformed,
                format!("{} frames are of the other type", self.encoding.subprotocol()),
            )),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Step::Alive,
            Some(Ok(Message::Close(_))) | None => Step::Ended(CloseReason::PeerLeft),
            Some(Err(error)) => Step::Ended(broken(&error)),
        })
    }
}

fn broken(error: &Error) -> CloseReason {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            CloseReason::Code(CloseCode::TooLarge, format!("frames have at most {max_size} bytes"))
        }
        Error::Protocol(error) => CloseReason::Code(CloseCode::Malformed, error.to_string()),
        Error::Utf8(_) => CloseReason::Code(CloseCode::Malformed, "text frames are UTF-8".to_owned()),
        _ => CloseReason::PeerLeft,
    }
}

/// Serves a connection to its end.
pub async fn run<S: Io>(app: Arc<App>, socket: WebSocketStream<S>, encoding: Encoding) {
    app.metrics.connections.inc();
    let mut socket = Socket { socket, encoding, flushing: false };
    let reason = match handshake::establish(&app, &mut socket).await {
        Ok(handshake::Established { session, timers }) => {
            app.metrics.sessions.inc();
            let reason = serve(&app, &mut socket, &session, timers).await;
            handshake::leave(&app, &session);
            app.metrics.sessions.dec();
            reason
        }
        Err(reason) => reason,
    };
    close(&app, socket, reason).await;
    app.metrics.connections.dec();
}

async fn serve<S: Io>(app: &Arc<App>, socket: &mut Socket<S>, session: &Arc<Session>, mut timers: Timers) -> CloseReason {
    let mut pace = Pace::new(&app.config.limits);
    let mut in_flight = FuturesUnordered::new();
    let timer = sleep_until(timers.next(Instant::now(), app.clock.now_s()));
    tokio::pin!(timer);
    // Something may have come while the welcome was made.
    session.outbox.wake();
    loop {
        let reading = in_flight.len() < app.config.limits.in_flight_max;
        tokio::select! {
            biased;
            step = poll_fn(|context| socket.poll(context, reading)) => match step {
                Step::Flushed => {
                    if let Err(reason) = write(app, socket, session).await {
                        break reason;
                    }
                }
                Step::Alive => timers.heard(Instant::now()),
                Step::Frame(frame) => {
                    timers.heard(Instant::now());
                    match commands::frame(app, session, &mut pace, &mut timers, &frame).await {
                        Next::Done => {}
                        Next::Answer(answer) => in_flight.push(answer),
                        Next::Close(reason) => break reason,
                    }
                }
                Step::Ended(reason) => break reason,
            },
            Some(frame) = in_flight.next(), if !in_flight.is_empty() => {
                if let Some(frame) = frame {
                    session.outbox.push_reply(frame);
                }
            }
            () = session.outbox.ready() => {
                if let Some(reason) = session.closing() {
                    farewell(socket, reason).await;
                    break reason.clone();
                }
                if !socket.flushing && let Err(reason) = write(app, socket, session).await {
                    break reason;
                }
            }
            () = &mut timer => {
                let now = Instant::now();
                if let Some(reason) = attend(socket, session, &mut timers, now, app.clock.now_s()).await {
                    break reason;
                }
                timer.as_mut().reset(timers.next(now, app.clock.now_s()));
            }
        }
    }
}

/// Moves what waits into the socket's buffer; all of it leaves with one write.
async fn write<S: Io>(app: &App, socket: &mut Socket<S>, session: &Session) -> Result<(), CloseReason> {
    let mut frames = Vec::new();
    if session.outbox.take(socket.encoding, WRITE_BYTES, &mut frames) {
        app.metrics.slow_readers.inc();
        tracing::debug!(connection = %session.connection, "a slow reader was parted from the live stream");
    }
    if frames.is_empty() {
        return Ok(());
    }
    app.metrics.socket_writes.inc();
    app.metrics.frames_sent.inc_by(frames.len() as u64);
    app.metrics.bytes_sent.inc_by(frames.iter().map(|frame| frame.len() as u64).sum());
    for frame in frames {
        socket.feed(frame).await?;
    }
    socket.start_flush();
    Ok(())
}

/// Does what the clock asks for; a reason ends the connection.
async fn attend<S: Io>(
    socket: &mut Socket<S>,
    session: &Session,
    timers: &mut Timers,
    now: Instant,
    now_s: i64,
) -> Option<CloseReason> {
    match timers.due(now, now_s) {
        Due::Nothing => None,
        Due::Ping => {
            // Behind a write that does not get through, a ping would only wait: silence tells as much.
            if !socket.flushing {
                let sent = socket.socket.feed(Message::Ping(Bytes::new())).await;
                socket.start_flush();
                return sent.err().map(|_| CloseReason::PeerLeft);
            }
            None
        }
        Due::Silence => Some(CloseReason::code(CloseCode::HeartbeatLost)),
        Due::ExpiryNotice => {
            let token_expires_at = Some(causerie_protocol::Timestamp { seconds: timers.expires_at_s(), nanos: 0 });
            let event = Frame::event(wire::event::Kind::TokenExpiring(wire::TokenExpiring { token_expires_at }));
            session.outbox.push_live(&event, session.encoding);
            None
        }
        Due::Expired => Some(CloseReason::code(CloseCode::TokenExpired)),
    }
}

/// What is said before the close frame: where to go when the server leaves.
async fn farewell<S: Io>(socket: &mut Socket<S>, reason: &CloseReason) {
    if let CloseReason::Code(CloseCode::GoingAway, _) = reason {
        let reconnect_after_ms = rand::random_range(0..super::drain::RETURN_WITHIN_MS);
        let event = Frame::event(wire::event::Kind::GoingAway(wire::GoingAway { reconnect_after_ms }));
        // A peer that is gone already needs no farewell.
        let _ = socket.feed(event.encoded(socket.encoding)).await;
    }
}

async fn close<S: Io>(app: &App, mut socket: Socket<S>, reason: CloseReason) {
    tracing::debug!(?reason, "a connection ends");
    if let CloseReason::Code(code, _) = &reason {
        app.metrics.closes.get_or_create(&CloseLabel { code: *code }).inc();
    }
    let frame = match &reason {
        CloseReason::PeerLeft => None,
        CloseReason::Code(code, why) => {
            let mut end = why.len().min(REASON_BYTES_MAX);
            while !why.is_char_boundary(end) {
                end -= 1;
            }
            Some(CloseFrame { code: WireCode::from(code.number()), reason: Utf8Bytes::from(&why[..end]) })
        }
    };
    // The closing handshake, as far as the peer takes part in it. The content it still sends is not for us any more.
    let _ = timeout(CLOSE_PATIENCE, async {
        socket.socket.close(frame).await.ok()?;
        while let Some(Ok(_)) = socket.socket.next().await {}
        Some(())
    })
    .await;
}
