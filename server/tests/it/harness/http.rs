//! HTTP/1.1 by hand: one request per connection, every byte of it the test's own choice.

use std::{fmt::Write as _, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::within;

/// A request to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Response {
    /// `404`.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// As it came.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, credential: &str) -> Self {
        self.header("authorization", format!("Bearer {credential}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// With any body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self, to: SocketAddr) -> Response {
        let path = self.path.clone();
        within(&format!("an answer to {} {path}", self.method), self.exchange(to)).await
    }

    /// Sends it; `None` where no server answers.
    pub async fn try_send(self, to: SocketAddr) -> Option<Response> {
        TcpStream::connect(to).await.ok()?;
        let path = self.path.clone();
        // A server that ends meanwhile gives no answer, which is a panic in `exchange`.
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
        // Side by side: a server may answer before it has read a body it does not want.
        let writing = tokio::spawn(async move { writer.write_all(&body).await.map(|()| writer) });
        let mut answer = Vec::new();
        // A reset after the answer is the server's way to not read the rest of a body.
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
            Some(other) => panic!("nobody asked for {other}"),
        }
    }

    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The lines of a body that comes as it is made.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!((self.status, self.header("content-type")), (200, Some("application/x-ndjson")), "{}", self.text());
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }
}

/// What an answer without a length says (RFC 9112, 7.1), which must have come to its end.
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
