//! Answers of any length: one JSON object per line. The lines are written into a file before the answer begins.
//!
//! The file has three effects. No connection to the database is held while a client reads. If a failure occurs while rows
//! are read, the answer is an error. The answer has a length, so a client notices if the answer is cut off.

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
/// A client that reads fewer bytes per second on average is disconnected. Otherwise the file of an export could use disk
/// space for days.
const BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// The approximate number of bytes that are written to the file, read from it, or sent at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// The reason why an export failed.
pub enum ExportError {
    /// The database failed.
    Store(StoreError),
    /// The file can't be written.
    File(io::Error),
    /// The server stops.
    Stopping,
    /// The lines have more bytes than `export.bytes_max`.
    TooLarge(u64),
    /// The rows were not read within `export.seconds_max`.
    TooSlow(u32),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::File(error) => {
                tracing::error!(%error, "the file of an export failed");
                Refusal::new(ErrorCode::Unavailable, "this server can't write the file of the export; its log tells why")
                    .into()
            }
            ExportError::TooLarge(bytes_max) => {
                let reason = format!(
                    "the export has more than {bytes_max} bytes, the most this server exports (the setting `export.bytes_max`)"
                );
                Refusal::new(ErrorCode::TooLarge, reason).into()
            }
            ExportError::TooSlow(seconds_max) => {
                let reason = format!(
                    "the export was not read within {seconds_max} seconds, the longest this server takes (the setting \
                     `export.seconds_max`)"
                );
                Refusal::new(ErrorCode::Unavailable, reason).into()
            }
            ExportError::Stopping => Refusal::new(ErrorCode::Unavailable, "this server is stopping; try again").into(),
        }
    }
}

/// The lines of an export, in a file without a name.
pub struct Lines {
    file: File,
    /// Lines that are not in the file yet.
    buffer: Vec<u8>,
    /// The number of bytes in the file.
    bytes: u64,
    limits: Export,
    /// All rows must be written before this time.
    ends_at: Instant,
    readiness: Readiness,
    tasks: Tasks,
}

impl Lines {
    /// Creates the file: in the data folder of an embedded server, otherwise in the system's folder for temporary files.
    ///
    /// # Errors
    /// [`ExportError::File`] if the file can't be created.
    pub fn create(app: &App) -> Result<Self, ExportError> {
        let file =
            if app.store.is_embedded() { create_unlinked(&app.config.data.dir) } else { create_unlinked(&env::temp_dir()) }?;
        let (readiness, tasks) = (app.readiness.clone(), app.tasks.clone());
        let limits = app.config.export.clone();
        let ends_at = Instant::now() + Duration::from_secs(limits.seconds_max.into());
        Ok(Self { file: File::from_std(file), buffer: Vec::new(), bytes: 0, limits, ends_at, readiness, tasks })
    }

