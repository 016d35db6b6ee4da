//! The OpenAPI 3.1 document. It is generated from the table of commands, from `proto/` and from the types of the endpoints,
//! so that it always agrees with the code.

use std::sync::LazyLock;

use causerie_protocol::{ErrorCode, limits};
use serde_json::{Map, Value, json};

use super::{
    commands::{self, schema::bounds},
    error,
    manage::{self, schemas::Schemas},
    operation::Operation,
};

/// The description of the API.
pub static DESCRIPTION: LazyLock<Description> = LazyLock::new(describe);

/// The operations of the API, and the OpenAPI document.
#[derive(Debug)]
pub struct Description {
    /// All operations: first the commands, then the endpoints.
    pub operations: Vec<Operation>,
    /// The OpenAPI document.
    pub document: Value,
}

fn describe() -> Description {
    let mut schemas = Schemas::default();
    let mut operations = commands::describe(&mut schemas);
    operations.extend(manage::describe(&mut schemas));
    schemas.answer::<error::Body>();
    let mut paths = Map::new();
    for operation in &mut operations {
        if operation.scopes.is_empty() {
            operation.parameter(json!({ "$ref": "#/components/parameters/CauserieUser" }));
        }
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = operation.description.clone();
    }
    let document = document(&paths, schemas);
    Description { operations, document }
}

fn document(paths: &Map<String, Value>, schemas: Schemas) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Causerie",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Real-time chat where rules decide who may write to whom.",
            "description": "Every command of the WebSocket (`/v1/ws`), over HTTP. Bodies and answers are protobuf messages in \
                JSON (ProtoJSON): an answer omits a field that has its default value (`0`, `\"\"`, `false`, an empty list), \
                and `null` in a request means that the field is absent. In a path or query, `external:` followed by the \
                product's id of a user can replace the id of the user. In place of a conversation's id it means the caller's \
                direct conversation with that user. The server refuses unknown fields and parameters and names them. Text \
                lengths are limited in bytes of UTF-8: a text within `maxLength` characters can still have too many bytes, \
                and the answer is then 413.",
        },
        "servers": [{ "url": "/", "description": "The server that serves this document." }],
        "security": [{ "user": [] }, { "backend": [], "actsFor": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "user": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token that the embedding product signed for one user.",
                },
                "backend": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "sk_…",
                    "description": "An API key of the embedding product's back end. To act for a user, the key needs the scope \
                        `act` and the request needs the header `Causerie-User` with the external id of the user.",
                },
                "actsFor": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Causerie-User",
                    "description": "With an API key that has the scope `act`: the external id of the user for whom the back end \
                        acts. With a user's token this header has no effect.",
                },
            },
            "parameters": { "CauserieUser": {
                "name": "Causerie-User",
                "in": "header",
                "description": "Required with an API key: the external id of the user for whom the back end acts.",
                "schema": bounds::line(1, limits::EXTERNAL_ID_BYTES_MAX),
            } },
            "responses": { "Problem": {
                "description": "The request was refused, with the reason.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
            "schemas": schemas.all(),
        },
    })
}

/// The name of an error code without its prefix: `not_found` for `ERROR_CODE_NOT_FOUND`.
#[must_use]
pub fn error_name(name: &str) -> String {
    ErrorCode::from_str_name(name).map(ErrorCode::name).unwrap_or_default()
}

/// The limits that the documentation page lists at its top.
pub const BOUNDS: [(&str, usize); 3] = [
    ("Body, in bytes", limits::FRAME_BYTES_MAX),
    ("Text of a message, in bytes of UTF-8", limits::TEXT_BYTES_MAX),
    ("Entries of a page", limits::PAGE_MAX as usize),
];
