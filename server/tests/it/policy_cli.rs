//! `causerie policy`, `causerie audit` and the list commands, run on the database of a running server.

use std::process::{Command, Stdio};

use causerie_client::SendError;
use causerie_protocol::ErrorCode;
use causerie_server::domain::UserStatus;

use crate::harness::{Cluster, Database, Facts, Settings, TempDir};

#[tokio::test]
async fn rules_are_checked_and_tested_without_a_server() {
    let cluster = Cluster::embedded().await;
    let run = |arguments: &[&str]| cluster.settings().run(arguments);
    let fail = |arguments: &[&str]| cluster.settings().fail(arguments);
    let folder = TempDir::new();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a temporary file can be written");
        path.to_str().expect("temporary folders are UTF-8").to_owned()
    };

    assert!(run(&["policy", "list"]).contains("\nschool "), "every preset is listed");
    assert!(run(&["policy", "test"]).contains("policy school: "), "presets keep to their cases");
    let rules = file("mine.policy", "policy mine\nroles boss\nallow find,start all when everyone and role(me)=boss\n");
    let summary = run(&["policy", "check", &rules]);
    assert!(summary.starts_with("policy mine: 1 rule\nroles: boss\nnever allowed: see_profile"), "{summary}");
    let bad = file("bad.policy", "policy mine\nallow find all when everyone\nallow fnid all when everyone\n");
    let complaint = fail(&["policy", "check", &bad]);
    assert!(complaint.contains(&format!("{bad}:3: ")) && complaint.contains("1 problem"), "{complaint}");

    let cases = file("mine.cases", "user ada boss\nuser lea\nexpect ada start lea allow\nexpect lea start ada allow\n");
    let failed = fail(&["policy", "test", &rules, &cases]);
    assert!(failed.contains(&format!("{cases}:4: ")) && failed.contains("1 of 2 cases"), "{failed}");
    let wrong = file("wrong.cases", "user ada boss\nexpect ada start ada allow al\n");
    let failed = fail(&["policy", "test", &rules, &wrong]);
    assert!(failed.contains(&format!("{wrong}:2: there is no rule `al`; did you mean `all`?")), "{failed}");
    let empty = file("empty.cases", "user ada boss\n");
    let failed = fail(&["policy", "test", &rules, &empty]);
    assert!(failed.contains(&format!("{empty}:1: ")) && failed.contains("`expect`"), "{failed}");
}

