//! The requests that the hub queues for its tasks. The tasks import the hub, so the types of their queues are here.

use std::sync::Arc;

use causerie_protocol::{ConversationId, UserId};
use tokio::sync::oneshot;

use super::online_user::OnlineUser;
use crate::{sessions::Frame, store::StoreError};

/// A request to the joins task.
pub enum JoinRequest {
    /// Join a user to the rooms of all their conversations.
    Join {
        /// The user to join.
        online: Arc<OnlineUser>,
        /// Gets the result. When the user is joined, the sessions with a revoked token are closed.
        done: oneshot::Sender<Result<(), StoreError>>,
    },
    /// The user's last session on this node ended.
    Leave {
        /// The user to remove from all rooms, unless a new session has come.
        user: UserId,
    },
    /// An online user joined or left conversations.
    InboxChanged {
        /// The user whose inbox changed.
        user: UserId,
        /// The inbox version after the change. Nothing is read if the user's inbox was read at this version or a later one.
        version: u32,
    },
    /// An online member may read a conversation again.
    Restore {
        /// The conversation to send to the member's devices.
        conversation: ConversationId,
        /// The member.
        user: UserId,
    },
    /// An online member's read position must be read from the database.
    RereadPosition {
        /// The conversation of the position.
        conversation: ConversationId,
        /// The member whose position it is.
        user: UserId,
    },
}

/// A change or a frame that waits for newer facts.
pub(super) enum Undecided {
    /// The readers of this conversation must be decided, because changes wait.
    Changes(ConversationId),
    /// An ephemeral frame that waits for facts that are not older than the facts by which it was allowed.
    Ephemeral(Ephemeral),
}

/// A frame for the readers of a room. The frame may be lost.
#[derive(Clone)]
#[allow(missing_docs)]
pub(super) struct Ephemeral {
    pub conversation: ConversationId,
    /// The user who caused the frame, and does not get it.
    pub cause: UserId,
    pub frame: Frame,
    /// The version of the facts by which the frame was allowed.
    pub facts: u64,
}
