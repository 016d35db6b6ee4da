//! Decodes JSON objects and query parameters strictly. An error about a wrong value names the field, the value and what was expected;
//! an error about an unknown field lists the known fields.

use axum::extract::Query;
use causerie_protocol::{ErrorCode, Refusal};
use http::Uri;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

use crate::{
    http::body::{refuse_control_characters, whole},
    plain::{not_expected, shortened},
};

/// Reads the fields of a body. `null` counts as an absent field.
///
/// # Errors
/// With the field: `malformed` for a value of a wrong type, `invalid` for any other mistake.
pub fn body<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Refusal> {
    // Nulls are removed before the body is decoded, so an unknown field that is `null` has to be found before. Each such field is
    // decoded alone, because serde stops at the first mistake; the loop ends at the first unknown field.
    for name in fields.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name) {
        refuse_unknown::<T>(&Value::Object([(name.clone(), Value::Null)].into_iter().collect()))?;
    }
    let fields = Value::Object(fields);
    refuse_unknown::<T>(&fields)?;
    if let Some(path) = path_of_nul(String::new(), &fields) {
        return Err(invalid(&path, "contains U+0000, a control character"));
    }
    decode(without_nulls(fields), false)
}

/// The path of a text that contains U+0000, such as `as.externalId`. PostgreSQL stores no such text and refuses the statement.
fn path_of_nul(path: String, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| path_of_nul(format!("{path}[{at}]"), item)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            path_of_nul(path, value)
        }),
        _ => None,
    }
}

/// Refuses an unknown field; any other mistake passes.
fn refuse_unknown<T: DeserializeOwned>(value: &Value) -> Result<(), Refusal> {
    match serde_path_to_error::deserialize::<_, T>(value) {
        Err(error) if unknown_field(&error.inner().to_string()).is_some() => Err(refusal(&error, value, false)),
        _ => Ok(()),
    }
}

/// Reads the query parameters. An empty parameter counts as absent. If a parameter is repeated, the last value counts.
///
/// # Errors
/// `invalid`, with the parameter, for an unknown parameter or a wrong value; `malformed` for a query that can't be decoded.
pub fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Refusal::new(ErrorCode::Malformed, error.body_text()))?;
    // An unknown parameter is refused, an empty one too.
    let mut known = Map::new();
    for (name, value) in pairs {
        refuse_control_characters(&name, &value)?;
        let value = if value.is_empty() { Value::Null } else { value.into() };
        known.insert(name, value);
    }
    decode(Value::Object(known), true)
}

/// The value without the fields that are `null`.
#[must_use]
pub fn without_nulls(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(|value| *value = without_nulls(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_nulls(item.take())),
        _ => {}
    }
    value
}

fn decode<T: DeserializeOwned>(value: Value, is_query: bool) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(&value).map_err(|error| refusal(&error, &value, is_query))
}

/// Turns an error of serde into a refusal in the words of the other refusals.
fn refusal(error: &serde_path_to_error::Error<serde_json::Error>, value: &Value, is_query: bool) -> Refusal {
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let said = error.inner().to_string();
    if let Some((unknown, fields)) = unknown_field(&said) {
        let field = if path.is_empty() || path.ends_with('?') { unknown.to_owned() } else { path };
        let shown = shortened(&field);
        let why = if is_query {
            format!("`{shown}` is not a parameter here; the parameters are {fields}")
        } else if field.contains('.') {
            let fields = format!("`{}`", fields.replace(", ", "`, `"));
            format!("`{shown}` is not a field here; the fields are {fields}")
        } else {
            format!("there is no field `{shown}`; the fields are {fields}")
        };
        return Refusal::new(ErrorCode::Invalid, why).field(field);
    }
    if let Some(missing) = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
        return Refusal::new(ErrorCode::Invalid, format!("`{field}` is needed")).field(field);
    }
    let expected = |said: &str| {
        let expected = said.split_once(", expected ").map_or(said, |(_, expected)| expected);
        expected.replace("a string", "a text").replace("a boolean", "true or false").replace("a sequence", "a list")
    };
    let given = at(value, error.path());
    let wrong = |expected: &str| match given {
        Some(Value::String(text)) if is_query || said.starts_with("unknown variant") => {
            format!("`{path}` is `{}`, expected {expected}", shortened(text))
        }
        Some(given) => not_expected(&path, given, expected),
        None => format!("`{path}` must be {expected}"),
    };
    if said.starts_with("invalid type") {
        let code = if is_query { ErrorCode::Invalid } else { ErrorCode::Malformed };
        return Refusal::new(code, wrong(&expected(&said))).field(path);
    }
    if said.starts_with("unknown variant") || said.starts_with("invalid value") {
        return Refusal::new(ErrorCode::Invalid, wrong(&expected(&said).replace('`', ""))).field(path);
    }
    // Messages of this program's own types begin with a verb: "is …", "must …".
    Refusal::new(ErrorCode::Invalid, format!("`{path}` {said}")).field(path)
}

/// The unknown name and the known fields, from serde's "unknown field `a`, expected `b` or `c`".
fn unknown_field(said: &str) -> Option<(&str, String)> {
    let said = said.strip_prefix("unknown field `")?;
    let (unknown, expected) = said.rsplit_once("`, expected ").or_else(|| said.rsplit_once("`, there are no fields"))?;
    let fields: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    Some((unknown, fields.join(", ")))
}

