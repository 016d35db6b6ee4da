//! Detects a CSV body, so that the caller gets one clear refusal instead of one refusal per line.

use std::time::Duration;

use axum::extract::Request;
use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};
use http::header;
use tokio::time::timeout;

/// The pieces of a body, as a stream.
pub(super) type BodyStream = BoxStream<'static, Result<Bytes, axum::Error>>;

/// How long [`detect`] waits for the first piece of the body. The answer to an import should begin at once, so for a body
/// that arrives later only the media type is examined.
const FIRST_PIECE_TIMEOUT: Duration = Duration::from_millis(500);

/// Returns whether the body is CSV, by its media type or its first line. Also returns the complete body.
pub(super) async fn detect(request: Request) -> (bool, BodyStream) {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_declared = media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("text/csv"));
    let mut body = request.into_body().into_data_stream();
    match timeout(FIRST_PIECE_TIMEOUT, body.next()).await {
        Ok(Some(Ok(first))) => {
            let is_csv = is_declared || is_header(&first);
            (is_csv, futures::stream::iter([Ok(first)]).chain(body).boxed())
        }
        Ok(Some(Err(error))) => (is_declared, futures::stream::iter([Err(error)]).boxed()),
        Ok(None) | Err(_) => (is_declared, body.boxed()),
    }
}

/// Whether the first line is a list of names between separators, like the header of a spreadsheet.
fn is_header(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let mut cells = line.split(|byte| b",;\t".contains(byte));
    line.iter().any(|byte| b",;\t".contains(byte))
        && cells.all(|cell| cell.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_\" ".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_header_is_distinguished_from_json() {
        for header in
            ["id,name,roles\nlea,Léa,\n", "\u{feff}type;id;name\r\nuser;7;x", "user\tgroup\trole", "\"id\",\"name\"\n"]
        {
            assert!(is_header(header.as_bytes()), "{header:?}");
        }
        for other in ["", "\n", "{\"type\":\"user\",\"id\":\"a\"}\n", "lea", "[1,2]", "{}", "  {\"a\":1,"] {
            assert!(!is_header(other.as_bytes()), "{other:?}");
        }
    }
}
