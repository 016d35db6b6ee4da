//! The handshake of a connection: the first frame must be `hello` with a token, which identifies the user.

use std::{collections::HashMap, sync::Arc};

use causerie_protocol::{CloseCode, ConnectionId, ErrorCode, Refusal, command::SocketCommand, limits, wire};
use tokio::time::timeout;
use wire::reply::Result as Answer;

use super::{
    commands::{self, Unreadable},
    reader::Reader,
    timers,
};
use crate::{
    app::App,
    auth::AuthError,
    fanout::MissedEvents,
    sessions::{CloseReason, Session, SocketWriter},
    tasks::Phase,
};

/// The result of a successful handshake: the user gets live events of all their conversations.
pub struct Established {
    /// The session, known to the hub and to `Sessions`.
    pub registered: RegisteredSession,
    /// When the session's token expires. Seconds since 1970 UTC.
    pub expires_at_s: i64,
}

/// A registered session. Dropping it removes the session from the hub and from `Sessions`, also when its task is aborted or
/// panics.
pub struct RegisteredSession {
    app: Arc<App>,
    session: Arc<Session>,
}

impl RegisteredSession {
    fn register(app: &Arc<App>, session: Session) -> Self {
        let session = Arc::new(session);
        app.sessions.add(&session);
        Self { app: Arc::clone(app), session }
    }

    /// The session itself.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }
}

impl Drop for RegisteredSession {
    fn drop(&mut self) {
        self.app.hub.leave(&self.session);
        self.app.sessions.remove(&self.session);
    }
}

/// Waits for `hello` and queues its answer. `page`: the origin of the page, if it is a page of another site; the tenant of
/// the token must allow it.
///
/// # Errors
/// The reason to close the connection. If the `hello` is refused, the refusal is queued as its answer.
pub async fn establish(
    app: &Arc<App>,
    reader: &mut Reader,
    socket: &Arc<SocketWriter>,
    page: Option<Box<str>>,
) -> Result<Established, CloseReason> {
    let timed_out = || CloseReason::Code(CloseCode::HandshakeTimeout, "no hello came in time".to_owned());
    let going_away = || CloseReason::code(CloseCode::GoingAway);
    let stopping = app.tasks.stopping();
    let frame = tokio::select! {
        first = timeout(app.config.handshake.timeout(), reader.first_frame(&**socket)) => first.map_err(|_| timed_out())??,
        () = stopping.cancelled() => return Err(going_away()),
    };
    let encoding = socket.encoding;
    let request = match commands::decode(encoding, &frame) {
        Ok(request) => request,
        Err(Unreadable::Close(refusal)) => return Err(malformed(&refusal)),
        Err(Unreadable::Reply(id, refusal)) => {
            let reason = malformed(&refusal);
            return Err(refuse(app, socket, id, refusal, reason));
        }
    };
    let id = request.id;
    let (token, client, resume) = match SocketCommand::try_from(request) {
        Ok(SocketCommand::Hello { token, client, resume }) => (token, client, resume),
        Ok(_) => {
            return Err(CloseReason::Code(CloseCode::Malformed, "the first frame must be `hello`, with a token".to_owned()));
        }
        Err(refusal) => {
            let reason = malformed(&refusal);
            return Err(refuse(app, socket, id, refusal, reason));
        }
    };
    let authenticated = async {
        let identity = app.auth.user(&token).await?;
        if let Some(page) = page {
            app.origins.admit(identity.tenant, &page).await?;
        }
        Ok::<_, AuthError>(identity)
    };
    let identity = match authenticated.await {
        Ok(identity) => identity,
        Err(error) => {
            let reason = CloseReason::Code(error.close_code(), error.to_string());
            return Err(refuse(app, socket, id, error.into(), reason));
        }
    };
    let caller = identity.caller();
    let connection = ConnectionId::new();
    let session = Session::new(connection, caller, identity.signed_by, Arc::clone(socket), app.sessions.flusher(connection));
    let registered = RegisteredSession::register(app, session);
    // Checked after the session was registered, so that a session of a stopping server is closed either here or by the
    // drain.
    if app.readiness.phase() == Phase::Stopping {
        return Err(going_away());
    }
    tracing::debug!(
        connection = %registered.session.connection, user = %caller.user, client = client.name, version = client.version, "hello"
    );
    match welcome(app, &registered.session, identity.profile, identity.expires_at_s, resume).await {
        Ok((welcome, missed)) => {
            // The session was ended during the handshake, for example because its token was revoked. The user must not get
            // the data that was read.
            if let Some(reason) = registered.session.closing() {
                return Err(reason.clone());
            }
            // Live events have waited in the outbox since the user joined their rooms. The welcome and the missed events are
            // sent before them.
            let mut first_frames = vec![commands::encode_reply(encoding, id, Answer::Welcome(welcome))];
            first_frames.extend(missed.frames.iter().map(|frame| frame.on_wire(encoding)));
            socket.outbox.push_first(first_frames, &missed.versions);
            Ok(Established { registered, expires_at_s: identity.expires_at_s })
        }
        Err(refusal) => {
            let too_many = refusal.code == ErrorCode::TooMany;
            let code = if too_many { CloseCode::TooManyConnections } else { CloseCode::Overloaded };
            Err(refuse(app, socket, id, refusal, CloseReason::code(code)))
        }
    }
}

