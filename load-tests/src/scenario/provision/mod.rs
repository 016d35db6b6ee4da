//! `provision`: how long it takes to tell the server of everyone, what those who chat meanwhile notice, and what rules over
//! so many people cost a running server.

mod rows;

use std::{path::Path, pin::pin, time::Duration};

use causerie_protocol::wire;
use clap::Args;
use futures::FutureExt as _;
use hdrhistogram::Histogram;
use serde::Deserialize;
use tokio::time::{Instant, sleep};
use wire::{reply::Result as Answer, request::Command};

use super::{note_load, percentile_ms, progress};
use crate::{
    Outcome,
    cli::Common,
    crowd::Crowd,
    http,
    pairs::{Pairs, Tally},
    process,
    report::Report,
    schedule::Schedule,
    spawn::{Server, World},
    token::Signer,
};

/// The rules all is done under: those with most memberships to look at.
const RULES: &str = "school";
/// The line the changed rules lack: every pupil loses some people.
const DROPPED: &str = "allow find,see_profile,start  staff ";
/// Pairs who chat.
const PAIRS: usize = 50;
const TEXT_BYTES: usize = 256;
/// How long they chat before anything else happens, for comparison.
const QUIET: Duration = Duration::from_secs(10);
/// What was left unanswered at the end is waited for.
const LATE: Duration = Duration::from_secs(30);
/// "In minutes", for 100,000 people.
const IMPORT_S_MAX: f64 = 600.0;
/// From here on whoever chats notices.
const ACK_P99_MS_MAX: f64 = 100.0;
/// Somebody waits for it before they change rules.
const DIFFERENCE_S_MAX: f64 = 2.0;
const IMPORT: &str = "/v1/import";
/// Longer than any import.
const DAY: Duration = Duration::from_secs(86_400);
/// What is asked several times is told by its middle.
const TIMES: usize = 3;

/// What to do.
#[derive(Debug, Clone, Args)]
pub struct Provision {
    #[command(flatten)]
    pub common: Common,
    /// People, with 19 memberships each.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    people: u32,
    /// Messages per second that 50 pairs write meanwhile.
    #[arg(long, default_value_t = 50.0)]
    rate: f64,
}

/// The last line of an import's answer.
#[derive(Deserialize)]
struct Ended {
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    created: usize,
    unchanged: usize,
    refused: usize,
    stopped: Option<String>,
}

impl Provision {
    /// Carries it out.
    ///
    /// # Errors
    /// When the server refuses or ends, or not all rows are taken.
    pub async fn run(&self) -> Outcome<Report> {
        let mut report = Report::new("provision");
        note_load(&mut report);
        let (world, signer) = World::start(&self.common).await?;
        world.choose_rules(RULES).await?;
        let key = world.api_key("provision,admin").await?;
        let file = world.path().join("rows.ndjson");
        let written = rows::write(&file, self.people as usize)?;
        report.workload("people", self.people as usize, "");
        report.workload("memberships", written.memberships, "");
        report.workload("rows in all", written.rows, "");
        report.workload("bytes", file.metadata()?.len(), "B");
        report.workload("messages per second meanwhile", self.rate, "1/s");
        let server = world.serve(&[]).await?;
        self.import(&server, &signer, &key, (&file, written.rows), &mut report).await?;
        server.stop().await?;
        let server = world.serve(&[]).await?;
        decide(&server, &signer, &key, &mut report).await?;
        server.stop().await?;
        Ok(report)
    }

