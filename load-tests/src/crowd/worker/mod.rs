//! A worker process of the crowd: runs users, carries out orders and counts what the users receive. It ends when stdin ends.

mod bulk;
mod connect;
mod mail;
mod pace;
mod state;
mod tally;
mod user;
mod watch;

use std::{
    io::{BufRead as _, Write as _},
    sync::{Arc, PoisonError},
};

use clap::Args;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::order::{Answer, Operation, Order, Status, Update};
use crate::{Outcome, measure::clock};
use state::{User, WorkerState};
use user::{Task, UserLoop};

/// Reads orders from stdin and writes updates to stdout.
#[derive(Debug, Clone, Args)]
pub struct Worker {}

impl Worker {
    /// Runs until stdin ends.
    ///
    /// # Errors
    /// If the first order does not configure the process, or an order can't be decoded.
    pub async fn run(&self) -> Outcome<()> {
        let mut lines = orders();
        let updates = update_writer();
        let first = lines.recv().await.ok_or("no orders")?;
        let Order { id, what: Operation::Configure(config) } = serde_json::from_str(&first)? else {
            return Err("the first order is to settle".into());
        };
        clock::share(config.clock_offset_us);
        let (mut users, mut queues) = (Vec::new(), Vec::new());
        for number in config.from..config.to {
            let (tasks, queue) = unbounded_channel();
            users.push(Arc::new(User::new(number, tasks)));
            queues.push(queue);
        }
        let worker = Arc::new(WorkerState::new(config, users)?);
        for (user, tasks) in worker.users.iter().zip(queues) {
            tokio::spawn(UserLoop::new(Arc::clone(&worker), Arc::clone(user), tasks).run());
        }
        let _ = updates.send(Update { id, status: Status::Done(Answer::Done) });
        while let Some(line) = lines.recv().await {
            let Order { id, what } = serde_json::from_str(&line)?;
            let (worker, updates) = (Arc::clone(&worker), updates.clone());
            tokio::spawn(async move {
                let progress = |count| {
                    let _ = updates.send(Update { id, status: Status::Progress(count) });
                };
                let status = match carry_out(&worker, what, &progress).await {
                    Ok(answer) => Status::Done(answer),
                    Err(error) => Status::Failed(error.to_string()),
                };
                // The channel is closed only when the process ends.
                let _ = updates.send(Update { id, status });
            });
        }
        // The first process has ended or has all answers; thousands of users need not close one by one.
        std::process::exit(0)
    }
}

async fn carry_out(worker: &Arc<WorkerState>, what: Operation, progress: bulk::Progress<'_>) -> Outcome<Answer> {
    match what {
        Operation::Configure(_) => return Err("settled already".into()),
        Operation::Places(places) => worker.set_servers(places),
        Operation::Introduce(users) => bulk::introduce(worker, &users, progress).await?,
        Operation::Start(starts) => return Ok(Answer::Started(bulk::start(worker, starts, progress).await?)),
        Operation::Know(known) => worker.add_conversations(known)?,
        Operation::Connect(users) => {
            return Ok(Answer::ConnectSummary(Box::new(bulk::connect(worker, &users, false, 0, 0, progress).await)));
        }
        Operation::Reconnect(users, at, patience_ms) => {
            return Ok(Answer::ConnectSummary(Box::new(
                bulk::connect(worker, &users, true, at, patience_ms, progress).await,
            )));
        }
        Operation::Disconnect(users, how, at) => bulk::send(worker, &users, at, |done| Task::Disconnect(how, done)).await,
        Operation::StopReading(users) => bulk::send(worker, &users, 0, Task::StopReading).await,
        Operation::Leave(users) => bulk::send(worker, &users, 0, Task::Leave).await,
        Operation::Load(share) => return Ok(Answer::Handed(pace::carry_out(worker, *share).await?)),
        Operation::Halt(load) => {
            if let Some(halt) = worker.halts.lock().unwrap_or_else(PoisonError::into_inner).get(&load) {
                halt.now();
            }
        }
        Operation::Complete(order) => return Ok(Answer::Completed(Box::new(bulk::complete(worker, &order).await))),
    }
    Ok(Answer::Done)
}

/// The lines of stdin. A thread reads them: orders are long, and asynchronous reads of pieces are slow.
fn orders() -> tokio::sync::mpsc::UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Writes to stdout in a thread, because a full pipe would block all tasks.
fn update_writer() -> UnboundedSender<Update> {
    let (sender, mut updates) = unbounded_channel::<Update>();
    std::thread::spawn(move || {
        let mut out = std::io::stdout().lock();
        while let Some(update) = updates.blocking_recv() {
            let line = serde_json::to_string(&update).unwrap_or_default();
            if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    sender
}
