//! Hints for authors who know other languages: the nearest word, or the form of this language.

use super::keywords::{nearest, shortened};
use crate::vocabulary::{RelationOrigin, Vocabulary};

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
pub(super) const WITHOUT_BYTE_ORDER_MARK: &str =
    "the text begins with a byte order mark (BOM, U+FEFF), which is no part of a policy: save it as UTF-8 without BOM";

/// The words with which a line may begin.
const FIRST_WORDS: [&str; 10] =
    ["policy", "roles", "kinds", "relations", "setting", "secret_directory", "secret_members", "deny", "allow", "otherwise"];
/// Words of other rule languages, each with the word of this language.
const SYNONYMS: [(&str, &str); 20] = [
    ("permit", "allow"),
    ("grant", "allow"),
    ("accept", "allow"),
    ("let", "allow"),
    ("can", "allow"),
    ("forbid", "deny"),
    ("refuse", "deny"),
    ("reject", "deny"),
    ("prohibit", "deny"),
    ("disallow", "deny"),
    ("drop", "deny"),
    ("default", "otherwise"),
    ("else", "otherwise"),
    ("role", "roles"),
    ("kind", "kinds"),
    ("type", "kinds"),
    ("types", "kinds"),
    ("relation", "relations"),
    ("settings", "setting"),
    ("name", "policy"),
];

/// The first word that the author of a line probably meant.
pub(super) fn first_word(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == lower).map(|(_, keyword)| *keyword);
    synonym.or_else(|| nearest(&lower, FIRST_WORDS.into_iter()))
}

/// How this language writes the condition that the author probably meant; `None` if the text gives no hint.
pub(super) fn condition(vocabulary: &Vocabulary, tokens: &[&str]) -> Option<String> {
    let text = tokens.join(" ");
    if let Some((what, value)) = text.split_once("!=") {
        let (what, value) = (shortened(what.trim()), shortened(value.trim()));
        return Some(format!("there is no `!=`: put `{what}={value}` after `unless`"));
    }
    if let Some((what, value)) = text.split_once("==") {
        return Some(format!("a single `=` compares: `{}={}`", shortened(what.trim()), shortened(value.trim())));
    }
    if tokens.contains(&"not") || text.starts_with('!') {
        let rest: Vec<&str> = tokens.iter().copied().filter(|token| *token != "not").collect();
        let rest = rest.join(" ");
        return Some(format!("there is no `not`: put `{}` after `unless`", shortened(rest.trim_start_matches('!').trim())));
    }
    let is_separator = |token: &&str| token.eq_ignore_ascii_case("and") || token.eq_ignore_ascii_case("or");
    if text.contains("&&") || text.contains("||") || tokens.iter().any(is_separator) {
        return Some("conditions after `when` are joined by `and`, those after `unless` by `or`".to_owned());
    }
    if has_own_parentheses(&text) {
        return Some(
            "conditions take no parentheses around them: all after `when` must hold, each after `unless` excepts; for another way to \
             match, write another rule"
                .to_owned(),
        );
    }
    relation(vocabulary, tokens)
}

/// Whether the text has parentheses that do not belong to a function: `(me …)`, `when (same)`.
fn has_own_parentheses(text: &str) -> bool {
    let unbalanced = text.matches('(').count() != text.matches(')').count();
    unbalanced || text.starts_with('(') || text.contains(" (")
}

/// A relation without a `-` in its arrow: `me friend them`.
fn relation(vocabulary: &Vocabulary, tokens: &[&str]) -> Option<String> {
    let text = tokens.concat();
    let (from, to) = if text.starts_with("them") { ("them", "me") } else { ("me", "them") };
    let middle = text.strip_prefix(from)?.strip_suffix(to)?;
    let name = middle.trim_matches(|letter| matches!(letter, '-' | '>' | '<' | '='));
    let (_, origin) = vocabulary.relations.iter().find(|(known, _)| known == name)?;
    let (points_back, points_forward) = (middle.starts_with('<'), middle.ends_with('>'));
    let arrow = match origin {
        RelationOrigin::Mutual => format!("{from} -{name}- {to}"),
        RelationOrigin::Own | RelationOrigin::Given if points_back && !points_forward => format!("{to} -{name}-> {from}"),
        RelationOrigin::Own | RelationOrigin::Given => format!("{from} -{name}-> {to}"),
    };
    Some(format!("a relation is drawn with `-` on both sides: `{}`", arrow))
}
