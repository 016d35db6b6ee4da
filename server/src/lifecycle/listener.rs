//! Accepts connections and serves HTTP/1.1 on them, including upgrades to WebSocket.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{app::StartError, http::cut::Cut, tasks::Tasks};

/// The maximum time for the head of a request. The server disconnects a client that takes longer, because the client may
/// delay the head on purpose.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum length of a request's head in bytes: a token of 8 KiB, cookies of the embedding page, and a reserve.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The size of the send buffer of a socket; the kernel doubles this value for its own needs. Without this size, the buffer
/// would grow to 4 MiB for a client that does not read, which is too much for 1,000 slow readers. One page of a history
/// fits into it.
const SEND_BUFFER_BYTES: u32 = 48 * 1024;
/// The maximum number of connections that wait to be accepted. Thousands of clients may reconnect at once after a network
/// cut, and a client that the kernel does not queue tries again only after a second. Linux limits the value to
/// `net.core.somaxconn`, by default 4,096.
const BACKLOG_MAX: u32 = 16 * 1024;
/// The wait after a failed accept. While the process has no free file descriptor, trying again at once would only use CPU
/// time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// An open port whose connections are not accepted yet.
pub(super) struct Bound(TcpListener, SocketAddr);

/// An open port and its connections.
pub(super) struct Listener {
    address: SocketAddr,
    /// Ends the task that accepts connections.
    stop_accept: CancellationToken,
    /// Makes each connection end after its current request.
    shutdown: CancellationToken,
    connections: TaskTracker,
}

impl Listener {
    /// Opens the port at `address`. `key` is the setting that has the address; the error names it.
    ///
    /// # Errors
    /// [`StartError::Listen`] if the operating system refuses, for example because the port is taken.
    pub(super) async fn bind(key: &'static str, address: SocketAddr) -> Result<Bound, StartError> {
        let failed = |error| StartError::Listen { key, address, error };
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
        // The standard library sets this option too. With it, a restarted server need not wait until the connections of the
        // previous process time out.
        socket.set_reuseaddr(true).map_err(failed)?;
        // Accepted sockets inherit this size.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES).map_err(failed)?;
        socket.bind(address).map_err(failed)?;
        let listener = socket.listen(BACKLOG_MAX).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Bound(listener, address))
    }

    /// The address of the port, with the number that the operating system chose if the setting is 0.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port. Existing connections stay open.
    pub(super) fn stop_accepting(&self) {
        self.stop_accept.cancel();
    }

    /// Waits until each connection has answered its current request and is closed. Connections that were upgraded to
    /// WebSocket are not counted here.
    pub(super) async fn finish(&self) {
        self.shutdown.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Bound {
    /// Starts the task `name`, which accepts connections and answers their requests with `router`.
    pub(super) fn serve(self, tasks: &Tasks, name: &'static str, router: Router) -> Listener {
        let Self(socket, address) = self;
        let listener = Listener {
            address,
            stop_accept: CancellationToken::new(),
            shutdown: CancellationToken::new(),
            connections: TaskTracker::new(),
        };
        let (stop_accept, shutdown, connections) =
            (listener.stop_accept.clone(), listener.shutdown.clone(), listener.connections.clone());
        let task_reports = tasks.clone();
        tasks.spawn_vital(name, async move {
            loop {
                let (stream, peer) = tokio::select! {
                    biased;
                    () = stop_accept.cancelled() => break,
                    accepted = socket.accept() => match accepted {
                        Ok(accepted) => accepted,
                        Err(error) => {
                            tracing::warn!(%error, listener = name, "a connection can't be accepted");
                            tokio::time::sleep(ACCEPT_PAUSE).await;
                            continue;
                        }
                    },
                };
                // The flushers coalesce frames already, so Nagle's algorithm would only delay them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, %peer, "a connection was gone before it began");
                    continue;
                }
                connections.spawn(task_reports.watched("connection", serve(stream, peer, router.clone(), shutdown.clone())));
            }
        });
        listener
    }
}

