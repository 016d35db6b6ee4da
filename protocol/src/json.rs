//! The parts of protobuf's JSON mapping that the generated code does not implement: `null` for an absent field, and integers
//! with a fraction or an exponent, as a number or as text. This module also finds the id of a request that can't be decoded.
//!
//! [`Lenient`] parses every level of a frame a second time, so it is used only for frames that the generated code refused.
//! It needs no schema: the wire format has no fractional numbers, and the generated code requests text with
//! `deserialize_string` and integers with `deserialize_any`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, value::RawValue};

/// 2^53: a double represents each integer up to this number exactly.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// A JSON value, without the whitespace around it.
pub(crate) struct Lenient<'de>(&'de str);

impl<'de> Lenient<'de> {
    pub(crate) fn new(json: &'de str) -> Self {
        Self(json.trim_matches([' ', '\t', '\n', '\r']))
    }
}

impl<'de> Deserializer<'de> for Lenient<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.as_bytes().first() {
            Some(b'{') => {
                let Fields(fields) = serde_json::from_str(self.0)?;
                let present = fields.into_iter().filter(|(_, value)| value.get() != "null");
                visitor.visit_map(MapDeserializer::new(present.map(|(name, value)| (name, Lenient(value.get())))))
            }
            Some(b'[') => {
                let values: Vec<&RawValue> = serde_json::from_str(self.0)?;
                visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(|value| Lenient(value.get()))))
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(self.0)?;
                // The generated code may expect the name of an enum value here, so the value stays a text.
                visitor.visit_string(parse_unusual_integer(&text).map_or(text, |number| number.to_string()))
            }
            _ => match parse_unusual_integer(self.0) {
                Some(number) => visitor.visit_i64(number),
                None => serde_json::Deserializer::from_str(self.0).deserialize_any(visitor),
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        serde_json::Deserializer::from_str(self.0).deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0 == "null" { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier
    }
}

impl<'de> IntoDeserializer<'de, Error> for Lenient<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The value of an integer that is written with a fraction, with an exponent, or as minus zero. `None` for any other text.
fn parse_unusual_integer(text: &str) -> Option<i64> {
    if !(text.contains(['.', 'e', 'E']) || text == "-0") || text.contains(char::is_whitespace) {
        return None;
    }
    let number: f64 = serde_json::from_str(text).ok()?;
    // The condition in front of the cast makes it exact.
    #[allow(clippy::cast_possible_truncation)]
    (number.fract() == 0.0 && number.abs() <= EXACT_MAX).then_some(number as i64)
}

/// The fields of an object in their order. Duplicate names are kept, and the generated code refuses them.
struct Fields<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// The `id` of a request whose frame has an error. `None` if the parser reaches the error before the id. Texts with half of
/// a surrogate pair, at which a full parser stops, are skipped without an error.
pub(crate) fn request_id(frame: &[u8]) -> Option<u32> {
    let mut id = None;
    // The caller has already reported the error in the frame.
    let _ = FindId(&mut id).deserialize(&mut serde_json::Deserializer::from_slice(frame));
    id
}

/// Stores the id as soon as it is read, so that a later error does not lose it.
struct FindId<'a>(&'a mut Option<u32>);

impl<'de> DeserializeSeed<'de> for FindId<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FindId<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "id" {
                let id = map.next_value::<&RawValue>()?.get().trim_matches('"');
                *self.0 = id.parse().ok().or_else(|| parse_unusual_integer(id)?.try_into().ok());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_with_a_fraction_or_an_exponent_are_parsed() {
        for (text, expected) in [
            ("1.0", Some(1)),
            ("1e1", Some(10)),
            ("12.50e1", Some(125)),
            ("1E+3", Some(1000)),
            ("-2.0", Some(-2)),
            ("-0", Some(0)),
            ("100e-2", Some(1)),
            ("1.5", None),
            ("1e400", None),
            ("1e17", None),
            ("10", None),
            ("1.", None),
            (".0", None),
            (" 1.0", None),
            ("1.0 ", None),
            ("0x1e1", None),
            ("lea", None),
            ("NaN", None),
        ] {
            assert_eq!(parse_unusual_integer(text), expected, "{text}");
        }
    }

    #[test]
    fn the_id_is_found_in_front_of_a_fault_and_behind_half_a_surrogate_pair() {
        for (frame, expected) in [
            (r#"{"id":7,"sendMessage":{"text":"cut \ud83d"}}"#, Some(7)),
            (r#"{"sendMessage":{"text":"cut \ud83d"},"id":7}"#, Some(7)),
            ("{\"id\":7,\"sendMessage\":{\"text\":\"raw \u{b}\"}}", Some(7)),
            (r#"{"id":7,"sendMessage":{"text":"#, Some(7)),
            (r#"{"id":"7"}"#, Some(7)),
            (r#"{"id":7.0}"#, Some(7)),
            (r#"{"id":-7}"#, None),
            (r#"{"id":null}"#, None),
            (r#"{"sendMessage":{"id":7}}"#, None),
            (r#"[{"id":7}]"#, None),
            ("", None),
        ] {
            assert_eq!(request_id(frame.as_bytes()), expected, "{frame}");
        }
    }
}
