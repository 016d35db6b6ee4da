//! The export and the erasure of one user.

use causerie_client::{CloseReason, HistoryRange, State};
use causerie_protocol::TenantId;
use causerie_server::{
    clock::{Clock as _, SystemClock},
    commands::{EraseTexts, EraseTextsPayload},
    jobs,
    store::{
        Store,
        queries::{facts::FactWrite, jobs as stored_jobs, tenants},
    },
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, eventually, http::Request, stored_texts, within};

const RULES: &str = "policy test
roles learner
kinds class
relations friend:mutual
allow find,see_profile,start all when everyone
allow read,send holder when holder
";

/// Creates Lea and Tom, who are friends, a class with Lea, and messages between the two.
async fn fill_with_conversation(cluster: &Cluster) -> String {
    let product = Caller::back_end(cluster, "provision,admin");
    product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
    let rows = [
        json!({ "type": "user", "id": "lea", "name": "Léa Martin", "avatar": "https://a.example/l.png", "locale": "fr",
            "about": "Class 6A" }),
        json!({ "type": "user", "id": "tom", "name": "Tom" }),
        json!({ "type": "group", "id": "6a", "kind": "class" }),
        json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner" }),
        json!({ "type": "relation", "relation": "friend", "from": "tom", "to": "lea" }),
    ];
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    product.send(Request::new("POST", "/v1/import").body(body)).await.ok();
    let (lea, tom) = (Caller::user(cluster, "lea"), Caller::user(cluster, "tom"));
    let conversation = lea.direct_with("tom").await;
    lea.say(&conversation, "from Léa").await;
    tom.say(&conversation, "from Tom").await;
    conversation
}

#[tokio::test]
async fn the_export_of_a_user_has_all_their_data() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let conversation = fill_with_conversation(&cluster).await;
        let reader = Caller::back_end(&cluster, "read");
        let lines = reader.get("/v1/users/lea/export").await.lines();
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
        assert_eq!((&of("user")[0]["id"], &of("user")[0]["locale"]), (&json!("lea"), &json!("fr")));
        assert_eq!(of("membership")[0]["group"], "6a");
        assert_eq!(of("relation")[0]["relation"], "friend");
        assert_eq!((of("conversation").len(), &of("conversation")[0]["id"]), (1, &json!(conversation)));
        assert_eq!((of("message").len(), &of("message")[0]["text"]), (1, &json!("from Léa")), "and nothing of others");
        // The smallest id that a client can choose.
        let nil = json!({ "clientId": "00000000-0000-0000-0000-000000000000", "text": "nil" });
        Caller::user(&cluster, "lea").json("POST", format!("/v1/conversations/{conversation}/messages"), nil).await.ok();
        let lines = reader.get("/v1/users/lea/export").await.lines();
        assert_eq!(lines.iter().filter(|line| line["type"] == "message").count(), 2, "{lines:?}");
        let audit = reader.get("/v1/audit?action=user.export").await.ok();
        assert_eq!(audit["entries"][0]["target"], "user:lea");
        assert_problem(&reader.get("/v1/users/nobody/export").await, 404, "not_found", "");

        let may_not = Caller::back_end(&cluster, "provision,act,admin");
        assert_problem(&may_not.get("/v1/users/lea/export").await, 403, "forbidden", "");
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
        assert_problem(&other.get("/v1/users/lea/export").await, 404, "not_found", "");
    }
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_but_what_it_wrote() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let conversation = fill_with_conversation(&cluster).await;
        let product = Caller::back_end(&cluster, "provision,read");
        let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
        let lea_id = lea.id().await;
        let online = cluster.client(cluster.nodes.len() - 1, "lea").await;

        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "provision") };
        assert_problem(&other.send(Request::new("POST", "/v1/users/lea/erase")).await, 404, "not_found", "");
        let may_not = Caller::back_end(&cluster, "act,read,admin");
        assert_problem(&may_not.send(Request::new("POST", "/v1/users/lea/erase")).await, 403, "forbidden", "");

        let erased = product.send(Request::new("POST", "/v1/users/lea/erase")).await;
        assert_eq!((erased.status, erased.text()), (204, ""));
        let ended = online.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
        assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
        assert_problem(&product.send(Request::new("POST", "/v1/users/lea/erase")).await, 404, "not_found", "");

        let rows = product.get("/v1/export").await.lines();
        let erased = |row: &&Value| row["id"].as_str().is_some_and(|id| id.starts_with("erased-"));
        let user = rows.iter().find(erased).expect("the user under another name");
        let name = text(&user["id"]);
        assert!(!name.contains(&lea_id), "other users know the server's id: {name}");
        let forgotten = json!({
            "type": "user", "id": name, "name": name, "avatar": "", "locale": "", "about": "", "status": "removed",
            "roles": [], "writable_by": "nobody",
        });
        assert_eq!(*user, forgotten);
        let kinds: Vec<&Value> = rows.iter().map(|row| &row["type"]).collect();
        assert!(!kinds.contains(&&json!("membership")) && !kinds.contains(&&json!("relation")), "{rows:?}");
        let audit = product.get("/v1/audit").await.text().to_owned();
        assert!(audit.contains("user.erase") && !audit.contains("user:lea"), "{audit}");

        let history = tom.get(format!("/v1/conversations/{conversation}/messages")).await.ok();
        let texts: Vec<String> =
            history["messages"].as_array().into_iter().flatten().map(|one| text(&one["text"])).collect();
        assert_eq!(texts, ["from Léa", "from Tom"], "it belongs to Tom, too");
        let found = tom.get("/v1/directory?q=lea").await.ok();
        assert_eq!(found.get("hits"), None, "{found}");
        // A token that is signed later creates another user, who has no data.
        let again = signed_later(&cluster, "lea");
        assert_ne!(again.id().await, lea_id);
        assert_problem(&again.get(format!("/v1/conversations/{conversation}")).await, 404, "not_found", "");
    }
}

