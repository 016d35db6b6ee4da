//! Executes the commands of the WebSocket over HTTP.
//!
//! [`routes`] is the table of the commands that have a path. [`transcode`] converts a request into the command that a
//! WebSocket client would send, so that both run the same code and get the same refusals. [`descriptors`] and [`schema`]
//! describe the messages of `proto/`.

pub mod descriptors;
mod external;
pub mod routes;
pub mod schema;
pub mod transcode;

use axum::{
    Router,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    response::Response,
    routing::{MethodFilter, on},
};
use causerie_protocol::{ErrorCode, Refusal};
use http::StatusCode;
use serde_json::{Map, Value, json};

use self::{
    descriptors::{Field, WIRE},
    routes::{ROUTES, Route},
    schema::request,
    transcode::{Endpoint, answer},
};
use super::{
    api::{Shared, json_response},
    body, caller,
    error::Problem,
    manage::schemas::Schemas,
    operation::Operation,
};
use crate::{commands, telemetry::CodeLabel};

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

/// A router with the paths and methods of [`ROUTES`].
pub fn router() -> Router<Shared> {
    ROUTES.iter().fold(Router::new(), |router, route| {
        let filter = MethodFilter::try_from(route.method.clone()).expect("a method that axum routes");
        let endpoint = Endpoint::new(route);
        let handler = move |State(shared): State<Shared>, path: PathParams, request: Request| async move {
            serve(&shared, endpoint, path, request).await.inspect_err(|problem| {
                shared.app.metrics.refusals.get_or_create(&CodeLabel { code: problem.code() }).inc();
            })
        };
        router.route(route.path, on(filter, handler))
    })
}

async fn serve(shared: &Shared, endpoint: Endpoint, path: PathParams, request: Request) -> Result<Response, Problem> {
    // The caller is authenticated first, so that the body of an unknown caller is not read.
    let caller = caller::user(&shared.app, request.headers()).await?;
    shared.limiter.take(caller.user, 1)?;
    let path = path.map_err(|rejection| Refusal::new(ErrorCode::Malformed, rejection.body_text()))?;
    let uri = request.uri().clone();
    let fields = if endpoint.has_body() {
        body::read(request).await.map_err(|problem| problem.within(endpoint.key()))?
    } else {
        Map::new()
    };
    let mut fields = endpoint.fields(fields, &uri, &path)?;
    external::resolve(&shared.app, caller, &mut fields).await?;
    let command = endpoint.command(fields)?;
    shared.app.allowances.take(caller.user, &command)?;
    Ok(json_response(answer(commands::execute(&shared.app.command_deps, caller, command).await?)))
}

/// The descriptions of the operations of [`ROUTES`], for OpenAPI. Adds the schemas of their messages to `schemas`.
pub fn describe(schemas: &mut Schemas) -> Vec<Operation> {
    ROUTES.iter().map(|route| operation(route, schemas)).collect()
}

fn operation(route: &'static Route, schemas: &mut Schemas) -> Operation {
    let id = WIRE.command_key(route.command);
    let mut operation = Operation::new(route.method.clone(), route.path, id, route.summary, &[]);
    let fields = &*WIRE.message(route.command).fields;
    for name in route.path_fields() {
        let field = fields.iter().find(|field| field.name == name).expect("a brace of the path names a field");
        let schema = request::parameter(route.command, field);
        operation.parameter(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    let others: Vec<&Field> = fields.iter().filter(|field| route.path_fields().all(|name| name != field.name)).collect();
    if !route.has_body() {
        for field in others {
            let schema = request::parameter(route.command, field);
            operation.parameter(json!({
                "name": route.parameter(&field.name), "in": "query", "allowEmptyValue": true, "schema": schema,
            }));
        }
    } else if !others.is_empty() {
        request::add(route.command, &others, &mut schemas.wire);
        operation.body(&content(&schema::reference(route.command)), !request::is_optional(route.command, &others));
    }
    let reply = schemas.message(route.reply);
    operation.success(StatusCode::OK, "Done.", Some(content(&reply)));
    operation
}

fn content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}
