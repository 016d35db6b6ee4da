//! Tests that each preset passes its table of cases, that a case fails without each rule of a preset, and that
//! `docs/rules.md` is correct.

use std::collections::BTreeSet;

use crate::{ACTIONS, PRESET_CASES, PRESETS, Policy, Rule, lang::keywords::CODES};

const LIBRARY_EXAMPLE: (&str, &str) =
    (include_str!("../../presets/examples/library.policy"), include_str!("../../presets/examples/library.cases"));

fn policies_with_cases() -> impl Iterator<Item = (Policy, &'static str)> {
    let presets = PRESETS.into_iter().map(|(name, text)| {
        let (_, cases) = PRESET_CASES.into_iter().find(|(other, _)| *other == name).expect("each preset has cases");
        (text, cases)
    });
    presets.chain([LIBRARY_EXAMPLE]).map(|(text, cases)| (Policy::parse(text).expect("a policy"), cases))
}

/// The lines of the failures of a valid table.
#[track_caller]
fn failures(policy: &Policy, cases: &str) -> Vec<String> {
    let report = policy.test(cases).unwrap_or_else(|problems| panic!("{}: {problems:#?}", policy.name()));
    report.failures.iter().map(ToString::to_string).collect()
}

#[test]
fn presets_pass_their_cases() {
    for (policy, cases) in policies_with_cases() {
        assert!(policy.test(cases).is_ok_and(|tested| tested.cases > 10), "{}: too few cases", policy.name());
        let failures = failures(&policy, cases);
        assert!(failures.is_empty(), "{}:\n{}", policy.name(), failures.join("\n"));
    }
}

#[test]
fn a_case_of_each_preset_fails_without_each_rule() {
    for (policy, cases) in policies_with_cases() {
        for rule in policy.rules() {
            let without: Vec<&str> =
                (1u32..).zip(policy.text().lines()).filter(|(line, _)| *line != rule.line).map(|(_, text)| text).collect();
            let without = Policy::parse(&without.join("\n")).expect("one line less is a policy too");
            // A case that names the rule can't be read without the rule.
            let fails = !without.test(cases).is_ok_and(|tested| tested.failures.is_empty());
            assert!(fails, "{}: no case fails without the rule `{}`", policy.name(), rule.name);
        }
        if policy.secret_directory() {
            let open = Policy::parse(&policy.text().replace("secret_directory", "")).expect("an option less");
            assert!(!failures(&open, cases).is_empty(), "{}: no case fails with an open directory", policy.name());
        }
    }
}

const POLICY_TEXT: &str = "policy x\nroles pupil\nkinds class\nrelations friend:mutual\nsetting messaging on off\n\
    allow find,start class when me pupil@class with them pupil@class\nallow see_profile other when everyone";

#[test]
fn failures_contain_the_actual_answer() {
    let policy = Policy::parse(POLICY_TEXT).expect("a policy");
    let cases = "group a class\nuser ann pupil@a\nuser ben pupil@a\nuser cid\n\
        expect ann start ben allow class\n\
        expect ann start ben allow other\n\
        expect ann start ben deny not_found\n\
        expect ann start cid allow\n\
        expect ann find only cid\n\
        expect cid find only ann\n\
        expect ann send direct/ben deny unsupported\n\
        no group a\n\
        expect ann address_group a deny group_not_addressable";
    assert_eq!(policy.test(cases).map(|tested| tested.cases), Ok(8));
    assert_eq!(
        failures(&policy, cases),
        [
            "line 6: expected `ann start ben allow other`, but it is allowed by `class`",
            "line 7: expected `ann start ben deny not_found`, but it is allowed by `class`",
            "line 8: expected `ann start cid allow`, but it is denied as cannot_start by no rule",
            "line 9: expected `ann find only cid`, but find is possible with: ann ben",
            "line 10: expected `cid find only ann`, but find is possible with: nobody",
            "line 13: expected `ann address_group a deny group_not_addressable`, but who or what it is about is gone",
        ]
    );
}

#[test]
fn problems_of_a_table_name_the_allowed_words() {
    let policy = Policy::parse(POLICY_TEXT).expect("a policy");
    let facts = "group a class\nuser ann pupil@a\nuser ben\n";
    for (line, part) in [
        ("expects ann start ben allow", "did you mean `expect`?"),
        ("expect", "expected who, what"),
        ("expect ann start ben", "expected who, what"),
        ("expect ann start ben maybe", "expected who, what"),
        ("expect ann start ben only ben", "expected who, what"),
        ("expect anna start ben allow", "no user `anna`; did you mean `ann`?"),
        ("expect ann strat ben allow", "did you mean `start`?"),
        ("expect ann start bob allow", "no user or group `bob`"),
        ("expect ann start ben deny cant_start", "did you mean `cannot_start`?"),
        ("expect ann start ben allow klass", "there is no rule `klass`; did you mean `class`? (there are: class, other)"),
        ("expect ann start ben deny cannot_start nobody", "there is no rule `nobody`"),
        ("# expect ann start ben allow", "it tests nothing"),
        ("expect ann request ben/fiend allow", "did you mean `friend`?"),
        ("expect ann find a/friend allow", "is a group"),
        ("expect ann edit direct/ben/age=x allow", "`age=15m`"),
        ("group a", "`group 6a class"),
        ("group b clas", "did you mean `class`?"),
        ("group b class staet=active", "is no option here"),
        ("group ann class", "not both"),
        ("user direct", "means something"),
        ("user cid teacher@a", "no role `teacher`"),
        ("user cid pupil@b", "no group `b`"),
        ("user cid status=gone", "no status `gone`"),
        ("member ann", "`member lea learner@6a`"),
        ("member ann pupil", "expected a role in a group"),
        ("relation ann friend ben", "expected a relation as in `-friend-`"),
        ("edge pupil@a -> ben", "no group `ben`"),
        ("edge a -> a delivers=all", "`delivers` can't be `all`"),
        ("setting messaging maybe", "on, off"),
        ("setting masaging on", "did you mean `messaging`?"),
        ("no user ben", "status=removed"),
    ] {
        let problems = policy.test(&format!("{facts}{line}")).expect_err(line);
        assert_eq!((problems.len(), problems[0].line), (1, 4), "{problems:?}");
        assert!(problems[0].message.contains(part), "{line}: {}", problems[0].message);
    }
}

