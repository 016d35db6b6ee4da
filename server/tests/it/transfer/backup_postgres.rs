//! Tests of `causerie backup` on PostgreSQL.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use super::{add_rows, execute, filled, names, spawn, text};
use crate::harness::{Cluster, Database, Settings, TempDir, Volume, eventually_blocking, psql};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_every_row_of_every_table_and_is_private() {
    let (from, to) = (Database::postgres(), Database::postgres());
    let (settings, other) = (Settings::on(&from), Settings::on(&to));
    settings.run(&["migrate"]);
    filled::fill(&from.to_connect()).await;
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    let printed = settings.run(&["backup", text(&file)]);
    assert!(printed.lines().any(|line| line.starts_with("messages ") && line.ends_with(" 3")), "{printed}");
    assert_eq!(fs::metadata(&file).expect("is there").permissions().mode() & 0o777, 0o600);
    assert_eq!(names(folder.path()), ["backup"]);
    let error_output = settings.fail(&["backup", text(&file)]);
    assert!(error_output.contains("does not replace a file"), "{error_output}");

    other.run(&["restore", text(&file)]);
    filled::assert_restored(&from, &to).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_beside_running_nodes_does_not_reveal_the_password() {
    let cluster = Cluster::start(2).await;
    let lea = cluster.client(0, "lea").await;
    let tom = cluster.client(1, "tom").await;
    let here = lea.direct_with(&tom).await;
    lea.say(here, "before").await;
    let url = cluster.database.url();
    let password = url.split(':').nth(2).and_then(|rest| rest.split_once('@')).expect("the address has a password").0;
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    // Blocks `pg_dump`, so that its arguments can be inspected.
    let store = causerie_server::store::Store::connect(&cluster.database.to_connect()).await.expect("opens");
    let lock = store.begin().await.expect("begins");
    sea_orm::ConnectionTrait::execute_unprepared(&lock, "LOCK TABLE audit IN ACCESS EXCLUSIVE MODE").await.expect("locks");
    let mut backup = spawn(cluster.settings(), &["backup", text(&file)]);
    let mut seen = Vec::new();
    assert!(eventually_blocking(|| {
        seen = arguments_of("pg_dump", text(&file));
        !seen.is_empty()
    }));
    let of_causerie = arguments_of("causerie", text(&file));
    assert!(!seen.iter().chain(&of_causerie).any(|arguments| arguments.contains(password)), "{seen:?} {of_causerie:?}");
    lock.rollback().await.expect("lets go");
    store.close().await;
    assert!(tokio::task::block_in_place(|| backup.wait()).expect("it is ours").success());
    lea.say(here, "served on").await;
}

/// The command lines of all processes with this name that contain `mention`.
fn arguments_of(program: &str, mention: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("Linux");
    let lines = processes.filter_map(|process| {
        let line = fs::read(process.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines
        .filter(|line| line.split(' ').next().is_some_and(|name| name.ends_with(program)) && line.contains(mention))
        .collect()
}

#[tokio::test]
async fn the_error_without_postgresqls_programs_names_the_package() {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    // The programs are hidden in the command's own mount namespace, and PATH is empty.
    let program = settings.command().get_program().to_owned();
    let mut command = Command::new("/usr/bin/unshare");
    command.arg("--mount").args(["/bin/sh", "-c"]);
    command.arg("/bin/mount -t tmpfs none /usr/lib/postgresql && exec \"$0\" backup \"$1\"").arg(program).arg(&file);
    command.env_clear().envs(settings.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", "/nowhere");
    let output = command.output().expect("unshare is part of every Linux");
    let error_output = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(error_output.contains("`pg_dump`") && error_output.contains("postgresql-client-"), "{error_output}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_full_volume_gives_a_clear_error_and_leaves_no_file() {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    add_rows(&database.to_connect(), 4).await;
    let volume = Volume::tmpfs(2);
    let error_output = settings.fail(&["backup", text(&volume.path().join("backup"))]);
    assert!(error_output.contains("No space left on device"), "{error_output}");
    assert_eq!(names(volume.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_killed_backup_leaves_no_file_with_its_name() {
    let database = Database::postgres();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    add_rows(&database.to_connect(), 32).await;
    let folder = TempDir::new();
    let (file, partial) = (folder.path().join("backup"), folder.path().join("backup.partial"));
    let mut backup = spawn(&settings, &["backup", text(&file)]);
    assert!(eventually_blocking(|| fs::metadata(&partial).is_ok_and(|partial| partial.len() > 1 << 20)));
    backup.kill().expect("it is ours");
    assert!(!backup.wait().expect("it is ours").success());
    assert!(!file.exists());
    // `pg_dump` runs on for a moment, until its snapshot or its work ends.
    assert!(eventually_blocking(|| arguments_of("pg_dump", text(&file)).is_empty()));
    settings.run(&["backup", text(&file)]);
    assert_eq!(names(folder.path()), ["backup"]);
    execute(&database.to_connect(), &["DELETE FROM write_probe"]).await;
}

#[tokio::test]
async fn a_database_without_a_schema_is_not_backed_up() {
    let database = Database::postgres();
    let folder = TempDir::new();
    let error_output = Settings::on(&database).fail(&["backup", text(&folder.path().join("backup"))]);
    assert!(error_output.contains("causerie migrate"), "{error_output}");
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    psql(database.url(), "INSERT INTO seaql_migrations VALUES ('m9999_future', 0)").expect("writes");
    let error_output = settings.fail(&["backup", text(&folder.path().join("backup"))]);
    assert!(error_output.contains("m9999_future") && error_output.contains("newer version"), "{error_output}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
