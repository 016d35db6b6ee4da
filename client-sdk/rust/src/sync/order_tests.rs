//! A simulated server delivers frames and replies in random order and drops frames. The client must emit each message
//! exactly once.

use rand::{Rng, SeedableRng, rngs::StdRng};
use wire::event::Kind;

use super::*;

/// One conversation in the database of the server.
struct Room {
    id: ConversationId,
    version: u32,
    /// The version of each message, by seq - 1.
    messages: Vec<u32>,
}

impl Room {
    fn send(&mut self) -> wire::Message {
        self.version += 1;
        self.messages.push(self.version);
        self.message(self.messages.len() - 1)
    }

    fn message(&self, index: usize) -> wire::Message {
        let (seq, version) = (u32::try_from(index + 1).expect("small"), self.messages[index]);
        wire::Message { conversation_id: self.id.to_string(), seq, version, ..Default::default() }
    }

    fn messages(&self, wanted: impl Fn(&wire::Message) -> bool) -> Vec<wire::Message> {
        (0..self.messages.len()).map(|index| self.message(index)).filter(|message| wanted(message)).collect()
    }

    fn conversation(&self) -> wire::Conversation {
        wire::Conversation {
            id: self.id.to_string(),
            version: self.version,
            last_seq: u32::try_from(self.messages.len()).expect("small"),
            read_state: Some(wire::ReadState::default()),
            last_message: self.messages.len().checked_sub(1).map(|index| self.message(index)),
            ..Default::default()
        }
    }
}

/// A reply of the server on the way to the client.
enum Answer {
    Fetched(StateId, Box<wire::Changes>),
    Loaded(StateId, wire::MessagePage),
    Resumed(wire::Resumed),
}

/// A request that the server has not handled yet.
enum Request {
    Step(Step),
    Resume(wire::Resume),
}

/// The server, the connection and the client.
struct World {
    random: StdRng,
    sync: Sync,
    rooms: Vec<Room>,
    inbox_version: u32,
    /// Events on the way to the client.
    frames: VecDeque<Kind>,
    /// Joins that the server delivers separately from the messages, so that they may overtake messages or arrive after them.
    joins: VecDeque<Kind>,
    requests: VecDeque<Request>,
    answers: Vec<Answer>,
    /// The seqs of the emitted messages, in their order.
    emitted: HashMap<ConversationId, Vec<u32>>,
    /// The server has sent `gap`, and drops events until the client sends `resume`.
    gap_sent: bool,
    /// Whether the server keeps the order that the protocol guarantees: a join arrives before the messages after it.
    ordered: bool,
}

impl World {
    fn new(seed: u64, ordered: bool) -> Self {
        let mut sync = Sync::default();
        sync.begin_resume().expect("the first resume");
        sync.resumed(wire::Resumed { epoch: "one".into(), inbox_version: 1, ..Default::default() });
        Self {
            random: StdRng::seed_from_u64(seed),
            sync,
            rooms: Vec::new(),
            inbox_version: 1,
            frames: VecDeque::new(),
            joins: VecDeque::new(),
            requests: VecDeque::new(),
            answers: Vec::new(),
            emitted: HashMap::new(),
            gap_sent: false,
            ordered,
        }
    }

