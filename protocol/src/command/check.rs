//! Single fields: what they may hold, and who is blamed when they don't.

use super::UserRef;
use crate::{
    codes::{ErrorCode, Refusal},
    limits, wire,
};

/// Parses an id or blames the field.
pub(super) fn id<T: std::str::FromStr>(value: &str, field: &str) -> Result<T, Refusal> {
    if value.is_empty() {
        return Err(missing(field));
    }
    value.parse().map_err(|_| invalid(field, "is not a UUID"))
}

pub(super) fn ids<T: std::str::FromStr>(values: &[String], field: &str, max: usize) -> Result<Vec<T>, Refusal> {
    if values.len() > max {
        return Err(too_large(field, max, "ids"));
    }
    values.iter().enumerate().map(|(at, value)| id(value, &format!("{field}[{at}]"))).collect()
}

pub(super) fn users(refs: Vec<wire::UserRef>, field: &str, min: usize) -> Result<Vec<UserRef>, Refusal> {
    if refs.len() < min {
        return Err(missing(field));
    }
    if refs.len() > limits::MEMBERS_PER_COMMAND_MAX {
        return Err(too_large(field, limits::MEMBERS_PER_COMMAND_MAX, "people"));
    }
    refs.into_iter().enumerate().map(|(at, one)| user(Some(one), &format!("{field}[{at}]"))).collect()
}

pub(super) fn user(one: Option<wire::UserRef>, field: &str) -> Result<UserRef, Refusal> {
    match one.ok_or_else(|| missing(field))?.by {
        Some(wire::user_ref::By::Id(value)) => id(&value, &format!("{field}.id")).map(UserRef::Id),
        Some(wire::user_ref::By::ExternalId(value)) if !value.is_empty() => {
            external_id(value, &format!("{field}.externalId")).map(UserRef::ExternalId)
        }
        _ => Err(invalid(field, "has neither id nor externalId")),
    }
}

pub(super) fn external_id(value: String, field: &str) -> Result<String, Refusal> {
    bounded(value, field, limits::EXTERNAL_ID_BYTES_MAX)
}

/// The name of a relation, spelled as policies spell names.
pub(super) fn relation(name: String, field: &str) -> Result<String, Refusal> {
    if name.is_empty() {
        return Err(missing(field));
    }
    if name.len() > limits::RELATION_BYTES_MAX {
        return Err(too_large(field, limits::RELATION_BYTES_MAX, "bytes"));
    }
    if !name.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(invalid(field, "has other letters than a to z, 0 to 9 and _"));
    }
    Ok(name)
}

/// A page size within 1 to [`limits::PAGE_MAX`], 0 standing for the default.
pub(super) fn page(limit: u32, field: &str) -> Result<u32, Refusal> {
    match limit {
        0 => Ok(limits::PAGE_DEFAULT),
        1..=limits::PAGE_MAX => Ok(limit),
        _ => Err(invalid(field, &format!("is more than {}", limits::PAGE_MAX))),
    }
}

/// A message's text: something visible, not too long, storable everywhere.
pub(super) fn text(value: String, field: &str) -> Result<String, Refusal> {
    if value.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    bounded(value, field, limits::TEXT_BYTES_MAX)
}

pub(super) fn bounded(value: String, field: &str, max: usize) -> Result<String, Refusal> {
    if value.len() > max {
        return Err(too_large(field, max, "bytes"));
    }
    // Nobody can read them, PostgreSQL can't store NUL, and in JSON each takes six bytes.
    if value.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(invalid(field, "contains control characters"));
    }
    Ok(value)
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
