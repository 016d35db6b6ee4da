//! The description of one operation of the API in OpenAPI, for commands and for endpoints.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::auth::Scope;

/// One operation of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path in the syntax of axum: `/v1/users/{id}`.
    pub path: &'static str,
    /// The operation's name in generated clients.
    pub id: &'static str,
    /// The caller's API key needs one of these scopes. Empty if users call the operation.
    pub scopes: &'static [Scope],
    /// The OpenAPI operation object.
    pub description: Value,
}

impl Operation {
    /// An operation without parameters, body and answer.
    #[must_use]
    pub fn new(
        method: Method,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        scopes: &'static [Scope],
    ) -> Self {
        let tag = path.split('/').nth(2).unwrap_or_default();
        let mut description = json!({
            "operationId": id,
            "summary": summary,
            "tags": [tag],
            "parameters": [],
            "responses": { "default": { "$ref": "#/components/responses/Problem" } },
        });
        if !scopes.is_empty() {
            description["security"] = json!([{ "backend": [] }]);
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{}`", scope.name())).collect();
            description["description"] = format!("Needs a back end's key with the scope {}.", scopes.join(" or ")).into();
        }
        Self { method, path, id, scopes, description }
    }

    /// The names in braces in the path.
    pub fn path_fields(&self) -> impl Iterator<Item = &'static str> + use<> {
        path_fields(self.path)
    }

    /// Adds a parameter.
    pub fn parameter(&mut self, parameter: Value) {
        self.description["parameters"].as_array_mut().expect("made with a list").push(parameter);
    }

    /// Adds the body of the request. `content` is the OpenAPI `content` object.
    pub fn body(&mut self, content: &Value, required: bool) {
        self.description["requestBody"] = json!({ "required": required, "content": content });
    }

    /// Adds the response of a success. `text` describes the response; `content` is `None` for a response without a body.
    pub fn success(&mut self, status: StatusCode, text: &str, content: Option<Value>) {
        let mut response = json!({ "description": text });
        if let Some(content) = content {
            response["content"] = content;
        }
        self.description["responses"][status.as_str()] = response;
    }

    /// Adds `text` to the description.
    pub fn text(&mut self, text: &str) {
        if !text.is_empty() {
            let before = self.description["description"].as_str().unwrap_or_default();
            self.description["description"] = format!("{before} {text}").trim().into();
        }
    }
}

/// The names in braces in a path.
pub fn path_fields(path: &'static str) -> impl Iterator<Item = &'static str> + use<> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
