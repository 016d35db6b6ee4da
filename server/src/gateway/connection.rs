//! The task that owns a socket: a loop that ends with a reason, and then the close of the connection.
//!
//! The task reads frames and acts on deadlines. Frames to write wait in the session's outbox, and a
//! [flusher](crate::sessions::flusher) writes them. If the kernel takes no more bytes, this task waits until the kernel
//! takes bytes again, and continues the writing. Reading does not wait for writing, so a client that reads slowly does not
//! count as dead.

use std::{
    future::{Future as _, poll_fn},
    io,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, Encoding, wire};
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use hyper::upgrade::OnUpgrade;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    io::AsyncReadExt as _,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{
    Utf8Bytes,
    protocol::{CloseFrame, frame::coding::CloseCode as WireCode},
};

use super::{
    commands::{self, Next},
    handshake,
    limiter::{ConnectionLimiter, Verdict},
    reader::{ReadEvent, Reader, ReplySink as _},
    timers::{Due, Timers},
    upgraded,
};
use crate::{
    app::App,
    sessions::{CloseReason, Frame, Session, SocketWriter},
    telemetry::{CloseLabel, Metrics},
};

/// How long the server waits for the client's answer to its close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long running commands may take after the server began to stop. The client may safely repeat a command that takes
/// longer on another node.
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum length of a close frame's reason. RFC 6455 §5.5 allows 125 bytes including the code of 2 bytes.
const REASON_BYTES_MAX: usize = 120;

/// Serves a connection from the HTTP upgrade until it is closed. `page`: the origin of the page that opened the connection,
/// if it is a page of another site.
pub async fn run(app: Arc<App>, upgrading: OnUpgrade, encoding: Encoding, page: Option<Box<str>>) {
    // Futures that run once in a connection's life are boxed, so that the task of an idle connection is small.
    let Some((socket, early)) = Box::pin(upgraded::socket(upgrading)).await else { return };
    let _open = GaugeGuard::up(&app.metrics.connections);
    let (read, write) = socket.into_split();
    let mut reader = Reader::new(read, early, Some(encoding));
    let socket = Arc::new(SocketWriter::new(write, encoding, app.config.limits.outbox_bytes_max));
    let reason = match Box::pin(handshake::establish(&app, &mut reader, &socket, page)).await {
        Ok(handshake::Established { registered, expires_at_s }) => {
            let _session = GaugeGuard::up(&app.metrics.sessions);
            serve(&app, &mut reader, registered.session(), expires_at_s).await
        }
        Err(reason) => reason,
    };
    Box::pin(close(&app.metrics, &mut reader, &socket, reason)).await;
}

/// Raises a gauge by one until this guard is dropped, also when its task is aborted or panics.
struct GaugeGuard<'a>(&'a Gauge);

