//! Error messages of a start when a dependency can not be used.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::harness::{Database, Node, RedisServer, Settings, TempDir, eventually, eventually_blocking, free_address};

#[tokio::test]
async fn a_postgresql_that_is_down_is_named_at_once() {
    let address = free_address();
    let settings = Settings::on(&Database::postgres()).set("database.url", format!("postgres://u:hunter2@{address}/x"));
    let began = Instant::now();
    let error_output = settings.fail(&["serve"]);
    assert!(began.elapsed() < Duration::from_secs(4), "it tried again for {:?}: {error_output}", began.elapsed());
    assert!(
        error_output.contains(&format!("`database.url`: PostgreSQL at {address}: connection refused")),
        "{error_output}"
    );
    assert!(!error_output.contains("hunter2"), "{error_output}");
}

#[tokio::test]
async fn a_postgresql_that_refuses_the_password_says_so() {
    let database = Database::postgres();
    let (_, place) = database.url().rsplit_once('@').expect("a user");
    let settings = Settings::on(&database).set("database.url", format!("postgres://postgres:hunter2@{place}"));
    let error_output = settings.fail(&["serve"]);
    assert!(error_output.contains("password authentication failed for user \"postgres\""), "{error_output}");
    assert!(!error_output.contains("hunter2"), "{error_output}");
}

#[tokio::test]
async fn a_file_that_is_no_sqlite_database_is_named() {
    let folder = TempDir::new();
    let file = folder.path().join("causerie.sqlite");
    fs::write(&file, "this text is long enough to be taken for the header of a database, but it is none.").expect("writes");
    let settings = Settings::on(&Database::sqlite()).set("data.dir", folder.path().display());
    let error_output = settings.fail(&["serve"]);
    for part in ["`data.dir`", &*file.display().to_string(), "file is not a database"] {
        assert!(error_output.contains(part), "{part} in {error_output}");
    }
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_variable_that_sets_another() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = other.local_addr().expect("bound");
    let error_output = Settings::on(&Database::sqlite()).set("listen.public", address).fail(&["serve"]);
    for part in ["`listen.public`", &address.to_string(), "another program listens there", "CAUSERIE_LISTEN__PUBLIC"] {
        assert!(error_output.contains(part), "{part} in {error_output}");
    }
}

// Multi-threaded: the fake Redis must answer while the test waits for a process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_fails_with_the_reason_if_redis_answers_but_can_not_be_used() {
    let database = Database::postgres();
    let redis = RedisServer::start_with("right");
    let place = redis.address();
    let no_redis = http_server().await;
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    let table = [
        (format!("redis://:hunter2@{place}"), "it refuses the user or the password"),
        (format!("redis://{place}"), "it refuses the user or the password"),
        (format!("rediss://:right@{place}"), "the server speaks no TLS"),
        (format!("redis://{no_redis}"), "what answers there is no Redis"),
    ];
    for (url, why) in table {
        let error_output = settings.clone().set("redis.url", &url).fail(&["serve"]);
        let address = url.rsplit(['@', '/']).next().expect("an address");
        assert!(error_output.contains("`redis.url`: ") && error_output.contains(address), "{url}: {error_output}");
        assert!(error_output.contains(why), "{why} in {error_output}");
        assert!(!error_output.contains("hunter2"), "{error_output}");
    }
}

#[tokio::test]
async fn a_node_starts_without_redis_and_logs_it() {
    let database = Database::postgres();
    let address = free_address();
    let settings = Settings::on(&database);
    settings.run(&["migrate"]);
    let mut node = Node::start(settings.set("redis.url", format!("redis://{address}"))).await;
    let log = node.log();
    assert!(log.contains("this node serves without it") && log.contains(&address.to_string()), "{log}");
    node.kill();
}

