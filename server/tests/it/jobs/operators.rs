//! Operators list, retry and delete jobs.

use causerie_server::clock::{Clock as _, SystemClock};

use super::{add, execute, id_literal, list, wait_until_counted, wait_until_each_ran_once};
use crate::harness::{Cluster, Database, Node, Settings, Tenant, eventually, http::Request};

#[tokio::test]
async fn a_server_prunes_old_audit_entries() {
    for database in [Database::sqlite(), Database::postgres()] {
        let settings = Settings::on(&database);
        settings.run(&["migrate"]);
        Tenant::create(&settings, "acme");
        // An entry of the first day of 1970, and an entry of today.
        let old = id_literal(&database, "00000000-0001-7000-8000-000000000000");
        let sql = format!(
            "INSERT INTO audit (id, tenant_id, at, actor, action, target, outcome, rule, detail)
             SELECT {old}, t.id, 1, 'cli:root', 'import', '', 'done', '', '{{}}' FROM tenants t"
        );
        execute(&database, &sql).await;
        let audit = || settings.run(&["audit", "--tenant", "acme"]);
        assert!(audit().contains("1970-01-01"), "{}", audit());
        let _node = Node::start(settings.clone()).await;
        eventually("an audit without the old line", async || (!audit().contains("1970-01-01")).then_some(())).await;
        assert!(audit().contains("tenant.create"), "{}", audit());
        wait_until_each_ran_once(&settings).await;
    }
}

#[tokio::test]
async fn dead_jobs_are_counted_listed_retried_and_deleted() {
    dead_jobs(Cluster::embedded().await).await;
    dead_jobs(Cluster::start(1).await).await;
}

async fn dead_jobs(mut cluster: Cluster) {
    wait_until_each_ran_once(cluster.settings()).await;
    let settings = cluster.settings().clone();
    let first = add(&cluster.database, "acme", "nonsense", 0).await;
    let second = add(&cluster.database, "acme", "nonsense", 0).await;
    let dead = || list(&settings, &["--tenant", "acme", "--state", "dead"]);
    let lines = eventually("two dead jobs", async || Some(dead()).filter(|lines| lines.len() == 2)).await;
    for (line, job) in lines.iter().zip([&second, &first]) {
        assert!(line.starts_with(&format!("{job} prune_audit dead acme attempts=1 ")), "{line}");
        assert!(line.ends_with(" error=\"the payload can't be read\""), "{line}");
    }
    // A node counts the jobs when it starts.
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    let metrics = wait_until_counted(&cluster.nodes[0]).await;
    assert!(metrics.contains("causerie_jobs{kind=\"prune_audit\",state=\"dead\"} 2\n"), "{metrics}");

    execute(&cluster.database, "UPDATE jobs SET payload = '{}' WHERE payload = 'nonsense'").await;
    assert_eq!(settings.run(&["jobs", "retry", &first]), format!("retried {first}\n"));
    let done = || list(&settings, &["--tenant", "acme", "--state", "done"]);
    let lines = eventually("a job that is done", async || Some(done()).filter(|lines| lines.len() == 1)).await;
    assert!(
        lines[0].starts_with(&format!("{first} prune_audit done acme attempts=1 ")) && !lines[0].contains("error"),
        "{lines:?}"
    );
    let refused = settings.fail(&["jobs", "retry", &first]);
    assert_eq!(refused, format!("causerie: the job `{first}` is done: only a dead or a waiting job is retried\n"));

    assert_eq!(settings.run(&["jobs", "retry", "--kind", "prune_audit"]), format!("retried {second}\n"));
    eventually("the other job", async || (done().len() == 2).then_some(())).await;
    let refused = settings.fail(&["jobs", "retry", "--kind", "prune_audit"]);
    assert_eq!(refused, "causerie: --kind: there is no dead job of the kind `prune_audit`\n");

    assert_eq!(settings.run(&["jobs", "delete", &first, &second]), format!("deleted {first}\ndeleted {second}\n"));
    assert_eq!(done(), [""; 0]);
    let refused = settings.fail(&["jobs", "delete", &first]);
    assert_eq!(refused, format!("causerie: there is no job `{first}`; `causerie jobs list` lists the jobs\n"));
    let audit = settings.run(&["audit", "--tenant", "acme"]);
    for action in ["job.retry", "job.delete"] {
        assert!(audit.contains(&format!(" {action} job:{first} done kind=\"prune_audit\"\n")), "{audit}");
    }
    let runs = Request::get("/metrics").send(cluster.nodes[0].internal()).await;
    assert!(runs.text().contains("causerie_job_runs_total{kind=\"prune_audit\"} 2\n"), "{}", runs.text());
}

#[tokio::test]
async fn a_job_of_an_unknown_kind_is_deleted_by_an_operator_and_by_the_back_end() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let mut jobs = Vec::new();
        for _ in 0..2 {
            let job = add(&cluster.database, "acme", "{}", 4_000_000_000_000).await;
            // The node that ran it was of a newer release, and was killed.
            let of = id_literal(&cluster.database, &job);
            let due_at = SystemClock.now_ms() - 1_000;
            let sql = format!("UPDATE jobs SET kind = 'unheard_of', state = 2, due_at = {due_at} WHERE id = {of}");
            execute(&cluster.database, &sql).await;
            jobs.push(job);
        }
        let settings = cluster.settings();
        assert_eq!(settings.run(&["jobs", "delete", &jobs[0]]), format!("deleted {}\n", jobs[0]));
        let key = cluster.tenant.api_key(settings, "admin");
        let request = Request::new("DELETE", format!("/v1/jobs/{}", jobs[1])).bearer(&key);
        let answer = request.send(cluster.nodes[0].public()).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert_eq!(list(settings, &["--kind", "unheard_of"]), [""; 0]);
    }
}
