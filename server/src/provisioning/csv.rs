//! Reads CSV files with a header that names the fields, as spreadsheets write them.
//!
//! An empty cell counts as an absent field. A cell of `roles` contains words separated by spaces, a cell of `deleted`
//! contains `true` or `false`, and all other cells contain a text.

use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use serde_json::{Map, Value};

use super::{
    fields::Fault,
    ndjson::LINE_BYTES_MAX,
    row::{FIELDS, Type},
};
use crate::plain::{counted, shortened};

/// The rows of a CSV file.
pub struct CsvRows<R> {
    reader: Reader<BufReader<R>>,
    /// The names of the fields, by column.
    names: Vec<String>,
    /// The type of rows without a `type`.
    default_type: Option<Type>,
}

/// One row of a CSV file.
pub struct CsvRow {
    /// The number of the line where the row begins, from 1.
    pub line: u64,
    /// The fields of the row, in the form of a line of NDJSON.
    pub fields: Result<Map<String, Value>, Fault>,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header. Its separator (comma, semicolon or tab) separates the cells of all rows. `default_type` is the type
    /// of rows without a `type`.
    ///
    /// # Errors
    /// A message if there is no header, if the header names an unknown field or a field twice, if neither a column `type`
    /// nor `default_type` gives the type of the rows, or if the file can't be read.
    pub fn new(file: R, default_type: Option<Type>) -> Result<Self, String> {
        let mut file = BufReader::with_capacity(LINE_BYTES_MAX, file);
        let begin = file.fill_buf().map_err(|error| error.to_string())?;
        let header = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let separators = [b',', b';', b'\t'].into_iter();
        let separator = separators.rev().max_by_key(|separator| header.iter().filter(|byte| *byte == separator).count());
        let mut reader = ReaderBuilder::new()
            .delimiter(separator.unwrap_or(b','))
            // A carriage return is not a terminator: it is trimmed from the cell, like other white space. As a terminator it
            // would disturb the count of lines.
            .terminator(Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(file);
        let names = reader.headers().map_err(|error| format!("the header can't be read: {error}"))?;
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        // A column without a name is allowed as long as its cells are empty.
        let unknown: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| !name.is_empty() && !FIELDS.contains(name)).collect();
        if !names.iter().any(|name| FIELDS.contains(&name.as_str())) {
            return Err(format!("the first line must name the fields of the columns: {}", FIELDS.join(", ")));
        }
        if !unknown.is_empty() {
            let unknown = shortened(&unknown.join("`, `"));
            return Err(format!("the header names `{unknown}`; the fields there are: {}", FIELDS.join(", ")));
        }
        if default_type.is_none() && !names.iter().any(|name| name == "type") {
            let types = Type::ALL.map(Type::name).join(", ");
            return Err(format!(
                "nothing says what the rows are about ({types}): say `--type user`, or add a column `type`"
            ));
        }
        if let Some(repeated) =
            names.iter().enumerate().find_map(|(index, name)| names[..index].contains(name).then_some(name))
        {
            return Err(format!("the header names `{repeated}` twice: name each field once"));
        }
        Ok(Self { reader, names, default_type })
    }

    /// The fields of a row.
    fn fields(&self, record: &ByteRecord) -> Result<Map<String, Value>, Fault> {
        // No field may contain a line break, so a row over several lines has a quote that is not closed.
        let lines = record.as_slice().iter().filter(|byte| **byte == b'\n').count() + 1;
        if lines > 1 {
            let message = format!("a quote (\") is opened and not closed before the line ends; the row took {lines} lines");
            return Err(Fault::new("", message));
        }
        if record.len() != self.names.len() {
            let message = format!(
                "the row has {}, and the header names {}: give a cell to each column, empty where there is nothing",
                counted(record.len() as u64, "cell", "cells"),
                counted(self.names.len() as u64, "column", "columns"),
            );
            return Err(Fault::new("", message));
        }
        if record.as_slice().len() > LINE_BYTES_MAX {
            return Err(Fault::new("", format!("the row has more than {LINE_BYTES_MAX} bytes")));
        }
        let mut fields = Map::new();
        if let Some(row_type) = self.default_type {
            fields.insert("type".to_owned(), row_type.name().into());
        }
        for (name, cell) in self.names.iter().zip(record) {
            let cell = std::str::from_utf8(cell)
                .map_err(|_| Fault::new(name, format!("`{name}` is not UTF-8: save the file in that encoding")))?;
            let value = match (name.as_str(), cell.trim()) {
                (_, "") => continue,
                ("roles", cell) => cell.split_whitespace().collect(),
                ("deleted", "true") => Value::Bool(true),
                ("deleted", "false") => Value::Bool(false),
                (_, cell) => Value::from(cell),
            };
            fields.insert(name.clone(), value);
        }
        Ok(fields)
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<CsvRow, String>;

    /// The next row, or a message if the file can't be read any further.
    fn next(&mut self) -> Option<Self::Item> {
        let mut record = ByteRecord::new();
        loop {
            let before = self.reader.position().line();
            match self.reader.read_byte_record(&mut record) {
                Ok(false) => return None,
                Ok(true) if record.len() == 1 && record.as_slice().trim_ascii().is_empty() => {}
                Ok(true) => {
                    let line = first_line(&record, before, self.reader.position().line());
                    return Some(Ok(CsvRow { line, fields: self.fields(&record) }));
                }
                Err(error) => return Some(Err(error.to_string())),
            }
        }
    }
}

/// The line where a row begins, computed from the lines of the reader before and after the row. The line that the reader
/// itself gives for a record is not used, because it counts the empty lines before the record as part of the record.
fn first_line(record: &ByteRecord, before: u64, after: u64) -> u64 {
    let line_breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
    // The line break at the end of the row adds one line; the last row of a file may lack it.
    after.saturating_sub(line_breaks + 1).max(before)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &[u8], default_type: Option<Type>) -> Vec<(u64, Result<Value, String>)> {
        let rows = CsvRows::new(text, default_type).expect("a header");
        let rows = rows.map(|row| row.expect("reads"));
        rows.map(|row| (row.line, row.fields.map(Value::Object).map_err(|fault| fault.message))).collect()
    }

