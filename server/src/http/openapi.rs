//! The OpenAPI 3.1 document. It is generated from the table of commands, from `proto/` and from the types of the endpoints,
//! so that it can't disagree with the code.

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
    /// Every operation: commands, then endpoints.
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
            "description": "Every command of the WebSocket (`/v1/ws`), over HTTP. Bodies and answers are the messages of \
                the wire in protobuf's JSON mapping: a field that has its default value (`0`, `\"\"`, `false`, an empty \
                list) is left out of answers, and `null` in a request is a field left out. In a path or query, `external:` and \
                the product's id stand for the id of a user; in place of a conversation's id, for the caller's direct conversation \
                with that user. A field or parameter that does \
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
    ("A body, in bytes", limits::FRAME_BYTES_MAX),
    ("A message's text, in bytes of UTF-8", limits::TEXT_BYTES_MAX),
    ("A page", limits::PAGE_MAX as usize),
];