    /// Brings everyone in, twice, while some chat.
    #[allow(clippy::cast_precision_loss)] // counts of minutes
    async fn import(
        &self,
        server: &Server,
        signer: &Signer,
        key: &str,
        (file, rows): (&Path, usize),
        report: &mut Report,
    ) -> Outcome<()> {
        let import = async || summary(&http::post_file(server.public, IMPORT, key, file).await?);
        summary(&http::post(server.public, IMPORT, key, &rows::one_class(2 * PAIRS)).await?)?;
        let crowd = Crowd { server: server.public, signer };
        let mut pairs = Pairs::enter(&crowd, PAIRS, TEXT_BYTES).await?;

        progress("chat alone");
        let quiet = sleep(QUIET).map(Ok);
        let (before, ()) = self.chatting(&mut pairs, quiet).await?;
        report.baseline("ack before, p50", percentile_ms(&before, 0.5), "ms");
        report.baseline("ack before, p99", percentile_ms(&before, 0.99), "ms");
        report.metric("RSS before", process::rss_bytes(server.pid())?, "B");

        progress("everyone is brought in");
        let (cpu, began) = (process::cpu(server.pid())?, Instant::now());
        let (chat, taken) = self.chatting(&mut pairs, import()).await?;
        let (took, cpu) = (began.elapsed().as_secs_f64(), process::cpu(server.pid())? - cpu);
        if taken.created + taken.unchanged != rows {
            return Err(format!("of {rows} rows {} were created", taken.created).into());
        }
        report.metric("rows per second", rows as f64 / took, "1/s");
        report.metric("server CPU per row", cpu.as_secs_f64() * 1e6 / rows as f64, "us");
        report.metric("messages meanwhile", chat.len(), "");
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            report.metric(format!("ack meanwhile, {name}"), percentile_ms(&chat, quantile), "ms");
        }
        report.metric("RSS after", process::rss_bytes(server.pid())?, "B");
        report.at_most("import", took, IMPORT_S_MAX, "s");
        report.at_most("ack meanwhile, p99", percentile_ms(&chat, 0.99), ACK_P99_MS_MAX, "ms");

        progress("the same again");
        let began = Instant::now();
        let (chat, again) = self.chatting(&mut pairs, import()).await?;
        if again.unchanged != rows {
            return Err(format!("of {rows} rows {} were unchanged the second time", again.unchanged).into());
        }
        report.metric("the same again, all unchanged", began.elapsed(), "s");
        report.metric("ack meanwhile, p99 of that", percentile_ms(&chat, 0.99), "ms");
        pairs.leave().await;
        Ok(())
    }

    /// Does something while the pairs write; answers how long their messages took, each of them acknowledged.
    async fn chatting<T>(&self, pairs: &mut Pairs, work: impl Future<Output = Outcome<T>>) -> Outcome<(Histogram<u64>, T)> {
        let (tally, mut work, mut schedule) = (Tally::new(), pin!(work), Schedule::new(self.rate, DAY));
        let done = loop {
            tokio::select! {
                done = &mut work => break done?,
                Some(due) = schedule.next() => pairs.send(due, &tally, true)?,
            }
        };
        let late = Instant::now() + LATE;
        while tally.with(|counts| counts.acknowledged < counts.due) {
            if Instant::now() > late {
                return Err("not all messages were acknowledged".into());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok((tally.with(|counts| counts.latencies.clone()), done))
    }
}

/// What rules over so many people cost a server that has just started.
async fn decide(server: &Server, signer: &Signer, key: &str, report: &mut Report) -> Outcome<()> {
    progress("the rules are asked");
    let mut person = Crowd { server: server.public, signer }.arrive(1).await?;
    let mut search = async |query: &str| -> Outcome<Duration> {
        let began = Instant::now();
        let search = wire::SearchDirectory { query: query.to_owned(), limit: 20, ..Default::default() };
        match person.ask(Command::SearchDirectory(search)).await? {
            Answer::DirectoryPage(page) if !page.hits.is_empty() => Ok(began.elapsed()),
            other => Err(format!("a search was answered with {other:?}").into()),
        }
    };
    report.metric("first search after a start, facts read for it", search("mar").await?, "s");
    report.metric("a later search", search("ma").await?, "s");
    report.metric("RSS after a start", process::rss_bytes(server.pid())?, "B");

    let rules: serde_json::Value = serde_json::from_str(&http::get(server.public, "/v1/policy", Some(key)).await?)?;
    let rules = rules["text"].as_str().ok_or("GET /v1/policy answered no text")?;
    let fewer: Vec<&str> = rules.lines().filter(|line| !line.starts_with(DROPPED)).collect();
    let asked = serde_json::json!({ "text": fewer.join("\n") }).to_string();
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        http::post(server.public, "/v1/policy/diff", key, &asked).await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    report.at_most("difference of rules, over everyone", took[TIMES / 2].as_secs_f64(), DIFFERENCE_S_MAX, "s");
    report.metric("RSS after differences", process::rss_bytes(server.pid())?, "B");
    Ok(())
}

/// What became of an import's rows.
fn summary(answer: &str) -> Outcome<Summary> {
    let last = answer.lines().next_back().unwrap_or_default();
    let Ended { summary } = serde_json::from_str(last).map_err(|_| format!("an import ended with {last}"))?;
    if summary.refused > 0 || summary.stopped.is_some() {
        return Err(format!("an import was refused: {answer}").into());
    }
    Ok(summary)
}