    #[test]
    fn cells_become_fields() {
        let text = "\u{feff}id,name,roles,deleted\nlea,\"Martin, Léa\",owner  admin,\n\ntom,,,true\n";
        let expected = [
            (2, Ok(json!({ "type": "user", "id": "lea", "name": "Martin, Léa", "roles": ["owner", "admin"] }))),
            (4, Ok(json!({ "type": "user", "id": "tom", "deleted": true }))),
        ];
        assert_eq!(read(text.as_bytes(), Some(Type::User)), expected);
    }

    #[test]
    fn the_separator_is_detected_from_the_header() {
        let expected = [(2, Ok(json!({ "type": "user", "id": "7", "name": "a,b" })))];
        assert_eq!(read(b"type;id;name\nuser;7;a,b\n", None), expected);
        assert_eq!(read(b"type\tid\tname\r\nuser\t7\ta,b\r\n", None), expected);
        assert_eq!(read(b"id\nlea\n", Some(Type::Group)), [(2, Ok(json!({ "type": "group", "id": "lea" })))]);
    }

    #[test]
    fn a_broken_row_is_reported_and_the_next_row_is_read() {
        let rows = read(b"id,name\nlea\ntom,T\xe9o\nbob,Bob\n", Some(Type::User));
        assert_eq!(rows[0], (2, Err(
            "the row has 1 cell, and the header names 2 columns: give a cell to each column, empty where there is nothing".to_owned()
        )));
        assert_eq!(rows[1], (3, Err("`name` is not UTF-8: save the file in that encoding".to_owned())));
        assert_eq!(rows[2], (4, Ok(json!({ "type": "user", "id": "bob", "name": "Bob" }))));
    }

    #[test]
    fn an_unclosed_quote_is_reported() {
        let rows = read(b"id,name\nlea,\"Martin\ntom,Tom\nbob,Bob\n", Some(Type::User));
        let [(2, Err(reason))] = &rows[..] else { panic!("{rows:?}") };
        assert!(reason.starts_with("a quote (\") is opened and not closed before the line ends; the row took "), "{reason}");
    }

    #[test]
    fn a_file_without_a_valid_header_is_refused() {
        let refused = |text: &'static str, default_type| CsvRows::new(text.as_bytes(), default_type).err().expect(text);
        for text in ["", "\n", ",,\n", "pia,Pia\nzoe,Zo\u{eb}\n"] {
            let reason = refused(text, Some(Type::User));
            assert!(reason.starts_with("the first line must name the fields of the columns: type, id, name, "), "{reason}");
        }
        let reason = refused("id,nmae,klass\npia,,\n", Some(Type::User));
        assert!(reason.starts_with("the header names `nmae`, `klass`; the fields there are: "), "{reason}");
        assert_eq!(refused("id,id\n", Some(Type::User)), "the header names `id` twice: name each field once");
        let reason = refused("id,name\npia,Pia\n", None);
        assert!(
            reason.contains("(user, group, ") && reason.contains("`--type user`") && reason.contains("column `type`"),
            "{reason}"
        );
        assert!(CsvRows::new(&b"id,,\npia,,\n"[..], Some(Type::User)).is_err(), "two of no name");
        assert!(CsvRows::new(&b"id,\npia,\n"[..], Some(Type::User)).is_ok(), "an empty column");
    }
}
