//! PostgreSQL during backups and restores: its limits for connections, nodes that start, and errors at the commit of a
//! restore.

use std::{process::Stdio, time::Duration};

use causerie_migrations::{Migrator, MigratorTrait as _};
use causerie_server::store::Store;
use sea_orm::ConnectionTrait as _;

use super::{text, texts};
use crate::harness::{Database, Settings, TempDir, eventually_blocking, psql};

/// A database with a tenant.
fn database_with_tenant(slug: &str) -> (Database, Settings) {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    settings.run(&["tenant", "create", slug, "--name", "A name"]);
    (database, settings)
}

/// Whether a program of PostgreSQL waits for a lock.
fn is_waiting(database: &Database) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'causerie transfer' AND wait_event_type = 'Lock'";
    psql(database.url(), sql).is_ok_and(|count| count.trim() == "1")
}

/// Locks the table `audit`, starts a command that waits for this lock, runs `meanwhile`, and releases the lock. Returns the
/// error output of the command if the command fails.
async fn while_blocked(database: &Database, arguments: &[&str], meanwhile: impl AsyncFnOnce()) -> Result<(), String> {
    let lock = sea_orm::Database::connect(database.url()).await.expect("connects");
    let transaction = sea_orm::TransactionTrait::begin(&lock).await.expect("begins");
    let take = "SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE audit IN ACCESS EXCLUSIVE MODE";
    transaction.execute_unprepared(take).await.expect("locks");
    let mut command = Settings::on(database).command();
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let running = command.spawn().expect("it starts");
    assert!(tokio::task::block_in_place(|| eventually_blocking(|| is_waiting(database))));
    meanwhile().await;
    transaction.rollback().await.expect("lets go");
    lock.close().await.expect("closes");
    let ended = tokio::task::block_in_place(|| running.wait_with_output()).expect("it is ours");
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_for_idle_connections_and_statements_do_not_end_a_backup_or_a_restore() {
    let (database, settings) = database_with_tenant("acme");
    for limit in ["idle_in_transaction_session_timeout", "idle_session_timeout", "statement_timeout"] {
        let set =
            format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {limit} = ''400ms''', current_database()); END $$");
        psql(database.url(), &set).expect("a superuser may");
    }
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    let longer = async || tokio::time::sleep(Duration::from_millis(1_200)).await;
    while_blocked(&database, &["backup", text(&file)], longer).await.expect("it is backed up");
    while_blocked(&database, &["restore", "--replace", text(&file)], longer).await.expect("it is restored");
    assert!(settings.run(&["tenant", "list"]).contains("acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_starts_while_a_restore_runs_keeps_the_old_database() {
    let ((from, source), (to, target)) = (database_with_tenant("new"), database_with_tenant("old"));
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    source.run(&["backup", text(&file)]);
    drop(from);
    let mut node = None;
    let connect = async || node = Some(Store::connect(&to.to_connect()).await.expect("connects"));
    let error_output =
        while_blocked(&to, &["restore", "--replace", text(&file)], connect).await.expect_err("a node is connected");
    assert!(error_output.contains("in use by Causerie") && error_output.contains("Stop all nodes first"), "{error_output}");
    assert!(error_output.contains("nothing was changed"), "{error_output}");
    node.expect("it connected").close().await;
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["old"]);
    target.run(&["restore", "--replace", text(&file)]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_at_the_commit_of_a_restore_names_the_remedy() {
    let ((from, source), (to, target)) = (database_with_tenant("new"), database_with_tenant("old"));
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    let store = Store::connect(&from.to_connect()).await.expect("connects");
    Migrator::down(store.writer(), Some(2)).await.expect("steps back");
    store.close().await;
    source.run(&["backup", text(&file)]);
    // Only the connection by which the restore migrates the database has this name.
    let refuse = "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF current_setting('application_name') ~ '^causerie [0-9]+$' THEN RAISE EXCEPTION 'made up'; END IF; END $$;
                  CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()";
    psql(to.url(), refuse).expect("a superuser may");
    let error_output = target.fail(&["restore", "--replace", text(&file)]);
    for part in ["the database was restored", "the schema `causerie_replaced_", "made up", "causerie migrate"] {
        assert!(error_output.contains(part), "{part} in {error_output}");
    }
    assert!(!error_output.contains("nothing was changed"), "{error_output}");
    psql(to.url(), "DROP EVENT TRIGGER refuse; DROP FUNCTION refuse()").expect("a superuser may");
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["new"]);
    target.run(&["migrate"]);
    assert!(target.run(&["tenant", "list"]).contains("new"));
}
