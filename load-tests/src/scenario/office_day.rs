//! `office-day`: all users of an organisation at work. They mostly read (the list, a page, read marks) and write
//! now and then.

use async_trait::async_trait;
use clap::Args;

use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::seconds,
    Outcome,
    crowd::{Action, Crowd, Load, Seen, Stream, UserSet},
    measure::{Latencies, schedule::Pace},
    report::{Figure, Report},
    world::{
        Server, World,
        filling::{self, Filled},
    },
};

/// Users who share conversations with each other only.
const OFFICE: u32 = 100;
/// Members of a conversation.
const GROUP: u32 = 10;
/// Conversations of each user.
const CONVERSATIONS: u32 = 10;
/// Unread messages of each conversation.
const UNREAD: u32 = 3;
/// Conversations of the first page of a list.
const LIST: u32 = 20;
const PAGE: u32 = 30;
const TEXT_BYTES: usize = 256;
/// The time between two requests of a user to read, and between two messages of a user.
const PAUSE_S: f64 = 20.0;
const WRITES_EVERY_S: f64 = 300.0;
const WARM_UP_S: f64 = 10.0;
const LATE_S: f64 = 30.0;
const P99_MS_MAX: f64 = 100.0;
const MEAN_MS_MAX: f64 = 10.0;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct OfficeDay {
    /// The number of users, all connected.
    #[arg(long, default_value_t = 18_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    users: u32,
    /// The number of messages that exist at the beginning, at full size; fewer users have fewer messages.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    messages: u32,
    /// The duration in seconds, after a warm-up of ten seconds.
    #[arg(long, default_value_t = 60.0, value_parser = seconds)]
    seconds: f64,
}

#[async_trait]
impl Scenario for OfficeDay {
    fn name(&self) -> String {
        "office-day".to_owned()
    }

    fn title(&self) -> String {
        "Everyone of an organisation is at work: they open the list, a page, mark it read; now and then somebody writes."
            .to_owned()
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let users = u32::try_from(scaled(self.users as usize, scale, OFFICE as usize))?;
        let groups = groups(users);
        // There are as many groups as users.
        let each = self.messages.div_ceil(self.users).max(UNREAD);
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        report.workload("users, all connected", users, "");
        report.workload("conversations, each user in ten of ten", groups.len(), "");
        report.workload("messages stored before", groups.len() as u64 * u64::from(each), "");
        report.workload("things read per second", f64::from(users) / PAUSE_S, "1/s");
        report.workload("messages per second", f64::from(users) / WRITES_EVERY_S, "1/s");
        report.note(
            "20 s lie on average between two things somebody reads: the list, the last 30 messages, that they are read",
        );

        let world = stage.world().await?;
        let crowd = stage.crowd(&world, users as usize, OFFICE as usize).await?;
        let server = prepare_users(stage, &world, &crowd, groups, each, report).await?;
        crowd.load(&load(users, WARM_UP_S)).await?;
        let before = (server.reading().await?, database(&world).await?);
        let seen = crowd.load(&load(users, self.seconds)).await?;
        let after = (server.reading().await?, database(&world).await?);
        let (spent, database) =
            (after.0.since(&before.0), after.1.zip(before.1).map(|(after, before)| after.since(&before)));

        let requests = report_results(report, &seen);
        let mut costs = Vec::new();
        let mut cost = |name: &str, value: Option<f64>| {
            if let Some(value) = value {
                let figure = Figure::new(name, value / requests, if name.contains("CPU") { "us" } else { "" });
                report.metrics.push(figure.clone());
                costs.push(figure);
            }
        };
        cost("server CPU per request, deliveries included", spent.cpu_us);
        cost("database CPU per request", database.map(|it| it.cpu_s * 1e6));
        cost("SQL statements per request", database.map(|it| it.statements).filter(|it| *it > 0.0));
        if let Some(bytes) = after.0.rss_bytes {
            report.metric("memory of the server", bytes, "B");
        }
        stage.stop.check()?;
        server.stop().await?;
        Ok(costs)
    }
}

/// Connects all users once, fills the database, and connects the users.
async fn prepare_users(
    stage: &Stage,
    world: &World,
    crowd: &Crowd,
    groups: Vec<Vec<u32>>,
    each: u32,
    report: &mut Report,
) -> Outcome<Server> {
    filling::check(world)?;
    let server = world.serve(&[]).await?;
    crowd.connect_to(&[&server]).await?;
    crowd.introduce(UserSet::All).await?;
    server.stop().await?;
    let filled = |members: &Vec<u32>| Filled { members: members.clone(), messages: each, unread: UNREAD, deleted: false };
    let filled = filling::fill(stage, world, &groups.iter().map(filled).collect::<Vec<_>>()).await?;
    report.metric("filling the database took", filled.took_s, "s");
    let server = world.serve(&[]).await?;
    crowd.connect_to(&[&server]).await?;
    crowd.add_conversations(groups, filled.started).await?;
    crowd.connect(UserSet::All).await?;
    Ok(server)
}

