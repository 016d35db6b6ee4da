//! The hints for authors who know another language, and the warnings about rules that are valid and suspicious.

use crate::{PRESETS, Policy};

const DECLARATIONS: &str = "policy test\n\
    roles learner teacher\n\
    kinds cycle class candidates\n\
    relations friend:mutual follow:own block:own guardian:given\n\
    setting messaging on off\n\
    setting edit_window 15m\n";

fn problem(line: &str) -> String {
    let problems = Policy::parse(&format!("{DECLARATIONS}{line}")).expect_err(line);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].message.clone()
}

#[test]
fn words_of_other_languages_get_a_hint() {
    for (line, part) in [
        ("alow find x when same", "did you mean `allow`?"),
        ("Allow find x when same", "did you mean `allow`?"),
        ("permit find x when same", "did you mean `allow`?"),
        ("forbid find x when same", "did you mean `deny`?"),
        ("role boss", "did you mean `roles`?"),
        ("kind team", "did you mean `kinds`?"),
        ("settings x on off", "did you mean `setting`?"),
        ("relatoins x:own", "did you mean `relations`?"),
        ("else find x code closed", "did you mean `otherwise`?"),
        ("deny find x when role(me)!=teacher", "put `role(me)=teacher` after `unless`"),
        ("deny find x when role(me) != teacher", "put `role(me)=teacher` after `unless`"),
        ("deny send x when role(me)==teacher", "a single `=` compares: `role(me)=teacher`"),
        ("deny send x when not holder", "put `holder` after `unless`"),
        ("deny find x when !role(me)=teacher", "put `role(me)=teacher` after `unless`"),
        ("deny send x when holder && author", "joined by `and`"),
        ("allow find x when (same)", "no parentheses"),
        ("deny find x when (role(me)=teacher and same)", "no parentheses"),
        ("allow find x when me friend them", "`me -friend- them`"),
        ("allow find x when me -friend them", "`me -friend- them`"),
        ("allow find x when me - friend - them", "`me -friend- them`"),
        ("allow find x when me follow them", "`me -follow-> them`"),
        ("allow find x when me follow-> them", "`me -follow-> them`"),
        ("deny find x when them block me", "`them -block-> me`"),
        ("deny find x when me <-block- them", "`them -block-> me`"),
        ("allow find x when me guardian> them", "`me -guardian-> them`"),
    ] {
        let message = problem(line);
        assert!(message.contains(part), "{line}\n{message}\nlacks {part}");
    }
}

#[test]
fn a_word_unlike_all_known_words_gets_no_hint() {
    let message = problem("zebra find x when same");
    assert!(!message.contains("did you mean"), "{message}");
}

#[test]
fn a_byte_order_mark_is_reported() {
    let problems = Policy::parse(&format!("\u{feff}{DECLARATIONS}")).expect_err("a mark");
    assert_eq!((problems.len(), problems[0].line), (1, 1), "{problems:?}");
    assert!(problems[0].message.contains("byte order mark (BOM, U+FEFF)"), "{problems:?}");
}

#[test]
fn the_hint_to_split_a_rule_appears_only_if_two_rules_mean_the_same() {
    let many = vec!["holder"; 33].join(" and ");
    assert!(!problem(&format!("allow read x when {many}")).contains("write two rules"));
    assert!(problem("deny find x when me *@* edge group and me *@* edge them *@*").contains("write two rules"));
}

/// The warnings about rules, with their lines, without the warnings about words that these rules do not use.
fn warnings(rules: &str) -> Vec<(u32, String)> {
    let policy = Policy::parse(&format!("{DECLARATIONS}{rules}")).unwrap_or_else(|problems| panic!("{rules}\n{problems:?}"));
    let warnings = policy.warnings().into_iter().map(|warning| (warning.line, warning.message));
    warnings.filter(|(_, message)| !message.contains("is declared and no rule uses it")).collect()
}

