//! Tests of the files in `docs/operating`: proxies survive a rolling restart, and dashboards and alerts name existing
//! metrics.

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use causerie_client::{Encoding, State};

use tokio::net::UnixDatagram;

use crate::harness::{
    Cluster, Database, Node, Peer, Proxy, Raw, Settings, TempDir, eventually_blocking, free_address, http::Request, within,
};

const NGINX: &str = include_str!("../../../docs/operating/nginx.conf");
const CADDYFILE: &str = include_str!("../../../docs/operating/Caddyfile");
const PAGE: &str = include_str!("../../../docs/operating.md");
const DASHBOARD: &str = include_str!("../../../docs/operating/grafana.json");
const UNITS: [(&str, &str); 3] = [
    ("causerie.service", include_str!("../../../docs/operating/causerie.service")),
    ("causerie-backup.service", include_str!("../../../docs/operating/causerie-backup.service")),
    ("causerie-backup.timer", include_str!("../../../docs/operating/causerie-backup.timer")),
];
/// `systemd-analyze security` rates the exposure of a service from 0 (confined) to 100.
const EXPOSURE_MAX: u32 = 25;
const ALERTS: &str = include_str!("../../../docs/operating/alerts.yaml");
/// The addresses of the nodes in both files.
const NODES: [&str; 2] = ["127.0.0.1:8080", "127.0.0.1:9080"];
const CLIENTS: usize = 12;

#[tokio::test]
async fn nginx_proxies_sockets_through_a_rolling_restart() {
    let cluster = Cluster::start(2).await;
    let (address, folder) = (free_address(), TempDir::new());
    // Without TLS, because the test has no certificate.
    let site: String = NGINX
        .replace("listen 443 ssl;", &format!("listen {address};"))
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_certificate"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(folder.path().join("site.conf"), with_nodes(&site, &cluster)).expect("writes");
    let whole = format!(
        "daemon off; pid nginx.pid; error_log stderr; {} events {{}} http {{ access_log off; \
         client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s; \
         include site.conf; }}",
        // Otherwise nginx's workers could not open the test's folder.
        if is_root() { "user root;" } else { "" },
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, whole).expect("writes");
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
    let _proxy = Program::start(command, address);
    passes_a_rolling_restart(cluster, address).await;
}

#[tokio::test]
async fn caddy_proxies_sockets_through_a_rolling_restart() {
    let cluster = Cluster::start(2).await;
    let (address, folder) = (free_address(), TempDir::new());
    let site = CADDYFILE.replace("chat.example.org {", &format!("http://{address} {{"));
    let file = folder.path().join("Caddyfile");
    fs::write(&file, format!("{{\n\tadmin off\n}}\n{}", with_nodes(&site, &cluster))).expect("writes");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).env("HOME", folder.path());
    let _proxy = Program::start(command, address);
    passes_a_rolling_restart(cluster, address).await;
}

fn with_nodes(site: &str, cluster: &Cluster) -> String {
    let addresses = cluster.nodes.iter().map(|node| node.public().to_string());
    NODES.iter().zip(addresses).fold(site.to_owned(), |site, (node, address)| {
        assert!(site.contains(node), "the file names {node}");
        site.replace(node, &address)
    })
}

/// A page served through the proxy may connect. When one node after the other restarts, clients reconnect by themselves and
/// lose no message.
async fn passes_a_rolling_restart(mut cluster: Cluster, proxy: SocketAddr) {
    let origin = format!("http://{proxy}");
    let json = ("sec-websocket-protocol", "causerie.v1.json");
    assert!(Raw::try_open(proxy, Encoding::Json, &[json, ("origin", &origin)]).await.is_ok(), "the page's own socket");
    assert_eq!(Request::get("/").send(proxy).await.status, 200);

    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let link = Proxy::to(proxy).await;
        clients.push(Peer::connect(link, &cluster.tenant, &format!("client-{number}"), Encoding::Proto));
    }
    for client in &clients {
        client.id().await;
    }
    let [writer, reader] = &mut clients[..2] else { unreachable!("there are more") };
    let conversation = writer.direct_with(reader).await;
    for node in 0..2 {
        cluster.nodes[node].terminate();
        assert!(cluster.nodes[node].wait().await.success());
        writer.say(conversation, &format!("while node {node} is away")).await;
        assert_eq!(reader.next_message().await.text, format!("while node {node} is away"));
        cluster.nodes[node].start_again().await;
        writer.say(conversation, &format!("node {node} is back")).await;
        assert_eq!(reader.next_message().await.text, format!("node {node} is back"));
    }
    for client in &clients {
        client.until_state("a connected client", |state| *state == State::Connected).await;
    }
}