/// A user with a token whose time of issue is in the future, as a back end with a fast clock signs it.
fn signed_later<'a>(cluster: &'a Cluster, id: &str) -> Caller<'a> {
    let iat = SystemClock.now_s() + 20;
    let claims = json!({ "sub": id, "name": id, "iat": iat, "exp": iat + 3_600 });
    Caller { cluster, credential: cluster.tenant.sign(&claims) }
}

#[tokio::test]
async fn a_token_from_before_an_erasure_stays_void() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let product = Caller::back_end(&cluster, "provision");
        let old = Caller::user(&cluster, "lea");
        let first = old.id().await;
        product.send(Request::new("POST", "/v1/users/lea/revoke")).await;
        assert_problem(&old.get("/v1/me").await, 401, "unauthenticated", "");
        assert_eq!(product.send(Request::new("POST", "/v1/users/lea/erase")).await.status, 204);
        assert_problem(&old.get("/v1/me").await, 401, "unauthenticated", "");
        let later = signed_later(&cluster, "lea");
        assert_ne!(later.id().await, first);
        assert_problem(&old.get("/v1/me").await, 401, "unauthenticated", "");

        // The back end creates a user with the same external id. The old token stays void for the new user.
        assert_eq!(product.send(Request::new("POST", "/v1/users/lea/erase")).await.status, 204);
        product.json("PUT", "/v1/users/lea", json!({})).await.ok();
        assert_problem(&old.get("/v1/me").await, 401, "unauthenticated", "");
        later.id().await;
    }
}

#[tokio::test]
async fn an_erased_user_who_was_not_active_comes_back_only_by_the_back_end() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision");
        for status in ["deactivated", "removed"] {
            Caller::user(&cluster, status).id().await;
            let path = format!("/v1/users/{status}");
            product.json("PUT", &path, json!({ "status": status })).await.ok();
            assert_eq!(product.send(Request::new("POST", format!("{path}/erase"))).await.status, 204);
            let later = signed_later(&cluster, status);
            assert_problem(&later.get("/v1/me").await, 401, "unauthenticated", "");
            assert_problem(&product.json("PUT", &path, json!({ "deleted": true })).await, 404, "not_found", "");
            assert_problem(&later.get("/v1/me").await, 401, "unauthenticated", "");
            product.json("PUT", &path, json!({})).await.ok();
            later.id().await;
        }
    }
}

