//! `run FILE.toml`: a scenario of your own. The file describes users and actions ([`model`]). [`plan`] derives each single
//! user and conversation from it, and [`rows`] imports the users before the run.

mod file;
mod goals;
mod model;
mod plan;
mod reader;
mod rows;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use clap::Args;

use super::{Scenario, Stage};
use crate::{
    Outcome,
    baseline::disk,
    cli::options::Common,
    crowd::{Action, Crowd, Load, MailSpec, Stream, UserSet},
    measure::schedule::Pace,
    report::{Figure, Report},
    world::{Server, World},
};
use goals::RunResult;
use model::{ActionKind, Kind, Model, Rules};
use plan::Plan;

/// How long the disk is measured alone.
const DISK: Duration = Duration::from_secs(1);
/// Larger than any file that is written by hand.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Run {
    /// The scenario file; see `load-tests/scenarios` for examples.
    #[arg(value_name = "FILE", value_parser = read)]
    own: Own,
    /// With --target: a file that holds an API key with the scope `provision`. Without it, users exist only by their
    /// tokens.
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
}

/// A scenario that was read.
#[derive(Debug, Clone)]
struct Own {
    name: String,
    file: String,
    model: Arc<Model>,
    plan: Arc<Plan>,
}

fn read(file: &str) -> Outcome<Own> {
    let path = Path::new(file);
    let unreadable = |error: std::io::Error| format!("{file}: {error}");
    if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        return Err(format!("{file}: it has more than {FILE_BYTES_MAX} bytes").into());
    }
    let model = Model::read(path, &fs::read_to_string(path).map_err(unreadable)?)?;
    let plan = Plan::of(&model)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Own { name, file: file.to_owned(), model: Arc::new(model), plan: Arc::new(plan) })
}

#[async_trait]
impl Scenario for Run {
    fn name(&self) -> String {
        format!("run {}", self.own.name)
    }

    fn title(&self) -> String {
        self.own.model.title.clone()
    }

    /// The file sets the size.
    fn grows(&self) -> bool {
        false
    }

    async fn measure(&self, stage: &Stage, _: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let Own { model, plan, .. } = &self.own;
        self.check(&stage.common)?;
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        self.tell_workload(report);
        let world = stage.world().await?;
        world.note_missing(report);
        self.choose_rules(&world, report).await?;
        let server = self.serve(&world).await?;
        let crowd = stage.crowd(&world, plan.users as usize, 1).await?;
        crowd.connect_to(&[&server]).await?;
        match self.key(&world).await? {
            Some(key) => {
                let import = rows::import(server.http()?, &key, (model, plan), world.prefix(), world.path());
                let import = async { import.await.map_err(|error| format!("{}: {error}", self.own.file).into()) };
                let count = stage.doing("users and facts are told", import).await?;
                report.workload("rows imported", count, "");
            }
            None => crowd.introduce(UserSet::All).await?,
        }
        self.start_conversations(&crowd).await?;
        crowd.connect_within(plan.online, Duration::from_secs_f64(model.load.ramp_s)).await?;
        if !world.is_target() {
            let alone = stage.doing("the disk alone", disk::fdatasync(world.path(), DISK)).await?;
            for (name, quantile) in [("fdatasync, p50", 0.5), ("fdatasync, p99", 0.99)] {
                if let Some(ms) = alone.ms(quantile) {
                    report.baseline(name, ms, "ms");
                }
            }
        }
        let running = crowd.begin(&self.load(world.prefix()))?;
        running.wait_for_warm_up().await?;
        let before = server.reading().await?;
        let seen = running.end().await?;
        let after = server.reading().await?;
        let result = RunResult { rates: &model.load.rates, seen: &seen, cpu_us: after.since(&before).cpu_us, after: &after };
        add_metrics(&result, report);
        result.judge(&model.goals, report);
        server.stop().await?;
        // There is one size: the size of the file.
        Ok(Vec::new())
    }
}

