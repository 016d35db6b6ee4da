//! Reads a scenario file. All numbers are bounded, and unknown names are refused.

use std::path::Path;

use super::{
    goals,
    model::{Conversation, ActionKind, LoadModel, Edge, Groups, Kind, Members, Model, UserKind, Relation, Rules},
    reader::{self, Table},
};
use crate::Outcome;

/// The largest number of users of a file, all kinds together.
const USERS_MAX: u32 = 100_000;
/// The same for a file with mails, because one process checks who got each mail.
const USERS_WITH_MAILS_MAX: u32 = 15_000;
const GROUPS_MAX: u32 = 10_000;
/// The largest number of memberships of all groups together.
const MEMBERSHIPS_MAX: u64 = 2_000_000;
const EDGES_MAX: u64 = 100_000;
const MEMBERS_MAX: u32 = 5_000;
const CONVERSATIONS_MAX: u32 = 50_000;
/// The highest rate of each action, per second.
const RATE_MAX: f64 = 100_000.0;
/// A message contains its due time, which needs this many bytes; the server accepts no longer texts.
const TEXT_BYTES: std::ops::RangeInclusive<u32> = 24..=16_384;

impl Model {
    /// Reads the text of a file. Files that it names are in the same folder.
    ///
    /// # Errors
    /// When the content is not valid.
    pub fn read(file: &Path, text: &str) -> Outcome<Self> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        reader::read(&file.display().to_string(), text, |table| Self::of(table, &folder))
    }

    fn of(table: &mut Table<'_>, folder: &Path) -> Outcome<Self> {
        let title = table.text("title")?.ok_or_else(|| table.wrong("title", "say in a sentence what is done"))?;
        let rules = rules(table, folder)?;
        let settings = settings(table)?;
        let users = users(table)?;
        let names: Vec<&str> = users.iter().map(|it| it.name.as_str()).collect();
        let groups = groups(table, &users)?;
        let group_names: Vec<&str> = groups.iter().map(|it| it.name.as_str()).collect();
        let edges = edges(table, &groups)?;
        let relations = relations(table, &names)?;
        let conversations = conversations(table, &names, &group_names, &relations)?;
        let load = load(table, &conversations)?;
        let goals = goals::read(table, &load)?;
        let all: u32 = users.iter().map(|it| it.count).sum();
        let mails = conversations.iter().any(|it| it.kind == Kind::Mail);
        for (max, why) in [(USERS_MAX, ""), (USERS_WITH_MAILS_MAX, " where there are mails")] {
            if all > max && (why.is_empty() || mails) {
                return Err(table.wrong("users", &format!("expected at most {max} in all{why}, not {all}")));
            }
        }
        Ok(Self { title, rules, settings, users, groups, edges, relations, conversations, load, goals })
    }
}

fn rules(table: &mut Table<'_>, folder: &Path) -> Outcome<Option<Rules>> {
    let Some(mut rules) = table.table("rules")? else { return Ok(None) };
    let (preset, file, mark) = (rules.text("preset")?, rules.text("file")?, rules.mark());
    let chosen = match (preset, file) {
        (Some(preset), None) => {
            let mut known = causerie_policy::PRESETS.iter().map(|(name, _)| *name);
            if known.clone().all(|name| name != preset) {
                let names = known.by_ref().collect::<Vec<_>>().join(", ");
                return Err(rules.wrong("preset", &format!("there is no preset \"{preset}\"; there are {names}")));
            }
            Rules::Preset(preset, mark)
        }
        (None, Some(file)) => {
            let path = folder.join(file);
            if !path.is_file() {
                return Err(rules.wrong("file", &format!("{} is not there", path.display())));
            }
            Rules::File(path, mark)
        }
        _ => return Err(mark.wrong("expected either `preset` or `file`")),
    };
    rules.end()?;
    Ok(Some(chosen))
}

fn settings(table: &mut Table<'_>) -> Outcome<Vec<(String, String)>> {
    let Some(mut settings) = table.table("settings")? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for name in settings.names()? {
        all.extend(settings.text(name)?.map(|value| (name.to_owned(), value)));
    }
    settings.end()?;
    Ok(all)
}

