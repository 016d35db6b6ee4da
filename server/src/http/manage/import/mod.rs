//! `POST /v1/import`: rows in and what became of them out, both as they come, so that neither has to fit memory.

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

/// A body that is silent for longer has been given up by its sender.
const IDLE: Duration = Duration::from_secs(30);
/// An import that takes longer is ended: it keeps a connection to the database, and other imports of its tenant away.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// One import for so many connections to the database, so that imports leave most of them to people.
const CONNECTIONS_PER_IMPORT: u32 = 4;
/// Whoever waits is told at least this often how far it is.
const PROGRESS: Duration = Duration::from_secs(5);
/// And at least after this many rows.
const PROGRESS_ROWS: u64 = 10_000;
/// Answers on their way to the socket. A caller that does not read them is not read either.
const ANSWERS_WAITING: usize = 256;

/// Carries out an import; the answer begins at once and ends with the summary.
pub struct PostImport;

impl Endpoint for PostImport {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/import";
    const ID: &'static str = "import";
    const SUMMARY: &'static str = "Tells who there is, in which groups, and what they are to each other.";
    const TEXT: &'static str = schema::TEXT;
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = Options;
    type Body = Rows;
    type Answer = Told;

    async fn run(call: Call<Self>, options: Options, Rows(body): Rows) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let policy = facts::policy(&app.store, key.tenant).await?;
        let most = (app.config.database.connections_max / CONNECTIONS_PER_IMPORT).max(1) as usize;
        let lock = call.shared.imports.take_one_of(most, &app.store, key.tenant).await?;
        let lock = lock.ok_or_else(|| {
            let why = "another import of this tenant is under way, or as many of others as this server does at once; \
                       try again later";
            Refusal::new(ErrorCode::Conflict, why)
        })?;

        let import = Import::new(
            ImportDeps {
                store: app.store.clone(),
                tenant: key.tenant,
                words: Arc::clone(policy.vocabulary()),
                clock: Arc::clone(&app.clock),
                by: Actor::back_end(key),
                committed: Box::new(tell(app, key.tenant)),
            },
            options,
        );
        let (answers, told) = mpsc::channel(ANSWERS_WAITING);
        let now = Instant::now();
        let task = ImportTask { app: Arc::clone(app), import, answers, ends_at: now + LONGEST, told_at: now, told_rows: 0 };
        app.tasks.spawn("import", task.run(body, lock));
        Ok(Told(told))
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

/// Rows as they come.
pub struct Rows(csv::Pieces);

impl endpoint::Body for Rows {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.request::<schema::ImportRow>() } }))
    }

    async fn read(request: Request, _: usize) -> Result<Self, Problem> {
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            let refusal = Refusal::new(
                ErrorCode::Malformed,
                "`Content-Encoding`: compressed bodies are not taken; send the rows as they are",
            )
            .field("content-encoding");
            return Err(Problem::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
        }
        let (is_csv, body) = csv::look(request).await;
        if is_csv {
            let why = "the rows are CSV, but this endpoint takes NDJSON, one JSON object per line; `causerie import` reads CSV files";
            let refusal = Refusal::new(ErrorCode::Malformed, why).field("content-type");
            return Err(Problem::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
        }
        Ok(Self(body))
    }
}

/// What became of the rows, as it comes.
pub struct Told(mpsc::Receiver<Bytes>);

impl endpoint::Answer for Told {
    const TEXT: &'static str = "Begun; the last line says how it ended.";

    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ NDJSON: { "schema": schemas.answer::<schema::ImportAnswer>() } }))
    }

    fn response(self) -> Response {
        let told = stream::unfold(self.0, |mut told| async move { Some((told.recv().await?, told)) });
        let mut response = Response::new(Body::from_stream(told.map(Ok::<Bytes, std::convert::Infallible>)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        assets::protect(headers);
        response
    }
}

/// What is told to screens after each transaction.
fn tell(app: &Arc<App>, tenant: TenantId) -> impl Fn(Committed) + Send + Sync + 'static {
    let hub = app.hub.clone();
    move |committed| {
        committed.ended.into_iter().for_each(|user| hub.revoke(user, i64::MAX));
        if let Some(version) = committed.version {
            hub.facts_changed(tenant, version);
        }
    }
}

struct ImportTask {
    app: Arc<App>,
    import: Import,
    answers: mpsc::Sender<Bytes>,
    /// No row is taken then.
    ends_at: Instant,
    /// When and how far progress was told.
    told_at: Instant,
    told_rows: u64,
}

impl ImportTask {
    async fn run(mut self, body: csv::Pieces, lock: ImportLock) {
        let stopped = self.rows(body).await.err();
        let summary = self.import.summary(stopped).await;
        // Free again before the caller knows that it is over.
        lock.end().await;
        let _ = self.tell(vec![summary]).await;
    }

    async fn rows(&mut self, mut body: csv::Pieces) -> Result<(), Stopped> {
        let mut lines = Lines::default();
        let mut bytes = 0_u64;
        let leaving = self.app.tasks.stopping();
        let mut silent_since = Instant::now();
        loop {
            if leaving.is_cancelled() || !self.app.readiness.is_ready() {
                return Err(Stopped("this server is leaving; try again".to_owned()));
            }
            if Instant::now() >= self.ends_at {
                return Err(Stopped(format!("an import may take {} hours; send the rest again", LONGEST.as_secs() / 3600)));
            }
            match timeout_at(self.told_at + PROGRESS, body.next()).await {
                Err(_) if silent_since.elapsed() >= IDLE => {
                    return Err(Stopped(format!("no row came for {} s", IDLE.as_secs())));
                }
                // Whoever sends a row now and then wants to hear of it.
                Err(_) => self.flush().await?,
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(Stopped("the body broke off".to_owned())),
                Ok(Some(Ok(piece))) => {
                    silent_since = Instant::now();
                    bytes += piece.len() as u64;
                    if bytes > self.app.config.import.bytes_max {
                        let most = self.app.config.import.bytes_max;
                        return Err(Stopped(format!("the body has more than {most} bytes (`import.bytes_max`)")));
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
        self.tell(answers).await
    }

    async fn flush(&mut self) -> Result<(), Stopped> {
        let mut answers = self.import.flush().await?;
        let tally = self.import.tally();
        if tally.rows >= self.told_rows + PROGRESS_ROWS || self.told_at.elapsed() >= PROGRESS {
            (self.told_rows, self.told_at) = (tally.rows, Instant::now());
            answers.push(Answer::Progress { progress: tally });
        }
        self.tell(answers).await
    }

    async fn tell(&self, answers: Vec<Answer>) -> Result<(), Stopped> {
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
            Ok(Err(_)) => Err(Stopped("nobody reads the answer any more".to_owned())),
            Err(_) => Err(Stopped(format!("nobody read the answer for {} s", IDLE.as_secs()))),
        }
    }
}
