//! The jobs of a tenant over HTTP.

use serde_json::{Value, json};

use super::{add, execute};
use crate::harness::{
    Cluster, Tenant, eventually,
    http::{Request, Response},
};

/// A back end of a tenant with an API key.
struct BackEnd<'a> {
    cluster: &'a Cluster,
    key: String,
}

impl<'a> BackEnd<'a> {
    fn with_scopes(cluster: &'a Cluster, tenant: &Tenant, scopes: &str) -> Self {
        Self { cluster, key: tenant.api_key(cluster.settings(), scopes) }
    }

    async fn ask(&self, method: &str, path: &str) -> Response {
        Request::new(method, path).bearer(&self.key).send(self.cluster.nodes[0].public()).await
    }

    async fn list(&self, query: &str) -> Value {
        self.ask("GET", &format!("/v1/jobs{query}")).await.ok()
    }
}

fn refused(response: &Response, status: u16, name: &str) {
    assert_eq!((response.status, &response.json()["name"]), (status, &json!(name)), "{}", response.text());
}

#[tokio::test]
async fn a_back_end_lists_retries_and_deletes_jobs_of_its_tenant_alone() {
    check_jobs_of_tenant(Cluster::embedded().await).await;
    check_jobs_of_tenant(Cluster::start(1).await).await;
}

/// Checks on one database that a back end sees and changes only the jobs of its tenant.
async fn check_jobs_of_tenant(cluster: Cluster) {
    let other = Tenant::create(cluster.settings(), "other");
    let [admin, reader, provisioner] =
        ["admin", "read", "provision"].map(|scope| BackEnd::with_scopes(&cluster, &cluster.tenant, scope));
    let foreign = BackEnd::with_scopes(&cluster, &other, "admin");
    let job = add(&cluster.database, "acme", "nonsense", 0).await;
    let later = add(&cluster.database, "acme", "{}", 4_000_000_000_000).await;

    let dead = eventually("a dead job", async || {
        let page = reader.list("?state=dead").await;
        page["jobs"].as_array().is_some_and(|jobs| jobs.len() == 1).then_some(page)
    });
    let dead = dead.await["jobs"][0].clone();
    assert_eq!(
        (&dead["id"], &dead["kind"], &dead["state"], &dead["attempts"], &dead["lastError"]),
        (&json!(job), &json!("prune_audit"), &json!("dead"), &json!(1), &json!("the payload can't be read"))
    );
    assert!(dead["finishedAt"].is_string() && dead.get("dueAt").is_none() && dead.get("payload").is_none(), "{dead}");

    // Pages, newest first. Jobs of the server itself belong to no tenant and are not listed.
    let first = admin.list("?limit=1").await;
    assert_eq!((&first["jobs"][0]["id"], first["jobs"][0]["dueAt"].is_string()), (&json!(later), true));
    let second = admin.list(&format!("?limit=1&cursor={}", first["nextCursor"].as_str().expect("a text"))).await;
    assert_eq!((&second["jobs"], second.get("nextCursor")), (&json!([dead]), None));
    for query in ["?state=gone", "?cursor=1", "?limit=0", "?tenant=other"] {
        refused(&admin.ask("GET", &format!("/v1/jobs{query}")).await, 400, "invalid");
    }

    // A key of another tenant, and keys without the scope, see and change no job.
    assert_eq!(foreign.list("").await, json!({ "jobs": [] }));
    let (retry, delete) = (format!("/v1/jobs/{job}/retry"), format!("/v1/jobs/{job}"));
    refused(&foreign.ask("POST", &retry).await, 404, "not_found");
    refused(&foreign.ask("DELETE", &delete).await, 404, "not_found");
    for key in [&reader, &provisioner] {
        refused(&key.ask("POST", &retry).await, 403, "forbidden");
        refused(&key.ask("DELETE", &delete).await, 403, "forbidden");
    }
    refused(&provisioner.ask("GET", "/v1/jobs").await, 403, "forbidden");
    refused(&admin.ask("POST", "/v1/jobs/nonsense/retry").await, 404, "not_found");
    assert_eq!(reader.list("?state=dead").await["jobs"], json!([dead]), "nothing has changed");

    execute(&cluster.database, "UPDATE jobs SET payload = '{}' WHERE payload = 'nonsense'").await;
    let retried = admin.ask("POST", &retry).await.ok();
    assert_eq!((&retried["state"], &retried["attempts"]), (&json!("waiting"), &json!(0)));
    eventually("a job that is done", async || (reader.list("?state=done").await["jobs"][0]["id"] == job).then_some(()))
        .await;
    refused(&admin.ask("POST", &retry).await, 409, "conflict");
    assert_eq!(admin.ask("DELETE", &delete).await.status, 204);
    refused(&admin.ask("DELETE", &delete).await, 404, "not_found");
    let audit = admin.ask("GET", "/v1/audit?limit=2").await.ok();
    for (entry, action) in audit["entries"].as_array().expect("a list").iter().zip(["job.delete", "job.retry"]) {
        assert_eq!((&entry["action"], &entry["target"]), (&json!(action), &json!(format!("job:{job}"))));
    }
}