impl Run {
    /// Refuses, before the run begins, a file that would need administrative rights on a target.
    fn check(&self, common: &Common) -> Outcome<()> {
        let Own { model, file, .. } = &self.own;
        if common.target.is_none() {
            return match self.api_key_file {
                Some(_) => Err("--api-key-file: only with --target; a server started here needs none".into()),
                None => Ok(()),
            };
        }
        if model.load.heartbeat_s.is_some() {
            return Err(format!("{file}: load.heartbeat_s: --target is set up by others; leave it out").into());
        }
        let provisioned = model.provisioned();
        if self.api_key_file.is_none() && !provisioned.is_empty() {
            let keys = provisioned.join(", ");
            let what = "a --target knows nothing of these; add --api-key-file with an API key of its tenant that has the scope \
                        `provision`, or leave them out. `rules` are never put in force on a target: those it has are";
            return Err(format!("{file}: {keys}: {what}").into());
        }
        Ok(())
    }

    fn tell_workload(&self, report: &mut Report) {
        let Own { model, plan, .. } = &self.own;
        report.workload("users", plan.users, "");
        report.workload("users online", plan.online, "");
        if !plan.groups.is_empty() {
            report.workload("groups", plan.groups.iter().map(Vec::len).sum::<usize>(), "");
        }
        for (kind, name) in [(Kind::Direct, "direct conversations"), (Kind::Group, "group conversations")] {
            let of = model.conversations.iter().zip(&plan.conversations).filter(|(it, _)| it.kind == kind);
            let count: usize = of.map(|(_, all)| all.len()).sum();
            if count > 0 {
                report.workload(name, count, "");
            }
        }
        if !plan.mails.is_empty() {
            report.workload("ways mails are addressed", plan.mails.len(), "");
        }
        for (kind, rate) in &model.load.rates {
            report.workload(format!("{} per second", kind.name()), *rate, "1/s");
        }
        report.workload("text", model.load.text_bytes, "B");
        report.workload("measured for", model.load.seconds, "s");
    }

    async fn choose_rules(&self, world: &World, report: &mut Report) -> Outcome<()> {
        let (chosen, mark) = match &self.own.model.rules {
            None => return Ok(()),
            Some(_) if world.is_target() => {
                report.note("the rules are those of the target, whatever the file says of them");
                return Ok(());
            }
            Some(Rules::Preset(preset, mark)) => (world.choose_rules(preset).await, mark),
            Some(Rules::File(file, mark)) => (world.choose_rules_of(file).await, mark),
        };
        chosen.map_err(|error| mark.wrong(error.to_string().trim()))
    }

    async fn serve(&self, world: &World) -> Outcome<Server> {
        if world.is_target() {
            return world.serve(&[]).await;
        }
        let heartbeat_ms = self.own.model.load.heartbeat_s.map(|seconds| format!("{:.0}", seconds * 1_000.0));
        // The rate limits are raised like all others, so that this tool is not slowed down.
        let mut settings = vec![("LIMITS__SEARCHES_PER_SECOND", "1000000"), ("LIMITS__SEARCHES_BURST", "1000000")];
        settings.extend(heartbeat_ms.as_deref().map(|ms| ("HEARTBEAT__INTERVAL_MS", ms)));
        world.serve(&settings).await
    }

    async fn key(&self, world: &World) -> Outcome<Option<String>> {
        match &self.api_key_file {
            Some(file) => {
                let key = fs::read_to_string(file).map_err(|error| format!("--api-key-file {}: {error}", file.display()))?;
                Ok(Some(key.trim().to_owned()))
            }
            None if world.is_target() => Ok(None),
            None => Ok(Some(world.api_key("provision").await?)),
        }
    }

