//! `POST /v1/import`: imports the rows of the body, and answers with the result of each row. Body and answer are streamed,
//! so they need not fit into memory.

mod csv;
mod schema;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Query, Request},
    response::Response,
};
use bytes::Bytes;
use causerie_protocol::{ErrorCode, Refusal, TenantId};
use futures::{StreamExt as _, stream};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

use super::{
    endpoint::{self, Call, Endpoint},
    ndjson::NDJSON,
    schemas::Schemas,
};
use crate::{
    app::App,
    audit::Actor,
    auth::{ApiCaller, Scope},
    facts,
    http::{assets, body::refuse_control_characters, error::Problem},
    provisioning::{Answer, Committed, Import, ImportDeps, ImportLock, Options, Stopped, ndjson::Lines},
};

/// An import ends if no byte of its body arrives for this long, because the sender has probably given up.
const IDLE: Duration = Duration::from_secs(30);
/// The maximum duration of an import. An import holds a connection to the database and blocks other imports of its tenant.
const DURATION_MAX: Duration = Duration::from_secs(6 * 3600);
/// A node runs at most one import per this number of database connections. With four, imports use at most a quarter of the
/// connections, and the other connections serve users.
const CONNECTIONS_PER_IMPORT: u32 = 4;
/// The maximum time between two progress lines of the answer.
const PROGRESS: Duration = Duration::from_secs(5);
/// The maximum number of rows between two progress lines of the answer, up to one transaction.
const PROGRESS_ROWS: u64 = 10_000;
/// Number of answer lines that may wait for the socket. If the caller does not read them, the import stops reading the body.
const ANSWERS_WAITING: usize = 256;

/// Imports rows. The answer begins at once and ends with a summary.
pub struct PostImport;

impl Endpoint for PostImport {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/import";
    const ID: &'static str = "import";
    const SUMMARY: &'static str = "Imports users, groups, memberships, relations, edges and settings.";
    const TEXT: &'static str = schema::TEXT;
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = Options;
    type Body = Rows;
    type Answer = Results;

    async fn run(call: Call<Self>, options: Options, Rows(body): Rows) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let policy = facts::policy(&app.store, key.tenant).await?;
        let imports_max = (app.config.database.connections_max / CONNECTIONS_PER_IMPORT).max(1) as usize;
        let lock = call.shared.imports.take_below(imports_max, &app.store, key.tenant).await?;
        let lock = lock.ok_or_else(|| {
            let reason =
                "another import of this tenant is running, or this server runs as many imports as it can; try again later";
            Refusal::new(ErrorCode::Conflict, reason)
        })?;

        let import = Import::new(
            ImportDeps {
                store: app.store.clone(),
                tenant: key.tenant,
                vocabulary: Arc::clone(policy.vocabulary()),
                clock: Arc::clone(&app.clock),
                by: Actor::back_end(key),
                committed: Box::new(publish_facts(app, key.tenant)),
            },
            options,
        );
        let (answers, results) = mpsc::channel(ANSWERS_WAITING);
        let now = Instant::now();
        let task = ImportTask {
            app: Arc::clone(app),
            import,
            answers,
            ends_at: now + DURATION_MAX,
            progress_at: now,
            progress_rows: 0,
        };
        app.tasks.spawn("import", task.run(body, lock));
        Ok(Results(results))
    }
}

impl endpoint::Query for Options {
    fn parameters() -> Vec<Value> {
        schema::parameters()
    }

    fn read(uri: &Uri) -> Result<Self, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| Refusal::new(ErrorCode::Malformed, error.body_text()))?;
        pairs.iter().try_for_each(|(name, value)| refuse_control_characters(name, value))?;
        Self::from_query(&pairs).map_err(|fault| Refusal::new(ErrorCode::Invalid, fault.message).field(fault.field))
    }
}

/// The rows of the body, as a stream.
pub struct Rows(csv::BodyStream);

impl endpoint::Body for Rows {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.request::<schema::ImportRow>() } }))
    }

    async fn read(request: Request, _: usize) -> Result<Self, Problem> {
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            let refusal = Refusal::new(
                ErrorCode::Malformed,
                "`Content-Encoding`: compressed bodies are not accepted; send the rows without compression",
            )
            .field("content-encoding");
            return Err(Problem::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
        }
        let (is_csv, body) = csv::detect(request).await;
        if is_csv {
            let reason = "the rows are CSV, but this endpoint takes NDJSON, one JSON object per line; `causerie import` reads CSV files";
            let refusal = Refusal::new(ErrorCode::Malformed, reason).field("content-type");
            return Err(Problem::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
        }
        Ok(Self(body))
    }
}

