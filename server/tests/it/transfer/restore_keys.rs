//! Restores of backups with encrypted signing secrets.

use super::text;
use crate::harness::{Cluster, Database, Settings, TempDir, http::Request};

fn key() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_with_another_key_is_refused_before_anything_changes() {
    for databases in [[Database::sqlite(), Database::sqlite()], [Database::postgres(), Database::postgres()]] {
        let [from, to] = databases;
        let secrets_key = key();
        let cluster = Cluster::on(from, |settings| settings.set("auth.secrets_key", &secrets_key)).await;
        let token = cluster.tenant.token("lea");
        let folder = TempDir::new();
        let file = folder.path().join("backup");
        cluster.settings().run(&["backup", text(&file)]);

        let settings = Settings::on(&to);
        for (settings, output) in [
            (settings.clone(), "`auth.secrets_key` is not set"),
            (settings.clone().set("auth.secrets_key", key()), "`auth.secrets_keys_old` does not hold"),
        ] {
            let error_output = settings.fail(&["restore", text(&file)]);
            for part in [output, &cluster.tenant.kid, "--revoke-unreadable-keys"] {
                assert!(error_output.contains(part), "{part} in {error_output}");
            }
            assert!(!error_output.contains(cluster.tenant.secret()));
        }
        // With the key, tokens are valid again.
        let with_key = settings.clone().set("auth.secrets_key", &secrets_key);
        with_key.run(&["restore", text(&file)]);
        let mut node = crate::harness::Node::start(with_key.clone()).await;
        assert_eq!(Request::get("/v1/me").bearer(&token).send(node.public()).await.status, 200);
        node.terminate();
        assert!(node.wait().await.success());
        // Without the key, everything except the signing keys is restored.
        let without = settings.set("auth.secrets_key", key());
        without.run(&["restore", "--replace", "--revoke-unreadable-keys", text(&file)]);
        let keys = without.run(&["signing-key", "list", "--tenant", &cluster.tenant.slug]);
        assert!(keys.contains(&cluster.tenant.kid) && keys.contains("revoked"), "{keys}");
        let node = crate::harness::Node::start(without).await;
        assert_eq!(Request::get("/v1/me").bearer(&token).send(node.public()).await.status, 401);
        drop(node);
        drop(cluster);
    }
}
