//! Connecting and reconnecting a user: the user sends the held versions and loads messages until no message is missing.

use std::time::Duration;

use causerie_protocol::wire;
use tokio::time::{sleep, timeout};
use wire::{reply::Result as Answer, request::Command, server_frame::Body};

use super::{
    super::{frames::Frame, name, socket},
    state::{ConnectionState, UserState},
    user::{Connect, ConnectOutcome, UserLoop},
};
use crate::{Outcome, crowd::socket::Socket, measure::clock};

/// The pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(250);
/// Messages per page when missed messages are loaded.
const PAGE: u32 = 100;

impl UserLoop {
    /// Connects. Repeats failed attempts until the user is connected or the time is over.
    pub(super) async fn connect(&mut self, connect: &Connect) -> ConnectOutcome {
        let mut attempts = 0;
        loop {
            let failed = match timeout(clock::until(connect.until_us), self.try_connect(connect.again)).await {
                Ok(Ok(reloaded)) => {
                    let took_us = clock::now_us().saturating_sub(connect.from_us);
                    return ConnectOutcome { failed: None, took_us, reloaded, attempts };
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "not in time".to_owned(),
            };
            self.connection_lost();
            if clock::until(connect.until_us) < PAUSE {
                let name = name(&self.worker.config.prefix, self.user.number);
                return ConnectOutcome { failed: Some(format!("{name}: {failed}")), took_us: 0, reloaded: 0, attempts };
            }
            attempts += 1;
            sleep(PAUSE).await;
        }
    }

    /// Tries to connect once. Returns the number of conversations that had to be reloaded.
    async fn try_connect(&mut self, again: bool) -> Outcome<usize> {
        let worker = self.worker.clone();
        if self.socket.is_some() {
            if !again {
                return Err("already there".into());
            }
            // The user had stopped reading. The replies to these requests show whether the connection is still open, and
            // which messages were missed.
            self.rejoin().await?;
            worker.set_connection(&self.user, ConnectionState::Reading);
            return Ok(0);
        }
        let token = worker.token(self.user.number)?;
        let (server, place) = worker.place_of(self.user.number)?;
        let resume = {
            let mut state = self.user.state();
            if !again {
                worker.start_now(&mut state);
            }
            (again && !state.epoch.is_empty()).then(|| held_versions(&state))
        };
        let _passed = if again { None } else { Some(worker.door.acquire().await?) };
        let (socket, welcome) = Socket::open(&place, token, resume).await?;
        (self.socket, self.server) = (Some(socket), server);
        let reload = self.resumed(welcome.resumed.unwrap_or_default());
        for conversation in &reload {
            self.load(conversation).await?;
        }
        if again {
            // Missed messages may follow the welcome as events. All of them have arrived before the reply to this ping.
            self.ask(Command::Ping(wire::Ping {})).await?;
        }
        worker.set_connection(&self.user, ConnectionState::Reading);
        Ok(reload.len())
    }

    /// Resumes on the same connection, after a `gap`.
    pub(super) async fn rejoin(&mut self) -> Outcome<()> {
        let resume = held_versions(&self.user.state());
        let Answer::Resumed(resumed) = self.ask(Command::Resume(resume)).await? else {
            return Err("a resume was answered with something else".into());
        };
        for conversation in self.resumed(resumed) {
            self.load(&conversation).await?;
        }
        Ok(())
    }

    /// Takes the reply to a resume. Returns the conversations that must be reloaded.
    fn resumed(&self, resumed: wire::Resumed) -> Vec<String> {
        let mut state = self.user.state();
        (state.epoch, state.inbox_version) = (resumed.epoch, resumed.inbox_version);
        let mut reload = Vec::new();
        for changes in resumed.changes {
            let Some(conversation) = changes.conversation else { continue };
            let Some(position) = conversation.id.parse().ok().and_then(|id| state.position(id)) else { continue };
            if changes.reload {
                reload.push(conversation.id);
                continue;
            }
            for message in &changes.messages {
                self.arrived(position.recovered(message.seq));
            }
            position.recovered_up_to(conversation.version);
        }
        for gone in &resumed.gone {
            self.worker.ended(self.user.number, &format!("told to be no member of {gone}"));
        }
        reload
    }

    /// Loads the missing messages of a conversation, page by page.
    async fn load(&mut self, conversation: &str) -> Outcome<()> {
        let id = conversation.parse()?;
        loop {
            let after = self.user.state().position(id).map_or(0, |position| position.seq);
            let ask = wire::GetHistory {
                conversation_id: conversation.to_owned(),
                after_seq: Some(after),
                limit: PAGE,
                ..Default::default()
            };
            let Answer::MessagePage(page) = self.ask(Command::GetHistory(ask)).await? else {
                return Err("a history was answered with something else".into());
            };
            let mut state = self.user.state();
            let Some(position) = state.position(id) else { return Ok(()) };
            for message in &page.messages {
                self.arrived(position.recovered(message.seq));
            }
            if !page.more_after || page.messages.is_empty() {
                // The page may contain messages newer than its version. The version of the newest message is the lowest
                // version that the user has after this page.
                let newest = page.messages.iter().map(|message| message.version).max().unwrap_or(0);
                position.recovered_up_to(page.version.max(newest));
                return Ok(());
            }
        }
    }

    /// Sends a request and waits for its reply. Live frames that arrive before the reply are processed afterwards, because
    /// their versions show which changes the reply already contained.
    async fn ask(&mut self, command: Command) -> Outcome<Answer> {
        let id = self.odd_id();
        self.socket.as_mut().ok_or("not connected")?.send(id, command).await?;
        loop {
            let bytes = self.socket.as_mut().ok_or("not connected")?.next().await?;
            let frame = Frame::of(bytes.clone())?;
            if frame.reply.as_ref().is_some_and(|reply| reply.id == id) {
                return match socket::decode(&bytes)?.body {
                    Some(Body::Reply(wire::Reply { result: Some(Answer::Error(error)), .. })) => {
                        Err(format!("{}: {}", error.name, error.message).into())
                    }
                    Some(Body::Reply(wire::Reply { result: Some(answer), .. })) => Ok(answer),
                    _ => Err("a reply without a result".into()),
                };
            }
            self.kept.push_back(bytes);
        }
    }
}

/// The versions that a user holds, as a resume.
fn held_versions(state: &UserState) -> wire::Resume {
    let held = state
        .positions
        .iter()
        .map(|position| wire::Held { conversation_id: position.id.to_string(), version: position.version });
    wire::Resume { epoch: state.epoch.clone(), inbox_version: state.inbox_version, held: held.collect() }
}
