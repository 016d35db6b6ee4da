//! What people of a system do and see, in the words of its rows.

use std::ops::{Deref, DerefMut};

use causerie_client::{
    ClientId, ConversationId, Event, GroupRef, HistoryRange, MailDraft, MessageId, Recipient, UserRef,
    wire::{self, Capability, ConversationKind, directory_hit::Who, recipient::By},
};

use super::{Answer, Answered as _};
use crate::harness::{Peer, within};

/// Someone connected. Also a [`Peer`], and with it an SDK.
pub struct Person(pub Peer);

impl Deref for Person {
    type Target = Peer;

    fn deref(&self) -> &Peer {
        &self.0
    }
}

impl DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Peer {
        &mut self.0
    }
}

/// The product's name for someone else.
pub fn someone(external_id: &str) -> UserRef {
    UserRef::ExternalId(external_id.to_owned())
}

/// A person as a recipient.
pub fn one(external_id: &str) -> Recipient {
    someone(external_id).into()
}

/// A group of the product as a recipient: whoever is in it.
pub fn all_of(external_id: &str) -> Recipient {
    GroupRef::ExternalId(external_id.to_owned()).into()
}

/// The id of what was started or told.
pub fn id(conversation: &wire::Conversation) -> ConversationId {
    conversation.id.parse().expect("a UUID")
}

/// The id of a message.
pub fn message_id(message: &wire::Message) -> MessageId {
    message.id.parse().expect("a UUID")
}

impl Person {
    /// Starts a direct conversation, or finds the one there is.
    pub async fn starts_with(&self, other: &str) -> Answer<ConversationId> {
        let started = within("a start", self.start_direct(someone(other))).await.answer()?;
        Ok(id(&started.conversation.expect("it is told")))
    }

