//! The content of a scenario file: users, groups, conversations, actions and goals.

use std::path::PathBuf;

use super::{goals::Limit, reader::Mark};

/// The content of a file.
#[derive(Debug, Clone)]
pub struct Model {
    /// What the scenario does, in one sentence.
    pub title: String,
    /// The rules to activate, with their place in the file.
    pub rules: Option<Rules>,
    /// The settings of the rules: name and value.
    pub settings: Vec<(String, String)>,
    /// The users, by kind.
    pub users: Vec<UserKind>,
    /// The groups, by kind.
    pub groups: Vec<Groups>,
    /// The edges between groups.
    pub edges: Vec<Edge>,
    /// The relations between users.
    pub relations: Vec<Relation>,
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// The actions.
    pub load: LoadModel,
    /// The goals.
    pub goals: Vec<Limit>,
}

/// The rules of the tenant.
#[derive(Debug, Clone)]
pub enum Rules {
    /// A preset of the server.
    Preset(String, Mark),
    /// A file with rules.
    File(PathBuf, Mark),
}

/// Users of one kind.
#[derive(Debug, Clone)]
pub struct UserKind {
    /// The name in the file.
    pub name: String,
    /// The number of users.
    pub count: u32,
    /// Their role in the whole tenant.
    pub role: Option<String>,
}

/// Groups of the product, of one kind.
#[derive(Debug, Clone)]
pub struct Groups {
    /// The name in the file.
    pub name: String,
    /// The kind, a word of the rules.
    pub kind: Option<String>,
    /// The number of groups.
    pub count: u32,
    /// The members.
    pub members: Vec<Members>,
}

/// Users of one kind as members of groups of one kind.
#[derive(Debug, Clone)]
pub struct Members {
    /// Index in [`Model::users`].
    pub users: usize,
    /// Their role in the group.
    pub role: String,
    /// How many of the groups each user is in.
    pub each: u32,
}

/// An edge from all groups of one kind to all groups of another.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Index in [`Model::groups`].
    pub from: usize,
    /// Index in [`Model::groups`].
    pub to: usize,
    /// `both`, `people`, `group`.
    pub delivers: &'static str,
}

/// A relation between users.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The name, a word of the rules.
    pub name: String,
    /// Index in [`Model::users`].
    pub from: usize,
    /// Index in [`Model::users`].
    pub to: usize,
    /// How many relations begin at each user.
    pub each: u32,
    /// The place in the file.
    pub mark: Mark,
}

/// Conversations of one kind.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Their kind.
    pub kind: Kind,
    /// Their number.
    pub count: u32,
    /// The users who start them or write the mails: index in [`Model::users`].
    pub from: usize,
    /// The other members or the addressees: index in [`Model::users`].
    pub to: Option<usize>,
    /// All members are in the same group of this kind: index in [`Model::groups`].
    pub within: Option<usize>,
    /// The other members have this relation to the first: index in [`Model::relations`].
    pub along: Option<usize>,
    /// The number of members of a group; the number of addressees of a mail, without its author.
    pub members: u32,
    /// The groups to which a mail is addressed: index in [`Model::groups`].
    pub to_group: Option<usize>,
    /// The place in the file.
    pub mark: Mark,
}

/// The kind of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two users; one conversation per pair.
    Direct,
    /// Several users.
    Group,
    /// One message each; the count of the file is the number of different ways to address them.
    Mail,
}

/// The actions of the users, and their duration.
#[derive(Debug, Clone)]
pub struct LoadModel {
    /// The time in which the users connect, in seconds.
    pub ramp_s: f64,
    /// The duration of the warm-up, in seconds.
    pub warm_up_s: f64,
    /// The measured time after the warm-up, in seconds.
    pub seconds: f64,
    /// How long late answers are awaited, in seconds.
    pub late_s: f64,
    /// The part of the users who are online.
    pub online: f64,
    /// The heartbeat interval of the server, in seconds.
    pub heartbeat_s: Option<f64>,
    /// The size of a message in bytes.
    pub text_bytes: u32,
    /// The page size of lists and histories.
    pub page: u32,
    /// The text of a search.
    pub search: String,
    /// The rate of each action, of all users together, per second; without actions that do not occur.
    pub rates: Vec<(ActionKind, f64)>,
}

/// An action of users.
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
    /// All actions with their keys in the file.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Send, "sends_per_second"),
        (Self::Mail, "mails_per_second"),
        (Self::List, "lists_per_second"),
        (Self::History, "histories_per_second"),
        (Self::MarkRead, "mark_reads_per_second"),
        (Self::Typing, "typings_per_second"),
        (Self::Search, "searches_per_second"),
    ];

    /// The name for figures.
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
    /// The keys of the file that need an API key with the scope `provision`.
    #[must_use]
    pub fn provisioned(&self) -> Vec<&'static str> {
        let all = [
            ("rules", self.rules.is_some()),
            ("settings", !self.settings.is_empty()),
            ("users.*.role", self.users.iter().any(|it| it.role.is_some())),
            ("groups", !self.groups.is_empty()),
            ("edges", !self.edges.is_empty()),
            ("relations", !self.relations.is_empty()),
        ];
        all.into_iter().filter(|(_, is_said)| *is_said).map(|(key, _)| key).collect()
    }
}
