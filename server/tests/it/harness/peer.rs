//! A person who is connected.

use std::{
    ops::Deref,
    sync::{Arc, RwLock},
    time::Duration,
};

use causerie_client::{Client, Config, ConversationId, Encoding, Event, Events, State, UserId, UserRef, wire};

use super::{Proxy, Tenant, within};

/// A person with the SDK, over a link of their own. Also a [`Client`].
pub struct Peer {
    client: Client,
    /// Everything the SDK tells, from the beginning.
    pub events: Events,
    /// Between the person and the node.
    pub link: Proxy,
    /// The product's name for the person.
    pub external_id: String,
    token: Arc<RwLock<Option<String>>>,
}

impl Peer {
    /// Connects; does not wait for the welcome.
    pub fn connect(link: Proxy, tenant: &Tenant, external_id: &str, encoding: Encoding) -> Self {
        let (tenant, name) = (tenant.clone(), external_id.to_owned());
        Self::connect_by(link, external_id, encoding, move || tenant.token(&name))
    }

    /// [`Peer::connect`] with tokens that say more or less than a good one does.
    pub fn connect_by(
        link: Proxy,
        external_id: &str,
        encoding: Encoding,
        sign: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        let token: Arc<RwLock<Option<String>>> = Arc::default();
        let instead = Arc::clone(&token);
        let provider = move || {
            let instead = instead.read().expect("no panic holds it").clone();
            let token = instead.unwrap_or_else(&sign);
            async move { Ok::<_, std::io::Error>(token) }
        };
        let url = format!("ws://{}/v1/ws", link.address());
        let mut config = Config::new(&url, provider).expect("an address");
        config.encoding = encoding;
        // A test's network is mended at once; nobody else is spared by waiting.
        config.token_interval = Duration::from_millis(20);
        config.backoff_min = Duration::from_millis(20);
        config.backoff_max = Duration::from_millis(200);
        let (client, events) = Client::connect_with_events(config);
        Self { client, events, link, external_id: external_id.to_owned(), token }
    }

    /// Presents this token from the next connection on.
    pub fn use_token(&self, token: String) {
        *self.token.write().expect("no panic holds it") = Some(token);
    }

    /// The server's id of this person.
    pub async fn id(&self) -> UserId {
        let welcome = within("a welcome", self.client.connected()).await.expect("the server takes us in");
        welcome.me.as_ref().expect("a welcome names the person").id.parse().expect("a UUID")
    }

    /// As others name this person.
    pub fn reference(&self) -> UserRef {
        UserRef::ExternalId(self.external_id.clone())
    }

    /// The direct conversation with someone.
    pub async fn direct_with(&self, other: &Self) -> ConversationId {
        let started = within("a conversation", self.client.start_direct(other.reference())).await.expect("it starts");
        started.conversation.expect("it is told").id.parse().expect("a UUID")
    }

    /// Says something and waits until the server has it.
    pub async fn say(&self, conversation: ConversationId, text: &str) -> wire::Message {
        within("an acknowledgement", self.client.send(conversation, text)).await.expect("it is taken")
    }

    /// The first event that fits; those before it are dropped.
    pub async fn until<T>(&mut self, what: &str, mut fits: impl FnMut(Event) -> Option<T>) -> T {
        let name = self.external_id.clone();
        let events = &mut self.events;
        within(&format!("{what}, for {name}"), async {
            loop {
                let event = events.next().await.unwrap_or_else(|| panic!("{name} was disconnected before {what}"));
                if let Some(found) = fits(event) {
                    return found;
                }
            }
        })
        .await
    }

    /// The next message sent in any conversation, this person's own included.
    pub async fn next_message(&mut self) -> wire::Message {
        let sent = |event| if let Event::MessageSent(message) = event { Some(message) } else { None };
        self.until("a message", sent).await
    }

    /// Waits until the connection is in such a state.
    pub async fn until_state(&self, what: &str, mut fits: impl FnMut(&State) -> bool) -> State {
        let mut state = self.client.state();
        let reached = within(what, state.wait_for(|state| fits(state))).await;
        reached.expect("the client lives").clone()
    }
}

impl Deref for Peer {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