    /// Starts a direct conversation by saying something in it, as a composer does.
    pub async fn writes_first(&self, other: &str, text: &str) -> Answer<wire::ConversationStarted> {
        let start = wire::StartConversation {
            kind: ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(By::ExternalId(other.to_owned())) }],
            first_message: Some(wire::Draft { client_id: ClientId::new().to_string(), text: text.to_owned() }),
            ..Default::default()
        };
        within("a start", self.start(start)).await.answer()
    }

    /// Sends a mail.
    pub async fn mails(&self, mail: MailDraft) -> Answer<wire::ConversationStarted> {
        within("an answer to a mail", self.send_mail(mail, ClientId::new())).await.answer()
    }

    /// Waits until the next mail shows in the box, sent ones included.
    pub async fn gets_mail(&mut self) -> wire::Conversation {
        let came = |event| match event {
            Event::Joined(joined) if joined.kind() == ConversationKind::Mail => Some(*joined),
            _ => None,
        };
        self.until("a mail", came).await
    }

    /// Says something in a conversation there is.
    pub async fn writes(&self, conversation: ConversationId, text: &str) -> Answer<wire::Message> {
        within("an answer to a send", self.send(conversation, text)).await.answer()
    }

    /// Everything that may be read in a conversation, oldest first, by paging back from the end.
    pub async fn reads(&self, conversation: ConversationId) -> Answer<Vec<String>> {
        let (mut texts, mut range) = (Vec::new(), HistoryRange::Newest);
        loop {
            let page = within("a page", self.history(conversation, range, 0)).await.answer()?;
            texts.splice(0..0, page.messages.iter().map(|message| message.text.clone()));
            match page.messages.first() {
                Some(first) if page.more_before => range = HistoryRange::Before(first.seq),
                _ => return Ok(texts),
            }
        }
    }

    /// One's list of conversations.
    pub async fn lists(&self) -> Vec<wire::Conversation> {
        within("a list", self.conversations("")).await.answer().expect("one's own list").conversations
    }

    /// The list's line of a conversation, where it is in the list.
    pub async fn sees_listed(&self, conversation: ConversationId) -> Option<wire::Conversation> {
        self.lists().await.into_iter().find(|listed| id(listed) == conversation)
    }

    /// What is offered to this person for some first letters: people and groups, by the product's names, sorted.
    pub async fn finds(&self, query: &str) -> Vec<String> {
        let mut names: Vec<String> = self.hits(query).await.iter().map(name_of).collect();
        names.sort_unstable();
        names
    }

    /// Those among what is offered that one may start with or address.
    pub async fn may_write_to(&self, query: &str) -> Vec<String> {
        let may = [wire::DirectoryAction::Start, wire::DirectoryAction::AddressGroup];
        let hits = self.hits(query).await;
        let mut names: Vec<String> =
            hits.iter().filter(|hit| hit.can().any(|can| may.contains(&can))).map(name_of).collect();
        names.sort_unstable();
        names
    }

    /// All that is offered, page by page.
    pub async fn hits(&self, query: &str) -> Vec<wire::DirectoryHit> {
        let (mut hits, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = within("a search", self.search_directory(query, 0, cursor)).await.answer().expect("one may search");
            hits.extend(page.hits);
            cursor = page.next_cursor;
            if cursor.is_empty() {
                return hits;
            }
        }
    }

    /// Whether the server says that this may be done in a conversation now.
    pub async fn may(&self, capability: Capability, conversation: ConversationId) -> bool {
        let now = within("a conversation", self.conversation(conversation)).await.answer().expect("one's own");
        now.capabilities().any(|held| held == capability)
    }

    /// Waits until this open screen is told that something may be done now, or no more.
    pub async fn is_told(&mut self, capability: Capability, may: bool, conversation: ConversationId) {
        let told = |event| match event {
            Event::Capabilities { conversation: place, capabilities } if place == conversation => {
                (capabilities.contains(&capability) == may).then_some(())
            }
            _ => None,
        };
        self.until(&format!("{capability:?} {may}"), told).await;
    }

    /// Waits until this open screen shows a conversation.
    pub async fn is_joined(&mut self, conversation: ConversationId) -> wire::Conversation {
        let joined = |event| match event {
            Event::Joined(joined) if id(&joined) == conversation => Some(*joined),
            _ => None,
        };
        self.until("the conversation", joined).await
    }

    /// Waits until this open screen shows a message.
    pub async fn hears(&mut self, text: &str) -> wire::Message {
        let heard = |event| match event {
            Event::MessageSent(message) if message.text == text => Some(message),
            _ => None,
        };
        self.until(text, heard).await
    }

    /// Waits until this open screen counts so many unread messages.
    pub async fn has_unread(&mut self, count: u32) {
        let counts = |event| matches!(event, Event::ReadState { total_unread, .. } if total_unread == count).then_some(());
        self.until(&format!("{count} unread"), counts).await;
    }

    /// Starts with someone who is here, and waits until both screens show it.
    pub async fn chats_with(&mut self, other: &mut Self) -> ConversationId {
        let here = self.starts_with(&other.external_id).await.expect("within reach");
        self.is_joined(here).await;
        other.is_joined(here).await;
        here
    }
}

/// To whom a mail went, by the product's names, and whether as a copy.
pub fn addressees(mail: &wire::Conversation) -> Vec<(&str, bool)> {
    fn name(addressee: &wire::Addressee) -> &str {
        match addressee.who.as_ref().expect("it names someone") {
            wire::addressee::Who::User(user) => user.external_id.as_str(),
            wire::addressee::Who::Group(group) => group.external_id.as_str(),
        }
    }
    mail.addressees.iter().map(|addressee| (name(addressee), addressee.is_copy)).collect()
}

fn name_of(hit: &wire::DirectoryHit) -> String {
    match hit.who.as_ref().expect("a hit is someone") {
        Who::User(user) => user.external_id.clone(),
        Who::Group(group) => group.external_id.clone(),
    }
}
