//! Answers of any length: one JSON object per line. The lines are written into a file before the answer begins.
//!
//! So no connection to the database is held while a client reads, a failure while rows are read is answered with an error,
//! and the answer has a length, so that a client notices a cut answer.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, SeekFrom},
    marker::PhantomData,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use causerie_protocol::{ErrorCode, Refusal};
use futures::stream;
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _},
    time::Instant,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use super::{decode::without_nulls, endpoint, exports::TenantPermit, schemas::Schemas};
use crate::{
    app::App,
    config::Export,
    http::{assets, cut::Cut, error::Problem},
    store::StoreError,
    tasks::{Readiness, Tasks},
};

/// The media type: one JSON object per line.
pub const NDJSON: &str = "application/x-ndjson";

/// A client that reads nothing for this long is disconnected.
const IDLE: Duration = Duration::from_secs(30);
/// A client that reads fewer bytes per second on average is disconnected, so that the file of an export does not use disk
/// space for days.
const BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// The approximate number of bytes that are written to the file, read from it, or sent at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Why an export is not answered.
pub enum Stopped {
    /// The database failed.
    Store(StoreError),
    /// The file can't be written.
    File(io::Error),
    /// The server stops.
    Stopping,
    /// The lines have more bytes than `export.bytes_max`.
    TooLarge(u64),
    /// The database has not answered everything within `export.seconds_max`.
    TooSlow(u32),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<Stopped> for Problem {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Store(error) => error.into(),
            Stopped::File(error) => {
                tracing::error!(%error, "the file of an export failed");
                Refusal::new(ErrorCode::Unavailable, "this server can't write the file of the export; its log tells why")
                    .into()
            }
            Stopped::TooLarge(bytes_max) => {
                let why = format!(
                    "the export has more than {bytes_max} bytes, the most this server exports (the setting `export.bytes_max`)"
                );
                Refusal::new(ErrorCode::TooLarge, why).into()
            }
            Stopped::TooSlow(seconds_max) => {
                let why = format!(
                    "the export was not read within {seconds_max} seconds, the longest this server takes (the setting \
                     `export.seconds_max`)"
                );
                Refusal::new(ErrorCode::Unavailable, why).into()
            }
            Stopped::Stopping => Refusal::new(ErrorCode::Unavailable, "this server is stopping; try again").into(),
        }
    }
}

/// Lines in a file without a name.
pub struct Lines {
    file: File,
    buffer: Vec<u8>,
    bytes: u64,
    limits: Export,
    ends_at: Instant,
    readiness: Readiness,
    tasks: Tasks,
}

impl Lines {
    /// Creates the file: in the data folder of an embedded server, otherwise in the system's folder for temporary files.
    ///
    /// # Errors
    /// If the file can't be created.
    pub fn create(app: &App) -> Result<Self, Stopped> {
        let file = if app.store.is_embedded() { unnamed(&app.config.data.dir) } else { unnamed(&env::temp_dir()) }?;
        let (readiness, tasks) = (app.readiness.clone(), app.tasks.clone());
        let limits = app.config.export.clone();
        let ends_at = Instant::now() + Duration::from_secs(limits.seconds_max.into());
        Ok(Self { file: File::from_std(file), buffer: Vec::new(), bytes: 0, limits, ends_at, readiness, tasks })
    }

