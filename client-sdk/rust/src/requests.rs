//! Commands that wait: for a connection, or for their answer.

use std::{collections::VecDeque, time::Instant};

use causerie_protocol::wire::{reply::Result as Answer, request::Command};
use tokio::sync::oneshot;

use crate::error::Error;

/// A command and who waits for its answer.
pub(crate) struct Request {
    pub command: Command,
    pub answer: oneshot::Sender<Result<Answer, Error>>,
    /// When its caller stops waiting.
    pub deadline: Instant,
}

impl Request {
    /// Answers; a caller that stopped waiting does not mind.
    pub fn finish(self, answer: Result<Answer, Error>) {
        let _ = self.answer.send(answer);
    }

    /// May it be asked again without knowing whether it was done? Everything that reads may, and everything the server
    /// recognises when it comes again. What could undo a change someone else made meanwhile is left to the caller.
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

/// Commands that wait for a connection, oldest first. Bounded by their callers, each of which waits for one.
#[derive(Default)]
pub(crate) struct Queue(VecDeque<Request>);

impl Queue {
    pub fn push(&mut self, request: Request) {
        self.0.push_back(request);
    }

    pub fn pop(&mut self) -> Option<Request> {
        self.0.pop_front()
    }

    /// When the first caller stops waiting.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.iter().map(|request| request.deadline).min()
    }

    /// Answers those whose time is over with this error.
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
