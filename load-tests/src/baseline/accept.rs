//! The baseline for a returning connection: a loop that accepts connections, reads a request and writes fixed
//! bytes. It runs as a separate process of this program, so that its CPU time is measured in the same way as the
//! server's.

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
    world::cores::{self, CoreUse},
};

/// The size of an upgrade request and of its answer, in bytes.
const REQUEST: [u8; 256] = [b'a'; 256];
const ANSWER: [u8; 128] = [b'b'; 128];

/// The parameters of the loop.
#[derive(Debug, Clone, Args)]
pub struct Accept {
    /// The number of connections to accept.
    #[arg(long)]
    pub sockets: usize,
}

impl Accept {
    /// Runs the loop in another process and opens all connections to it from here at once. Returns the CPU time of the
    /// loop, and for each connection the time until its answer.
    ///
    /// # Errors
    /// When the process or a connection fails.
    pub async fn measure(&self) -> Outcome<(Duration, Latencies)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("accept").args(["--sockets", &self.sockets.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = cores::start_on(CoreUse::Server(0), || command.spawn())?;
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
        // Closing its standard input ends the process and, with it, its open connections.
        drop(go);
        child.wait().await?;
        Ok((used, took))
    }

    /// Runs the loop.
    ///
    /// # Errors
    /// When a connection can't be accepted.
    pub async fn run(&self) -> Outcome<()> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        // The longest accept queue that the kernel allows. A connection beyond it is retried by the client after a
        // second.
        let listener = socket.listen(u16::MAX.into())?;
        println!("{}", listener.local_addr()?);
        for _ in 0..self.sockets {
            let (mut stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                stream.read_exact(&mut [0; REQUEST.len()]).await?;
                stream.write_all(&ANSWER).await?;
                // The connection stays open, like a session, until the other side closes it.
                stream.read_u8().await
            });
        }
        tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
        Ok(())
    }
}
