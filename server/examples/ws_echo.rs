//! A WebSocket server that sends each message back, for a conformance suite of RFC 6455. It uses the server's own upgrade,
//! reader, outbox, flusher and close, without Causerie's frames. `scripts/rfc6455` runs it. It is a Cargo example, so that
//! `cargo test` builds it and no release build does.

use std::{
    error::Error,
    future::poll_fn,
    io,
    net::Ipv4Addr,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{Router, body::Body, extract::State};
use causerie_protocol::{ConnectionId, Encoding, TenantId, UserId};
use causerie_server::{
    auth::{Caller, Credential, keys::KeyMark},
    gateway::{
        connection,
        reader::{ReadEvent, Reader},
        upgrade::Accepted,
        upgraded,
    },
    sessions::{CloseReason, Session, Sessions, SocketWriter, framing::framed},
    tasks::Tasks,
    telemetry::Metrics,
};
use http::{Request, Response};
use hyper::{server::conn::http1, service::service_fn, upgrade::OnUpgrade};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::{TcpListener, TcpStream};

/// As `limits.outbox_bytes_max`; echoes are answers, which it does not bound.
const OUTBOX_BYTES_MAX: usize = 128 * 1024;

struct Echo {
    sessions: Sessions,
    metrics: Arc<Metrics>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (tasks, metrics) = (Tasks::default(), Arc::new(Metrics::new()));
    let echo = Arc::new(Echo { sessions: Sessions::start(&tasks, &metrics), metrics });
    let router = Router::new().fallback(open).with_state(echo);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, router.clone()));
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        hyper::service::Service::call(&service, request.map(Body::new))
    });
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await {
        eprintln!("a connection broke off: {error}");
    }
}

async fn open(State(echo): State<Arc<Echo>>, mut request: Request<Body>) -> Response<Body> {
    match Accepted::check(&request) {
        Ok(accepted) => {
            tokio::spawn(run(echo, hyper::upgrade::on(&mut request)));
            accepted.response(None)
        }
        Err(refusal) => *refusal,
    }
}

async fn run(echo: Arc<Echo>, upgrading: OnUpgrade) {
    let Some((socket, early)) = upgraded::socket(upgrading).await else { return };
    let (read, write) = socket.into_split();
    let mut reader = Reader::new(read, early, None);
    let socket = Arc::new(SocketWriter::new(write, Encoding::Json, OUTBOX_BYTES_MAX));
    let caller = Caller { tenant: TenantId::new(), user: UserId::new(), credential: Credential::Token { issued_at_s: 0 } };
    let connection = ConnectionId::new();
    let (key, flusher) = (KeyMark::of(""), echo.sessions.flusher(connection));
    let session = Arc::new(Session::new(connection, caller, key, Arc::clone(&socket), flusher));
    // Nothing is written before a connection's own task did so once, after the welcome.
    socket.flush();
    let reason = loop {
        match poll_fn(|context| poll(&mut reader, &session, context)).await {
            Wakeup::ReadEvent(ReadEvent::Frame(encoding, message)) => session.answer(framed(encoding, &message)),
            Wakeup::ReadEvent(ReadEvent::Alive(_)) => {}
            Wakeup::ReadEvent(ReadEvent::Ended(reason)) => break reason,
            Wakeup::Writable(Ok(())) => {
                socket.flush();
            }
            Wakeup::Look if !socket.outbox.is_broken() => {}
            Wakeup::Look | Wakeup::Writable(Err(_)) => break CloseReason::PeerLeft,
        }
    };
    connection::close(&echo.metrics, &mut reader, &socket, reason).await;
}

enum Wakeup {
    ReadEvent(ReadEvent),
    Writable(io::Result<()>),
    Look,
}

/// As in `gateway::connection`: while a client does not read its answers, nothing is read from it.
fn poll(reader: &mut Reader, session: &Arc<Session>, context: &mut Context<'_>) -> Poll<Wakeup> {
    let socket = &session.socket;
    if socket.has_room_for_replies()
        && let Poll::Ready(event) = reader.poll(context, session)
    {
        return Poll::Ready(Wakeup::ReadEvent(event));
    }
    if let Poll::Ready(writable) = socket.poll_unblocked(context) {
        return Poll::Ready(Wakeup::Writable(writable));
    }
    socket.poll_woken(context).map(|()| Wakeup::Look)
}
