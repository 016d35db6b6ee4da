//! A strict reader for TOML files: values are taken by name, and values that were not taken are refused. An error
//! names the file, the line and the path of the field: ``school.toml:31: load.sends_per_second: …``.

use std::ops::RangeInclusive;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::Outcome;

/// The longest accepted text, in bytes.
const TEXT_BYTES_MAX: usize = 200;
/// The largest number of tables in a list, and of named tables in a table.
const TABLES_MAX: usize = 100;

/// A table of the file.
pub struct Table<'a> {
    text: &'a str,
    mark: Mark,
    entries: &'a DeTable<'a>,
    known: Vec<&'a str>,
}

/// A place in the file, for errors that are found later.
#[derive(Debug, Clone)]
pub struct Mark {
    file: String,
    line: usize,
    path: String,
}

impl Mark {
    /// An error at this place.
    #[must_use]
    pub fn wrong(&self, why: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let Self { file, line, path } = self;
        let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
        format!("{file}:{line}: {path}{why}").into()
    }

    fn at(&self, line: usize, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { file: self.file.clone(), line, path }
    }
}

/// Reads the text of a file with `with`, and refuses the values that `with` did not take.
///
/// # Errors
/// When the text is not TOML, and the errors of `with`.
pub fn read<T>(file: &str, text: &str, with: impl FnOnce(&mut Table<'_>) -> Outcome<T>) -> Outcome<T> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        Mark { file: file.to_owned(), line, path: String::new() }.wrong(error.message())
    })?;
    let mark = Mark { file: file.to_owned(), line: 1, path: String::new() };
    let mut table = Table { text, mark, entries: parsed.get_ref(), known: Vec::new() };
    let read = with(&mut table)?;
    table.end()?;
    Ok(read)
}

