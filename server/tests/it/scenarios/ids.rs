//! Checks that `rows.txt` and the tests of the five systems agree.
//!
//! `rows.txt` lists all rows: id, state, behaviour. A row in state `tested` has a test whose name begins with its id
//! (`s0_21_recipient_search_completes`), or a browser test in `client-sdk/web/e2e` whose title begins with it (`S2-06 Enter sends`).
//! A row in state `in part` has a test too, and names the missing part. A row in state `open` has no test and names the reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const ROWS: &str = include_str!("rows.txt");
/// The numbers of rows of the five systems: 32, 36, 24, 16 and 26.
const COUNT: usize = 134;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State<'a> {
    Tested,
    /// The missing part.
    InPart(&'a str),
    /// The reason why there is no test.
    Open(&'a str),
}

/// The rows by id, such as `S0-21`.
fn rows(text: &str) -> BTreeMap<&str, State<'_>> {
    let row = |line| {
        let [id, state, _behaviour] = str::splitn(line, 3, " | ").collect::<Vec<_>>().try_into().expect("three columns");
        let state = match state.trim().split_once(": ") {
            None if state.trim() == "tested" => State::Tested,
            Some(("in part", rest)) => State::InPart(rest),
            Some(("open", reason)) => State::Open(reason),
            _ => panic!("{id}: `{state}` is no state"),
        };
        (id, state)
    };
    let rows: Vec<_> = text.lines().map(row).collect();
    let by_id: BTreeMap<_, _> = rows.iter().copied().collect();
    assert_eq!(by_id.len(), rows.len(), "an id stands twice");
    by_id
}

/// The ids of all tests in a source file: `async fn s0_21_recipient…` belongs to `S0-21`.
fn tested_in(source: &str) -> impl Iterator<Item = String> {
    source.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("async fn s")?;
        let (system, rest) = name.split_once('_')?;
        let (row, _what) = rest.split_once('_')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (digits(system) && digits(row)).then(|| format!("S{system}-{row}"))
    })
}

/// The ids of all tests in a browser suite: `runner.test("S2-06, S2-15 Enter sends…"` belongs to `S2-06` and `S2-15`.
fn tested_in_suite(source: &str) -> impl Iterator<Item = String> {
    let is_id = |word: &&str| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        word.strip_prefix('S')
            .and_then(|rest| rest.split_once('-'))
            .is_some_and(|(system, row)| digits(system) && digits(row))
    };
    source.split("runner.test(").skip(1).flat_map(move |test| {
        let title = test.trim_start().trim_start_matches(['"', '`']);
        title
            .split(' ')
            .map(|word| word.trim_end_matches([',', ':']))
            .take_while(is_id)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    })
}

/// Every disagreement between the table and the tests, as a sentence.
fn disagreements(rows: &BTreeMap<&str, State<'_>>, tested: &BTreeSet<String>) -> Vec<String> {
    let of_rows = rows.iter().filter_map(|(id, state)| match (state, tested.contains(*id)) {
        (State::Tested | State::InPart(_), false) => Some(format!("{id} has no test")),
        (State::Open(reason), true) => Some(format!("{id} has a test, and is open for {reason}")),
        _ => None,
    });
    let of_tests = tested.iter().filter(|id| !rows.contains_key(id.as_str())).map(|id| format!("{id} is no row"));
    of_rows.chain(of_tests).collect()
}

/// The files in a folder that have an extension.
fn sources(folder: &Path, extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the sources are where they were compiled");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(sources(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(fs::read_to_string(&path).expect("sources are UTF-8"));
        }
    }
    found
}

#[test]
fn every_tested_row_has_a_test_and_every_test_has_a_row() {
    let rows = rows(ROWS);
    assert_eq!(rows.len(), COUNT, "a row is missing, or new");
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let of_server = sources(&server.join("tests/it/scenarios"), "rs");
    let of_browser = sources(&server.join("../client-sdk/web/e2e"), "mjs");
    let tested: BTreeSet<String> = of_server
        .iter()
        .flat_map(|source| tested_in(source))
        .chain(of_browser.iter().flat_map(|source| tested_in_suite(source)))
        .collect();
    for (id, state) in &rows {
        if *state != State::Tested {
            println!("{id}: {state:?}");
        }
    }
    assert_eq!(disagreements(&rows, &tested), [""; 0]);
}

#[test]
fn a_row_without_a_test_and_a_test_without_a_row_are_found() {
    let table = "S0-01 | tested | a\nS0-02 | open: browser | b\nS0-03 | in part: browser | c";
    let found = |source: &str| disagreements(&rows(table), &tested_in(source).collect());
    assert_eq!(found("async fn s0_01_a() {\n    async fn s0_03_c() {"), [""; 0]);
    assert_eq!(found("async fn s0_01_a() {"), ["S0-03 has no test"]);
    let all = "async fn s0_01_a() {\nasync fn s0_02_b() {\nasync fn s0_03_c() {\nasync fn s9_99_d() {";
    assert_eq!(found(all), ["S0-02 has a test, and is open for browser", "S9-99 is no row"]);
    let suite = "runner.test(\"S0-02, S0-03: a\", run);\nrunner.test(\n  `S1-04 b`,\nrunner.test(\"Sun S1-05 c\"";
    assert_eq!(tested_in_suite(suite).collect::<Vec<_>>(), ["S0-02", "S0-03", "S1-04"]);
    assert_eq!(tested_in("fn s0_01() {\nasync fn sun_01_a() {\nasync fn s0_a_b() {").count(), 0, "these name no row");
}
