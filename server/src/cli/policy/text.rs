//! Checks, tests and lists policies as texts, without a database.

use std::path::Path;

use causerie_policy::{PRESET_CASES, PRESETS, Policy};

use super::{content, preset, print_problems, read};
use crate::{cli::Outcome, plain::counted, policies};

/// Checks a policy file, and prints a summary and the warnings.
pub(super) fn check(file: &Path) -> Outcome {
    let policy = read(file)?;
    print!("{}", summary(&policy));
    for warning in policy.warnings() {
        println!("{}:{}: warning: {}", file.display(), warning.line, warning.message);
    }
    Ok(())
}

/// A summary of a policy for its author.
fn summary(policy: &Policy) -> String {
    let vocabulary = policy.vocabulary();
    let words = [
        ("roles", vocabulary.roles.clone()),
        ("kinds", vocabulary.kinds.clone()),
        ("relations", vocabulary.relations.iter().map(|(name, _)| name.clone()).collect()),
        ("settings", vocabulary.settings.iter().map(|setting| setting.name.clone()).collect()),
        ("never allowed", policies::never_allowed(policy).into_iter().map(str::to_owned).collect()),
    ];
    let mut text = format!("policy {}: {}\n", policy.name(), counted(policy.rules().len() as u64, "rule", "rules"));
    for (title, words) in words.into_iter().filter(|(_, words)| !words.is_empty()) {
        text.push_str(&format!("{title}: {}\n", words.join(", ")));
    }
    text
}

/// Runs the tables of cases of presets, or a table of cases against a policy file.
pub(super) fn test(policy: Option<&str>, cases: Option<&Path>) -> Outcome {
    let names: Vec<&str> = match (policy, cases) {
        (Some(policy), Some(cases)) => return test_one(&read(Path::new(policy))?, &content(cases)?, cases),
        (Some(name), None) => {
            if preset("policy", name).is_err() && Path::new(name).exists() {
                return Err(format!(
                    "a file of cases is needed to test the rules in {name}: causerie policy test {name} FILE.cases"
                )
                .into());
            }
            vec![name]
        }
        (None, _) => PRESETS.iter().map(|(name, _)| *name).collect(),
    };
    for name in names {
        let policy = preset("policy", name).map_err(|reason| format!("{reason}; and there is no file of that name"))?;
        let cases = PRESET_CASES.iter().find(|(known, _)| *known == name).map_or("", |(_, cases)| *cases);
        test_one(&policy, cases, Path::new(&format!("{name}.cases")))?;
    }
    Ok(())
}

/// Runs a table of cases against a policy, and prints the cases that failed.
fn test_one(policy: &Policy, cases: &str, file: &Path) -> Outcome {
    let tested = policy.test(cases).map_err(|problems| print_problems(file, &problems))?;
    for failure in &tested.failures {
        eprintln!("{}:{}: {}", file.display(), failure.line, failure.message);
    }
    match tested.failures.len() {
        0 => {
            let cases = counted(tested.cases as u64, "case is", "cases are");
            println!("policy {}: {cases} as expected", policy.name());
            Ok(())
        }
        failed => {
            let cases = counted(tested.cases as u64, "case", "cases");
            Err(format!("policy {}: {failed} of {cases} not as expected", policy.name()).into())
        }
    }
}

/// Prints the presets.
pub(super) fn list() -> Outcome {
    for (name, text) in PRESETS {
        println!("{name:<10} {}", description(text));
    }
    Ok(())
}

/// The description of a policy: the first paragraph of the comment at its beginning, in one line.
fn description(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_actions_that_no_user_may_do() {
        let policy = Policy::parse("policy tiny\nroles owner\nallow find,start all when everyone\n").expect("rules");
        let text = summary(&policy);
        assert!(text.starts_with("policy tiny: 1 rule\nroles: owner\nnever allowed: "), "{text}");
        assert!(text.contains("send") && !text.contains("find"), "{text}");
    }

    #[test]
    fn every_preset_has_a_description() {
        for (name, text) in PRESETS {
            assert!(description(text).len() > 20, "{name}");
        }
    }
}
