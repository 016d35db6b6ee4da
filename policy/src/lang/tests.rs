//! Parsing of policies, and the problems of texts that can't be parsed.

use proptest::prelude::*;

use crate::{PRESETS, Policy, Rule};

const DECLARATIONS: &str = "policy test\n\
    roles learner teacher\n\
    kinds cycle class candidates\n\
    relations friend:mutual follow:own\n\
    setting messaging on off\n\
    setting edit_window 15m\n";

fn problem(line: &str) -> String {
    let problems = Policy::parse(&format!("{DECLARATIONS}{line}")).expect_err(line);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].line, 7, "{problems:?}");
    problems[0].message.clone()
}

#[test]
fn problems_name_the_cause_and_the_allowed_words() {
    for (line, parts) in [
        ("alow find x when same", vec!["`alow`", "allow"]),
        ("allow find", vec!["expected actions and a name"]),
        ("allow find when same", vec!["a name is missing before `when`"]),
        ("allow find X when same", vec!["`X` can't be a name", "small letters"]),
        ("allow fnid x when same", vec!["no action `fnid`", "did you mean `find`?", "address_group"]),
        ("allow find,find x when same", vec!["`find` is named twice"]),
        ("allow find, x", vec!["expected actions and a name"]),
        ("allow find x if same", vec!["expected `when`, `unless` and `code`", "`if`"]),
        ("allow find x when same when same", vec!["once each"]),
        ("allow find x unless same when same", vec!["in this order"]),
        ("allow find x when", vec!["expected a condition after"]),
        ("allow find x when same and", vec!["expected a condition after"]),
        ("allow find x when same or everyone", vec!["joined by `and`", "write another rule"]),
        ("deny find x unless same and everyone", vec!["joined by `or`", "each alone excepts"]),
        ("allow find x when sane", vec!["`sane` is no condition", "same"]),
        (
            "allow find x when me learner@klass with them learner@class",
            vec!["no kind of group `klass`", "`class`?", "cycle"],
        ),
        ("allow find x when me lerner@class with them *@class", vec!["no role `lerner`", "did you mean `learner`?"]),
        ("allow find x when me learner@class with them teacher@cycle", vec!["a group has one kind"]),
        ("allow find x when me learner with them teacher", vec!["`learner@class`", "not `learner`"]),
        ("allow find x when me -freind- them", vec!["no relation `freind`", "did you mean `friend`?", "follow"]),
        ("allow find x when everyone and role(you)=learner", vec!["expected `me` or `them`", "`you`"]),
        ("allow find x when everyone and status(them)=alive", vec!["no status `alive`", "invited, active"]),
        ("allow find x when everyone and setting(massaging)=on", vec!["no setting `massaging`", "`messaging`?"]),
        ("allow find x when everyone and setting(messaging)=maybe", vec!["`messaging` can't be `maybe`", "on, off"]),
        ("allow find x when everyone and setting(edit_window)=15m", vec!["is a number", "age<edit_window"]),
        ("allow edit x when age<messaging", vec!["the setting `messaging` has words for values"]),
        ("allow edit x when age<15", vec!["expected a duration", "not `15`"]),
        ("deny find x when size(group)>15m", vec!["expected a number", "not `15m`"]),
        ("deny find x when size(group)>some", vec!["expected a number", "no setting `some`"]),
        ("allow find x when same code not_found", vec!["`allow` has none"]),
        ("deny find x code notfound", vec!["no code `notfound`", "did you mean `not_found`?"]),
        ("deny find x code", vec!["expected one code"]),
        ("otherwise find x", vec!["add `code …`"]),
        ("allow find x", vec!["`find` lists users or groups", "everyone"]),
        ("allow find x when role(them)=learner", vec!["others only narrow it"]),
        ("allow find x when me *@* barrier them *@*", vec!["others only narrow it"]),
        ("allow find x when same and holder", vec!["`find` is not done in a conversation"]),
        ("allow start x when may start", vec!["`start` is not done in a conversation"]),
        ("allow send x when author", vec!["`send` is not about a message"]),
        ("allow send x when asked", vec!["`asked` fits `accept`"]),
        ("allow send x when relation=friend", vec!["`relation=` fits request"]),
        ("allow start x when every group", vec!["`start` is not about groups"]),
        ("allow find x when me *@* in group and same", vec!["`them` or `group`, not both"]),
        ("allow find,address_group x when everyone", vec!["`address_group` reaches groups", "every group"]),
        ("deny find x when me *@* edge group and me *@* edge them *@*", vec!["not both"]),
        ("deny address_group x when same", vec!["say `group`, not `them`"]),
        ("allow start_group x when everyone", vec!["not about another user"]),
    ] {
        let message = problem(line);
        for part in parts {
            assert!(message.contains(part), "{line}\n{message}\nlacks {part}");
        }
    }
}

