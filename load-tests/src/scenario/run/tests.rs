use std::{collections::HashSet, path::Path};

use super::*;

/// The smallest valid file.
const SMALL: &str = "\
title = \"Two users talk.\"
[users]
ann = 1
ben = 1
[[conversations]]
kind = \"direct\"
count = 1
from = \"ann\"
to = \"ben\"
[load]
sends_per_second = 5
";

fn of(text: &str) -> Outcome<(Model, Plan)> {
    let model = Model::read(Path::new("own.toml"), text)?;
    let plan = Plan::of(&model)?;
    Ok((model, plan))
}

fn fault(text: &str) -> String {
    of(text).expect_err("is refused").to_string()
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(folder).expect("is there").map(|entry| entry.expect("reads").path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_example_can_be_read() {
    let names: Vec<String> = examples()
        .iter()
        .map(|file| {
            let own = read(&file.display().to_string()).expect("reads");
            let load = &own.model.load;
            assert!(load.ramp_s + load.warm_up_s + load.seconds < 60.0, "{} takes more than a minute", own.name);
            assert!(!own.plan.conversations.concat().is_empty() || !own.plan.mails.is_empty());
            own.name
        })
        .collect();
    assert_eq!(names, ["community", "ent", "lms", "medical", "school"]);
}

#[test]
fn examples_name_existing_presets() {
    for file in examples() {
        let own = read(&file.display().to_string()).expect("reads");
        let Some(Rules::Preset(preset, _)) = &own.model.rules else { panic!("{} has no preset", own.name) };
        let preset = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../policy/presets/{preset}.policy"));
        assert!(preset.is_file(), "{}", preset.display());
    }
}

#[test]
fn the_example_of_the_readme_can_be_read() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("```toml\n").expect("there is one");
    let (example, _) = rest.split_once("```").expect("it ends");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/presets/examples/own.toml");
    let model = Model::read(&beside, example).expect("reads");
    Plan::of(&model).expect("has enough users");
}

#[test]
fn the_smallest_file_can_be_read() {
    let (model, plan) = of(SMALL).expect("reads");
    assert_eq!((plan.users, plan.online), (2, 2));
    assert_eq!(plan.conversations, [[[0, 1]]]);
    assert_eq!(model.load.rates, [(ActionKind::Send, 5.0)]);
    // The goals about lost, repeated, unordered and refused messages exist even if the file does not contain them.
    assert_eq!(model.goals.len(), 4);
}

#[test]
fn mistakes_are_named_with_their_line_and_path() {
    for (before, after, fault_is) in [
        ("= 5\n", "= \"many\"\n", "own.toml:11: load.sends_per_second: expected a number from 0 to 100000, not \"many\""),
        ("= 5\n", "= -1\n", "own.toml:11: load.sends_per_second: expected a number from 0 to 100000, not -1"),
        ("= 5\n", "= 5\nsecond = 9\n", "own.toml:12: load.second: there is no such key here; there are: "),
        ("ben = 1", "ben = 0", "own.toml:4: users.ben: expected a whole number from 1 to 100000, not 0"),
        ("to = \"ben\"", "to = \"bob\"", "own.toml:9: conversations[0].to: expected one of ann, ben, not \"bob\""),
        ("to = \"ben\"\n", "", "own.toml:5: conversations[0].to: say with whom"),
        ("count = 1\n", "count = 2\n", "own.toml:5: conversations[0]: only 1 different ones"),
        ("\"direct\"", "\"mail\"", "own.toml:11: load.sends_per_second: there is no direct or group conversation"),
        ("title", "tittle", "own.toml:1: title: say in a sentence what is done"),
        ("[users]", "[people]", "own.toml:2: people: this table has another name now: write `[users]`"),
        ("[users]", "rules = 3\n[users]", "own.toml:2: rules: expected a table, not 3"),
        ("[users]", "[rules]\n[users]", "own.toml:2: rules: expected either `preset` or `file`"),
        ("[users]", "[rules]\nfile = \"none.policy\"\n[users]", "own.toml:3: rules.file: none.policy is not there"),
        ("= 5\n", "= 5\n[goals]\nack_p99 = 3\n", "own.toml:13: goals.ack_p99: there is no such key here"),
        ("= 5\n", "= 5\n[goals]\nsearch_p99_ms = 3\n", "own.toml:13: goals.search_p99_ms: nobody does this"),
        ("= 5\n", "= 5\nsearches_per_second = 1\n", "own.toml:10: load.search: say what users type"),
        (
            "to = \"ben\"",
            "to = \"ben\"\nalong = \"friend\"",
            "own.toml:10: conversations[0].along: no [[relations]] `friend`",
        ),
        ("ben = 1", "ben = 99_999\ncy = 9", "own.toml:2: users: expected at most 100000 in all, not 100009"),
        ("= 5\n", "= 5 5\n", "own.toml:11: "),
    ] {
        let text = SMALL.replace(before, after);
        assert_ne!(text, SMALL, "{before} is in it");
        let fault = fault(&text);
        assert!(fault.starts_with(fault_is), "{fault_is}\n{fault}");
    }
}

#[test]
fn conversations_follow_groups_and_relations() {
    let own = read(&examples()[4].display().to_string()).expect("the school");
    let class_of = |user: u32| {
        let classes = own.model.groups.iter().position(|it| it.name == "classes").expect("there are");
        own.plan.groups[classes].iter().position(|class| class[0].contains(&user))
    };
    let pairs = &own.plan.conversations[0];
    assert_eq!(pairs.len(), 400);
    assert!(pairs.iter().all(|pair| class_of(pair[0]).is_some() && class_of(pair[0]) == class_of(pair[1])));
    assert!(pairs.iter().all(|pair| pair[0] < own.plan.online), "somebody is there");
    let different: HashSet<[u32; 2]> = pairs.iter().map(|it| [it[0].min(it[1]), it[0].max(it[1])]).collect();
    assert_eq!(different.len(), 400);

    let own = read(&examples()[3].display().to_string()).expect("the medical network");
    let friends: HashSet<(u32, u32)> = own.plan.relations[0].iter().copied().collect();
    assert!(own.plan.conversations[0].iter().all(|pair| friends.contains(&(pair[0], pair[1]))));
}

#[test]
fn every_user_is_in_as_many_groups_as_the_file_says() {
    let own = read(&examples()[4].display().to_string()).expect("the school");
    let subjects = own.model.groups.iter().position(|it| it.name == "subjects").expect("there are");
    let mut count = vec![0; own.plan.users as usize];
    for user in own.plan.groups[subjects].iter().flatten().flatten() {
        count[*user as usize] += 1;
    }
    let each = |name: &str| {
        let kind = own.model.users.iter().position(|it| it.name == name).expect("there are");
        own.plan.numbers[kind].iter().map(|user| count[*user as usize]).collect::<HashSet<_>>()
    };
    assert_eq!((each("pupils"), each("teachers"), each("staff")), ([8].into(), [2].into(), [0].into()));
}

#[test]
fn mails_reach_the_members_of_the_group_and_the_author() {
    let own = read(&examples()[1].display().to_string()).expect("the ENT");
    let mail = own.plan.mails.iter().find(|mail| mail.group.is_some()).expect("there are");
    let (kind, group) = mail.group.expect("has one");
    let members = &own.plan.groups[kind][group as usize];
    assert!(members.iter().flatten().chain([&mail.from]).all(|user| mail.readers.contains(user)));
    assert!(own.plan.mails.iter().all(|mail| mail.from < own.plan.online));
}

#[test]
fn a_plan_is_the_same_in_every_run() {
    let file = examples()[0].display().to_string();
    let (one, other) = (read(&file).expect("reads"), read(&file).expect("reads"));
    assert_eq!(one.plan.conversations, other.plan.conversations);
}

#[test]
fn groups_of_several_have_their_size() {
    let text =
        SMALL.replace("ben = 1", "ben = 20").replace("direct", "group").replace("count = 1", "count = 3\nmembers = 12");
    let (_, plan) = of(&text).expect("reads");
    for members in &plan.conversations[0] {
        let different: HashSet<&u32> = members.iter().collect();
        assert_eq!((members.len(), different.len()), (12, 12));
    }
}

#[test]
fn without_a_key_no_user_is_imported_to_a_target() {
    use crate::cli::Cli;
    use clap::Parser as _;
    // The command line accepts the file, and refuses an invalid file with status 2.
    assert!(Cli::try_parse_from(["load-tests", "run", &examples()[0].display().to_string()]).is_ok());
    let error = Cli::try_parse_from(["load-tests", "run", "none.toml"]).expect_err("is not there").to_string();
    assert!(error.contains("none.toml"), "{error}");
    let own = read(&examples()[0].display().to_string()).expect("reads");
    assert_eq!(own.model.provisioned(), ["rules", "relations"]);
}
