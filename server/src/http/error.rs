//! Converts refusals to problems of RFC 9457 (`application/problem+json`), with the fields of the socket's message `Error`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use causerie_protocol::{ErrorCode, Refusal};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use super::{commands::descriptors::WIRE, openapi::error_name};
use crate::store::StoreError;

/// A refusal as an HTTP response.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    refusal: Refusal,
}

/// A problem as of RFC 9457, with the fields of the socket's `Error`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Problem")]
pub(super) struct Body {
    /// The address of the explanation of the code.
    #[schemars(extend("format" = "uri-reference"))]
    r#type: String,
    /// The name of the code, in words.
    title: String,
    /// The status of the response.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// One sentence for the developer.
    detail: String,
    /// The number of the error code.
    code: u32,
    /// The name of the error code.
    #[schemars(extend("enum" = names()))]
    name: String,
    /// Whether the same request may succeed later.
    temporary: bool,
    /// The field at fault, such as `sendMessage.text`.
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
    /// The shortest time to wait before the next attempt, in milliseconds.
    #[serde(skip_serializing_if = "is_zero")]
    retry_after_ms: u32,
}

/// The names of all error codes.
fn names() -> Vec<String> {
    WIRE.enums["ErrorCode"].values.iter().skip(1).map(|(name, _)| error_name(name)).collect()
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Problem {
    /// A refusal with a status that is more precise than the status of its code.
    #[must_use]
    pub fn with_status(status: StatusCode, refusal: Refusal) -> Self {
        Self { status, refusal }
    }

    /// The error code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.refusal.code
    }

    /// The same problem with the name of the message before the field: `text` becomes `sendMessage.text`.
    #[must_use]
    pub fn within(mut self, message: &str) -> Self {
        if !self.refusal.field.is_empty() {
            self.refusal.field = format!("{message}.{}", self.refusal.field);
        }
        self
    }

    /// The problem of a path that does not exist.
    #[must_use]
    pub fn no_such_path() -> Self {
        Refusal::new(ErrorCode::UnknownCommand, "there is nothing at this path; /v1/docs lists the paths").into()
    }

    /// The problem of a method that the path does not support.
    #[must_use]
    pub fn wrong_method() -> Self {
        let refusal = Refusal::new(
            ErrorCode::UnknownCommand,
            "this path does not take this method; the header `Allow` of this answer lists the methods",
        );
        Self::with_status(StatusCode::METHOD_NOT_ALLOWED, refusal)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        // All statuses of `http_status` exist.
        let status = StatusCode::from_u16(refusal.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, refusal }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, refusal } = self;
        let name = refusal.code.name();
        let body = Body {
            r#type: format!("/v1/docs#{name}"),
            title: title(&name),
            status: status.as_u16(),
            detail: refusal.message,
            code: refusal.code as u32,
            temporary: refusal.code.temporary(),
            name,
            field: refusal.field,
            retry_after_ms: refusal.retry_after_ms,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if refusal.retry_after_ms > 0 {
            // In seconds, rounded up, because an earlier attempt would be refused again.
            headers.insert(header::RETRY_AFTER, HeaderValue::from(refusal.retry_after_ms.div_ceil(1000)));
        }
        match refusal.code {
            ErrorCode::Unauthenticated => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"causerie\""));
            }
            ErrorCode::TokenExpired => {
                let challenge = "Bearer realm=\"causerie\", error=\"invalid_token\", error_description=\"expired\"";
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            _ => {}
        }
        response
    }
}

/// The name of a code in words: `Not found` for `not_found`.
#[must_use]
pub fn title(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|letter| if letter == '_' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_in_whole_seconds_rounded_up() {
        let slow_down = Refusal::new(ErrorCode::RateLimited, "too fast").retry_after_ms(1_200);
        let response = Problem::from(slow_down).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn error_codes_are_written_as_titles() {
        assert_eq!(title("not_a_member"), "Not a member");
    }
}
