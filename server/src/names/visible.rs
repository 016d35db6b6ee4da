//! The stored form of a name: names that look the same are stored as the same text.
//!
//! Characters that Unicode calls ignorable by default (zero-width spaces, soft hyphens, fillers, tags) are removed, so that
//! `a\u{200b}dmin` becomes `admin`. They stay where they change how the text looks: joiners between letters that join (RFC
//! 5892, appendix A, as PRECIS, RFC 8264, requires), and joiners, selectors and tags within emoji. Direction controls stay
//! too; code that prints a name isolates it ([`crate::plain::isolated`]). Unicode's data come with ICU4X.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BidiControl, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, ExtendedPictographic, JoiningType, Script,
        VariationSelector, WhiteSpace,
    },
};

/// The message that refuses a name or subject, without the field's name at its beginning.
pub const NOTHING_VISIBLE: &str = "has nothing visible in it";

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';
/// A blank character, although Unicode counts it among the symbols.
const BRAILLE_BLANK: char = '\u{2800}';

/// The stored form of a name; `None` if nothing visible is left. An empty name stays empty.
#[must_use]
pub fn stored_form(name: &str) -> Option<String> {
    if name.is_ascii() {
        let visible = name.is_empty() || name.bytes().any(|letter| letter.is_ascii_graphic());
        return visible.then(|| name.to_owned());
    }
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let bidi = CodePointSetData::new::<BidiControl>();
    let letters: Vec<char> = name.chars().collect();
    let mut stored = String::with_capacity(name.len());
    for (index, letter) in letters.iter().enumerate() {
        let (before, after) = letters.split_at(index);
        let after = after.get(1..).unwrap_or_default();
        if !ignorable.contains(*letter) || bidi.contains(*letter) || changes_appearance(*letter, before, after) {
            stored.push(*letter);
        }
    }
    let blank = CodePointSetData::new::<WhiteSpace>();
    let is_visible = |letter: char| {
        !ignorable.contains(letter) && !blank.contains(letter) && !letter.is_control() && letter != BRAILLE_BLANK
    };
    stored.contains(is_visible).then_some(stored)
}

/// Whether an ignorable character changes how the characters around it look.
fn changes_appearance(letter: char, before: &[char], after: &[char]) -> bool {
    let is_virama =
        |letter: &char| CodePointMapData::<CanonicalCombiningClass>::new().get(*letter) == CanonicalCombiningClass::Virama;
    let is_pictograph = |letter: &char| CodePointSetData::new::<ExtendedPictographic>().contains(*letter);
    let is_selector = |letter: char| CodePointSetData::new::<VariationSelector>().contains(letter);
    let is_modifier = |letter: char| is_selector(letter) || matches!(letter, '\u{1f3fb}'..='\u{1f3ff}');
    let previous = before.last();
    match letter {
        ZERO_WIDTH_JOINER => {
            let base = before.iter().rev().find(|letter| !is_modifier(**letter));
            previous.is_some_and(is_virama) || (base.is_some_and(is_pictograph) && after.first().is_some_and(is_pictograph))
        }
        ZERO_WIDTH_NON_JOINER => previous.is_some_and(is_virama) || (joins_forward(before) && joins_backward(after)),
        // The flag of a region: the black flag, the tags of the region's code, the cancel tag.
        '\u{e0020}'..='\u{e007f}' => {
            let base = before.iter().rev().find(|letter| !matches!(letter, '\u{e0020}'..='\u{e007e}'));
            base == Some(&BLACK_FLAG)
        }
        letter if is_selector(letter) => previous.is_some_and(|base| {
            let emoji = CodePointSetData::new::<Emoji>().contains(*base);
            let script = CodePointMapData::<Script>::new().get(*base);
            // `1` and `#` are emoji only as keycaps.
            let keycap = after.first() == Some(&'\u{20e3}');
            (emoji && (!base.is_ascii() || keycap)) || matches!(script, Script::Han | Script::Mongolian | Script::PhagsPa)
        }),
        _ => false,
    }
}

/// Whether the last letter before the character joins to the letter after it. Transparent letters are skipped.
fn joins_forward(before: &[char]) -> bool {
    let joining = CodePointMapData::<JoiningType>::new();
    let last = before.iter().rev().map(|letter| joining.get(*letter)).find(|joining| *joining != JoiningType::Transparent);
    matches!(last, Some(JoiningType::DualJoining | JoiningType::LeftJoining))
}

/// Whether the first letter after the character joins to the letter before it. Transparent letters are skipped.
fn joins_backward(after: &[char]) -> bool {
    let joining = CodePointMapData::<JoiningType>::new();
    let first = after.iter().map(|letter| joining.get(*letter)).find(|joining| *joining != JoiningType::Transparent);
    matches!(first, Some(JoiningType::DualJoining | JoiningType::RightJoining))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_the_same_stored_form() {
        for name in [
            "a\u{200b}dmin",
            "a\u{200c}dmin",
            "a\u{200d}dmin",
            "a\u{ad}dmin",
            "\u{feff}admin",
            "adm\u{2060}in",
            "admin\u{fe0f}",
            "ad\u{34f}min",
            "adm\u{e0101}in",
            "admin\u{e0061}\u{e007f}",
            "\u{115f}admin\u{3164}",
            "ad\u{180e}min",
            "ad\u{2063}min",
        ] {
            assert_eq!(stored_form(name).as_deref(), Some("admin"), "{name:?}");
        }
    }

    #[test]
    fn visible_characters_are_kept() {
        for name in [
            "",
            "Léa Martin",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "ക്\u{200d}",
            "👩\u{200d}🚀",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}城",
            "bob\u{202e}gro",
            "\u{200f}שלום",
            "🦊🌈",
        ] {
            assert_eq!(stored_form(name).as_deref(), Some(name), "{name:?}");
        }
    }

    #[test]
    fn a_name_without_visible_characters_is_no_name() {
        for name in [
            " ",
            "\u{200b}",
            "\u{202e}\u{202c}",
            "\u{2800}",
            "\u{3164}",
            "\u{200e} \u{a0}",
            "\u{e0061}",
            "\u{fe0f}",
            "\u{3000}",
        ] {
            assert_eq!(stored_form(name), None, "{name:?}");
        }
    }
}
