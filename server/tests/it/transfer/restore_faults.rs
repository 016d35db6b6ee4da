//! Restores that fail or are killed, from complete and from damaged backups. Afterwards the database is either the old
//! database or the restored database.

use std::{fs, path::Path, time::Duration};

use causerie_server::store::Database as Connect;

use super::{add_rows, file_of, names, spawn, text, texts};
use crate::harness::{Database, Settings, TempDir, Volume, eventually_blocking, psql};

/// Creates a database with one tenant and backs it up.
async fn create_and_back_up(database: &Database, slug: &str, mebibytes: u32, file: &Path) {
    let settings = Settings::on(database);
    settings.run(&["migrate"]);
    settings.run(&["tenant", "create", slug, "--name", "A name that can be found in the file"]);
    if mebibytes > 0 {
        add_rows(&database.to_connect(), mebibytes).await;
    }
    settings.run(&["backup", text(file)]);
}

#[tokio::test]
async fn a_damaged_backup_of_an_embedded_database_is_refused() {
    let (from, to, folder) = (Database::sqlite(), Database::sqlite(), TempDir::new());
    let file = folder.path().join("backup");
    create_and_back_up(&from, "new", 0, &file).await;
    let settings = Settings::on(&to);
    settings.run(&["tenant", "create", "old", "--name", "Old"]);
    // The first read moves the content of the write-ahead log into the file.
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["old"]);
    let (whole, before) = (fs::read(&file).expect("reads"), fs::read(file_of(&to)).expect("reads"));
    let find = |text: &[u8]| whole.windows(text.len()).position(|bytes| bytes == text).expect("it is in the file");
    let mut broken = vec![
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("all but the last page", whole[..whole.len() - 4_096].to_vec()),
        ("all but a byte", whole[..whole.len() - 1].to_vec()),
        ("the first page", whole[..4_096].to_vec()),
    ];
    // SQLite's own check does not read texts.
    let mut changed = whole.clone();
    changed[find(b"A name that can be found")] ^= 1;
    broken.push(("a changed text", changed));
    let mut changed = whole.clone();
    let middle = changed.len() / 2 / 4_096 * 4_096;
    changed[middle..middle + 64].fill(0xff);
    broken.push(("a page with other bytes", changed));
    for (what, bytes) in broken {
        fs::write(&file, bytes).expect("writes");
        let error_output = settings.fail(&["restore", "--replace", text(&file)]);
        assert!(error_output.contains("is damaged") || error_output.contains("is not a backup"), "{what}: {error_output}");
        assert!(error_output.contains(text(&file)), "{what}: {error_output}");
        assert!(fs::read(file_of(&to)).expect("reads") == before, "{what}: the database is not as it was");
        assert!(names(file_of(&to).parent().expect("a folder")).iter().all(|name| !name.contains("restoring")), "{what}");
    }
    fs::write(&file, &whole).expect("writes");
    settings.run(&["restore", "--replace", text(&file)]);
}

#[tokio::test]
async fn a_damaged_backup_of_postgresql_is_refused() {
    let (from, to, folder) = (Database::postgres(), Database::postgres(), TempDir::new());
    let file = folder.path().join("backup");
    create_and_back_up(&from, "new", 1, &file).await;
    let settings = Settings::on(&to);
    settings.run(&["migrate"]);
    settings.run(&["tenant", "create", "old", "--name", "Old"]);
    let whole = fs::read(&file).expect("reads");
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle..middle + 8].fill(0xff);
    let broken = [
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("all but some bytes", whole[..whole.len() - 20].to_vec()),
        ("the beginning", whole[..100].to_vec()),
        ("other bytes in the middle", changed),
    ];
    for (what, bytes) in broken {
        fs::write(&file, bytes).expect("writes");
        let error_output = settings.fail(&["restore", "--replace", text(&file)]);
        assert!(error_output.contains("is damaged") && error_output.contains(text(&file)), "{what}: {error_output}");
        let slugs = texts(&to.to_connect(), "SELECT slug FROM tenants").await;
        assert_eq!(slugs, ["old"], "{what}: the database is as it was");
    }
    fs::write(&file, &whole).expect("writes");
    settings.run(&["restore", "--replace", text(&file)]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["new"]);
}

#[tokio::test]
async fn a_restore_that_postgresql_refuses_at_any_step_changes_nothing() {
    let (from, to, folder) = (Database::postgres(), Database::postgres(), TempDir::new());
    let file = folder.path().join("backup");
    // More data than the pipes between the programs hold.
    create_and_back_up(&from, "new", 4, &file).await;
    let settings = Settings::on(&to);
    settings.run(&["migrate"]);
    settings.run(&["tenant", "create", "old", "--name", "Old"]);
    for step in ["CREATE SCHEMA", "CREATE TABLE", "CREATE INDEX"] {
        let refuse = format!(
            "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'made up'; END $$;
             CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('{step}') EXECUTE FUNCTION refuse()"
        );
        psql(to.url(), &refuse).expect("a superuser may");
        let error_output = settings.fail(&["restore", "--replace", text(&file)]);
        assert!(error_output.contains("made up") && error_output.contains("nothing was changed"), "{step}: {error_output}");
        psql(to.url(), "DROP EVENT TRIGGER refuse; DROP FUNCTION refuse()").expect("a superuser may");
        assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["old"], "{step}");
        let kept = "SELECT count(*)::text FROM pg_namespace WHERE nspname LIKE 'causerie%'";
        assert_eq!(texts(&to.to_connect(), kept).await, ["0"], "{step}");
    }
    settings.run(&["restore", "--replace", text(&file)]);
}