impl<'a> Table<'a> {
    /// The place of the table.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.mark.clone()
    }

    /// An error about one of its values or about a missing value.
    #[must_use]
    pub fn wrong(&self, name: &str, why: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let value = self.entries.iter().find(|(key, _)| key.get_ref() == name);
        let line = value.map_or(self.mark.line, |(key, _)| line_of(self.text, key.span().start));
        self.mark.at(line, name).wrong(why)
    }

    /// Takes a text of one line.
    ///
    /// # Errors
    /// When the value is not a text, is empty or is too long.
    pub fn text(&mut self, name: &'a str) -> Outcome<Option<String>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let fits = |text: &&str| !text.is_empty() && text.len() <= TEXT_BYTES_MAX && !text.contains(char::is_control);
        match value.as_str().filter(fits) {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(self.expected(name, &format!("a text of 1 to {TEXT_BYTES_MAX} bytes"), value)),
        }
    }

    /// Takes a number.
    ///
    /// # Errors
    /// When the value is not a number or is out of bounds.
    pub fn number(&mut self, name: &'a str, bounds: RangeInclusive<f64>) -> Outcome<Option<f64>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = match value {
            DeValue::Integer(whole) => whole.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.expected(name, &format!("a number from {} to {}", bounds.start(), bounds.end()), value)),
        }
    }

    /// Takes a whole number.
    ///
    /// # Errors
    /// When the value is not a whole number or is out of bounds.
    pub fn whole(&mut self, name: &'a str, bounds: RangeInclusive<u32>) -> Outcome<Option<u32>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match whole(value).filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.expected(name, &format!("a whole number from {} to {}", bounds.start(), bounds.end()), value)),
        }
    }

    /// Takes one of these words; returns its index.
    ///
    /// # Errors
    /// When the value is another word.
    pub fn choice(&mut self, name: &'a str, words: &[&str]) -> Outcome<Option<usize>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match words.iter().position(|word| value.as_str() == Some(word)) {
            Some(at) => Ok(Some(at)),
            None if words.is_empty() => Err(self.wrong(name, "the file has nothing that could be named here")),
            None => Err(self.expected(name, &format!("one of {}", words.join(", ")), value)),
        }
    }

    /// Takes a table, `[load]`.
    ///
    /// # Errors
    /// When the value is not a table.
    pub fn table(&mut self, name: &'a str) -> Outcome<Option<Table<'a>>> {
        let line = self.line(name);
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.as_table() {
            Some(entries) => Ok(Some(self.inner(self.mark.at(line, name), entries))),
            None => Err(self.expected(name, "a table", value)),
        }
    }

    /// Takes the tables of a list, `[[conversations]]`; empty if there is no list.
    ///
    /// # Errors
    /// When the value is not a list of tables.
    pub fn list(&mut self, name: &'a str) -> Outcome<Vec<Table<'a>>> {
        let Some(value) = self.take(name) else { return Ok(Vec::new()) };
        let wrong = || self.expected(name, &format!("a list of at most {TABLES_MAX} tables, [[{name}]]"), value);
        let items = value.as_array().filter(|items| items.len() <= TABLES_MAX).ok_or_else(wrong)?;
        let table = |(at, item): (usize, &'a Spanned<DeValue<'a>>)| {
            let mark = self.mark.at(line_of(self.text, item.span().start), &format!("{name}[{at}]"));
            Ok(self.inner(mark, item.get_ref().as_table().ok_or_else(wrong)?))
        };
        items.iter().enumerate().map(table).collect()
    }

    /// The names in the table, which the author of the file chooses.
    ///
    /// # Errors
    /// When there are too many names, or a name is not a plain word.
    pub fn names(&self) -> Outcome<Vec<&'a str>> {
        let names: Vec<&'a str> = self.entries.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
        if names.len() > TABLES_MAX {
            return Err(self.mark.wrong(&format!("expected at most {TABLES_MAX} entries")));
        }
        let plain = |name: &str| {
            (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        match names.iter().find(|name| !plain(name)) {
            Some(name) => Err(self.wrong(name, "expected a name of at most 32 letters, digits, - and _")),
            None => Ok(names),
        }
    }

    /// Whether the value of this name is a table.
    #[must_use]
    pub fn is_table(&self, name: &str) -> bool {
        self.entries.get(name).is_some_and(|value| value.get_ref().is_table())
    }

    /// Refuses values that were not taken: a value without effect would mislead its author.
    ///
    /// # Errors
    /// When such a value exists.
    pub fn end(self) -> Outcome<()> {
        let unknown = self.entries.iter().find(|(key, _)| !self.known.contains(&key.get_ref().as_ref()));
        match unknown {
            None => Ok(()),
            Some((key, _)) => {
                let mut known = self.known.clone();
                known.sort_unstable();
                Err(self.wrong(key.get_ref(), &format!("there is no such key here; there are: {}", known.join(", "))))
            }
        }
    }

    fn take(&mut self, name: &'a str) -> Option<&'a DeValue<'a>> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.entries.get(name).map(Spanned::get_ref)
    }

    fn line(&self, name: &str) -> usize {
        let key = self.entries.iter().map(|(key, _)| key).find(|key| key.get_ref() == name);
        key.map_or(self.mark.line, |key| line_of(self.text, key.span().start))
    }

    fn inner(&self, mark: Mark, entries: &'a DeTable<'a>) -> Self {
        Self { text: self.text, mark, entries, known: Vec::new() }
    }

    fn expected(&self, name: &str, what: &str, value: &DeValue<'_>) -> Box<dyn std::error::Error + Send + Sync> {
        let is = match value {
            DeValue::String(text) => format!("{text:?}"),
            DeValue::Integer(whole) => whole.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::Boolean(flag) => flag.to_string(),
            other => format!("a value of type {}", other.type_str()),
        };
        self.wrong(name, &format!("expected {what}, not {is}"))
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    match value {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str, with: impl FnOnce(&mut Table<'_>) -> Outcome<()>) -> String {
        read("it.toml", text, with).expect_err("is refused").to_string()
    }

    #[test]
    fn values_that_were_not_taken_are_refused_with_their_place() {
        let inside = |table: &mut Table<'_>| {
            let mut load = table.table("load")?.expect("is there");
            load.number("seconds", 1.0..=9.0)?;
            load.end()
        };
        let fault = fault("# a comment\n[load]\nseconds = 3\nrate = 4\n", inside);
        assert_eq!(fault, "it.toml:4: load.rate: there is no such key here; there are: seconds");
    }

    #[test]
    fn values_have_bounds_and_types() {
        let seconds = |table: &mut Table<'_>| table.number("s", 1.0..=9.0).map(|_| ());
        for (text, why) in [
            ("s = 10", "it.toml:1: s: expected a number from 1 to 9, not 10"),
            ("\ns = nan", "it.toml:2: s: expected a number from 1 to 9, not nan"),
            ("s = \"many\"", "it.toml:1: s: expected a number from 1 to 9, not \"many\""),
            ("s = []", "it.toml:1: s: expected a number from 1 to 9, not a value of type array"),
        ] {
            assert_eq!(fault(text, seconds), why);
        }
        let count = |table: &mut Table<'_>| table.whole("n", 1..=9).map(|_| ());
        assert_eq!(fault("n = 1.5", count), "it.toml:1: n: expected a whole number from 1 to 9, not 1.5");
        assert_eq!(fault("n = -1", count), "it.toml:1: n: expected a whole number from 1 to 9, not -1");
        let kind = |table: &mut Table<'_>| table.choice("kind", &["direct", "group"]).map(|_| ());
        assert_eq!(fault("kind = 'mail'", kind), "it.toml:1: kind: expected one of direct, group, not \"mail\"");
    }

    #[test]
    fn lists_are_counted() {
        let list = |table: &mut Table<'_>| {
            for mut item in table.list("it")? {
                item.text("name")?;
                item.end()?;
            }
            Ok(())
        };
        assert_eq!(
            fault("[[it]]\nname = 'a'\n[[it]]\nname = 'b'\nage = 3\n", list),
            "it.toml:5: it[1].age: there is no such key here; there are: name"
        );
        assert!(fault("it = 3", list).starts_with("it.toml:1: it: expected a list"));
    }

    #[test]
    fn an_error_about_invalid_toml_names_the_line() {
        let fault = fault("a = 1\nb = = 2\n", |_| Ok(()));
        assert!(fault.starts_with("it.toml:2: "), "{fault}");
    }

    #[test]
    fn a_table_whose_values_were_all_taken_is_accepted() {
        let (number, count, text) = read("it.toml", "n = 1_000\nc = 2\nt = 'x'", |table| {
            Ok((table.number("n", 0.0..=1e6)?, table.whole("c", 0..=5)?, table.text("t")?))
        })
        .expect("reads");
        assert_eq!((number, count, text.as_deref()), (Some(1_000.0), Some(2), Some("x")));
    }
}