    fn random_below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound)
    }

    /// Sends an event to the client, sometimes twice. Drops it after `gap`.
    fn send_event(&mut self, kind: Kind) {
        if self.gap_sent {
            return;
        }
        if self.random_below(10) == 0 {
            self.frames.push_back(kind.clone());
        }
        self.frames.push_back(kind);
    }

    /// Another user starts a conversation with this user, sometimes with messages that only the join contains.
    fn start_conversation(&mut self) {
        self.inbox_version += 1;
        self.rooms.push(Room { id: ConversationId::new(), version: 1, messages: Vec::new() });
        let index = self.rooms.len() - 1;
        for _ in 0..self.random_below(4) {
            self.rooms[index].send();
        }
        if !self.ordered {
            for _ in 0..self.random_below(3) {
                self.send_message(index);
            }
        }
        let joined = wire::ConversationJoined {
            inbox_version: self.inbox_version,
            conversation: Some(self.rooms[index].conversation()),
        };
        let joined = Kind::ConversationJoined(joined);
        if self.ordered {
            self.send_event(joined);
        } else if !self.gap_sent {
            self.joins.push_back(joined);
        }
    }

    fn send_message(&mut self, index: usize) {
        let message = Some(self.rooms[index].send());
        self.send_event(Kind::MessageSent(wire::MessageEvent { message }));
    }

    fn rename(&mut self, index: usize) {
        self.rooms[index].version += 1;
        let (conversation_id, version) = (self.rooms[index].id.to_string(), self.rooms[index].version);
        let changed = wire::ConversationChanged { conversation_id, version, ..Default::default() };
        self.send_event(Kind::ConversationChanged(changed));
    }

    fn perform(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Emit(Event::MessageSent(message)) => {
                    let id = message.conversation_id.parse().expect("an id");
                    self.emitted.entry(id).or_default().push(message.seq);
                }
                Step::Emit(_) => {}
                Step::Resume => {
                    let resume = self.sync.begin_resume();
                    self.requests.extend(resume.map(Request::Resume));
                }
                step => self.requests.push_back(Request::Step(step)),
            }
        }
    }

    fn resumed(&self, resume: &wire::Resume) -> wire::Resumed {
        let held: HashMap<&str, u32> =
            resume.held.iter().map(|held| (held.conversation_id.as_str(), held.version)).collect();
        let changes = self.rooms.iter().filter_map(|room| {
            let conversation = Some(room.conversation());
            match held.get(room.id.to_string().as_str()) {
                Some(version) if *version >= room.version => None,
                Some(version) => {
                    let messages = room.messages(|message| message.version > *version);
                    Some(wire::Changes { conversation, messages, reload: false })
                }
                None => {
                    (resume.inbox_version < self.inbox_version).then(|| wire::Changes { conversation, ..Default::default() })
                }
            }
        });
        let changes = changes.collect();
        wire::Resumed { epoch: "one".into(), inbox_version: self.inbox_version, changes, ..Default::default() }
    }

    /// The server handles the next request. Its reply is delivered later.
    fn handle_request(&mut self) {
        let answer = match self.requests.pop_front() {
            None => return,
            Some(Request::Resume(resume)) => {
                self.gap_sent = false;
                Answer::Resumed(self.resumed(&resume))
            }
            Some(Request::Step(Step::Fetch { state_id, since_version, .. })) => {
                let room = self.rooms.iter().find(|room| room.id == state_id.conversation).expect("a room");
                let messages = room.messages(|message| message.version > since_version);
                Answer::Fetched(
                    state_id,
                    Box::new(wire::Changes { conversation: Some(room.conversation()), messages, reload: false }),
                )
            }
            Some(Request::Step(Step::Load { state_id, after_seq })) => {
                let room = self.rooms.iter().find(|room| room.id == state_id.conversation).expect("a room");
                let mut messages = room.messages(|message| message.seq > after_seq);
                messages.truncate(2);
                Answer::Loaded(state_id, wire::MessagePage { messages, ..Default::default() })
            }
            Some(Request::Step(step)) => panic!("{step:?} is no state_id"),
        };
        self.answers.push(answer);
    }

    /// Delivers a random reply to the client.
    fn deliver_reply(&mut self) {
        if self.answers.is_empty() {
            return;
        }
        let index = self.random_below(self.answers.len());
        let steps = match self.answers.swap_remove(index) {
            Answer::Fetched(state_id, changes) => self.sync.fetched(state_id, *changes),
            Answer::Loaded(state_id, page) => self.sync.loaded(state_id, page),
            Answer::Resumed(resumed) => self.sync.resumed(resumed).0,
        };
        self.perform(steps);
    }

    /// Delivers the next event to the client.
    fn deliver_event(&mut self) {
        if let Some(kind) = self.frames.pop_front() {
            let steps = self.sync.event(kind);
            self.perform(steps);
        }
    }

    /// Delivers the next join to the client.
    fn deliver_join(&mut self) {
        if let Some(kind) = self.joins.pop_front() {
            let steps = self.sync.event(kind);
            self.perform(steps);
        }
    }

    /// The client reads too slowly: the server drops events and sends `gap`.
    fn send_gap(&mut self) {
        if !self.gap_sent && self.joins.is_empty() {
            self.frames = VecDeque::from([Kind::Gap(wire::Gap {})]);
            self.gap_sent = true;
        }
    }

    fn reconnect(&mut self) {
        if !self.joins.is_empty() {
            return;
        }
        self.frames.clear();
        self.requests.clear();
        self.answers.clear();
        self.gap_sent = false;
        self.sync.connection_lost();
        let resume = self.sync.begin_resume().expect("a resume");
        let resumed = self.resumed(&resume);
        let steps = self.sync.resumed(resumed).0;
        self.perform(steps);
    }

    /// Does one random action.
    fn step(&mut self) {
        let room = if self.rooms.is_empty() { None } else { Some(self.random_below(self.rooms.len())) };
        match (self.random_below(100), room) {
            (0..5, _) if self.rooms.len() < 4 => self.start_conversation(),
            (5..25, Some(index)) => self.send_message(index),
            (25..30, Some(index)) => self.rename(index),
            (30..50, _) => self.deliver_event(),
            (50..60, _) => self.deliver_join(),
            (60..75, _) => self.handle_request(),
            (75..95, _) => self.deliver_reply(),
            (95, _) => self.send_gap(),
            (96, _) => self.reconnect(),
            _ => {}
        }
    }

    /// Delivers everything. A last message in each conversation shows the client any gap that is left.
    fn finish(&mut self) {
        for index in 0..self.rooms.len() {
            self.send_message(index);
        }
        for _ in 0..10_000 {
            if self.frames.is_empty() && self.joins.is_empty() && self.requests.is_empty() && self.answers.is_empty() {
                return;
            }
            self.deliver_event();
            self.deliver_join();
            self.handle_request();
            self.deliver_reply();
        }
        panic!("it never comes to rest");
    }
}

#[test]
fn each_message_is_emitted_once_in_any_order_of_frames() {
    for seed in 0..600 {
        for ordered in [false, true] {
            let mut world = World::new(seed, ordered);
            for _ in 0..120 {
                world.step();
            }
            world.finish();
            for room in &world.rooms {
                let emitted = world.emitted.remove(&room.id).unwrap_or_default();
                let mut sorted = emitted.clone();
                sorted.sort_unstable();
                let all: Vec<u32> = (1..=u32::try_from(room.messages.len()).expect("small")).collect();
                assert_eq!(sorted, all, "seed {seed}, ordered: {ordered}");
                assert!(!ordered || emitted == all, "seed {seed}: {emitted:?}");
            }
        }
    }
}
