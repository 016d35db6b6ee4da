//! Fills the database before a server runs: conversations with members and long histories, written by SQL as the
//! server would have written them over months. The invariants of the server hold: sequence numbers and versions without
//! holes, read positions of members, counts of deleted messages.

mod postgres;
mod sqlite;

use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use serde_json::json;
use uuid::Uuid;

use super::{TENANT, World};
use crate::{
    Outcome,
    crowd::{name, order::Started},
    scenario::Stage,
};

/// Messages per statement, some tens of megabytes. The run can be interrupted between two statements.
const ROWS: u64 = 100_000;
/// Rows per statement that lists its rows one by one.
const ROWS_PER_STATEMENT: usize = 10_000;

/// A group to fill.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The numbers of the members; the first is the owner. The server must know all of them.
    pub members: Vec<u32>,
    /// The number of messages. The members write in turn, except for the last messages.
    pub messages: u32,
    /// The number of last messages, which the owner wrote and no other member has read.
    pub unread: u32,
    /// Whether the last message but one was deleted, so that no member counts it as unread. Requires two unread
    /// messages or more.
    pub deleted: bool,
}

/// The result of filling the database.
#[derive(Debug)]
pub struct Filling {
    /// The conversations, in the order of the request.
    pub started: Vec<Started>,
    /// The duration in seconds.
    pub took_s: f64,
}

/// A connection to the database, with the SQL that differs between the two databases.
#[async_trait]
trait Session: Send {
    /// The names of SQL fragments and their text in this database.
    fn fragments(&self) -> &'static [(&'static str, &'static str)];
    /// Executes a statement with rows as a JSON array of arrays.
    async fn insert(&mut self, sql: &str, rows: String) -> Outcome<()>;
    /// Executes a statement.
    async fn run(&mut self, sql: &str) -> Outcome<()>;
    /// Drops what would slow down the filling of the table of messages.
    async fn open(&mut self) -> Outcome<()>;
    /// The queries for the rows of each filling statement, with their numbers of rows.
    fn filling_statements(&self, conversations: &[Filled]) -> Vec<(String, u64)>;
    /// Restores what was dropped, and lets the database finish its pending work.
    async fn close(&mut self) -> Outcome<()>;
}

impl Filled {
    /// The `seq` of the deleted message, or 0.
    #[must_use]
    fn uncounted_seq(&self) -> u32 {
        if self.deleted && self.unread >= 2 { self.messages - 1 } else { 0 }
    }

    /// The unread count that the server reports to a member other than the owner.
    #[must_use]
    pub fn unread_counted(&self) -> u32 {
        self.unread - u32::from(self.uncounted_seq() > 0)
    }

    /// The version of the conversation: one for the start, one for each message, one for the deletion.
    fn version(&self) -> u32 {
        self.messages + 1 + u32::from(self.uncounted_seq() > 0)
    }
}

const TABLES: [&str; 2] = [
    "CREATE TEMP TABLE filled (number BIGINT PRIMARY KEY, id {uuid}, messages BIGINT, unread BIGINT, uncounted_seq BIGINT, \
     version BIGINT, member_count BIGINT)",
    "CREATE TEMP TABLE filled_members (number BIGINT, place BIGINT, user_id {uuid}, PRIMARY KEY (number, place))",
];
const TELL: &str = "INSERT INTO filled SELECT CAST(r.value->>0 AS BIGINT), {second_as_uuid}, CAST(r.value->>2 AS BIGINT), \
    CAST(r.value->>3 AS BIGINT), CAST(r.value->>4 AS BIGINT), CAST(r.value->>5 AS BIGINT), CAST(r.value->>6 AS BIGINT) \
    FROM {rows}";
const TELL_MEMBERS: &str = "INSERT INTO filled_members SELECT CAST(r.value->>0 AS BIGINT), CAST(r.value->>1 AS BIGINT), u.id \
    FROM {rows} JOIN users u ON u.tenant_id = {tenant} AND u.external_id = r.value->>2";
const CONVERSATIONS: &str = "INSERT INTO conversations (id, tenant_id, kind, state, subject, start_key, last_seq, version, \
    uncounted_seq, member_count, active_at, created_by, created_at) \
    SELECT f.id, {tenant}, 3, 1, 'load', 'group:load:' || f.number, f.messages, f.version, f.uncounted_seq, f.member_count, \
    {end} - f.number * 1000, o.user_id, {end} - (f.number + f.messages) * 1000 \
    FROM filled f JOIN filled_members o ON o.number = f.number AND o.place = 0";
const MEMBERS: &str = "INSERT INTO members (conversation_id, user_id, role, read_seq, marked_unread, first_seq, \
    inbox_version, joined_at) \
    SELECT f.id, m.user_id, CASE WHEN m.place = 0 THEN 2 ELSE 1 END, \
    CASE WHEN m.place = 0 THEN f.messages ELSE f.messages - f.unread END, FALSE, 1, \
    u.inbox_version + row_number() OVER (PARTITION BY m.user_id ORDER BY m.number), {end} - (f.number + f.messages) * 1000 \
    FROM filled f JOIN filled_members m ON m.number = f.number JOIN users u ON u.id = m.user_id ORDER BY f.id, m.user_id";
const INBOXES: &str = "UPDATE users SET inbox_version = \
    COALESCE((SELECT MAX(m.inbox_version) FROM members m WHERE m.user_id = users.id), inbox_version)";