/// A server that answers every request as a web server does.
async fn http_server() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
    let address = listener.local_addr().expect("it listens");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1_024]).await;
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_start_logs_whether_the_demo_runs_and_the_next_step() {
    let database = Database::sqlite();
    let demo = |settings: Settings| settings.unset("demo.enabled");
    let said = async |settings: Settings| {
        let mut node = Node::start(settings).await;
        let said = eventually("the start-up lines", async || {
            let log = node.log();
            log.contains("Messages are kept in").then_some(log)
        });
        let said = said.await;
        node.kill();
        said
    };
    let on = said(demo(Settings::on(&database))).await;
    for part in ["DEMO: anyone who can connect may sign in", "without a password", "CAUSERIE_DEMO__ENABLED=false"] {
        assert!(on.contains(part), "{part} in {on}");
    }
    assert!(!on.contains("pplying migration"), "one line for all migrations: {on}");

    let output = demo(Settings::on(&database)).attempt(&["tenant", "create", "acme", "--name", "Acme"]);
    assert!(output.status.success());
    let noted = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(noted.contains("the demo ends with the next start") && noted.contains("CAUSERIE_DEMO__ENABLED=true"), "{noted}");
    let off = said(demo(Settings::on(&database))).await;
    for part in ["The demo is off: there is a tenant of your own, `acme`", "causerie signing-key add --tenant acme"] {
        assert!(off.contains(part), "{part} in {off}");
    }
    let kept = said(Settings::on(&database).set("demo.enabled", true)).await;
    assert!(kept.contains("DEMO: anyone who can connect may sign in"), "{kept}");

    let other = Database::sqlite();
    let set = said(Settings::on(&other)).await;
    for part in [
        "The demo is off: `demo.enabled` is false",
        "There is no tenant yet. Make one: causerie tenant create acme --name \"Acme\"",
    ] {
        assert!(set.contains(part), "{part} in {set}");
    }
}

#[tokio::test]
async fn an_error_names_a_pooler_that_refuses_startup_parameters() {
    let database = Database::postgres();
    let pooler = PgBouncer::start(&database, "pool_mode = session");
    let error_output = Settings::on(&database).set("database.url", pooler.url()).fail(&["serve"]);
    assert!(error_output.contains("`ignore_startup_parameters = extra_float_digits`"), "{error_output}");
}

#[tokio::test]
async fn a_transaction_pooler_is_refused_with_the_setting_to_change() {
    let database = Database::postgres();
    for order in ["server_round_robin = 0", "server_round_robin = 1"] {
        let pooler = PgBouncer::start(
            &database,
            &format!("pool_mode = transaction\nignore_startup_parameters = extra_float_digits\n{order}"),
        );
        let error_output = Settings::on(&database).set("database.url", pooler.url()).fail(&["serve"]);
        assert!(error_output.contains("`pool_mode = session`"), "{order}: {error_output}");
    }
}

#[tokio::test]
async fn a_session_pooler_works() {
    let database = Database::postgres();
    let pooler = PgBouncer::start(&database, "pool_mode = session\nignore_startup_parameters = extra_float_digits");
    let settings = Settings::on(&database).set("database.url", pooler.url());
    settings.run(&["migrate"]);
    let mut node = Node::start(settings).await;
    node.kill();
}

/// A PgBouncer in front of a test's database. Stopped when dropped.
struct PgBouncer {
    address: SocketAddr,
    credentials: String,
    name: String,
    process: Child,
    _folder: TempDir,
}

impl PgBouncer {
    fn start(database: &Database, settings: &str) -> Self {
        let (credentials, place) = database.url().trim_start_matches("postgres://").rsplit_once('@').expect("a user");
        let (user, password) = credentials.split_once(':').expect("a password");
        let (server, name) = place.split_once('/').expect("a database");
        let (host, port) = server.rsplit_once(':').expect("a port");
        let (address, folder) = (free_address(), TempDir::new());
        let file = |name: &str| folder.path().join(name);
        fs::write(file("users"), format!("\"{user}\" \"{password}\"\n")).expect("writes");
        let text = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n\
             auth_type = md5\nauth_file = {}\nunix_socket_dir =\nmax_client_conn = 100\ndefault_pool_size = 40\n{settings}\n",
            address.port(),
            file("users").display(),
        );
        fs::write(file("ini"), text).expect("writes");
        // PgBouncer refuses to run as root, and the user it runs as must be able to read its files.
        let mut command = match Command::new("id").arg("-u").output() {
            Ok(output) if output.stdout == b"0\n" => {
                let owned = Command::new("chown").args(["-R", "nobody"]).arg(folder.path()).status();
                assert!(owned.is_ok_and(|status| status.success()), "the folder is given away");
                let mut command = Command::new("setpriv");
                command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "pgbouncer"]);
                command
            }
            _ => Command::new("pgbouncer"),
        };
        command.arg(file("ini")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("pgbouncer is installed");
        let pooler = Self { address, credentials: credentials.to_owned(), name: name.to_owned(), process, _folder: folder };
        assert!(eventually_blocking(|| std::net::TcpStream::connect(address).is_ok()), "pgbouncer does not listen");
        pooler
    }

    fn url(&self) -> String {
        format!("postgres://{}@{}/{}", self.credentials, self.address, self.name)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
