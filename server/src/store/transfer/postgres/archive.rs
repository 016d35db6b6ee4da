//! Reads an archive of `pg_dump --format=custom` with `pg_restore`.

use std::path::Path;

use super::{Programs, TransferError};

/// An archive that has been checked and is complete.
pub struct Archive<'a> {
    programs: &'a Programs,
    file: &'a Path,
    name: &'a str,
    /// Schema and name of each table whose rows are in the archive.
    tables: Vec<(String, String)>,
}

impl<'a> Archive<'a> {
    /// Reads the whole archive and unpacks every row.
    ///
    /// # Errors
    /// [`TransferError::Damaged`] if the file is not an archive, or not complete.
    pub async fn check(programs: &'a Programs, file: &'a Path) -> Result<Self, TransferError> {
        let damaged = |why| TransferError::Damaged { path: file.to_owned(), why };
        let name = file.to_str().ok_or_else(|| damaged("its name is not UTF-8".to_owned()))?;
        let list = programs.run("pg_restore", &["--list", name]).await.map_err(damaged)?;
        programs.run("pg_restore", &["--file=/dev/null", name]).await.map_err(damaged)?;
        let tables = String::from_utf8_lossy(&list).lines().filter_map(table_data).collect();
        Ok(Self { programs, file, name, tables })
    }

    /// The schema of a table, if the archive has the table's rows.
    pub fn schema_of(&self, table: &str) -> Option<&str> {
        self.tables.iter().find(|(_, name)| name == table).map(|(schema, _)| schema.as_str())
    }

    /// The tables of a schema whose rows are in the archive.
    pub fn tables_in(&self, schema: &str) -> impl Iterator<Item = &str> {
        self.tables.iter().filter(move |(table_schema, _)| table_schema == schema).map(|(_, name)| name.as_str())
    }

    /// The rows of a small table: one text per column, `None` for NULL.
    ///
    /// # Errors
    /// [`TransferError::NotABackup`] if the archive does not have these rows.
    pub async fn rows(&self, table: &str, columns: &[&str]) -> Result<Vec<Vec<Option<String>>>, TransferError> {
        let missing = |why: String| TransferError::NotABackup { path: self.file.to_owned(), why };
        let argument = format!("--table={table}");
        let arguments = ["--data-only", &argument, "--file=-", self.name];
        let script = self.programs.run("pg_restore", &arguments).await.map_err(missing)?;
        parse_rows(&String::from_utf8_lossy(&script), columns)
            .ok_or_else(|| missing(format!("its table `{table}` lacks the columns {}", columns.join(", "))))
    }
}

/// Schema and table of a line such as `3421; 0 16391 TABLE DATA public tenants causerie`.
fn table_data(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once(" TABLE DATA ")?;
    let mut words = rest.split(' ');
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// The columns `wanted` of the rows between `COPY table (columns) FROM stdin;` and `\.`; `None` if a column is missing.
fn parse_rows(script: &str, wanted: &[&str]) -> Option<Vec<Vec<Option<String>>>> {
    let mut lines = script.lines().skip_while(|line| !line.starts_with("COPY "));
    let (_, columns) = lines.next()?.split_once('(')?;
    let columns: Vec<&str> = columns.split_once(')')?.0.split(", ").map(|name| name.trim_matches('"')).collect();
    let positions: Option<Vec<usize>> =
        wanted.iter().map(|wanted| columns.iter().position(|column| column == wanted)).collect();
    let positions = positions?;
    let parse_row = |line: &str| -> Option<Vec<Option<String>>> {
        let fields: Vec<&str> = line.split('\t').collect();
        positions.iter().map(|position| fields.get(*position).map(|field| unescape(field))).collect()
    };
    lines.take_while(|line| *line != "\\.").map(parse_row).collect()
}

/// Unescapes a field of PostgreSQL's text format; `None` for NULL.
fn unescape(field: &str) -> Option<String> {
    if field == "\\N" {
        return None;
    }
    let mut text = String::with_capacity(field.len());
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_a_script() {
        let script = "SET x;\nCOPY public.signing_keys (kid, \"order\", material, revoked_at) FROM stdin;\n\
                      a\t1\tline\\none\\\\\t\\N\nb\t2\t\t17\n\\.\n\nCOPY public.other (kid) FROM stdin;\nc\n\\.\n";
        let parsed = parse_rows(script, &["kid", "material", "revoked_at"]).expect("the columns are there");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(parsed, [[text("a"), text("line\none\\"), None], [text("b"), text(""), text("17")]]);
        assert_eq!(parse_rows(script, &["kid", "absent"]), None);
    }

    #[test]
    fn tables_are_read_from_the_list_of_an_archive() {
        let line = "3421; 0 16391 TABLE DATA public tenants causerie";
        assert_eq!(table_data(line), Some(("public".to_owned(), "tenants".to_owned())));
        assert_eq!(table_data("220; 1259 16391 TABLE public tenants causerie"), None);
    }
}
