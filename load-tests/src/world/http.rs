//! An HTTP client with one request per connection, in HTTP/1.0: the server closes the connection after its answer,
//! so the body needs no decoding.

use std::{net::SocketAddr, path::Path};

use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::Outcome;

/// Requests a path, with an API key if there is one.
///
/// # Errors
/// When there is no answer, or the answer is an error.
pub async fn get(server: SocketAddr, path: &str, key: Option<&str>) -> Outcome<String> {
    let headers = key.map_or_else(String::new, |key| headers(key, 0));
    exchange(server, &format!("GET {path}"), &headers, &mut tokio::io::empty()).await
}

/// Sends a small JSON body with an API key.
///
/// # Errors
/// The errors of [`get`].
pub async fn post(server: SocketAddr, path: &str, key: &str, body: &str) -> Outcome<String> {
    let headers = headers(key, body.len() as u64) + "content-type: application/json\r\n";
    exchange(server, &format!("POST {path}"), &headers, &mut body.as_bytes()).await
}

/// Sends a file with an API key, and reads the answer at the same time.
///
/// # Errors
/// The errors of [`get`]; also if the file can't be read.
pub async fn post_file(server: SocketAddr, path: &str, key: &str, file: &Path) -> Outcome<String> {
    let mut body = File::open(file).await?;
    let headers = headers(key, body.metadata().await?.len());
    exchange(server, &format!("POST {path}"), &headers, &mut body).await
}

fn headers(key: &str, bytes: u64) -> String {
    format!("authorization: Bearer {key}\r\ncontent-length: {bytes}\r\n")
}

async fn exchange(server: SocketAddr, what: &str, headers: &str, body: &mut (impl AsyncRead + Unpin)) -> Outcome<String> {
    let mut stream = TcpStream::connect(server).await?;
    let (mut from, mut to) = stream.split();
    let asked = async {
        to.write_all(format!("{what} HTTP/1.0\r\nhost: {server}\r\n{headers}\r\n").as_bytes()).await?;
        tokio::io::copy(body, &mut to).await
    };
    let mut answer = String::new();
    let (asked, answered) = tokio::join!(asked, from.read_to_string(&mut answer));
    answered?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{what} was answered with no HTTP"))?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(format!("{what} was answered with {status}: {body}").into());
    }
    asked?;
    Ok(body.to_owned())
}
