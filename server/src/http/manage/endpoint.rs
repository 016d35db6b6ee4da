//! The trait of endpoints. A type that implements it states the path, the caller, the request and the answer, and runs the
//! operation.
//!
//! The router and the OpenAPI description are both made from this type, so they always agree.

use std::future::Future;

use axum::{
    body::HttpBody,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use causerie_protocol::{ErrorCode, Refusal, limits::FRAME_BYTES_MAX};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    decode::{self, without_nulls},
    schemas::{self, Schemas},
};
use crate::{
    auth::{ApiCaller, Caller, Scope},
    http::{
        api::{Shared, json_response},
        body, caller,
        commands::schema::bounds,
        cut::Cut,
        error::Problem,
        operation::Operation,
    },
    telemetry::CodeLabel,
};

/// An operation of the HTTP API that is not a command of the socket.
pub trait Endpoint: Sized + 'static {
    /// The HTTP method.
    const METHOD: Method;
    /// The path in the syntax of axum: `/v1/users/{id}`.
    const PATH: &'static str;
    /// The name of the operation in generated clients.
    const ID: &'static str;
    /// The summary in the OpenAPI document, one sentence.
    const SUMMARY: &'static str;
    /// Further sentences for the OpenAPI document.
    const TEXT: &'static str = "";
    /// The API key of the caller needs one of these scopes. Empty for endpoints that users call.
    const SCOPES: &'static [Scope] = &[];
    /// The maximum size of the body, in bytes.
    const BODY_BYTES_MAX: usize = FRAME_BYTES_MAX;
    /// Whether a request without a body is refused.
    const NEEDS_BODY: bool = false;

    /// The kind of credential that the request must have.
    type Caller: FromHeaders;
    /// The query parameters.
    type Query: Query;
    /// The body of the request.
    type Body: Body;
    /// The body of a success.
    type Answer: Answer;

    /// Runs the operation.
    ///
    /// # Errors
    /// The refusals of the operation. A wrong credential, scope, query or body is refused before this function is called.
    fn run(
        call: Call<Self>,
        query: Self::Query,
        body: Self::Body,
    ) -> impl Future<Output = Result<Self::Answer, Problem>> + Send;
}

/// The parts of a request other than its query and body.
pub struct Call<E: Endpoint> {
    /// The server.
    pub shared: Shared,
    /// The caller, whose credential is valid.
    pub caller: E::Caller,
    /// The headers of the request.
    pub headers: HeaderMap,
    /// Closes the caller's connection; `None` if the listener does not support it.
    pub cut: Option<Cut>,
    /// The values of the `{name}`s of the path.
    path: Vec<String>,
}

impl<E: Endpoint> Call<E> {
    /// The value of the first `{name}` of the path.
    #[must_use]
    pub fn id(&self) -> &str {
        self.path.first().map(String::as_str).unwrap_or_default()
    }

    /// The value of the last `{name}` of the path.
    #[must_use]
    pub fn last(&self) -> &str {
        self.path.last().map(String::as_str).unwrap_or_default()
    }
}

/// A kind of caller that the headers of a request identify.
pub trait FromHeaders: Sized + Send {
    /// Authenticates the caller by the headers.
    ///
    /// # Errors
    /// A refusal if the credential is missing or not valid, if it has none of the scopes, or if the database does not
    /// answer.
    fn authenticate(
        shared: &Shared,
        headers: &HeaderMap,
        scopes: &'static [Scope],
    ) -> impl Future<Output = Result<Self, Problem>> + Send;
}

impl FromHeaders for ApiCaller {
    async fn authenticate(shared: &Shared, headers: &HeaderMap, scopes: &'static [Scope]) -> Result<Self, Problem> {
        Ok(caller::back_end(&shared.app, headers, scopes).await?)
    }
}

