//! Puts texts from users and requests into lines of plain text: on a terminal, in the audit log, in a report.

use std::borrow::Cow;

use icu_properties::{CodePointMapData, props::BidiClass};
use serde_json::Value;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// A name or subject for a line of text, changed so that it can't reorder the letters around it (Unicode Standard Annex 9).
///
/// A text with right-to-left or directional characters is enclosed in a directional isolate, and isolates that it leaves
/// open are closed. Any other text is not enclosed. Line breaks and other control characters become spaces, so that the
/// result is one line.
#[must_use]
pub fn isolated(text: &str) -> Cow<'_, str> {
    let classes = CodePointMapData::<BidiClass>::new();
    let reorders = |letter: char| {
        !letter.is_ascii()
            && matches!(
                classes.get(letter),
                BidiClass::RightToLeft
                    | BidiClass::ArabicLetter
                    | BidiClass::ArabicNumber
                    | BidiClass::LeftToRightEmbedding
                    | BidiClass::LeftToRightOverride
                    | BidiClass::RightToLeftEmbedding
                    | BidiClass::RightToLeftOverride
                    | BidiClass::PopDirectionalFormat
                    | BidiClass::LeftToRightIsolate
                    | BidiClass::RightToLeftIsolate
                    | BidiClass::FirstStrongIsolate
                    | BidiClass::PopDirectionalIsolate
            )
    };
    let is_break = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let (has_reordering, has_breaks) = (text.contains(reorders), text.contains(is_break));
    if !has_reordering && !has_breaks {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 6);
    if has_reordering {
        line.push(FIRST_STRONG_ISOLATE);
    }
    let mut open_isolates = 0usize;
    for letter in text.chars() {
        match letter {
            '\u{2066}' | '\u{2067}' | FIRST_STRONG_ISOLATE => open_isolates += 1,
            // A pop without an open isolate in the text would close the isolate around the text.
            POP_DIRECTIONAL_ISOLATE if open_isolates == 0 => continue,
            POP_DIRECTIONAL_ISOLATE => open_isolates -= 1,
            _ => {}
        }
        line.push(if is_break(letter) { ' ' } else { letter });
    }
    if has_reordering {
        line.extend(std::iter::repeat_n(POP_DIRECTIONAL_ISOLATE, open_isolates + 1));
    }
    Cow::Owned(line)
}

/// The maximum number of characters of a value that an error quotes.
const QUOTED_MAX: usize = 60;

/// A value from a request, shortened to one line of at most 60 characters for an error text.
#[must_use]
pub fn shortened(text: &str) -> String {
    let mut letters = text.chars();
    let beginning: String = letters.by_ref().take(QUOTED_MAX).collect();
    let ellipsis = if letters.next().is_some() { "…" } else { "" };
    format!("{}{ellipsis}", isolated(&beginning))
}

/// The error text for a JSON field with an invalid value. It contains the field, the value and the expected values.
#[must_use]
pub fn not_expected(field: &str, value: &Value, expected: &str) -> String {
    format!("`{field}` is {}, expected {expected}", shortened(&value.to_string()))
}

/// A number with its noun in the singular or plural: `1 row`, `2 rows`.
#[must_use]
pub fn counted<N: Copy + Into<u64>>(number: N, singular: &str, plural: &str) -> String {
    let number = number.into();
    format!("{number} {}", if number == 1 { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_is_short_and_on_one_line() {
        assert_eq!(shortened("application/xml"), "application/xml");
        assert_eq!(shortened("a\nb"), "a b");
        assert_eq!(shortened(&"x".repeat(1_000)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn a_count_of_1_is_written_in_the_singular() {
        let texts = [0_u32, 1, 2].map(|number| counted(number, "row", "rows"));
        assert_eq!(texts, ["0 rows", "1 row", "2 rows"]);
    }

    #[test]
    fn a_name_is_on_one_line_and_its_text_direction_is_isolated() {
        for (text, expected) in [
            ("Léa Martin", "Léa Martin"),
            ("🦊", "🦊"),
            ("שלום", "\u{2068}שלום\u{2069}"),
            ("bob\u{202e}gro.live", "\u{2068}bob\u{202e}gro.live\u{2069}"),
            ("a\u{2069}b", "\u{2068}ab\u{2069}"),
            ("a\u{2067}b", "\u{2068}a\u{2067}b\u{2069}\u{2069}"),
            ("a\u{2067}b\u{2069}c", "\u{2068}a\u{2067}b\u{2069}c\u{2069}"),
            ("two\nlines\u{2028}more", "two lines more"),
        ] {
            assert_eq!(isolated(text), expected, "{text:?}");
        }
    }
}