/// Rules without which a policy gets warnings, so that a test sees only its own warning.
const RULES_WITHOUT_WARNINGS: &str = "allow read holder when holder\ndeny start blocked when them -block-> me\n";

#[test]
fn suspicious_rules_get_a_warning() {
    for (line, part) in [
        (
            "deny edit never\nallow edit mine when holder and author",
            "`mine` allows no user to edit: `never` (line 9) denies it",
        ),
        ("allow edit,read mine when holder\ndeny edit never when holder", "allows no user to edit: `never` (line 10)"),
        ("allow find all when everyone\ndeny find none when everyone", "`all` allows no user to find"),
        ("allow find all when everyone unless same\ndeny find others unless same", "`all` allows no user to find"),
        ("allow address_group all when every group\ndeny address_group none", "`all` allows no user to address_group"),
        ("allow send x when holder unless holder", "`x` never matches: it asks for `holder` and excepts it"),
        ("deny send x when state=open and state=closed", "`state=open` and `state=closed` exclude each other"),
        ("deny send x when setting(messaging)=on and setting(messaging)=off", "exclude each other"),
        ("allow add_member,send x when holder", "`x` allows add_member in groups only"),
        ("deny find x unless everyone", "`x` never matches: it excepts `everyone`"),
    ] {
        let found = warnings(&format!("{RULES_WITHOUT_WARNINGS}{line}"));
        assert_eq!(found.len(), 1, "{line}\n{found:?}");
        assert!(found[0].1.contains(part), "{line}\n{found:?}\nlacks {part}");
    }
}

#[test]
fn a_start_without_read_and_a_block_without_effect_get_a_warning() {
    let found = warnings("deny start blocked when them -block-> me\nallow start all when everyone\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == 8 && found[0].1.contains("no rule allows `read`"), "{found:?}");
    let found = warnings("allow read holder when holder\nallow block anyone when everyone\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == 4 && found[0].1.contains("it prevents nothing"), "{found:?}");
    let spared = "allow read holder when holder\nallow start all when everyone unless them -block-> me\n";
    assert_eq!(warnings(spared), [], "an exception of an `allow` keeps away, too");
}

#[test]
fn sound_rules_get_no_warning() {
    for line in [
        "deny edit others when holder unless author\nallow edit mine when holder",
        "deny send closed when state=closed\nallow send inside when holder",
        "deny find them when role(them)=teacher\nallow find all when everyone and role(me)=teacher",
        "deny find groups unless size(group)>0\nallow find all when everyone",
        "allow add_member,leave x when holder and conversation=group",
    ] {
        assert_eq!(warnings(&format!("{RULES_WITHOUT_WARNINGS}{line}")), [], "{line}");
    }
}

#[test]
fn words_that_no_rule_uses_get_a_warning() {
    let text = format!("{DECLARATIONS}{RULES_WITHOUT_WARNINGS}allow find mates when me learner@class with them *@class\n");
    let policy = Policy::parse(&text).expect("rules");
    let found: Vec<String> = policy.warnings().iter().map(ToString::to_string).collect();
    for part in [
        "line 3: the kind `cycle`",
        "line 3: the kind `candidates`",
        "line 4: the relation `friend`",
        "line 4: the relation `guardian`",
        "line 5: the setting `messaging`",
        "line 6: the setting `edit_window`",
    ] {
        assert!(found.iter().any(|warning| warning.starts_with(part)), "{part}\n{found:#?}");
    }
    assert!(!found.iter().any(|warning| warning.contains("role")), "`*` takes every role: {found:#?}");
}

#[test]
fn presets_get_no_warning_except_about_a_role_for_products() {
    for (name, text) in PRESETS {
        let found: Vec<String> = Policy::parse(text).expect(name).warnings().iter().map(ToString::to_string).collect();
        let expected: &[&str] = match name {
            "lms" => &["the role `member`"],
            _ => &[],
        };
        assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
        assert!(found.iter().zip(expected).all(|(warning, part)| warning.contains(part)), "{name}: {found:#?}");
    }
}
