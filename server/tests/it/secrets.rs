//! Files of the server are private to its user, and signing secrets are encrypted if a key is configured.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::harness::{Claims, Database, Node, Settings, TempDir, Tenant, eventually, http::Request, psql};

const MODE: u32 = 0o777;

/// All files of a folder with their modes.
fn modes(folder: &Path) -> Vec<(PathBuf, u32)> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    entries
        .map(|entry| entry.expect("an entry"))
        .filter_map(|entry| {
            // SQLite may remove its temporary files at any time.
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((entry.path(), metadata.permissions().mode() & MODE))
        })
        .collect()
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[tokio::test]
async fn only_the_server_s_user_can_read_the_database_after_a_start() {
    let database = Database::sqlite();
    let Database::Sqlite(folder) = &database else { unreachable!("it is SQLite") };
    chmod(folder.path(), 0o777);
    let mut node = Node::start(Settings::on(&database)).await;
    let tenant = Tenant::create(node.settings(), "acme");
    let ask = Request::get("/v1/me").bearer(&tenant.token("lea"));
    assert_eq!(ask.clone().send(node.public()).await.status, 200);
    let all = modes(folder.path());
    assert!(all.iter().any(|(path, _)| path.ends_with("causerie.sqlite-wal")), "{all:?}");
    assert!(all.iter().all(|(_, mode)| *mode == 0o600), "{all:?}");

    // An earlier version left the files like this after a crash.
    node.kill();
    for (path, _) in modes(folder.path()) {
        chmod(&path, 0o644);
    }
    node.start_again().await;
    assert_eq!(ask.send(node.public()).await.status, 200);
    let all = modes(folder.path());
    assert!(all.len() > 1 && all.iter().all(|(_, mode)| *mode == 0o600), "{all:?}");
}

/// A random value for `auth.secrets_key`.
fn key() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

/// The contents of all files of a folder.
fn bytes(folder: &Path) -> Vec<u8> {
    modes(folder).iter().flat_map(|(path, _)| std::fs::read(path).unwrap_or_default()).collect()
}

