//! `history`: whether the speed depends on the length of a conversation, on the number of all messages, or on the
//! number of conversations of a user.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use causerie_protocol::wire;
use clap::Args;
use wire::{reply::Result as Answer, request::Command};

use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    crowd::{Action, Crowd, Load, Stream, UserSet, socket::Socket},
    measure::{Latencies, clock, schedule::Pace},
    report::{Figure, Report},
    world::{
        Server, World,
        filling::{self, Filled},
    },
};

/// Members of the long conversation, who read it.
const READERS: u32 = 50;
/// Members who wrote the other conversations.
const WRITERS: u32 = 30;
/// Members of each other conversation.
const GROUP: u32 = 10;
/// Conversations of a user whose list is requested.
const LISTED: usize = 500;
/// Messages in each other conversation.
const USUAL: usize = 1_000;
const UNREAD: u32 = 20;
/// Messages per page.
const PAGE: u32 = 50;
/// Conversations per page of a list, the maximum.
const LIST: u32 = 100;
/// How often a list is read to its end.
const LISTS: usize = 20;
/// How long no request is sent, to measure the statements that the server executes on its own.
const REST_S: f64 = 3.0;
const WARM_UP_S: f64 = 3.0;
const LATE_S: f64 = 30.0;
/// The largest ratio between the latency of a page at any position and of the first page.
const ANYWHERE_MAX: f64 = 1.5;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct History {
    /// The number of messages of the long conversation.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    messages: u32,
    /// The number of messages of all conversations; at least twice as many.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(2_000..=1_000_000_000))]
    table: u32,
    /// Pages per second; one half reads the first page, the other half any page.
    #[arg(long, default_value_t = 200.0, value_parser = rate)]
    rate: f64,
    /// The duration in seconds, after a warm-up of three seconds.
    #[arg(long, default_value_t = 30.0, value_parser = seconds)]
    seconds: f64,
}

/// The users and conversations.
struct Plan {
    conversations: Vec<Filled>,
    /// The range of the users whose lists are requested: from the first number to before the second.
    listers: (u32, u32),
}

#[async_trait]
impl Scenario for History {
    fn name(&self) -> String {
        "history".to_owned()
    }

    fn title(&self) -> String {
        "Pages of a very long conversation in a very large table, and lists of many conversations with what is unread."
            .to_owned()
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        if u64::from(self.table) < 2 * u64::from(self.messages) {
            return Err("--table: expected at least twice --messages".into());
        }
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        let long = scaled(self.messages as usize, scale, 1);
        let plan = Plan::new(u32::try_from(long)?, scaled(self.table as usize, scale, 1) - long);
        let total: u64 = plan.conversations.iter().map(|it| u64::from(it.messages)).sum();
        report.workload("messages of the long conversation", long, "");
        report.workload("messages in all", total, "");
        report.workload("conversations", plan.conversations.len(), "");
        report.workload("conversations in a list", LISTED, "");
        report.workload("pages per second", self.rate, "1/s");

        let world = stage.world().await?;
        let crowd = stage.crowd(&world, plan.listers.1 as usize, plan.listers.1 as usize).await?;
        let server = prepare_users(stage, &world, &crowd, &plan, report).await?;
        let mut costs = self.pages(&world, &server, &crowd, report).await?;
        costs.extend(lists(stage, &world, &crowd, &plan, report).await?);
        server.stop().await?;
        Ok(costs)
    }
}

impl Plan {
    /// The long conversation, and other conversations of the usual length. Each contains a user with a long list.
    #[allow(clippy::cast_possible_truncation)] // thousands
    fn new(long: u32, rest: usize) -> Self {
        let count = (rest / USUAL).max(LISTED);
        let listers = count / LISTED;
        let first_lister = READERS + WRITERS;
        // All of these users have the same number of conversations.
        let count = listers * LISTED;
        let other = |number: usize| {
            let writers = (0..GROUP - 1).map(|place| READERS + (number as u32 + place) % WRITERS);
            Filled {
                members: writers.chain([first_lister + (number % listers) as u32]).collect(),
                messages: (rest * (number + 1) / count - rest * number / count) as u32,
                unread: UNREAD.min((rest / count) as u32),
                deleted: number.is_multiple_of(4),
            }
        };
        let long = Filled { members: (0..READERS).collect(), messages: long, unread: 0, deleted: false };
        let conversations = std::iter::once(long).chain((0..count).map(other)).collect();
        Self { conversations, listers: (first_lister, first_lister + listers as u32) }
    }

