//! Ports for servers that are restarted on the same port.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// The first of the ports. They lie below the range of ports for outgoing connections, because such a connection could take
/// the port while its server is down.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// The first port differs between processes, so that two processes on one machine rarely use the same ports.
static NEXT: LazyLock<AtomicU16> =
    LazyLock::new(|| AtomicU16::new((RandomState::new().hash_one(()) % u64::from(COUNT)) as u16));

/// A free address of 127.0.0.1. A process never gets the same address twice.
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