#[tokio::test]
async fn rules_are_set_explained_compared_and_rolled_back() {
    let cluster = Cluster::embedded().await;
    let run = |arguments: &[&str]| cluster.settings().run(arguments);
    let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
    let conversation = lea.direct_with(&tom).await;
    lea.say(conversation, "before").await;

    assert!(run(&["policy", "diff", "--tenant", "acme", "current", "school"]).contains("come to a stop: 1\n"));
    assert_eq!(run(&["policy", "set", "--tenant", "acme", "--preset", "school", "--by", "Ada"]), "version 1\n");
    let refused = lea.send(conversation, "after").await.expect_err("they share no class");
    let by_rule = matches!(&refused, SendError::Refused(refusal) if refusal.code == ErrorCode::NotFound as u32);
    assert!(by_rule, "{refused:?}");

    Facts::new().members(&["lea", "tom"], "learner", "6a", "class").write(&cluster).await;
    lea.say(conversation, "classmates now").await;
    let why = run(&["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "tom"]);
    assert!(why.starts_with("`start` is allowed by `classmate`: both in class `6a`\n"), "{why}");
    let of_group = ["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "group:6a"];
    let why = run(&of_group);
    let sentence =
        "`address_group` is denied by `no-groups`, as unsupported; shown as not_found because of `secret_directory`\n";
    assert!(why.starts_with(sentence), "{why}");
    let refused = cluster.settings().fail(&[&of_group[..], &["--action", "start"]].concat());
    assert!(refused.contains("`start` does not fit a group; actions that fit: find, address_group"), "{refused}");
    Facts::new().inactive("pol", UserStatus::Removed).write(&cluster).await;
    let why = run(&["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "pol"]);
    let sentence = "`start` is denied, as cannot_start: no rule allows it, and `pol` is removed; shown as not_found";
    assert!(why.starts_with(sentence), "{why}");
    let why = run(&["policy", "explain", "--tenant", "acme", "--as", "pol", "--to", "lea"]);
    assert_eq!(why, "`start` is denied (built in), as not_found: `pol` is removed\n");

    let unused = cluster.settings().fail(&["policy", "set", "--tenant", "acme", "--preset", "open"]);
    assert!(unused.contains("role `learner`: 2 facts") && unused.contains("--accept-unused-words"), "{unused}");
    let back = ["policy", "rollback", "--tenant", "acme", "--by", "Ada"];
    let unused = cluster.settings().fail(&back);
    assert!(unused.contains("kind `class`: 1 fact uses it") && unused.contains("--accept-unused-words"), "{unused}");
    let accepted = [back.as_slice(), &["--accept-unused-words"]].concat();
    assert_eq!(run(&accepted), "version 2: `open`, the rules of version 0\n");
    let history = run(&["policy", "history", "--tenant", "acme"]);
    let versions: Vec<&str> = history.lines().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(versions, ["version 2: open (preset)", "version 1: school (preset)", "version 0: open (preset)"]);
    assert!(history.starts_with("version 2: open (preset), the rules of version 0, "), "{history}");
    assert!(history.lines().take(2).all(|line| line.ends_with(" by cli:Ada")), "{history}");
    assert!(run(&["policy", "show", "--tenant", "acme"]).contains("policy open"));
    let audit = run(&["audit", "--tenant", "acme", "--action", "policy.rollback", "--since", "2020-01-01"]);
    assert!(audit.trim_end().ends_with(" cli:Ada policy.rollback policy:2 done name=\"open\" restores=0"), "{audit}");
}

#[tokio::test]
async fn a_tenant_that_was_created_with_a_policy_is_not_rolled_back_to_open() {
    let cluster = Cluster::embedded().await;
    let run = |arguments: &[&str]| cluster.settings().run(arguments);
    run(&["tenant", "create", "lycee", "--name", "Lycée", "--policy", "school"]);
    let back = ["policy", "rollback", "--tenant", "lycee"];
    let refused = cluster.settings().fail(&back);
    assert!(refused.contains("these are the first rules of the tenant"), "{refused}");
    let refused = cluster.settings().fail(&[&back[..], &["--to", "0"]].concat());
    assert!(refused.contains("the tenant never had rules of version 0"), "{refused}");
    run(&["policy", "set", "--tenant", "lycee", "--preset", "community"]);
    assert_eq!(run(&back), "version 3: `school`, the rules of version 1\n");
    assert!(!run(&["policy", "history", "--tenant", "lycee"]).contains("version 0"));
}

#[tokio::test]
async fn an_error_about_a_missing_thing_names_where_it_was_searched() {
    let folder = TempDir::new();
    let data = folder.path().join("data");
    let settings = Settings::on(&Database::sqlite()).set("data.dir", data.display());
    for arguments in [
        ["policy", "history", "--tenant", "club"].as_slice(),
        &["policy", "show", "--tenant", "club"],
        &["policy", "explain", "--tenant", "club", "--as", "lea", "--to", "tom"],
        &["audit", "--tenant", "club"],
        &["tenant", "list"],
        &["api-key", "list", "--tenant", "club"],
        &["signing-key", "list", "--tenant", "club"],
    ] {
        let complaint = settings.fail(arguments);
        let expected = format!("there is no database at {}/causerie.sqlite (`data.dir`)", data.display());
        assert!(complaint.contains(&expected) && complaint.contains("`causerie migrate`"), "{complaint}");
        assert!(!data.exists(), "{arguments:?} made it");
    }
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    let complaint = settings.fail(&["audit", "--tenant", "club"]);
    let expected = format!("there is no tenant `club` in {}/causerie.sqlite", data.display());
    assert!(complaint.contains(&expected), "{complaint}");
}

#[tokio::test]
async fn tenants_and_keys_are_listed_without_their_secrets() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let run = |arguments: &[&str]| cluster.settings().run(arguments);
        let made = run(&["tenant", "create", "lycee", "--name", "Lycée Hugo"]);
        let id = made.strip_prefix("id ").expect("is printed").trim();
        let listed = run(&["tenant", "list"]);
        let lines: Vec<&str> = listed.lines().collect();
        assert!(lines[0].starts_with("acme  ") && lines[1].starts_with(&format!("lycee  {id}  created 2")), "{listed}");
        assert!(lines.len() == 2 && lines[1].ends_with("Z  Lycée Hugo"), "{listed}");

        let printed = run(&["api-key", "create", "--tenant", "acme", "--name", "back end", "--scopes", "act,read"]);
        let (id, key) = printed.trim().split_once("\nkey ").expect("both are printed");
        let id = id.strip_prefix("id ").expect("comes first");
        run(&["api-key", "revoke", id]);
        let listed = run(&["api-key", "list", "--tenant", "acme"]);
        let is_told = listed.starts_with(&format!("{id}  act,read  created 2")) && listed.ends_with("Z  back end\n");
        assert!(is_told && listed.contains("  revoked 2") && !listed.contains(key), "{listed}");
        assert_eq!(run(&["api-key", "list", "--tenant", "lycee"]), "");

        let add = ["signing-key", "add", "--tenant", "lycee", "--algorithm", "HS256", "--kid", "k1", "--generate"];
        let printed = run(&add);
        let (_, secret) = printed.trim().split_once("\nsecret ").expect("is printed once");
        let listed = run(&["signing-key", "list", "--tenant", "lycee"]);
        assert!(listed.starts_with("k1  HS256  created 2") && listed.lines().count() == 1, "{listed}");
        assert!(!listed.contains("revoked") && !listed.contains(secret), "{listed}");
    }
}

#[test]
fn a_command_ends_quietly_when_its_output_is_closed() {
    for arguments in [["policy", "list"].as_slice(), &["policy", "show", "--preset", "school"], &["check-config"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_causerie"));
        let child = command.env_clear().args(arguments).stdout(writer).stderr(Stdio::piped()).spawn().expect("it starts");
        let ended = child.wait_with_output().expect("it is ours");
        assert!(ended.status.success() && ended.stderr.is_empty(), "{arguments:?}: {ended:?}");
    }
}