/// One message of 256 bytes per second in each conversation.
const MESSAGES: &str = "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at, \
    deleted_at) \
    SELECT x.id, x.seq, {message_id}, CASE WHEN x.seq = x.uncounted_seq THEN x.messages + 2 ELSE x.seq + 1 END, x.user_id, \
    {message_id}, CASE WHEN x.seq = x.uncounted_seq THEN '' ELSE {message_text} END, x.seq <> x.uncounted_seq, \
    {end} - (x.number + x.messages - x.seq) * 1000, CASE WHEN x.seq = x.uncounted_seq THEN {end} END \
    FROM ({piece}) x";
/// The author of a message: the members in turn; the owner for the unread messages.
const AUTHOR: &str = "m.number = f.number \
    AND m.place = CASE WHEN s.seq > f.messages - f.unread THEN 0 ELSE s.seq % f.member_count END";

/// Refuses a target, before any user connects to it.
///
/// # Errors
/// When the server is a target.
pub fn check(world: &World) -> Outcome<()> {
    match world.is_target() {
        true => Err("--target: this scenario has to fill its database itself".into()),
        false => Ok(()),
    }
}

/// Fills the database of a world without a running server. The server must know the users, and they must be in no
/// conversation.
///
/// # Errors
/// When the database fails, or the run is stopped.
pub async fn fill(stage: &Stage, world: &World, conversations: &[Filled]) -> Outcome<Filling> {
    let mut session: Box<dyn Session> = match &world.postgres {
        Some(postgres) => Box::new(postgres::Session::new(postgres).await?),
        None => Box::new(sqlite::Session::new(&world.sqlite_file()).await?),
    };
    let (began, fragments) = (Instant::now(), Fragments::new(session.fragments())?);
    let ids = stage.stop.guard(create_conversations(&mut *session, &fragments, world, conversations)).await?;
    stage.stop.guard(session.open()).await?;
    let pieces = session.filling_statements(conversations);
    {
        let bar = stage.progress.bar("histories are filled in", pieces.iter().map(|(_, rows)| rows).sum());
        let mut done = 0;
        for (piece, rows) in pieces {
            let insert = fragments.of(MESSAGES).replace("{piece}", &piece);
            stage.stop.guard(session.run(&insert)).await?;
            done += rows;
            bar.set(done);
        }
    }
    stage.doing("indexes are made", session.close()).await?;
    let started = ids.into_iter().zip(conversations).map(|(id, it)| Started {
        id: id.to_string(),
        version: it.version(),
        last_seq: it.messages,
    });
    Ok(Filling { started: started.collect(), took_s: began.elapsed().as_secs_f64() })
}

/// Creates the conversations and their members. Returns their ids.
async fn create_conversations(
    session: &mut dyn Session,
    fragments: &Fragments,
    world: &World,
    conversations: &[Filled],
) -> Outcome<Vec<Uuid>> {
    for table in TABLES {
        session.run(&fragments.of(table)).await?;
    }
    // The ids are in the order of time, as the numbers are.
    let ids: Vec<Uuid> = conversations.iter().map(|_| Uuid::now_v7()).collect();
    let rows: Vec<_> = (0..)
        .zip(&ids)
        .zip(conversations)
        .map(|((number, id), it): ((u32, _), _)| {
            let members = it.members.len();
            json!([number, id.simple().to_string(), it.messages, it.unread, it.uncounted_seq(), it.version(), members])
        })
        .collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        session.insert(&fragments.of(TELL), serde_json::to_string(rows)?).await?;
    }
    let members = |(number, it): (u32, &Filled)| {
        let places = (0_u32..).zip(&it.members);
        let rows = places.map(|(place, user)| json!([number, place, name(world.prefix(), *user)]));
        rows.collect::<Vec<_>>()
    };
    let rows: Vec<_> = (0..).zip(conversations).flat_map(members).collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        session.insert(&fragments.of(TELL_MEMBERS), serde_json::to_string(rows)?).await?;
    }
    for statement in [CONVERSATIONS, MEMBERS, INBOXES] {
        session.run(&fragments.of(statement)).await?;
    }
    Ok(ids)
}

/// The SQL fragments by name.
struct Fragments(Vec<(&'static str, String)>);

impl Fragments {
    fn new(fragments: &[(&'static str, &'static str)]) -> Outcome<Self> {
        let now_ms = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let mut all: Vec<_> = fragments.iter().map(|(name, word)| (*name, (*word).to_owned())).collect();
        all.push(("{tenant}", format!("(SELECT id FROM tenants WHERE slug = '{TENANT}')")));
        all.push(("{end}", now_ms.to_string()));
        Ok(Self(all))
    }

    fn of(&self, statement: &str) -> String {
        self.0.iter().fold(statement.to_owned(), |statement, (name, word)| statement.replace(name, word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_a_filled_conversation_agree() {
        let it = Filled { members: vec![0, 1], messages: 100, unread: 7, deleted: true };
        assert_eq!((it.uncounted_seq(), it.unread_counted(), it.version()), (99, 6, 102));
        let it = Filled { unread: 1, ..it };
        assert_eq!((it.uncounted_seq(), it.unread_counted(), it.version()), (0, 1, 101));
        let it = Filled { unread: 7, deleted: false, ..it };
        assert_eq!((it.uncounted_seq(), it.unread_counted(), it.version()), (0, 7, 101));
    }
}