impl FromHeaders for Caller {
    async fn authenticate(shared: &Shared, headers: &HeaderMap, _: &'static [Scope]) -> Result<Self, Problem> {
        let caller = caller::user(&shared.app, headers).await?;
        shared.limiter.take(caller.user, 1)?;
        Ok(caller)
    }
}

/// The query parameters of an endpoint.
pub trait Query: Sized + Send {
    /// The parameters for the OpenAPI document.
    fn parameters() -> Vec<Value>;

    /// Reads the parameters.
    ///
    /// # Errors
    /// `invalid` if a parameter does not exist or has a wrong value.
    fn read(uri: &Uri) -> Result<Self, Refusal>;
}

/// An endpoint without query parameters ignores the query.
impl Query for () {
    fn parameters() -> Vec<Value> {
        Vec::new()
    }

    fn read(_: &Uri) -> Result<Self, Refusal> {
        Ok(())
    }
}

/// Query parameters as the fields of a type. An empty parameter counts as absent.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send> Query for Params<T> {
    fn parameters() -> Vec<Value> {
        let schema = Schemas::inline_request::<T>();
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let parameter = |(name, mut schema): (String, Value)| {
            schemas::without_control_characters(&mut schema);
            json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": schema })
        };
        properties.into_iter().map(parameter).collect()
    }

    fn read(uri: &Uri) -> Result<Self, Refusal> {
        decode::query(uri).map(Self)
    }
}

/// The body of a request.
pub trait Body: Sized + Send {
    /// The OpenAPI `content`; `None` if no body is read.
    fn content(schemas: &mut Schemas) -> Option<Value>;

    /// Reads the body.
    ///
    /// # Errors
    /// A problem if the body is too large, arrives too slowly, has another media type, or has a wrong content.
    fn read(request: Request, bytes_max: usize) -> impl Future<Output = Result<Self, Problem>> + Send;
}

/// An endpoint without a body does not read the body.
impl Body for () {
    fn content(_: &mut Schemas) -> Option<Value> {
        None
    }

    async fn read(_: Request, _: usize) -> Result<Self, Problem> {
        Ok(())
    }
}

/// A JSON object as a type. In a request, an empty body counts as an empty object, a field that is `null` counts as absent,
/// and an unknown field is refused.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send> Body for Json<T> {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ "application/json": { "schema": schemas.request::<T>() } }))
    }

    async fn read(request: Request, bytes_max: usize) -> Result<Self, Problem> {
        let fields = body::read_within(request, bytes_max).await?;
        Ok(Self(decode::body(fields)?))
    }
}

/// The body of a success.
pub trait Answer: Send {
    /// The status.
    const STATUS: StatusCode = StatusCode::OK;
    /// The description of the answer in OpenAPI.
    const TEXT: &'static str = "Done.";

    /// Whether a `HEAD` request runs the operation of `GET`. If not, `HEAD` is refused.
    const HEAD: bool = true;

    /// The OpenAPI `content`; `None` if the answer has no body.
    fn content(schemas: &mut Schemas) -> Option<Value>;

    /// The response.
    fn response(self) -> Response;
}

/// An answer without a body has the status 204.
impl Answer for () {
    const STATUS: StatusCode = StatusCode::NO_CONTENT;

    fn content(_: &mut Schemas) -> Option<Value> {
        None
    }

    fn response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl<T: Serialize + JsonSchema + Send> Answer for Json<T> {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ "application/json": { "schema": schemas.answer::<T>() } }))
    }

    fn response(self) -> Response {
        match serde_json::to_value(&self.0) {
            Ok(value) => json_response(without_nulls(value).to_string()),
            Err(error) => Problem::from(Refusal::new(ErrorCode::Internal, error.to_string())).into_response(),
        }
    }
}

/// A message of `proto/` in protobuf's JSON mapping, as in the answers of commands.
pub struct Wire<T>(pub T);

/// A message of `proto/` that has a schema.
pub trait WireMessage: serde::Serialize + prost::Message + Send {
    /// The name of the message in `proto/`.
    const NAME: &'static str;
}

