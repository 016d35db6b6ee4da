//! Splits a stream of bytes into lines of bounded length.

/// The maximum length of a line, in bytes, without its line break.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Splits bytes that arrive in pieces into lines.
#[derive(Debug, Default)]
pub struct Lines {
    /// The bytes of the current line, which has not ended yet.
    current: Vec<u8>,
    /// The current line is too long. The rest of it is skipped.
    too_long: bool,
    /// The number of lines that have ended, with empty lines.
    count: u64,
}

/// A line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The number of the line from 1; empty lines count.
    pub number: u64,
    /// The bytes of the line; `None` if the line was too long.
    pub bytes: Option<Vec<u8>>,
}

impl Lines {
    /// Adds a piece of the stream. Returns the lines that end in the piece, without empty lines.
    pub fn push(&mut self, piece: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.append(&rest[..end]);
            lines.extend(self.end_line());
            rest = &rest[end + 1..];
        }
        self.append(rest);
        lines
    }

    /// Ends the stream. Returns the last line if it has no line break at its end.
    pub fn end(&mut self) -> Option<Line> {
        if self.current.is_empty() && !self.too_long { None } else { self.end_line() }
    }

    fn append(&mut self, bytes: &[u8]) {
        if self.current.len() + bytes.len() > LINE_BYTES_MAX {
            self.too_long = true;
            self.current.clear();
        }
        if !self.too_long {
            self.current.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self) -> Option<Line> {
        self.count += 1;
        let bytes = std::mem::take(&mut self.current);
        if std::mem::take(&mut self.too_long) {
            return Some(Line { number: self.count, bytes: None });
        }
        // Some editors write a byte order mark at the beginning of a file.
        let bytes = if self.count == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).to_vec() } else { bytes };
        let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
        (!is_blank).then_some(Line { number: self.count, bytes: Some(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&[u8]]) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::default();
        let mut all: Vec<Line> = pieces.iter().flat_map(|piece| lines.push(piece)).collect();
        all.extend(lines.end());
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        all.into_iter().map(|line| (line.number, line.bytes.map(text))).collect()
    }

    #[test]
    fn lines_are_the_same_for_any_split_of_the_bytes() {
        let text = "{\"a\":1}\n\n  \r\n{\"é\":2}\n{}";
        let whole = split(&[text.as_bytes()]);
        let expected = [(1, "{\"a\":1}"), (4, "{\"é\":2}"), (5, "{}")];
        assert_eq!(whole, expected.map(|(number, line)| (number, Some(line.to_owned()))));
        let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(split(&single), whole);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_counted() {
        let long = vec![b'x'; LINE_BYTES_MAX + 1];
        let longest = vec![b'y'; LINE_BYTES_MAX];
        let lines = split(&[b"a\n", &long, &long, b"\nb\n", &longest, b"\n", &long]);
        let longest = String::from_utf8(longest).expect("UTF-8");
        assert_eq!(lines, [(1, Some("a".to_owned())), (2, None), (3, Some("b".to_owned())), (4, Some(longest)), (5, None)]);
    }

    #[test]
    fn a_byte_order_mark_is_removed() {
        assert_eq!(split(&[b"\xef\xbb\xbf{}\n"]), [(1, Some("{}".to_owned()))]);
        assert_eq!(split(&[]), []);
    }
}
