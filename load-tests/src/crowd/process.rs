//! A worker process of the crowd, from the side of the first process. The worker process runs this program with a hidden
//! subcommand.

use std::{
    collections::HashMap,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::order::{Answer, Operation, Order, Status, Update};
use crate::{
    Outcome,
    world::cores::{self, CoreUse},
};

/// The hidden subcommand that starts a worker process.
pub const SUBCOMMAND: &str = "crowd-worker";

type Waiting = Arc<Mutex<HashMap<u64, UnboundedSender<Status>>>>;

/// A worker process. It ends when this value is dropped.
pub struct Process {
    orders: UnboundedSender<Order>,
    waiting: Waiting,
    next: AtomicU64,
    _child: Child,
}

/// The updates about one order.
pub struct Reply(UnboundedReceiver<Status>);

impl Process {
    /// Starts a worker process.
    ///
    /// # Errors
    /// If this program can't be started again.
    pub fn start() -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        // Ctrl-C of a terminal is for the first process only; it then asks this process for its results.
        command.arg(SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = cores::start_on(CoreUse::Crowd, || command.spawn())?;
        let (mut to, from) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let (orders, mut given) = unbounded_channel::<Order>();
        tokio::spawn(async move {
            while let Some(order) = given.recv().await {
                let Ok(mut line) = serde_json::to_vec(&order) else { return };
                line.push(b'\n');
                if to.write_all(&line).await.is_err() {
                    return;
                }
            }
        });
        let waiting = Waiting::default();
        let answered = Arc::clone(&waiting);
        tokio::spawn(async move {
            let mut lines = BufReader::new(from).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let Ok(Update { id, status }) = serde_json::from_str(&line) else { break };
                let mut waiting = answered.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(waiter) = waiting.get(&id) {
                    let last = !matches!(status, Status::Progress(_));
                    // The caller may have stopped waiting.
                    let _ = waiter.send(status);
                    if last {
                        waiting.remove(&id);
                    }
                }
            }
            // This ends the wait of callers whose answer does not come.
            answered.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok(Self { orders, waiting, next: AtomicU64::new(0), _child: child })
    }

    /// Sends an order.
    pub fn order(&self, what: Operation) -> Reply {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (waiter, reply) = unbounded_channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, waiter);
        // If the process has ended, the wait for the answer reports it.
        let _ = self.orders.send(Order { id, what });
        Reply(reply)
    }
}

impl Reply {
    /// Waits for the answer. `progress` is called with each count of finished steps before the answer.
    ///
    /// # Errors
    /// If the order could not be carried out.
    pub async fn answer(mut self, progress: impl Fn(u64)) -> Outcome<Answer> {
        loop {
            match self.0.recv().await {
                Some(Status::Progress(count)) => progress(count),
                Some(Status::Done(answer)) => return Ok(answer),
                Some(Status::Failed(why)) => return Err(why.into()),
                None => return Err("a process of the crowd ended; see above for why".into()),
            }
        }
    }
}
