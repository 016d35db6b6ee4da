//! Tests of the commands for backup, restore and the move from the embedded database to PostgreSQL, with real servers and
//! clients.

mod backup;
mod backup_postgres;
mod copy;
mod copy_faults;
mod files;
mod filled;
mod limits;
mod restore;
mod restore_faults;
mod restore_keys;

use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use causerie_server::store::{Database as Connect, Store};
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};

use crate::harness::{Database, Settings};

/// The file of an embedded database.
fn file_of(database: &Database) -> PathBuf {
    let Connect::Sqlite(file) = database.to_connect() else { panic!("it is a file") };
    file
}

/// A path as a command-line argument.
fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders are UTF-8")
}

/// The file names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// Runs statements without results.
async fn execute(database: &Connect, statements: &[&str]) {
    let store = Store::connect(database).await.expect("the database opens");
    for statement in statements {
        store.writer().execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    store.close().await;
}

/// Runs a query over a separate connection.
async fn query(database: &Connect, sql: &str) -> Vec<QueryResult> {
    let store = Store::connect(database).await.expect("the database opens");
    let rows = store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await;
    store.close().await;
    rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The first column of the rows, as texts.
async fn texts(database: &Connect, sql: &str) -> Vec<String> {
    query(database, sql).await.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

/// Fills an unused table with this many MiB, so that a command on the database takes some time.
async fn add_rows(database: &Connect, mebibytes: u32) {
    let store = Store::connect(database).await.expect("the database opens");
    let sql = match store.is_embedded() {
        true => {
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 16)
                 INSERT INTO write_probe SELECT randomblob(16), randomblob(65536) FROM n"
        }
        // The texts are random, so that they can not be compressed.
        false => {
            "INSERT INTO write_probe SELECT gen_random_uuid(),
                  (SELECT string_agg(decode(md5(random()::text || n || m), 'hex'), '') FROM generate_series(1, 4096) m)
                  FROM generate_series(1, 16) n"
        }
    };
    for _ in 0..mebibytes {
        store.writer().execute_unprepared(sql).await.expect("there is room");
    }
    store.close().await;
}

/// Starts a subcommand and does not wait for its end.
fn spawn(settings: &Settings, arguments: &[&str]) -> Child {
    let mut command = settings.command();
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}