/// Lets the user join, and reads the content of the welcome and the events that the client missed.
async fn welcome(
    app: &App,
    session: &Arc<Session>,
    user: wire::User,
    expires_at_s: i64,
    resume: Option<causerie_protocol::command::Resume>,
) -> Result<(wire::Welcome, MissedEvents), Refusal> {
    app.hub.join(session, app.config.limits.connections_per_user_max).await?;
    // The answer to a `hello` without versions has the epoch and the inbox version, so that the client can resume next time.
    let (resumed, missed) = app.hub.resume_in_handshake(session.caller(), resume.unwrap_or_default()).await?;
    let openings = app.hub.openings(session.caller()).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let welcome = wire::Welcome {
        connection_id: session.connection.to_string(),
        me: Some(user),
        server_version: env!("CARGO_PKG_VERSION").to_owned(),
        features: Vec::new(),
        token_expires_at: Some(causerie_protocol::Timestamp { seconds: expires_at_s, nanos: 0 }),
        heartbeat_ms: u32::try_from(app.config.heartbeat.interval_ms).unwrap_or(u32::MAX),
        limits: Some(wire::Limits {
            frame_bytes_max: count(limits::FRAME_BYTES_MAX),
            text_bytes_max: count(limits::TEXT_BYTES_MAX),
            subject_bytes_max: count(limits::SUBJECT_BYTES_MAX),
            page_max: limits::PAGE_MAX,
            members_per_command_max: count(limits::MEMBERS_PER_COMMAND_MAX),
            held_max: count(limits::HELD_MAX),
        }),
        total_unread: resumed.total_unread,
        resumed: Some(resumed),
        token_ttl_ms: timers::remaining_ms(expires_at_s, app.clock.now_s()),
        may_start: openings.may_start(),
        may_request: openings.may_request(),
    };
    Ok((welcome, missed))
}

/// Queues a refusal as the answer to the `hello`, and returns the reason to close the connection.
fn refuse(app: &App, socket: &SocketWriter, id: u32, refusal: Refusal, reason: CloseReason) -> CloseReason {
    commands::count_refusal(app, &refusal);
    socket
        .outbox
        .push_first(vec![commands::encode_reply(socket.encoding, id, Answer::Error(refusal.into()))], &HashMap::new());
    reason
}

/// The reason to close a connection whose first frame is no valid `hello`.
fn malformed(refusal: &Refusal) -> CloseReason {
    let field = format!("`{}`", refusal.field);
    // Most messages begin with the field. The field is then not repeated.
    let names_field = refusal.field.is_empty() || refusal.message.starts_with(&field);
    let prefix = if names_field { String::new() } else { format!("{field}: ") };
    CloseReason::Code(CloseCode::Malformed, format!("{prefix}{}", refusal.message))
}
