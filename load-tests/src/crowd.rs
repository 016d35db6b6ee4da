//! People, the groups they are in, and their sockets: made through the server's own commands, many at a time.

use std::{net::SocketAddr, ops::Range};

use causerie_protocol::{limits::MEMBERS_PER_COMMAND_MAX, wire};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;
use wire::{reply::Result as Answer, request::Command};

use crate::{Outcome, socket::Socket, token::Signer};

/// Handshakes under way at once; the server looks arrivals up in batches.
const ARRIVING: usize = 128;
/// Groups started at once.
const STARTING: usize = 8;

/// Where people go and how they show who they are.
pub struct Crowd<'a> {
    /// The server.
    pub server: SocketAddr,
    /// Signs for everyone.
    pub signer: &'a Signer,
}

impl Crowd<'_> {
    /// Makes people known: their first token does.
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn introduce(&self, people: Range<usize>) -> Outcome<()> {
        let meet = async |person| {
            self.arrive(person).await?.close().await;
            Outcome::Ok(())
        };
        stream::iter(people.map(meet)).buffer_unordered(ARRIVING).try_collect().await
    }

    /// Everyone comes, in this order.
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn enter(&self, people: Range<usize>) -> Outcome<Vec<Socket>> {
        stream::iter(people.map(|person| self.arrive(person))).buffered(ARRIVING).try_collect().await
    }

    /// One comes.
    ///
    /// # Errors
    /// When not let in.
    pub async fn arrive(&self, person: usize) -> Outcome<Socket> {
        let token = self.signer.token(&name(person))?;
        Socket::open(self.server, token).await.map_err(|error| format!("{}: {error}", name(person)).into())
    }

    /// Starts groups; the first of each is its owner.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn groups(&self, groups: Vec<Vec<usize>>) -> Outcome<Vec<String>> {
        stream::iter(groups.into_iter().map(|members| self.group(members))).buffered(STARTING).try_collect().await
    }

    async fn group(&self, members: Vec<usize>) -> Outcome<String> {
        let (owner, others) = members.split_first().ok_or("a group has an owner")?;
        let mut others = others.chunks(MEMBERS_PER_COMMAND_MAX);
        let mut socket = self.arrive(*owner).await?;
        let start = wire::StartConversation {
            kind: wire::ConversationKind::Group.into(),
            with: others.next().map(recipients).unwrap_or_default(),
            subject: "load".to_owned(),
            client_id: Uuid::now_v7().to_string(),
            ..Default::default()
        };
        let id = started(socket.ask(Command::StartConversation(start)).await?)?;
        for some in others {
            let add = wire::AddMembers { conversation_id: id.clone(), users: refs(some) };
            socket.ask(Command::AddMembers(add)).await?;
        }
        socket.close().await;
        Ok(id)
    }
}

/// Starts the direct conversation with another person.
///
/// # Errors
/// When the server refuses.
pub async fn direct(socket: &mut Socket, with: usize) -> Outcome<String> {
    let kind = wire::ConversationKind::Direct.into();
    let start = wire::StartConversation { kind, with: recipients(&[with]), ..Default::default() };
    started(socket.ask(Command::StartConversation(start)).await?)
}

fn started(answer: Answer) -> Outcome<String> {
    match answer {
        Answer::ConversationStarted(wire::ConversationStarted { conversation: Some(it), .. }) => Ok(it.id),
        other => Err(format!("starting a conversation was answered with {other:?}").into()),
    }
}

fn recipients(people: &[usize]) -> Vec<wire::Recipient> {
    people.iter().map(|person| wire::Recipient { by: Some(wire::recipient::By::ExternalId(name(*person))) }).collect()
}

fn refs(people: &[usize]) -> Vec<wire::UserRef> {
    people.iter().map(|person| wire::UserRef { by: Some(wire::user_ref::By::ExternalId(name(*person))) }).collect()
}

/// The product's id of a person.
#[must_use]
pub fn name(person: usize) -> String {
    format!("p{person}")
}
