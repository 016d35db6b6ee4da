//! A process of the crowd: people live here, do what they are told, and count what they see. It ends when its orders end.

mod coming;
mod gather;
mod home;
mod mail;
mod pace;
mod tally;
mod user;
mod watch;

use std::{
    io::{BufRead as _, Write as _},
    sync::{Arc, PoisonError},
};

use clap::Args;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::order::{Answer, Order, Said, What, Word};
use crate::{Outcome, measure::clock};
use home::{Home, User};
use user::{Errand, Life};

/// Reads orders from stdin, and says on stdout what became of them.
#[derive(Debug, Clone, Args)]
pub struct Worker {}

impl Worker {
    /// Until there are no more orders.
    ///
    /// # Errors
    /// When the first order is another than to settle, or one can't be read.
    pub async fn run(&self) -> Outcome<()> {
        let mut lines = orders();
        let words = words();
        let first = lines.recv().await.ok_or("no orders")?;
        let Order { id, what: What::Settle(settle) } = serde_json::from_str(&first)? else {
            return Err("the first order is to settle".into());
        };
        clock::share(settle.clock_offset_us);
        let (mut people, mut lives) = (Vec::new(), Vec::new());
        for number in settle.from..settle.to {
            let (errands, life) = unbounded_channel();
            people.push(Arc::new(User::new(number, errands)));
            lives.push(life);
        }
        let home = Arc::new(Home::new(settle, people)?);
        for (user, errands) in home.people.iter().zip(lives) {
            tokio::spawn(Life::new(Arc::clone(&home), Arc::clone(user), errands).live());
        }
        let _ = words.send(Word { id, said: Said::Done(Answer::Done) });
        while let Some(line) = lines.recv().await {
            let Order { id, what } = serde_json::from_str(&line)?;
            let (home, words) = (Arc::clone(&home), words.clone());
            tokio::spawn(async move {
                let so = |count| {
                    let _ = words.send(Word { id, said: Said::So(count) });
                };
                let said = match carry_out(&home, what, &so).await {
                    Ok(answer) => Said::Done(answer),
                    Err(error) => Said::Failed(error.to_string()),
                };
                // Nobody listens to one whose orders ended.
                let _ = words.send(Word { id, said });
            });
        }
        // Whoever gave the orders is gone or has all answers; thousands of people need not leave one by one.
        std::process::exit(0)
    }
}

async fn carry_out(home: &Arc<Home>, what: What, so: gather::So<'_>) -> Outcome<Answer> {
    match what {
        What::Settle(_) => return Err("settled already".into()),
        What::Places(places) => home.move_to(places),
        What::Introduce(who) => gather::introduce(home, &who, so).await?,
        What::Start(starts) => return Ok(Answer::Started(gather::start(home, starts, so).await?)),
        What::Know(known) => home.know(known)?,
        What::Enter(who) => return Ok(Answer::Came(Box::new(gather::come(home, &who, false, 0, 0, so).await))),
        What::Return(who, at, patience_ms) => {
            return Ok(Answer::Came(Box::new(gather::come(home, &who, true, at, patience_ms, so).await)));
        }
        What::Cut(who, how, at) => gather::send(home, &who, at, |done| Errand::Cut(how, done)).await,
        What::StopReading(who) => gather::send(home, &who, 0, Errand::StopReading).await,
        What::Leave(who) => gather::send(home, &who, 0, Errand::Leave).await,
        What::Load(share) => return Ok(Answer::Handed(pace::carry_out(home, *share).await?)),
        What::Halt(load) => {
            if let Some(halt) = home.halts.lock().unwrap_or_else(PoisonError::into_inner).get(&load) {
                halt.now();
            }
        }
        What::Complete(order) => return Ok(Answer::Completed(Box::new(gather::complete(home, &order).await))),
    }
    Ok(Answer::Done)
}

/// Lines of stdin. A thread reads them: orders are long, and reading them in pieces by tasks is slow.
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

/// To stdout. A thread writes, since a full pipe would stop everyone.
fn words() -> UnboundedSender<Word> {
    let (sender, mut words) = unbounded_channel::<Word>();
    std::thread::spawn(move || {
        let mut out = std::io::stdout().lock();
        while let Some(word) = words.blocking_recv() {
            let line = serde_json::to_string(&word).unwrap_or_default();
            if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    sender
}
