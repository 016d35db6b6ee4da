//! `POST /v1/import` and `causerie import`: users, groups and facts in bulk.

use std::time::{Duration, Instant};

use causerie_client::State;
use causerie_server::{
    clock::{Clock as _, SystemClock},
    store::{
        Store,
        queries::{facts::FactWrite, tenants},
    },
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Caller, assert_problem};
use crate::harness::{Cluster, TempDir, http::Request, within};

/// Declarations for every type of row, and a rule through which tests see the facts.
const RULES: &str = "policy test
roles learner teacher owner
kinds year class
relations friend:mutual block:own
setting messaging on off
allow find,see_profile,start classmate when me learner@class with them learner@class
allow find,see_profile,start self when same
allow read,send holder when holder
";

/// Sets these rules.
async fn set_rules(cluster: &Cluster, rules: &str) {
    let store = Store::connect(&cluster.database.to_connect()).await.expect("connects");
    let tenant = tenants::find_by_slug(&store, &cluster.tenant.slug).await.expect("answers").expect("is there");
    let mut write = FactWrite::begin(&store, tenant.id, SystemClock.now_ms()).await.expect("begins");
    write.policy("test", rules, "a test").await.expect("writes");
    write.commit().await.expect("commits");
    for pool in [store.writer(), store.reader()] {
        pool.close_by_ref().await.expect("the pool closes");
    }
}

/// One node on each database, with [`RULES`].
async fn clusters() -> [Cluster; 2] {
    let clusters = [Cluster::embedded().await, Cluster::start(1).await];
    for cluster in &clusters {
        set_rules(cluster, RULES).await;
    }
    clusters
}

async fn import(back_end: &Caller<'_>, query: &str, rows: &[Value]) -> (Vec<Value>, Value) {
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut lines = back_end.send(Request::new("POST", format!("/v1/import{query}")).body(body)).await.lines();
    let summary = lines.pop().expect("a summary")["summary"].clone();
    assert!(summary.is_object(), "the last line is the summary: {lines:?}");
    (lines, summary)
}

/// The result of each row.
fn results(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["result"].as_str()).collect()
}

/// At least one row of each type.
fn rows() -> Vec<Value> {
    vec![
        json!({ "type": "user", "id": "lea", "name": "Léa Martin", "locale": "fr", "roles": ["owner"] }),
        json!({ "type": "user", "id": "tom", "name": "Tom Nguyen", "status": "invited", "writable_by": "contacts" }),
        json!({ "type": "group", "id": "y1", "kind": "year", "name": "Year 1" }),
        json!({ "type": "group", "id": "6a", "kind": "class", "name": "Class 6A", "parent": "y1", "delivers": "both" }),
        json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner", "from": "2020-09-01" }),
        json!({ "type": "membership", "user": "tom", "group": "6a", "role": "learner", "until": "2099-07-01T00:00:00Z" }),
        json!({ "type": "relation", "relation": "friend", "from": "lea", "to": "tom", "state": "pending" }),
        json!({ "type": "edge", "from": "y1", "from_role": "teacher", "to": "6a", "effect": "allow", "delivers": "people" }),
        json!({ "type": "setting", "name": "messaging", "value": "off" }),
    ]
}

#[tokio::test]
async fn every_type_of_row_can_be_added_changed_and_removed() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        let (lines, summary) = import(&back_end, "?results=all", &rows()).await;
        assert_eq!(results(&lines), ["created"; 9], "{lines:?}");
        assert_eq!((&lines[4]["row"], &lines[4]["id"]), (&json!(5), &json!("lea learner@6a")));
        assert_eq!((&summary["rows"], &summary["created"], &summary["stopped"]), (&json!(9), &json!(9), &Value::Null));

        let (lines, again) = import(&back_end, "?results=all", &rows()).await;
        assert_eq!(results(&lines), ["unchanged"; 9], "{lines:?}");
        assert_eq!(again["facts_version"], summary["facts_version"], "nothing changed");

        let changed = [
            json!({ "type": "user", "id": "lea", "name": "Léa Durand" }),
            json!({ "type": "group", "id": "6a", "state": "concluded" }),
            json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner" }),
            // The same mutual relation, with its ends exchanged.
            json!({ "type": "relation", "relation": "friend", "from": "tom", "to": "lea" }),
            json!({ "type": "edge", "from": "y1", "from_role": "teacher", "to": "6a", "effect": "deny" }),
            json!({ "type": "setting", "name": "messaging", "value": "on" }),
        ];
        let (lines, _) = import(&back_end, "?results=all", &changed).await;
        assert_eq!(results(&lines), ["updated"; 6], "{lines:?}");

        let mut gone = changed.to_vec();
        gone.iter_mut().for_each(|row| row["deleted"] = true.into());
        gone.rotate_left(2);
        let (lines, summary) = import(&back_end, "?results=all", &gone).await;
        assert_eq!(results(&lines), ["removed"; 6], "{lines:?}");
        assert_eq!(summary["removed"], 6);
        let (lines, _) = import(&back_end, "?results=all", &gone).await;
        assert_eq!(results(&lines), ["unchanged"; 6], "{lines:?}");
    }
}

