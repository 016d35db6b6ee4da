//! I/O errors under SQLite, injected by a library between the server and the system calls.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{Sender, until_readiness, without_send_limits};
use crate::harness::{Cluster, TempDir};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EDQUOT: i32 = 122;

/// The compiled library, and the file that selects the failing call.
struct Fault {
    library: PathBuf,
    switch: PathBuf,
    _folder: TempDir,
}

impl Fault {
    fn compile() -> Self {
        let folder = TempDir::new();
        let (library, switch) = (folder.path().join("fault.so"), folder.path().join("switch"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/storage/fault.c");
        let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).output();
        let compiled = compiled.expect("there is a C compiler, which SQLite needs too");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        Self { library, switch, _folder: folder }
    }

    fn fail_calls(&self, call: &str, error: i32) {
        // Replaced atomically, because the library reads the file at every call.
        let next = self.switch.with_extension("next");
        std::fs::write(&next, format!("{call} {error}")).expect("it can be written");
        std::fs::rename(next, &self.switch).expect("it can be renamed");
    }

    fn stop_failing(&self) {
        std::fs::remove_file(&self.switch).expect("it was on");
    }

    /// An embedded server whose system calls fail while the switch is on.
    async fn cluster(&self) -> Cluster {
        Cluster::embedded_with(|settings| {
            let settings = without_send_limits(settings).environment("TEST_FAULT_SWITCH", self.switch.display());
            settings.environment("LD_PRELOAD", self.library.display())
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_message_is_lost_by_an_io_error() {
    let fault = Fault::compile();
    let mut cluster = fault.cluster().await;
    let mut sender = Sender::start(&cluster).await;
    let faults = [("write", ENOSPC), ("write", EIO), ("write", EDQUOT), ("sync", EIO), ("sync", ENOSPC), ("truncate", EIO)];
    for (call, error) in faults {
        let name = format!("{call} {error}");
        assert_eq!(sender.send_some(&cluster, &name, 5).await, 5, "{name}");
        fault.fail_calls(call, error);
        let stored = sender.send_some(&cluster, &format!("during {name}"), 20).await;
        if call == "truncate" {
            assert_eq!(stored, 20, "{name}: nothing is cut off by a send");
        } else {
            assert_eq!(stored, 0, "{name}: nothing can be stored");
            until_readiness(&cluster, 503).await;
        }
        sender.audit(&format!("during {name}"), &cluster).await;
        fault.stop_failing();
        until_readiness(&cluster, 200).await;
        assert_eq!(sender.send_some(&cluster, &format!("after {name}"), 5).await, 5, "it recovers by itself");
        sender.audit(&format!("after {name}"), &cluster).await;
    }
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    sender.audit("after a restart", &cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_can_not_be_read_for_a_while_loses_no_acknowledged_message() {
    let fault = Fault::compile();
    let mut cluster = fault.cluster().await;
    let mut sender = Sender::start(&cluster).await;
    sender.send_some(&cluster, "before", 5).await;
    fault.fail_calls("read", EIO);
    // The cache may be enough to accept some of these.
    sender.send_some(&cluster, "during", 20).await;
    sender.audit("while it can't be read", &cluster).await;
    fault.stop_failing();
    sender.until_stored(&cluster).await;
    assert_eq!(sender.send_some(&cluster, "after", 5).await, 5);
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    sender.audit("after a restart", &cluster).await;
}
