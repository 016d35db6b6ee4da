//! `provision`: the duration of importing all users, its effect on users who chat at the same time, and the cost of
//! rules over so many users on a running server.

pub(super) mod rows;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use causerie_protocol::wire;
use clap::Args;
use serde::Deserialize;
use wire::{reply::Result as Answer, request::Command};

use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::rate,
    Outcome,
    crowd::{self, Action, Crowd, Load, Seen, Stream, UserSet},
    measure::{Latencies, schedule::Pace},
    report::{Figure, Report},
    world::{Server, World, http},
};

/// The rules of the measurement: the preset that has to examine most memberships.
const RULES: &str = "school";
/// The line that the changed rules lack: every pupil loses some users.
const DROPPED: &str = "allow find,see_profile,start  staff ";
/// The number of pairs who chat.
const PAIRS: u32 = 50;
const TEXT_BYTES: usize = 256;
/// How long they chat before the import begins, for comparison.
const QUIET: Duration = Duration::from_secs(10);
/// How long late answers are awaited at the end.
const LATE_S: f64 = 30.0;
/// The goal "in minutes", for 100,000 users.
const IMPORT_S_MAX: f64 = 600.0;
/// A latency that users who chat notice.
const ACK_P99_MS_MAX: f64 = 100.0;
/// An administrator waits for this before changing rules.
const DIFFERENCE_S_MAX: f64 = 2.0;
const IMPORT: &str = "/v1/import";
/// Longer than any import.
const DAY_S: f64 = 86_400.0;
/// A repeated measurement is reported by its median.
const TIMES: usize = 3;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Provision {
    /// The number of users, with 19 memberships each.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    users: u32,
    /// Messages per second of the 50 pairs during the import.
    #[arg(long, default_value_t = 50.0, value_parser = rate)]
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

#[async_trait]
impl Scenario for Provision {
    fn name(&self) -> String {
        "provision".to_owned()
    }

    fn title(&self) -> String {
        format!("Everyone of many schools is imported twice while {PAIRS} pairs chat; then rules over them all are asked.")
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let users = u32::try_from(scaled(self.users as usize, scale, 100))?;
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        report.workload("users", u64::from(users), "");
        let world = stage.world().await?;
        world.choose_rules(RULES).await?;
        let key = world.api_key("provision,admin").await?;
        let file = world.path().join("rows.ndjson");
        let written = rows::write(&file, world.prefix(), users)?;
        report.workload("memberships", written.memberships, "");
        report.workload("rows in all", written.rows, "");
        report.workload("bytes", file.metadata()?.len(), "B");
        report.workload("messages per second meanwhile", self.rate, "1/s");
        let server = world.serve(&[]).await?;
        let crowd = stage.crowd(&world, 2 * PAIRS as usize, 2).await?;
        crowd.connect_to(&[&server]).await?;
        let mut costs = self.import(stage, (&world, &server, &crowd), &key, (&file, written.rows), report).await?;
        server.stop().await?;
        let server = world.serve(&[]).await?;
        crowd.connect_to(&[&server]).await?;
        let difference = decide(stage, &server, &crowd, &key, report).await?;
        costs.push(Figure::new("difference of rules, per user", difference.as_secs_f64() * 1e6 / f64::from(users), "us"));
        server.stop().await?;
        Ok(costs)
    }
}

impl Provision {
    /// Imports all users twice while some users chat.
    #[allow(clippy::cast_precision_loss)] // counts of minutes
    async fn import(
        &self,
        stage: &Stage,
        (world, server, crowd): (&World, &Server, &Crowd),
        key: &str,
        (file, rows): (&Path, usize),
        report: &mut Report,
    ) -> Outcome<Vec<Figure>> {
        let public = server.http()?;
        let import = async || summary(&http::post_file(public, IMPORT, key, file).await?);
        summary(&http::post(public, IMPORT, key, &rows::one_class(world.prefix(), 2 * PAIRS)).await?)?;
        crowd.introduce(UserSet::All).await?;
        crowd.pairs((0..PAIRS).map(|pair| [2 * pair, 2 * pair + 1]).collect()).await?;
        crowd.connect(UserSet::All).await?;

        let (seen, ()) = self.chatting(crowd, stage.wait("chat alone", QUIET)).await?;
        let mut errors = seen.errors();
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            if let Some(ms) = ack(&seen).ms(quantile) {
                report.baseline(format!("ack before, {name}"), ms, "ms");
            }
        }
        let before = server.reading().await?;
        report.metric("RSS before", before.rss_bytes.unwrap_or_default(), "B");

        let began = Instant::now();
        let (seen, taken) = self.chatting(crowd, stage.doing("everyone is brought in", import())).await?;
        errors += seen.errors();
        let (took, after) = (began.elapsed().as_secs_f64(), server.reading().await?);
        if taken.created + taken.unchanged != rows {
            return Err(format!("of {rows} rows {} were created", taken.created).into());
        }
        let cpu_us = after.since(&before).cpu_us.unwrap_or_default();
        let costs = vec![
            Figure::new("server CPU per row", cpu_us / rows as f64, "us"),
            Figure::new("time per row", took * 1e6 / rows as f64, "us"),
        ];
        report.metric("rows per second", rows as f64 / took, "1/s");
        report.metrics.push(costs[0].clone());
        report.metric("messages meanwhile", ack(&seen).count(), "");
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            if let Some(ms) = ack(&seen).ms(quantile) {
                report.metric(format!("ack meanwhile, {name}"), ms, "ms");
            }
        }
        report.metric("RSS after", after.rss_bytes.unwrap_or_default(), "B");
        report.curve(ack(&seen).curve("due to acknowledged, meanwhile"));
        report.at_most("import", took, IMPORT_S_MAX, "s");
        if let Some(p99) = ack(&seen).ms(0.99) {
            report.at_most("ack meanwhile, p99", p99, ACK_P99_MS_MAX, "ms");
        }
        for doubt in seen.doubts(ack(&seen).ms(0.99)) {
            report.doubt(doubt);
        }

        let began = Instant::now();
        let (seen, again) = self.chatting(crowd, stage.doing("the same again", import())).await?;
        if again.unchanged != rows {
            return Err(format!("of {rows} rows {} were unchanged the second time", again.unchanged).into());
        }
        report.metric("the same again, all unchanged", began.elapsed(), "s");
        if let Some(p99) = ack(&seen).ms(0.99) {
            report.metric("ack meanwhile, p99 of that", p99, "ms");
        }
        crowd::judge(report, &seen.check, errors + seen.errors());
        for doubt in seen.doubts(None) {
            report.doubt(doubt);
        }
        crowd.leave(UserSet::All).await?;
        Ok(costs)
    }

    /// Runs `work` while the pairs write. Returns their observations.
    async fn chatting<T>(&self, crowd: &Crowd, work: impl Future<Output = Outcome<T>>) -> Outcome<(Seen, T)> {
        let action = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 0 };
        let stream = Stream { name: "chat".to_owned(), action, pace: Pace::Steady(self.rate) };
        let load = Load { streams: vec![stream], seconds: DAY_S, late_s: LATE_S, ..Default::default() };
        let running = crowd.begin(&load)?;
        let done = work.await?;
        Ok((running.stop().await?, done))
    }
}

