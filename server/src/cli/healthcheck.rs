//! `causerie healthcheck`: asks the running server whether it is ready, for containers and scripts that have no HTTP client.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Outcome, Settings};

/// The maximum time for the answer. Orchestrators wait about as long for a health check.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of bytes that are read from the answer. Only its status line is needed.
const ANSWER_BYTES_MAX: u64 = 1024;

pub(super) async fn run(settings: &Settings) -> Outcome {
    let mut address = settings.load()?.config.listen.internal;
    if address.ip().is_unspecified() {
        // A server that listens on all addresses also listens on the loopback address.
        let loopback: std::net::IpAddr = match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(loopback);
    }
    let status = tokio::time::timeout(TIMEOUT, fetch_status(address))
        .await
        .map_err(|_| format!("no answer from {address} within {TIMEOUT:?}"))?
        .map_err(|error| {
            format!("no answer from {address} (`listen.internal`): {error}; is the server running, with this setting?")
        })?;
    match status {
        Some(200) => Ok(()),
        Some(status) => Err(format!("not ready: {address} answered {status}").into()),
        None => Err(format!("{address} (`listen.internal`) speaks no HTTP: another program listens there").into()),
    }
}

/// Sends `GET /readyz`, and returns the status of the answer; `None` if the answer is not HTTP.
async fn fetch_status(address: SocketAddr) -> std::io::Result<Option<u16>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let mut words = answer.lines().next().unwrap_or_default().split(' ');
    Ok(words.next().filter(|version| version.starts_with("HTTP/1.")).and_then(|_| words.next()?.parse().ok()))
}
