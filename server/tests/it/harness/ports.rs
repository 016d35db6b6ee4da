//! Fixed ports for servers that must restart at the same address.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

/// Below the range from which the system takes ports for outgoing connections. Otherwise such a connection could take a port
/// while its server is down.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// The first port of this test run, chosen at random so that two runs on one machine rarely collide.
static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| AtomicU16::new(rand::random::<u16>() % COUNT));

/// An address of 127.0.0.1 on which no process listens. Each call in a run returns another address.
pub fn free_address() -> SocketAddr {
    loop {
        let port = FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