fn contains_text(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn accepts_token(node: &Node, tenant: &Tenant) -> bool {
    let claims = Claims::of("lea");
    Request::get("/v1/me").bearer(&tenant.sign(&claims)).send(node.public()).await.status == 200
}

#[tokio::test]
async fn a_key_encrypts_the_secrets_of_an_embedded_server_and_can_be_replaced() {
    let database = Database::sqlite();
    let Database::Sqlite(folder) = &database else { unreachable!("it is SQLite") };
    let plain = Settings::on(&database);
    let mut node = Node::start(plain.clone()).await;
    let old = Tenant::create(node.settings(), "acme");
    assert!(accepts_token(&node, &old).await);
    assert!(contains_text(&bytes(folder.path()), old.secret()), "in clear without a key");
    node.terminate();
    node.wait().await;

    // The key is read from a file, as container platforms pass secrets.
    let keys = TempDir::new();
    let (first, second) = (key(), key());
    let file = keys.path().join("first");
    std::fs::write(&file, format!("{first}\n")).expect("writes");
    let with_first = plain.clone().set("auth.secrets_key_file", file.display());
    let mut node = Node::start(with_first.clone()).await;
    let new = Tenant::create(&with_first, "globex");
    assert!(accepts_token(&node, &old).await && accepts_token(&node, &new).await);
    let everything = bytes(folder.path());
    assert!(
        !contains_text(&everything, old.secret()) && !contains_text(&everything, new.secret()),
        "a secret is on disk in clear"
    );
    node.terminate();
    node.wait().await;
    assert!(!contains_text(&bytes(folder.path()), old.secret()), "also after the end");

    // Without the key or with another key, the error names the problem and the setting.
    let wrong = plain.clone().set("auth.secrets_key", &second);
    for (settings, says) in [(&plain, "`auth.secrets_key` is not set"), (&wrong, "`auth.secrets_keys_old` does not hold `")]
    {
        for command in [&["serve"][..], &["token", "--tenant", "acme", "--user", "lea"]] {
            let complaint = settings.fail(command);
            assert!(complaint.contains(says) && complaint.contains("signing key `acme-test`"), "{complaint}");
        }
        settings.run(&["signing-key", "list", "--tenant", "acme"]);
    }
    let broken = plain.clone().set("auth.secrets_key", "hunter2").fail(&["serve"]);
    assert!(broken.contains("`auth.secrets_key`") && broken.contains("openssl rand -base64 32"), "{broken}");
    assert!(!broken.contains("hunter2"), "{broken}");
    let alone = plain.clone().set("auth.secrets_keys_old", &first).fail(&["serve"]);
    assert!(alone.contains("`auth.secrets_keys_old`") && alone.contains("set `auth.secrets_key` too"), "{alone}");

    // When the key is replaced, the old key is needed once.
    let both = wrong.clone().set("auth.secrets_keys_old", &first);
    let mut node = Node::start(both).await;
    assert!(accepts_token(&node, &old).await && accepts_token(&node, &new).await);
    node.kill();
    let node = Node::start(wrong).await;
    assert!(accepts_token(&node, &old).await && accepts_token(&node, &new).await);
}

#[tokio::test]
async fn a_command_encrypts_the_secrets_of_a_cluster() {
    let database = Database::postgres();
    let plain = Settings::on(&database);
    plain.run(&["migrate"]);
    let old = Tenant::create(&plain, "acme");
    let complaint = plain.fail(&["signing-key", "encrypt"]);
    assert!(complaint.contains("`auth.secrets_key` is not set"), "{complaint}");

    let with_key = plain.clone().set("auth.secrets_key", key());
    let node = Node::start(with_key.clone()).await;
    let stored = || psql(database.url(), "SELECT material FROM signing_keys ORDER BY kid").expect("reads");
    assert!(node.log().contains("run `causerie signing-key encrypt`"), "{}", node.log());
    assert!(stored().contains(old.secret()), "other nodes may not have the key yet");
    let new = Tenant::create(&with_key, "globex");
    assert!(!stored().contains(new.secret()), "what is new is encrypted at once");
    let output = with_key.attempt(&["signing-key", "encrypt"]);
    assert!(output.stdout.starts_with(b"encrypted 1 under "), "{output:?}");
    assert!(!stored().contains(old.secret()), "{}", stored());
    encrypt_until_purged(&with_key).await;
    let listed = with_key.run(&["signing-key", "list", "--tenant", "acme"]);
    assert!(listed.contains("secret encrypted under "), "{listed}");
    assert!(accepts_token(&node, &old).await && accepts_token(&node, &new).await);

    // A secret that is moved to another tenant's row can not be decrypted.
    let swap = "UPDATE signing_keys SET material = (SELECT material FROM signing_keys WHERE kid = 'globex-test')
                WHERE kid = 'acme-test'";
    psql(database.url(), swap).expect("updates");
    let complaint = with_key.fail(&["serve"]);
    assert!(complaint.contains("signing key `acme-test`") && complaint.contains("was changed since"), "{complaint}");
}

/// Runs the command until the old rows are removed. Transactions of other tests on the same server may delay that.
async fn encrypt_until_purged(settings: &Settings) {
    let purge = async || {
        let output = settings.attempt(&["signing-key", "encrypt"]);
        assert!(output.stdout.starts_with(b"encrypted 0 under "), "{output:?}");
        output.status.success().then_some(())
    };
    eventually("the removal", purge).await;
}

/// The warning that old secrets may still be in the files.
const STILL_THERE: &str = "the database's files may still hold earlier secrets in clear";

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_secret_that_a_reader_keeps_in_the_file_is_removed_later() {
    let database = Database::sqlite();
    let Database::Sqlite(folder) = &database else { unreachable!("it is SQLite") };
    let plain = Settings::on(&database);
    let mut node = Node::start(plain.clone()).await;
    let tenant = Tenant::create(node.settings(), "acme");
    node.terminate();
    node.wait().await;

    // A transaction that reads stays open, as during a backup.
    let reader = Store::connect(&database.to_connect()).await.expect("the database opens");
    let reading = reader.begin_reading().await.expect("a transaction");
    let look = Statement::from_string(reader.backend(), "SELECT count(*) FROM signing_keys");
    reading.query_one_raw(look).await.expect("readable");
    let mut node = Node::start(plain.set("auth.secrets_key", key())).await;
    assert!(accepts_token(&node, &tenant).await);
    assert!(contains_text(&bytes(folder.path()), tenant.secret()), "the reader needs the old page");
    assert!(node.log().contains(STILL_THERE), "{}", node.log());

    reading.rollback().await.expect("it ends");
    reader.close().await;
    eventually("the removal", async || (!contains_text(&bytes(folder.path()), tenant.secret())).then_some(())).await;
    eventually("word of it", async || node.log().contains("no earlier secrets in clear any more").then_some(())).await;
    node.terminate();
    assert!(node.wait().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_removal_of_old_rows_is_recorded_and_retried() {
    let database = Database::postgres();
    let plain = Settings::on(&database);
    plain.run(&["migrate"]);
    Tenant::create(&plain, "acme");
    let first = key();
    let encrypt = ["signing-key", "encrypt"];
    let due = || psql(database.url(), "SELECT count(*) FROM shared_values WHERE name = 'purge_due'").expect("reads");

    // This database user may write the tables but does not own them.
    let (server, name) = database.url().rsplit_once('/').expect("a URL");
    let user = format!("user_{name}");
    let host = server.rsplit_once('@').map_or_else(|| server.trim_start_matches("postgres://"), |(_, host)| host);
    for statement in [
        format!("CREATE ROLE {user} LOGIN PASSWORD '{user}'"),
        format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}"),
        format!("GRANT ALL ON SCHEMA public TO {user}"),
    ] {
        psql(database.url(), &statement).expect("a superuser may");
    }
    let by_other = plain.clone().set("database.url", format!("postgres://{user}:{user}@{host}/{name}"));
    let complaint = by_other.clone().set("auth.secrets_key", &first).fail(&encrypt);
    for part in [STILL_THERE, "VACUUM FULL signing_keys", &format!("`{user}`")] {
        assert!(complaint.contains(part), "{complaint}");
    }
    assert_eq!(due().trim(), "1");
    // A node tries again when it starts.
    let node = Node::start(by_other.clone().set("auth.secrets_key", &first)).await;
    eventually("a try", async || node.log().contains(STILL_THERE).then_some(())).await;
    drop(node);
    psql(database.url(), "VACUUM FULL signing_keys").expect("the owner may");
    let printed = by_other.set("auth.secrets_key", &first).run(&encrypt);
    assert!(printed.starts_with("encrypted 0 under "), "{printed}");
    assert_eq!(due().trim(), "0");

    // The owner runs the command while a backup may still read the old row.
    let (second, reader) = (key(), Store::connect(&database.to_connect()).await.expect("the database opens"));
    let reading = reader.begin_reading().await.expect("a transaction");
    reading.query_one_raw(Statement::from_string(reader.backend(), "SELECT 1 AS one")).await.expect("readable");
    let owner = plain.set("auth.secrets_key", &second).set("auth.secrets_keys_old", &first);
    let complaint = owner.fail(&encrypt);
    assert!(complaint.contains(STILL_THERE) && complaint.contains("may still read the old rows"), "{complaint}");
    reading.rollback().await.expect("it ends");
    reader.close().await;
    encrypt_until_purged(&owner).await;
    assert_eq!(due().trim(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn removal_of_old_rows_waits_for_open_transactions() {
    let database = Database::postgres();
    let plain = Settings::on(&database);
    plain.run(&["migrate"]);
    Tenant::create(&plain, "acme");
    let with_key = plain.set("auth.secrets_key", key());
    let encrypt = ["signing-key", "encrypt"];

    // PostgreSQL shows no snapshot for a transaction that wrote and is idle. The command's own snapshot begins after it, in
    // any database.
    let elsewhere = Database::postgres();
    let mut writing = Vec::new();
    for database in [&database, &elsewhere] {
        let other = Store::connect(&database.to_connect()).await.expect("the database opens");
        let transaction = other.begin().await.expect("a transaction");
        transaction.execute_unprepared("CREATE TABLE elsewhere (id int)").await.expect("writes");
        writing.push((other, transaction));
    }
    for (other, transaction) in writing {
        let complaint = with_key.fail(&encrypt);
        assert!(complaint.contains(STILL_THERE) && complaint.contains("may still read the old rows"), "{complaint}");
        transaction.rollback().await.expect("it ends");
        other.close().await;
    }
    encrypt_until_purged(&with_key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_backup_does_not_block_nodes_or_commands() {
    let database = Database::postgres();
    let plain = Settings::on(&database);
    plain.run(&["migrate"]);
    let tenant = Tenant::create(&plain, "acme");
    let with_key = plain.set("auth.secrets_key", key());
    let encrypt = ["signing-key", "encrypt"];
    let other = Store::connect(&database.to_connect()).await.expect("the database opens");
    let older = other.begin_reading().await.expect("a transaction");
    older.query_one_raw(Statement::from_string(other.backend(), "SELECT 1 AS one")).await.expect("readable");
    with_key.fail(&encrypt);
    older.rollback().await.expect("it ends");

    // The transaction has no snapshot that includes the old rows, but it holds its lock until it ends.
    let backup = other.begin().await.expect("a transaction");
    backup.execute_unprepared("LOCK TABLE signing_keys IN ACCESS SHARE MODE").await.expect("readable");
    let in_use = async || {
        let complaint = with_key.fail(&encrypt);
        assert!(complaint.contains(STILL_THERE), "{complaint}");
        complaint.contains("uses the table `signing_keys`").then_some(())
    };
    eventually("word of the lock", in_use).await;
    let node = Node::start(with_key.clone()).await;
    assert!(accepts_token(&node, &tenant).await);
    eventually("a try", async || node.log().contains("uses the table `signing_keys`").then_some(())).await;
    assert!(accepts_token(&node, &tenant).await);
    backup.rollback().await.expect("it ends");
    other.close().await;
    eventually("word of it", async || node.log().contains("no earlier secrets in clear any more").then_some(())).await;
}
