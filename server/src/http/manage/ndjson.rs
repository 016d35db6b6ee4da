//! Answers of any length: one JSON object per line, sent as they are read.

use std::{io, marker::PhantomData, time::Duration};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use super::{decode::without_nulls, endpoint, schemas::Schemas};
use crate::{http::assets, store::StoreError};

/// The media type: one JSON object per line.
pub const NDJSON: &str = "application/x-ndjson";

/// A caller that reads nothing for so long is given up.
const IDLE: Duration = Duration::from_secs(30);
/// Pieces on their way to the socket.
const PIECES_WAITING: usize = 4;

/// Why an answer ends early.
pub enum Stopped {
    /// The database failed.
    Store(StoreError),
    /// The caller reads no longer.
    Left,
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Lines to send.
pub struct Lines(mpsc::Sender<io::Result<Bytes>>);

/// An answer of lines of this type.
pub struct Ndjson<T>(mpsc::Receiver<io::Result<Bytes>>, PhantomData<fn() -> T>);

/// Lines, and the answer they come in.
#[must_use]
pub fn lines<T>() -> (Lines, Ndjson<T>) {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING);
    (Lines(sender), Ndjson(receiver, PhantomData))
}

impl Lines {
    /// Sends rows, a line each.
    ///
    /// # Errors
    /// When the caller left, or reads nothing for 30 seconds.
    pub async fn send<T: Serialize>(&self, rows: impl IntoIterator<Item = T>) -> Result<(), Stopped> {
        let mut lines = Vec::new();
        for row in rows {
            let row = serde_json::to_value(&row).unwrap_or_default();
            lines.extend(without_nulls(row).to_string().into_bytes());
            lines.push(b'\n');
        }
        if lines.is_empty() {
            return Ok(());
        }
        match timeout(IDLE, self.0.send(Ok(lines.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Stopped::Left),
        }
    }

    /// Ends the answer. After a failure of the database the connection ends without the last chunk, so that the caller knows.
    pub async fn end(self, done: Result<(), Stopped>) {
        if let Err(Stopped::Store(error)) = done {
            tracing::error!(%error, "an answer broke off");
            let _ = self.0.send(Err(io::Error::other("the database can't answer now"))).await;
        }
    }
}

impl<T: JsonSchema> endpoint::Answer for Ndjson<T> {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.answer::<T>() } }))
    }

    fn response(self) -> Response {
        let pieces = stream::unfold(self.0, |mut pieces| async move { Some((pieces.recv().await?, pieces)) });
        let mut response = Response::new(Body::from_stream(pieces));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        assets::protect(headers);
        response
    }
}
