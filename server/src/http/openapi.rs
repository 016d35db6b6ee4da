//! The OpenAPI 3.1 description, made from the route table and `proto/`: what is not written twice can't disagree.

use causerie_protocol::{ErrorCode, limits};
use serde_json::{Map, Value, json};

use super::{
    descriptors::{Field, Kind, WIRE},
    import::description as import,
    policy::description as policy,
    routes::{Asks, ROUTES, Route},
    schema::{answer, bounds, request},
    users,
};

/// The whole description.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    for route in &ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Causerie",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Real-time chat where rules decide who may write to whom.",
            "description": "Every command of the WebSocket (`/v1/ws`), over HTTP. Bodies and answers are the messages of \
                the wire in protobuf's JSON mapping: a field that has its default value (`0`, `\"\"`, `false`, an empty \
                list) is left out of answers, and `null` in a request is a field left out. A field or parameter that does \
                not exist is refused by name. Lengths of text are limited in bytes of UTF-8: a text that keeps to its \
                `maxLength` in characters only is answered 413.",
        },
        "servers": [{ "url": "/", "description": "The server that tells this." }],
        "security": [{ "person": [] }, { "backend": [], "actsFor": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "person": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token the embedding product signed for one person.",
                },
                "backend": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "sk_…",
                    "description": "A key of the embedding product's back end. To act for a person it needs the scope \
                        `act`, and the header `Causerie-User` with the person's external id.",
                },
                "actsFor": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Causerie-User",
                    "description": "Beside a back end's key with the scope `act`: the external id of the person it acts for. \
                        A person's token speaks for that person, whatever this header says.",
                },
            },
            "parameters": { "CauserieUser": {
                "name": "Causerie-User",
                "in": "header",
                "description": "Needed with a back end's key: the external id of the person it acts for.",
                "schema": bounds::line(1, limits::EXTERNAL_ID_BYTES_MAX),
            } },
            "responses": { "Problem": {
                "description": "It was not done, and why.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
            "schemas": schemas(),
        },
    })
}

/// The schema components: all that a route takes or answers, and what those mention.
fn schemas() -> Map<String, Value> {
    let mut schemas = Map::from_iter([
        ("Problem".to_owned(), problem()),
        (users::PROFILE.to_owned(), users::profile_schema()),
        (users::REVOCATION.to_owned(), users::revocation_schema()),
        (import::ROW.to_owned(), import::row()),
        (import::ANSWER.to_owned(), import::answer()),
    ]);
    schemas.extend(policy::schemas());
    for route in &ROUTES {
        if let Some(fields) = body_fields(route).filter(|fields| !fields.is_empty()) {
            let Asks::Command(command) = route.asks else { continue };
            request::add(command, &fields, &mut schemas);
        }
        if !route.reply.is_empty() && !schemas.contains_key(route.reply) {
            answer::add(&Kind::Message(route.reply.to_owned()), &mut schemas);
        }
    }
    schemas
}

/// What a command's body may hold: its fields, those in the path left out.
fn body_fields(route: &Route) -> Option<Vec<&'static Field>> {
    let Asks::Command(command) = route.asks else { return None };
    route.has_body().then(|| {
        let fields = WIRE.message(command).fields.iter();
        fields.filter(|field| route.path_fields().all(|name| name != field.name)).collect()
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [tag(route)],
        "parameters": parameters(route),
        "responses": { "default": { "$ref": "#/components/responses/Problem" } },
    });
    let success = if route.asks == Asks::Import {
        (
            "200",
            json!({ "description": "Begun; the last line says how it ended.", "content": content(import::NDJSON, import::ANSWER) }),
        )
    } else if route.reply.is_empty() {
        ("204", json!({ "description": "Done." }))
    } else {
        ("200", json!({ "description": "Done.", "content": content(JSON, route.reply) }))
    };
    operation["responses"][success.0] = success.1;
    let body = match route.asks {
        Asks::Command(command) => body_fields(route)
            .filter(|fields| !fields.is_empty())
            .map(|fields| (content(JSON, command), !request::is_optional(command, &fields))),
        Asks::PutUser => Some((content(JSON, users::PROFILE), false)),
        Asks::Import => Some((content(import::NDJSON, import::ROW), false)),
        Asks::Policy(ask) => ask.body().map(|body| (content(JSON, body), ask.needs_body())),
        Asks::RevokeUser => Some((content(JSON, users::REVOCATION), false)),
        Asks::Me => None,
    };
    if let Some((content, required)) = body {
        operation["requestBody"] = json!({ "required": required, "content": content });
    }
    if !route.scopes().is_empty() {
        operation["security"] = json!([{ "backend": [] }]);
        let more = if route.asks == Asks::Import { import::TEXT } else { "" };
        let scopes: Vec<String> = route.scopes().iter().map(|scope| format!("`{}`", scope.name())).collect();
        let scopes = scopes.join(" or ");
        operation["description"] = format!("Needs a back end's key with the scope {scopes}. {more}").trim_end().into();
    }
    operation
}

