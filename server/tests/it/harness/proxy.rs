//! A link between a client and a node that can fail on demand.

use std::net::{Ipv4Addr, SocketAddr};

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
}

impl Proxy {
    /// Starts to listen on a port of its own.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        let link = watch::Sender::new(Link { target, cuts: 0, frozen: false, refusing: false });
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

    /// Lets everything through again, what was held back first.
    pub fn resume(&self) {
        self.link.send_modify(|link| {
            link.frozen = false;
            link.refusing = false;
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
            let gate = watching.clone();
            tokio::select! {
                _ = watching.wait_for(|link| link.cuts != now.cuts) => {}
                () = async {
                    tokio::join!(pump(from_client, to_node, gate.clone()), pump(from_node, to_client, gate));
                } => {}
            }
        });
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut gate: watch::Receiver<Link>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if gate.wait_for(|link| !link.frozen).await.is_err() || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