    async fn start_conversations(&self, crowd: &Crowd) -> Outcome<()> {
        for (wanted, all) in self.own.model.conversations.iter().zip(&self.own.plan.conversations) {
            let started = match wanted.kind {
                Kind::Direct => crowd.pairs(all.iter().map(|it| [it[0], it[1]]).collect()).await,
                Kind::Group => crowd.groups(all.clone()).await,
                Kind::Mail => Ok(()),
            };
            if let Err(error) = started {
                // A stopped run is no error of the file.
                return Err(if error.is::<crate::stop::Stopped>() { error } else { wanted.mark.wrong(&error.to_string()) });
            }
        }
        Ok(())
    }

    fn load(&self, prefix: &str) -> Load {
        let (load, plan) = (&self.own.model.load, &self.own.plan);
        let (users, text_bytes) = (UserSet::Span(0, plan.online), load.text_bytes as usize);
        let mail_spec = |it: &plan::MailPlan| MailSpec {
            from: it.from,
            to: it.to.clone(),
            groups: it
                .group
                .iter()
                .map(|(kind, number)| rows::group(prefix, &self.own.model.groups[*kind].name, *number))
                .collect(),
            readers: it.readers.clone(),
        };
        let action = |kind: ActionKind| match kind {
            ActionKind::Send => Action::Send { text_bytes, conversations: None, senders: 0 },
            ActionKind::Mail => Action::Mail { text_bytes, mail_specs: plan.mails.iter().map(mail_spec).collect() },
            ActionKind::List => Action::List { users: users.clone(), limit: load.page },
            ActionKind::History => Action::History { users: users.clone(), limit: load.page, anywhere: false },
            ActionKind::MarkRead => Action::MarkRead { users: users.clone() },
            ActionKind::Typing => Action::Typing { users: users.clone() },
            ActionKind::Search => Action::Search { users: users.clone(), query: load.search.clone() },
        };
        let stream = |(kind, rate): &(ActionKind, f64)| Stream {
            name: kind.name().to_owned(),
            action: action(*kind),
            pace: Pace::Steady(*rate),
        };
        let streams = load.rates.iter().map(stream).collect();
        let (seconds, warm_up_s, late_s) = (load.seconds, load.warm_up_s, load.late_s);
        Load { streams, seconds, warm_up_s, late_s, ..Default::default() }
    }
}

/// Reports the observations, with and without limits.
fn add_metrics(result: &RunResult<'_>, report: &mut Report) {
    const QUANTILES: [(&str, f64); 2] = [("p50", 0.5), ("p99", 0.99)];
    report.metric("measured for", result.seen.seconds, "s");
    for (kind, _) in result.rates {
        let (Some(seen), name) = (result.of(*kind), kind.name()) else { continue };
        report.metric(format!("{name}, answered"), seen.answered, "");
        for (of, quantile) in QUANTILES {
            if let Some(ms) = seen.answer.ms(quantile) {
                report.metric(format!("{name}, due to answered, {of}"), ms, "ms");
            }
        }
        // A plot can't show more lines than these.
        if matches!(kind, ActionKind::Send | ActionKind::Mail | ActionKind::List | ActionKind::History) {
            report.curve(seen.answer.curve(&format!("{name}, due to answered")));
        }
        if matches!(kind, ActionKind::Send | ActionKind::Mail) {
            report.series(seen.p99_over_time(&format!("{name}, due to read, p99")));
            report.series(seen.answered_over_time(&format!("{name}, acknowledged")));
        }
    }
    let deliveries = result.deliveries();
    if deliveries.count() > 0 {
        report.metric("messages delivered", deliveries.count(), "");
    }
    for (of, quantile) in QUANTILES {
        if let Some(ms) = deliveries.ms(quantile) {
            report.metric(format!("due to read, {of}"), ms, "ms");
        }
    }
    report.curve(deliveries.curve("due to read, every member"));
    if let Some(cpu_us) = result.cpu_us_per_message() {
        report.metric("server CPU per message, all else included", cpu_us, "us");
    }
    if let Some(bytes) = result.after.rss_bytes {
        report.metric("server memory at the end", bytes, "B");
    }
}

#[cfg(test)]
mod tests;
