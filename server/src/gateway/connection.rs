//! The task that owns a socket: one loop, one reason to end, one cleanup.
//!
//! One task reads and writes, so that an idle connection costs one. While a write is under way the socket is still read: a
//! peer that takes its time to read can be heard, and is not taken for dead. Nothing here waits for a write: frames go into
//! the buffer at once, and the loop hears of the flush.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, Encoding, wire};
use futures::{Sink, SinkExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::{CapacityError, ProtocolError},
        protocol::{CloseFrame, frame::coding::CloseCode as WireCode},
    },
};

use super::{
    commands::{self, Next},
    handshake,
    pace::{Pace, Verdict},
    timers::{Due, Timers},
};
use crate::{
    app::App,
    fanout::Frame,
    sessions::{CloseReason, Session},
    telemetry::CloseLabel,
};

/// Frames written with one call. The kernel's default send buffer takes it whole.
const WRITE_BYTES: usize = 64 * 1024;
/// Answers that may wait for a peer to take them. One is at most some 300 KiB, or as much again where JSON escapes.
const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// How long a peer may take to answer a close frame.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// How long commands under way may take once the server leaves. Retried elsewhere they are harmless, only slower.
const FINISH_PATIENCE: Duration = Duration::from_secs(1);
/// A close frame's reason: 125 bytes less the code (RFC 6455 §5.5), and less to be cut at a letter.
const REASON_BYTES_MAX: usize = 120;

/// A WebSocket in one encoding.
pub struct Socket {
    socket: WebSocketStream<TcpStream>,
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

impl Socket {
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

    /// Puts a frame into the write buffer, whether or not what is in there got through.
    pub(super) fn feed(&mut self, frame: Bytes) -> Result<(), CloseReason> {
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(frame),
            Encoding::Json => match Utf8Bytes::try_from(frame) {
                Ok(text) => Message::Text(text),
                // serde_json writes UTF-8 only.
                Err(_) => return Err(CloseReason::code(CloseCode::Internal)),
            },
        };
        self.send(message)
    }

    fn send(&mut self, message: Message) -> Result<(), CloseReason> {
        // Not `SinkExt::feed`, which waits for a blocked socket: the peer would not be heard meanwhile.
        Pin::new(&mut self.socket).start_send(message).map_err(|error| match error {
            Error::WriteBufferFull(_) => {
                tracing::error!("an answer is larger than the write buffer");
                CloseReason::code(CloseCode::Internal)
            }
            _ => CloseReason::PeerLeft,
        })
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
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => CloseReason::PeerLeft,
        Error::Protocol(error) => CloseReason::Code(CloseCode::Malformed, error.to_string()),
        Error::Utf8(_) => CloseReason::Code(CloseCode::Malformed, "text frames are UTF-8".to_owned()),
        _ => CloseReason::PeerLeft,
    }
}

/// Serves a connection to its end.
pub async fn run(app: Arc<App>, socket: WebSocketStream<TcpStream>, encoding: Encoding) {
    let _open = Counted::up(&app.metrics.connections);
    let mut socket = Socket { socket, encoding, flushing: false };
    let reason = match handshake::establish(&app, &mut socket).await {
        Ok(handshake::Established { present, timers }) => {
            let _session = Counted::up(&app.metrics.sessions);
            serve(&app, &mut socket, present.session(), timers).await
        }
        Err(reason) => reason,
    };
    close(&app, socket, reason).await;
}

/// One more in a gauge while it lives, whichever way its task ends.
struct Counted<'a>(&'a Gauge);

