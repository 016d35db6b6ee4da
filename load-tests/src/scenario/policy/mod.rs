//! `policy`: the cost of decisions with very many users, for the rules of each preset, and how soon all nodes apply
//! a changed fact.

mod change;
mod decisions;
mod school;

use async_trait::async_trait;
use clap::Args;

use super::{Scenario, Stage, scaled};
use crate::{
    Outcome,
    measure::saturation::Others,
    report::{Figure, Report},
};
use decisions::Decisions;

const CHECK_US_MAX: f64 = 2.0;
const REACH_MS_MAX: f64 = 1.0;
const VISIBLE_S_MAX: f64 = 1.0;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Policy {
    /// The number of users, with 19 memberships each.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(2_000..=1_000_000))]
    users: u32,
}

#[async_trait]
impl Scenario for Policy {
    fn name(&self) -> String {
        "policy".to_owned()
    }

    fn title(&self) -> String {
        "Rules over everyone of many schools are asked, in memory for each preset; then facts change while nodes decide by them."
            .to_owned()
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let users = u32::try_from(scaled(self.users as usize, scale, 100))?;
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        report.workload("users", users, "");
        report.workload("presets", decisions::presets().count(), "");
        let (mut all, others) = (Vec::new(), Others::watch());
        for preset in decisions::presets() {
            let measured = async { tokio::task::spawn_blocking(move || decisions::measure(preset, users)).await? };
            let measured = stage.doing(&format!("rules of {preset}"), measured).await?;
            report_results(report, &measured);
            all.push(measured);
        }
        if let Some(doubt) = others.doubt() {
            report.doubt(format!("while rules were asked in memory: {doubt}"));
        }
        if cfg!(debug_assertions) {
            report.doubt("this tool was built without --release, and decides in memory that slowly");
        }
        let mut costs = judge(report, &all, users);
        if stage.common.target.is_some() {
            report.note("how soon a fact that changed is seen is not measured on a --target");
            return Ok(costs);
        }
        costs.extend(self.visible(stage, users, report).await?);
        Ok(costs)
    }
}

/// Reports the costs of one preset.
fn report_results(report: &mut Report, it: &Decisions) {
    let preset = it.preset;
    report.metric(format!("{preset}: memberships"), it.memberships, "");
    report.metric(format!("{preset}: check"), it.check_us, "us");
    report.metric(format!("{preset}: reach and 20 completions, half of those asked"), it.reach_ms.0, "ms");
    report.metric(format!("{preset}: reach and 20 completions, slowest"), it.reach_ms.1, "ms");
}

/// Judges the slowest preset.
#[allow(clippy::cast_precision_loss)] // gigabytes at most
fn judge(report: &mut Report, all: &[Decisions], users: u32) -> Vec<Figure> {
    let most = |of: fn(&Decisions) -> f64| all.iter().map(of).fold(0.0, f64::max);
    let (check_us, reach_ms) = (most(|it| it.check_us), most(|it| it.reach_ms.1));
    report.at_most("check, slowest preset", check_us, CHECK_US_MAX, "us");
    report.at_most("reach and 20 completions, slowest preset", reach_ms, REACH_MS_MAX, "ms");
    let without: Vec<&str> = all.iter().filter(|it| it.memberships == 0).map(|it| it.preset).collect();
    if !without.is_empty() {
        let without = without.join(", ");
        report.note(format!("rules without roles or kinds of groups hold no memberships: {without}"));
    }
    vec![
        Figure::new("check, slowest preset", check_us, "us"),
        Figure::new("reach and 20 completions, slowest preset", reach_ms, "ms"),
        Figure::new("memory of facts per user, largest preset", most(|it| it.bytes as f64) / f64::from(users), "B"),
    ]
}

impl Policy {
    /// Measures on running servers.
    #[allow(clippy::cast_precision_loss)] // counts of one run
    async fn visible(&self, stage: &Stage, users: u32, report: &mut Report) -> Outcome<Vec<Figure>> {
        let others = Others::watch();
        let visible = change::measure(stage, users).await?;
        if let Some(doubt) = others.doubt() {
            report.doubt(format!("while facts changed: {doubt}"));
        }
        report.workload("nodes that go by a fact", visible.nodes, "");
        report.workload("memberships told to them", visible.memberships, "");
        report.workload("facts changed", visible.took.count(), "");
        report.metric("telling them took", visible.imported_s, "s");
        for (name, quantile) in [("p50", 0.5), ("max", 1.0)] {
            if let (Some(answered), Some(took)) = (visible.answered.ms(quantile), visible.took.ms(quantile)) {
                report.metric(format!("fact change sent to answered, {name}"), answered, "ms");
                report.metric(format!("fact change sent to visible on every node, {name}"), took, "ms");
            }
        }
        report.curve(visible.took.curve("fact change sent to visible on every node"));
        if let Some(ms) = visible.took.ms(1.0) {
            report.at_most("fact change visible on every node, slowest", ms / 1_000.0, VISIBLE_S_MAX, "s");
        }
        report.at_most("messages accepted after a revocation was answered", visible.too_late as f64, 0.0, "");
        let took = visible.took.ms(0.5);
        Ok(took.map(|ms| Figure::new("fact change visible on every node, p50", ms, "ms")).into_iter().collect())
    }
}