#[tokio::test]
async fn a_bad_row_is_named_and_the_other_rows_are_applied() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        let body = [
            r#"{"type":"user","id":"lea","name":"Léa"}"#,
            "",
            r#"{"type":"user","id":"tom","nmae":"Tom"}"#,
            "not JSON",
            r#"["a","list"]"#,
            r#"{"type":"membership","user":"lea","group":"6a","role":"learner"}"#,
            r#"{"type":"group","id":"6a"}"#,
            r#"{"type":"group","id":"6a","kind":"class","parent":"nowhere"}"#,
            r#"{"type":"membership","user":"zoe","group":"6b","role":"learner"}"#,
            r#"{"type":"group","id":"6b","kind":"class"}"#,
            r#"{"type":"user","id":"zoe","roles":["boss"]}"#,
            r#"{"type":"membership","user":"zoe","group":"6b","role":"learner"}"#,
            r#"{"type":"membership","user":"lea","group":"6b","role":"learner"}"#,
        ];
        let mut body = body.join("\n").into_bytes();
        body.extend([b"\n{\"type\":\"user\",\"id\":\"".as_slice(), &[b'x'; 70_000], b"\"}"].concat());
        let lines = back_end.send(Request::new("POST", "/v1/import").body(body)).await.lines();
        let blamed: Vec<(u64, &str)> = lines
            .iter()
            .filter_map(|line| Some((line["row"].as_u64()?, line["field"].as_str().unwrap_or_default())))
            .collect();
        let expected = [
            (3, "nmae"),
            (4, ""),
            (5, ""),
            (6, "group"),
            (7, "kind"),
            (8, "parent"),
            (9, "user"),
            (11, "roles"),
            (12, "user"),
            (14, ""),
        ];
        assert_eq!(blamed, expected, "{lines:?}");
        let told = |line: &Value| line["message"].as_str().is_some_and(|message| !message.is_empty());
        assert!(lines[..10].iter().all(told), "{lines:?}");
        let summary = &lines[10]["summary"];
        assert_eq!((&summary["rows"], &summary["created"], &summary["refused"]), (&json!(13), &json!(3), &json!(10)));
    }
}

