//! If the log can not be written, the server neither ends nor blocks.

use std::{
    fs::OpenOptions,
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
};

use futures::future::join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{Database, Settings, Volume, eventually, free_address, http::Request, within};

/// A server whose standard output and error are chosen by the test.
struct Server {
    child: Child,
    public: SocketAddr,
    internal: SocketAddr,
    // Last field: the server must stop before its database is dropped.
    _database: Database,
}

impl Server {
    /// Starts the server with a verbose log and waits until it is ready.
    async fn start(change: impl FnOnce(&mut Command)) -> Self {
        let (database, public, internal) = (Database::sqlite(), free_address(), free_address());
        let settings = Settings::on(&database).set("listen.public", public).set("listen.internal", internal);
        let mut command = settings.set("log.level", "debug").command();
        command.arg("serve").stdin(Stdio::null());
        change(&mut command);
        let child = command.spawn().expect("the program starts");
        let server = Self { child, public, internal, _database: database };
        eventually("a ready server", async || {
            let answer = Request::get("/readyz").try_send(internal).await?;
            (answer.status == 200).then_some(())
        })
        .await;
        server
    }

    /// Sends requests that the server logs.
    async fn send_logged_requests(&self, times: usize) {
        let nonsense = async || {
            let mut stream = TcpStream::connect(self.public).await.expect("the server accepts");
            stream.write_all(b"\0nonsense\r\n\r\n").await.expect("the server reads");
            // The server answers or closes the connection.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        };
        for _ in 0..times.div_ceil(20) {
            within("an end of nonsense", join_all((0..20).map(|_| nonsense()))).await;
        }
        assert_eq!(Request::get("/livez").send(self.public).await.status, 200);
    }

    async fn lost_lines(&self) -> u64 {
        let figures = Request::get("/metrics").send(self.internal).await;
        let lost = figures.text().lines().find_map(|line| line.strip_prefix("causerie_log_lines_lost_total "));
        lost.and_then(|lost| lost.parse().ok()).expect("a figure")
    }

    async fn until_lines_are_lost(&self) {
        eventually("lost lines are counted", async || (self.lost_lines().await > 0).then_some(())).await;
    }

    async fn stop(mut self) -> ExitStatus {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(asked.expect("there is a shell").success());
        eventually("the end of the server", async || self.child.try_wait().expect("it is ours")).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_volume_under_the_log_does_not_end_the_server() {
    let volume = Volume::tmpfs(1);
    let log = volume.path().join("log");
    let open = || OpenOptions::new().create(true).append(true).open(&log).expect("a file without bytes finds room");
    drop(open());
    volume.fill();
    // `causerie serve >> /full/log 2>&1`
    let server = Server::start(|command| {
        command.stdout(open()).stderr(open());
    })
    .await;
    server.send_logged_requests(100).await;
    server.until_lines_are_lost().await;
    volume.free();
    server.send_logged_requests(20).await;
    eventually("a line once there is room", async || {
        let written = std::fs::read_to_string(&log).expect("it can be read");
        written.lines().any(|line| line.contains(" DEBUG ")).then_some(())
    })
    .await;
    volume.fill();
    server.send_logged_requests(10).await;
    assert!(server.stop().await.success(), "it leaves in good order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_log_pipe_does_not_end_the_server() {
    let mut server = Server::start(|command| {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    })
    .await;
    drop((server.child.stdout.take(), server.child.stderr.take()));
    server.send_logged_requests(100).await;
    server.until_lines_are_lost().await;
    assert!(server.stop().await.success(), "it leaves in good order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_pipe_without_a_reader_does_not_block_the_server() {
    let mut server = Server::start(|command| {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    })
    .await;
    let kept = (server.child.stdout.take(), server.child.stderr.take());
    for _ in 0..100 {
        server.send_logged_requests(100).await;
        if server.lost_lines().await > 0 {
            break;
        }
    }
    server.until_lines_are_lost().await;
    server.send_logged_requests(100).await;
    assert!(server.stop().await.success(), "it leaves in good order");
    drop(kept);
}