fn ack(seen: &Seen) -> &Latencies {
    &seen.first().answer
}

/// Measures the cost of rules over so many users on a server that has just started. Returns the duration of a
/// comparison of rules.
async fn decide(stage: &Stage, server: &Server, crowd: &Crowd, key: &str, report: &mut Report) -> Outcome<Duration> {
    stage.progress.print("the rules are asked");
    let (public, mut user) = (server.http()?, crowd.socket_of(1).await?);
    let mut search = async |query: &str| -> Outcome<Duration> {
        let began = Instant::now();
        let search = wire::SearchDirectory { query: query.to_owned(), limit: 20, ..Default::default() };
        match user.ask(Command::SearchDirectory(search)).await? {
            Answer::DirectoryPage(page) if !page.hits.is_empty() => Ok(began.elapsed()),
            other => Err(format!("a search was answered with {other:?}").into()),
        }
    };
    report.metric("first search after a start, facts read for it", search("mar").await?, "s");
    report.metric("a later search", search("ma").await?, "s");
    let rss = async || Outcome::Ok(server.reading().await?.rss_bytes.unwrap_or_default());
    report.metric("RSS after a start", rss().await?, "B");

    let rules: serde_json::Value = serde_json::from_str(&http::get(public, "/v1/policy", Some(key)).await?)?;
    let rules = rules["text"].as_str().ok_or("GET /v1/policy answered no text")?;
    let fewer: Vec<&str> = rules.lines().filter(|line| !line.starts_with(DROPPED)).collect();
    let asked = serde_json::json!({ "text": fewer.join("\n") }).to_string();
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        stage.stop.guard(http::post(public, "/v1/policy/diff", key, &asked)).await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let difference = took[TIMES / 2];
    report.at_most("difference of rules, over everyone", difference.as_secs_f64(), DIFFERENCE_S_MAX, "s");
    report.metric("RSS after differences", rss().await?, "B");
    Ok(difference)
}

/// The summary of an import.
fn summary(answer: &str) -> Outcome<Summary> {
    let last = answer.lines().next_back().unwrap_or_default();
    let Ended { summary } = serde_json::from_str(last).map_err(|_| format!("an import ended with {last}"))?;
    if summary.refused > 0 || summary.stopped.is_some() {
        return Err(format!("an import was refused: {answer}").into());
    }
    Ok(summary)
}
