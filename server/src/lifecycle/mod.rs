//! The life of a server, from opening its ports to closing them.
//!
//! A shutdown has these steps. The server reports "not ready", and waits until load balancers have noticed. It closes the
//! public port. It closes the sessions, spread over the drain time. It waits until running requests and tasks have ended, at
//! most until a deadline.

mod epochs;
mod listener;
mod signals;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use listener::Listener;
pub use signals::{Signals, outlive_file_size_limit};

use crate::{
    app::{App, StartError},
    gateway, http,
    tasks::Phase,
};

/// The longest time for which the server waits for requests and tasks after the drain. The deadline of a command is shorter.
const FINISH_MAX: Duration = Duration::from_secs(10);

/// A running server with open ports.
pub struct Server {
    app: Arc<App>,
    public: Listener,
    internal: Listener,
}

/// The reason why a shutdown was not clean.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnd {
    /// A task panicked, or the server gave up, before or during the shutdown.
    #[error("a part of the server can't go on; the log tells which")]
    TaskDied,
    /// Requests or tasks did not end in time.
    #[error("requests were still running {FINISH_MAX:?} after the drain")]
    Deadline,
}

impl Server {
    /// Opens both ports and serves the API and the routes of `added`. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] if a port can't be opened or the database does not answer.
    pub async fn start(app: Arc<App>, added: Router) -> Result<Self, StartError> {
        let listen = &app.config.listen;
        // Both ports are opened before either of them serves, so that a server that can't open its internal port serves
        // nothing.
        let public = Listener::bind("listen.public", listen.public).await?;
        let internal = Listener::bind("listen.internal", listen.internal).await?;
        let server = Self {
            public: public.serve(&app.tasks, "public listener", http::public_router(Arc::clone(&app), added)),
            internal: internal.serve(&app.tasks, "internal listener", http::internal_router(Arc::clone(&app))),
            app,
        };
        gateway::watch_keys(&server.app);
        server.app.jobs.start(&server.app.tasks, &server.app.readiness).await?;
        // The embedded database can't be replaced while this process holds the lock of its folder.
        if !server.app.store.is_embedded() {
            let epochs = epochs::read(&server.app).await?;
            server.app.tasks.spawn_vital("epochs", epochs::watch(Arc::clone(&server.app), epochs));
        }
        server.app.readiness.set(Phase::Ready);
        Ok(server)
    }

    /// The parts of the server that its handlers and tasks share.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The address for clients. If the port in the settings is 0, this is the port that the system chose.
    #[must_use]
    pub fn public_address(&self) -> SocketAddr {
        self.public.address()
    }

    /// The address for operators, which serves health checks and metrics.
    #[must_use]
    pub fn internal_address(&self) -> SocketAddr {
        self.internal.address()
    }

    /// Waits until a vital task has panicked or the server has given up.
    pub async fn died(&self) {
        self.app.tasks.died().await;
    }

    /// Shuts the server down, in the steps that the module's documentation lists.
    ///
    /// # Errors
    /// [`BadEnd`] if a task has panicked, the server has given up, or requests did not end in time.
    pub async fn stop(self) -> Result<(), BadEnd> {
        let Self { app, public, internal } = self;
        let shutdown = &app.config.shutdown;
        app.readiness.set(Phase::Stopping);
        tracing::info!(delay_ms = shutdown.delay_ms, drain_ms = shutdown.drain_ms, "leaving");
        tokio::time::sleep(shutdown.delay()).await;
        public.stop_accepting();
        gateway::drain(&app, shutdown.drain()).await;

        let finish = async {
            public.finish().await;
            // The internal port stays open until here, so that operators can watch the drain.
            internal.stop_accepting();
            internal.finish().await;
            app.tasks.finish().await;
            app.store.close().await;
        };
        let finished = tokio::time::timeout(FINISH_MAX, finish).await;
        if app.tasks.any_died() {
            return Err(BadEnd::TaskDied);
        }
        finished.map_err(|_| BadEnd::Deadline)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::TcpStream;

    use super::*;
    use crate::{
        config::Config,
        testing::{TempDirectory, TestClock},
    };

    async fn start(directory: &TempDirectory) -> Server {
        let mut config = Config::default();
        config.listen.public = (Ipv4Addr::LOCALHOST, 0).into();
        config.listen.internal = (Ipv4Addr::LOCALHOST, 0).into();
        config.data.dir = directory.0.join("data");
        config.shutdown.drain_ms = 0;
        let app = App::build(config, TestClock::new()).await.expect("builds");
        assert!(!app.readiness.is_ready(), "nobody is to come before the ports are open");
        Server::start(app, Router::new()).await.expect("starts")
    }

    #[tokio::test]
    async fn a_server_starts_and_stops_in_order() {
        let directory = TempDirectory::new();
        let server = start(&directory).await;
        let (app, addresses) = (Arc::clone(server.app()), [server.public_address(), server.internal_address()]);
        assert!(app.readiness.is_ready());
        for address in addresses {
            TcpStream::connect(address).await.expect("is open");
        }
        assert_eq!(server.stop().await, Ok(()));
        assert_eq!(app.readiness.phase(), Phase::Stopping);
        for address in addresses {
            assert!(TcpStream::connect(address).await.is_err(), "{address} is still open");
        }
    }

    #[tokio::test]
    async fn a_dead_task_makes_the_exit_code_fail() {
        let directory = TempDirectory::new();
        let server = start(&directory).await;
        server.app().tasks.spawn_vital("heart", async { panic!("on purpose") });
        server.died().await;
        assert_eq!(server.stop().await, Err(BadEnd::TaskDied));
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let directory = TempDirectory::new();
        let server = start(&directory).await;
        let mut config = server.app().config.clone();
        config.listen.internal = server.internal_address();
        config.data.dir = directory.0.join("other");
        let second = App::build(config, TestClock::new()).await.expect("builds");
        let error = Server::start(second, Router::new()).await.err().expect("the port is taken");
        assert!(error.to_string().contains("`listen.internal`"), "{error}");
        assert_eq!(server.stop().await, Ok(()));
    }
}
