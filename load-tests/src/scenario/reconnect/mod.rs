//! `reconnect`: all users are disconnected at the same moment and reconnect at once, while other users continue to write.

mod statements;

use std::time::Duration;

use async_trait::async_trait;
use clap::Args;

use self::statements::{Statements, shortened};
use super::{Scenario, Stage, idle, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    baseline::accept::Accept,
    crowd::{Action, Disconnect, Load, Stream, UserSet},
    measure::{process, schedule::Pace},
    report::{Figure, Report},
    world::{Reading, Server, World},
};

/// The users of each group who are disconnected. One more user stays connected and writes.
const GROUP: usize = 100;
/// All users and groups belong to one of two sides: a process of the crowd has room for one side.
const SIDES: usize = 2;
const TEXT_BYTES: usize = 256;
const WARM_UP_S: f64 = 3.0;
/// How long a reconnect may take; a user who is not back by then counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// After this time server and database have finished the work that a reconnect causes.
const SETTLE: Duration = Duration::from_secs(3);
/// How long the last deliveries may take.
const LATE_S: f64 = 10.0;
/// The number of printed statements.
const STATEMENTS_SHOWN_MAX: usize = 4;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Reconnect {
    /// The number of disconnected sessions: a multiple of 200.
    #[arg(long, default_value_t = 15_000, value_parser = sessions)]
    sessions: usize,
    /// The number of groups of each user.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=100))]
    conversations: u16,
    /// Messages per second during the whole measurement, at full size.
    #[arg(long, default_value_t = 100.0, value_parser = rate)]
    rate: f64,
    /// How long the cost of these messages alone is measured, in seconds.
    #[arg(long, default_value_t = 20.0, value_parser = seconds)]
    seconds: f64,
}

/// The state of server, database and kernel at one moment.
struct Moment {
    server: Reading,
    statements: Option<Statements>,
    database_cpu_s: Option<f64>,
    put_off: Option<u64>,
}

#[async_trait]
impl Scenario for Reconnect {
    fn name(&self) -> String {
        "reconnect".to_owned()
    }

    fn title(&self) -> String {
        format!(
            "Sessions, each in {} groups that others write to, are cut off at one instant and return at once.",
            self.conversations
        )
    }

    #[allow(clippy::cast_precision_loss)] // thousands of sessions
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let sessions = scaled(self.sessions, scale, SIDES * GROUP);
        let rate = self.rate * scale;
        let users = Users::new(sessions);
        let groups = users.groups(usize::from(self.conversations));
        report.workload("sessions cut off at once", sessions, "");
        report.workload("conversations each", u32::from(self.conversations), "");
        report.workload("groups", groups.len(), "");
        report.workload("messages per second meanwhile", rate, "1/s");
        report.workload("text", TEXT_BYTES, "B");

        let world = stage.world().await?;
        world.note_missing(report);
        let server = world.serve(&[]).await?;
        let crowd = stage.crowd(&world, users.all(), users.side()).await?;
        crowd.connect_to(&[&server]).await?;
        crowd.introduce(UserSet::All).await?;
        crowd.groups(groups).await?;
        crowd.connect(UserSet::All).await?;

