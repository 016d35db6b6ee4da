//! `/v1`: the route table as a router.

use std::sync::Arc;

use axum::{
    Router,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, get, on},
};
use causerie_protocol::{Encoding, ErrorCode, Refusal, command::Command, wire::reply};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Map;

use super::{
    assets, body, caller,
    command::{Endpoint, answer},
    cors, docs,
    error::Problem,
    import, openapi, policy,
    routes::{Asks, ROUTES, Route},
    users,
};
use crate::{app::App, auth::Scope, conversations, pace::Pace, provisioning::Turns, telemetry::CodeLabel};

/// What every handler needs.
#[derive(Clone)]
struct Shared {
    app: Arc<App>,
    pace: Arc<Pace>,
    imports: Turns,
}

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

/// All of `/v1` but the socket.
pub fn router(app: &Arc<App>) -> Router {
    let pace = Arc::new(Pace::of_requests(&app.config.limits));
    let shared = Shared { app: Arc::clone(app), pace, imports: Turns::default() };
    let origins: Arc<[String]> = app.config.listen.origins.clone().into();
    let description: Arc<str> = openapi::document().to_string().into();
    let mut router = Router::new();
    for route in &ROUTES {
        router = router.route(route.path, handler(route));
    }
    router
        .with_state(shared)
        .route("/v1/openapi.json", get(move || async move { json(description.to_string()) }))
        .route("/v1/docs", get(docs::serve))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(body::limit())
        .layer(middleware::from_fn_with_state(origins, cors::middleware))
}

fn handler(route: &'static Route) -> MethodRouter<Shared> {
    let filter = match route.method {
        Method::GET => MethodFilter::GET,
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        _ => MethodFilter::DELETE,
    };
    let work = match route.asks {
        Asks::Command(command) => Work::Command(Endpoint::new(route, command)),
        Asks::Me => Work::Me,
        Asks::PutUser => Work::PutUser,
        Asks::RevokeUser => Work::RevokeUser,
        Asks::Import => Work::Import,
        Asks::Policy(ask) => Work::Policy(ask),
    };
    on(filter, move |State(shared): State<Shared>, path: PathParams, request: Request| async move {
        let done = match work {
            Work::Command(endpoint) => command(&shared, endpoint, path, request).await,
            Work::Me => me(&shared, request).await,
            Work::PutUser => put_user(&shared.app, path, request).await,
            Work::RevokeUser => revoke_user(&shared.app, path, request).await,
            Work::Import => import::post(&shared.app, &shared.imports, request).await,
            Work::Policy(ask) => policy::serve(&shared.app, ask, request).await.map(|told| json(told.to_string())),
        };
        done.inspect_err(|problem| {
            shared.app.metrics.refusals.get_or_create(&CodeLabel { code: problem.code() }).inc();
        })
    })
}

/// What a line of the table asks, ready to be done.
#[derive(Clone, Copy)]
enum Work {
    Command(Endpoint),
    Me,
    PutUser,
    RevokeUser,
    Import,
    Policy(policy::Ask),
}

async fn command(shared: &Shared, endpoint: Endpoint, path: PathParams, request: Request) -> Result<Response, Problem> {
    // Whoever is not known is not read either.
    let caller = caller::person(&shared.app, request.headers()).await?;
    shared.pace.take(caller.user, 1)?;
    let path = path.map_err(|rejection| bad_path(&rejection))?;
    let uri = request.uri().clone();
    let fields = if endpoint.has_body() {
        body::read(request).await.map_err(|problem| problem.within(endpoint.key()))?
    } else {
        Map::new()
    };
    let command = endpoint.command(fields, &uri, &path)?;
    shared.app.allowances.take(caller.user, &command)?;
    Ok(json(answer(conversations::execute(&shared.app.parts, caller, command).await?)))
}

async fn me(shared: &Shared, request: Request) -> Result<Response, Problem> {
    let caller = caller::person(&shared.app, request.headers()).await?;
    shared.pace.take(caller.user, 1)?;
    let command = Command::GetUsers { users: vec![caller.user] };
    match conversations::execute(&shared.app.parts, caller, command).await? {
        reply::Result::UserList(list) if list.users.len() == 1 => Ok(json(Encoding::Json.encode(&list.users[0]))),
        _ => Err(Refusal::new(ErrorCode::NotFound, "the person is gone").into()),
    }
}

async fn put_user(app: &App, path: PathParams, request: Request) -> Result<Response, Problem> {
    let key = caller::back_end(app, request.headers(), Scope::Provision).await?;
    let external_id = only(path)?;
    let body = body::fields(request, &users::FIELDS).await?;
    let user = users::put(app, &key, &external_id, &body).await?;
    Ok(json(Encoding::Json.encode(&user)))
}

async fn revoke_user(app: &App, path: PathParams, request: Request) -> Result<Response, Problem> {
    let key = caller::back_end(app, request.headers(), Scope::Provision).await?;
    let external_id = only(path)?;
    let body = body::fields(request, &users::REVOCATION_FIELDS).await?;
    users::revoke(app, &key, &external_id, &body).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The value of the only `{name}` in the path.
fn only(path: PathParams) -> Result<String, Problem> {
    let path = path.map_err(|rejection| bad_path(&rejection))?;
    path.iter().next().map(|(_, value)| value.to_owned()).ok_or_else(Problem::no_such_path)
}

fn bad_path(rejection: &RawPathParamsRejection) -> Refusal {
    Refusal::new(ErrorCode::Malformed, rejection.body_text())
}

fn json(body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    assets::protect(headers);
    response
}
