//! A process of the crowd, seen from the first one: this program started again.

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

use super::order::{Answer, Order, Said, What, Word};
use crate::{
    Outcome,
    world::cores::{self, Who},
};

/// Its hidden subcommand.
pub const SUBCOMMAND: &str = "crowd-worker";

type Waiting = Arc<Mutex<HashMap<u64, UnboundedSender<Said>>>>;

/// Ends with the last order, that is, when dropped.
pub struct Process {
    orders: UnboundedSender<Order>,
    waiting: Waiting,
    next: AtomicU64,
    _child: Child,
}

/// What will become of an order.
pub struct Reply(UnboundedReceiver<Said>);

impl Process {
    /// Starts one.
    ///
    /// # Errors
    /// When this program can't be started again.
    pub fn start() -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        // A terminal's Ctrl-C is for the first process, which then asks this one what it saw so far.
        command.arg(SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = cores::on(Who::Crowd, || command.spawn())?;
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
                let Ok(Word { id, said }) = serde_json::from_str(&line) else { break };
                let mut waiting = answered.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(waiter) = waiting.get(&id) {
                    let last = !matches!(said, Said::So(_));
                    // Whoever gave the order may have given up.
                    let _ = waiter.send(said);
                    if last {
                        waiting.remove(&id);
                    }
                }
            }
            // Whoever still waits learns that nothing comes.
            answered.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok(Self { orders, waiting, next: AtomicU64::new(0), _child: child })
    }

    /// Gives an order.
    pub fn order(&self, what: What) -> Reply {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (waiter, reply) = unbounded_channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, waiter);
        // A process that ended answers nothing, which its reply tells.
        let _ = self.orders.send(Order { id, what });
        Reply(reply)
    }
}

impl Reply {
    /// Waits for the last word; `so` hears the ones before.
    ///
    /// # Errors
    /// When the order could not be carried out.
    pub async fn answer(mut self, so: impl Fn(u64)) -> Outcome<Answer> {
        loop {
            match self.0.recv().await {
                Some(Said::So(count)) => so(count),
                Some(Said::Done(answer)) => return Ok(answer),
                Some(Said::Failed(why)) => return Err(why.into()),
                None => return Err("a process of the crowd ended; see above for why".into()),
            }
        }
    }
}
