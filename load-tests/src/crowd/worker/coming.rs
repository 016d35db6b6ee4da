//! How a person comes, and comes back: with the positions held, until nothing is missing.

use std::time::Duration;

use causerie_protocol::wire;
use tokio::time::{sleep, timeout};
use wire::{reply::Result as Answer, request::Command, server_frame::Body};

use super::{
    super::{frames::Frame, name, socket},
    home::{Seat, State},
    user::{Came, Coming, Life},
};
use crate::{Outcome, crowd::socket::Socket, measure::clock};

/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(250);
/// Messages per page of what was missed.
const PAGE: u32 = 100;

impl Life {
    /// Comes, however many attempts that takes.
    pub(super) async fn come(&mut self, coming: &Coming) -> Came {
        let mut attempts = 0;
        loop {
            let failed = match timeout(clock::until(coming.until_us), self.try_to_come(coming.again)).await {
                Ok(Ok(reloaded)) => {
                    let took_us = clock::now_us().saturating_sub(coming.from_us);
                    return Came { failed: None, took_us, reloaded, attempts };
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "not in time".to_owned(),
            };
            self.gone();
            if clock::until(coming.until_us) < PAUSE {
                let who = name(&self.home.settle.prefix, self.user.number);
                return Came { failed: Some(format!("{who}: {failed}")), took_us: 0, reloaded: 0, attempts };
            }
            attempts += 1;
            sleep(PAUSE).await;
        }
    }

    /// Answers how many conversations had to be loaded anew.
    async fn try_to_come(&mut self, again: bool) -> Outcome<usize> {
        let home = self.home.clone();
        if self.socket.is_some() {
            if !again {
                return Err("already there".into());
            }
            // Somebody who did not read for a while: what they ask shows whether the connection lives, and what they missed.
            self.rejoin().await?;
            home.seat(&self.user, State::Reading);
            return Ok(0);
        }
        let token = home.token(self.user.number)?;
        let (server, place) = home.place_of(self.user.number)?;
        let resume = {
            let mut seat = self.user.seat();
            if !again {
                home.stand_now(&mut seat);
            }
            (again && !seat.epoch.is_empty()).then(|| held(&seat))
        };
        let _passed = if again { None } else { Some(home.door.acquire().await?) };
        let (socket, welcome) = Socket::open(&place, token, resume).await?;
        (self.socket, self.server) = (Some(socket), server);
        let reload = self.resumed(welcome.resumed.unwrap_or_default());
        for conversation in &reload {
            self.load(conversation).await?;
        }
        if again {
            // Some of what was missed comes as events behind the welcome: all of it is here once this is answered.
            self.ask(Command::Ping(wire::Ping {})).await?;
        }
        home.seat(&self.user, State::Reading);
        Ok(reload.len())
    }

    /// After having been parted from the live stream.
    pub(super) async fn rejoin(&mut self) -> Outcome<()> {
        let resume = held(&self.user.seat());
        let Answer::Resumed(resumed) = self.ask(Command::Resume(resume)).await? else {
            return Err("a resume was answered with something else".into());
        };
        for conversation in self.resumed(resumed) {
            self.load(&conversation).await?;
        }
        Ok(())
    }

    /// Takes what was told with a return; answers the conversations that are to be loaded anew.
    fn resumed(&self, resumed: wire::Resumed) -> Vec<String> {
        let mut seat = self.user.seat();
        (seat.epoch, seat.inbox_version) = (resumed.epoch, resumed.inbox_version);
        let mut reload = Vec::new();
        for changes in resumed.changes {
            let Some(conversation) = changes.conversation else { continue };
            let Some(position) = conversation.id.parse().ok().and_then(|id| seat.position(id)) else { continue };
            if changes.reload {
                reload.push(conversation.id);
                continue;
            }
            for message in &changes.messages {
                self.arrived(position.told(message.seq));
            }
            position.told_up_to(conversation.version);
        }
        for gone in &resumed.gone {
            self.home.ended(self.user.number, &format!("told to be no member of {gone}"));
        }
        reload
    }

    /// Loads what is missing of a conversation, page by page.
    async fn load(&mut self, conversation: &str) -> Outcome<()> {
        let id = conversation.parse()?;
        loop {
            let after = self.user.seat().position(id).map_or(0, |position| position.seq);
            let ask = wire::GetHistory {
                conversation_id: conversation.to_owned(),
                after_seq: Some(after),
                limit: PAGE,
                ..Default::default()
            };
            let Answer::MessagePage(page) = self.ask(Command::GetHistory(ask)).await? else {
                return Err("a history was answered with something else".into());
            };
            let mut seat = self.user.seat();
            let Some(position) = seat.position(id) else { return Ok(()) };
            for message in &page.messages {
                self.arrived(position.told(message.seq));
            }
            if !page.more_after || page.messages.is_empty() {
                // The page may hold more than the version it tells: that is the least it is true at.
                let newest = page.messages.iter().map(|message| message.version).max().unwrap_or(0);
                position.told_up_to(page.version.max(newest));
                return Ok(());
            }
        }
    }

    /// Asks on the way. What comes live meanwhile is taken afterwards: its versions tell what the answer held already.
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

/// What a person says they hold.
fn held(seat: &Seat) -> wire::Resume {
    let held = seat
        .positions
        .iter()
        .map(|position| wire::Held { conversation_id: position.id.to_string(), version: position.version });
    wire::Resume { epoch: seat.epoch.clone(), inbox_version: seat.inbox_version, held: held.collect() }
}
