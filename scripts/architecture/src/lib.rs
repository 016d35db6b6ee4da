//! Finds the imports of Rust sources, for `tests/arrows.rs`. Has no dependencies and links no crate of the workspace, so
//! that the test is built in a second.

/// An import of a top-level module of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The line of the module's name, from 1.
    pub line: usize,
    /// The top-level module: `store` in `crate::store::queries`.
    pub part: String,
}

/// The top-level modules that a source imports or names by path. `depth` is the number of modules around the source's items:
/// 1 in `store/mod.rs`, 2 in `store/rows.rs`; that many `super`s lead to the root of the crate. Items under `#[cfg(test)]`
/// are not looked at.
#[must_use]
pub fn imports(source: &str, depth: usize) -> Vec<Import> {
    let tokens = without_tests(tokens(source));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let supers = supers_at(&tokens, at);
        let root = if tokens[at].text == "crate" {
            Some(at + 1)
        } else {
            (supers > 0 && supers == depth).then(|| at + 2 * supers - 1)
        };
        match root {
            Some(after) if text(&tokens, after) == "::" => {
                first_segments(&tokens, after + 1, &mut found);
                at = after + 1;
            }
            _ => at += (2 * supers).max(1),
        }
    }
    found
}

/// The modules that a source declares for tests only: `#[cfg(test)] mod name;`.
#[must_use]
pub fn test_modules(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let declares = |at: &usize| starts_test_item(&tokens, *at);
    let names = (0..tokens.len()).filter(declares).filter_map(|at| {
        let item = tokens[at..].split(|token| token.text == "]").nth(1)?;
        let name = item.iter().position(|token| token.text == "mod").and_then(|mod_at| item.get(mod_at + 1))?;
        let end = item.iter().position(|token| token.text == ";" || token.text == "{")?;
        (item[end].text == ";").then(|| name.text.clone())
    });
    names.collect()
}

#[derive(Debug, Clone)]
struct Token {
    line: usize,
    text: String,
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// The number of `super`s of a path that starts here.
fn supers_at(tokens: &[Token], at: usize) -> usize {
    (0..).take_while(|step| text(tokens, at + 2 * step) == "super" && text(tokens, at + 2 * step + 1) == "::").count()
}

/// The first names of a use tree, `{a::b, c}` or `a::b`.
fn first_segments(tokens: &[Token], at: usize, found: &mut Vec<Import>) {
    let mut add = |token: &Token| found.push(Import { line: token.line, part: token.text.clone() });
    let Some(first) = tokens.get(at) else { return };
    if first.text != "{" {
        return add(first);
    }
    let (mut open, mut is_first) = (0, true);
    for token in &tokens[at..] {
        match token.text.as_str() {
            "{" => open += 1,
            "}" => open -= 1,
            "," if open == 1 => is_first = true,
            "self" => {}
            _ if open == 1 && is_first => {
                add(token);
                is_first = false;
            }
            _ => {}
        }
        if open == 0 {
            return;
        }
    }
}

fn starts_test_item(tokens: &[Token], at: usize) -> bool {
    ["#", "[", "cfg", "(", "test", ")", "]"].iter().enumerate().all(|(step, expected)| text(tokens, at + step) == *expected)
}

/// Drops each item that `#[cfg(test)]` stands before.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if starts_test_item(&tokens, at) {
            at = end_of_item(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The position after an item: after its `;`, or after the brace that ends its body.
fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut open = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" | "(" | "[" => open += 1,
            "}" if open == 1 => return at + 1,
            "}" | ")" | "]" => open = open.saturating_sub(1),
            ";" if open == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Names, `::` and single characters; no comments, no contents of strings.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let next = |at: usize| chars.get(at).copied().unwrap_or_default();
    let (mut tokens, mut line, mut at) = (Vec::new(), 1, 0);
    while at < chars.len() {
        let start = at;
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        match next(at) {
            '/' if next(at + 1) == '/' => at += chars[at..].iter().take_while(|c| **c != '\n').count(),
            '/' if next(at + 1) == '*' => at = find(&chars, at + 2, &['*', '/']),
            'r' if next(at + 1) == '#' && matches!(next(at + 2), '"' | '#') => {
                let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                at = find(&chars, at + hashes + 2, &end);
            }
            'r' if next(at + 1) == '"' => at = find(&chars, at + 2, &['"']),
            '"' => {
                at += 1;
                while at < chars.len() && next(at) != '"' {
                    at += if next(at) == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            // A character, not a lifetime.
            '\'' if next(at + 1) == '\\' => at = find(&chars, at + 3, &['\'']),
            '\'' if next(at + 2) == '\'' => at += 3,
            c if is_name(c) => {
                at += chars[at..].iter().take_while(|c| is_name(**c)).count();
                tokens.push(Token { line, text: chars[start..at].iter().collect() });
            }
            ':' if next(at + 1) == ':' => {
                at += 2;
                tokens.push(Token { line, text: "::".to_owned() });
            }
            c => {
                at += 1;
                if !c.is_whitespace() {
                    tokens.push(Token { line, text: c.to_string() });
                }
            }
        }
        at = at.min(chars.len());
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

/// The position after the next `end`.
fn find(chars: &[char], from: usize, end: &[char]) -> usize {
    let rest = chars.get(from..).unwrap_or_default();
    rest.windows(end.len()).position(|window| window == end).map_or(chars.len(), |at| from + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(source: &str, depth: usize) -> Vec<(usize, String)> {
        imports(source, depth).into_iter().map(|Import { line, part }| (line, part)).collect()
    }

    #[test]
    fn use_trees_and_paths_are_found_with_their_lines() {
        let source = "use crate::{\n    store::{Store, rows},\n    auth::Caller,\n};\npub use crate::facts::view;\n\nfn f() {\n    crate::http::serve(super::super::gateway::X);\n}\n";
        let expected = [(2, "store"), (3, "auth"), (5, "facts"), (8, "http"), (8, "gateway")];
        assert_eq!(imported(source, 2), expected.map(|(line, part)| (line, part.to_owned())));
        assert_eq!(imported("use super::rows;\nuse super::super::rows;", 2), [(2, "rows".to_owned())]);
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        let source = "// crate::a\n/* crate::b */\nconst T: &str = \"crate::c\";\nconst R: &str = r#\"crate::d\"#;\n#[cfg(test)]\nmod tests {\n    use crate::e;\n}\n#[cfg(test)]\nmod other;\nfn g<'a>(c: char) -> bool {\n    c == '\"' && crate::f::x()\n}\n";
        assert_eq!(imported(source, 1), [(12, "f".to_owned())]);
        assert_eq!(test_modules(source), ["other"]);
    }
}
