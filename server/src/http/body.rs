//! Reads JSON bodies with limits of size and time.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request},
    http::StatusCode,
};
use causerie_protocol::{ErrorCode, Refusal, codec::from_json, limits::FRAME_BYTES_MAX};
use http::header;
use serde_json::{Map, Value};

use super::error::Problem;
use crate::plain::shortened;

/// The maximum time in which a body must arrive. A body of 64 KiB in 10 s needs less than 60 kbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The layer with the default limit of bodies. A router needs it so that [`read`] can set another limit.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FRAME_BYTES_MAX)
}

/// 2⁵³. A 64-bit float can't represent every whole number above it.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads a whole number from 0 up, in any notation of JSON: `2`, `2.0`, `2e0`. `None` for any other value.
pub fn whole(number: &Value) -> Option<u64> {
    number.as_u64().or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=EXACT_MAX).contains(number))?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a whole number within bounds
        Some(number as u64)
    })
}

/// Reads a JSON object. An empty body is an empty object, so that the error names the missing fields.
///
/// # Errors
/// 415 if the content type is not JSON, 400 if the content is not JSON (with the field, if it is known) or arrives too
/// slowly, 413 if the body is too large.
pub async fn read(request: Request) -> Result<Map<String, Value>, Problem> {
    read_within(request, FRAME_BYTES_MAX).await
}

/// Like [`read`], for a body of at most `bytes_max` bytes.
///
/// # Errors
/// The errors of [`read`].
pub async fn read_within(request: Request, bytes_max: usize) -> Result<Map<String, Value>, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let bytes = bytes(request, bytes_max).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let media_type = content_type.as_ref().and_then(|value| value.to_str().ok()?.split(';').next());
    // This check also refuses forms of other sites, because a browser sends this media type only after a CORS preflight.
    if !media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json")) {
        let declared = match content_type.as_ref().map(|value| String::from_utf8_lossy(value.as_bytes())) {
            Some(declared) => format!("`{}`", shortened(&declared)),
            None => "missing".to_owned(),
        };
        let reason = format!("the header `Content-Type` is {declared}, and must be `application/json`");
        let refusal = malformed(&reason);
        return Err(Problem::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
    }
    from_json(&bytes).map_err(|mut refusal| {
        if refusal.field.is_empty() {
            refusal.message = format!("the body is not a JSON object: {}", refusal.message);
        }
        refusal.into()
    })
}

/// Reads a body of any media type, of at most `bytes_max` bytes.
///
/// # Errors
/// 400 if the body breaks off or arrives too slowly, 413 if it is too large.
pub async fn bytes(mut request: Request, bytes_max: usize) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(bytes_max).apply(&mut request);
    tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &()))
        .await
        .map_err(|_| malformed("the body did not arrive within 10 s: send it at once"))?
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(
                ErrorCode::TooLarge,
                format!("the body has more than {bytes_max} bytes, the most this endpoint takes"),
            ),
            _ => malformed("the body broke off"),
        })
}

/// Refuses a value of a path or query that contains a control character. No id and no word contains a control character, and
/// PostgreSQL refuses a statement with U+0000.
///
/// # Errors
/// `invalid` with this field.
pub fn refuse_control_characters(field: &str, value: &str) -> Result<(), Refusal> {
    match value.chars().find(|letter| letter.is_control()) {
        None => Ok(()),
        Some(letter) => {
            let reason = format!("`{field}` contains U+{:04X}, a control character", u32::from(letter));
            Err(Refusal::new(ErrorCode::Invalid, reason).field(field))
        }
    }
}

fn malformed(reason: &str) -> Refusal {
    Refusal::new(ErrorCode::Malformed, reason)
}
