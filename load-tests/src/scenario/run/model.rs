//! What a scenario file says: who there is, who talks with whom, what they do, and what is aimed at.

use std::path::PathBuf;

use super::{goals::Limit, reader::Mark};

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Model {
    /// What is done, in a sentence.
    pub title: String,
    /// Rules to put in force, and where the file says so.
    pub rules: Option<Rules>,
    /// The rules' switches: name and value.
    pub settings: Vec<(String, String)>,
    /// By kind.
    pub people: Vec<People>,
    /// By kind.
    pub groups: Vec<Groups>,
    /// Between groups.
    pub edges: Vec<Edge>,
    /// Between people.
    pub relations: Vec<Relation>,
    /// Who talks with whom.
    pub conversations: Vec<Conversation>,
    /// What people do.
    pub load: LoadModel,
    /// What is aimed at.
    pub goals: Vec<Limit>,
}

/// What decides who may do what.
#[derive(Debug, Clone)]
pub enum Rules {
    /// One of the server's.
    Preset(String, Mark),
    /// A text of one's own.
    File(PathBuf, Mark),
}

/// People of a kind.
#[derive(Debug, Clone)]
pub struct People {
    /// As the file calls them.
    pub name: String,
    /// How many.
    pub count: u32,
    /// What they are in the product as a whole.
    pub role: Option<String>,
}

/// Groups of the product, of a kind.
#[derive(Debug, Clone)]
pub struct Groups {
    /// As the file calls them.
    pub name: String,
    /// As the rules call them.
    pub kind: Option<String>,
    /// How many.
    pub count: u32,
    /// Who is in them.
    pub members: Vec<Members>,
}

/// People of a kind, in groups of a kind.
#[derive(Debug, Clone)]
pub struct Members {
    /// Place in [`Model::people`].
    pub people: usize,
    /// What they are there.
    pub role: String,
    /// How many of the groups each is in.
    pub each: u32,
}

/// A way from all groups of a kind to all of another.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Place in [`Model::groups`].
    pub from: usize,
    /// Likewise.
    pub to: usize,
    /// `both`, `people`, `group`.
    pub delivers: &'static str,
}

/// What people are to each other.
#[derive(Debug, Clone)]
pub struct Relation {
    /// As the rules call it.
    pub name: String,
    /// Place in [`Model::people`].
    pub from: usize,
    /// Likewise.
    pub to: usize,
    /// So many begin with each.
    pub each: u32,
    /// Where the file says so.
    pub mark: Mark,
}

/// Conversations of a kind.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// What they are.
    pub kind: Kind,
    /// How many.
    pub count: u32,
    /// Who starts them, or writes the mails: place in [`Model::people`].
    pub from: usize,
    /// With whom.
    pub to: Option<usize>,
    /// All of them in one such group: place in [`Model::groups`].
    pub within: Option<usize>,
    /// With those they have this relation to: its place.
    pub along: Option<usize>,
    /// Everyone of a group; people a mail goes to, the writer left out.
    pub members: u32,
    /// The groups a mail goes to: place in [`Model::groups`].
    pub to_group: Option<usize>,
    /// Where the file says so.
    pub mark: Mark,
}

/// What a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two people; one conversation per pair.
    Direct,
    /// Several people.
    Group,
    /// One message each; the file's count is that of the different ways they are addressed.
    Mail,
}

/// What people do, and for how long.
#[derive(Debug, Clone)]
pub struct LoadModel {
    /// They come within so many seconds.
    pub ramp_s: f64,
    /// They do it all for so long before it counts.
    pub warm_up_s: f64,
    /// And then for so long.
    pub seconds: f64,
    /// How long last answers are waited for.
    pub late_s: f64,
    /// The part of them that is there.
    pub online: f64,
    /// The server looks after them so often.
    pub heartbeat_s: Option<f64>,
    /// Of a message.
    pub text_bytes: u32,
    /// Of a list and a history.
    pub page: u32,
    /// What they type to find somebody.
    pub search: String,
    /// What they do, and how often all of them together, per second. Nothing that is not done.
    pub rates: Vec<(ActionKind, f64)>,
}

/// Something that people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ActionKind {
    Send,
    Mail,
    List,
    History,
    MarkRead,
    Typing,
    Search,
}

impl ActionKind {
    /// All, with their keys.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Send, "sends_per_second"),
        (Self::Mail, "mails_per_second"),
        (Self::List, "lists_per_second"),
        (Self::History, "histories_per_second"),
        (Self::MarkRead, "mark_reads_per_second"),
        (Self::Typing, "typings_per_second"),
        (Self::Search, "searches_per_second"),
    ];

    /// For figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Mail => "mail",
            Self::List => "list",
            Self::History => "history",
            Self::MarkRead => "mark read",
            Self::Typing => "typing",
            Self::Search => "search",
        }
    }
}

impl Model {
    /// What of it has to be told to the server by somebody who may administer it, by its keys in the file.
    #[must_use]
    pub fn provisioned(&self) -> Vec<&'static str> {
        let all = [
            ("rules", self.rules.is_some()),
            ("settings", !self.settings.is_empty()),
            ("people.*.role", self.people.iter().any(|it| it.role.is_some())),
            ("groups", !self.groups.is_empty()),
            ("edges", !self.edges.is_empty()),
            ("relations", !self.relations.is_empty()),
        ];
        all.into_iter().filter(|(_, is_said)| *is_said).map(|(key, _)| key).collect()
    }
}
