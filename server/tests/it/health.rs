//! Health, readiness and metrics endpoints.

use crate::harness::{Cluster, Database, Node, Proxy, Settings, eventually, http::Request};

#[tokio::test]
async fn a_serving_node_is_alive_and_ready_on_both_listeners() {
    let cluster = Cluster::embedded().await;
    let node = &cluster.nodes[0];
    for listener in [node.public(), node.internal()] {
        for path in ["/livez", "/readyz"] {
            let answer = Request::get(path).send(listener).await;
            assert_eq!((answer.status, answer.text()), (200, "ok\n"), "{path} at {listener}");
        }
        let verbose = Request::get("/readyz?verbose").send(listener).await;
        for check in ["[+] database: ", "[+] migrations: up to date", "[+] bus: ", "[+] node: serves"] {
            assert!(verbose.text().contains(check), "{check} in {}", verbose.text());
        }
    }
}

#[tokio::test]
async fn metrics_are_served_on_the_internal_listener_only() {
    let cluster = Cluster::embedded().await;
    let node = &cluster.nodes[0];
    let figures = Request::get("/metrics").send(node.internal()).await;
    assert_eq!(figures.status, 200);
    assert!(figures.header("content-type").is_some_and(|kind| kind.starts_with("application/openmetrics-text")));
    assert!(figures.text().contains("\ncauserie_connections "), "{}", figures.text());
    assert_eq!(Request::get("/metrics").send(node.public()).await.status, 404);
    // The internal listener does not serve the API for users.
    assert_eq!(Request::get("/v1/me").send(node.internal()).await.status, 404);
}

#[tokio::test]
async fn a_stopping_node_is_not_ready_before_it_stops_listening() {
    let mut cluster = Cluster::embedded_with(|settings| settings.set("shutdown.delay_ms", 3_000)).await;
    let node = &mut cluster.nodes[0];
    node.terminate();
    let verbose = eventually("not ready", async || {
        let answer = Request::get("/readyz?verbose").send(node.public()).await;
        (answer.status == 503).then(|| answer.text().to_owned())
    })
    .await;
    assert!(verbose.contains("[-] node: stops"), "{verbose}");
    assert_eq!(Request::get("/livez").send(node.public()).await.status, 200, "it lives to the last");
    assert!(node.wait().await.success(), "leaving is no failure");
}

// Multi-threaded: the proxy must close its connection while the database waits to be dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_node_without_its_database_is_not_ready_until_the_database_is_back() {
    let database = Database::postgres();
    let (before, after) = database.url().rsplit_once('@').expect("a user");
    let (address, name) = after.split_once('/').expect("a database");
    let link = Proxy::to(address.parse().expect("an address")).await;
    Settings::on(&database).run(&["migrate"]);
    let node = Node::start(Settings::on(&database).set("database.url", format!("{before}@{}/{name}", link.address()))).await;
    let readiness = || async { Request::get("/readyz").send(node.public()).await.status };
    assert_eq!(readiness().await, 200);

    link.freeze();
    eventually("not ready without a database", async || (readiness().await == 503).then_some(())).await;
    assert_eq!(Request::get("/livez").send(node.public()).await.status, 200, "a restart would not help");

    link.resume();
    eventually("ready again", async || (readiness().await == 200).then_some(())).await;
}
