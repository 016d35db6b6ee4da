//! The parser of declarations: the name of the policy, and the words that its rules and the facts may use.

use super::{
    NAME_BYTES_MAX,
    keywords::{look_up, shortened},
};
use crate::{
    facts::number,
    vocabulary::{RelationOrigin, SettingDeclaration, Vocabulary, WORDS_MAX},
};

pub(super) const ORIGINS: [(&str, RelationOrigin); 3] =
    [("mutual", RelationOrigin::Mutual), ("own", RelationOrigin::Own), ("given", RelationOrigin::Given)];

/// The declarations of the lines parsed so far.
#[derive(Default)]
pub(super) struct Declarations {
    pub name: Option<String>,
    pub vocabulary: Vocabulary,
    pub secret_directory: bool,
    pub secret_members: bool,
}

impl Declarations {
    /// Parses a line; returns `false` if the line is not a declaration.
    pub(super) fn parse_line(&mut self, first: &str, rest: &[String]) -> Result<bool, String> {
        match first {
            "policy" => self.parse_name(rest)?,
            "roles" => add_names(&mut self.vocabulary.roles, "roles", rest)?,
            "kinds" => add_names(&mut self.vocabulary.kinds, "kinds", rest)?,
            "relations" => self.parse_relations(rest)?,
            "setting" => self.parse_setting(rest)?,
            "secret_directory" if rest.is_empty() => self.secret_directory = true,
            "secret_members" if rest.is_empty() => self.secret_members = true,
            "secret_directory" | "secret_members" => {
                return Err(format!("`{first}` stands alone on its line: delete what follows it"));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn parse_name(&mut self, rest: &[String]) -> Result<(), String> {
        let [name] = rest else { return Err("expected one name, as in `policy my-school`".to_owned()) };
        if self.name.is_some() {
            return Err("the policy has a name already: delete one of the two lines".to_owned());
        }
        self.name = Some(checked_name(name)?);
        Ok(())
    }

    fn parse_relations(&mut self, rest: &[String]) -> Result<(), String> {
        if rest.is_empty() {
            return Err("expected relations, as in `relations friend:mutual follow:own guardian:given`".to_owned());
        }
        for word in rest {
            let Some((name, origin)) = word.split_once(':') else {
                return Err(format!(
                    "`{}` does not say how it comes about: `{0}:mutual` (asked and accepted), `{0}:own` (a user enters it \
                     alone) or `{0}:given` (the product says so)",
                    shortened(word)
                ));
            };
            let name = checked_name(name)?;
            if name.contains('-') {
                return Err(format!("the relation `{name}` has a `-`, which draws the arrows of relations: write `_`"));
            }
            let origin = look_up("word for how a relation comes about", origin, &ORIGINS)?;
            if self.vocabulary.relation(&name).is_some() {
                return Err(format!("the relation `{name}` is declared already"));
            }
            check_count(self.vocabulary.relations.len(), "relations")?;
            self.vocabulary.relations.push((name, origin));
        }
        Ok(())
    }

    fn parse_setting(&mut self, rest: &[String]) -> Result<(), String> {
        let [name, values @ ..] = rest else { return Err(SETTING_EXPECTED.to_owned()) };
        let name = checked_name(name)?;
        if self.vocabulary.setting(&name).is_some() {
            return Err(format!("the setting `{name}` is declared already"));
        }
        check_count(self.vocabulary.settings.len(), "settings")?;
        let declaration = match values {
            [] => return Err(SETTING_EXPECTED.to_owned()),
            [value] => {
                let number = number(value).ok_or(SETTING_EXPECTED)?;
                SettingDeclaration { name, values: Vec::new(), number: Some(number) }
            }
            many => {
                let mut values = Vec::new();
                add_names(&mut values, "values", many)?;
                SettingDeclaration { name, values, number: None }
            }
        };
        self.vocabulary.settings.push(declaration);
        Ok(())
    }
}

const SETTING_EXPECTED: &str = "expected a name and its values, the default first (`setting messaging on off`), or its number (`setting group_max 500`) or \
     duration (`setting edit_window 15m`)";

/// Parses names and appends them to `names`. `declared` is the keyword of the declaration.
fn add_names(names: &mut Vec<String>, declared: &str, rest: &[String]) -> Result<(), String> {
    if rest.is_empty() {
        return Err(format!("expected {declared} after `{declared}`"));
    }
    for word in rest {
        let name = checked_name(word)?;
        if names.contains(&name) {
            return Err(format!("`{name}` is declared already"));
        }
        check_count(names.len(), declared)?;
        names.push(name);
    }
    Ok(())
}

/// Refuses another word if `count` words are declared and this is the largest number.
fn check_count(count: usize, what: &str) -> Result<(), String> {
    if count < WORDS_MAX { Ok(()) } else { Err(format!("a policy has at most {WORDS_MAX} {what}")) }
}

/// Returns the name if its spelling is valid. The error is a sentence with the rules of spelling.
pub(super) fn checked_name(name: &str) -> Result<String, String> {
    let valid_letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    let valid_start = name.starts_with(|c: char| c.is_ascii_lowercase());
    if valid_letters && valid_start && name.len() <= NAME_BYTES_MAX {
        return Ok(name.to_owned());
    }
    Err(format!(
        "`{}` can't be a name: a name has small letters, digits, `-` and `_`, begins with a letter, and has at most {NAME_BYTES_MAX} of them",
        shortened(name)
    ))
}