    /// Writes rows, one per line.
    ///
    /// # Errors
    /// [`ExportError`] if the file can't be written, the server stops, or the export exceeds a limit of the settings.
    pub async fn write<T: Serialize>(
        &mut self,
        rows: impl IntoIterator<Item = T, IntoIter: Send>,
    ) -> Result<(), ExportError> {
        if !self.readiness.is_ready() {
            return Err(ExportError::Stopping);
        }
        if Instant::now() > self.ends_at {
            return Err(ExportError::TooSlow(self.limits.seconds_max));
        }
        for row in rows {
            let row = serde_json::to_value(&row).map_err(io::Error::from)?;
            self.buffer.extend(without_nulls(row).to_string().into_bytes());
            self.buffer.push(b'\n');
            if self.bytes + self.buffer.len() as u64 > self.limits.bytes_max {
                return Err(ExportError::TooLarge(self.limits.bytes_max));
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

    /// Ends the file, and returns the answer with all lines. The answer holds `permit` until the file is sent, and closes
    /// the connection with `cut` if the client reads too slowly.
    ///
    /// # Errors
    /// [`ExportError::File`] if the file can't be written.
    pub async fn end<T>(mut self, permit: TenantPermit, cut: Option<Cut>) -> Result<Ndjson<T>, ExportError> {
        self.flush().await?;
        self.file.flush().await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        Ok(Ndjson { file: self.file, bytes: self.bytes, permit, cut, tasks: self.tasks, row_type: PhantomData })
    }
}

/// Creates a file in the folder and removes its name, so that the system deletes the file when it is closed, even by a
/// crash.
fn create_unlinked(folder: &Path) -> io::Result<fs::File> {
    let path = folder.join(format!("causerie-export-{}", Uuid::now_v7()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// An answer whose lines have the type `T`.
pub struct Ndjson<T> {
    file: File,
    bytes: u64,
    permit: TenantPermit,
    cut: Option<Cut>,
    tasks: Tasks,
    row_type: PhantomData<fn() -> T>,
}

/// A file that is being sent to the client.
struct Sending {
    file: File,
    /// The number of bytes that are not read from the file yet.
    remaining: u64,
    /// Released with the last piece, so that a client that has the whole file can request another export at once.
    permit: Option<TenantPermit>,
    /// The same number, for [`watch`].
    watched_remaining: Arc<AtomicU64>,
    /// Ends [`watch`] when the answer ends.
    _ended: DropGuard,
}

impl Sending {
    /// Reads the next piece of the file; `None` at the end.
    async fn next_piece(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.remaining == 0 {
            return Ok(None);
        }
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.file.read_buf(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.remaining = self.remaining.saturating_sub(read as u64);
        self.watched_remaining.store(self.remaining, Ordering::Relaxed);
        if self.remaining == 0 {
            self.permit = None;
        }
        Ok(Some((piece.freeze(), self)))
    }
}

/// Closes the connection if the client read nothing for [`IDLE`], or fewer bytes per second than [`BYTES_PER_SECOND_MIN`].
async fn watch(cut: Cut, remaining: Arc<AtomicU64>, ended: CancellationToken, stopping: CancellationToken) {
    let (begun_at, total) = (Instant::now(), remaining.load(Ordering::Relaxed));
    let mut previous = total;
    loop {
        tokio::select! {
            () = ended.cancelled() => return,
            () = stopping.cancelled() => return cut.now(),
            () = tokio::time::sleep(IDLE) => {}
        }
        let current = remaining.load(Ordering::Relaxed);
        if current == previous || is_too_slow(total - current, begun_at.elapsed()) {
            return cut.now();
        }
        previous = current;
    }
}

/// Whether a client that read this many bytes in this time reads too slowly. The first [`IDLE`] seconds do not count.
fn is_too_slow(bytes: u64, elapsed: Duration) -> bool {
    bytes / BYTES_PER_SECOND_MIN < elapsed.saturating_sub(IDLE).as_secs()
}

impl<T: JsonSchema> endpoint::Answer for Ndjson<T> {
    const HEAD: bool = false;

    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.answer::<T>() } }))
    }

    fn response(self) -> Response {
        let (watched_remaining, ended) = (Arc::new(AtomicU64::new(self.bytes)), CancellationToken::new());
        if let Some(cut) = self.cut {
            cut.set_at_shutdown(true);
            let watch = watch(cut, Arc::clone(&watched_remaining), ended.clone(), self.tasks.stopping());
            self.tasks.spawn("export", watch);
        }
        let sending = Sending {
            file: self.file,
            remaining: self.bytes,
            permit: (self.bytes > 0).then_some(self.permit),
            watched_remaining,
            _ended: ended.drop_guard(),
        };
        let mut response = Response::new(Body::from_stream(stream::try_unfold(sending, Sending::next_piece)));
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
    fn a_client_that_reads_a_piece_only_now_and_then_is_too_slow() {
        let a_minute = Duration::from_secs(60);
        assert!(is_too_slow(2 * PIECE_BYTES as u64, a_minute));
        assert!(!is_too_slow(30 * BYTES_PER_SECOND_MIN, a_minute));
        assert!(!is_too_slow(0, IDLE), "the first pieces may wait");
    }
}
