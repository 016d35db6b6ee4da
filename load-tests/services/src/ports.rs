//! Ports for servers that come back at the same one.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// Below the range from which the system gives ports to outgoing connections: one of those could take a port while its
/// server is down.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// Where this process begins, so that two processes on one machine rarely meet.
static NEXT: LazyLock<AtomicU16> =
    LazyLock::new(|| AtomicU16::new((RandomState::new().hash_one(()) % u64::from(COUNT)) as u16));

/// An address of 127.0.0.1 at which nothing listens, never given out twice by a process.
#[must_use]
pub fn free_address() -> SocketAddr {
    loop {
        let port = FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
