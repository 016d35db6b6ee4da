//! The parser of declarations: the name of the policy, and the words that its rules and the facts may use.

use super::{
    NAME_BYTES_MAX,
    keywords::{look_up, shortened},
};
use crate::{
    facts::number,
    vocabulary::{RelationOrigin, SettingDeclaration, Vocabulary, WORDS_MAX},
};

pub(super) const HOWS: [(&str, RelationOrigin); 3] =
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
    /// Parses a declaration; `false` if the line is not one.
    pub(super) fn read(&mut self, first: &str, rest: &[String]) -> Result<bool, String> {
        match first {
            "policy" => self.name(rest)?,
            "roles" => names(&mut self.vocabulary.roles, "roles", rest)?,
            "kinds" => names(&mut self.vocabulary.kinds, "kinds", rest)?,
            "relations" => self.relations(rest)?,
            "setting" => self.setting(rest)?,
            "secret_directory" if rest.is_empty() => self.secret_directory = true,
            "secret_members" if rest.is_empty() => self.secret_members = true,
            "secret_directory" | "secret_members" => {
                return Err(format!("`{first}` stands alone on its line: delete what follows it"));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn name(&mut self, rest: &[String]) -> Result<(), String> {
        let [name] = rest else { return Err("expected one name, as in `policy my-school`".to_owned()) };
        if self.name.is_some() {
            return Err("the policy has a name already: delete one of the two lines".to_owned());
        }
        self.name = Some(spelled(name)?);
        Ok(())
    }

    fn relations(&mut self, rest: &[String]) -> Result<(), String> {
        if rest.is_empty() {
            return Err("expected relations, as in `relations friend:mutual follow:own guardian:given`".to_owned());
        }
        for word in rest {
            let Some((name, how)) = word.split_once(':') else {
                return Err(format!(
                    "`{}` does not say how it comes about: `{0}:mutual` (asked and accepted), `{0}:own` (a user enters it \
                     alone) or `{0}:given` (the product says so)",
                    shortened(word)
                ));
            };
            let name = spelled(name)?;
            if name.contains('-') {
                return Err(format!("the relation `{name}` has a `-`, which draws the arrows of relations: write `_`"));
            }
            let how = look_up("word for how a relation comes about", how, &HOWS)?;
            if self.vocabulary.relation(&name).is_some() {
                return Err(format!("the relation `{name}` is declared already"));
            }
            room(self.vocabulary.relations.len(), "relations")?;
            self.vocabulary.relations.push((name, how));
        }
        Ok(())
    }

    fn setting(&mut self, rest: &[String]) -> Result<(), String> {
        let [name, values @ ..] = rest else { return Err(SETTING.to_owned()) };
        let name = spelled(name)?;
        if self.vocabulary.setting(&name).is_some() {
            return Err(format!("the setting `{name}` is declared already"));
        }
        room(self.vocabulary.settings.len(), "settings")?;
        let word = match values {
            [] => return Err(SETTING.to_owned()),
            [one] => {
                let number = number(one).ok_or(SETTING)?;
                SettingDeclaration { name, values: Vec::new(), number: Some(number) }
            }
            many => {
                let mut values = Vec::new();
                names(&mut values, "values", many)?;
                SettingDeclaration { name, values, number: None }
            }
        };
        self.vocabulary.settings.push(word);
        Ok(())
    }
}

const SETTING: &str = "expected a name and its values, the default first (`setting messaging on off`), or its number (`setting group_max 500`) or \
     duration (`setting edit_window 15m`)";

fn names(all: &mut Vec<String>, what: &str, rest: &[String]) -> Result<(), String> {
    if rest.is_empty() {
        return Err(format!("expected {what} after `{what}`"));
    }
    for word in rest {
        let name = spelled(word)?;
        if all.contains(&name) {
            return Err(format!("`{name}` is declared already"));
        }
        room(all.len(), what)?;
        all.push(name);
    }
    Ok(())
}

fn room(count: usize, what: &str) -> Result<(), String> {
    if count < WORDS_MAX { Ok(()) } else { Err(format!("a policy has at most {WORDS_MAX} {what}")) }
}

/// Checks the spelling of a name.
pub(super) fn spelled(name: &str) -> Result<String, String> {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    if letters && starts && name.len() <= NAME_BYTES_MAX {
        return Ok(name.to_owned());
    }
    Err(format!(
        "`{}` can't be a name: a name has small letters, digits, `-` and `_`, begins with a letter, and has at most {NAME_BYTES_MAX} of them",
        shortened(name)
    ))
}