#[tokio::test]
async fn a_csv_body_is_refused_and_the_answer_names_the_command_for_files() {
    let cluster = Cluster::embedded().await;
    let back_end = Caller::back_end(&cluster, "provision");
    let csv = "id,name,status\nlea,Léa,active\ntom,Tom,active\n";
    for (media_type, body) in [("text/csv; charset=utf-8", csv), ("application/x-www-form-urlencoded", csv)] {
        let request = Request::new("POST", "/v1/import").header("content-type", media_type).body(body);
        let answer = back_end.send(request).await;
        assert_problem(&answer, 415, "malformed", "content-type");
        assert!(answer.text().contains("`causerie import` reads CSV files"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_group_that_contains_itself_is_refused() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        let group = |id: &str, parent: &str| json!({ "type": "group", "id": id, "kind": "class", "parent": parent });
        import(&back_end, "", &[group("a", ""), group("b", "a"), group("c", "b")]).await;
        let rows = [group("a", "c"), group("c", ""), group("a", "c")];
        let (lines, _) = import(&back_end, "?results=all", &rows).await;
        assert_eq!(results(&lines), ["refused", "updated", "updated"], "{lines:?}");
        assert_eq!(lines[0]["field"], "parent", "{lines:?}");
    }
}

#[tokio::test]
async fn a_dry_run_answers_the_same_and_changes_nothing() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision,act");
        // The rows need several transactions, later rows refer to earlier ones, and one of them is refused.
        let users = (0..700).map(|n| json!({ "type": "user", "id": format!("p{n}"), "name": format!("User {n}") }));
        let mut all: Vec<Value> = rows().into_iter().chain(users).collect();
        let members =
            (0..700).map(|n| json!({ "type": "membership", "user": format!("p{n}"), "group": "6a", "role": "learner" }));
        all.extend(members);
        all.push(json!({ "type": "group", "id": "6b", "kind": "class", "parent": "6a" }));
        all.push(json!({ "type": "membership", "user": "nobody", "group": "6a", "role": "learner" }));
        all.push(json!({ "type": "user", "id": "lea", "name": "Léa Durand" }));

        let (dry, dry_summary) = import(&back_end, "?dry_run=true&results=all", &all).await;
        assert_eq!((&dry_summary["dry_run"], &dry_summary["refused"]), (&json!(true), &json!(1)));
        let lea = back_end.send(Request::get("/v1/me").header("causerie-user", "lea")).await;
        assert_problem(&lea, 404, "not_found", "");
        let (real, summary) = import(&back_end, "?results=all", &all).await;
        assert_eq!(dry, real);
        assert_eq!((&summary["created"], &dry_summary["created"]), (&json!(1_410), &json!(1_410)));
    }
}

#[tokio::test]
async fn replace_removes_facts_that_the_rows_do_not_name_within_a_limit() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        let user = |n: u32| json!({ "type": "user", "id": format!("p{n}") });
        let member = |n: u32, group: &str| json!({ "type": "membership", "user": format!("p{n}"), "group": group, "role": "learner" });
        let mut all: Vec<Value> = (0..100).map(user).collect();
        all.extend(["6a", "6b"].map(|id| json!({ "type": "group", "id": id, "kind": "class" })));
        all.extend((0..100).flat_map(|n| [member(n, "6a"), member(n, "6b")]));
        import(&back_end, "", &all).await;

        // The rows name one group, so the other group keeps its members.
        let kept: Vec<Value> = (0..95).map(|n| member(n, "6a")).collect();
        let (lines, summary) = import(&back_end, "?replace=memberships:6a&results=all", &kept).await;
        assert_eq!((&summary["removed"], &summary["unchanged"]), (&json!(5), &json!(95)), "{summary}");
        assert_eq!((&lines[95]["result"], lines[95].get("row")), (&json!("removed"), None), "{}", lines[95]);

        // 195 memberships remain, of which at most 20 may be removed.
        let (_, summary) = import(&back_end, "?replace=memberships", &kept).await;
        assert_eq!((&summary["removed"], &summary["unchanged"]), (&json!(0), &json!(95)), "{summary}");
        assert!(summary["stopped"].as_str().is_some_and(|why| why.contains("100 of 195")), "{summary}");
        let (_, summary) = import(&back_end, "?replace=memberships&delete_limit=100&dry_run=true", &kept).await;
        assert_eq!((&summary["removed"], &summary["stopped"]), (&json!(100), &Value::Null), "{summary}");
        let (_, summary) = import(&back_end, "?replace=memberships&delete_limit=60%25", &kept).await;
        assert_eq!((&summary["removed"], &summary["stopped"]), (&json!(100), &Value::Null), "{summary}");

        // Users are not removed if rows can not be read.
        let mut users: Vec<Value> = (0..90).map(user).collect();
        users.push(json!({ "type": "user", "id": "p95", "name": 7 }));
        let (_, summary) = import(&back_end, "?replace=users", &users).await;
        assert_eq!((&summary["removed"], &summary["refused"]), (&json!(0), &json!(1)), "{summary}");
        users.pop();
        let (_, summary) = import(&back_end, "?replace=users", &users).await;
        assert_eq!((&summary["removed"], &summary["stopped"]), (&json!(10), &Value::Null), "{summary}");
        let (_, summary) = import(&back_end, "?replace=groups", &[json!({ "type": "group", "id": "6a" })]).await;
        assert_eq!((&summary["removed"], &summary["unchanged"]), (&json!(1), &json!(1)), "{summary}");

        // The audit holds the begin and the end of each import. A dry run is not in the audit.
        let reader = Caller::back_end(&cluster, "read");
        for action in ["import.begin", "import"] {
            let page = reader.get(format!("/v1/audit?action={action}")).await.ok();
            let scopes: Vec<&Value> =
                page["entries"].as_array().into_iter().flatten().map(|one| &one["detail"]["replace"]).collect();
            let replaced = ["groups", "users", "users", "memberships", "memberships", "memberships:6a"].map(Value::from);
            assert_eq!(scopes, replaced.iter().chain([&Value::Null]).collect::<Vec<_>>(), "{page}");
        }
    }
}

