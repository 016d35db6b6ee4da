//! A TCP proxy between a client and a node, whose connection a test can disturb.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// A proxy that forwards bytes in both directions until a test cuts, holds back, drops or delays them.
pub struct Proxy {
    address: SocketAddr,
    link: watch::Sender<Link>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    target: SocketAddr,
    /// The number of cuts. Connections made before the last cut end.
    cuts: u32,
    frozen: bool,
    refusing: bool,
    /// The number of calls of [`Proxy::strand`]. While `stranding` is set, the bytes of connections made before the last
    /// call are held back.
    strandings: u32,
    stranding: bool,
    /// The node's answers are dropped.
    mute: bool,
    delay: Duration,
}

impl Link {
    /// Whether the bytes of a connection are held back. `strandings` is the value of the field when the connection was made.
    fn holds(&self, strandings: u32) -> bool {
        self.frozen || (self.stranding && strandings < self.strandings)
    }
}

impl Proxy {
    /// Starts to listen on a free port.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        let link = watch::Sender::new(Link {
            target,
            cuts: 0,
            frozen: false,
            refusing: false,
            strandings: 0,
            stranding: false,
            mute: false,
            delay: Duration::ZERO,
        });
        let accepting = tokio::spawn(accept(listener, link.clone()));
        Self { address, link, accepting }
    }

    /// The address for clients.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections. New connections work.
    pub fn cut(&self) {
        self.link.send_modify(|link| link.cuts += 1);
    }

    /// Holds back all bytes. Connections stay open, as after a cable was unplugged.
    pub fn freeze(&self) {
        self.link.send_modify(|link| link.frozen = true);
    }

    /// Ends all connections, and ends each new connection at once.
    pub fn refuse(&self) {
        self.link.send_modify(|link| {
            link.refusing = true;
            link.cuts += 1;
        });
    }

    /// Holds back the bytes of the existing connections while new connections work. Bytes sent on the old connections arrive
    /// after bytes sent on newer ones.
    pub fn strand(&self) {
        self.link.send_modify(|link| {
            link.strandings += 1;
            link.stranding = true;
        });
    }

    /// Drops the node's answers and forwards the client's requests. A connection that lost an answer stays mute: a test must
    /// cut it.
    pub fn mute(&self) {
        self.link.send_modify(|link| link.mute = true);
    }

    /// Delays all bytes by this time, in each direction.
    pub fn delay(&self, by: Duration) {
        self.link.send_modify(|link| link.delay = by);
    }

    /// Forwards everything again, held-back bytes first.
    pub fn resume(&self) {
        self.link.send_modify(|link| {
            link.frozen = false;
            link.refusing = false;
            link.stranding = false;
            link.mute = false;
            link.delay = Duration::ZERO;
        });
    }

    /// Forwards new connections to another node.
    pub fn retarget(&self, target: SocketAddr) {
        self.link.send_modify(|link| link.target = target);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, link: watch::Sender<Link>) {
    while let Ok((client, _)) = listener.accept().await {
        let now = *link.borrow();
        if now.refusing {
            continue;
        }
        let mut watching = link.subscribe();
        tokio::spawn(async move {
            // If the node is down, the client's connection is closed, as the network would do.
            let Ok(node) = TcpStream::connect(now.target).await else { return };
            let (from_client, to_client) = client.into_split();
            let (from_node, to_node) = node.into_split();
            let gate = Gate { link: watching.clone(), cuts: now.cuts, strandings: now.strandings, mutable: false };
            let answers = Gate { mutable: true, ..gate.clone() };
            tokio::select! {
                _ = watching.wait_for(|link| link.cuts != now.cuts) => {}
                () = async {
                    tokio::join!(pump(from_client, to_node, gate), pump(from_node, to_client, answers));
                } => {}
            }
        });
    }
}

/// The state that one direction of one connection checks before it forwards bytes.
#[derive(Clone)]
struct Gate {
    link: watch::Receiver<Link>,
    /// The value of `Link::cuts` when this connection was made.
    cuts: u32,
    /// The value of `Link::strandings` when this connection was made.
    strandings: u32,
    /// Whether this direction carries answers, which a mute link drops.
    mutable: bool,
}

/// Forwards the bytes of one direction of a connection, as the gate allows.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut gate: Gate) {
    let mut buffer = vec![0; 16 * 1024];
    let mut mute = false;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let Ok(now) = gate.link.wait_for(|link| !link.holds(gate.strandings)).await.map(|link| *link) else { return };
        // Checked first: bytes that a mute link held back must not be forwarded after a cut.
        if now.cuts != gate.cuts {
            return;
        }
        mute |= gate.mutable && now.mute;
        if mute {
            continue;
        }
        if !now.delay.is_zero() {
            tokio::time::sleep(now.delay).await;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