#[tokio::test]
async fn an_erased_user_changes_no_setting_and_stays_erased() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let product = Caller::back_end(&cluster, "provision,read");
        let lea = Caller::user(&cluster, "lea");
        lea.id().await;
        assert_eq!(product.send(Request::new("POST", "/v1/users/lea/erase")).await.status, 204);
        let refused = lea.json("PUT", "/v1/me/settings", json!({ "writableBy": "nobody" })).await;
        assert_problem(&refused, 401, "unauthenticated", "");
        let rows = product.get("/v1/export?type=user").await.lines();
        assert!(!rows.iter().any(|row| row["id"] == "lea"), "{rows:?}");
    }
}

/// Takes the fact lock of the cluster's tenant, or on SQLite the lock of the writer.
async fn lock_facts(store: &Store, cluster: &Cluster) -> FactWrite {
    let tenant = tenants::find_by_slug(store, &cluster.tenant.slug).await.expect("reads").expect("was made");
    FactWrite::begin(store, tenant.id, SystemClock.now_ms()).await.expect("the lock is free")
}

/// Waits until at least `count` transactions of the database wait for a fact lock. Returns at once on SQLite, which can't
/// list them.
async fn until_waiting(store: &Store, count: i64) {
    if store.is_embedded() {
        return;
    }
    let sql = "SELECT COUNT(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    eventually("requests that wait for the fact lock", async || {
        let row = store.reader().query_one_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
        (row.expect("a row").try_get::<i64>("", "n").expect("a number") >= count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_settings_that_races_with_the_erasure_brings_nothing_back() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,read");
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        for (user, erase_first) in [("lea", true), ("tom", false)] {
            let caller = Caller::user(&cluster, user);
            caller.id().await;
            let lock = lock_facts(&store, &cluster).await;
            let erase = product.send(Request::new("POST", format!("/v1/users/{user}/erase")));
            let change = caller.json("PUT", "/v1/me/settings", json!({ "writableBy": "contacts" }));
            let (erase, change) = (Box::pin(erase), Box::pin(change));
            let begun = async |first: bool| {
                if first {
                    until_waiting(&store, 1).await
                }
            };
            let (erased, changed) = tokio::join!(
                async {
                    begun(!erase_first).await;
                    erase.await
                },
                async {
                    begun(erase_first).await;
                    let release = async {
                        until_waiting(&store, 2).await;
                        lock.rollback().await.expect("ends");
                    };
                    tokio::join!(change, release).0
                },
            );
            assert_eq!(erased.status, 204, "{}", erased.text());
            assert!(matches!(changed.status, 200 | 401), "{}", changed.text());
            if !store.is_embedded() {
                assert_eq!(
                    changed.status,
                    if erase_first { 401 } else { 200 },
                    "the lock is taken in the order of requests"
                );
            }
            let rows = product.get("/v1/export?type=user").await.lines();
            assert!(!rows.iter().any(|row| row["id"] == user), "{rows:?}");
            let erased = rows.iter().filter(|row| row["id"].as_str().is_some_and(|id| id.starts_with("erased-")));
            assert!(erased.clone().all(|row| row["writable_by"] == "nobody" && row["status"] == "removed"), "{rows:?}");
            let audit = product.get("/v1/audit").await.text().to_owned();
            assert!(!audit.contains(&format!("user:{user}")), "{audit}");
        }
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_void_token_of_an_erased_user_does_not_wait_for_the_fact_lock() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision");
        let lea = Caller::user(&cluster, "lea");
        lea.id().await;
        assert_eq!(product.send(Request::new("POST", "/v1/users/lea/erase")).await.status, 204);
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let lock = lock_facts(&store, &cluster).await;
        let refused = within("an answer while another transaction holds the lock", lea.get("/v1/me")).await;
        assert_problem(&refused, 401, "unauthenticated", "");
        lock.rollback().await.expect("ends");
        store.close().await;
    }
}

