//! The cheapest return there is: a loop that accepts connections, reads a request and writes fixed bytes. It runs in a process
//! of its own, this program started again, so that its CPU time can be read as the server's is.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use clap::Args;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpSocket, TcpStream},
    process::Command,
    task::JoinSet,
};

use crate::{
    Outcome,
    measure::{Latencies, clock, process},
    world::cores::{self, Who},
};

/// As long as an upgrade is asked for, and as it is answered.
const REQUEST: [u8; 256] = [b'a'; 256];
const ANSWER: [u8; 128] = [b'b'; 128];

/// What the loop is to do.
#[derive(Debug, Clone, Args)]
pub struct Accept {
    /// Connections to accept.
    #[arg(long)]
    pub sockets: usize,
}

impl Accept {
    /// Runs the loop in another process and connects to it from here, all at once; answers the loop's CPU time, and how long
    /// each connection took until it was answered.
    ///
    /// # Errors
    /// When the process fails, or a connection.
    pub async fn measure(&self) -> Outcome<(Duration, Latencies)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("accept").args(["--sockets", &self.sockets.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = cores::on(Who::Server(0), || command.spawn())?;
        let pid = child.id().ok_or("the accept loop ended at once")?;
        let (go, said) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let mut said = BufReader::new(said).lines();
        let address: SocketAddr = said.next_line().await?.ok_or("the accept loop said no address")?.parse()?;
        let before = process::cpu(pid)?;
        let began_us = clock::now_us();
        let mut connections = JoinSet::new();
        for _ in 0..self.sockets {
            connections.spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                stream.write_all(&REQUEST).await?;
                stream.read_exact(&mut [0; ANSWER.len()]).await?;
                std::io::Result::Ok((stream, clock::now_us() - began_us))
            });
        }
        let (mut took, mut open) = (Latencies::new(), Vec::with_capacity(self.sockets));
        while let Some(connected) = connections.join_next().await {
            let (stream, took_us) = connected??;
            took.record(took_us);
            open.push(stream);
        }
        let used = process::cpu(pid)? - before;
        // It ends with its orders; what it has open ends with it.
        drop(go);
        child.wait().await?;
        Ok((used, took))
    }

    /// The loop itself.
    ///
    /// # Errors
    /// When a connection can't be accepted.
    pub async fn run(&self) -> Outcome<()> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        // As many as the kernel lets wait; whoever comes beyond tries again after a second.
        let listener = socket.listen(u16::MAX.into())?;
        println!("{}", listener.local_addr()?);
        for _ in 0..self.sockets {
            let (mut stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                stream.read_exact(&mut [0; REQUEST.len()]).await?;
                stream.write_all(&ANSWER).await?;
                // Open, as a session is, until the other side leaves.
                stream.read_u8().await
            });
        }
        tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
        Ok(())
    }
}
