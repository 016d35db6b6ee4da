//! The validation of single fields. A refusal names the field.

use std::ops::RangeInclusive;

use super::UserRef;
use crate::{
    codes::{ErrorCode, Refusal},
    limits, wire,
};

/// Parses an id; a refusal names the field.
pub(super) fn id<T: std::str::FromStr>(value: &str, field: &str) -> Result<T, Refusal> {
    if value.is_empty() {
        return Err(missing(field));
    }
    value.parse().map_err(|_| invalid(field, &format!("is `{}`, expected a UUID", shortened(value))))
}

pub(super) fn ids<T: std::str::FromStr>(values: &[String], field: &str, max: usize) -> Result<Vec<T>, Refusal> {
    if values.len() > max {
        return Err(too_large(field, max, "ids"));
    }
    values.iter().enumerate().map(|(at, value)| id(value, &format!("{field}[{at}]"))).collect()
}

/// Validates a list of users whose length is in `count`.
pub(super) fn users(refs: Vec<wire::UserRef>, field: &str, count: RangeInclusive<usize>) -> Result<Vec<UserRef>, Refusal> {
    if refs.len() < *count.start() {
        return Err(missing(field));
    }
    if refs.len() > *count.end() {
        return Err(too_large(field, *count.end(), "users"));
    }
    refs.into_iter().enumerate().map(|(at, one)| user(Some(one), &format!("{field}[{at}]"))).collect()
}

pub(super) fn user(one: Option<wire::UserRef>, field: &str) -> Result<UserRef, Refusal> {
    match one.ok_or_else(|| missing(field))?.by {
        Some(wire::user_ref::By::Id(value)) => id(&value, &format!("{field}.id")).map(UserRef::Id),
        Some(wire::user_ref::By::ExternalId(value)) if !value.is_empty() => {
            external_id(value, &format!("{field}.externalId")).map(UserRef::ExternalId)
        }
        _ => Err(invalid(field, "must have `id`, the server's, or `externalId`, the product's")),
    }
}

pub(super) fn external_id(value: String, field: &str) -> Result<String, Refusal> {
    match value.chars().find(|letter| letter.is_control()) {
        Some(letter) => Err(control_character(letter, field)),
        None => bounded(value, field, limits::EXTERNAL_ID_BYTES_MAX),
    }
}

/// Validates the name of a relation, with the characters that names in policies have.
pub(super) fn relation(name: String, field: &str) -> Result<String, Refusal> {
    if name.is_empty() {
        return Err(missing(field));
    }
    if name.len() > limits::RELATION_BYTES_MAX {
        return Err(too_large(field, limits::RELATION_BYTES_MAX, "bytes"));
    }
    if !name.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(invalid(field, &format!("is `{}`, and may only have a to z, 0 to 9 and `_`", shortened(&name))));
    }
    Ok(name)
}

/// Validates a page size: 1 to [`limits::PAGE_MAX`], or 0 for the default.
pub(super) fn page(limit: u32, field: &str) -> Result<u32, Refusal> {
    match limit {
        0 => Ok(limits::PAGE_DEFAULT),
        1..=limits::PAGE_MAX => Ok(limit),
        _ => Err(invalid(field, &format!("is {limit}, and at most {}", limits::PAGE_MAX))),
    }
}

/// Validates the text of a message: it has a visible character, is not too long, and has no control characters. Line ends become `\n`.
pub(super) fn text(value: String, field: &str) -> Result<String, Refusal> {
    let special = |letter: char| is_special(letter) && !matches!(letter, '\n' | '\t');
    let value = cleaned(value, field, limits::TEXT_BYTES_MAX, special, "\n")?;
    if value.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    Ok(value)
}

/// Validates a text of one line: line ends and tabs become spaces.
pub(super) fn line(value: String, field: &str, max: usize) -> Result<String, Refusal> {
    cleaned(value, field, max, is_special, " ")
}

/// The characters that end a line or a paragraph in Unicode (UAX 14), and tabs.
const BREAKS: [char; 8] = ['\t', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

fn is_special(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Replaces line breaks and refuses all other control characters: they are not visible, PostgreSQL can't store NUL, and JSON needs six bytes
/// for each. Most texts have none and are scanned once.
fn cleaned(
    value: String,
    field: &str,
    max: usize,
    special: impl Fn(char) -> bool + Copy,
    with: &str,
) -> Result<String, Refusal> {
    if !value.contains(special) {
        return bounded(value, field, max);
    }
    let breaks = |letter: char| special(letter) && BREAKS.contains(&letter);
    let value = bounded(value.replace("\r\n", with).replace(breaks, with), field, max)?;
    match value.chars().find(|letter| special(*letter)) {
        Some(letter) => Err(control_character(letter, field)),
        None => Ok(value),
    }
}

fn bounded(value: String, field: &str, max: usize) -> Result<String, Refusal> {
    if value.len() > max { Err(too_large(field, max, "bytes")) } else { Ok(value) }
}

fn control_character(letter: char, field: &str) -> Refusal {
    invalid(field, &format!("contains U+{:04X}, a control character", u32::from(letter)))
}

/// The beginning of a value on one line, for an error message.
fn shortened(value: &str) -> String {
    let mut letters = value.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let begin: String = letters.by_ref().take(60).collect();
    if letters.next().is_some() { begin + "…" } else { begin }
}

pub(super) fn missing(field: &str) -> Refusal {
    invalid(field, "is missing")
}

pub(super) fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {why}")).field(field)
}

pub(super) fn too_large(field: &str, max: usize, unit: &str) -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("`{field}` has more than {max} {unit}")).field(field)
}