    /// The unread messages of a user with a long list, in all conversations.
    fn unread(&self, lister: u32) -> u64 {
        let theirs = self.conversations.iter().filter(|it| it.members.contains(&lister));
        theirs.map(|it| u64::from(it.unread_counted())).sum()
    }
}

/// Connects all users once, fills the database, and connects the readers of the long conversation.
async fn prepare_users(stage: &Stage, world: &World, crowd: &Crowd, plan: &Plan, report: &mut Report) -> Outcome<Server> {
    filling::check(world)?;
    let server = world.serve(&[]).await?;
    crowd.connect_to(&[&server]).await?;
    crowd.introduce(UserSet::All).await?;
    server.stop().await?;
    let filled = filling::fill(stage, world, &plan.conversations).await?;
    report.metric("filling the database took", filled.took_s, "s");
    let server = world.serve(&[]).await?;
    crowd.connect_to(&[&server]).await?;
    let long = &plan.conversations[0];
    crowd.add_conversations(vec![long.members.clone()], filled.started.into_iter().take(1).collect()).await?;
    crowd.connect(UserSet::Span(0, READERS)).await?;
    Ok(server)
}

impl History {
    /// Reads first pages and other pages at the same time, so that a disturbance affects both kinds.
    #[allow(clippy::cast_precision_loss)] // counts of one run
    async fn pages(&self, world: &World, server: &Server, crowd: &Crowd, report: &mut Report) -> Outcome<Vec<Figure>> {
        let stream = |name: &str, anywhere| Stream {
            name: name.to_owned(),
            action: Action::History { users: UserSet::Span(0, READERS), limit: PAGE, anywhere },
            pace: Pace::Steady(self.rate / 2.0),
        };
        let load = |seconds| Load {
            streams: vec![stream("first page", false), stream("page anywhere", true)],
            seconds,
            late_s: LATE_S,
            ..Default::default()
        };
        crowd.load(&load(WARM_UP_S)).await?;
        let before = (server.reading().await?, database_cpu_s(world).await?);
        let seen = crowd.load(&load(self.seconds)).await?;
        let spent = server.reading().await?.since(&before.0);
        let database_s = database_cpu_s(world).await?.zip(before.1).map(|(after, before)| after - before);

        let (first, anywhere) = (&seen.streams[0], &seen.streams[1]);
        let pages = (first.answered + anywhere.answered).max(1) as f64;
        report.workload("pages read", first.answered + anywhere.answered, "");
        let mut costs = Vec::new();
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            if let (Some(first), Some(anywhere)) = (first.answer.ms(quantile), anywhere.answer.ms(quantile)) {
                report.metric(format!("first page, {name}"), first, "ms");
                report.metric(format!("page anywhere, {name}"), anywhere, "ms");
                if name == "p50" {
                    costs.push(Figure::new("page anywhere, p50", anywhere, "ms"));
                }
            }
        }
        let cpu =
            [("server CPU per page", spent.cpu_us), ("database CPU per page", database_s.map(|seconds| seconds * 1e6))];
        for (name, cpu_us) in cpu {
            if let Some(cpu_us) = cpu_us {
                let figure = Figure::new(name, cpu_us / pages, "us");
                report.metrics.push(figure.clone());
                costs.push(figure);
            }
        }
        report.curve(first.answer.curve("first page"));
        report.curve(anywhere.answer.curve("page anywhere"));
        let p99 = first.answer.ms(0.99);
        if let (Some(first), Some(anywhere)) = (p99, anywhere.answer.ms(0.99)) {
            report.at_most("page of 50 anywhere, p99 / first page, p99", anywhere / first, ANYWHERE_MAX, "x");
        }
        seen.judge(report, p99);
        Ok(costs)
    }
}

async fn database_cpu_s(world: &World) -> Outcome<Option<f64>> {
    match &world.postgres {
        Some(postgres) => Ok(Some(postgres.reading().await?.cpu_s)),
        None => Ok(None),
    }
}