#[test]
fn declarations_are_checked() {
    for (text, line, part) in [
        ("", 1, "a policy begins with its name"),
        ("policy", 1, "expected one name"),
        ("policy a\npolicy b", 2, "has a name already"),
        ("policy a\nroles", 2, "expected roles"),
        ("policy a\nroles x x", 2, "`x` is declared already"),
        ("policy a\nroles Élève", 2, "`Élève` can't be a name"),
        ("policy a\nrelations friend", 2, "`friend:mutual`"),
        ("policy a\nrelations friend:mutal", 2, "did you mean `mutual`?"),
        ("policy a\nrelations best-friend:mutual", 2, "write `_`"),
        ("policy a\nsetting x", 2, "the default first"),
        ("policy a\nsetting x maybe", 2, "the default first"),
        ("policy a\nsetting x on on", 2, "`on` is declared already"),
        ("policy a\nsecret_directory on", 2, "stands alone"),
        ("policy a\nsecret_members on", 2, "stands alone"),
        ("policy a\n\nallow read x\nroles x", 4, "must stand before the first rule"),
        ("policy a\nallow read x\nallow send x", 3, "line 2 has a rule called `x` already"),
    ] {
        let problems = Policy::parse(text).expect_err(text);
        assert_eq!(problems.len(), 1, "{text:?} {problems:?}");
        assert_eq!(problems[0].line, line, "{text:?} {problems:?}");
        assert!(problems[0].message.contains(part), "{text:?} {problems:?}");
    }
}

#[test]
fn each_wrong_line_is_reported() {
    let problems = Policy::parse("policy a\nroles A\nallow find x when klass\ndeny fly y\nallow read z").expect_err("three");
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 3, 4]);
    assert!(problems[0].to_string().starts_with("line 2: "));
}

#[test]
fn long_texts_are_refused() {
    assert!(Policy::parse(&" ".repeat(65_537)).is_err());
    let rules: String = (0..257).map(|number| format!("allow read r{number}\n")).collect();
    assert!(Policy::parse(&format!("policy a\n{rules}")).is_err());
    let conditions = vec!["holder"; 33].join(" and ");
    assert!(Policy::parse(&format!("policy a\nallow read x when {conditions}")).is_err());
    let words: String = (0..65).map(|number| format!(" r{number}")).collect();
    assert!(Policy::parse(&format!("policy a\nroles{words}")).is_err());
    let name = "n".repeat(65);
    assert!(Policy::parse(&format!("policy {name}")).is_err());
}

/// The rules with the line 0, so that rules of different texts can be equal.
fn rules(policy: &Policy) -> Vec<Rule> {
    policy.rules().iter().map(|rule| Rule { line: 0, ..rule.clone() }).collect()
}

#[track_caller]
fn assert_prints_as_parsed(policy: &Policy) {
    let reparsed = Policy::parse(&policy.to_string()).unwrap_or_else(|problems| panic!("{policy}\n{problems:?}"));
    assert_eq!(rules(&reparsed), rules(policy), "{policy}");
    assert_eq!(reparsed.vocabulary(), policy.vocabulary());
    assert_eq!((reparsed.name(), reparsed.secret_directory()), (policy.name(), policy.secret_directory()));
}

#[test]
fn presets_print_as_they_are_read() {
    for (_, text) in PRESETS {
        let policy = Policy::parse(text).expect("a preset");
        assert_eq!(policy.text(), text);
        assert_prints_as_parsed(&policy);
    }
}

#[test]
fn spaces_do_not_matter() {
    let tight =
        Policy::parse(&format!("{DECLARATIONS}deny find,start x when role(me)=learner code not_found")).expect("tight");
    for loose in [
        "deny find, start x when role(me) = learner code not_found",
        "\tdeny find ,start x  when role(me)= learner   code not_found # why",
        "deny find , start x when role(me) =learner code not_found",
    ] {
        let loose = Policy::parse(&format!("{DECLARATIONS}{loose}")).expect("loose");
        assert_eq!(rules(&loose), rules(&tight));
    }
    let size = |text: &str| rules(&Policy::parse(&format!("{DECLARATIONS}deny find x when {text}")).expect(text));
    assert_eq!(size("size(group) > 50"), size("size(group)>50"));
    assert_eq!(size("them -follow-> me and same"), size("them   -follow->  me  and same"));
}

