//! Decodes the frames of a client and starts the commands in them.
//!
//! A request whose id can be read is answered, and the connection continues. If the request is wrong, the answer is a
//! refusal that names the wrong field. A frame without a readable id ends the connection.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use causerie_protocol::{
    CloseCode, Encoding, ErrorCode, Refusal,
    command::{self, SocketCommand},
    wire,
};
use futures::future::{BoxFuture, FutureExt};
use wire::reply::Result as Answer;

use super::{
    limiter::{ConnectionLimiter, Verdict},
    timers::{self, Timers},
};
use crate::{
    app::App,
    commands,
    sessions::{CloseReason, Session, framing::framed},
    telemetry::{CodeLabel, CommandLabel},
};

/// What the connection's task does after a frame.
pub enum Next {
    /// Nothing: the answer is queued, or the request wants none.
    Done,
    /// Wait for the encoded answer. The future returns `None` if the request wants no answer.
    Answer(BoxFuture<'static, Option<Bytes>>),
    /// Close the connection.
    Close(CloseReason),
}

/// A frame that can't be decoded as a request.
pub enum Unreadable {
    /// The request's id could be read, so the refusal is sent as its answer.
    Reply(u32, Refusal),
    /// No id could be read, so the connection is closed.
    Close(Refusal),
}

/// Decodes a request.
///
/// # Errors
/// [`Unreadable`] if the frame is no valid request in this encoding.
pub fn decode(encoding: Encoding, frame: &[u8]) -> Result<wire::Request, Unreadable> {
    encoding.decode::<wire::Request>(frame).map_err(|refusal| match encoding.request_id(frame) {
        Some(id) => Unreadable::Reply(id, refusal),
        None => Unreadable::Close(refusal),
    })
}

/// The WebSocket frame of the answer to the request with this id.
#[must_use]
pub fn encode_reply(encoding: Encoding, id: u32, answer: Answer) -> Bytes {
    let reply = wire::Reply { id, result: Some(answer) };
    framed(encoding, &encoding.encode(&wire::ServerFrame { body: Some(wire::server_frame::Body::Reply(reply)) }))
}

/// Counts a refusal in the metrics, by its code.
pub fn count_refusal(app: &App, refusal: &Refusal) {
    app.metrics.refusals.get_or_create(&CodeLabel { code: refusal.code }).inc();
}

/// Executes the request in a frame, or starts it and returns the future of its answer.
pub async fn execute_frame(
    app: &Arc<App>,
    session: &Arc<Session>,
    limiter: &mut ConnectionLimiter,
    timers: &mut Timers,
    frame: &[u8],
) -> Next {
    let verdict = limiter.count_frame();
    if verdict == Verdict::Flood {
        return Next::Close(CloseReason::code(CloseCode::RateLimited));
    }
    let request = match decode(session.socket.encoding, frame) {
        Ok(request) => request,
        Err(Unreadable::Reply(id, refusal)) => return refuse(app, session, id, refusal),
        Err(Unreadable::Close(refusal)) => return Next::Close(CloseReason::Code(CloseCode::Malformed, refusal.message)),
    };
    let id = request.id;
    if let Verdict::Wait(milliseconds) = verdict {
        return refuse(app, session, id, rate_limited("frames", milliseconds));
    }
    let command = match request.command.as_ref().map(command::name) {
        Some(name) => {
            app.metrics.frames_received.get_or_create(&CommandLabel { command: name }).inc();
            SocketCommand::try_from(request)
        }
        None => SocketCommand::try_from(request),
    };
    match command {
        Ok(SocketCommand::Hello { .. }) => {
            Next::Close(CloseReason::Code(CloseCode::Malformed, "`hello` comes once".to_owned()))
        }
        Ok(SocketCommand::Ping) => answer(session, id, Answer::Pong(wire::Pong {})),
        Ok(SocketCommand::RefreshToken { token }) => match refresh_token(app, session, timers, &token).await {
            Ok(refreshed) => answer(session, id, Answer::TokenRefreshed(refreshed)),
            Err(refusal) => refuse(app, session, id, refusal),
        },
        Ok(SocketCommand::Resume(resume)) => {
            // Live events are queued again before the versions are compared. Otherwise events in between would be lost.
            session.socket.outbox.resume_live();
            // The connection's task awaits the resume here, so that a connection runs one resume at a time: a resume reads
            // many rows.
            match app.hub.resume(session.caller(), resume).await {
                Ok(resumed) => answer(session, id, Answer::Resumed(resumed)),
                Err(refusal) => refuse(app, session, id, refusal),
            }
        }
        Ok(SocketCommand::WatchPresence { users }) => {
            let (task_app, watcher) = (Arc::clone(app), Arc::clone(session));
            answer_later(app, session, id, async move {
                let visible = commands::visible(&task_app.command_deps, watcher.caller(), users).await?;
                let users = visible.iter().map(|user| user.id).collect();
                task_app.hub.watch(&watcher, users).await.map(Answer::PresenceList)
            })
        }
        Ok(SocketCommand::WatchContacts { users }) => {
            if let Err(refusal) = app.allowances.take_contacts(session.user, users.len()) {
                return refuse(app, session, id, refusal);
            }
            let (app, watcher) = (Arc::clone(app), Arc::clone(session));
            // The hub queues the answer itself, so that no event of the new watch comes before it.
            let work = async move {
                let send = |list| drop(answer(&watcher, id, Answer::ContactList(list)));
                if let Err(refusal) = app.hub.watch_contacts(&watcher, users, send).await {
                    refuse(&app, &watcher, id, refusal);
                }
                None
            };
            Next::Answer(work.boxed())
        }
        Ok(SocketCommand::Any(command)) => {
            if let Err(refusal) = app.allowances.take(session.user, &command) {
                return refuse(app, session, id, refusal);
            }
            let (started_at, reaches_others) = (Instant::now(), crate::limits::reaches_others(&command));
            let pending = commands::submit(&app.command_deps, session.caller(), command).await;
            let metrics = Arc::clone(&app.metrics);
            answer_later(app, session, id, async move {
                let answer = pending.await;
                if reaches_others && answer.is_ok() {
                    metrics.send_to_ack_seconds.observe(started_at.elapsed().as_secs_f64());
                }
                answer
            })
        }
        Err(refusal) => refuse(app, session, id, refusal),
    }
}

/// Replaces the session's token by a fresh token for the same user.
async fn refresh_token(
    app: &App,
    session: &Session,
    timers: &mut Timers,
    token: &str,
) -> Result<wire::TokenRefreshed, Refusal> {
    let identity = app.auth.user(token).await.map_err(|error| Refusal::from(error).field("refreshToken.token"))?;
    if identity.tenant != session.tenant || identity.user != session.user {
        return Err(
            Refusal::new(ErrorCode::Unauthenticated, "the token belongs to another user").field("refreshToken.token")
        );
    }
    session.refresh_token(identity.issued_at_s, identity.signed_by);
    timers.token_refreshed(identity.expires_at_s);
    let seconds = identity.expires_at_s;
    Ok(wire::TokenRefreshed {
        token_expires_at: Some(causerie_protocol::Timestamp { seconds, nanos: 0 }),
        token_ttl_ms: timers::remaining_ms(seconds, app.clock.now_s()),
    })
}

/// Queues the answer to the request with this id. A request with id 0 wants no answer.
fn answer(session: &Arc<Session>, id: u32, answer: Answer) -> Next {
    if id != 0 {
        session.answer(encode_reply(session.socket.encoding, id, answer));
    }
    Next::Done
}

/// Counts a refusal and queues it as the answer to the request with this id.
fn refuse(app: &App, session: &Arc<Session>, id: u32, refusal: Refusal) -> Next {
    count_refusal(app, &refusal);
    answer(session, id, Answer::Error(refusal.into()))
}

/// Starts no task: returns the future that executes `work` and encodes its answer.
fn answer_later(
    app: &Arc<App>,
    session: &Session,
    id: u32,
    work: impl Future<Output = Result<Answer, Refusal>> + Send + 'static,
) -> Next {
    let (app, encoding) = (Arc::clone(app), session.socket.encoding);
    Next::Answer(
        async move {
            let answer = work.await.unwrap_or_else(|refusal| {
                count_refusal(&app, &refusal);
                Answer::Error(refusal.into())
            });
            (id != 0).then(|| encode_reply(encoding, id, answer))
        }
        .boxed(),
    )
}

fn rate_limited(counted: &str, milliseconds: u32) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, format!("too many {counted}; wait {milliseconds} ms")).retry_after_ms(milliseconds)
}