impl<'a> GaugeGuard<'a> {
    fn up(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for GaugeGuard<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The futures of the answers of running commands. `None` while no command runs, so that an idle connection needs no memory
/// for them.
type InFlight = Option<FuturesUnordered<BoxFuture<'static, Option<Bytes>>>>;

/// The event that woke the connection's task.
enum Wakeup {
    Read(ReadEvent),
    Answered(Option<Bytes>),
    Writable(io::Result<()>),
    Woken,
    Time,
}

/// Serves a session until the connection must be closed; returns the reason.
async fn serve(app: &Arc<App>, reader: &mut Reader, session: &Arc<Session>, expires_at_s: i64) -> CloseReason {
    let socket = &*session.socket;
    let mut timers = Timers::new(app.config.heartbeat.interval(), expires_at_s, Instant::now());
    let mut limiter = ConnectionLimiter::new(&app.config.limits);
    let mut in_flight = InFlight::None;
    let mut timer = pin!(sleep_until(app.coarse_timer.next(timers.next(Instant::now(), app.clock.now_s()))));
    // Writes the welcome, and the live events that wait after it.
    socket.flush().count(&app.metrics);
    loop {
        if let Some(reason) = session.closing() {
            if matches!(reason, CloseReason::Code(CloseCode::GoingAway, _)) {
                Box::pin(prepare_going_away(session, in_flight)).await;
            }
            break reason.clone();
        }
        // While too many replies wait for this client, the task reads no further commands and queues no further answers.
        let answering = socket.has_room_for_replies();
        let running_commands = in_flight.as_ref().map_or(0, FuturesUnordered::len);
        let reading = answering && running_commands < app.config.limits.in_flight_max;
        // `poll_fn` instead of `select!`, because the state of `select!` would be a third of the memory of an idle session.
        let wakeup = poll_fn(|context| {
            if reading && let Poll::Ready(event) = reader.poll(context, session) {
                return Poll::Ready(Wakeup::Read(event));
            }
            if answering && let Poll::Ready(answer) = next_answer(&mut in_flight, context) {
                return Poll::Ready(Wakeup::Answered(answer));
            }
            if let Poll::Ready(writable) = socket.poll_unblocked(context) {
                return Poll::Ready(Wakeup::Writable(writable));
            }
            if socket.poll_woken(context).is_ready() {
                return Poll::Ready(Wakeup::Woken);
            }
            timer.as_mut().poll(context).map(|()| Wakeup::Time)
        });
        match wakeup.await {
            Wakeup::Read(ReadEvent::Alive(frames)) => {
                timers.client_alive(Instant::now());
                // Pings and empty fragments cost time too, so they count towards the connection's limit.
                if (0..frames).any(|_| limiter.count_frame() == Verdict::Flood) {
                    break CloseReason::code(CloseCode::RateLimited);
                }
            }
            Wakeup::Read(ReadEvent::Frame(_, frame)) => {
                timers.client_alive(Instant::now());
                // The session may have ended after the frame arrived. The command must not run then, because a revocation
                // takes effect before its request is answered.
                if let Some(reason) = session.closing() {
                    break reason.clone();
                }
                let expiry = timers.expires_at_s();
                match Box::pin(commands::execute_frame(app, session, &mut limiter, &mut timers, &frame)).await {
                    Next::Done => {}
                    Next::Answer(answer) => in_flight.get_or_insert_default().push(answer),
                    Next::Close(reason) => break reason,
                }
                if timers.expires_at_s() != expiry {
                    timer.as_mut().reset(app.coarse_timer.next(timers.next(Instant::now(), app.clock.now_s())));
                }
            }
            Wakeup::Read(ReadEvent::Ended(reason)) => break reason,
            Wakeup::Answered(answer) => {
                if let Some(frame) = answer {
                    session.answer(frame);
                }
            }
            Wakeup::Writable(Err(_)) => break CloseReason::PeerLeft,
            Wakeup::Writable(Ok(())) => {
                let outcome = socket.flush();
                outcome.count(&app.metrics);
                if outcome.bytes > 0 && !answering {
                    // The client took bytes, so it is alive, although the server does not read from it now.
                    timers.client_alive(Instant::now());
                }
            }
            Wakeup::Woken => {
                if socket.outbox.is_broken() {
                    break CloseReason::PeerLeft;
                }
            }
            Wakeup::Time => {
                let now = Instant::now();
                if answering && !reading {
                    // The server does not read from the client now, so it can't know whether the client is silent.
                    timers.client_alive(now);
                }
                if let Some(reason) = do_due_work(session, &mut timers, now, app.clock.now_s()) {
                    break reason;
                }
                timer.as_mut().reset(app.coarse_timer.next(timers.next(now, app.clock.now_s())));
            }
        }
    }
}

/// Polls the running commands for the next answer.
fn next_answer(in_flight: &mut InFlight, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
    let Some(answers) = in_flight else { return Poll::Pending };
    let answer = answers.poll_next_unpin(context);
    if answers.is_empty() {
        *in_flight = None;
    }
    answer.map(Option::flatten)
}

/// Does the work that is due now. Returns a reason if the connection must end.
fn do_due_work(session: &Arc<Session>, timers: &mut Timers, now: Instant, now_s: i64) -> Option<CloseReason> {
    match timers.due(now, now_s) {
        Due::Nothing => {}
        Due::Ping => session.ping(),
        Due::Silence => return Some(CloseReason::code(CloseCode::HeartbeatLost)),
        Due::ExpiryNotice => {
            let token_expires_at = Some(causerie_protocol::Timestamp { seconds: timers.expires_at_s(), nanos: 0 });
            session.push(&Frame::event(wire::event::Kind::TokenExpiring(wire::TokenExpiring { token_expires_at })));
        }
        Due::Expired => return Some(CloseReason::code(CloseCode::TokenExpired)),
    }
    None
}

/// Waits for running commands and queues their answers, and queues the event that tells the client when to reconnect. Called
/// before a server that stops closes a connection.
async fn prepare_going_away(session: &Arc<Session>, in_flight: InFlight) {
    let finish = async {
        let mut answers = in_flight.unwrap_or_default();
        while let Some(answer) = answers.next().await {
            if let Some(frame) = answer {
                session.answer(frame);
            }
        }
    };
    // The client repeats commands that take longer.
    let _ = timeout(FINISH_TIMEOUT, finish).await;
    let reconnect_after_ms = rand::random_range(1..=super::drain::RECONNECT_WITHIN_MS);
    let going_away = Frame::event(wire::event::Kind::GoingAway(wire::GoingAway { reconnect_after_ms }));
    session.answer(going_away.on_wire(session.socket.encoding));
}

/// Sends a close frame with the reason, and waits until the client closes the connection, at most 2 s.
pub async fn close(metrics: &Metrics, reader: &mut Reader, socket: &SocketWriter, reason: CloseReason) {
    let CloseReason::Code(code, message) = reason else {
        // If the client sent a close frame, this writes the answer to that frame. If not, there is nothing to send.
        socket.answer(reader.close(None));
        let _ = timeout(CLOSE_TIMEOUT, socket.drain()).await;
        return;
    };
    metrics.closes.get_or_create(&CloseLabel { code }).inc();
    // The log does not contain the message, which may quote text that the client sent.
    tracing::debug!(code = code.name(), "a connection is closed");
    let mut length = message.len().min(REASON_BYTES_MAX);
    while !message.is_char_boundary(length) {
        length -= 1;
    }
    let frame = CloseFrame { code: WireCode::from(code.number()), reason: Utf8Bytes::from(&message[..length]) };
    socket.answer(reader.close(Some(frame)));
    let _ = timeout(CLOSE_TIMEOUT, finish_close(reader, socket)).await;
}

/// Writes the waiting frames, with the close frame as the last, and waits for the client's close frame. Other frames that
/// the client still sends are ignored.
async fn finish_close(reader: &mut Reader, socket: &SocketWriter) {
    if !socket.drain().await {
        return;
    }
    loop {
        match poll_fn(|context| reader.poll(context, socket)).await {
            ReadEvent::Frame(..) | ReadEvent::Alive(_) => {}
            ReadEvent::Ended(CloseReason::PeerLeft) => return,
            ReadEvent::Ended(CloseReason::Code(..)) => break,
        }
    }
    // After an invalid frame no further frame can be decoded, so the bytes are read and ignored. Closing a socket with
    // unread bytes would reset the connection, and the client's system might discard the close frame.
    if socket.shut().is_err() {
        return;
    }
    let mut ignored = [0; 1024];
    while reader.socket().read(&mut ignored).await.is_ok_and(|count| count > 0) {}
}
