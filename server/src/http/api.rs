//! `/v1`: the route table as a router.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, get, on},
};
use causerie_protocol::{ErrorCode, Refusal, command::Command, wire::reply};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Map;

use super::{
    assets, body, caller,
    command::{Endpoint, answer},
    cors, docs,
    error::Problem,
    openapi,
    pace::Pace,
    routes::{Asks, ROUTES, Route},
    users,
};
use crate::{app::App, conversations};

/// What every handler needs.
#[derive(Clone)]
struct Shared {
    app: Arc<App>,
    pace: Arc<Pace>,
}

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

/// All of `/v1` but the socket.
pub fn router(app: &Arc<App>) -> Router {
    let shared = Shared { app: Arc::clone(app), pace: Arc::new(Pace::new(&app.config.limits)) };
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
    match route.asks {
        Asks::Command(command) => {
            let endpoint = Endpoint::new(route, command);
            on(filter, move |State(shared): State<Shared>, path: PathParams, request: Request| async move {
                run(&shared, endpoint, path, request).await
            })
        }
        Asks::Me => on(filter, me),
        Asks::PutUser => on(filter, put_user),
        Asks::RevokeUser => on(filter, revoke_user),
    }
}

async fn run(shared: &Shared, endpoint: Endpoint, path: PathParams, request: Request) -> Result<Response, Problem> {
    // Whoever is not known is not read either.
    let caller = caller::person(&shared.app, request.headers()).await?;
    shared.pace.take(caller.user)?;
    let path = path.map_err(|rejection| bad_path(&rejection))?;
    let uri = request.uri().clone();
    let fields = if endpoint.has_body() { body::read(request).await? } else { Map::new() };
    let command = endpoint.command(fields, &uri, &path)?;
    Ok(json(answer(conversations::execute(&shared.app, caller, command).await?)))
}

async fn me(State(shared): State<Shared>, request: Request) -> Result<Response, Problem> {
    let caller = caller::person(&shared.app, request.headers()).await?;
    shared.pace.take(caller.user)?;
    let command = Command::GetUsers { users: vec![caller.user] };
    match conversations::execute(&shared.app, caller, command).await? {
        reply::Result::UserList(list) if list.users.len() == 1 => Ok(Json(&list.users[0]).into_response()),
        _ => Err(Refusal::new(ErrorCode::NotFound, "the person is gone").into()),
    }
}

async fn put_user(State(shared): State<Shared>, path: PathParams, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let external_id = only(path)?;
    let body = body::read(request).await?;
    Ok(Json(users::put(&shared.app, &headers, &external_id, &body).await?).into_response())
}

async fn revoke_user(State(shared): State<Shared>, path: PathParams, request: Request) -> Result<Response, Problem> {
    users::revoke(&shared.app, request.headers(), &only(path)?).await?;
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
