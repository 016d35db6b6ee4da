//! Reads one line of NDJSON, and explains the most likely mistake in a line that is not a JSON object.

use serde_json::{Map, Value, error::Category};

use super::{
    fields::Fault,
    ndjson::{LINE_BYTES_MAX, Line},
};

/// The hint for several objects on one line. `curl -d` sends all lines of a file as one line.
const JOINED_LINES_HINT: &str = "`curl -d` joins the lines of a file, `--data-binary` keeps them";

/// Reads the fields of a row.
///
/// # Errors
/// [`Fault`] if the line is too long or is not a JSON object. The message contains the column and the expected syntax, if
/// known.
pub(super) fn read(line: &Line) -> Result<Map<String, Value>, Fault> {
    let Some(bytes) = &line.bytes else {
        return Err(Fault::new("", format!("the line has more than {LINE_BYTES_MAX} bytes ({JOINED_LINES_HINT})")));
    };
    serde_json::from_slice(bytes)
        .map_err(|error| Fault::new("", format!("the line is no JSON object: {}", explain(bytes, &error))))
}

/// Explains why a line is not a JSON object.
fn explain(bytes: &[u8], error: &serde_json::Error) -> String {
    let line = bytes.trim_ascii();
    match error.classify() {
        _ if line.starts_with(b"[") => "it begins with `[`, but rows are objects, one per line, and no array".to_owned(),
        // The first line of an object that is printed over several lines.
        Category::Eof if line == b"{" => "it ends behind `{`, but an object has to be on one line".to_owned(),
        Category::Eof => "it ends before the object does".to_owned(),
        Category::Syntax if is_another_object(bytes, error.column()) => {
            format!("another object begins at column {}, but a line is one object ({JOINED_LINES_HINT})", error.column())
        }
        // The answer contains the number of the line. serde_json gets only this line and calls it line 1.
        _ => error.to_string().replace(" at line 1 column", " at column"),
    }
}

/// Whether serde_json stopped because another object begins where the line should end. Columns count from 1.
fn is_another_object(bytes: &[u8], column: usize) -> bool {
    let (before, behind) = bytes.split_at(column.saturating_sub(1).min(bytes.len()));
    behind.starts_with(b"{") && before.trim_ascii_end().ends_with(b"}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_a_line_that_is_no_object_explains_the_mistake() {
        let table: &[(&str, &str)] = &[
            (r#"{"type":"user","id":"a"}{"type":"user","id":"b"}"#, "another object begins at column 25"),
            (r#"{"type":"user","id":"a"} {"type":"user","id":"b"}"#, "`--data-binary` keeps them"),
            (r#"[{"type":"user","id":"a"}]"#, "begins with `[`"),
            ("{", "has to be on one line"),
            (r#"{"type":"user","id":"a""#, "it ends before the object does"),
            (r#"{"type":"user" "id":"a"}"#, "expected `,` or `}` at column 16"),
            (r#"{type:"user"}"#, "key must be a string at column 2"),
            ("lea", "expected value at column 1"),
            ("7", "expected a map"),
        ];
        for (line, expected) in table {
            let line = Line { number: 1, bytes: Some(line.as_bytes().to_vec()) };
            let fault = read(&line).expect_err("is no object");
            assert!(fault.message.starts_with("the line is no JSON object: "), "{}", fault.message);
            assert!(fault.message.contains(expected), "{expected} in {}", fault.message);
        }
    }
}