#[tokio::test]
async fn no_table_holds_the_id_or_the_name_of_an_erased_user() {
    let cluster = Cluster::embedded().await;
    let product = Caller::back_end(&cluster, "provision");
    let (id, name) = ("zacharie-4711", "Zacharie Quatorze");
    product.json("PUT", "/v1/users/zacharie-4711", json!({ "name": name })).await.ok();
    let (user, tom) = (Caller::user(&cluster, id), Caller::user(&cluster, "tom"));
    tom.id().await;
    let conversation = user.direct_with("tom").await;
    user.say(&conversation, "a text").await;
    tom.say(&conversation, "an answer").await;
    user.json("PUT", "/v1/me/settings", json!({ "writableBy": "contacts" })).await.ok();
    for (text, column) in [("zacharie", "users.external_id"), ("quatorze", "fact_log.change")] {
        let holders = columns_with(&cluster, text).await;
        assert!(holders.iter().any(|holder| holder == column), "the scan finds what is stored: {holders:?}");
    }
    assert_eq!(product.send(Request::new("POST", "/v1/users/zacharie-4711/erase")).await.status, 204);
    for text in ["zacharie", "quatorze"] {
        assert_eq!(columns_with(&cluster, text).await, [""; 0], "{text}");
    }
}

/// The columns, such as `users.name`, in which a row contains the text in letters of any case. `text` must be lower case.
async fn columns_with(cluster: &Cluster, text: &str) -> Vec<String> {
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let all =
        async |sql: String| store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
    let columns =
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
    let mut columns_found = Vec::new();
    for row in all(columns.to_owned()).await {
        let (table, column): (String, String) =
            (row.try_get("", "t").expect("a text"), row.try_get("", "c").expect("a text"));
        let sql =
            format!("SELECT 1 FROM {table} WHERE instr(CAST(lower(\"{column}\") AS BLOB), CAST('{text}' AS BLOB)) > 0");
        if !all(sql).await.is_empty() {
            columns_found.push(format!("{table}.{column}"));
        }
    }
    store.close().await;
    columns_found
}

#[tokio::test]
async fn the_job_that_erases_texts_waits_while_its_tenant_is_suspended() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        fill_with_conversation(&cluster).await;
        let lea = Caller::user(&cluster, "lea").id().await;
        let slug = cluster.tenant.slug.as_str();
        cluster.settings().run(&["tenant", "suspend", slug]);
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let query = Statement::from_string(store.backend(), "SELECT id FROM tenants");
        let tenant = store.reader().query_one_raw(query).await.expect("readable").expect("a tenant");
        let tenant = TenantId(tenant.try_get("", "id").expect("an id"));
        let texts = EraseTextsPayload { user: lea.parse().expect("an id") };
        let job = jobs::new_job::<EraseTexts>(Some(tenant), &texts, 0);
        stored_jobs::enqueue(store.writer(), &[job], 0).await.expect("stores");
        let count = async |condition: &str| {
            let sql = format!("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'erase_texts' AND {condition}");
            let query = Statement::from_string(store.backend(), sql);
            let row = store.reader().query_one_raw(query).await.expect("readable").expect("a row");
            row.try_get::<i64>("", "n").expect("a number")
        };
        let rest = "attempts = 0 AND due_at > 0 AND finished_at IS NULL";
        eventually("a job for the rest", async || (count(rest).await == 1).then_some(())).await;
        assert_eq!(stored_texts(&cluster).await, ["from Léa", "from Tom"]);

        cluster.settings().run(&["tenant", "resume", slug]);
        let due = format!("UPDATE jobs SET due_at = 1 WHERE kind = 'erase_texts' AND {rest}");
        store.writer().execute_unprepared(&due).await.expect("writes");
        eventually("the erased text", async || (stored_texts(&cluster).await == ["", "from Tom"]).then_some(())).await;
        assert_eq!(count("last_error IS NOT NULL").await, 0);
        store.close().await;
    }
}

