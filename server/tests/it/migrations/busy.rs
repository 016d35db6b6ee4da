//! A PostgreSQL database is migrated while nodes of the previous release write.
//!
//! The writers are transactions with the statements of that release in its order, cut down to their tables and locks: a
//! batch that changes conversations, and a batch that starts a conversation. The program of that release itself is not run.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use causerie_migrations::{Migrator, MigratorTrait as _};
use causerie_server::store::{
    Store, StoreError, Transaction,
    queries::{facts::FactWrite, tenants, users::Profile},
};
use sea_orm::ConnectionTrait as _;

use crate::harness::{Database, eventually, lock_waits, within};

/// The migrations of this release that change tables which batches use.
const NEW: u32 = 5;

/// A batch that changes a conversation.
const CHANGE: [&str; 4] = [
    "SELECT c.id FROM conversations c WHERE c.start_key = 'first' ORDER BY c.id FOR NO KEY UPDATE OF c",
    "SELECT w.id, f.version, f.policy_version, m.role FROM conversations c JOIN users w ON w.id = c.created_by
     LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = w.id LEFT JOIN facts f ON f.tenant_id = c.tenant_id
     WHERE c.start_key = 'first'",
    "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at)
     SELECT c.id, c.last_seq + 1, gen_random_uuid(), c.version + 1, c.created_by, gen_random_uuid(), 'hello', TRUE, 0
     FROM conversations c WHERE c.start_key = 'first'",
    "UPDATE conversations SET last_seq = last_seq + 1, version = version + 1 WHERE start_key = 'first'",
];

/// A batch that starts a conversation.
const START: [&str; 4] = [
    "SELECT f.tenant_id, f.version, f.policy_version FROM facts f",
    "SELECT u.id, u.tokens_valid_from FROM users u LEFT JOIN facts f ON f.tenant_id = u.tenant_id",
    "INSERT INTO conversations (id, tenant_id, kind, state, subject, start_key, last_seq, version, uncounted_seq,
                                member_count, active_at, created_by, created_at)
     SELECT gen_random_uuid(), u.tenant_id, 3, 1, '', gen_random_uuid()::text, 0, 1, 0, 1, 0, u.id, 0 FROM users u
     ON CONFLICT (tenant_id, start_key) DO NOTHING",
    "INSERT INTO members (conversation_id, user_id, role, read_seq, marked_unread, first_seq, inbox_version, joined_at)
     SELECT c.id, c.created_by, 1, 0, FALSE, 1, 1, 0 FROM conversations c
     WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.conversation_id = c.id) AND c.start_key <> 'first'",
];

async fn connect(database: &Database) -> Store {
    Store::connect(&database.to_connect()).await.expect("the database opens")
}

/// A database with the schema of the previous release, with a user and a conversation.
async fn database_of_previous_release() -> (Database, Store) {
    let database = Database::postgres();
    let store = connect(&database).await;
    store.migrate().await.expect("migrates");
    let tenant = tenants::create(&store, "acme", "Acme", 0).await.expect("stores").id;
    let mut write = FactWrite::begin(&store, tenant, 0).await.expect("begins");
    let lea = Profile { external_id: "lea".to_owned(), ..Profile::default() };
    write.users(&[lea]).await.expect("writes");
    write.commit().await.expect("commits");
    let first = START[2].replace("gen_random_uuid()::text", "'first'");
    store.writer().execute_unprepared(&first).await.expect("writes");
    revert_new_migrations(&store).await;
    (database, store)
}

async fn revert_new_migrations(store: &Store) {
    Migrator::down(store.writer(), Some(NEW)).await.expect("steps back");
    assert_eq!(missing_migrations(store).await.len(), NEW as usize);
}

async fn missing_migrations(store: &Store) -> Vec<String> {
    store.missing_migrations().await.expect("asks")
}

async fn execute(transaction: &Transaction, statements: &[&str]) -> Result<(), StoreError> {
    for sql in statements {
        transaction.execute_unprepared(sql).await?;
    }
    Ok(())
}

/// Starts a migration over separate connections.
async fn start_migration(database: &Database) -> tokio::task::JoinHandle<Result<Vec<String>, StoreError>> {
    let store = connect(database).await;
    tokio::spawn(async move {
        let migrated = store.migrate().await;
        store.close().await;
        migrated
    })
}

async fn until_waiting(store: &Store) {
    eventually("a session that waits for a lock", async || (lock_waits(store).await > 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_gives_way_to_a_batch_that_holds_tables() {
    let (database, store) = database_of_previous_release().await;
    for batch in [CHANGE, START] {
        let transaction = store.begin().await.expect("begins");
        execute(&transaction, &batch[..1]).await.expect("the first statement");
        let migration = start_migration(&database).await;
        until_waiting(&store).await;
        within("the rest of the batch", execute(&transaction, &batch[1..])).await.expect("is no victim of the migration");
        transaction.commit().await.expect("commits");
        let taken = within("the migration", migration).await.expect("ends").expect("migrates");
        assert_eq!(taken.len(), NEW as usize);
        revert_new_migrations(&store).await;
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_can_not_lock_its_tables_holds_up_nothing_and_says_so() {
    let (database, store) = database_of_previous_release().await;
    let long = store.begin().await.expect("begins");
    execute(&long, &CHANGE[..1]).await.expect("the first statement");
    let migration = start_migration(&database).await;
    until_waiting(&store).await;
    for round in 0..5 {
        let batch = async {
            let transaction = store.begin().await?;
            execute(&transaction, &START).await?;
            transaction.commit().await
        };
        within("a batch beside the migration", batch).await.unwrap_or_else(|error| panic!("round {round}: {error}"));
    }
    // The first of these migrations changes no table that batches use.
    let left = eventually("the first one is applied", async || {
        let left = missing_migrations(&store).await;
        (left.len() < NEW as usize).then_some(left)
    })
    .await;
    assert_eq!(left, ["m0017_suspended_tenants", "m0018_hidden_messages", "m0019_web_access", "m0020_about"]);
    migration.abort();
    let _ = migration.await;

    let other = connect(&database).await;
    let why = other.migrate_within(2).await.expect_err("the tables are held").to_string();
    other.close().await;
    for part in ["m0017_suspended_tenants", "in 2 attempts", "Nothing of it was applied", "stop the nodes"] {
        assert!(why.contains(part), "{part} in {why}");
    }
    assert_eq!(missing_migrations(&store).await, left);
    long.rollback().await.expect("ends");
    assert_eq!(store.migrate().await.expect("migrates").len(), left.len());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_go_on_while_the_database_is_migrated() {
    let (database, store) = database_of_previous_release().await;
    let (stop, committed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let mut writers = Vec::new();
    for batch in [CHANGE, START] {
        let (store, stop, committed) = (connect(&database).await, Arc::clone(&stop), Arc::clone(&committed));
        writers.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let transaction = store.begin().await.expect("begins");
                execute(&transaction, &batch).await.expect("is no victim of the migration");
                transaction.commit().await.expect("commits");
                committed.fetch_add(1, Ordering::Relaxed);
            }
            store.close().await;
        }));
    }
    let more = async |what: &str| {
        let before = committed.load(Ordering::Relaxed);
        eventually(what, async || (committed.load(Ordering::Relaxed) > before + 20).then_some(())).await;
    };
    more("batches before").await;
    let migrated = within("the migration", start_migration(&database).await).await.expect("ends");
    assert_eq!(migrated.expect("migrates").len(), NEW as usize);
    more("batches after").await;
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        within("the end of a writer", writer).await.expect("no batch failed");
    }
    store.close().await;
}