#[tokio::test]
async fn replace_works_for_relations_and_edges() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        import(&back_end, "", &rows()).await;
        // A mutual relation with its ends exchanged is the same relation.
        let turned = json!({ "type": "relation", "relation": "friend", "from": "tom", "to": "lea", "state": "pending" });
        let (_, summary) = import(&back_end, "?replace=relations:friend", &[turned]).await;
        assert_eq!((&summary["removed"], &summary["unchanged"]), (&json!(0), &json!(1)), "{summary}");
        for scope in ["relations:friend", "edges"] {
            let (_, summary) = import(&back_end, &format!("?replace={scope}&delete_limit=1"), &[]).await;
            assert_eq!((&summary["rows"], &summary["removed"]), (&json!(0), &json!(1)), "{scope}: {summary}");
        }
    }
}

#[tokio::test]
async fn replace_without_rows_removes_nothing_unless_a_limit_is_given() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        import(&back_end, "", &rows()).await;
        // The memberships of another group do not count for this group.
        let groups = [json!({ "type": "group", "id": "6b", "kind": "class" })];
        let elsewhere = [json!({ "type": "membership", "user": "lea", "group": "6b", "role": "learner" })];
        import(&back_end, "", &groups).await;
        for (scope, rows, all) in
            [("users", &groups, 2), ("groups", &elsewhere, 3), ("edges", &groups, 1), ("memberships:6a", &elsewhere, 2)]
        {
            for dry_run in ["", "&dry_run=true"] {
                let (_, summary) = import(&back_end, &format!("?replace={scope}{dry_run}"), rows).await;
                let stopped = summary["stopped"].as_str().unwrap_or_default();
                let expected = format!("no row is about `{scope}`, so `replace` would remove all {all} facts of it");
                assert!(stopped.contains(&expected) && stopped.contains("`delete_limit`"), "{summary}");
                assert_eq!(summary["removed"], 0, "{summary}");
            }
        }
        // An import without rows goes through if it removes nothing, or if a limit is given.
        let (_, summary) = import(&back_end, "?replace=relations:block", &[]).await;
        assert_eq!(summary["stopped"], Value::Null, "{summary}");
        let (_, summary) = import(&back_end, "?replace=memberships:6a&delete_limit=100%25", &elsewhere).await;
        assert_eq!((&summary["removed"], &summary["stopped"]), (&json!(2), &Value::Null), "{summary}");
        // Half of three, rounded down. A dry run also counts users that it would create.
        let left = [json!({ "type": "user", "id": "zoe" })];
        let (_, dry) = import(&back_end, "?replace=users&dry_run=true", &left).await;
        let (_, summary) = import(&back_end, "?replace=users", &left).await;
        for summary in [dry, summary] {
            let stopped = summary["stopped"].as_str().unwrap_or_default();
            assert!(stopped.contains("would remove 2 of 3 facts and `delete_limit` allows 1"), "{summary}");
        }
    }
}

