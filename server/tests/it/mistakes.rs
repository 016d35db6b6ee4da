//! Mistakes of new users. Each error message names the wrong value, the allowed values and the next step.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::json;

use crate::harness::{Claims, Cluster, Database, Node, Settings, TempDir, Tenant, http::Request};

/// A user of the operating system who owns no files.
const NOBODY: u32 = 65_534;

fn assert_contains(parts: &[&str], text: &str, what: &str) {
    for part in parts {
        assert!(text.contains(part), "{what}: `{part}` in: {text}");
    }
}

#[tokio::test]
async fn an_authentication_error_names_the_problem_of_the_credential() {
    let cluster = Cluster::embedded().await;
    let address = cluster.nodes[0].public();
    let (token, key) = (cluster.tenant.token("lea"), cluster.tenant.api_key(cluster.settings(), "act"));
    let send = "`Authorization: Bearer CREDENTIAL`";
    let me = || Request::get("/v1/me");
    let with = |value: &str| me().header("authorization", value);
    let basic = with("Basic bGVhOnNlY3JldA==");
    let table: Vec<(&str, Request, u16, Vec<&str>)> = vec![
        ("none", me(), 401, vec!["is missing", send]),
        ("empty", with(""), 401, vec!["is empty", send]),
        ("Basic", basic, 401, vec!["another scheme than `Bearer`", send]),
        ("a colon", with(&format!("bearer: {token}")), 401, vec!["a colon behind `Bearer`", send]),
        ("the token alone", with(&token), 401, vec!["lacks the word `Bearer`", send]),
        ("the word alone", with("Bearer"), 401, vec!["nothing behind `Bearer`", send]),
        ("two", with(&format!("Bearer {token}")).header("authorization", "Bearer other"), 401, vec!["more than once", send]),
        ("no JWT", with("Bearer abc"), 401, vec!["not a signed JWT", "three parts"]),
        ("no such key", with("Bearer sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401, vec!["causerie api-key list"]),
        ("no user to act for", with(&format!("Bearer {key}")), 400, vec!["`Causerie-User`", "name the user"]),
        (
            "no user with this id",
            with(&format!("Bearer {key}")).header("causerie-user", "nobody"),
            404,
            vec!["this tenant has no user of this id"],
        ),
        (
            "a token where a key is needed",
            Request::get("/v1/policy").bearer(&token),
            401,
            vec!["API key", "`sk_`", "causerie api-key create"],
        ),
        (
            "a key without the scope",
            Request::get("/v1/audit").bearer(&key),
            403,
            vec!["the scope `admin` or `read`", "this key has `act`", "--scopes"],
        ),
    ];
    for (what, request, status, parts) in table {
        let answer = request.send(address).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        let message = answer.text();
        assert_contains(&parts, message, what);
        assert!(
            !message.contains(&token) && !message.contains("bGVhOnNlY3JldA"),
            "{what}: it tells the credential: {message}"
        );
    }

    let stranger = Tenant::create(cluster.settings(), "other");
    let other_secret = |claims: &Claims| {
        let signed = stranger.sign(claims);
        let (_, rest) = signed.split_once('.').expect("a JWT");
        let header = cluster.tenant.sign(claims);
        format!("{}.{rest}", header.split_once('.').expect("a JWT").0)
    };
    let lea = Claims::of("lea");
    let tokens: Vec<(&str, String, Vec<&str>)> = vec![
        (
            "expired",
            cluster.tenant.sign(&Claims { iat: lea.iat - 7_200, exp: lea.iat - 3_600, ..lea.clone() }),
            vec!["fetch a fresh one"],
        ),
        ("too long", cluster.tenant.sign(&Claims { exp: lea.iat + 90_000, ..lea.clone() }), vec!["`exp`", "24 hours"]),
        (
            "milliseconds",
            cluster.tenant.sign(&json!({ "sub": "lea", "iat": lea.iat * 1_000, "exp": lea.exp * 1_000 })),
            vec!["seconds since 1970, not milliseconds"],
        ),
        (
            "another secret",
            other_secret(&lea),
            vec!["signature", "the secret, or the private key, that belongs to its `kid`"],
        ),
    ];
    for (what, token, parts) in tokens {
        let answer = Request::get("/v1/me").bearer(&token).send(address).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_contains(&parts, answer.text(), what);
    }
}

#[tokio::test]
async fn an_error_about_a_body_or_a_query_names_the_value_and_the_expectation() {
    let cluster = Cluster::embedded().await;
    let at = cluster.nodes[0].public();
    let key = cluster.tenant.api_key(cluster.settings(), "provision,act,admin,read");
    let put = |body: &str| Request::new("PUT", "/v1/users/tom").header("content-type", "application/json").body(body);
    let ask = |body: &str| Request::new("POST", "/v1/policy/explain").header("content-type", "application/json").body(body);
    let rules = |body: &str| Request::new("PUT", "/v1/policy").header("content-type", "application/json").body(body);
    let table: Vec<(Request, u16, Vec<&str>)> = vec![
        (
            Request::new("PUT", "/v1/users/tom").header("content-type", "text/plain").body("{}"),
            415,
            vec!["`text/plain`", "must be `application/json`"],
        ),
        (Request::new("PUT", "/v1/users/tom").body("{}"), 415, vec!["`Content-Type` is missing", "`application/json`"]),
        (put("{\"name\":"), 400, vec!["not a JSON object", "line 1 column"]),
        (put("{'name':'Tom'}"), 400, vec!["not a JSON object", "line 1 column 2"]),
        (put(r#"{"name":7}"#), 400, vec!["`name` is 7, expected a text"]),
        (put(r#"{"nmae":"Tom"}"#), 400, vec!["no field `nmae`", "name, avatar"]),
        (put(r#"{"status":"gone"}"#), 400, vec!["`status` is \"gone\"", "active, invited"]),
        (put(r#"{"avatar":"tom.png"}"#), 400, vec!["`avatar`", "`https://`"]),
        (ask(r#"{"as":"lea"}"#), 400, vec!["`as` is \"lea\"", r#"{"externalId":"lea"}"#]),
        (ask(r#"{"as":{"group":"6a"}}"#), 400, vec!["`as` must name a user"]),
        (ask(r#"{"as":{"id":"7"}}"#), 400, vec!["`as.id` is `7`, expected a UUID"]),
        (ask(r#"{"as":{"name":"lea"}}"#), 400, vec!["`as.name` is not a field here", "`externalId`"]),
        (ask(r#"{"as":{"externalId":"lea"},"action":"write"}"#), 400, vec!["`action` is `write`", "send"]),
        (rules(r#"{"preset":"scool"}"#), 400, vec!["`preset` is `scool`", "school"]),
        (rules("{}"), 400, vec!["`preset` or `text`"]),
        (rules(r#"{"preset":"school","dryRun":"yes"}"#), 400, vec!["`dryRun` is \"yes\", expected true or false"]),
        (Request::get("/v1/audit?limit=many"), 400, vec!["`limit` is `many`", "from 1 to 100"]),
        (Request::get("/v1/audit?since=yesterday"), 400, vec!["`since` is `yesterday`", "2026-09-01"]),
        (Request::get("/v1/audit?user=lea"), 400, vec!["`user` is not a parameter here", "cursor, limit, action, since"]),
        (Request::get("/v1/policy?version=last"), 400, vec!["`version` is `last`, expected a whole number"]),
        (Request::new("POST", "/v1/import?dryrun=true").body("{}"), 400, vec!["no parameter `dryrun`", "dry_run"]),
        (Request::new("POST", "/v1/import?dry_run=1").body("{}"), 400, vec!["`dry_run` is `1`, expected true or false"]),
        (Request::new("POST", "/v1/import?replace=user").body("{}"), 400, vec!["`replace` is `user`", "memberships:GROUP"]),
        (Request::get("/v1/convesations"), 404, vec!["nothing at this path", "/v1/docs"]),
        (Request::new("DELETE", "/v1/policy"), 405, vec!["`Allow`"]),
    ];
    for (request, status, parts) in table {
        let what = format!("{request:?}");
        let answer = request.bearer(&key).send(at).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        let problem = answer.json();
        assert_contains(&parts, problem["detail"].as_str().unwrap_or_default(), &what);
    }
}

#[tokio::test]
async fn an_error_about_an_import_row_names_line_field_value_and_expectation() {
    let cluster = Cluster::embedded().await;
    let folder = TempDir::new();
    let file = |name: &str, text: &str| -> String {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("writes");
        path.to_str().expect("temporary folders are UTF-8").to_owned()
    };
    let fail = |arguments: &[&str]| cluster.settings().fail(&[&["import", "--tenant", "acme"], arguments].concat());
    let rows = file(
        "rows.ndjson",
        "{\"type\":\"user\",\"id\":\"lea\"}\n{\"type\":\"user\",\"id\":7}\n{\"type\":\"user\",\"id\":\"tom\",\"status\":\"gone\"}\n{\"type\":\
         \"usr\",\"id\":\"x\"}\n{\"type\":\"user\" \"id\":\"x\"}\n{\"type\":\"user\",\"id\":\"x\",\"nmae\":\"X\"}\n",
    );
    let message = fail(&[&rows]);
    for part in [
        ":2: user: `id` is 7, expected a text",
        ":3: user tom: `status` is \"gone\", expected one of active, ",
        ":4: usr x: `type` is \"usr\", expected one of user, group, ",
        ":5: the line is no JSON object: expected `,` or `}` at column 16",
        ":6: user x: `nmae`: a row of this type has no field `nmae`; its fields are",
        "5 rows were refused",
    ] {
        assert!(message.contains(part), "`{part}` in {message}");
    }
    let one = file("one.ndjson", "{\"type\":\"user\"}\n");
    let message = fail(&[&one]);
    assert!(message.contains("1 row was refused") && message.contains("1 row in "), "{message}");

    let headerless = file("headerless.csv", "pia,Pia\n");
    for (path, why) in [("nope.ndjson", "nope.ndjson: No such file"), (&headerless, "the first line must name the fields")] {
        let output = cluster.settings().attempt(&["import", "--tenant", "acme", "--type", "user", path]);
        let (printed, message) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!((printed.as_ref(), output.status.success()), ("", false), "nothing was begun: {message}");
        assert!(message.contains(why) && !message.contains("per second"), "{message}");
    }
    let message = fail(&[&file("rows.txt", "")]);
    assert!(message.contains(".ndjson, .jsonl or .csv"), "{message}");
    let message = fail(&["--type", "user", &file("rows.csv", "id,name\nlea\n")]);
    assert!(message.contains("rows.csv:2: the row has 1 cell, and the header names 2 columns"), "{message}");
}

#[tokio::test]
async fn empty_lists_print_a_sentence_and_a_restored_user_counts_as_updated() {
    let cluster = Cluster::embedded().await;
    let settings = cluster.settings();
    let quiet = |arguments: &[&str]| {
        let output = settings.attempt(arguments);
        assert!(output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    settings.run(&["tenant", "create", "empty", "--name", "Empty"]);
    let printed_text = quiet(&["audit", "--tenant", "empty", "--action", "start"]);
    assert!(printed_text.contains("there is nothing in the audit of `empty` that fits"), "{printed_text}");
    let printed_text = quiet(&["signing-key", "list", "--tenant", "empty"]);
    assert!(
        printed_text.contains("no signing key") && printed_text.contains("causerie signing-key add --tenant empty"),
        "{printed_text}"
    );
    let printed_text = quiet(&["api-key", "list", "--tenant", "empty"]);
    assert!(printed_text.contains("no API key") && printed_text.contains("causerie api-key create"), "{printed_text}");
    let printed_text = settings.fail(&["signing-key", "revoke", "nope"]);
    assert!(printed_text.contains("`nope`") && printed_text.contains("causerie signing-key list"), "{printed_text}");

    // The preset `open` has no rule for groups.
    let key = cluster.tenant.api_key(settings, "provision");
    let rows = "{\"type\":\"user\",\"id\":\"lea\"}\n{\"type\":\"user\",\"id\":\"lea\",\"deleted\":true}\n{\"type\":\"user\",\"id\":\"lea\"}\n";
    let answer =
        Request::new("POST", "/v1/import?results=all").bearer(&key).body(rows).send(cluster.nodes[0].public()).await;
    let results: Vec<_> = answer.lines().iter().filter_map(|line| line["result"].as_str().map(str::to_owned)).collect();
    assert_eq!(results, ["created", "removed", "updated"], "{}", answer.text());
}

#[tokio::test]
async fn an_explanation_without_rules_says_that_no_rules_are_set() {
    let cluster = Cluster::embedded().await;
    let folder = TempDir::new();
    let rules = folder.path().join("quiet.policy");
    fs::write(&rules, "policy quiet\nkinds class\nallow find,start all when everyone\n").expect("writes");
    let settings = cluster.settings();
    settings.run(&["policy", "set", "--tenant", "acme", "--file", rules.to_str().expect("UTF-8")]);
    let rows = folder.path().join("rows.ndjson");
    fs::write(&rows, "{\"type\":\"user\",\"id\":\"lea\"}\n{\"type\":\"group\",\"id\":\"6a\",\"kind\":\"class\"}\n")
        .expect("writes");
    settings.run(&["import", "--tenant", "acme", rows.to_str().expect("UTF-8")]);
    let message =
        settings.run(&["policy", "explain", "--tenant", "acme", "--as", "lea", "--to", "group:6a", "--action", "find"]);
    assert!(message.contains("no rule of the policy is about `find` of a group"), "{message}");
    assert!(message.contains("`every group`"), "{message}");
}

#[tokio::test]
async fn a_revoked_key_does_not_log_an_error() {
    let database = Database::sqlite();
    let secrets = TempDir::new();
    let file = secrets.path().join("key");
    fs::write(&file, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n").expect("writes");
    let encrypted = Settings::on(&database).set("auth.secrets_key_file", file.display());
    encrypted.run(&["migrate"]);
    let tenant = Tenant::create(&encrypted, "acme");
    encrypted.run(&["signing-key", "revoke", &tenant.kid]);
    // The secret of the revoked signing key is encrypted with a key that this server does not have. The server does not need
    // this secret.
    let plain = Settings::on(&database);
    let other = Tenant::create(&plain, "other");
    let mut node = Node::start(plain).await;
    let answer = Request::get("/v1/me").bearer(&other.token("lea")).send(node.public()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let log = node.log();
    assert!(!log.contains("ERROR"), "{log}");
    node.kill();
}

/// The error output of the program when it runs as a user who owns no files. If the tests do not run as root, the program
/// runs as the user of the tests.
fn fail_as_nobody(settings: &Settings, program: &Path, arguments: &[&str]) -> String {
    use std::os::unix::process::CommandExt as _;
    let given = settings.command();
    let mut command = Command::new(program);
    command.env_clear().envs(given.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.args(arguments).stdin(Stdio::null()).output().expect("the program starts");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?}: {message}");
    message
}

/// Copies the program to a place where every user of the operating system can run it.
fn program_for_all(settings: &Settings, folder: &Path) -> PathBuf {
    let path = folder.join("causerie");
    fs::copy(settings.command().get_program(), &path).expect("copies the program");
    path
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn change_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[tokio::test]
async fn an_error_about_a_file_of_another_user_names_its_owner_and_the_remedy() {
    let folder = TempDir::new();
    change_mode(folder.path(), 0o755);
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("makes a folder");
    let settings = Settings::on(&Database::sqlite()).set("data.dir", data.display());
    let program = program_for_all(&settings, folder.path());
    let shown = data.display().to_string();
    let mend = |path: &Path, letters: &str| match is_root() {
        true => format!("`chown {NOBODY} {}`", path.display()),
        false => format!("`chmod u+{letters} {}`", path.display()),
    };

    change_mode(&data, 0o555);
    let message = fail_as_nobody(&settings, &program, &["serve"]);
    let remedy = mend(&data, "rwx");
    assert_contains(
        &["`data.dir`", &shown, "may not read and write", "mode 0555", &remedy],
        &message,
        "an unwritable folder",
    );
    assert!(!message.contains("Stop it first"), "{message}");
    let message = fail_as_nobody(&settings, &program, &["migrate"]);
    assert_contains(&["`data.dir`", &shown, "may not read and write", &remedy], &message, "the same for a command");
    let below = settings.clone().set("data.dir", data.join("deeper/still").display());
    let message = fail_as_nobody(&below, &program, &["serve"]);
    assert_contains(&["can't be made", "may not read and write", &remedy], &message, "a folder that can't be made");

    change_mode(&data, 0o755);
    settings.run(&["migrate"]);
    let file = data.join("causerie.sqlite");
    if is_root() {
        std::os::unix::fs::chown(&data, Some(NOBODY), None).expect("root gives it away");
    } else {
        change_mode(&file, 0o400);
    }
    for arguments in [&["serve"][..], &["tenant", "list"], &["tenant", "create", "acme", "--name", "Acme"]] {
        let message = fail_as_nobody(&settings, &program, arguments);
        let remedy = mend(&file, "rw");
        assert_contains(
            &["`data.dir`", &file.display().to_string(), "may not read and write", &remedy],
            &message,
            &format!("{arguments:?}"),
        );
    }

    let no_folder = settings.clone().set("data.dir", program.display());
    let message = fail_as_nobody(&no_folder, &program, &["serve"]);
    assert_contains(&["`data.dir`", "is a file, and must be a folder"], &message, "a file in place of the folder");
}
