//! Tenants are suspended, resumed and deleted.

use std::collections::BTreeMap;

use causerie_client::{CloseReason, State};
use causerie_protocol::TenantId;
use causerie_server::store::{
    Store,
    queries::{audit, facts::FactWrite, jobs, tenants},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Node, Proxy, Tenant, eventually, http::Request, lock_waits};

/// The administrators of the product, with an API key of another tenant.
fn product(cluster: &Cluster) -> Caller<'_> {
    let tenant = Tenant::create(cluster.settings(), "product");
    Caller { cluster, credential: tenant.api_key(cluster.settings(), "tenants,operate,read") }
}

async fn post(caller: &Caller<'_>, path: &str) -> crate::harness::http::Response {
    caller.send(Request::new("POST", path)).await
}

#[tokio::test]
async fn a_suspended_tenant_has_no_connections_no_tokens_and_no_writes_until_it_is_resumed() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let product = product(&cluster);
        let (lea, back_end) = (Caller::user(&cluster, "lea"), Caller::back_end(&cluster, "provision,act,read,admin"));
        let tom = Caller::user(&cluster, "tom");
        tom.id().await;
        let conversation = lea.direct_with("tom").await;
        let online = cluster.client(cluster.nodes.len() - 1, "lea").await;

        let suspended = post(&product, "/v1/tenants/acme/suspend").await.ok();
        assert!(suspended["suspendedAt"].is_string() && suspended.get("deletingAt").is_none(), "{suspended}");
        let ended = online.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
        assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
        for caller in [&lea, &back_end] {
            let refused = caller.get("/v1/me").await;
            assert_problem(&refused, 403, "forbidden", "");
            assert!(refused.text().contains("suspended"), "{}", refused.text());
        }
        let message = json!({ "clientId": Uuid::now_v7(), "text": "late" });
        let refused = lea.json("POST", format!("/v1/conversations/{conversation}/messages"), message).await;
        assert_problem(&refused, 403, "forbidden", "");
        assert_problem(&back_end.json("PUT", "/v1/users/noa", json!({})).await, 403, "forbidden", "");
        assert_eq!(product.get("/v1/tenants/acme").await.ok(), suspended);
        let again = post(&product, "/v1/tenants/acme/suspend").await.ok();
        assert_eq!(again["suspendedAt"], suspended["suspendedAt"]);
        let listed = cluster.settings().run(&["tenant", "list"]);
        assert!(listed.lines().any(|line| line.starts_with("acme ") && line.contains(" suspended ")), "{listed}");

        assert!(post(&product, "/v1/tenants/acme/resume").await.ok().get("suspendedAt").is_none());
        lea.say(&conversation, "again").await;
        let history = tom.get(format!("/v1/conversations/{conversation}/messages")).await.ok();
        assert_eq!(history["messages"].as_array().map(Vec::len), Some(1), "{history}");
        let lines = back_end.get("/v1/audit").await.ok();
        let actions: Vec<&Value> = lines["entries"].as_array().into_iter().flatten().map(|line| &line["action"]).collect();
        assert_eq!(actions[..3], ["tenant.resume", "tenant.suspend", "tenant.suspend"]);

        // The command line can suspend and resume the tenant too.
        cluster.settings().run(&["tenant", "suspend", "acme"]);
        assert_problem(&lea.get("/v1/me").await, 403, "forbidden", "");
        cluster.settings().run(&["tenant", "resume", "acme"]);
        lea.id().await;

        for path in ["/v1/tenants/product/suspend", "/v1/tenants/nobody/suspend", "/v1/tenants/nobody/resume"] {
            let refused = post(&product, path).await;
            let (status, name) = if path.contains("nobody") { (404, "not_found") } else { (409, "conflict") };
            assert_problem(&refused, status, name, "");
        }
        for path in ["/v1/tenants/acme/suspend", "/v1/tenants/acme/resume"] {
            assert_problem(&post(&back_end, path).await, 403, "forbidden", "");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_while_the_tenant_is_suspended_is_not_written() {
    let cluster = Cluster::start(1).await;
    let product = product(&cluster);
    let lea = Caller::user(&cluster, "lea");
    Caller::user(&cluster, "tom").id().await;
    let conversation = lea.direct_with("tom").await;
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let waiting = async |count: i64| {
        let what = "requests that wait for the fact lock";
        eventually(what, async || (lock_waits(&store).await >= count).then_some(())).await;
    };
    let tenant = tenants::find_by_slug(&store, "acme").await.expect("reads").expect("was made");
    let lock = FactWrite::begin(&store, tenant.id, 0).await.expect("the lock is free");
    let message = json!({ "clientId": Uuid::now_v7(), "text": "late" });
    let (suspended, sent) = tokio::join!(post(&product, "/v1/tenants/acme/suspend"), async {
        waiting(1).await;
        let sending = lea.json("POST", format!("/v1/conversations/{conversation}/messages"), message);
        let release = async {
            waiting(2).await;
            lock.rollback().await.expect("ends");
        };
        tokio::join!(sending, release).0
    });
    assert_eq!(suspended.status, 200, "{}", suspended.text());
    assert_problem(&sent, 403, "forbidden", "");
    assert_eq!(crate::harness::stored_texts(&cluster).await, [""; 0]);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tenant_is_suspended_while_a_program_that_knows_no_suspensions_uses_the_database() {
    let cluster = Cluster::start(1).await;
    let product = product(&cluster);
    for name in ["causerie", "causerie 0"] {
        let url = format!("{}?application_name={}", cluster.database.url(), name.replace(' ', "%20"));
        let older = sea_orm::Database::connect(url).await.expect("connects");
        let refused = post(&product, "/v1/tenants/acme/suspend").await;
        assert_problem(&refused, 409, "conflict", "");
        assert!(refused.text().contains("an earlier release"), "{}", refused.text());
        let error_output = cluster.settings().fail(&["tenant", "suspend", "acme"]);
        assert!(error_output.contains("upgrade or stop them first"), "{error_output}");
        Caller::user(&cluster, "lea").id().await;
        older.close().await.expect("closes");
        eventually("a suspension", async || (post(&product, "/v1/tenants/acme/suspend").await.status == 200).then_some(()))
            .await;
        post(&product, "/v1/tenants/acme/resume").await.ok();
    }
}

// Multi-threaded: the proxy in front of the database must close its connection while the database waits to be dropped.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_ends_the_sessions_of_a_node_that_hears_of_it_over_the_bus_only() {
    let mut cluster = Cluster::start(1).await;
    let (before, after) = cluster.database.url().rsplit_once('@').expect("a user");
    let (address, name) = after.split_once('/').expect("a database");
    let link = Proxy::to(address.parse().expect("an address")).await;
    let other = cluster.settings().clone().set("database.url", format!("{before}@{}/{name}", link.address()));
    cluster.nodes.push(Node::start(other).await);
    let online = cluster.client(1, "lea").await;
    link.freeze();
    post(&product(&cluster), "/v1/tenants/acme/suspend").await.ok();
    let ended = online.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
    assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
    link.resume();
}

#[tokio::test]
async fn sessions_of_a_tenant_that_is_suspended_by_the_command_line_and_deleted_end_with_the_code_of_a_suspension() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let online = cluster.client(cluster.nodes.len() - 1, "lea").await;
        // The node loads the facts of the tenant.
        online.note_to_self().await.expect("it starts");
        for command in ["suspend", "delete"] {
            cluster.settings().run(&["tenant", command, "acme"]);
        }
        let ended = online.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
        assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let is_gone = async || tenants::find_by_slug(&store, "acme").await.expect("reads").is_none().then_some(());
        eventually("the end of the tenant", is_gone).await;
        store.close().await;
        // The nodes recognise that the tenant was deleted. They do not stop, as they would after a restore.
        for node in &cluster.nodes {
            assert_eq!(Request::get("/readyz").send(node.internal()).await.status, 200);
            assert!(!node.log().contains("the epoch of a tenant changed"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_jobs_that_are_written_while_their_tenant_is_deleted_are_deleted_too() {
    for cluster in [Cluster::start(1).await, Cluster::embedded().await] {
        let product = product(&cluster);
        product.json("POST", "/v1/tenants", json!({ "slug": "gone", "name": "Gone" })).await.ok();
        post(&product, "/v1/tenants/gone/suspend").await.ok();
        let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
        let tenant = tenants::find_by_slug(&store, "gone").await.expect("reads").expect("was made").id;
        let delete = || product.send(Request::new("DELETE", "/v1/tenants/gone"));
        let is_gone = async || (product.get("/v1/tenants/gone").await.status == 404).then_some(());
        if store.is_embedded() {
            delete().await.ok();
        } else {
            // The queue of denials writes in the same way: its statement may begin before the deletion and end after it.
            let writing = store.begin().await.expect("begins");
            write_for(&writing, tenant).await;
            delete().await.ok();
            tokio::select! {
                () = eventually("the end of the tenant", is_gone) => panic!("it ended before the rows were written"),
                () = eventually("a wait for the rows", async || (lock_waits(&store).await > 0).then_some(())) => {}
            }
            writing.commit().await.expect("commits");
        }
        eventually("the end of the tenant", is_gone).await;
        write_for(store.writer(), tenant).await;
        for table in ["audit", "jobs"] {
            let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE tenant_id NOT IN (SELECT id FROM tenants)");
            let row = store.reader().query_one_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
            assert_eq!(row.expect("a row").try_get::<i64>("", "n").expect("a number"), 0, "{table}");
        }
        store.close().await;
    }
}

/// Writes a line of the audit and a job for a tenant.
async fn write_for(connection: &impl ConnectionTrait, tenant: TenantId) {
    let line = audit::Entry::done("user:lea", "start", "user:tom", 0);
    audit::append(connection, &[(tenant, line)]).await.expect("writes");
    let job = jobs::NewJob {
        id: Uuid::now_v7(),
        kind: "of_a_later_release",
        tenant: Some(tenant),
        payload: "{}".to_owned(),
        run_at_ms: 4_000_000_000_000,
    };
    jobs::enqueue(connection, &[job], 0).await.expect("writes");
}

/// The number of rows of each table.
async fn rows(cluster: &Cluster) -> BTreeMap<String, i64> {
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let all =
        async |sql: String| store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
    let tables = match store.backend() {
        DbBackend::Postgres => "SELECT tablename AS t FROM pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name AS t FROM sqlite_master WHERE type = 'table'",
    };
    let mut rows = BTreeMap::new();
    for row in all(tables.to_owned()).await {
        let table: String = row.try_get("", "t").expect("a text");
        let count = all(format!("SELECT COUNT(*) AS n FROM {table}")).await;
        rows.insert(table, count[0].try_get("", "n").expect("a number"));
    }
    store.close().await;
    rows
}

const RULES: &str = "policy test
roles learner
kinds class
relations friend:mutual
setting messaging on off
allow find,see_profile,start all when everyone
allow read,send,delete_own_copy holder when holder
";

/// Creates the tenant `gone` with rows in all tables.
async fn create_filled_tenant<'a>(cluster: &'a Cluster, product: &Caller<'_>) -> Caller<'a> {
    let made = product.json("POST", "/v1/tenants", json!({ "slug": "gone", "name": "Gone" })).await.ok();
    let admin = Caller { cluster, credential: text(&made["apiKey"]) };
    admin.json("POST", "/v1/signing-keys", json!({ "algorithm": "HS256" })).await.ok();
    admin.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
    let mut body = String::new();
    for at in 0..150 {
        body += &format!("{}\n", json!({ "type": "user", "id": format!("u{at}") }));
        body += &format!("{}\n", json!({ "type": "group", "id": format!("g{at}"), "kind": "class" }));
        for group in 0..8.min(at) {
            let (user, group) = (format!("u{at}"), format!("g{group}"));
            body += &format!("{}\n", json!({ "type": "membership", "user": user, "group": group, "role": "learner" }));
        }
    }
    body += &format!("{}\n", json!({ "type": "relation", "relation": "friend", "from": "u1", "to": "u2" }));
    body += &format!("{}\n", json!({ "type": "edge", "from": "g1", "to": "g2" }));
    body += &format!("{}\n", json!({ "type": "setting", "name": "messaging", "value": "on" }));
    let answer = admin.send(Request::new("POST", "/v1/import").body(body)).await.lines();
    assert_eq!(answer.last().expect("a summary")["summary"]["refused"], 0, "{answer:?}");
    let acts = |user: &str, method: &str, path: &str, body: Value| {
        admin.send(Request::new(method, path).header("causerie-user", user).json(&body))
    };
    for at in 1..4 {
        let start = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": format!("u{at}") }] });
        let conversation = text(&acts("u0", "POST", "/v1/conversations", start).await.ok()["conversation"]["id"]);
        let path = format!("/v1/conversations/{conversation}/messages");
        let sent = acts("u0", "POST", &path, json!({ "clientId": Uuid::now_v7(), "text": "hello" })).await.ok();
        let own = format!("{path}/{}?own_copy=true", text(&sent["message"]["id"]));
        assert_eq!(acts("u0", "DELETE", &own, json!({})).await.status, 200);
    }
    admin.send(Request::new("POST", "/v1/users/u9/erase")).await;
    // SQL writes many messages faster than commands.
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let new_id = if store.is_embedded() { "randomblob(16)" } else { "gen_random_uuid()" };
    let sql = format!(
        "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at)
         WITH RECURSIVE n (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 9000)
         SELECT c.id, n.n, {new_id}, n.n, c.created_by, {new_id}, 'many', TRUE, 0 FROM n
         CROSS JOIN (SELECT c.id, c.created_by FROM conversations c JOIN tenants t ON t.id = c.tenant_id
                     WHERE t.slug = 'gone' ORDER BY c.id LIMIT 1) c"
    );
    store.writer().execute_unprepared(&sql).await.expect("writes");
    let jobs = format!(
        "INSERT INTO jobs (id, kind, tenant_id, payload, state, due_at, attempts, created_at)
         SELECT {new_id}, 'unheard_of', t.id, '{{}}', 1, 4000000000000, 0, 0 FROM tenants t WHERE t.slug = 'gone'"
    );
    store.writer().execute_unprepared(&jobs).await.expect("writes");
    store.close().await;
    admin
}

#[tokio::test]
async fn a_deleted_tenant_leaves_no_row_even_if_the_node_is_killed_meanwhile() {
    for mut cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let (key, before) = {
            let product = product(&cluster);
            // This tenant is not deleted.
            let lea = Caller::user(&cluster, "lea");
            Caller::user(&cluster, "tom").id().await;
            let conversation = lea.direct_with("tom").await;
            lea.say(&conversation, "stays").await;
            let before = rows(&cluster).await;
            let admin = create_filled_tenant(&cluster, &product).await;
            let full = rows(&cluster).await;
            let kept = ["seaql_migrations", "job_schedules", "shared_values", "write_probe", "tenants", "addressees"];
            for (table, count) in before.iter().filter(|(table, _)| !kept.contains(&table.as_str())) {
                assert!(full[table] > *count, "the tenant has rows in {table}");
            }

            let delete = || product.send(Request::new("DELETE", "/v1/tenants/gone"));
            assert_problem(&delete().await, 409, "conflict", "");
            post(&product, "/v1/tenants/gone/suspend").await.ok();
            assert!(delete().await.ok()["deletingAt"].is_string());
            assert_problem(&admin.get("/v1/policy").await, 403, "forbidden", "");
            (product.credential.clone(), before)
        };
        let messages = before["messages"];
        eventually("a deletion that has begun", async || {
            (rows(&cluster).await["messages"] < messages + 8_000).then_some(())
        })
        .await;
        cluster.nodes[0].kill();
        cluster.nodes[0].start_again().await;
        let product = Caller { cluster: &cluster, credential: key };
        eventually("the end of the tenant", async || (product.get("/v1/tenants/gone").await.status == 404).then_some(()))
            .await;
        let mut after = rows(&cluster).await;
        // The audit of the product's tenant has a line about the deletion, and the job is listed for some days.
        let own = product.get("/v1/audit").await.ok();
        let own = own["entries"].as_array().into_iter().flatten();
        let actions: Vec<&Value> =
            own.filter(|line| line["detail"]["tenant"] == "gone").map(|line| &line["action"]).collect();
        assert_eq!(actions[..2], ["tenant.delete", "tenant.suspend"]);
        for changed in ["audit", "jobs", "job_schedules", "write_probe"] {
            after.insert(changed.to_owned(), before[changed]);
        }
        assert_eq!(after, before);
        let made = product.json("POST", "/v1/tenants", json!({ "slug": "gone", "name": "Gone" })).await;
        assert_eq!(made.status, 200, "the slug is free: {}", made.text());
    }
}
