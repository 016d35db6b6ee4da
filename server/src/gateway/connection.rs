//! The task that owns a socket: one loop, one reason to end, one cleanup.
//!
//! It reads, and does what the clock asks for. What is to be written waits in the session's outbox and is written by a
//! [flusher](crate::sessions::flusher); only while the kernel takes no more does this task wait to go on writing. So a peer that
//! takes its time to read can still be heard, and is not taken for dead.

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
    upgrade,
};
use crate::{
    app::App,
    sessions::{CloseReason, Frame, Session, SocketWriter},
    telemetry::{CloseLabel, Metrics},
};

/// How long a peer may take to answer a close frame.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// How long commands under way may take once the server leaves. Retried elsewhere they are harmless, only slower.
const FINISH_PATIENCE: Duration = Duration::from_secs(1);
/// A close frame's reason: 125 bytes less the code (RFC 6455 §5.5), and less to be cut at a letter.
const REASON_BYTES_MAX: usize = 120;

/// Serves a connection to its end.
pub async fn run(app: Arc<App>, upgrading: OnUpgrade, encoding: Encoding) {
    // What happens once in a connection's life is boxed, so that the task of one that only is there is small.
    let Some((socket, early)) = Box::pin(upgrade::socket(upgrading)).await else { return };
    let _open = GaugeGuard::up(&app.metrics.connections);
    let (read, write) = socket.into_split();
    let mut reader = Reader::new(read, early, Some(encoding));
    let socket = Arc::new(SocketWriter::new(write, encoding, app.config.limits.outbox_bytes_max));
    let reason = match Box::pin(handshake::establish(&app, &mut reader, &socket)).await {
        Ok(handshake::Established { registered, expires_at_s }) => {
            let _session = GaugeGuard::up(&app.metrics.sessions);
            serve(&app, &mut reader, registered.session(), expires_at_s).await
        }
        Err(reason) => reason,
    };
    Box::pin(close(&app.metrics, &mut reader, &socket, reason)).await;
}

/// One more in a gauge while it lives, whichever way its task ends.
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

/// Answers to come. Only there while some are.
type InFlight = Option<FuturesUnordered<BoxFuture<'static, Option<Bytes>>>>;

/// What there is to do next.
enum Wakeup {
    Read(ReadEvent),
    Answered(Option<Bytes>),
    Writable(io::Result<()>),
    Look,
    Time,
}