#[tokio::test]
async fn a_back_end_erases_the_text_of_one_message_or_of_all_messages_of_a_user() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let conversation = fill_with_conversation(&cluster).await;
        let product = Caller::back_end(&cluster, "provision,read");
        let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
        let sent = text(&lea.say(&conversation, "a secret of Léa").await["id"]);
        let online = cluster.client(cluster.nodes.len() - 1, "tom").await;
        let here = conversation.parse().expect("an id");

        assert_eq!(product.send(Request::new("POST", format!("/v1/messages/{sent}/erase"))).await.status, 204);
        eventually("the deletion on Tom's device", async || {
            let page = online.history(here, HistoryRange::Newest, 0).await.expect("readable");
            page.messages.iter().any(|message| message.id == sent && message.deleted_at.is_some()).then_some(())
        })
        .await;
        assert_eq!(stored_texts(&cluster).await, ["from Léa", "from Tom", ""]);
        let again = product.send(Request::new("POST", format!("/v1/messages/{sent}/erase"))).await;
        assert_eq!(again.status, 204, "it is erased already");

        let job = product.send(Request::new("POST", "/v1/users/lea/erase-texts")).await.ok();
        assert_eq!(product.send(Request::new("POST", "/v1/users/lea/erase")).await.status, 204);
        eventually("the end of the job", async || {
            let done = product.get("/v1/jobs?state=done&kind=erase_texts").await.ok();
            (done["jobs"][0]["id"] == job["job"]).then_some(())
        })
        .await;
        assert_eq!(stored_texts(&cluster).await, ["", "from Tom", ""]);
        let history = tom.get(format!("/v1/conversations/{conversation}/messages")).await.ok();
        let deleted = history["messages"].as_array().into_iter().flatten().filter(|one| one["deletedAt"].is_string());
        assert_eq!(deleted.count(), 2, "{history}");
        let audit = product.get("/v1/audit?action=message.erase").await.ok();
        assert_eq!(audit["entries"].as_array().map(Vec::len), Some(1), "the repetition changed nothing: {audit}");
        assert_eq!(
            (&audit["entries"][0]["target"], &audit["entries"][0]["detail"]["conversation"]),
            (&json!(format!("message:{sent}")), &json!(conversation))
        );

        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "provision") };
        for path in
            [format!("/v1/messages/{sent}/erase"), "/v1/messages/x/erase".to_owned(), "/v1/users/tom/erase-texts".to_owned()]
        {
            assert_problem(&other.send(Request::new("POST", &path)).await, 404, "not_found", "");
            let may_not = Caller::back_end(&cluster, "act,read,admin");
            assert_problem(&may_not.send(Request::new("POST", &path)).await, 403, "forbidden", "");
        }
    }
}

#[tokio::test]
async fn a_text_whose_erasure_can_not_be_recorded_is_not_erased() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let conversation = fill_with_conversation(&cluster).await;
        let product = Caller::back_end(&cluster, "provision,read");
        let sent = text(&Caller::user(&cluster, "lea").say(&conversation, "a secret of Léa").await["id"]);
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let (refuse, accept) = if store.is_embedded() {
            let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN NEW.action = 'message.erase'
                          BEGIN SELECT RAISE(ABORT, 'refused'); END";
            (refuse, "DROP TRIGGER refuse")
        } else {
            let refuse = "ALTER TABLE audit ADD CONSTRAINT refuse CHECK (action <> 'message.erase')";
            (refuse, "ALTER TABLE audit DROP CONSTRAINT refuse")
        };
        store.writer().execute_unprepared(refuse).await.expect("changes the table");
        let path = format!("/v1/messages/{sent}/erase");
        assert_problem(&product.send(Request::new("POST", &path)).await, 503, "unavailable", "");
        assert_eq!(stored_texts(&cluster).await, ["from Léa", "from Tom", "a secret of Léa"]);

        store.writer().execute_unprepared(accept).await.expect("changes the table");
        assert_eq!(product.send(Request::new("POST", &path)).await.status, 204);
        assert_eq!(stored_texts(&cluster).await, ["from Léa", "from Tom", ""]);
        let audit = product.get("/v1/audit?action=message.erase").await.ok();
        assert_eq!(audit["entries"].as_array().map(Vec::len), Some(1), "{audit}");
        store.close().await;
    }
}
