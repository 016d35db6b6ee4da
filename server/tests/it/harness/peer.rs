//! A connected user.

use std::{
    ops::Deref,
    sync::{Arc, RwLock},
    time::Duration,
};

use causerie_client::{Client, Config, ConversationId, Encoding, Event, Events, State, UserId, UserRef, wire};

use super::{Proxy, Tenant, within};

/// A user with the SDK and a link of their own. Dereferences to [`Client`].
pub struct Peer {
    client: Client,
    /// All events of the SDK, from the beginning.
    pub events: Events,
    /// The link between the client and the node.
    pub link: Proxy,
    /// The user's external id.
    pub external_id: String,
    token: Arc<RwLock<Option<String>>>,
}

impl Peer {
    /// Connects, and does not wait for the welcome.
    pub fn connect(link: Proxy, tenant: &Tenant, external_id: &str, encoding: Encoding) -> Self {
        let (tenant, name) = (tenant.clone(), external_id.to_owned());
        Self::connect_with_tokens(link, external_id, encoding, move || tenant.token(&name))
    }

    /// Connects as [`Peer::connect`] does. `sign` makes the tokens.
    pub fn connect_with_tokens(
        link: Proxy,
        external_id: &str,
        encoding: Encoding,
        sign: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        let token: Arc<RwLock<Option<String>>> = Arc::default();
        let own_token = Arc::clone(&token);
        let provider = move || {
            let own_token = own_token.read().expect("no panic holds it").clone();
            let token = own_token.unwrap_or_else(&sign);
            async move { Ok::<_, std::io::Error>(token) }
        };
        let url = format!("ws://{}/v1/ws", link.address());
        let mut config = Config::new(&url, provider).expect("an address");
        config.encoding = encoding;
        // The wait before a new token is short, because a test has no back end that needs to be spared.
        config.token_interval = Duration::from_millis(20);
        config.backoff_min = Duration::from_millis(20);
        config.backoff_max = Duration::from_millis(200);
        let (client, events) = Client::connect_with_events(config);
        Self { client, events, link, external_id: external_id.to_owned(), token }
    }

    /// Uses this token for all further connections.
    pub fn use_token(&self, token: String) {
        *self.token.write().expect("no panic holds it") = Some(token);
    }

    /// The user's id on the server.
    pub async fn id(&self) -> UserId {
        let welcome = within("a welcome", self.client.connected()).await.expect("the server takes us in");
        welcome.me.as_ref().expect("a welcome names the user").id.parse().expect("a UUID")
    }

    /// The user, as commands name them.
    pub fn reference(&self) -> UserRef {
        UserRef::ExternalId(self.external_id.clone())
    }

    /// The id of the direct conversation with another user, which is started if it does not exist.
    pub async fn direct_with(&self, other: &Self) -> ConversationId {
        let started = within("a conversation", self.client.start_direct(other.reference())).await.expect("it starts");
        started.conversation.expect("it is told").id.parse().expect("a UUID")
    }

    /// Sends a message and waits for its acknowledgement.
    pub async fn say(&self, conversation: ConversationId, text: &str) -> wire::Message {
        within("an acknowledgement", self.client.send(conversation, text)).await.expect("it is taken")
    }

    /// Waits for the first event for which `select` returns `Some`, and returns the content. Drops all earlier events.
    pub async fn until<T>(&mut self, what: &str, mut select: impl FnMut(Event) -> Option<T>) -> T {
        let name = self.external_id.clone();
        let events = &mut self.events;
        within(&format!("{what}, for {name}"), async {
            loop {
                let event = events.next().await.unwrap_or_else(|| panic!("{name} was disconnected before {what}"));
                if let Some(found) = select(event) {
                    return found;
                }
            }
        })
        .await
    }

    /// Waits for the next message in any conversation, including messages of this user.
    pub async fn next_message(&mut self) -> wire::Message {
        let select_message = |event| if let Event::MessageSent(message) = event { Some(message) } else { None };
        self.until("a message", select_message).await
    }

    /// Waits until the connection has a state for which `accepts` returns true. Returns the state.
    pub async fn until_state(&self, what: &str, mut accepts: impl FnMut(&State) -> bool) -> State {
        let mut state = self.client.state();
        let reached = within(what, state.wait_for(|state| accepts(state))).await;
        reached.expect("the client lives").clone()
    }
}

impl Deref for Peer {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