async fn database(world: &World) -> Outcome<Option<crate::world::DatabaseReading>> {
    match &world.postgres {
        Some(postgres) => Ok(Some(postgres.reading().await?)),
        None => Ok(None),
    }
}

/// Puts each user into ten groups of ten with others of their office: each round splits the office into ten groups.
/// Each user is the first of one group, and writes first there.
fn groups(users: u32) -> Vec<Vec<u32>> {
    let rounds = (0..users / OFFICE).flat_map(|office| (0..CONVERSATIONS).map(move |round| (office, round)));
    let split = |(office, round): (u32, u32)| {
        (0..OFFICE / GROUP).map(move |group| {
            let row = move |column: u32| (group + round * column) % GROUP * GROUP + column;
            (0..GROUP).map(|place| office * OFFICE + row((place + round) % GROUP)).collect()
        })
    };
    rounds.flat_map(split).collect()
}

/// The actions of all users. Each kind has its own order of users, so that the turns of one user are spread out.
fn load(users: u32, seconds: f64) -> Load {
    let reads = Pace::Steady(f64::from(users) / PAUSE_S / 3.0);
    let stream = |name: &str, action, pace| Stream { name: name.to_owned(), action, pace };
    let history = Action::History { users: shuffled(users, 2), limit: PAGE, anywhere: false };
    let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 0 };
    Load {
        streams: vec![
            stream("list", Action::List { users: shuffled(users, 1), limit: LIST }, reads),
            stream("page", history, reads),
            stream("mark read", Action::MarkRead { users: shuffled(users, 3) }, reads),
            stream("send", send, Pace::Steady(f64::from(users) / WRITES_EVERY_S)),
        ],
        seconds,
        late_s: LATE_S,
        ..Default::default()
    }
}

/// All users in a shuffled order, the same in every run.
fn shuffled(users: u32, order: u64) -> UserSet {
    let mut all: Vec<u32> = (0..users).collect();
    let key = |user: &u32| {
        (u64::from(*user) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(21).wrapping_mul(2 * order + 1)
    };
    all.sort_by_key(|user| key(user).rotate_left(32));
    UserSet::These(all)
}

/// Reports the observations. Returns the number of answered requests.
#[allow(clippy::cast_precision_loss)] // counts of one run
fn report_results(report: &mut Report, seen: &Seen) -> f64 {
    let mut all = Latencies::new();
    for (name, stream) in ["list", "page", "mark read", "send"].into_iter().zip(&seen.streams) {
        all.merge(&stream.answer);
        if let (Some(mean), Some(p99)) = (stream.answer.mean_ms(), stream.answer.ms(0.99)) {
            report.metric(format!("due to answered, {name}, mean"), mean, "ms");
            report.metric(format!("due to answered, {name}, p99"), p99, "ms");
        }
        report.curve(stream.answer.curve(&format!("due to answered, {name}")));
        report.series(
            stream
                .p99_over_time(&format!("{}, {name}, p99", if name == "send" { "due to read" } else { "due to answered" })),
        );
    }
    report.workload("requests answered", all.count(), "");
    if let Some(send) = seen.streams.last()
        && let Some(p99) = send.delivery.ms(0.99)
    {
        report.metric("due to read, p99", p99, "ms");
    }
    let p99 = all.ms(0.99);
    if let (Some(p99), Some(mean)) = (p99, all.mean_ms()) {
        report.at_most("due to answered, p99", p99, P99_MS_MAX, "ms");
        report.at_most("due to answered, mean", mean, MEAN_MS_MAX, "ms");
    }
    seen.judge(report, p99);
    all.count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_user_is_in_ten_groups_of_ten() {
        let groups = groups(300);
        assert_eq!(groups.len(), 300);
        for members in &groups {
            let distinct: HashSet<u32> = members.iter().copied().collect();
            let offices: HashSet<u32> = members.iter().map(|user| user / OFFICE).collect();
            assert_eq!((distinct.len(), offices.len()), (10, 1), "{members:?}");
        }
        let first: HashSet<u32> = groups.iter().map(|members| members[0]).collect();
        assert_eq!(first.len(), 300);
        for user in 0..300 {
            assert_eq!(groups.iter().filter(|members| members.contains(&user)).count(), 10, "{user}");
        }
    }

    #[test]
    fn the_orders_of_users_differ() {
        let (UserSet::These(one), UserSet::These(other)) = (shuffled(1_000, 1), shuffled(1_000, 2)) else { panic!("others") };
        let same = one.iter().zip(&other).filter(|(one, other)| one == other).count();
        assert!(same < 20, "{same}");
        assert_eq!(one.iter().collect::<HashSet<_>>().len(), 1_000);
    }
}
