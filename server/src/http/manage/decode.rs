//! Decodes JSON objects and query parameters strictly. An error about a wrong value names the field, the value and the
//! expected form. An error about an unknown field lists the known fields.

use axum::extract::Query;
use causerie_protocol::{ErrorCode, Refusal};
use http::Uri;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

use crate::{
    http::body::{refuse_control_characters, whole},
    plain::{not_expected, shortened},
};

/// Decodes the fields of a body. A field that is `null` counts as absent.
///
/// # Errors
/// `malformed` for a value of a wrong type, `invalid` for any other mistake; both with the field.
pub fn body<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Refusal> {
    // Fields that are `null` are removed before the body is decoded, so unknown fields among them must be found before that.
    // Each field that is `null` is decoded alone, because serde stops at the first mistake.
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

/// The path of the first text that contains U+0000, for example `as.externalId`. PostgreSQL refuses a statement with this
/// character.
fn path_of_nul(path: String, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| path_of_nul(format!("{path}[{index}]"), item))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            path_of_nul(path, value)
        }),
        _ => None,
    }
}

/// Refuses an unknown field. Any other mistake is ignored here.
fn refuse_unknown<T: DeserializeOwned>(value: &Value) -> Result<(), Refusal> {
    match serde_path_to_error::deserialize::<_, T>(value) {
        Err(error) if unknown_field(&error.inner().to_string()).is_some() => Err(refusal(&error, value, false)),
        _ => Ok(()),
    }
}

/// Decodes the query parameters. An empty parameter counts as absent. If a parameter is repeated, the last value counts.
///
/// # Errors
/// `invalid`, with the parameter, for an unknown parameter or a wrong value; `malformed` for a query that can't be decoded.
pub fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Refusal::new(ErrorCode::Malformed, error.body_text()))?;
    // An empty parameter becomes `null` and is not removed, so that an unknown parameter is refused even if it is empty.
    let mut parameters = Map::new();
    for (name, value) in pairs {
        refuse_control_characters(&name, &value)?;
        let value = if value.is_empty() { Value::Null } else { value.into() };
        parameters.insert(name, value);
    }
    decode(Value::Object(parameters), true)
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

/// Converts an error of serde to a refusal. `value` is the decoded value.
fn refusal(error: &serde_path_to_error::Error<serde_json::Error>, value: &Value, is_query: bool) -> Refusal {
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let error_text = error.inner().to_string();
    if let Some((unknown, fields)) = unknown_field(&error_text) {
        let field = if path.is_empty() || path.ends_with('?') { unknown.to_owned() } else { path };
        let field_text = shortened(&field);
        let reason = if is_query {
            format!("`{field_text}` is not a parameter here; the parameters are {fields}")
        } else if field.contains('.') {
            let fields = format!("`{}`", fields.replace(", ", "`, `"));
            format!("`{field_text}` is not a field here; the fields are {fields}")
        } else {
            format!("there is no field `{field_text}`; the fields are {fields}")
        };
        return Refusal::new(ErrorCode::Invalid, reason).field(field);
    }
    if let Some(missing) = error_text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
        return Refusal::new(ErrorCode::Invalid, format!("`{field}` is needed")).field(field);
    }
    let expected = |error_text: &str| {
        let expected = error_text.split_once(", expected ").map_or(error_text, |(_, expected)| expected);
        expected.replace("a string", "a text").replace("a boolean", "true or false").replace("a sequence", "a list")
    };
    let given = value_at(value, error.path());
    let sentence = |expected: &str| match given {
        Some(Value::String(text)) if is_query || error_text.starts_with("unknown variant") => {
            format!("`{path}` is `{}`, expected {expected}", shortened(text))
        }
        Some(given) => not_expected(&path, given, expected),
        None => format!("`{path}` must be {expected}"),
    };
    if error_text.starts_with("invalid type") {
        let code = if is_query { ErrorCode::Invalid } else { ErrorCode::Malformed };
        return Refusal::new(code, sentence(&expected(&error_text))).field(path);
    }
    if error_text.starts_with("unknown variant") || error_text.starts_with("invalid value") {
        return Refusal::new(ErrorCode::Invalid, sentence(&expected(&error_text).replace('`', ""))).field(path);
    }
    // The messages of this program's own types begin with a verb: "is …", "must …".
    Refusal::new(ErrorCode::Invalid, format!("`{path}` {error_text}")).field(path)
}

/// The unknown field and the list of known fields, from serde's error "unknown field `a`, expected `b` or `c`". `None` for
/// another error.
fn unknown_field(error_text: &str) -> Option<(&str, String)> {
    let rest = error_text.strip_prefix("unknown field `")?;
    let (unknown, expected) = rest.rsplit_once("`, expected ").or_else(|| rest.rsplit_once("`, there are no fields"))?;
    let fields: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    Some((unknown, fields.join(", ")))
}

/// The value at a path of serde; `None` if the path leads to no value.
fn value_at<'a>(value: &'a Value, path: &serde_path_to_error::Path) -> Option<&'a Value> {
    use serde_path_to_error::Segment;
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Map { key } => value.get(key),
        Segment::Seq { index } => value.get(index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}

/// For `deserialize_with`: a whole number in a body, in any notation of JSON: `2`, `2.0`, `2e0`.
///
/// # Errors
/// An error of the deserializer for any other value.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(value) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let number = whole(&value);
    let refused = || D::Error::custom(format!("is {}, expected a whole number", shortened(&value.to_string())));
    number.map(Some).ok_or_else(refused)
}

/// For `deserialize_with`: whole seconds since 1970 UTC. A number that is too large becomes `i64::MAX`.
///
/// # Errors
/// An error of the deserializer for any other value.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(value) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let refused = || D::Error::custom("is no whole number of seconds since 1970");
    let number = whole(&value).ok_or_else(refused)?;
    Ok(Some(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// For `deserialize_with`: a whole number in a query parameter.
///
/// # Errors
/// An error of the deserializer for any other text.
pub fn number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let refused = |_| D::Error::custom(format!("is `{}`, expected a whole number", shortened(&text)));
    text.parse().map(Some).map_err(refused)
}

/// The refusal of a wrong value in a field or parameter. `reason` completes the sentence that begins with the name of the
/// field.
#[must_use]
pub fn invalid(field: &str, reason: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {reason}")).field(field)
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
    struct TestFields {
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

    fn read(value: Value) -> Result<TestFields, Refusal> {
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
        let nothing = TestFields { text: None, dry_run: None, to: None, inner: None };
        assert_eq!(read(json!({ "text": null, "to": null, "inner": null })), Ok(nothing));
        assert_eq!(read(json!({ "to": 2.0 })).map(|fields| fields.to), Ok(Some(2)));
    }

    #[test]
    fn an_error_about_an_unknown_parameter_lists_the_known_parameters() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct TestFields {
            #[serde(default, deserialize_with = "number_text")]
            version: Option<u64>,
            action: Option<String>,
        }
        let read = |query: &str| super::query::<TestFields>(&format!("/v1/x?{query}").parse().expect("a URI"));
        assert_eq!(read("version=3&action="), Ok(TestFields { version: Some(3), action: None }));
        let refusal = read("user=lea").expect_err("refused");
        assert_eq!(refusal.message, "`user` is not a parameter here; the parameters are version, action");
        assert_eq!(read("version=last").expect_err("refused").message, "`version` is `last`, expected a whole number");
    }
}