/// The value at a path.
fn at<'a>(value: &'a Value, path: &serde_path_to_error::Path) -> Option<&'a Value> {
    use serde_path_to_error::Segment;
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Map { key } => value.get(key),
        Segment::Seq { index } => value.get(index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}

/// A whole number of a body in any notation of JSON: `2`, `2.0`, `2e0`. For `deserialize_with`.
///
/// # Errors
/// For any other value.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(value) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let number = whole(&value);
    let refused = || D::Error::custom(format!("is {}, expected a whole number", shortened(&value.to_string())));
    number.map(Some).ok_or_else(refused)
}

/// Whole seconds since 1970 UTC, for `deserialize_with`. A number that is too large becomes `i64::MAX`.
///
/// # Errors
/// For any other value.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(value) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let refused = || D::Error::custom("is no whole number of seconds since 1970");
    let number = whole(&value).ok_or_else(refused)?;
    Ok(Some(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// A whole number of a query, for `deserialize_with`.
///
/// # Errors
/// For any other text.
pub fn number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let refused = |_| D::Error::custom(format!("is `{}`, expected a whole number", shortened(&text)));
    text.parse().map(Some).map_err(refused)
}

/// The refusal of a wrong value in a field or parameter.
#[must_use]
pub fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {why}")).field(field)
}

/// The refusal of a text that is not one of the expected texts.
#[must_use]
pub fn unexpected(field: &str, text: &str, expected: &str) -> Refusal {
    invalid(field, &format!("is `{}`, expected {expected}", shortened(text)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Asked {
        text: Option<String>,
        dry_run: Option<bool>,
        #[serde(default, deserialize_with = "whole_number")]
        to: Option<u64>,
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, expecting = "an object such as {\"id\":\"lea\"}")]
    struct Inner {
        id: String,
    }

    fn read(value: Value) -> Result<Asked, Refusal> {
        body(value.as_object().cloned().expect("an object"))
    }

    #[test]
    fn an_error_about_a_wrong_value_names_field_value_and_expectation() {
        let table: &[(Value, ErrorCode, &str, &str)] = &[
            (json!({ "text": 7 }), ErrorCode::Malformed, "text", "`text` is 7, expected a text"),
            (json!({ "dryRun": "yes" }), ErrorCode::Malformed, "dryRun", "`dryRun` is \"yes\", expected true or false"),
            (json!({ "to": "7" }), ErrorCode::Invalid, "to", "`to` is \"7\", expected a whole number"),
            (json!({ "to": 1.5 }), ErrorCode::Invalid, "to", "`to` is 1.5, expected a whole number"),
            (
                json!({ "inner": "x" }),
                ErrorCode::Malformed,
                "inner",
                "`inner` is \"x\", expected an object such as {\"id\":\"lea\"}",
            ),
            (json!({ "inner": {} }), ErrorCode::Invalid, "inner.id", "`inner.id` is needed"),
            (
                json!({ "inner": { "id": "a\u{0}" } }),
                ErrorCode::Invalid,
                "inner.id",
                "`inner.id` contains U+0000, a control character",
            ),
            (
                json!({ "txt": 1 }),
                ErrorCode::Invalid,
                "txt",
                "there is no field `txt`; the fields are text, dryRun, to, inner",
            ),
            (
                json!({ "inner": { "no": 1 } }),
                ErrorCode::Invalid,
                "inner.no",
                "`inner.no` is not a field here; the fields are `id`",
            ),
        ];
        for (value, code, field, message) in table {
            let refusal = read(value.clone()).expect_err("refused");
            assert_eq!((refusal.code, &*refusal.field, &*refusal.message), (*code, *field, *message));
        }
        for (unknown, field) in [
            (json!({ "no": null }), "no"),
            (json!({ "": null, "text": "x" }), ""),
            (json!({ "inner": { "id": "x", "no": null } }), "inner.no"),
        ] {
            let refusal = read(unknown).expect_err("refused");
            assert_eq!((refusal.code, &*refusal.field), (ErrorCode::Invalid, field));
        }
        let nothing = Asked { text: None, dry_run: None, to: None, inner: None };
        assert_eq!(read(json!({ "text": null, "to": null, "inner": null })), Ok(nothing));
        assert_eq!(read(json!({ "to": 2.0 })).map(|asked| asked.to), Ok(Some(2)));
    }

    #[test]
    fn an_error_about_an_unknown_parameter_lists_the_known_parameters() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Asked {
            #[serde(default, deserialize_with = "number_text")]
            version: Option<u64>,
            action: Option<String>,
        }
        let read = |query: &str| super::query::<Asked>(&format!("/v1/x?{query}").parse().expect("a URI"));
        assert_eq!(read("version=3&action="), Ok(Asked { version: Some(3), action: None }));
        let refusal = read("user=lea").expect_err("refused");
        assert_eq!(refusal.message, "`user` is not a parameter here; the parameters are version, action");
        assert_eq!(read("version=last").expect_err("refused").message, "`version` is `last`, expected a whole number");
    }
}
