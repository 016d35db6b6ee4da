//! Kinds, states, statuses and roles have names: neither SQL texts nor code compare them with numbers.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The columns and fields that hold such a number.
const COLUMNS: &[&str] = &["kind", "state", "status", "role", "writable_by", "delivers", "effect"];

#[test]
fn no_kind_state_or_role_is_compared_with_a_bare_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/src");
    let mut wrong = Vec::new();
    for file in sources(&root) {
        let text = fs::read_to_string(&file).expect("is text");
        let found = text.lines().enumerate().filter(|(_, line)| has_bare_number(line));
        wrong.extend(found.map(|(at, line)| format!("{}:{}: {}", file.display(), at + 1, line.trim())));
    }
    assert!(wrong.is_empty(), "use `number()` of the enum in domain/:\n{}", wrong.join("\n"));
}

#[test]
fn a_bare_number_is_found_in_sql_and_in_code() {
    for line in ["WHERE c.kind = 2 AND", "c.kind<>4", "status IN (1, 4)", "row.status == 1", "if state != 3 {"] {
        assert!(has_bare_number(line), "{line}");
    }
    for line in
        ["c.kind = {direct}", "kind = $3", "kind = \"class\"", "last_state = 2", "states = 2", "let kind = kind_of(2);"]
    {
        assert!(!has_bare_number(line), "{line}");
    }
}

/// Whether one of [`COLUMNS`] is followed by a comparison and a digit.
fn has_bare_number(line: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    COLUMNS.iter().any(|column| {
        line.match_indices(column).any(|(at, _)| {
            let after = line[at + column.len()..].trim_start();
            let compared = ["==", "<>", "!=", "=", "IN (", "in ("].iter().find_map(|sign| after.strip_prefix(sign));
            !line[..at].ends_with(is_word)
                && compared.is_some_and(|value| value.trim_start().starts_with(|first: char| first.is_ascii_digit()))
        })
    })
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("is a folder").map(|entry| entry.expect("reads").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path].into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).collect(),
        })
        .collect()
}
