//! File names of backups and restores of an embedded database, and existing files with these names.

use std::{fs, os::unix::fs::symlink, process::Command};

use causerie_server::store::Database as Connect;

use super::{execute, file_of, names, text, texts};
use crate::harness::{Database, Settings, TempDir};

/// An embedded database with a tenant.
fn database_with_tenant(slug: &str) -> (Database, Settings) {
    let database = Database::sqlite();
    let settings = Settings::on(&database);
    settings.run(&["tenant", "create", slug, "--name", "A name"]);
    (database, settings)
}

#[tokio::test]
async fn restores_in_quick_succession_keep_each_database_they_replace() {
    let (database, settings) = database_with_tenant("round0");
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    settings.run(&["backup", text(&file)]);
    for round in 1..=4 {
        settings.run(&["restore", "--replace", text(&file)]);
        settings.run(&["tenant", "create", &format!("round{round}"), "--name", "A name"]);
    }
    settings.run(&["restore", "--replace", text(&file)]);
    let data = file_of(&database).parent().expect("a folder").to_owned();
    let mut found = Vec::new();
    for name in names(&data).iter().filter(|name| name.contains(".replaced-")) {
        let copy = TempDir::new();
        let file = copy.path().join("causerie.sqlite");
        fs::copy(data.join(name), &file).expect("copies");
        found.push(texts(&Connect::Sqlite(file), "SELECT max(slug) FROM tenants").await.concat());
    }
    found.sort();
    assert_eq!(found, ["round0", "round1", "round2", "round3", "round4"]);
}

#[tokio::test]
async fn a_backup_with_a_relative_name_like_a_uri_is_complete() {
    let (_database, settings) = database_with_tenant("acme");
    let folder = TempDir::new();
    let ran = settings.command().current_dir(folder.path()).args(["backup", "file:acme"]).output().expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(names(folder.path()), ["file:acme"]);
    let other = Database::sqlite();
    Settings::on(&other).run(&["restore", text(&folder.path().join("file:acme"))]);
    assert_eq!(texts(&other.to_connect(), "SELECT slug FROM tenants").await, ["acme"]);
}

#[tokio::test]
async fn a_backup_removes_only_the_leftovers_of_an_interrupted_backup() {
    let (_database, settings) = database_with_tenant("acme");
    let folder = TempDir::new();
    let (file, partial) = (folder.path().join("backup"), folder.path().join("backup.partial"));
    let refused = || {
        let error_output = settings.fail(&["backup", text(&file)]);
        assert!(error_output.contains(text(&partial)) && error_output.contains("is in the way"), "{error_output}");
        assert_eq!(error_output.lines().count(), 1, "{error_output}");
    };
    fs::write(&partial, "a letter to a friend").expect("writes");
    refused();
    assert_eq!(fs::read_to_string(&partial).expect("reads"), "a letter to a friend");
    fs::remove_file(&partial).expect("removes");

    assert!(Command::new("mkfifo").arg(&partial).status().expect("it is installed").success());
    refused();
    fs::remove_file(&partial).expect("it is still there");

    let letter = folder.path().join("letter");
    fs::write(&letter, "").expect("writes");
    symlink(&letter, &partial).expect("links");
    refused();
    fs::remove_file(&partial).expect("it is still there");

    fs::create_dir(&partial).expect("makes a folder");
    refused();
    fs::remove_dir(&partial).expect("it is still there");

    for left in [&b""[..], &[0; 4_096], b"SQLite format 3\0 and so on", b"PGDMP and so on"] {
        fs::write(&partial, left).expect("writes");
        settings.run(&["backup", text(&file)]);
        assert_eq!(names(folder.path()), ["backup", "letter"]);
        fs::remove_file(&file).expect("removes");
    }
}

#[tokio::test]
async fn a_restore_does_not_remove_its_source_file() {
    let (from, settings) = database_with_tenant("acme");
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    settings.run(&["backup", text(&file)]);
    let to = Database::sqlite();
    let inside = file_of(&to).with_file_name("causerie.sqlite.restoring");
    fs::rename(&file, &inside).expect("moves");
    let link = folder.path().join("link");
    symlink(&inside, &link).expect("links");
    let whole = fs::read(&inside).expect("reads");
    for argument in [&inside, &link] {
        let error_output = Settings::on(&to).fail(&["restore", text(argument)]);
        assert!(error_output.contains("move the file to another name"), "{error_output}");
        assert!(fs::read(&inside).expect("it is still there") == whole);
    }
    let moved = file_of(&to).with_file_name("backup");
    fs::rename(&inside, &moved).expect("moves");
    Settings::on(&to).run(&["restore", text(&moved)]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["acme"]);
    drop(from);
}

#[tokio::test]
async fn a_backup_renamed_to_the_database_can_be_backed_up_and_copied() {
    let (_from, settings) = database_with_tenant("acme");
    let (by_hand, restored, copied) = (Database::sqlite(), Database::sqlite(), Database::postgres());
    settings.run(&["backup", text(&file_of(&by_hand))]);
    let settings = Settings::on(&by_hand);
    let folder = TempDir::new();
    let file = folder.path().join("backup");
    settings.run(&["tenant", "create", "later", "--name", "Later"]);
    settings.run(&["backup", text(&file)]);
    Settings::on(&restored).run(&["restore", text(&file)]);
    let slugs = "SELECT slug FROM tenants ORDER BY slug";
    assert_eq!(texts(&restored.to_connect(), slugs).await, ["acme", "later"]);
    settings.run(&["copy", "--to", copied.url()]);
    assert_eq!(texts(&copied.to_connect(), slugs).await, ["acme", "later"]);
}

#[tokio::test]
async fn a_file_with_an_unknown_schema_is_refused_by_name() {
    let (_from, settings) = database_with_tenant("acme");
    let folder = TempDir::new();
    let trigger = "CREATE TRIGGER later AFTER INSERT ON audit BEGIN DELETE FROM api_keys; END";
    let changes: [(&[&str], &str); 6] = [
        (&[trigger], "it has the trigger `later`"),
        (&["CREATE VIEW look AS SELECT * FROM users"], "it has the view `look`"),
        (&["CREATE TABLE notes (text)"], "it has the table `notes`"),
        (&["ALTER TABLE users ADD COLUMN extra TEXT"], "its table `users` is not the one this program makes"),
        (&["DROP TABLE causerie_backup", "DROP TABLE write_probe"], "it has no table `write_probe`"),
        (&["CREATE INDEX slow ON users (name)"], "it has the index `slow`"),
    ];
    for (number, (statements, printed)) in changes.into_iter().enumerate() {
        let file = folder.path().join(format!("backup{number}"));
        settings.run(&["backup", text(&file)]);
        execute(&Connect::Sqlite(file.clone()), statements).await;
        let to = Database::sqlite();
        let error_output = Settings::on(&to).fail(&["restore", text(&file)]);
        assert!(error_output.contains(printed) && error_output.contains(text(&file)), "{printed}: {error_output}");
        assert!(!file_of(&to).exists(), "{printed}");
    }
    // A plain copy of a stopped server's file has no table of contents, and can be restored as well.
    let (file, to) = (folder.path().join("plain"), Database::sqlite());
    settings.run(&["backup", text(&file)]);
    execute(&Connect::Sqlite(file.clone()), &["DROP TABLE causerie_backup"]).await;
    Settings::on(&to).run(&["restore", text(&file)]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["acme"]);
}
