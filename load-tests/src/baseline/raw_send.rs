//! The baseline for fan-out: a loop that writes the same bytes to each of N sockets. It runs as a separate process
//! of this program, so that its CPU time is measured in the same way as the server's.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use clap::Args;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinSet,
};

use crate::{
    Outcome,
    measure::{
        process,
        schedule::{Pace, Waiting},
    },
    world::cores::{self, CoreUse},
};

/// The parameters of the loop.
#[derive(Debug, Clone, Args)]
pub struct RawSend {
    /// The number of sockets to write to.
    #[arg(long)]
    pub sockets: usize,
    /// The size of a frame in bytes, with its header.
    #[arg(long)]
    pub bytes: usize,
    /// The frames for each socket over time, as JSON.
    #[arg(long, value_parser = pace)]
    pub pace: Pace,
    /// The duration in seconds.
    #[arg(long)]
    pub seconds: f64,
}

impl RawSend {
    /// Runs the loop in another process and reads from its sockets here. Returns the CPU time of the loop and the
    /// number of frames read.
    ///
    /// # Errors
    /// When the process fails, or some frames are not read.
    pub async fn measure(&self) -> Outcome<(Duration, u64)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("raw-send").args(["--sockets", &self.sockets.to_string(), "--bytes", &self.bytes.to_string()]);
        command.args(["--pace", &serde_json::to_string(&self.pace)?, "--seconds", &self.seconds.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = cores::start_on(CoreUse::Server(0), || command.spawn())?;
        let pid = child.id().ok_or("the raw loop ended at once")?;
        let (mut go, said) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let mut said = BufReader::new(said).lines();
        let address: SocketAddr = said.next_line().await?.ok_or("the raw loop said no address")?.parse()?;

        let mut readers = JoinSet::new();
        for _ in 0..self.sockets {
            let mut stream = TcpStream::connect(address).await?;
            readers.spawn(async move {
                let (mut buffer, mut bytes) = (vec![0; 4 * 1024], 0_u64);
                while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                    bytes += read as u64;
                }
                bytes
            });
        }
        said.next_line().await?.ok_or("the raw loop did not accept everyone")?;
        let before = process::cpu(pid)?;
        go.write_all(b"go\n").await?;
        said.next_line().await?.ok_or("the raw loop ended early")?;
        let used = process::cpu(pid)? - before;
        // The process closes its sockets when its input ends, and the readers end with them.
        drop(go);
        child.wait().await?;
        let bytes: u64 = readers.join_all().await.iter().sum();
        let (frames, due) =
            (bytes / self.bytes as u64, self.sockets * self.pace.total(Duration::from_secs_f64(self.seconds)));
        if frames != due as u64 {
            return Err(format!("the raw loop delivered {frames} of {due} frames").into());
        }
        Ok((used, frames))
    }

    /// Runs the loop.
    ///
    /// # Errors
    /// When a socket can't be written.
    pub async fn run(&self) -> Outcome<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let mut sockets = Vec::with_capacity(self.sockets);
        while sockets.len() < self.sockets {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            sockets.push(stream);
        }
        println!("accepted");
        order().await?;
        let frame = vec![0x82; self.bytes];
        let mut moments = Waiting::new(self.pace.moments(Duration::from_secs_f64(self.seconds)));
        while moments.next().await.is_some() {
            for socket in &mut sockets {
                socket.write_all(&frame).await?;
            }
        }
        println!("done");
        order().await?;
        Ok(())
    }
}

fn pace(json: &str) -> Result<Pace, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// Waits for a line of standard input, or for its end.
async fn order() -> Outcome<()> {
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    Ok(())
}
