//! A copy that fails or is killed leaves the target empty and can be repeated.

use std::time::Duration;

use super::{add_rows, execute, spawn, texts};
use crate::harness::{Database, Settings, eventually_blocking, psql};

const CONNECTIONS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test]
async fn a_killed_copy_leaves_the_target_empty_and_the_next_copy_succeeds() {
    let (from, to) = (Database::sqlite(), Database::postgres());
    let settings = Settings::on(&from);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    add_rows(&from.to_connect(), 48).await;
    let mut unfinished = 0;
    for milliseconds in [100, 300, 600, 1_000] {
        let mut copy = spawn(&settings, &["copy", "--to", to.url()]);
        std::thread::sleep(Duration::from_millis(milliseconds));
        copy.kill().expect("it is ours");
        if copy.wait().expect("it is ours").success() {
            break;
        }
        // The transaction in PostgreSQL ends with the connection of the killed copy.
        assert!(eventually_blocking(|| psql(to.url(), CONNECTIONS).is_ok_and(|count| count.trim() == "0")));
        let has_tables = "SELECT count(*) FROM pg_class WHERE relname = 'tenants'";
        if psql(to.url(), has_tables).expect("asks").trim() == "0" {
            continue;
        }
        let committed = texts(&to.to_connect(), "SELECT slug FROM tenants").await;
        assert_eq!(committed, Vec::<String>::new(), "killed after {milliseconds} ms");
        unfinished += 1;
    }
    assert!(unfinished > 0, "some were killed between migration and commit");
    settings.run(&["copy", "--to", to.url()]);
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, ["acme"]);
    let filled = "SELECT count(*)::text FROM write_probe";
    assert_eq!(texts(&to.to_connect(), filled).await, ["768"]);
}

#[tokio::test]
async fn an_error_about_a_text_that_postgresql_can_not_store_names_its_row() {
    let (from, to) = (Database::sqlite(), Database::postgres());
    let settings = Settings::on(&from);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    let broken = "INSERT INTO settings (tenant_id, name, value) SELECT id, 'the one', 'a' || char(0) || 'b' FROM tenants";
    execute(&from.to_connect(), &[broken]).await;
    let error_output = settings.fail(&["copy", "--to", to.url()]);
    for part in ["`settings`", "name = the one", "column `value`", "NUL"] {
        assert!(error_output.contains(part), "{part} in {error_output}");
    }
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, Vec::<String>::new());
    execute(&from.to_connect(), &["DELETE FROM settings"]).await;
    settings.run(&["copy", "--to", to.url()]);
}

#[tokio::test]
async fn a_copy_with_a_different_table_is_not_committed() {
    let (from, to) = (Database::sqlite(), Database::postgres());
    let settings = Settings::on(&from);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    Settings::on(&to).run(&["migrate"]);
    let meddle = "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name = NEW.name || '!'; RETURN NEW; END $$;
                  CREATE TRIGGER meddle BEFORE INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION meddle()";
    psql(to.url(), meddle).expect("makes a trigger");
    let error_output = settings.fail(&["copy", "--to", to.url()]);
    assert!(
        error_output.contains("`tenants` is not the same on both sides") && error_output.contains("nothing was kept"),
        "{error_output}"
    );
    assert_eq!(texts(&to.to_connect(), "SELECT slug FROM tenants").await, Vec::<String>::new());
    psql(to.url(), "DROP FUNCTION meddle() CASCADE").expect("drops it");
    settings.run(&["copy", "--to", to.url()]);
}