async fn serve(app: &Arc<App>, reader: &mut Reader, session: &Arc<Session>, expires_at_s: i64) -> CloseReason {
    let socket = &*session.socket;
    let mut timers = Timers::new(app.config.heartbeat.interval(), expires_at_s, Instant::now());
    let mut limiter = ConnectionLimiter::new(&app.config.limits);
    let mut in_flight = InFlight::None;
    let mut timer = pin!(sleep_until(app.coarse_timer.next(timers.next(Instant::now(), app.clock.now_s()))));
    // Events may wait behind the welcome.
    socket.flush().count(&app.metrics);
    loop {
        if let Some(reason) = session.closing() {
            if matches!(reason, CloseReason::Code(CloseCode::GoingAway, _)) {
                Box::pin(farewell(session, in_flight)).await;
            }
            break reason.clone();
        }
        // A peer that asks and does not take the answers is not heard, nor answered more, until it does.
        let answering = socket.is_listening();
        let under_way = in_flight.as_ref().map_or(0, FuturesUnordered::len);
        let reading = answering && under_way < app.config.limits.in_flight_max;
        // By hand: what `select!` holds for its branches would be a third of what an idle session costs.
        let turn = poll_fn(|context| {
            if reading && let Poll::Ready(heard) = reader.poll(context, session) {
                return Poll::Ready(Wakeup::Read(heard));
            }
            if answering && let Poll::Ready(answer) = next_answer(&mut in_flight, context) {
                return Poll::Ready(Wakeup::Answered(answer));
            }
            if let Poll::Ready(writable) = socket.poll_unblocked(context) {
                return Poll::Ready(Wakeup::Writable(writable));
            }
            if socket.poll_look(context).is_ready() {
                return Poll::Ready(Wakeup::Look);
            }
            timer.as_mut().poll(context).map(|()| Wakeup::Time)
        });
        match turn.await {
            Wakeup::Read(ReadEvent::Alive(frames)) => {
                timers.heard(Instant::now());
                // Pings are answered for nothing, and empty parts cost without end: a flood of them is a flood.
                if (0..frames).any(|_| limiter.frame() == Verdict::Flood) {
                    break CloseReason::code(CloseCode::RateLimited);
                }
            }
            Wakeup::Read(ReadEvent::Frame(_, frame)) => {
                timers.heard(Instant::now());
                // What came before the end is not done after it: a revocation that was answered binds.
                if let Some(reason) = session.closing() {
                    break reason.clone();
                }
                let expiry = timers.expires_at_s();
                match Box::pin(commands::frame(app, session, &mut limiter, &mut timers, &frame)).await {
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
                let wrote = socket.flush();
                wrote.count(&app.metrics);
                if wrote.bytes > 0 && !answering {
                    // Room was made for what waited: the peer lives, though nobody listens to it.
                    timers.heard(Instant::now());
                }
            }
            Wakeup::Look => {
                if socket.is_broken() {
                    break CloseReason::PeerLeft;
                }
            }
            Wakeup::Time => {
                let now = Instant::now();
                if answering && !reading {
                    // Its silence is ours: we do not listen.
                    timers.heard(now);
                }
                if let Some(reason) = attend(session, &mut timers, now, app.clock.now_s()) {
                    break reason;
                }
                timer.as_mut().reset(app.coarse_timer.next(timers.next(now, app.clock.now_s())));
            }
        }
    }
}

fn next_answer(in_flight: &mut InFlight, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
    let Some(answers) = in_flight else { return Poll::Pending };
    let answer = answers.poll_next_unpin(context);
    if answers.is_empty() {
        *in_flight = None;
    }
    answer.map(Option::flatten)
}

/// Does what the clock asks for; a reason ends the connection.
fn attend(session: &Arc<Session>, timers: &mut Timers, now: Instant, now_s: i64) -> Option<CloseReason> {
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

/// What is said before the server leaves: answers to what is under way, what waits, and when to come back.
async fn farewell(session: &Arc<Session>, in_flight: InFlight) {
    let finish = async {
        let mut answers = in_flight.unwrap_or_default();
        while let Some(answer) = answers.next().await {
            if let Some(frame) = answer {
                session.answer(frame);
            }
        }
    };
    // The peer asks again for what took longer.
    let _ = timeout(FINISH_PATIENCE, finish).await;
    let reconnect_after_ms = rand::random_range(1..=super::drain::RETURN_WITHIN_MS);
    let going = Frame::event(wire::event::Kind::GoingAway(wire::GoingAway { reconnect_after_ms }));
    session.answer(going.on_wire(session.socket.encoding));
}

/// Says why, as far as the peer still listens, and waits for it to leave.
pub async fn close(metrics: &Metrics, reader: &mut Reader, socket: &SocketWriter, reason: CloseReason) {
    let CloseReason::Code(code, why) = reason else {
        // The peer's close frame is answered; where there was none, there is nobody to hear anything.
        socket.answer(reader.close(None));
        let _ = timeout(CLOSE_PATIENCE, socket.drain()).await;
        return;
    };
    metrics.closes.get_or_create(&CloseLabel { code }).inc();
    // Without the sentence: it may quote what the peer sent.
    tracing::debug!(code = code.name(), "a connection is closed");
    let mut end = why.len().min(REASON_BYTES_MAX);
    while !why.is_char_boundary(end) {
        end -= 1;
    }
    let frame = CloseFrame { code: WireCode::from(code.number()), reason: Utf8Bytes::from(&why[..end]) };
    socket.answer(reader.close(Some(frame)));
    let _ = timeout(CLOSE_PATIENCE, goodbye(reader, socket)).await;
}

/// Writes what waits, the close frame last, and waits for the peer's. What it still sends is not for us any more.
async fn goodbye(reader: &mut Reader, socket: &SocketWriter) {
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
    // After a frame that can't be read nothing can be. Closing with bytes unread would reset the connection, and the
    // peer's system throw our close frame away.
    if socket.shut().is_err() {
        return;
    }
    let mut unread = [0; 1024];
    while reader.socket().read(&mut unread).await.is_ok_and(|count| count > 0) {}
}