impl<'a> Counted<'a> {
    fn up(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Answers to come.
type InFlight = FuturesUnordered<BoxFuture<'static, Option<Bytes>>>;

async fn serve(app: &Arc<App>, socket: &mut Socket, session: &Arc<Session>, mut timers: Timers) -> CloseReason {
    let mut pace = Pace::new(&app.config.limits);
    let mut in_flight = InFlight::new();
    let timer = sleep_until(timers.next(Instant::now(), app.clock.now_s()));
    tokio::pin!(timer);
    // Something may have come while the welcome was made.
    session.outbox.wake();
    loop {
        // A peer that asks and does not take the answers is not heard, nor answered more, until it does.
        let answering = session.outbox.reply_bytes() < REPLY_BYTES_MAX;
        let reading = answering && in_flight.len() < app.config.limits.in_flight_max;
        tokio::select! {
            biased;
            step = poll_fn(|context| socket.poll(context, reading)) => match step {
                Step::Flushed => {
                    if !answering {
                        // Room was made for what waited: the peer lives, though nobody listens to it.
                        timers.heard(Instant::now());
                    }
                    if let Err(reason) = write(app, socket, session) {
                        break reason;
                    }
                }
                Step::Alive => {
                    timers.heard(Instant::now());
                    // Pings are answered for nothing: a flood of them is a flood.
                    if pace.frame() == Verdict::Flood {
                        break CloseReason::code(CloseCode::RateLimited);
                    }
                }
                Step::Frame(frame) => {
                    timers.heard(Instant::now());
                    // What came before the end is not done after it: a revocation that was answered binds.
                    if let Some(reason) = session.closing() {
                        break reason.clone();
                    }
                    let expiry = timers.expires_at_s();
                    match commands::frame(app, session, &mut pace, &mut timers, &frame).await {
                        Next::Done => {}
                        Next::Answer(answer) => in_flight.push(answer),
                        Next::Close(reason) => break reason,
                    }
                    if timers.expires_at_s() != expiry {
                        timer.as_mut().reset(timers.next(Instant::now(), app.clock.now_s()));
                    }
                }
                Step::Ended(reason) => break reason,
            },
            Some(frame) = in_flight.next(), if answering && !in_flight.is_empty() => {
                if let Some(frame) = frame {
                    session.outbox.push_reply(frame);
                }
            }
            () = session.outbox.ready() => {
                if let Some(reason) = session.closing() {
                    if matches!(reason, CloseReason::Code(CloseCode::GoingAway, _)) {
                        farewell(socket, session, in_flight).await;
                    }
                    break reason.clone();
                }
                if !socket.flushing && let Err(reason) = write(app, socket, session) {
                    break reason;
                }
            }
            () = &mut timer => {
                let now = Instant::now();
                if answering && !reading {
                    // Its silence is ours: we do not listen.
                    timers.heard(now);
                }
                if let Some(reason) = attend(socket, session, &mut timers, now, app.clock.now_s()) {
                    break reason;
                }
                timer.as_mut().reset(timers.next(now, app.clock.now_s()));
            }
        }
    }
}

/// Moves what waits into the socket's buffer; all of it leaves with one write.
fn write(app: &App, socket: &mut Socket, session: &Session) -> Result<(), CloseReason> {
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
        socket.feed(frame)?;
    }
    socket.start_flush();
    Ok(())
}

/// Does what the clock asks for; a reason ends the connection.
fn attend(socket: &mut Socket, session: &Session, timers: &mut Timers, now: Instant, now_s: i64) -> Option<CloseReason> {
    match timers.due(now, now_s) {
        Due::Nothing => None,
        Due::Ping => {
            // Behind a write that does not get through, a ping would only wait: silence tells as much.
            if !socket.flushing {
                socket.start_flush();
                return socket.send(Message::Ping(Bytes::new())).err();
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

/// What is said before the server leaves: answers to what is under way, what waits, and when to come back.
async fn farewell(socket: &mut Socket, session: &Session, mut in_flight: InFlight) {
    let finish = async {
        while let Some(answer) = in_flight.next().await {
            if let Some(frame) = answer {
                session.outbox.push_reply(frame);
            }
        }
    };
    // The peer asks again for what took longer.
    let _ = timeout(FINISH_PATIENCE, finish).await;
    let mut frames = Vec::new();
    session.outbox.take(socket.encoding, usize::MAX, &mut frames);
    let reconnect_after_ms = rand::random_range(1..=super::drain::RETURN_WITHIN_MS);
    let going = Frame::event(wire::event::Kind::GoingAway(wire::GoingAway { reconnect_after_ms }));
    frames.push(going.encoded(socket.encoding));
    for frame in frames {
        // A peer that is gone already needs no farewell.
        let _ = socket.feed(frame);
    }
}

async fn close(app: &App, mut socket: Socket, reason: CloseReason) {
    let CloseReason::Code(code, why) = reason else {
        // The peer's close frame is answered; where there was none, there is nobody to hear anything.
        let _ = timeout(CLOSE_PATIENCE, socket.socket.flush()).await;
        return;
    };
    app.metrics.closes.get_or_create(&CloseLabel { code }).inc();
    // Without the sentence: it may quote what the peer sent.
    tracing::debug!(code = code.name(), "a connection is closed");
    let mut end = why.len().min(REASON_BYTES_MAX);
    while !why.is_char_boundary(end) {
        end -= 1;
    }
    let frame = CloseFrame { code: WireCode::from(code.number()), reason: Utf8Bytes::from(&why[..end]) };
    if socket.send(Message::Close(Some(frame))).is_err() {
        return;
    }
    let _ = timeout(CLOSE_PATIENCE, goodbye(&mut socket.socket)).await;
}

/// Writes what is buffered, the close frame last, and waits for the peer's. What it still sends is not for us any more.
async fn goodbye(socket: &mut WebSocketStream<TcpStream>) {
    if socket.flush().await.is_err() {
        return;
    }
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            return;
        }
    }
    // After a frame that can't be read nothing can be. Closing with bytes unread would reset the connection, and the
    // peer's system throw our close frame away.
    let stream = socket.get_mut();
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await.is_ok_and(|count| count > 0) {}
}