impl WireMessage for causerie_protocol::wire::User {
    const NAME: &'static str = "User";
}

impl<T: WireMessage> Answer for Wire<T> {
    fn content(schemas: &mut Schemas) -> Option<Value> {
        Some(json!({ "application/json": { "schema": schemas.message(T::NAME) } }))
    }

    fn response(self) -> Response {
        json_response(causerie_protocol::Encoding::Json.encode(&self.0))
    }
}

/// An endpoint in the list of all endpoints.
#[derive(Clone, Copy)]
pub struct Entry {
    path: &'static str,
    handler: fn() -> MethodRouter<Shared>,
    describe: fn(&mut Schemas) -> Operation,
}

impl Entry {
    /// The entry of the endpoint `E`.
    #[must_use]
    pub const fn of<E: Endpoint>() -> Self {
        Self { path: E::PATH, handler: handler::<E>, describe: describe::<E> }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The handler for the method of the endpoint.
    pub fn handler(&self) -> MethodRouter<Shared> {
        (self.handler)()
    }

    /// The description of the operation. Adds the schemas of the operation to `schemas`.
    #[must_use]
    pub fn describe(&self, schemas: &mut Schemas) -> Operation {
        (self.describe)(schemas)
    }
}

fn handler<E: Endpoint>() -> MethodRouter<Shared> {
    let filter = MethodFilter::try_from(E::METHOD).expect("a method that axum routes");
    on(
        filter,
        |State(shared): State<Shared>, path: Result<RawPathParams, RawPathParamsRejection>, request: Request| async move {
            let answer = serve::<E>(&shared, path, request).await;
            answer.inspect_err(|problem| {
                shared.app.metrics.refusals.get_or_create(&CodeLabel { code: problem.code() }).inc();
            })
        },
    )
}

async fn serve<E: Endpoint>(
    shared: &Shared,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Result<Response, Problem> {
    if request.method() == Method::HEAD && !E::Answer::HEAD {
        let mut response = Problem::wrong_method().into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return Ok(response);
    }
    // The caller is authenticated first, so that the body of an unknown caller is not read.
    let caller = E::Caller::authenticate(shared, request.headers(), E::SCOPES).await?;
    let path = path.map_err(|rejection| Refusal::new(ErrorCode::Malformed, rejection.body_text()))?;
    path.iter().try_for_each(|(name, value)| body::refuse_control_characters(name, value))?;
    let path = path.iter().map(|(_, value)| value.to_owned()).collect();
    let query = E::Query::read(request.uri())?;
    let headers = request.headers().clone();
    let cut = request.extensions().get::<Cut>().cloned();
    let is_missing = E::NEEDS_BODY && request.body().is_end_stream();
    // A missing body is first read as an empty object, so that the error names the first required field, if there is one.
    let body = E::Body::read(request, E::BODY_BYTES_MAX).await?;
    if is_missing {
        return Err(Refusal::new(ErrorCode::Malformed, "the body is missing: send a JSON object").into());
    }
    let call = Call { shared: shared.clone(), caller, headers, cut, path };
    Ok(E::run(call, query, body).await?.response())
}

fn describe<E: Endpoint>(schemas: &mut Schemas) -> Operation {
    let mut operation = Operation::new(E::METHOD, E::PATH, E::ID, E::SUMMARY, E::SCOPES);
    for name in operation.path_fields().collect::<Vec<_>>() {
        let schema = bounds::path_parameter(name);
        operation.parameter(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    E::Query::parameters().into_iter().for_each(|parameter| operation.parameter(parameter));
    if let Some(content) = E::Body::content(schemas) {
        operation.body(&content, E::NEEDS_BODY);
    }
    operation.success(E::Answer::STATUS, E::Answer::TEXT, E::Answer::content(schemas));
    operation.text(E::TEXT);
    operation
}
