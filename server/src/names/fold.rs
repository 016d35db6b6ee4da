//! Splits names, external ids and search texts into folded words. A search compares its words with the words of users and
//! groups.
//!
//! Letters are folded: case (`ẞ`, `ı` and `İ` too), accents and compatibility forms by Unicode's data; Latin letters that
//! Unicode does not decompose (`đ ł ø æ œ`) by the `any_ascii` table. Other scripts are not transliterated, because a name
//! would then match letters that it does not contain.

use std::collections::BTreeSet;

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, Script},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The maximum number of words per user or group. Words after these in alphabetical order are dropped.
const WORDS_MAX: usize = 32;
/// The maximum number of characters per word. Further characters are cut off, in names and in search texts.
const WORD_CHARS_MAX: usize = 32;
/// The word of a user or group whose name and external id have no visible character, so that it is in the search index,
/// after all others.
const NO_WORD: &str = "\u{fffd}";

/// The folded words of a text. A word is a sequence of letters and digits, or a sequence of emoji and other symbols.
/// Punctuation forms words only if the text has no letter, digit or symbol.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let folded = folded(text);
    let mut words = BTreeSet::new();
    let mut add = |word: &str| {
        if !word.is_empty() {
            words.insert(word.chars().take(WORD_CHARS_MAX).collect());
        }
    };
    folded.split(|letter: char| !letter.is_alphanumeric()).for_each(&mut add);
    for run in folded.split(|letter| !is_symbol(letter)) {
        // Each symbol of a name begins a word, because a user may search for any of the symbols.
        run.char_indices().for_each(|(start, _)| add(run.get(start..).unwrap_or_default()));
    }
    if words.is_empty() {
        words.extend(folded.split_whitespace().map(|word| word.chars().take(WORD_CHARS_MAX).collect::<String>()));
    }
    words
}

/// The words by which a search finds a user or group: the words of the name and of the external id. At least one word, and
/// at most 32 words.
#[must_use]
pub fn search_words(name: &str, external_id: &str) -> Vec<String> {
    let mut all = words(name);
    all.extend(words(external_id));
    if all.is_empty() {
        all.insert(NO_WORD.to_owned());
    }
    all.into_iter().take(WORDS_MAX).collect()
}

fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let scripts = CodePointMapData::<Script>::new();
    let categories = CodePointMapData::<GeneralCategory>::new();
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter) && !ignorable.contains(*letter)) {
        let latin = match scripts.get(letter) {
            Script::Latin => !letter.is_ascii(),
            // Apostrophes that Unicode counts as letters (`ʼ`, `ʻ`) split words like other apostrophes.
            Script::Common => categories.get(letter) == GeneralCategory::ModifierLetter,
            _ => false,
        };
        let ascii = if latin { any_ascii::any_ascii_char(letter) } else { "" };
        match ascii {
            "" => folded.push(letter),
            ascii => folded.push_str(ascii),
        }
    }
    // The text is changed to upper case first, because the letters of each pair `ς` and `σ`, `ß` and `ẞ`, `ı` and `I` have
    // the same upper case. The result may contain combining marks again.
    let lower = folded.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect::<String>();
    lower.nfkd().filter(|letter| !is_combining_mark(*letter)).collect()
}

