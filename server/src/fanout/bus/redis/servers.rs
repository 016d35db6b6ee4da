//! Chooses the Redis server to use: the primary among the addresses in the settings, or the server that Sentinels name.
//!
//! A fail-over leaves connections to the demoted server open. That server still accepts subscriptions and PUBLISH, but
//! signals published there do not reach the other nodes. So a server is used only if it says that it is the primary, and
//! [`super::connections`] notices when it no longer is.
//!
//! Without Sentinels, an old primary may start as a primary again while another primary is in use. A node that then connects
//! uses the first of the two, and would not get the signals of nodes that still use the second. So each node asks the
//! servers that are listed before its own server for their role at intervals, and changes to the first primary. Finally all
//! nodes use the same server.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo as _, ProtocolVersion,
    RedisError, RedisResult, Value, aio::MultiplexedConnection,
};
use tokio::time::sleep;

use super::{
    connections::{DEADLINE, RedisConnections},
    push_handler::PushHandler,
};

/// The number of servers that are asked at the same time.
const SERVERS_AT_ONCE: usize = 16;
/// The average interval at which the servers listed before the server in use are asked for their role. It varies, so that
/// not all nodes ask at the same time.
const EARLIER_EVERY: Duration = Duration::from_secs(10);

/// The role that a primary reports.
const PRIMARY: &str = "master";

/// The addresses of one Redis, as the settings give them.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// URLs of servers, one of which is the primary. With Sentinels this is a single URL, whose host is the name by which
    /// the Sentinels know the primary.
    pub servers: Vec<String>,
    /// URLs of Sentinels; empty if there are none.
    pub sentinels: Vec<String>,
}

#[cfg(test)]
impl Addresses {
    /// The address of a single server without Sentinels.
    pub fn single(url: &str) -> Self {
        Self { servers: vec![url.to_owned()], sentinels: Vec::new() }
    }
}

/// The parsed [`Addresses`].
pub(super) struct Servers {
    servers: Vec<ConnectionInfo>,
    sentinels: Vec<ConnectionInfo>,
}

/// The error if no server can be used: the reason for each server.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoPrimary(String);

impl Servers {
    /// Parses the addresses.
    ///
    /// # Errors
    /// `RedisError` if a URL is malformed, if there is no server, or if there are several servers and Sentinels.
    pub fn new(addresses: &Addresses) -> RedisResult<Self> {
        let parse = |texts: &[String]| {
            texts.iter().map(|text| text.as_str().into_connection_info()).collect::<RedisResult<Vec<_>>>()
        };
        let (servers, sentinels) = (parse(&addresses.servers)?, parse(&addresses.sentinels)?);
        if servers.is_empty() || (servers.len() > 1 && !sentinels.is_empty()) {
            return Err((ErrorKind::InvalidClientConfig, "expected one address, or several and no Sentinels").into());
        }
        // Only RESP3 has push messages.
        let servers = servers.into_iter().map(|info| {
            let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
            info.set_redis_settings(settings)
        });
        Ok(Self { servers: servers.collect(), sentinels })
    }

    /// The servers that the check at the start asks: the Sentinels if there are any, because `servers` then holds only a
    /// name.
    pub fn to_check(&self) -> &[ConnectionInfo] {
        if self.sentinels.is_empty() { &self.servers } else { &self.sentinels }
    }

    /// Connects to the primary, and also returns the servers that come before it in the order of the settings. Of several
    /// primaries it uses the first, so that all nodes use the same server. With Sentinels no servers are returned, because
    /// Sentinels list servers in an order of their own.
    pub async fn open(&self, push_handler: &Arc<PushHandler>) -> Result<(RedisConnections, EarlierServers), NoPrimary> {
        let mut reasons = Vec::new();
        let has_sentinels = !self.sentinels.is_empty();
        let candidates = match self.servers.first() {
            Some(template) if has_sentinels => self.named_by_sentinels(template, &mut reasons).await,
            _ => self.servers.clone(),
        };
        let in_order = if has_sentinels { Vec::new() } else { candidates.clone() };
        let mut tried = 0;
        let tries = candidates.into_iter().map(|info| {
            let push_handler = Arc::clone(push_handler);
            async move {
                let address = info.addr().to_string();
                open_primary(info, &push_handler).await.map_err(|error| format!("{address}: {error}"))
            }
        });
        let mut tries = stream::iter(tries).buffered(SERVERS_AT_ONCE);
        while let Some(outcome) = tries.next().await {
            match outcome {
                Ok(connections) => return Ok((connections, EarlierServers(in_order.into_iter().take(tried).collect()))),
                Err(error) => reasons.push(error),
            }
            tried += 1;
        }
        Err(NoPrimary(reasons.join("; ")))
    }