fn users(table: &mut Table<'_>) -> Outcome<Vec<UserKind>> {
    if table.is_table("people") {
        return Err(table.wrong("people", "this table has another name now: write `[users]`"));
    }
    let none = table.wrong("users", "say how many there are of each kind: learners = 300");
    let Some(mut users) = table.table("users")? else { return Err(none) };
    let mut all = Vec::new();
    for name in users.names()? {
        let (count, role) = if users.is_table(name) {
            let mut kind = users.table(name)?.ok_or("it is a table")?;
            let (count, role) = (kind.whole("count", 1..=USERS_MAX)?, kind.text("role")?);
            let count = count.ok_or_else(|| kind.wrong("count", "say how many"))?;
            kind.end()?;
            (count, role)
        } else {
            (users.whole(name, 1..=USERS_MAX)?.unwrap_or(1), None)
        };
        all.push(UserKind { name: name.to_owned(), count, role });
    }
    users.end()?;
    if all.iter().map(|it| it.count).sum::<u32>() < 2 { Err(none) } else { Ok(all) }
}

fn groups(table: &mut Table<'_>, users: &[UserKind]) -> Outcome<Vec<Groups>> {
    let Some(mut groups) = table.table("groups")? else { return Ok(Vec::new()) };
    let (mut all, mut memberships) = (Vec::new(), 0);
    for name in groups.names()? {
        let Some(mut group) = groups.table(name)? else { continue };
        let count = group.whole("count", 1..=GROUPS_MAX)?.unwrap_or(1);
        let kind = group.text("kind")?;
        let members = match group.table("members")? {
            Some(members) => members_of(members, users, count)?,
            None => Vec::new(),
        };
        let each = |of: &Members| u64::from(users[of.users].count) * u64::from(of.each);
        memberships += members.iter().map(each).sum::<u64>();
        if memberships > MEMBERSHIPS_MAX {
            return Err(group.wrong("members", &format!("that makes more than {MEMBERSHIPS_MAX} memberships in all")));
        }
        group.end()?;
        all.push(Groups { name: name.to_owned(), kind, count, members });
    }
    groups.end()?;
    Ok(all)
}

fn members_of(mut table: Table<'_>, users: &[UserKind], groups: u32) -> Outcome<Vec<Members>> {
    let known: Vec<&str> = users.iter().map(|it| it.name.as_str()).collect();
    let mut members = Vec::new();
    for name in table.names()? {
        let unknown = || table.wrong(name, &format!("there are no such users; there are: {}", known.join(", ")));
        let users = known.iter().position(|it| *it == name).ok_or_else(unknown)?;
        let (role, each) = if table.is_table(name) {
            let mut one = table.table(name)?.ok_or("it is a table")?;
            let (role, each) = (one.text("role")?, one.whole("each", 1..=groups)?.unwrap_or(1));
            let role = role.ok_or_else(|| one.wrong("role", "say what they are in the group"))?;
            one.end()?;
            (role, each)
        } else {
            (table.text(name)?.unwrap_or_default(), 1)
        };
        members.push(Members { users, role, each });
    }
    table.end()?;
    Ok(members)
}

fn edges(table: &mut Table<'_>, groups: &[Groups]) -> Outcome<Vec<Edge>> {
    const DELIVERS: [&str; 3] = ["both", "people", "group"];
    let names: Vec<&str> = groups.iter().map(|it| it.name.as_str()).collect();
    let (mut all, mut count) = (Vec::new(), 0);
    for mut edge in table.list("edges")? {
        let (from, to) = (needed(&mut edge, "from", &names)?, needed(&mut edge, "to", &names)?);
        count += u64::from(groups[from].count) * u64::from(groups[to].count);
        if count > EDGES_MAX {
            return Err(edge.mark().wrong(&format!("that makes more than {EDGES_MAX} edges in all")));
        }
        let delivers = DELIVERS[edge.choice("delivers", &DELIVERS)?.unwrap_or(0)];
        edge.end()?;
        all.push(Edge { from, to, delivers });
    }
    Ok(all)
}

fn relations(table: &mut Table<'_>, users: &[&str]) -> Outcome<Vec<Relation>> {
    let mut all = Vec::new();
    for mut relation in table.list("relations")? {
        let name = relation.text("relation")?;
        let name = name.ok_or_else(|| relation.wrong("relation", "say what it is called: friend"))?;
        let (from, to) = (needed(&mut relation, "from", users)?, needed(&mut relation, "to", users)?);
        let each = relation.whole("each", 1..=100)?.unwrap_or(1);
        let mark = relation.mark();
        relation.end()?;
        all.push(Relation { name, from, to, each, mark });
    }
    Ok(all)
}

