//! A server that delivers frames, replies and losses in random order. The client must emit each message exactly once.

use rand::{Rng, SeedableRng, rngs::StdRng};
use wire::event::Kind;

use super::*;

/// One conversation in the database of the server. `messages` has the version of each message.
struct Room {
    id: ConversationId,
    version: u32,
    messages: Vec<u32>,
}

impl Room {
    fn send(&mut self) -> wire::Message {
        self.version += 1;
        self.messages.push(self.version);
        self.message(self.messages.len() - 1)
    }

    fn message(&self, at: usize) -> wire::Message {
        let (seq, version) = (u32::try_from(at + 1).expect("small"), self.messages[at]);
        wire::Message { conversation_id: self.id.to_string(), seq, version, ..Default::default() }
    }

    fn messages(&self, wanted: impl Fn(&wire::Message) -> bool) -> Vec<wire::Message> {
        (0..self.messages.len()).map(|at| self.message(at)).filter(|message| wanted(message)).collect()
    }

    fn now(&self) -> wire::Conversation {
        wire::Conversation {
            id: self.id.to_string(),
            version: self.version,
            last_seq: u32::try_from(self.messages.len()).expect("small"),
            read_state: Some(wire::ReadState::default()),
            last_message: self.messages.len().checked_sub(1).map(|at| self.message(at)),
            ..Default::default()
        }
    }
}

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

struct World {
    random: StdRng,
    sync: Sync,
    rooms: Vec<Room>,
    inbox_version: u32,
    frames: VecDeque<Kind>,
    /// Joins that travel beside the messages and may overtake them.
    joinings: VecDeque<Kind>,
    questions: VecDeque<Request>,
    answers: Vec<Answer>,
    emitted: HashMap<ConversationId, Vec<u32>>,
    parted: bool,
    /// Keeps the order that the protocol guarantees: a join arrives before the messages after it.
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
            joinings: VecDeque::new(),
            questions: VecDeque::new(),
            answers: Vec::new(),
            emitted: HashMap::new(),
            parted: false,
            ordered,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound)
    }

    fn emit(&mut self, kind: Kind) {
        if self.parted {
            return;
        }
        if self.below(10) == 0 {
            self.frames.push_back(kind.clone());
        }
        self.frames.push_back(kind);
    }

    /// Another user starts a conversation with this user, sometimes with messages that only the join contains.
    fn begin(&mut self) {
        self.inbox_version += 1;
        self.rooms.push(Room { id: ConversationId::new(), version: 1, messages: Vec::new() });
        let at = self.rooms.len() - 1;
        for _ in 0..self.below(4) {
            self.rooms[at].send();
        }
        if !self.ordered {
            for _ in 0..self.below(3) {
                self.say(at);
            }
        }
        let joined =
            wire::ConversationJoined { inbox_version: self.inbox_version, conversation: Some(self.rooms[at].now()) };
        let joined = Kind::ConversationJoined(joined);
        if self.ordered {
            self.emit(joined);
        } else if !self.parted {
            self.joinings.push_back(joined);
        }
    }

    fn say(&mut self, at: usize) {
        let message = Some(self.rooms[at].send());
        self.emit(Kind::MessageSent(wire::MessageEvent { message }));
    }

    fn rename(&mut self, at: usize) {
        self.rooms[at].version += 1;
        let (conversation_id, version) = (self.rooms[at].id.to_string(), self.rooms[at].version);
        let changed = wire::ConversationChanged { conversation_id, version, ..Default::default() };
        self.emit(Kind::ConversationChanged(changed));
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
                    self.questions.extend(resume.map(Request::Resume));
                }
                step => self.questions.push_back(Request::Step(step)),
            }
        }
    }

    fn resumed(&self, resume: &wire::Resume) -> wire::Resumed {
        let held: HashMap<&str, u32> =
            resume.held.iter().map(|held| (held.conversation_id.as_str(), held.version)).collect();
        let changes = self.rooms.iter().filter_map(|room| {
            let conversation = Some(room.now());
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
    fn serve(&mut self) {
        let answer = match self.questions.pop_front() {
            None => return,
            Some(Request::Resume(resume)) => {
                self.parted = false;
                Answer::Resumed(self.resumed(&resume))
            }
            Some(Request::Step(Step::Fetch { state_id, since_version, .. })) => {
                let room = self.rooms.iter().find(|room| room.id == state_id.conversation).expect("a room");
                let messages = room.messages(|message| message.version > since_version);
                Answer::Fetched(
                    state_id,
                    Box::new(wire::Changes { conversation: Some(room.now()), messages, reload: false }),
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

    fn answer(&mut self) {
        if self.answers.is_empty() {
            return;
        }
        let at = self.below(self.answers.len());
        let steps = match self.answers.swap_remove(at) {
            Answer::Fetched(state_id, changes) => self.sync.fetched(state_id, *changes),
            Answer::Loaded(state_id, page) => self.sync.loaded(state_id, page),
            Answer::Resumed(resumed) => self.sync.resumed(resumed).0,
        };
        self.perform(steps);
    }

    fn deliver(&mut self) {
        if let Some(kind) = self.frames.pop_front() {
            let steps = self.sync.event(kind);
            self.perform(steps);
        }
    }

    fn join(&mut self) {
        if let Some(kind) = self.joinings.pop_front() {
            let steps = self.sync.event(kind);
            self.perform(steps);
        }
    }

    /// The client reads too slowly: the server drops events and sends `gap`.
    fn part(&mut self) {
        if !self.parted && self.joinings.is_empty() {
            self.frames = VecDeque::from([Kind::Gap(wire::Gap {})]);
            self.parted = true;
        }
    }

    fn reconnect(&mut self) {
        if !self.joinings.is_empty() {
            return;
        }
        self.frames.clear();
        self.questions.clear();
        self.answers.clear();
        self.parted = false;
        self.sync.connection_lost();
        let resume = self.sync.begin_resume().expect("a resume");
        let resumed = self.resumed(&resume);
        let steps = self.sync.resumed(resumed).0;
        self.perform(steps);
    }

    fn step(&mut self) {
        let room = if self.rooms.is_empty() { None } else { Some(self.below(self.rooms.len())) };
        match (self.below(100), room) {
            (0..5, _) if self.rooms.len() < 4 => self.begin(),
            (5..25, Some(at)) => self.say(at),
            (25..30, Some(at)) => self.rename(at),
            (30..50, _) => self.deliver(),
            (50..60, _) => self.join(),
            (60..75, _) => self.serve(),
            (75..95, _) => self.answer(),
            (95, _) => self.part(),
            (96, _) => self.reconnect(),
            _ => {}
        }
    }

    /// Delivers everything. A last message in each conversation shows the client any gap that is left.
    fn finish(&mut self) {
        for at in 0..self.rooms.len() {
            self.say(at);
        }
        for _ in 0..10_000 {
            if self.frames.is_empty() && self.joinings.is_empty() && self.questions.is_empty() && self.answers.is_empty() {
                return;
            }
            self.deliver();
            self.join();
            self.serve();
            self.answer();
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