#[tokio::test]
async fn the_service_manager_is_notified_of_ready_and_stopping() {
    let (database, folder) = (Database::sqlite(), TempDir::new());
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("binds");
    let mut node = Node::start(Settings::on(&database).environment("NOTIFY_SOCKET", path.display())).await;
    let heard = async || {
        let mut text = [0; 256];
        let length = within("a word to the manager", manager.recv(&mut text)).await.expect("receives");
        String::from_utf8_lossy(&text[..length]).trim().to_owned()
    };
    assert_eq!(heard().await, "READY=1");
    node.terminate();
    assert_eq!(heard().await, "STOPPING=1");
    assert!(node.wait().await.success());
}

#[test]
fn systemd_accepts_the_units_and_rates_them_as_confined() {
    let folder = TempDir::new();
    let program = Settings::on(&Database::sqlite()).command().get_program().to_string_lossy().into_owned();
    for (name, unit) in UNITS {
        // The unit's program must exist.
        fs::write(folder.path().join(name), unit.replace("/usr/local/bin/causerie", &program)).expect("writes");
    }
    let analyze = |arguments: &[&str], unit: &str| {
        let mut command = Command::new("systemd-analyze");
        command
            .args(arguments)
            .arg(folder.path().join(unit))
            .env("SYSTEMD_UNIT_PATH", format!("{}:", folder.path().display()));
        let output = command.output().expect("scripts/test installs it");
        let says = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&says).into_owned())
    };
    for (name, _) in UNITS {
        let (is_good, says) = analyze(&["verify", "--man=no"], name);
        // `systemd-analyze` prints warnings without failing.
        assert!(is_good && !says.contains(name), "{name}: {says}");
        if name.ends_with(".service") {
            let (is_good, says) = analyze(&["security", "--offline=true", &format!("--threshold={EXPOSURE_MAX}")], name);
            assert!(is_good, "{name}: {says}");
        }
    }
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_use_existing_metrics() {
    let there_are = metrics().await;
    for text in [DASHBOARD, ALERTS] {
        let named: BTreeSet<&str> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| word.starts_with("causerie_"))
            .collect();
        assert!(named.len() > 3, "{named:?}");
        for name in named {
            let base = ["_total", "_bucket", "_count", "_sum"].iter().find_map(|suffix| name.strip_suffix(suffix));
            assert!(there_are.iter().any(|(metric, _)| metric == base.unwrap_or(name)), "there is no metric {name}");
        }
    }
    serde_json::from_str::<serde_json::Value>(DASHBOARD).expect("the dashboard is JSON");
}

#[tokio::test]
async fn the_operating_page_lists_every_metric() {
    let rows = metrics().await.into_iter().map(|(name, help)| format!("| `{name}` | {help} |\n"));
    let table: String = ["| metric | |\n|---|---|\n".to_owned()].into_iter().chain(rows).collect();
    assert!(PAGE.contains(&table), "docs/operating.md lacks this table:\n{table}");
}

/// The names and descriptions of all metrics, as a node prints them.
async fn metrics() -> Vec<(String, String)> {
    let cluster = Cluster::embedded().await;
    let text = Request::get("/metrics").send(cluster.nodes[0].internal()).await.text().to_owned();
    let help = text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split_once(' '));
    help.map(|(name, help)| (name.to_owned(), help.trim_end_matches('.').to_owned())).collect()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// A running proxy. Stopped when dropped.
struct Program(Child);

impl Program {
    fn start(mut command: Command, address: SocketAddr) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let program = Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")));
        assert!(eventually_blocking(|| std::net::TcpStream::connect(address).is_ok()), "{command:?} does not listen");
        program
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let ended = Command::new("kill").arg(self.0.id().to_string()).status();
        if !ended.is_ok_and(|status| status.success()) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}