    /// The addresses that the Sentinels name, without duplicates. `template` has the name of the primary as its host, and
    /// the other settings of the connection. Sentinels may disagree during a fail-over; the role that each server reports
    /// then decides.
    async fn named_by_sentinels(&self, template: &ConnectionInfo, reasons: &mut Vec<String>) -> Vec<ConnectionInfo> {
        let (ConnectionAddr::Tcp(name, _) | ConnectionAddr::TcpTls { host: name, .. }) = template.addr() else {
            reasons.push("the address names no primary".to_owned());
            return Vec::new();
        };
        let (name, sentinels) = (name.clone(), self.sentinels.clone());
        let answers = sentinels.into_iter().map(|sentinel| {
            let name = name.clone();
            async move {
                let answer = ask_sentinel(&sentinel, &name).await;
                answer.map_err(|error| format!("the Sentinel at {}: {error}", sentinel.addr()))
            }
        });
        let (mut known, mut candidates) = (HashSet::new(), Vec::new());
        for answer in stream::iter(answers).buffered(SERVERS_AT_ONCE).collect::<Vec<_>>().await {
            match answer {
                Ok(address) if known.insert(address.clone()) => candidates.push(with_address(template, address)),
                Ok(_) => {}
                Err(error) => reasons.push(error),
            }
        }
        candidates
    }
}

/// The servers that come before the server in use in the order of the settings. None of them was a primary when the node
/// connected.
pub(super) struct EarlierServers(Vec<ConnectionInfo>);

impl EarlierServers {
    /// Waits until one of these servers reports that it is a primary. Returns the reason to give up the current connections.
    pub async fn wait_for_primary(&self) -> String {
        loop {
            sleep(EARLIER_EVERY.mul_f64(rand::random_range(0.5..1.5))).await;
            for info in &self.0 {
                if role(info).await.is_ok_and(|role| role == PRIMARY) {
                    return format!("{} comes before the server in use, and is a primary again", info.addr());
                }
            }
        }
    }
}

/// The role that a server reports.
async fn role(info: &ConnectionInfo) -> RedisResult<String> {
    let mut connection = connect(info).await?;
    let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut connection).await?;
    Ok(role.into_iter().next().map(redis::from_redis_value).transpose()?.unwrap_or_default())
}

/// Opens a connection for a single command.
async fn connect(info: &ConnectionInfo) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(DEADLINE)).set_response_timeout(Some(DEADLINE));
    Client::open(info.clone())?.get_multiplexed_async_connection_with_config(&config).await
}

/// The address that a Sentinel gives for the primary.
async fn ask_sentinel(sentinel: &ConnectionInfo, name: &str) -> Result<(String, u16), String> {
    let to_text = |error: RedisError| error.to_string();
    let mut connection = connect(sentinel).await.map_err(to_text)?;
    let mut command = redis::cmd("SENTINEL");
    command.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let answer: Option<(String, u16)> = command.query_async(&mut connection).await.map_err(to_text)?;
    answer.ok_or_else(|| format!("it knows no primary named `{name}`"))
}

/// The same connection settings (user, password, TLS) with another host and port.
fn with_address(template: &ConnectionInfo, (host, port): (String, u16)) -> ConnectionInfo {
    let address = match template.addr().clone() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => ConnectionAddr::TcpTls { host, port, insecure, tls_params },
        _ => ConnectionAddr::Tcp(host, port),
    };
    template.clone().set_addr(address)
}

/// Opens the connections to a server if it is a primary. The error is the reason why the server is not used.
async fn open_primary(info: ConnectionInfo, push_handler: &Arc<PushHandler>) -> Result<RedisConnections, String> {
    let to_text = |error: RedisError| error.to_string();
    let client = Client::open(info).map_err(to_text)?;
    let connections = RedisConnections::open(&client, push_handler).await.map_err(to_text)?;
    match connections.role().await {
        Ok(role) if role == PRIMARY => Ok(connections),
        Ok(role) => Err(format!("it is no primary but `{role}`")),
        // The Redis user may not run ROLE. A failing write then shows that the server is no primary.
        Err(error) if error.code() == Some("NOPERM") => Ok(connections),
        Err(error) => Err(to_text(error)),
    }
}
