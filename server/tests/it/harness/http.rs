//! An HTTP/1.1 client without a library: one request per connection, and the test chooses every byte.

use std::{fmt::Write as _, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::within;

/// A request to send.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A parsed answer.
#[derive(Debug)]
pub struct Response {
    /// The status code, such as 404.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, without chunk headers.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and without a body.
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, credential: &str) -> Self {
        self.header("authorization", format!("Bearer {credential}"))
    }

    /// Sets a JSON body and its content type.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sets any body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request and reads the whole answer.
    pub async fn send(self, to: SocketAddr) -> Response {
        let path = self.path.clone();
        within(&format!("an answer to {} {path}", self.method), self.exchange(to)).await
    }

    /// Sends the request. Returns `None` if no server answers.
    pub async fn try_send(self, to: SocketAddr) -> Option<Response> {
        TcpStream::connect(to).await.ok()?;
        let path = self.path.clone();
        // A server that stops during the request gives no answer, and `exchange` panics.
        let asked = tokio::spawn(self.exchange(to));
        within(&format!("an answer to {path}, or none"), asked).await.ok()
    }

    async fn exchange(self, to: SocketAddr) -> Response {
        let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            let _ = write!(head, "host: {to}\r\n");
        }
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "content-length: {}\r\n\r\n", self.body.len());

        let mut stream = TcpStream::connect(to).await.expect("the server accepts");
        stream.write_all(head.as_bytes()).await.expect("the server reads heads");
        let (mut reader, mut writer) = stream.into_split();
        let body = self.body;
        // Reading and writing run at the same time: a server may answer before it has read a body that it refuses.
        let writing = tokio::spawn(async move { writer.write_all(&body).await.map(|()| writer) });
        let mut answer = Vec::new();
        // The server may reset the connection after its answer, to discard the rest of a body.
        let _ = reader.read_to_end(&mut answer).await;
        let _ = writing.await;
        Response::parse(&answer)
    }
}

impl Response {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no HTTP answer: {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).expect("heads are ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        let response = Self { status, headers, body: bytes[end + 4..].to_vec() };
        match response.header("transfer-encoding") {
            None => response,
            Some("chunked") => Self { body: unchunked(&response.body), ..response },
            Some(other) => panic!("unexpected chunk {other}"),
        }
    }

    /// The value of a header. `name` must be lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The JSON lines of a streamed body.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!((self.status, self.header("content-type")), (200, Some("application/x-ndjson")), "{}", self.text());
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// The JSON body of an answer that must be a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }
}

/// The content of a chunked body (RFC 9112, 7.1), which must be complete.
fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").expect("the answer is whole");
        let size = std::str::from_utf8(&bytes[..end]).expect("sizes are ASCII");
        let size = usize::from_str_radix(size, 16).expect("sizes are hexadecimal");
        if size == 0 {
            return body;
        }
        let chunk = bytes.get(end + 2..end + 2 + size).expect("the answer is whole");
        body.extend_from_slice(chunk);
        bytes = &bytes[end + 2 + size + 2..];
    }
}