fn is_symbol(letter: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(letter);
    matches!(category, GeneralCategory::OtherSymbol | GeneralCategory::ModifierSymbol) && !letter.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        let table: &[(&str, &[&str])] = &[
            ("Léa Martin", &["lea", "martin"]),
            ("LE\u{301}A", &["lea"]),
            ("Ana-Sofía O'Neill", &["ana", "neill", "o", "sofia"]),
            ("lea.martin@school.example", &["example", "lea", "martin", "school"]),
            ("ﬁn ℡", &["fin", "tel"]),
            ("Ωmega 42", &["42", "ωmega"]),
            ("田中さくら", &["田中さくら"]),
            ("???", &["???"]),
            ("- Léa -", &["lea"]),
            ("a\u{200b}dmin", &["admin"]),
            (" \u{200b} ", &[]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let words = words(text);
            assert_eq!(words.iter().map(String::as_str).collect::<Vec<_>>(), *expected, "{text}");
        }
    }

    /// A name and queries that find it: each word of the query is a prefix of a word of the name.
    #[test]
    fn letters_without_decomposition_are_found_by_their_plain_forms() {
        for (name, queries) in [
            ("Đặng Văn", &["dang", "Đặng", "đặng", "van", "DANG VAN"][..]),
            ("Weiß", &["weiss", "weiß", "WEISS", "WEIẞ", "weis"]),
            ("Groẞ", &["gross", "groß"]),
            ("Łukasz", &["lukasz", "łuk", "LUKASZ", "ŁUKASZ"]),
            ("Işık", &["isik", "ışık", "IŞIK", "ISIK", "işik", "İŞİK"]),
            ("İpek", &["ipek", "İpek", "IPEK", "ıpek"]),
            ("IŞIL", &["isil", "ışıl"]),
            ("Cœur", &["coeur", "cœur", "CŒUR", "COEUR"]),
            ("Bjørn Åse", &["bjorn", "bjørn", "ase", "åse", "BJØRN"]),
            ("Ægir", &["aegir", "ægir", "ÆGIR"]),
            ("Þór Guðmundsson", &["thor", "þór", "gudmund", "guðmund", "ÞÓR"]),
            ("Ħal Għaxaq", &["hal", "ħal", "ghaxaq"]),
            ("Tŧiŋa", &["tti", "ttinga", "TŦIŊA"]),
            ("Đorđe Čović", &["dorde", "đorđe", "covic"]),
            ("Ģirts Ķeniņš", &["girts", "kenins"]),
            ("Ĳsbrand", &["ijsbrand", "ĳsbrand"]),
            ("Nǃxau", &["n"]),
            ("Kaʻiulani", &["ka", "kaʻiulani", "ka'iulani"]),
            ("Ελένη Παπαδόπουλος", &["ελενη", "ΕΛΈΝΗ", "παπαδοπουλοσ", "ΠΑΠΑΔΟΠΟΥΛΟΣ"]),
            ("Фёдор", &["федор", "фёдор", "ФЁДОР"]),
            ("Fran\u{ad}çois", &["francois"]),
            ("Ｆｕｌｌ　Ｗｉｄｔｈ", &["full", "width"]),
            ("Ⅷ. Henri", &["viii"]),
            ("Nguyễn Thị Ánh", &["nguyen", "thi", "anh", "NGUYỄN"]),
            ("Ȟola Ɓala Ƙano", &["hola", "bala", "kano"]),
            ("Ɨɓa", &["iba"]),
            ("ſieg", &["sieg"]),
            ("محمد", &["محمد", "مح"]),
            ("שָׁלוֹם", &["שלום"]),
            ("🦊🌈", &["🦊", "🌈", "🦊🌈"]),
            ("Léa ❤\u{fe0f}", &["❤", "lea ❤\u{fe0f}", "léa"]),
            ("👩\u{200d}🚀", &["👩", "👩\u{200d}🚀"]),
            ("…", &["…"]),
        ] {
            let name_words = search_words(name, "x1");
            for query in queries {
                let query_words = words(query);
                let finds = query_words.iter().all(|start| name_words.iter().any(|word| word.starts_with(start)));
                assert!(!query_words.is_empty() && finds, "{query} finds {name}: {query_words:?} {name_words:?}");
            }
        }
    }

    #[test]
    fn every_name_has_a_word_for_the_search_index() {
        for name in ["", "\u{200b}", "🦊", "???", "\u{2800}"] {
            assert!(!search_words(name, "").is_empty(), "{name:?}");
        }
        assert_eq!(search_words("", "\u{200b}"), [NO_WORD]);
    }

    #[test]
    fn words_are_bounded() {
        let long = words(&"é".repeat(400));
        assert_eq!(long.into_iter().next().map(|word| word.chars().count()), Some(WORD_CHARS_MAX));
        assert!(search_words(&"🦊".repeat(100), "").len() <= WORDS_MAX);
        assert!(search_words(&"ﷺ".repeat(200), "").iter().all(|word| word.chars().count() <= WORD_CHARS_MAX));
    }
}