const JSON: &str = "application/json";

fn content(media_type: &str, schema: &str) -> Value {
    json!({ media_type: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = Vec::new();
    let (command, fields) = match route.asks {
        Asks::Command(command) => (command, &*WIRE.message(command).fields),
        Asks::Me | Asks::PutUser | Asks::RevokeUser | Asks::Import | Asks::Policy(_) => ("", &[][..]),
    };
    for name in route.path_fields() {
        let field = fields.iter().find(|field| field.name == name);
        let product_id = || bounds::line(1, limits::EXTERNAL_ID_BYTES_MAX);
        let schema = field.map_or_else(product_id, |field| request::parameter(command, field));
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    if !route.has_body() {
        for field in fields.iter().filter(|field| route.path_fields().all(|name| name != field.name)) {
            let schema = request::parameter(command, field);
            parameters.push(json!({
                "name": route.parameter(&field.name), "in": "query", "allowEmptyValue": true, "schema": schema,
            }));
        }
    }
    if route.asks == Asks::Import {
        parameters.extend(import::parameters());
    }
    if let Asks::Policy(ask) = route.asks {
        parameters.extend(ask.parameters());
    }
    if route.scopes().is_empty() {
        parameters.push(json!({ "$ref": "#/components/parameters/CauserieUser" }));
    }
    parameters
}

/// The command in lower camel case, `sendMessage`.
#[must_use]
pub fn operation_id(route: &Route) -> &'static str {
    match route.asks {
        Asks::Command(command) => WIRE.command_key(command),
        Asks::Me => "me",
        Asks::PutUser => "putUser",
        Asks::RevokeUser => "revokeUser",
        Asks::Import => "import",
        Asks::Policy(ask) => ask.operation_id(),
    }
}

/// The noun after `/v1/`.
fn tag(route: &Route) -> &'static str {
    route.path.split('/').nth(2).unwrap_or_default()
}

/// What [`super::error`] writes.
fn problem() -> Value {
    let codes = WIRE.enums["ErrorCode"].values.iter().skip(1);
    let names: Vec<String> = codes.map(|(name, _)| error_name(name)).collect();
    json!({
        "type": "object",
        "description": "A problem as of RFC 9457, with the fields of the socket's `Error`.",
        "required": ["type", "title", "status", "detail", "code", "name", "temporary"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Where the code is explained." },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "One sentence for the developer who reads it." },
            "code": { "type": "integer", "minimum": 0, "description": "The number of the error code." },
            "name": { "type": "string", "enum": names },
            "temporary": { "type": "boolean", "description": "The same request may succeed later." },
            "field": { "type": "string", "description": "Which field is to blame, `sendMessage.text`." },
            "retryAfterMs": { "type": "integer", "minimum": 0, "maximum": u32::MAX, "description": "Wait at least this long before trying again." },
        },
    })
}

/// `not_found` of `ERROR_CODE_NOT_FOUND`.
#[must_use]
pub fn error_name(name: &str) -> String {
    ErrorCode::from_str_name(name).map(ErrorCode::name).unwrap_or_default()
}

/// The bounds worth knowing before one writes a client, for the page.
pub const BOUNDS: [(&str, usize); 3] = [
    ("A body, in bytes", limits::FRAME_BYTES_MAX),
    ("A message's text, in bytes of UTF-8", limits::TEXT_BYTES_MAX),
    ("A page", limits::PAGE_MAX as usize),
];
