//! Commands that wait for a connection or for their reply.

use std::{collections::VecDeque, time::Instant};

use causerie_protocol::wire::{reply::Result as Answer, request::Command};
use tokio::sync::oneshot;

use crate::error::Error;

/// A command with the channel for its answer.
pub(crate) struct Request {
    pub command: Command,
    pub answer: oneshot::Sender<Result<Answer, Error>>,
    /// The instant at which the command fails if it has no reply.
    pub deadline: Instant,
    /// [`Sync::leaves_total`](crate::sync::Sync::leaves_total) when the command was last sent.
    pub leaves_at_sending: u64,
}

impl Request {
    /// Answers the caller. A caller that has stopped waiting gets nothing.
    pub fn finish(self, answer: Result<Answer, Error>) {
        let _ = self.answer.send(answer);
    }

    /// Whether the client may send the command again when it does not know whether the server executed it. This holds for
    /// reads, and for writes that have the same effect when they are repeated. A repetition of any other command could undo
    /// a change that another user made in the meantime, so the caller decides.
    pub fn repeatable(&self) -> bool {
        match self.command {
            Command::ListConversations(_)
            | Command::GetConversation(_)
            | Command::GetHistory(_)
            | Command::GetChanges(_)
            | Command::ListMembers(_)
            | Command::GetUsers(_)
            | Command::SearchDirectory(_)
            | Command::ListRelations(_)
            | Command::GetPresence(_)
            | Command::WatchPresence(_)
            | Command::WatchContacts(_)
            | Command::Ping(_)
            | Command::StartConversation(_)
            | Command::SendMessage(_)
            | Command::DeleteMessage(_)
            | Command::MarkRead(_) => true,
            Command::Hello(_)
            | Command::RefreshToken(_)
            | Command::Resume(_)
            | Command::EditMessage(_)
            | Command::MarkUnread(_)
            | Command::SetTyping(_)
            | Command::RenameConversation(_)
            | Command::AddMembers(_)
            | Command::RemoveMember(_)
            | Command::CloseConversation(_)
            | Command::ReopenConversation(_)
            | Command::DeleteConversation(_)
            | Command::Relate(_)
            | Command::AcceptRelation(_)
            | Command::Unrelate(_) => false,
        }
    }
}

/// Commands that wait for a connection, oldest first. The queue needs no bound, because each caller waits for its command.
#[derive(Default)]
pub(crate) struct Queue(VecDeque<Request>);

impl Queue {
    pub fn push(&mut self, request: Request) {
        self.0.push_back(request);
    }

    pub fn pop(&mut self) -> Option<Request> {
        self.0.pop_front()
    }

    /// The earliest deadline of a waiting command.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.iter().map(|request| request.deadline).min()
    }

    /// Answers the commands whose deadline has passed with this error, and removes them.
    pub fn expire(&mut self, now: Instant, error: &Error) {
        for request in std::mem::take(&mut self.0) {
            if request.deadline <= now {
                request.finish(Err(error.clone()));
            } else {
                self.0.push_back(request);
            }
        }
    }
}
