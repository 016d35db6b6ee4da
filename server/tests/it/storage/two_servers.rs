//! Two servers on the same data folder would not see each other's changes.

use crate::harness::{Cluster, Database, http::Request};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_folder_names_the_first_and_exits() {
    let mut cluster = Cluster::embedded().await;
    let second = cluster.settings().clone().set("listen.public", "127.0.0.1:0").set("listen.internal", "127.0.0.1:0");
    let error_output = second.fail(&["serve"]);
    let process = cluster.nodes[0].process_id();
    let folder = match &cluster.database {
        Database::Sqlite(folder) => folder.path().display().to_string(),
        _ => panic!("it is embedded"),
    };
    for part in ["another server uses it", &format!("process {process}"), &folder, "CAUSERIE_DATA__DIR"] {
        assert!(error_output.contains(part), "{part} in {error_output}");
    }
    assert_eq!(error_output.lines().count(), 1, "{error_output}");
    assert_eq!(Request::get("/readyz").send(cluster.nodes[0].internal()).await.status, 200, "the first serves on");

    // Subcommands work while the server runs.
    cluster.settings().run(&["tenant", "create", "beside", "--name", "Beside"]);
    assert!(cluster.settings().run(&["tenant", "list"]).contains("beside"));
    cluster.settings().run(&["migrate"]);

    // The lock ends with the process, however the process ends.
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success());
    cluster.nodes[0].start_again().await;
}
