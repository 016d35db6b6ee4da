//! Actions and observations of a user, in the words of the rows.

use std::ops::{Deref, DerefMut};

use causerie_client::{
    ClientId, ConversationId, Event, GroupRef, HistoryRange, MailDraft, MessageId, Recipient, UserRef,
    wire::{self, Capability, ConversationKind, directory_hit::Who, recipient::By},
};

use super::{Answer, Answered as _};
use crate::harness::{Peer, within};

/// A connected user. Dereferences to [`Peer`] and through it to the SDK's client.
pub struct User(pub Peer);

impl Deref for User {
    type Target = Peer;

    fn deref(&self) -> &Peer {
        &self.0
    }
}

impl DerefMut for User {
    fn deref_mut(&mut self) -> &mut Peer {
        &mut self.0
    }
}

/// A user, as commands name them.
pub fn user_ref(external_id: &str) -> UserRef {
    UserRef::ExternalId(external_id.to_owned())
}

/// A user as a recipient.
pub fn user_recipient(external_id: &str) -> Recipient {
    user_ref(external_id).into()
}

/// A group as a recipient.
pub fn group_recipient(external_id: &str) -> Recipient {
    GroupRef::ExternalId(external_id.to_owned()).into()
}

/// The id of a conversation.
pub fn id(conversation: &wire::Conversation) -> ConversationId {
    conversation.id.parse().expect("a UUID")
}

pub fn message_id(message: &wire::Message) -> MessageId {
    message.id.parse().expect("a UUID")
}

impl User {
    /// Starts a direct conversation, or finds the existing one.
    pub async fn starts_with(&self, other: &str) -> Answer<ConversationId> {
        let started = within("a start", self.start_direct(user_ref(other))).await.answer()?;
        Ok(id(&started.conversation.expect("it is told")))
    }

    /// Starts a direct conversation with a first message.
    pub async fn writes_first(&self, other: &str, text: &str) -> Answer<wire::ConversationStarted> {
        let start = wire::StartConversation {
            kind: ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(By::ExternalId(other.to_owned())) }],
            first_message: Some(wire::Draft { client_id: ClientId::new().to_string(), text: text.to_owned() }),
            ..Default::default()
        };
        within("a start", self.start(start)).await.answer()
    }

    pub async fn mails(&self, mail: MailDraft) -> Answer<wire::ConversationStarted> {
        within("an answer to a mail", self.send_mail(mail, ClientId::new())).await.answer()
    }

    /// Waits for the next mail in the list, including sent mails.
    pub async fn gets_mail(&mut self) -> wire::Conversation {
        let came = |event| match event {
            Event::Joined(joined) if joined.kind() == ConversationKind::Mail => Some(*joined),
            _ => None,
        };
        self.until("a mail", came).await
    }

    /// Sends a message to an existing conversation.
    pub async fn writes(&self, conversation: ConversationId, text: &str) -> Answer<wire::Message> {
        within("an answer to a send", self.send(conversation, text)).await.answer()
    }

    /// The texts of all messages that the user may read in a conversation, oldest first, read in pages from the end.
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

    /// The user's list of conversations.
    pub async fn lists(&self) -> Vec<wire::Conversation> {
        within("a list", self.conversations("")).await.answer().expect("one's own list").conversations
    }

    /// The entry of a conversation in the list, if there is one.
    pub async fn sees_listed(&self, conversation: ConversationId) -> Option<wire::Conversation> {
        self.lists().await.into_iter().find(|listed| id(listed) == conversation)
    }

    /// The external ids of the users and groups that the search returns for a prefix, sorted.
    pub async fn finds(&self, query: &str) -> Vec<String> {
        let mut names: Vec<String> = self.hits(query).await.iter().map(name_of).collect();
        names.sort_unstable();
        names
    }

    /// The search results that the user may start a conversation with or address.
    pub async fn may_write_to(&self, query: &str) -> Vec<String> {
        let may = [wire::DirectoryAction::Start, wire::DirectoryAction::AddressGroup];
        let hits = self.hits(query).await;
        let mut names: Vec<String> =
            hits.iter().filter(|hit| hit.can().any(|can| may.contains(&can))).map(name_of).collect();
        names.sort_unstable();
        names
    }

    /// All search results, page by page.
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

    /// Whether the server reports this capability in a conversation.
    pub async fn may(&self, capability: Capability, conversation: ConversationId) -> bool {
        let now = within("a conversation", self.conversation(conversation)).await.answer().expect("one's own");
        now.capabilities().any(|held| held == capability)
    }

    /// Waits until this device is told that the capability is granted or withdrawn.
    pub async fn sees_capability(&mut self, capability: Capability, may: bool, conversation: ConversationId) {
        let is_expected = |event| match event {
            Event::Capabilities { conversation: place, capabilities, .. } if place == conversation => {
                (capabilities.contains(&capability) == may).then_some(())
            }
            _ => None,
        };
        self.until(&format!("{capability:?} {may}"), is_expected).await;
    }

    /// Waits until this device receives `conversationJoined`.
    pub async fn sees_joined(&mut self, conversation: ConversationId) -> wire::Conversation {
        let joined = |event| match event {
            Event::Joined(joined) if id(&joined) == conversation => Some(*joined),
            _ => None,
        };
        self.until("the conversation", joined).await
    }

    /// Waits until this device receives a message with this text.
    pub async fn receives(&mut self, text: &str) -> wire::Message {
        let select_message = |event| match event {
            Event::MessageSent(message) if message.text == text => Some(message),
            _ => None,
        };
        self.until(text, select_message).await
    }

    /// Waits until this device has this total unread count.
    pub async fn has_unread(&mut self, count: u32) {
        let counts = |event| matches!(event, Event::ReadState { total_unread, .. } if total_unread == count).then_some(());
        self.until(&format!("{count} unread"), counts).await;
    }

    /// Starts a conversation with a connected user and waits until both devices joined it.
    pub async fn chats_with(&mut self, other: &mut Self) -> ConversationId {
        let here = self.starts_with(&other.external_id).await.expect("within reach");
        self.sees_joined(here).await;
        other.sees_joined(here).await;
        here
    }
}

/// The external ids of the recipients of a mail, and whether each is a copy.
pub fn addressees(mail: &wire::Conversation) -> Vec<(&str, bool)> {
    fn name(addressee: &wire::Addressee) -> &str {
        match addressee.who.as_ref().expect("it names a user or a group") {
            wire::addressee::Who::User(user) => user.external_id.as_str(),
            wire::addressee::Who::Group(group) => group.external_id.as_str(),
        }
    }
    mail.addressees.iter().map(|addressee| (name(addressee), addressee.is_copy)).collect()
}

fn name_of(hit: &wire::DirectoryHit) -> String {
    match hit.who.as_ref().expect("a hit has a user or a group") {
        Who::User(user) => user.external_id.clone(),
        Who::Group(group) => group.external_id.clone(),
    }
}
