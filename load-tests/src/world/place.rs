//! The address of a server.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::Outcome;

/// The public address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The host: `127.0.0.1`, `chat.example`.
    pub host: String,
    /// The port of the URL, or the default port of its scheme.
    pub port: u16,
    /// Whether the scheme is `https` or `wss`.
    pub tls: bool,
    /// The resolved addresses of the host; connections use the first.
    pub addresses: Vec<SocketAddr>,
}

impl Place {
    /// The address of a server that this run started.
    #[must_use]
    pub fn local(address: SocketAddr) -> Self {
        Self { host: address.ip().to_string(), port: address.port(), tls: false, addresses: vec![address] }
    }

    /// Parses the URL of `option`, for instance `--target`.
    ///
    /// # Errors
    /// When it is not the URL of a server, or the host can't be resolved.
    pub async fn parse(option: &str, text: &str) -> Outcome<Self> {
        let wrong = |why: &str| format!("{option} {text}: {why}");
        let url =
            Url::parse(text).map_err(|error| wrong(&format!("expected a URL such as http://127.0.0.1:8080 ({error})")))?;
        let tls = match url.scheme() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return Err(wrong("expected http, https, ws or wss").into()),
        };
        if url.path().len() > 1 || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("expected nothing but a scheme, a host and a port").into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            // The URL is not repeated, because it contains a secret.
            return Err(format!("{option}: expected no name and no password in the URL; who one is, tokens say").into());
        }
        let host = match url.host().ok_or_else(|| wrong("it names no host"))? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port().unwrap_or(if tls { 443 } else { 80 });
        let found = tokio::net::lookup_host((host.as_str(), port)).await.map_err(|error| wrong(&error.to_string()))?;
        let addresses: Vec<SocketAddr> = found.collect();
        if addresses.is_empty() {
            return Err(wrong("the host has no address").into());
        }
        Ok(Self { host, port, tls, addresses })
    }

    /// Refuses a host other than this machine unless `--allow` repeats its name: unwanted load on a server is an
    /// attack.
    ///
    /// # Errors
    /// When it is not allowed.
    pub fn check_allowed(&self, option: &str, allow: Option<&str>) -> Outcome<()> {
        if self.addresses.iter().all(|address| address.ip().is_loopback()) || allow == Some(self.host.as_str()) {
            return Ok(());
        }
        let host = &self.host;
        Err(format!("{option}: {host} is not this machine; add --allow {host} if it may be put under load").into())
    }

    /// The socket address for connections.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// The URL of the WebSocket.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        match self.host.parse() {
            Ok(IpAddr::V6(address)) => format!("{scheme}://[{address}]:{}/v1/ws", self.port),
            _ => format!("{scheme}://{}:{}/v1/ws", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn urls_become_places() {
        let place = Place::parse("--target", "http://127.0.0.1:8080").await.expect("a place");
        assert_eq!(place, Place::local(([127, 0, 0, 1], 8080).into()));
        assert_eq!(place.socket_url(), "ws://127.0.0.1:8080/v1/ws");
        assert_eq!(Place::parse("--target", "wss://[::1]").await.expect("a place").socket_url(), "wss://[::1]:443/v1/ws");
        for wrong in ["127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1/chat"] {
            let error = Place::parse("--target", wrong).await.expect_err(wrong).to_string();
            assert!(error.starts_with("--target"), "{error}");
        }
    }

    #[tokio::test]
    async fn other_machines_have_to_be_named_twice() {
        let place = Place::parse("--target", "http://192.0.2.1").await.expect("a place");
        assert!(place.check_allowed("--target", None).is_err());
        assert!(place.check_allowed("--target", Some("192.0.2.2")).is_err());
        assert!(place.check_allowed("--target", Some("192.0.2.1")).is_ok());
        let local = Place::parse("--target", "http://127.0.0.1").await.expect("a place");
        assert!(local.check_allowed("--target", None).is_ok());
    }
}
