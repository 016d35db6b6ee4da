//! A link between a client and a node that can fail on demand.

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

/// Passes bytes both ways, unless told otherwise.
pub struct Proxy {
    address: SocketAddr,
    link: watch::Sender<Link>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    target: SocketAddr,
    /// Connections made before the last cut end.
    cuts: u32,
    frozen: bool,
    refusing: bool,
    /// How often connections were stranded; those made before the last time are held back while `stranding`.
    strandings: u32,
    stranding: bool,
    /// What the node says goes nowhere.
    mute: bool,
    delay: Duration,
}

impl Link {
    /// Holds back the bytes of a connection made after so many strandings.
    fn holds(&self, strandings: u32) -> bool {
        self.frozen || (self.stranding && strandings < self.strandings)
    }
}

impl Proxy {
    /// Starts to listen on a port of its own.
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

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections; new ones are let through.
    pub fn cut(&self) {
        self.link.send_modify(|link| link.cuts += 1);
    }

    /// Holds all bytes back while connections stay open: a cable pulled, not a reset.
    pub fn freeze(&self) {
        self.link.send_modify(|link| link.frozen = true);
    }

    /// Ends new connections at once, from now on; cuts those there are.
    pub fn refuse(&self) {
        self.link.send_modify(|link| {
            link.refusing = true;
            link.cuts += 1;
        });
    }

    /// Holds back the bytes of the connections there are, while new ones pass: what was sent on them arrives after what is
    /// sent on later ones.
    pub fn strand(&self) {
        self.link.send_modify(|link| {
            link.strandings += 1;
            link.stranding = true;
        });
    }

    /// Swallows what the node answers, while what it is asked passes. A connection that lost an answer stays mute for good:
    /// cut it.
    pub fn mute(&self) {
        self.link.send_modify(|link| link.mute = true);
    }

    /// Passes bytes on after this time only, each way.
    pub fn delay(&self, by: Duration) {
        self.link.send_modify(|link| link.delay = by);
    }

    /// Lets everything through again, what was held back first.
    pub fn resume(&self) {
        self.link.send_modify(|link| {
            link.frozen = false;
            link.refusing = false;
            link.stranding = false;
            link.mute = false;
            link.delay = Duration::ZERO;
        });
    }

    /// Leads new connections to another node.
    pub fn lead_to(&self, target: SocketAddr) {
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
            // A node that is down closes its clients' connections, as the network would.
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

/// What bytes of one direction of one connection pass through.
#[derive(Clone)]
struct Gate {
    link: watch::Receiver<Link>,
    /// How often connections had been cut when this one was made.
    cuts: u32,
    /// How often connections had been stranded when this one was made.
    strandings: u32,
    /// These are answers, which a mute link swallows.
    mutable: bool,
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut gate: Gate) {
    let mut buffer = vec![0; 16 * 1024];
    let mut mute = false;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let Ok(now) = gate.link.wait_for(|link| !link.holds(gate.strandings)).await.map(|link| *link) else { return };
        // Cut is cut: what a mute link held back until then must not slip through before the connection ends.
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