    /// Writes rows, one per line.
    ///
    /// # Errors
    /// If the file can't be written, the server stops, or the export exceeds a limit of the settings.
    pub async fn write<T: Serialize>(&mut self, rows: impl IntoIterator<Item = T, IntoIter: Send>) -> Result<(), Stopped> {
        if !self.readiness.is_ready() {
            return Err(Stopped::Stopping);
        }
        if Instant::now() > self.ends_at {
            return Err(Stopped::TooSlow(self.limits.seconds_max));
        }
        for row in rows {
            let row = serde_json::to_value(&row).map_err(io::Error::from)?;
            self.buffer.extend(without_nulls(row).to_string().into_bytes());
            self.buffer.push(b'\n');
            if self.bytes + self.buffer.len() as u64 > self.limits.bytes_max {
                return Err(Stopped::TooLarge(self.limits.bytes_max));
            }
            if self.buffer.len() >= PIECE_BYTES {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer).await?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// The answer with all lines.
    ///
    /// # Errors
    /// If the file can't be written.
    pub async fn end<T>(mut self, permit: TenantPermit, cut: Option<Cut>) -> Result<Ndjson<T>, Stopped> {
        self.flush().await?;
        self.file.flush().await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        Ok(Ndjson { file: self.file, bytes: self.bytes, permit, cut, tasks: self.tasks, of: PhantomData })
    }
}

/// A new file without a name, which the system deletes when it is closed, even by a crash.
fn unnamed(folder: &Path) -> io::Result<fs::File> {
    let path = folder.join(format!("causerie-export-{}", Uuid::now_v7()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// An answer with lines of this type.
pub struct Ndjson<T> {
    file: File,
    bytes: u64,
    permit: TenantPermit,
    cut: Option<Cut>,
    tasks: Tasks,
    of: PhantomData<fn() -> T>,
}

/// A file that is being sent to the client.
struct Sending {
    file: File,
    left: u64,
    /// Released with the last piece, so that a client that has the whole file can request another export at once.
    permit: Option<TenantPermit>,
    left_seen: Arc<AtomicU64>,
    _ended: DropGuard,
}

impl Sending {
    async fn piece(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.file.read_buf(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        self.left_seen.store(self.left, Ordering::Relaxed);
        if self.left == 0 {
            self.permit = None;
        }
        Ok(Some((piece.freeze(), self)))
    }
}

/// Cuts the connection when no piece was taken for [`IDLE`], or fewer bytes than [`BYTES_PER_SECOND_MIN`].
async fn watch(cut: Cut, left: Arc<AtomicU64>, ended: CancellationToken, stopping: CancellationToken) {
    let (begun, all) = (Instant::now(), left.load(Ordering::Relaxed));
    let mut before = all;
    loop {
        tokio::select! {
            () = ended.cancelled() => return,
            () = stopping.cancelled() => return cut.now(),
            () = tokio::time::sleep(IDLE) => {}
        }
        let now = left.load(Ordering::Relaxed);
        if now == before || is_too_slow(all - now, begun.elapsed()) {
            return cut.now();
        }
        before = now;
    }
}

fn is_too_slow(bytes: u64, elapsed: Duration) -> bool {
    bytes / BYTES_PER_SECOND_MIN < elapsed.saturating_sub(IDLE).as_secs()
}

impl<T: JsonSchema> endpoint::Answer for Ndjson<T> {
    const HEAD: bool = false;

    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.answer::<T>() } }))
    }

    fn response(self) -> Response {
        let (left_seen, ended) = (Arc::new(AtomicU64::new(self.bytes)), CancellationToken::new());
        if let Some(cut) = self.cut {
            cut.set_at_shutdown(true);
            let watch = watch(cut, Arc::clone(&left_seen), ended.clone(), self.tasks.stopping());
            self.tasks.spawn("export", watch);
        }
        let sending = Sending {
            file: self.file,
            left: self.bytes,
            permit: (self.bytes > 0).then_some(self.permit),
            left_seen,
            _ended: ended.drop_guard(),
        };
        let mut response = Response::new(Body::from_stream(stream::try_unfold(sending, Sending::piece)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.bytes));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        assets::protect(headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_takes_a_piece_now_and_then_is_too_slow() {
        let a_minute = Duration::from_secs(60);
        assert!(is_too_slow(2 * PIECE_BYTES as u64, a_minute));
        assert!(!is_too_slow(30 * BYTES_PER_SECOND_MIN, a_minute));
        assert!(!is_too_slow(0, IDLE), "the first pieces may wait");
    }
}