/// Reads lists, one page after the other and one user after the other, so that no two requests share a query.
#[allow(clippy::cast_precision_loss)] // counts of one run
async fn lists(stage: &Stage, world: &World, crowd: &Crowd, plan: &Plan, report: &mut Report) -> Outcome<Vec<Figure>> {
    let (from, to) = plan.listers;
    let mut users = Vec::new();
    for lister in (from..to).take(LISTS) {
        users.push((crowd.socket_of(lister).await?, plan.unread(lister)));
    }
    let at_rest = statements(world).await?;
    stage.wait("the server is left alone", Duration::from_secs_f64(REST_S)).await?;
    let (before, began) = (statements(world).await?, Instant::now());
    let (mut took, mut wrong) = (Latencies::new(), 0_u64);
    for turn in 0..LISTS {
        let count = users.len();
        let (socket, unread) = &mut users[turn % count];
        let right = stage.stop.guard(list(socket, *unread, &mut took)).await?;
        wrong += u64::from(!right);
    }
    let (after, elapsed_s) = (statements(world).await?, began.elapsed().as_secs_f64());
    let pages = took.count().max(1) as f64;
    report.workload("lists opened to their end", LISTS, "");
    report.workload("pages of lists", took.count(), "");
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
        if let Some(ms) = took.ms(quantile) {
            report.metric(format!("page of 100 of a list, {name}"), ms, "ms");
        }
    }
    report.at_most("lists whose conversations or unread counts are wrong", wrong as f64, 0.0, "");
    let mut costs: Vec<_> = took.ms(0.5).map(|ms| Figure::new("page of 100 of a list, p50", ms, "ms")).into_iter().collect();
    if let (Some(at_rest), Some(before), Some(after)) = (at_rest, before, after) {
        let per_page = |of: fn(&Statements) -> f64| {
            let by_itself = (of(&before) - of(&at_rest)) / REST_S * elapsed_s;
            // Rounded, because the statements of the server's own work are only known as an average.
            (of(&after) - of(&before) - by_itself).round() / pages
        };
        let all = per_page(|it| it.all);
        report.metric("SQL statements per page of a list that read conversations", per_page(|it| it.of_conversations), "");
        report.at_most("SQL statements per page of a list of 500", all, 1.0, "");
        report.note(
            "a page of a list holds at most 100 conversations, with what is unread; its statements are those that read \
             conversations, and look-ups for the tenant that users who ask at the same moment share; what the server asks its \
             database by itself is not among them",
        );
        costs.push(Figure::new("SQL statements per page of a list", all, ""));
    } else if !stage.common.sqlite {
        report.note("SQL statements were not counted: pg_stat_statements is not installed");
    }
    Ok(costs)
}

/// Reads a list to its end. Returns whether it contains all conversations and the right unread counts.
async fn list(socket: &mut Socket, unread: u64, took: &mut Latencies) -> Outcome<bool> {
    let (mut cursor, mut conversations, mut counted) = (String::new(), 0, 0);
    loop {
        let began = Instant::now();
        let ask = wire::ListConversations { cursor, limit: LIST };
        let Answer::ConversationPage(page) = socket.ask(Command::ListConversations(ask)).await? else {
            return Err("a list was answered with something else".into());
        };
        took.record(clock::micros(began.elapsed()));
        conversations += page.conversations.len();
        let states = page.conversations.iter().filter_map(|it| it.read_state.as_ref());
        counted += states.map(|state| u64::from(state.unread)).sum::<u64>();
        if page.next_cursor.is_empty() {
            return Ok((conversations, counted, u64::from(page.total_unread)) == (LISTED, unread, unread));
        }
        cursor = page.next_cursor;
    }
}

/// The number of statements that the database has executed so far.
struct Statements {
    all: f64,
    of_conversations: f64,
}

async fn statements(world: &World) -> Outcome<Option<Statements>> {
    let Some(postgres) = world.postgres.as_ref().filter(|it| it.counts_statements()) else { return Ok(None) };
    let of_conversations = postgres
        .number(
            "SELECT COALESCE(SUM(calls), 0)::float8 FROM pg_stat_statements \
             WHERE query LIKE '%conversations c%' AND query NOT LIKE '%pg_stat_%'",
        )
        .await?;
    Ok(Some(Statements { all: postgres.reading().await?.statements, of_conversations }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_user_has_a_long_list() {
        for rest in [2_000, 700_000, 9_000_000] {
            let plan = Plan::new(1_000, rest);
            let (from, to) = plan.listers;
            for lister in [from, to - 1] {
                let theirs = plan.conversations.iter().filter(|it| it.members.contains(&lister));
                assert_eq!(theirs.count(), LISTED, "{rest}");
            }
            let messages: usize = plan.conversations.iter().skip(1).map(|it| it.messages as usize).sum();
            assert_eq!(messages, rest);
            let mut distinct = plan.conversations[1].members.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), GROUP as usize);
        }
    }
}
