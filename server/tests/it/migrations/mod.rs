//! Each migration can be reverted: up, down and up again gives the same schema as the first up. `busy` migrates while nodes write.

mod busy;

use causerie_migrations::{Migrator, MigratorTrait as _};
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use crate::harness::Database;

#[tokio::test]
async fn migrations_can_be_reverted_and_repeated_on_sqlite() {
    up_down_up(&Database::sqlite()).await;
}

#[tokio::test]
async fn migrations_can_be_reverted_and_repeated_on_postgres() {
    up_down_up(&Database::postgres()).await;
}

async fn up_down_up(database: &Database) {
    let store = Store::connect(&database.to_connect()).await.expect("the database opens");
    let connection = store.writer();

    Migrator::up(connection, None).await.expect("up");
    let first = schema(connection).await;
    for table in ["tenants", "users", "conversations", "members", "messages"] {
        assert!(first.iter().any(|line| line.contains(table)), "{table} is missing in {first:#?}");
    }

    Migrator::down(connection, None).await.expect("down");
    assert_eq!(schema(connection).await, Vec::<String>::new(), "something stays behind");

    Migrator::up(connection, None).await.expect("up again");
    assert_eq!(schema(connection).await, first);

    // Pools close in the background. The database can be dropped only after that.
    for pool in [store.writer(), store.reader()] {
        pool.close_by_ref().await.expect("the pool closes");
    }
}

/// All tables, columns, indexes and constraints, a line each.
async fn schema(connection: &DatabaseConnection) -> Vec<String> {
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT line FROM (
                SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
                    || coalesce(collation_name, '') || ' ' || coalesce(column_default, '') AS line
                FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
             ) lines WHERE line NOT LIKE '%seaql_migrations%' ORDER BY line"
        }
        _ => {
            "SELECT name || ': ' || coalesce(sql, '') AS line FROM sqlite_master
              WHERE tbl_name <> 'seaql_migrations' ORDER BY name"
        }
    };
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    let rows = rows.expect("a catalogue can be read");
    rows.iter().map(|row| row.try_get("", "line").expect("a text")).collect()
}