fn conversations(
    table: &mut Table<'_>,
    users: &[&str],
    groups: &[&str],
    relations: &[Relation],
) -> Outcome<Vec<Conversation>> {
    const KINDS: [(&str, Kind); 3] = [("direct", Kind::Direct), ("group", Kind::Group), ("mail", Kind::Mail)];
    let mut all = Vec::new();
    for mut it in table.list("conversations")? {
        let kind = KINDS[needed(&mut it, "kind", &KINDS.map(|(word, _)| word))?].1;
        let count = it.whole("count", 1..=CONVERSATIONS_MAX)?.ok_or_else(|| it.wrong("count", "say how many"))?;
        let from = needed(&mut it, "from", users)?;
        let to = it.choice("to", users)?;
        let within = it.choice("within", groups)?;
        let to_group = if kind == Kind::Mail { it.choice("to_group", groups)? } else { None };
        let members = match kind {
            Kind::Direct => 2,
            Kind::Group => it.whole("members", 2..=MEMBERS_MAX)?.ok_or_else(|| it.wrong("members", "say how many"))?,
            Kind::Mail => it.whole("recipients", 1..=100)?.unwrap_or(1),
        };
        if to.is_none() && to_group.is_none() {
            return Err(it.wrong("to", "say with whom"));
        }
        let along = it.text("along")?;
        let along = along.map(|name| {
            let fits = |one: &Relation| one.name == name && one.from == from && Some(one.to) == to;
            let none = || it.wrong("along", &format!("no [[relations]] `{name}` leads from and to these users"));
            relations.iter().position(fits).ok_or_else(none)
        });
        let along = along.transpose()?;
        if along.is_some() && within.is_some() {
            return Err(it.wrong("along", "expected either `within` or `along`"));
        }
        let mark = it.mark();
        it.end()?;
        all.push(Conversation { kind, count, from, to, within, along, members, to_group, mark });
    }
    Ok(all)
}

fn load(table: &mut Table<'_>, conversations: &[Conversation]) -> Outcome<LoadModel> {
    let none = table.wrong("load", "say what users do: sends_per_second = 50");
    let Some(mut load) = table.table("load")? else { return Err(none) };
    let mut rates = Vec::new();
    for (kind, key) in ActionKind::ALL {
        let Some(rate) = load.number(key, 0.0..=RATE_MAX)?.filter(|rate| *rate > 0.0) else { continue };
        let has = |kinds: &[Kind]| conversations.iter().any(|it| kinds.contains(&it.kind));
        match kind {
            ActionKind::Send | ActionKind::Typing if !has(&[Kind::Direct, Kind::Group]) => {
                return Err(load.wrong(key, "there is no direct or group conversation in [[conversations]]"));
            }
            ActionKind::Mail if !has(&[Kind::Mail]) => return Err(load.wrong(key, "there is no mail in [[conversations]]")),
            _ => rates.push((kind, rate)),
        }
    }
    let search = load.text("search")?;
    if search.is_none() && rates.iter().any(|(kind, _)| *kind == ActionKind::Search) {
        return Err(load.wrong("search", "say what users type"));
    }
    let doings = LoadModel {
        ramp_s: load.number("ramp_s", 0.0..=600.0)?.unwrap_or(5.0),
        warm_up_s: load.number("warm_up_s", 0.0..=600.0)?.unwrap_or(3.0),
        seconds: load.number("seconds", 1.0..=86_400.0)?.unwrap_or(30.0),
        late_s: load.number("late_s", 0.1..=600.0)?.unwrap_or(10.0),
        online: load.number("online", 0.001..=1.0)?.unwrap_or(1.0),
        heartbeat_s: load.number("heartbeat_s", 0.05..=3_600.0)?,
        text_bytes: load.whole("text_bytes", TEXT_BYTES)?.unwrap_or(256),
        page: load.whole("page", 1..=100)?.unwrap_or(30),
        search: search.unwrap_or_default(),
        rates,
    };
    load.end()?;
    if doings.rates.is_empty() { Err(none) } else { Ok(doings) }
}

fn needed(table: &mut Table<'_>, name: &'static str, words: &[&str]) -> Outcome<usize> {
    let missing = table.wrong(name, &format!("it is missing; expected one of {}", words.join(", ")));
    table.choice(name, words)?.ok_or(missing)
}
