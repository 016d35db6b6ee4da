//! Ids. Each kind of id is a UUID with a type of its own, so the compiler refuses an id of another kind. An id is text on
//! the wire and 16 bytes in SQL.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a UUID")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes a new id. It is a UUID of version 7: newer ids sort after older ids, which keeps database indexes
            /// compact.
            #[must_use]
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The 16 bytes of the id, as signals between nodes carry them.
            #[must_use]
            pub fn to_bytes(self) -> bytes::Bytes {
                bytes::Bytes::copy_from_slice(self.0.as_bytes())
            }

            /// Parses the 16 bytes of an id.
            ///
            /// # Errors
            /// [`NotAnId`] if the slice does not have 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, NotAnId> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| NotAnId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
    )*};
}

ids! {
    /// A tenant: a customer of this server. All data belongs to one tenant.
    TenantId
    /// A user of a tenant.
    UserId
    /// A group of the tenant: a fact for rules, not a conversation.
    GroupId
    /// A conversation.
    ConversationId
    /// A message. The server makes the id.
    MessageId
    /// The id that a client makes for a message or a conversation that it creates. A repeated command has the same id.
    ClientId
    /// A connection: one open WebSocket.
    ConnectionId
    /// A node: one running server process.
    NodeId
}
