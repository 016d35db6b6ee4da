//! The tables of `README.md` agree with the schema and the code.

#[path = "examples/schema.rs"]
mod schema;

use std::collections::BTreeSet;

use causerie_protocol::{CloseCode, ErrorCode, codes::Return, limits};

const README: &str = include_str!("../README.md");

/// The rows of the table under a heading, without the head. Cells are trimmed and have no backticks.
fn table(heading: &str) -> Vec<Vec<String>> {
    let section = README.split("\n## ").find_map(|section| section.strip_prefix(heading)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

/// The first word of every row.
fn names(heading: &str) -> BTreeSet<String> {
    table(heading).iter().map(|row| row[0].split(' ').next().expect("a word").to_owned()).collect()
}

/// The variants of a message's `oneof`, by their JSON names.
fn variants(message: &str) -> BTreeSet<String> {
    let fields = schema::message(message).field.into_iter().filter(|field| field.oneof_index.is_some());
    fields.map(|field| field.json_name().to_owned()).collect()
}

#[test]
fn the_readme_lists_all_commands_replies_and_events() {
    assert_eq!(names("Commands\n"), variants("Request"));
    assert_eq!(names("Replies\n"), variants("Reply"));
    assert_eq!(names("Events\n"), variants("Event"));
    for row in table("Commands\n") {
        assert!(variants("Reply").contains(&row[1]), "{row:?}");
    }
}

#[test]
fn the_readme_lists_all_error_codes_correctly() {
    let codes = schema::enumeration("ErrorCode").value.into_iter().map(|value| value.number()).filter(|code| *code != 0);
    let wanted: Vec<Vec<String>> = codes
        .map(|number| {
            let code = ErrorCode::try_from(number).expect("generated from the same schema");
            let temporary = if code.temporary() { "yes" } else { "no" };
            vec![number.to_string(), code.name(), temporary.into(), code.http_status().to_string()]
        })
        .collect();
    let told: Vec<Vec<String>> = table("Errors\n").iter().map(|row| row[..4].to_vec()).collect();
    assert_eq!(told, wanted);
    assert!(table("Errors\n").iter().all(|row| !row[4].is_empty()));
}

#[test]
fn the_readme_lists_all_close_codes_correctly() {
    let codes = schema::enumeration("CloseCode").value.into_iter().map(|value| value.number()).filter(|code| *code != 0);
    let wanted: Vec<Vec<String>> = codes
        .map(|number| {
            let code = CloseCode::try_from(number).expect("generated from the same schema");
            let back = match Return::after(code.number()) {
                Return::Now => "now",
                Return::Later => "later",
                Return::Never => "never",
            };
            vec![number.to_string(), code.name(), back.into()]
        })
        .collect();
    let told: Vec<Vec<String>> = table("Close codes\n").iter().map(|row| row[..3].to_vec()).collect();
    assert_eq!(told, wanted);
}

#[test]
fn the_readme_lists_all_limits_correctly() {
    let source = include_str!("../src/limits.rs");
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    // The default page size is in the row of the largest page size.
    let named: BTreeSet<&str> = constants.filter(|name| *name != "PAGE_DEFAULT").collect();
    let values = [
        ("FRAME_BYTES_MAX", limits::FRAME_BYTES_MAX),
        ("TEXT_BYTES_MAX", limits::TEXT_BYTES_MAX),
        ("SUBJECT_BYTES_MAX", limits::SUBJECT_BYTES_MAX),
        ("QUERY_BYTES_MAX", limits::QUERY_BYTES_MAX),
        ("EXTERNAL_ID_BYTES_MAX", limits::EXTERNAL_ID_BYTES_MAX),
        ("RELATION_BYTES_MAX", limits::RELATION_BYTES_MAX),
        ("PROFILE_FIELD_BYTES_MAX", limits::PROFILE_FIELD_BYTES_MAX),
        ("PAGE_MAX", limits::PAGE_MAX as usize),
        ("DIRECTORY_PAGE_MAX", limits::DIRECTORY_PAGE_MAX as usize),
        ("MEMBERS_PER_COMMAND_MAX", limits::MEMBERS_PER_COMMAND_MAX),
        ("HELD_MAX", limits::HELD_MAX),
        ("CHANGES_MAX", limits::CHANGES_MAX as usize),
        ("PAGE_TEXT_BYTES_MAX", limits::PAGE_TEXT_BYTES_MAX),
        ("CHANGES_TEXT_BYTES_MAX", limits::CHANGES_TEXT_BYTES_MAX),
        ("RESUMED_TEXT_BYTES_MAX", limits::RESUMED_TEXT_BYTES_MAX),
        ("PRESENCE_MAX", limits::PRESENCE_MAX),
        ("CONTACTS_MAX", limits::CONTACTS_MAX),
        ("USERS_MAX", limits::USERS_MAX),
        ("MEMBERS_SHOWN", limits::MEMBERS_SHOWN),
        ("ADDRESSEES_SHOWN", limits::ADDRESSEES_SHOWN),
        ("STARTED_WITH_MAX", limits::STARTED_WITH_MAX),
        ("INACTIVE_SHOWN", limits::INACTIVE_SHOWN),
        ("READ_RECEIPTS_MEMBERS_MAX", limits::READ_RECEIPTS_MEMBERS_MAX),
    ];
    assert_eq!(values.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), named, "add it here and to the table");
    let rows = table("Limits\n");
    for (name, value) in values {
        let row =
            rows.iter().find(|row| row[0].contains(&format!("({name})"))).unwrap_or_else(|| panic!("no row for {name}"));
        assert_eq!(row[1].split(' ').next(), Some(value.to_string().as_str()), "{name}");
    }
    assert!(README.contains(&format!("; {} where the client does not say", limits::PAGE_DEFAULT)));
}