#[tokio::test]
async fn a_removed_user_who_is_imported_again_is_active() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision,act");
        let named = json!({ "type": "user", "id": "lea", "name": "Léa" });
        let off = json!({ "type": "user", "id": "tom", "status": "deactivated" });
        import(&back_end, "", &[named.clone(), off]).await;
        let gone = json!({ "type": "user", "id": "lea", "deleted": true });
        let still = json!({ "type": "user", "id": "lea", "status": "removed", "name": "Léa" });
        let tom = json!({ "type": "user", "id": "tom" });
        for query in ["?results=all&dry_run=true", "?results=all"] {
            // The same holds for a group.
            let group = json!({ "type": "group", "id": "6a", "kind": "class" });
            let no_group = json!({ "type": "group", "id": "6a", "deleted": true });
            let rows = [&group, &gone, &no_group, &named, &group, &still, &named, &tom].map(Clone::clone);
            let (lines, _) = import(&back_end, query, &rows).await;
            let expected = ["created", "removed", "removed", "updated", "created", "updated", "updated", "unchanged"];
            assert_eq!(results(&lines), expected, "{query}: {lines:?}");
        }
        import(&back_end, "", &[gone]).await;
        for query in ["?results=all&dry_run=true", "?results=all"] {
            let (lines, _) = import(&back_end, query, std::slice::from_ref(&named)).await;
            assert_eq!(results(&lines), ["updated"], "{query}: {lines:?}");
        }
        let lea = back_end.send(Request::get("/v1/me").header("causerie-user", "lea")).await.ok();
        assert_eq!(lea["status"], "USER_STATUS_ACTIVE", "{lea}");
        // Other statuses stay as they are.
        let tom = back_end.send(Request::get("/v1/me").header("causerie-user", "tom")).await;
        assert_problem(&tom, 403, "forbidden", "causerie-user");
    }
}

#[tokio::test]
async fn users_connect_with_their_imported_facts_and_are_removed() {
    for cluster in clusters().await {
        let back_end = Caller::back_end(&cluster, "provision");
        import(&back_end, "", &rows()[..6]).await;
        let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
        let conversation = lea.direct_with(&tom).await;
        lea.say(conversation, "bonjour").await;

        let row = json!({ "type": "user", "id": "tom", "deleted": true });
        import(&back_end, "", &[row]).await;
        tom.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
        assert_problem(&Caller::user(&cluster, "tom").get("/v1/me").await, 401, "unauthenticated", "");
    }
}

#[tokio::test]
async fn an_error_before_the_first_row_is_answered_as_a_problem() {
    let cluster = Cluster::embedded().await;
    let back_end = Caller::back_end(&cluster, "provision");
    let post = |query: &str| Request::new("POST", format!("/v1/import{query}"));
    for (query, field) in [
        ("?dry_run=yes", "dry_run"),
        ("?dryrun=true", "dryrun"),
        ("?replace=all", "replace"),
        ("?delete_limit=most", "delete_limit"),
        ("?results=none", "results"),
    ] {
        assert_problem(&back_end.send(post(query)).await, 400, "invalid", field);
    }
    let zipped = back_end.send(post("").header("content-encoding", "gzip")).await;
    assert_problem(&zipped, 415, "malformed", "content-encoding");
    let may_not = Caller::back_end(&cluster, "act,read");
    assert_problem(&may_not.send(post("")).await, 403, "forbidden", "");
}

