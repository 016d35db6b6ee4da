//! The check of Redis at the start of the server. If Redis can't be used with the given settings, the server does not start.
//! If Redis is away, the server starts, because a node must be able to start without Redis.

use std::time::Duration;

use futures::future::join_all;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, RedisError, RedisResult};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{RedisBusError, connections::DEADLINE, servers::Servers};

const NO_TLS: &str = "the server speaks no TLS (`redis://`)";

/// The time limit for the connection and the answer together.
const CONTACT_MAX: Duration = DEADLINE.saturating_mul(2);

/// Sends PING to every server, or to every Sentinel if there are any.
///
/// # Errors
/// [`RedisBusError::Mistake`] if a server refuses the password, speaks another protocol or TLS than the address says, or
/// shows a certificate that is not trusted. A server that cannot be reached is logged and is no error.
pub(super) async fn check(servers: &Servers) -> Result<(), RedisBusError> {
    let contacts = servers.to_check().iter().map(|info| async move {
        let address = info.addr().to_string();
        let (mistake, answer) = match timeout(CONTACT_MAX, ping(info)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => (mistake(&error), error.to_string()),
            Err(_) => (None, "no answer".to_owned()),
        };
        let mistake = match mistake {
            None if speaks_no_tls(info).await => Some(NO_TLS),
            mistake => mistake,
        };
        match mistake {
            Some(mistake) => Err(RedisBusError::Mistake { address, mistake, answer }),
            None => {
                warn_unreachable(&address, &answer);
                Ok(())
            }
        }
    });
    join_all(contacts).await.into_iter().collect()
}

fn warn_unreachable(address: &str, why: &str) {
    tracing::warn!(
        address,
        why,
        "Redis can't be reached; this node serves without it, looks at the database for messages of other nodes, and goes on \
         trying"
    );
}

async fn ping(info: &ConnectionInfo) -> RedisResult<()> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(DEADLINE)).set_response_timeout(Some(DEADLINE));
    let mut connection = Client::open(info.clone())?.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").query_async(&mut connection).await
}

/// The mistake that the operator must correct; `None` if the server may become usable without a change.
fn mistake(error: &RedisError) -> Option<&'static str> {
    let is_refused = error.kind() == ErrorKind::AuthenticationFailed || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"));
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    match error.kind() {
        _ if is_refused => Some("it refuses the user or the password"),
        ErrorKind::Parse | ErrorKind::RESP3NotSupported => {
            Some("what answers there is no Redis of version 6 or newer, or it expects TLS (`rediss://`)")
        }
        ErrorKind::Io if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) => {
            Some("TLS fails: the certificate is not trusted, or the server speaks another version")
        }
        _ => None,
    }
}

/// Whether a server whose address demands TLS answers without TLS. Redis reads the first bytes of TLS as the beginning of a
/// line and waits for the end of that line, so an attempt with TLS ends only at its time limit.
async fn speaks_no_tls(info: &ConnectionInfo) -> bool {
    let ConnectionAddr::TcpTls { host, port, .. } = info.addr() else { return false };
    let answer = async {
        let mut stream = TcpStream::connect((host.as_str(), *port)).await?;
        stream.write_all(b"PING\r\n").await?;
        stream.read_u8().await
    };
    matches!(timeout(DEADLINE, answer).await, Ok(Ok(b'+' | b'-')))
}