/// The results of the rows, as a stream.
pub struct Results(mpsc::Receiver<Bytes>);

impl endpoint::Answer for Results {
    const TEXT: &'static str = "The import began. The last line is the summary.";

    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.answer::<schema::ImportAnswer>() } }))
    }

    fn response(self) -> Response {
        let lines = stream::unfold(self.0, |mut lines| async move { Some((lines.recv().await?, lines)) });
        let mut response = Response::new(Body::from_stream(lines.map(Ok::<Bytes, std::convert::Infallible>)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        assets::protect(headers);
        response
    }
}

/// Returns the function that runs after each transaction of the import. It closes the sessions of users who must not connect
/// any more, and tells the hub the new version of the facts.
fn publish_facts(app: &Arc<App>, tenant: TenantId) -> impl Fn(Committed) + Send + Sync + 'static {
    let hub = app.hub.clone();
    move |committed| {
        committed.ended.into_iter().for_each(|user| hub.revoke(user, i64::MAX));
        if let Some(version) = committed.version {
            hub.facts_changed(tenant, version);
        }
    }
}

/// The task of one import.
struct ImportTask {
    app: Arc<App>,
    import: Import,
    /// Takes the lines of the answer.
    answers: mpsc::Sender<Bytes>,
    /// No row is read after this time.
    ends_at: Instant,
    /// When the last progress line was sent.
    progress_at: Instant,
    /// The number of rows in the last progress line.
    progress_rows: u64,
}

impl ImportTask {
    async fn run(mut self, body: csv::BodyStream, lock: ImportLock) {
        let stopped = self.rows(body).await.err();
        let summary = self.import.summary(stopped).await;
        // The lock is released before the caller gets the summary, so that the caller can start the next import at once.
        lock.end().await;
        let _ = self.send(vec![summary]).await;
    }

    /// Imports the rows of the body.
    async fn rows(&mut self, mut body: csv::BodyStream) -> Result<(), Stopped> {
        let mut lines = Lines::default();
        let mut bytes = 0_u64;
        let stopping = self.app.tasks.stopping();
        let mut last_piece_at = Instant::now();
        loop {
            if stopping.is_cancelled() || !self.app.readiness.is_ready() {
                return Err(Stopped("this server is stopping; send the rest again".to_owned()));
            }
            if Instant::now() >= self.ends_at {
                return Err(Stopped(format!(
                    "an import may take {} hours; send the rest again",
                    DURATION_MAX.as_secs() / 3600
                )));
            }
            match timeout_at(self.progress_at + PROGRESS, body.next()).await {
                Err(_) if last_piece_at.elapsed() >= IDLE => {
                    return Err(Stopped(format!("no row arrived for {} s", IDLE.as_secs())));
                }
                // The rows that arrived so far are stored even if the next rows arrive slowly.
                Err(_) => self.flush().await?,
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(Stopped("the body ended too early".to_owned())),
                Ok(Some(Ok(piece))) => {
                    last_piece_at = Instant::now();
                    bytes += piece.len() as u64;
                    if bytes > self.app.config.import.bytes_max {
                        let bytes_max = self.app.config.import.bytes_max;
                        return Err(Stopped(format!("the body has more than {bytes_max} bytes (`import.bytes_max`)")));
                    }
                    for line in lines.push(&piece) {
                        self.import.take_line(&line);
                        if self.import.is_full() {
                            self.flush().await?;
                        }
                    }
                }
            }
        }
        if let Some(line) = lines.end() {
            self.import.take_line(&line);
        }
        self.flush().await?;
        let answers = self.import.replace().await?;
        self.send(answers).await
    }

    /// Writes the waiting rows, and sends their results and, if it is time, a progress line.
    async fn flush(&mut self) -> Result<(), Stopped> {
        let mut answers = self.import.flush().await?;
        let tally = self.import.tally();
        if tally.rows >= self.progress_rows + PROGRESS_ROWS || self.progress_at.elapsed() >= PROGRESS {
            (self.progress_rows, self.progress_at) = (tally.rows, Instant::now());
            answers.push(Answer::Progress { progress: tally });
        }
        self.send(answers).await
    }

    async fn send(&self, answers: Vec<Answer>) -> Result<(), Stopped> {
        let mut lines = Vec::new();
        for answer in &answers {
            serde_json::to_writer(&mut lines, answer).map_err(|error| Stopped(error.to_string()))?;
            lines.push(b'\n');
        }
        if lines.is_empty() {
            return Ok(());
        }
        match timeout(IDLE, self.answers.send(lines.into())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Stopped("the caller closed the connection".to_owned())),
            Err(_) => Err(Stopped(format!("the caller did not read the answer for {} s", IDLE.as_secs()))),
        }
    }
}
