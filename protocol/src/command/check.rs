//! The validation of single fields. Each refusal names the field by its path in JSON, which is the parameter `field`. A path
//! is formatted only for a refusal.

use std::{fmt::Display, ops::RangeInclusive};

use super::UserRef;
use crate::{
    codes::{ErrorCode, Refusal},
    limits, wire,
};

/// Parses an id.
pub(super) fn id<T: std::str::FromStr>(value: &str, field: impl Display) -> Result<T, Refusal> {
    if value.is_empty() {
        return Err(missing(field));
    }
    value.parse().map_err(|_| invalid(field, &format!("is `{}`, expected a UUID", shortened(value))))
}

/// Parses a list of at most `max` ids.
pub(super) fn ids<T: std::str::FromStr>(values: &[String], field: impl Display, max: usize) -> Result<Vec<T>, Refusal> {
    if values.len() > max {
        return Err(too_large(field, max, "ids"));
    }
    values.iter().enumerate().map(|(index, value)| id(value, format_args!("{field}[{index}]"))).collect()
}

/// Validates a list of users. Its length must be in `count`.
pub(super) fn users(
    refs: Vec<wire::UserRef>,
    field: impl Display,
    count: RangeInclusive<usize>,
) -> Result<Vec<UserRef>, Refusal> {
    if refs.len() < *count.start() {
        return Err(missing(field));
    }
    if refs.len() > *count.end() {
        return Err(too_large(field, *count.end(), "users"));
    }
    refs.into_iter().enumerate().map(|(index, user_ref)| user(Some(user_ref), format_args!("{field}[{index}]"))).collect()
}

pub(super) fn user(reference: Option<wire::UserRef>, field: impl Display) -> Result<UserRef, Refusal> {
    match reference.ok_or_else(|| missing(&field))?.by {
        Some(wire::user_ref::By::Id(value)) => id(&value, format_args!("{field}.id")).map(UserRef::Id),
        Some(wire::user_ref::By::ExternalId(value)) if !value.is_empty() => {
            external_id(value, format_args!("{field}.externalId")).map(UserRef::ExternalId)
        }
        _ => Err(invalid(field, "must have `id`, the server's, or `externalId`, the product's")),
    }
}

pub(super) fn external_id(value: String, field: impl Display) -> Result<String, Refusal> {
    match value.chars().find(|character| character.is_control()) {
        Some(character) => Err(control_character(character, field)),
        None => bounded(value, field, limits::EXTERNAL_ID_BYTES_MAX),
    }
}

/// Validates the name of a relation: it must have the characters that a policy allows in the name of a relation.
pub(super) fn relation(name: String, field: impl Display) -> Result<String, Refusal> {
    if name.is_empty() {
        return Err(missing(field));
    }
    if name.len() > limits::RELATION_BYTES_MAX {
        return Err(too_large(field, limits::RELATION_BYTES_MAX, "bytes"));
    }
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(invalid(field, &format!("is `{}`, and may only have a to z, 0 to 9 and `_`", shortened(&name))));
    }
    Ok(name)
}

/// Validates a page size: 1 to [`limits::PAGE_MAX`], or 0 for the default.
pub(super) fn page(limit: u32, field: impl Display) -> Result<u32, Refusal> {
    match limit {
        0 => Ok(limits::PAGE_DEFAULT),
        1..=limits::PAGE_MAX => Ok(limit),
        _ => Err(invalid(field, &format!("is {limit}, and at most {}", limits::PAGE_MAX))),
    }
}

/// Validates the text of a message: it must have a character that is not whitespace, must not be too long, and must have no
/// control characters. Line ends become `\n`.
pub(super) fn text(value: String, field: impl Display) -> Result<String, Refusal> {
    let is_special_in_text = |character: char| is_special(character) && !matches!(character, '\n' | '\t');
    let value = cleaned(value, &field, limits::TEXT_BYTES_MAX, is_special_in_text, "\n")?;
    if value.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    Ok(value)
}

/// Validates a text of one line with at most `max` bytes. Line ends and tabs become spaces.
pub(super) fn line(value: String, field: impl Display, max: usize) -> Result<String, Refusal> {
    cleaned(value, field, max, is_special, " ")
}

/// The characters that end a line or a paragraph in Unicode (UAX 14), and tabs.
const LINE_BREAKS: [char; 8] = ['\t', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

fn is_special(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Replaces line breaks by `replacement` and refuses all other characters for which `is_special` is true: they are not
/// visible, PostgreSQL can't store NUL, and JSON needs six bytes for each. Most texts have no special character and are
/// scanned once.
fn cleaned(
    value: String,
    field: impl Display,
    max: usize,
    is_special: impl Fn(char) -> bool + Copy,
    replacement: &str,
) -> Result<String, Refusal> {
    // Every byte is tested, so that the compiler can test many at once.
    let is_printable_ascii = value.bytes().fold(true, |all, byte| all & (b' '..=b'~').contains(&byte));
    if is_printable_ascii || !value.contains(is_special) {
        return bounded(value, field, max);
    }
    let is_break = |character: char| is_special(character) && LINE_BREAKS.contains(&character);
    let value = bounded(value.replace("\r\n", replacement).replace(is_break, replacement), &field, max)?;
    match value.chars().find(|character| is_special(*character)) {
        Some(character) => Err(control_character(character, field)),
        None => Ok(value),
    }
}

fn bounded(value: String, field: impl Display, max: usize) -> Result<String, Refusal> {
    if value.len() > max { Err(too_large(field, max, "bytes")) } else { Ok(value) }
}

fn control_character(character: char, field: impl Display) -> Refusal {
    invalid(field, &format!("contains U+{:04X}, a control character", u32::from(character)))
}

/// The first 60 characters of a value on one line, for an error message.
fn shortened(value: &str) -> String {
    let mut characters = value.chars().map(|character| if character.is_control() { ' ' } else { character });
    let beginning: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() { beginning + "…" } else { beginning }
}

pub(super) fn missing(field: impl Display) -> Refusal {
    invalid(field, "is missing")
}

pub(super) fn invalid(field: impl Display, problem: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {problem}")).field(field.to_string())
}

pub(super) fn too_large(field: impl Display, max: usize, unit: &str) -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("`{field}` has more than {max} {unit}")).field(field.to_string())
}
