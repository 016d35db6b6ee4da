//! `causerie policy` and `causerie audit`, as operators run them: on the database of a running server.

use causerie_client::SendError;
use causerie_protocol::ErrorCode;

use crate::harness::{Cluster, Facts, TempDir};

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
    assert!(summary.starts_with("policy mine: 1 rules\nroles: boss\nnobody may: see_profile"), "{summary}");
    let bad = file("bad.policy", "policy mine\nallow find all when everyone\nallow fnid all when everyone\n");
    let complaint = fail(&["policy", "check", &bad]);
    assert!(complaint.contains(&format!("{bad}:3: ")) && complaint.contains("1 problem"), "{complaint}");

    let cases = file("mine.cases", "user ada boss\nuser lea\nexpect ada start lea allow\nexpect lea start ada allow\n");
    let failed = fail(&["policy", "test", &rules, &cases]);
    assert!(failed.contains(&format!("{cases}:4: ")) && failed.contains("1 of 2 cases"), "{failed}");
}

#[tokio::test]
async fn rules_are_set_explained_compared_and_taken_back() {
    let cluster = Cluster::embedded().await;
    let run = |arguments: &[&str]| cluster.settings().run(arguments);
    let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
    let talk = lea.direct_with(&tom).await;
    lea.say(talk, "before").await;

    assert!(run(&["policy", "diff", "--tenant", "acme", "current", "school"]).contains("come to a stop: 1\n"));
    assert_eq!(run(&["policy", "set", "--tenant", "acme", "--preset", "school", "--by", "Ada"]), "version 1\n");
    let refused = lea.send(talk, "after").await.expect_err("they share no class");
    let by_rule = matches!(&refused, SendError::Refused(refusal) if refusal.code == ErrorCode::NotFound as u32);
    assert!(by_rule, "{refused:?}");

    Facts::new().members(&["lea", "tom"], "learner", "6a", "class").write(&cluster).await;
    lea.say(talk, "classmates now").await;
    let why = run(&["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "tom"]);
    assert!(why.starts_with("`start` is allowed by `classmate`: both in class `6a`\n"), "{why}");
    let why =
        run(&["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "group:6a", "--action", "address_group"]);
    assert!(why.starts_with("`address_group` is denied by `no-groups`, as unsupported\n"), "{why}");

    let unused = cluster.settings().fail(&["policy", "set", "--tenant", "acme", "--preset", "open"]);
    assert!(unused.contains("role `learner`: 2 facts") && unused.contains("--accept-unused-words"), "{unused}");
    assert_eq!(run(&["policy", "rollback", "--tenant", "acme", "--by", "Ada"]), "version 2: the rules of version 0\n");
    let history = run(&["policy", "history", "--tenant", "acme"]);
    let versions: Vec<&str> = history.lines().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(versions, ["version 2: open (preset)", "version 1: school (preset)", "version 0: open (preset)"]);
    assert!(history.lines().take(2).all(|line| line.ends_with(" by cli:Ada")), "{history}");
    assert!(run(&["policy", "show", "--tenant", "acme"]).contains("policy open"));
    let audit = run(&["audit", "--tenant", "acme", "--action", "policy.rollback", "--since", "2020-01-01"]);
    assert!(audit.trim_end().ends_with(" cli:Ada policy.rollback policy:2 done name=\"open\""), "{audit}");
}