/// Serves the requests of one connection until it ends, or until `shutdown` is cancelled and the current request is
/// answered.
async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: CancellationToken) {
    let service = TowerToHyperService::new(router);
    let cut = Cut::default();
    let request_cut = cut.clone();
    let with_peer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request_cut.set_at_shutdown(false);
        request.extensions_mut().insert(request_cut.clone());
        let service = service.clone();
        async move {
            let answer = hyper::service::Service::call(&service, request.map(Body::new)).await;
            answer.map_err(|never: Infallible| never)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), with_peer)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = cut.asked() => return,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            if cut.is_at_shutdown() {
                return;
            }
            tokio::select! {
                ended = connection => ended,
                () = cut.asked() => return,
            }
        }
    };
    if let Err(error) = ended {
        // The level is debug because connections often break.
        tracing::debug!(%error, %peer, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{extract::State, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::Notify,
    };

    use super::*;

    /// The state of a handler that notifies `started` and answers after `may_end` is notified.
    #[derive(Clone, Default)]
    struct Slow {
        started: Arc<Notify>,
        may_end: Arc<Notify>,
    }

    async fn start(router: Router) -> (Listener, Tasks) {
        let tasks = Tasks::default();
        let bound = Listener::bind("listen.public", (std::net::Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
        (bound.serve(&tasks, "listener", router), tasks)
    }

    async fn send_request(address: SocketAddr, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes()).await.expect("writes");
        stream
    }

    async fn read_to_end(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("reads");
        text
    }

    #[tokio::test]
    async fn a_request_in_flight_is_answered_before_shutdown() {
        let slow = Slow::default();
        let handler = |State(slow): State<Slow>| async move {
            slow.started.notify_one();
            slow.may_end.notified().await;
            "done"
        };
        let (listener, tasks) = start(Router::new().route("/slow", get(handler)).with_state(slow.clone())).await;
        let address = listener.address();
        let stream = send_request(address, "/slow").await;
        slow.started.notified().await;

        listener.stop_accepting();
        let finish = tokio::spawn(async move { listener.finish().await });
        // The port is closed once the accepting task has ended.
        tasks.finish().await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        assert!(!finish.is_finished());
        slow.may_end.notify_one();
        finish.await.expect("ends");
        let answer = read_to_end(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"), "{answer}");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_delay_shutdown() {
        let (listener, _tasks) = start(Router::new().route("/", get(|| async { "hi" }))).await;
        let mut stream = send_request(listener.address(), "/").await;
        let mut first = [0; 1];
        stream.read_exact(&mut first).await.expect("an answer came");
        listener.stop_accepting();
        listener.finish().await;
        assert!(read_to_end(stream).await.ends_with("hi"));
    }

    #[tokio::test]
    async fn handlers_know_the_address_of_the_peer() {
        let handler = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let (listener, _tasks) = start(Router::new().route("/", get(handler))).await;
        let mut stream = send_request(listener.address(), "/").await;
        let local = stream.local_addr().expect("is connected").to_string();
        let mut first = [0; 1];
        stream.read_exact(&mut first).await.expect("an answer came");
        listener.stop_accepting();
        listener.finish().await;
        let answer = read_to_end(stream).await;
        assert!(answer.ends_with(&local), "{answer}");
    }

    #[tokio::test]
    async fn a_panic_of_a_handler_is_recorded() {
        async fn broken() -> &'static str {
            panic!("on purpose")
        }
        let (listener, tasks) = start(Router::new().route("/", get(broken)).route("/ok", get(|| async { "ok" }))).await;
        assert_eq!(read_to_end(send_request(listener.address(), "/").await).await, "", "its connection ends");
        listener.stop_accepting();
        listener.finish().await;
        assert!(tasks.any_died());
    }

    #[tokio::test]
    async fn an_address_in_use_names_its_setting() {
        let (listener, _tasks) = start(Router::new()).await;
        let error = Listener::bind("listen.internal", listener.address()).await.err().expect("is taken");
        assert!(error.to_string().starts_with("`listen.internal`: can't listen on 127.0.0.1:"), "{error}");
    }
}
