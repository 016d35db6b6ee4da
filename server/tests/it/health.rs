//! What load balancers and operators are told.

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
async fn figures_are_for_operators_only() {
    let cluster = Cluster::embedded().await;
    let node = &cluster.nodes[0];
    let figures = Request::get("/metrics").send(node.internal()).await;
    assert_eq!(figures.status, 200);
    assert!(figures.header("content-type").is_some_and(|kind| kind.starts_with("application/openmetrics-text")));
    assert!(figures.text().contains("\ncauserie_connections "), "{}", figures.text());
    assert_eq!(Request::get("/metrics").send(node.public()).await.status, 404);
    // And the other way round: the internal listener has no door for people.
    assert_eq!(Request::get("/v1/me").send(node.internal()).await.status, 404);
}

#[tokio::test]
async fn a_leaving_node_says_so_before_it_closes_its_door() {
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

// A thread of its own for the link: it must close its side while the database waits to be dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_node_whose_database_is_away_is_not_ready_until_it_is_back() {
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