#[test]
fn a_table_without_expectations_is_refused() {
    let policy = Policy::parse(POLICY_TEXT).expect("a policy");
    for (cases, line) in [("", 1), ("\n\n", 2), ("group a class\nuser ann\n", 2)] {
        let problems = policy.test(cases).expect_err(cases);
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [line], "{problems:?}");
    }
}

#[test]
fn any_table_is_read_or_refused() {
    proptest::proptest!(|(text in "(expect|no|user|edge|->|a|b|pupil@a|allow|deny|direct/a|[ \n/@=é-]){0,40}")| {
        let policy = Policy::parse(POLICY_TEXT).expect("a policy");
        let _ = policy.test(&text);
    });
}

const RULES_PAGE: &str = include_str!("../../../docs/rules.md");

/// The code block of `docs/rules.md` that begins with `first`.
fn code_block(first: &str) -> &'static str {
    let start = RULES_PAGE.find(&format!("```text\n{first}")).unwrap_or_else(|| panic!("no block begins with {first}"));
    let (_, rest) = RULES_PAGE[start..].split_once('\n').expect("several lines");
    rest.split("```").next().expect("it ends")
}

/// The rows of the table under a heading of `docs/rules.md`, without the head.
fn table_rows(heading: &str) -> Vec<Vec<&'static str>> {
    let section = RULES_PAGE.split("\n## ").find_map(|section| section.strip_prefix(heading)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The texts in backticks.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_example_of_the_documentation_passes_its_cases_and_equals_the_example_file() {
    let policy = Policy::parse(code_block("policy library")).expect("a policy");
    assert_eq!(failures(&policy, code_block("group centre")), [""; 0]);
    let example = Policy::parse(LIBRARY_EXAMPLE.0).expect("a policy");
    let rules = |policy: &Policy| policy.rules().iter().map(|rule| Rule { line: 0, ..rule.clone() }).collect::<Vec<_>>();
    assert_eq!(rules(&policy), rules(&example));
    assert_eq!(policy.vocabulary(), example.vocabulary());
}

#[test]
fn the_documentation_lists_every_action_and_every_code() {
    let documented: BTreeSet<&str> = table_rows("Actions\n").into_iter().flat_map(|row| in_backticks(row[1])).collect();
    assert_eq!(documented, ACTIONS.iter().map(|(name, _)| *name).collect());
    let (_, codes) = RULES_PAGE.split_once("\nCodes: ").expect("the list of codes");
    let codes: BTreeSet<&str> = in_backticks(codes.split("\n\n").next().expect("a paragraph")).collect();
    assert_eq!(codes, CODES.iter().map(|(name, _)| *name).collect());
}

#[test]
fn every_documented_condition_compiles_for_its_documented_use() {
    const DECLARED: &str = "policy x\nroles librarian reader host owner\nkinds branch circle\n\
        relations friend:mutual follow:own block:own\nsetting desk open closed\nsetting edit_window 15m\nsetting group_max 50\n";
    let rows = table_rows("Conditions\n");
    assert!(rows.len() > 20, "{} rows", rows.len());
    for row in rows {
        let [conditions, _, used_for] = *row else { panic!("not three cells: {row:?}") };
        for condition in in_backticks(conditions) {
            let mut actions: Vec<&str> = in_backticks(used_for).filter(|word| *word != "them").collect();
            if used_for.starts_with("all") && !condition.contains("them") {
                actions.extend(["start", "start_group", "address_group", "send", "edit"]);
            }
            for (part, action) in [("users", "start"), ("groups", "address_group"), ("messages", "edit")] {
                actions.extend(used_for.contains(part).then_some(action));
            }
            actions.extend(used_for.contains("conversations").then_some("send"));
            assert!(!actions.is_empty(), "{row:?}");
            for action in actions {
                let text = format!("{DECLARED}deny {action} x when {condition} code locked");
                assert!(Policy::parse(&text).is_ok(), "{action} {condition}: {:?}", Policy::parse(&text));
            }
        }
    }
}
