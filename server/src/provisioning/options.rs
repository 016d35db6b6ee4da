//! The options of an import.

use std::fmt::{self, Display, Formatter};

use super::{fields::Fault, row::Undeclared};
use crate::plain::shortened;

/// The minimum of the default limit, as a number of facts: a small school may change more than a tenth of its facts at once.
const DELETE_MIN: u64 = 20;
/// The default limit, as a percentage of the scope.
const DELETE_PERCENT: u64 = 10;
/// The maximum of the default limit, as a percentage of the scope: a file that removes more was probably cut short.
const DELETE_PERCENT_MAX: u64 = 50;

/// The options of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Answer as usual, but change nothing.
    pub dry_run: bool,
    /// The rows are the complete content of this scope, so facts of the scope that no row names are removed.
    pub replace: Option<Scope>,
    /// How many facts `replace` may remove.
    pub delete_limit: DeleteLimit,
    /// Answer with a line for every row, not only for refused rows.
    pub lists_all_rows: bool,
    /// Whether rows with words that the policy does not declare are refused.
    pub undeclared: Undeclared,
}

/// The facts that `replace` replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All users.
    Users,
    /// All groups.
    Groups,
    /// All memberships.
    Memberships,
    /// The memberships of the group with this external id.
    MembershipsOf(String),
    /// All edges.
    Edges,
    /// All relations of this name.
    Relations(String),
}

/// How many facts `replace` may remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeleteLimit {
    /// A tenth of the scope, or 20 facts if that is more, but at most half of the scope. One removal is always allowed. If
    /// no row names a fact of the scope, no removal is allowed.
    #[default]
    Cautious,
    /// This many facts.
    Number(u64),
    /// This percentage of the scope.
    Percent(u64),
}

impl Scope {
    /// Parses a scope: `users`, `memberships:6a`, ….
    ///
    /// # Errors
    /// [`Fault`] if the text is not a scope.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.split_once(':') {
            None if text == "users" => Ok(Self::Users),
            None if text == "groups" => Ok(Self::Groups),
            None if text == "memberships" => Ok(Self::Memberships),
            None if text == "edges" => Ok(Self::Edges),
            Some(("memberships", group)) if !group.is_empty() => Ok(Self::MembershipsOf(group.to_owned())),
            Some(("relations", name)) if !name.is_empty() => Ok(Self::Relations(name.to_owned())),
            _ => Err(Fault::new(
                "replace",
                format!(
                    "`replace` is `{}`, expected users, groups, memberships, memberships:GROUP, edges or relations:NAME",
                    shortened(text)
                ),
            )),
        }
    }
}

/// The form that [`Scope::parse`] reads.
impl Display for Scope {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Users => f.write_str("users"),
            Self::Groups => f.write_str("groups"),
            Self::Memberships => f.write_str("memberships"),
            Self::MembershipsOf(group) => write!(f, "memberships:{group}"),
            Self::Edges => f.write_str("edges"),
            Self::Relations(name) => write!(f, "relations:{name}"),
        }
    }
}

impl DeleteLimit {
    /// Parses a limit: `250` or `10%`.
    ///
    /// # Errors
    /// [`Fault`] if the text is neither a number nor a percentage.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let limit = match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent),
            None => text.parse().ok().map(Self::Number),
        };
        limit.ok_or_else(|| {
            let reason =
                format!("`delete_limit` is `{}`, expected a whole number or a percentage such as 10%", shortened(text));
            Fault::new("delete_limit", reason)
        })
    }

    /// The maximum number of facts that may be removed from a scope of `total` facts.
    #[must_use]
    pub fn removals_max(self, total: u64) -> u64 {
        match self {
            Self::Cautious => {
                let limit_max = (total * DELETE_PERCENT_MAX / 100).max(1);
                (total * DELETE_PERCENT / 100).max(DELETE_MIN).min(limit_max)
            }
            Self::Number(number) => number,
            Self::Percent(percent) => total * percent / 100,
        }
    }
}

impl Options {
    /// Reads the parameters of a query.
    ///
    /// # Errors
    /// [`Fault`] if a parameter is unknown or has an invalid value; its field is the parameter's name.
    pub fn from_query(pairs: &[(String, String)]) -> Result<Self, Fault> {
        let mut options = Self::default();
        for (name, value) in pairs {
            match (name.as_str(), value.as_str()) {
                ("dry_run", "true" | "false") => options.dry_run = value == "true",
                ("dry_run", _) => return Err(not_expected(name, value, "true or false")),
                ("results", "all" | "problems") => options.lists_all_rows = value == "all",
                ("results", _) => return Err(not_expected(name, value, "all or problems")),
                ("undeclared", "refuse") => options.undeclared = Undeclared::Refuse,
                ("undeclared", "keep") => options.undeclared = Undeclared::Keep,
                ("undeclared", _) => return Err(not_expected(name, value, "refuse or keep")),
                ("replace", _) => options.replace = Some(Scope::parse(value)?),
                ("delete_limit", _) => options.delete_limit = DeleteLimit::parse(value)?,
                _ => {
                    let known = "dry_run, replace, delete_limit, results, undeclared";
                    let reason = format!("there is no parameter `{}`; the parameters are {known}", shortened(name));
                    return Err(Fault::new(name, reason));
                }
            }
        }
        Ok(options)
    }
}

/// The fault of a parameter with an invalid value.
fn not_expected(parameter: &str, value: &str, expected: &str) -> Fault {
    Fault::new(parameter, format!("`{parameter}` is `{}`, expected {expected}", shortened(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<Options, Fault> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Options::from_query(&pairs)
    }

    #[test]
    fn parameters_set_the_options() {
        assert_eq!(parse(&[]), Ok(Options::default()));
        let options = parse(&[
            ("dry_run", "true"),
            ("replace", "memberships:6a:b"),
            ("delete_limit", "5%"),
            ("results", "all"),
            ("undeclared", "keep"),
        ]);
        let expected = Options {
            dry_run: true,
            replace: Some(Scope::MembershipsOf("6a:b".to_owned())),
            delete_limit: DeleteLimit::Percent(5),
            lists_all_rows: true,
            undeclared: Undeclared::Keep,
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn a_bad_parameter_is_named() {
        for (name, value) in [
            ("dry_run", "yes"),
            ("dryrun", "true"),
            ("replace", "everything"),
            ("replace", "memberships:"),
            ("replace", "users:lea"),
            ("delete_limit", "-1"),
            ("delete_limit", "101%"),
            ("delete_limit", "many"),
            ("results", "none"),
            ("undeclared", "yes"),
        ] {
            assert_eq!(parse(&[(name, value)]).expect_err(value).field, name);
        }
    }

    #[test]
    fn a_limit_follows_from_the_number_of_facts() {
        for (total, most) in [(0, 1), (1, 1), (3, 1), (12, 6), (40, 20), (50, 20), (200, 20), (1_000, 100)] {
            assert_eq!(DeleteLimit::Cautious.removals_max(total), most, "{total}");
        }
        assert_eq!(DeleteLimit::Percent(10).removals_max(50), 5);
        assert_eq!(DeleteLimit::Number(0).removals_max(50), 0);
    }
}
