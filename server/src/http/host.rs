//! Requires exactly one `Host` header (RFC 9112, 3.2). The check of origins compares the origin of a page with this header.

use axum::{extract::Request, middleware::Next, response::IntoResponse as _, response::Response};
use causerie_protocol::{ErrorCode, Refusal};
use http::{Version, header, uri::Authority};

use super::error::Problem;

/// Refuses a request that has no `Host` header, several `Host` headers, or a `Host` header that is not valid.
pub async fn required(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_valid = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).is_ok(),
        (None, _) => request.version() < Version::HTTP_11,
        _ => false,
    };
    if !is_valid {
        let refusal = Refusal::new(ErrorCode::Malformed, "`Host` must come once and name a host");
        return Problem::from(refusal.field("host")).into_response();
    }
    next.run(request).await
}