#[tokio::test]
async fn a_killed_restore_leaves_the_old_or_the_new_database() {
    for (from, to) in [(Database::sqlite(), Database::sqlite()), (Database::postgres(), Database::postgres())] {
        let folder = TempDir::new();
        let file = folder.path().join("backup");
        create_and_back_up(&from, "new", 24, &file).await;
        let settings = Settings::on(&to);
        settings.run(&["migrate"]);
        settings.run(&["tenant", "create", "old", "--name", "Old"]);
        let began = std::time::Instant::now();
        settings.run(&["restore", "--replace", text(&file)]);
        let takes = began.elapsed();
        let mut seen = Vec::new();
        for step in 1..=8_u32 {
            // The backups alternate, so that the test can tell which database it reads.
            let before = texts(&to.to_connect(), epoch_of(&to)).await;
            tokio::time::sleep(Duration::from_millis(1_050)).await;
            let mut restore = spawn(&settings, &["restore", "--replace", text(&file)]);
            std::thread::sleep(takes * step / 9);
            restore.kill().expect("it is ours");
            let ended = restore.wait().expect("it is ours").success();
            if !to.url().is_empty() {
                // The transaction in PostgreSQL ends with the connection of the killed restore.
                let idle =
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
                assert!(eventually_blocking(|| psql(to.url(), idle).is_ok_and(|count| count.trim() == "0")));
            }
            let slugs = texts(&to.to_connect(), "SELECT slug FROM tenants").await;
            assert_eq!(slugs, ["new"], "step {step}");
            let after = texts(&to.to_connect(), epoch_of(&to)).await;
            seen.push((before != after, ended));
            assert!(before != after || !ended, "step {step}: it said that it was done");
            // The database works.
            assert!(settings.run(&["tenant", "list"]).contains("new"), "step {step}");
        }
        println!("killed after each ninth of {takes:?}: (new database, was done) {seen:?}");
        assert!(seen.iter().any(|(is_new, _)| !is_new), "some were killed before the end: {seen:?}");
        settings.run(&["restore", "--replace", text(&file)]);
    }
}

/// The query that returns the epoch as a text.
fn epoch_of(database: &Database) -> &'static str {
    if database.url().is_empty() { "SELECT hex(epoch) FROM tenants" } else { "SELECT epoch::text FROM tenants" }
}

#[tokio::test]
async fn a_full_data_volume_leaves_the_old_database() {
    let (from, folder) = (Database::sqlite(), TempDir::new());
    let file = folder.path().join("backup");
    create_and_back_up(&from, "new", 4, &file).await;
    let volume = Volume::tmpfs(8);
    let to = Database::Sqlite(TempDir::inside(volume.path()));
    let settings = Settings::on(&to);
    settings.run(&["tenant", "create", "old", "--name", "Old"]);
    volume.fill();
    let error_output = settings.fail(&["restore", "--replace", text(&file)]);
    assert!(error_output.contains("No space left on device") || error_output.contains("full"), "{error_output}");
    assert!(names(file_of(&to).parent().expect("a folder")).iter().all(|name| !name.contains("restoring")));
    volume.free();
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["old"]);
    settings.run(&["restore", "--replace", text(&file)]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["new"]);
}

#[tokio::test]
async fn an_unreadable_database_is_replaced_and_kept_as_a_file() {
    let (from, to, folder) = (Database::sqlite(), Database::sqlite(), TempDir::new());
    let file = folder.path().join("backup");
    create_and_back_up(&from, "new", 0, &file).await;
    fs::write(file_of(&to), "not a database at all, but something to keep").expect("writes");
    let settings = Settings::on(&to);
    let error_output = settings.fail(&["restore", text(&file)]);
    assert!(error_output.contains("can't be read") && error_output.contains("--replace"), "{error_output}");
    settings.run(&["restore", "--replace", text(&file)]);
    let all = names(file_of(&to).parent().expect("a folder"));
    let kept = all.iter().find(|name| name.starts_with("causerie.sqlite.replaced-")).expect("it is kept");
    let kept = file_of(&to).with_file_name(kept);
    assert!(fs::read_to_string(kept).expect("reads").starts_with("not a database"));
    assert_eq!(texts(&Connect::Sqlite(file_of(&to)), "SELECT slug FROM tenants").await, ["new"]);
}