/// Starts an import and leaves its body open.
pub(super) async fn begin_import(cluster: &Cluster, node: usize, key: &str) -> TcpStream {
    let mut stream = TcpStream::connect(cluster.nodes[node].public()).await.expect("connects");
    let head = format!(
        "POST /v1/import?results=all HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {key}\r\ntransfer-encoding: chunked\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("writes");
    let mut first = [0; 1];
    // The answer begins before the body has ended.
    within("the head of the answer", stream.read_exact(&mut first)).await.expect("answers");
    stream
}

#[tokio::test]
async fn a_tenant_has_one_import_at_a_time_and_its_answer_streams() {
    let cluster = Cluster::start(2).await;
    let key = cluster.tenant.api_key(cluster.settings(), "provision");
    let mut first = begin_import(&cluster, 0, &key).await;
    for node in 0..2 {
        let second = Request::new("POST", "/v1/import").bearer(&key).send(cluster.nodes[node].public()).await;
        assert_problem(&second, 409, "conflict", "");
    }
    let row = "{\"type\":\"user\",\"id\":\"lea\"}\n";
    first.write_all(format!("{:x}\r\n{row}\r\n", row.len()).as_bytes()).await.expect("writes");
    // A single row is answered at once and does not wait for more rows.
    let mut received = Vec::new();
    within("the row's answer", async {
        while !String::from_utf8_lossy(&received).contains("\"created\",\"type\":\"user\",\"id\":\"lea\"") {
            assert!(first.read_buf(&mut received).await.expect("reads") > 0, "{}", String::from_utf8_lossy(&received));
        }
    })
    .await;
    first.write_all(b"0\r\n\r\n").await.expect("writes");
    within("the end", first.read_to_end(&mut received)).await.expect("ends");
    assert!(String::from_utf8_lossy(&received).contains("\"summary\""), "{}", String::from_utf8_lossy(&received));
    assert_eq!(Request::new("POST", "/v1/import").bearer(&key).send(cluster.nodes[1].public()).await.status, 200);
}

#[tokio::test]
async fn the_command_line_imports_files() {
    for cluster in clusters().await {
        let folder = TempDir::new();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("writes");
            path.to_str().expect("UTF-8").to_owned()
        };
        let users = write("users.csv", "id;name;roles\nlea;Léa Çelik;owner\nzoe;\"Zoë; O’Connor\";\n");
        let groups = write("groups.ndjson", "{\"type\":\"group\",\"id\":\"6a\",\"kind\":\"class\"}\n");
        let members = write("members.csv", "type,user,group,role\nmembership,lea,6a,learner\nmembership,zoe,6a,pupil\n");
        let slug = &cluster.tenant.slug;

        let dry = cluster.settings().run(&["import", "--tenant", slug, "--type", "user", "--dry-run", &users, &groups]);
        assert!(dry.contains("\"created\":3") && dry.contains("\"dry_run\":true"), "{dry}");
        let done = cluster.settings().run(&["import", "--tenant", slug, "--type", "user", &users, &groups]);
        assert!(done.contains("\"created\":3"), "{done}");
        let refused = cluster.settings().attempt(&["import", "--tenant", slug, &members]);
        assert_eq!(refused.status.code(), Some(1));
        let complaint = String::from_utf8_lossy(&refused.stderr);
        assert!(complaint.contains(&format!("{members}:3: membership zoe pupil@6a: `role`:")), "{complaint}");

        let headerless = write("headerless.csv", "pia,Pia\nzoe,Zoë\n");
        let untyped = write("untyped.csv", "id,name\npia,Pia\n");
        let empty = write("empty.csv", "id,name\n");
        for (arguments, why) in [
            (vec!["--type", "user", &headerless], "the first line must name the fields of the columns: type, id, name, "),
            (vec![untyped.as_str()], "say `--type user`, or add a column `type`"),
            (vec!["--type", "user", "--replace", "users", &empty], "no row is about `users`"),
        ] {
            let complaint = cluster.settings().fail(&[vec!["import", "--tenant", slug], arguments].concat());
            assert!(complaint.contains(why), "{complaint}");
        }

        let back_end = Caller::back_end(&cluster, "act");
        let zoe = back_end.send(Request::get("/v1/me").header("causerie-user", "zoe")).await.ok();
        assert_eq!(zoe["name"], "Zoë; O’Connor");
    }
}

#[tokio::test]
async fn messages_are_delivered_while_thousands_of_users_are_imported() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
        let conversation = lea.direct_with(&tom).await;
        let back_end = Caller::back_end(&cluster, "provision");
        let all: Vec<Value> =
            (0..20_000).map(|n| json!({ "type": "user", "id": format!("p{n}"), "name": format!("Élève {n}") })).collect();
        let mut took = Vec::new();
        // In parts that are small enough to finish within a test's deadline on a busy machine.
        for part in all.chunks(4_000) {
            let importing = import(&back_end, "", part);
            tokio::pin!(importing);
            let summary = loop {
                let begin_import = Instant::now();
                tokio::select! {
                    (_, summary) = &mut importing => break summary,
                    _ = lea.say(conversation, "still here") => took.push(begin_import.elapsed()),
                }
                tokio::time::sleep(Duration::from_millis(60)).await;
            };
            assert_eq!((&summary["created"], &summary["stopped"]), (&json!(4_000), &Value::Null), "{summary}");
        }
        assert!(!took.is_empty(), "nothing was said meanwhile");
        took.sort_unstable();
        println!(
            "{} sends during the import: median {:?}, p99 {:?}",
            took.len(),
            took[took.len() / 2],
            took[took.len() * 99 / 100]
        );
    }
}