#[test]
fn generators_are_evaluated_first() {
    let text = format!("{DECLARATIONS}allow find x when role(them)=learner and me learner@* with them *@class and same");
    let policy = Policy::parse(&text).expect("a rule");
    assert!(
        policy
            .to_string()
            .ends_with("allow find x when me learner@class with them *@class and same and role(them)=learner\n")
    );
}

/// A condition with actions that it fits.
fn condition() -> impl Strategy<Value = (&'static str, &'static str)> {
    proptest::sample::select(vec![
        ("find,start", "everyone"),
        ("find,block", "same"),
        ("start", "me learner@class with them *@class"),
        ("see_profile", "me *@* edge them teacher@*"),
        ("find", "me *@* barrier them teacher@cycle"),
        ("find,address_group", "me *@* edge group"),
        ("address_group", "me *@class barrier group"),
        ("find", "me teacher@* in group"),
        ("find,address_group", "every group"),
        ("find", "kind(group)=class"),
        ("find", "state(group)=concluded"),
        ("address_group", "size(group)>50"),
        ("address_group", "delivers(group)"),
        ("request", "me -friend- them"),
        ("unrelate", "them -follow-> me"),
        ("start", "me -follow-> them"),
        ("send", "role(me)=teacher"),
        ("start", "writable_by(them)=contacts"),
        ("send", "status(them)=invited"),
        ("read", "member(me) learner@candidates"),
        ("start_group", "setting(messaging)=off"),
        ("send", "holder"),
        ("rename", "owner"),
        ("leave", "conversation=note_to_self"),
        ("send,reply", "state=locked"),
        ("send", "may start"),
        ("edit,delete_for_all", "author"),
        ("edit", "age<edit_window"),
        ("delete_own_copy", "age<90s"),
        ("accept", "asked"),
        ("request,accept", "relation=friend"),
    ])
}

/// A policy, valid or not.
fn policy_text() -> impl Strategy<Value = String> {
    let effect = proptest::sample::select(vec!["deny", "allow", "otherwise"]);
    let line = (effect, condition(), condition(), proptest::option::of(condition()), any::<bool>());
    proptest::collection::vec(line, 0..8).prop_map(|lines| {
        let rules =
            lines.into_iter().enumerate().map(|(index, (effect, (actions, first), (_, second), unless, has_second))| {
                let second = if has_second { format!(" and {second}") } else { String::new() };
                let unless = unless.map_or_else(String::new, |(_, unless)| format!(" unless {unless}"));
                let code = if effect == "otherwise" { " code closed" } else { "" };
                format!("{effect} {actions} rule-{index} when {first}{second}{unless}{code}\n")
            });
        format!("{DECLARATIONS}{}", rules.collect::<String>())
    })
}

/// Words of the language in a random order.
fn similar_text() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "policy",
        "roles",
        "setting",
        "relations",
        "allow",
        "deny",
        "find,start",
        "x",
        "when",
        "unless",
        "and",
        "or",
        "code",
        "me",
        "them",
        "learner@class",
        "@",
        "*@*",
        "-",
        "->",
        "-friend-",
        "--",
        "=",
        "<",
        ">",
        ",",
        "role(me)=",
        "age<",
        "size(group)>9",
        "99999999999999999999d",
        "é",
        "#",
        "\n",
        "\n",
        "(",
        ")=",
    ]);
    proptest::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), similar_text(), policy_text()]) {
        match Policy::parse(&text) {
            Ok(policy) => assert_prints_as_parsed(&policy),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn a_policy_prints_as_it_was_read((actions, condition) in condition(), effect in prop_oneof![Just("deny"), Just("otherwise")]) {
        let text = format!("{DECLARATIONS}{effect} {actions} x when {condition} code locked\n{effect} {actions} y unless {condition} code closed");
        let policy = Policy::parse(&text);
        prop_assert!(policy.is_ok(), "{text}: {policy:?}");
        assert_prints_as_parsed(&policy.expect("just seen"));
    }
}