        let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 1 };
        let load = Load {
            streams: vec![Stream { name: "send".to_owned(), action: send, pace: Pace::Steady(rate) }],
            seconds: self.seconds + (PATIENCE + SETTLE + SETTLE).as_secs_f64(),
            warm_up_s: WARM_UP_S,
            late_s: LATE_S,
            ..Default::default()
        };
        let running = crowd.begin(&load)?;
        running.wait_for_warm_up().await?;
        let start = Moment::of(&world, &server).await?;
        running.wait_until(self.seconds).await?;
        let middle = Moment::of(&world, &server).await?;
        let at_us = crowd.disconnect(users.cut(), Disconnect::Reset).await?;
        let summary = crowd.reconnect(users.cut(), at_us, PATIENCE).await?;
        stage.wait("the server settles", SETTLE).await?;
        let end = Moment::of(&world, &server).await?;
        let seen = running.stop().await?;

        report.metric("returned", summary.connected, "");
        report.metric("returned, not at the first try", summary.tried_again, "");
        report.metric("returned, with a conversation to be loaded anew", summary.reloaded, "");
        for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)] {
            if let Some(ms) = summary.took.ms(quantile) {
                report.metric(format!("cut to live and gap-free, {name}"), ms / 1e3, "s");
            }
        }
        report.metric("messages acknowledged meanwhile", seen.first().answered, "");
        report.curve(summary.took.curve("cut to live and gap-free"));
        report.series(seen.first().p99_over_time("due to read, p99"));
        for reason in &summary.reasons {
            report.note(format!("a session did not return: {reason}"));
        }
        report.at_most("sessions that did not return", summary.failed as f64, 0.0, "");
        let p99_ms = summary.took.ms(0.99);
        if let Some(ms) = p99_ms {
            report.at_most("cut to live and gap-free, p99", ms / 1e3, 4.0, "s");
        }
        seen.judge(report, p99_ms);

        let mut costs = Vec::new();
        let returned = (summary.connected as f64).max(1.0);
        let (alone, with) = (middle.server.since(&start.server), end.server.since(&middle.server));
        let times = with.elapsed_s / alone.elapsed_s;
        if let Some((alone_us, with_us)) = alone.cpu_us.zip(with.cpu_us) {
            let per_return = (with_us - alone_us * times) / returned;
            report.metric("server CPU of the messages alone", alone_us / alone.elapsed_s / 1e4, "%");
            report.at_most("server CPU per return", per_return, 250.0, "us");
            costs.push(Figure::new("server CPU per return", per_return, "us"));
            report.note("server CPU per return has the end of the old connection in it");
            crowd.leave(UserSet::All).await?;
            let (accept_cpu, accepted) = stage.doing("bare accept", Accept { sockets: sessions }.measure()).await?;
            let per_accept = accept_cpu.as_secs_f64() * 1e6 / sessions as f64;
            report.baseline("bare accept, CPU per connection", per_accept, "us");
            if let Some(ms) = accepted.ms(0.99) {
                report.baseline("bare accept, all at once, p99", ms / 1e3, "s");
            }
            report.metric("server CPU per return / bare accept", per_return / per_accept, "x");
        }
        if let (Some(start), Some(middle), Some(end)) = (start.database_cpu_s, middle.database_cpu_s, end.database_cpu_s) {
            let per_return = (end - middle - (middle - start) * times) / returned * 1e6;
            report.metric("database CPU per return", per_return, "us");
        }
        if let Some((before, after)) = middle.put_off.zip(end.put_off) {
            report.metric("connections put off, the kernel's queue of the server being full", after - before, "");
        }
        if let (Some(start), Some(middle), Some(end)) = (&start.statements, &middle.statements, &end.statements) {
            let beyond = end.beyond(start, middle, times);
            report.metric("SQL statements of all returns", beyond.count, "");
            report.at_most("SQL statements per return", beyond.count / returned, 0.02, "");
            costs.push(Figure::new("SQL statements per return", beyond.count / returned, ""));
            for (query, more) in beyond.each.iter().take(STATEMENTS_SHOWN_MAX) {
                report.note(format!("{more:.0} statements more than for the messages alone: {}", shortened(query)));
            }
        } else if !world.is_target() {
            report.note("SQL statements are not counted: that needs PostgreSQL with pg_stat_statements");
        }
        costs.extend(p99_ms.map(|ms| Figure::new("cut to live and gap-free, p99, per 1,000 sessions", ms / returned * 1e3, "ms")));
        server.stop().await?;
        Ok(costs)
    }
}

impl Moment {
    async fn of(world: &World, server: &Server) -> Outcome<Self> {
        let (mut statements, mut database_cpu_s) = (None, None);
        if let Some(postgres) = &world.postgres {
            statements = Statements::read(postgres).await?;
            database_cpu_s = Some(process::cpu_of_family(postgres.pid())?.as_secs_f64());
        }
        Ok(Self { server: server.reading().await?, statements, database_cpu_s, put_off: process::connections_put_off() })
    }
}

/// The users by number: the staying users of the first side, the disconnected users of both sides, the staying users of
/// the second side.
struct Users {
    /// The number of disconnected users of each side.
    cut: usize,
    /// The number of staying users of each side.
    stay: usize,
}

impl Users {
    fn new(sessions: usize) -> Self {
        Self { cut: sessions / SIDES, stay: sessions / SIDES / GROUP }
    }

    fn side(&self) -> usize {
        self.cut + self.stay
    }

    fn all(&self) -> usize {
        SIDES * self.side()
    }

    fn cut(&self) -> UserSet {
        UserSet::Span(number(self.stay), number(self.stay + SIDES * self.cut))
    }

    /// The groups of one side after the other. The first member of each is a staying user.
    fn groups(&self, each: usize) -> Vec<Vec<u32>> {
        let of_side = |(first_cut, first_stay): (usize, usize)| {
            let groups = idle::groups(self.cut, each).into_iter().enumerate();
            groups.map(move |(at, group)| {
                let stays = number(first_stay + at % self.stay);
                std::iter::once(stays).chain(group.into_iter().map(|user| user + number(first_cut))).collect()
            })
        };
        [(self.stay, 0), (self.side(), self.side() + self.cut)].into_iter().flat_map(of_side).collect()
    }
}

fn number(user: usize) -> u32 {
    u32::try_from(user).unwrap_or(u32::MAX)
}

fn sessions(text: &str) -> Result<usize, String> {
    let sessions: usize = text.parse().map_err(|_| "expected a whole number")?;
    if sessions >= SIDES * GROUP && sessions.is_multiple_of(SIDES * GROUP) {
        Ok(sessions)
    } else {
        Err("expected a multiple of 200".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_a_staying_user_and_belongs_to_one_side() {
        let users = Users::new(1_000);
        assert_eq!((users.side(), users.all()), (505, 1_010));
        let groups = users.groups(20);
        assert_eq!(groups.len(), 1_000 * 20 / GROUP);
        let mut count = vec![0; users.all()];
        for group in &groups {
            assert!(!users.cut().has(group[0]) && group[1..].iter().all(|user| users.cut().has(*user)));
            assert!(group.iter().all(|user| (*user < 505) == (group[0] < 505)), "{group:?}");
            for user in group {
                count[*user as usize] += 1;
            }
        }
        assert!(count.iter().all(|in_groups| *in_groups == 20), "{count:?}");
    }
}
