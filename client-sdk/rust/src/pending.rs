//! A message on its way.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use causerie_protocol::{ClientId, ConversationId};
use tokio::sync::oneshot;

use crate::outbox::SendResult;

/// A message that was handed over; show it at once, await it for the message as the server keeps it.
///
/// It waits as long as there is no connection: wrap it in a timeout to stop waiting. Dropping it does not take the message
/// back; it is sent all the same, and arrives as [`crate::Event::MessageSent`] with the same client id.
#[derive(Debug)]
#[must_use = "await it to learn whether the message was sent"]
pub struct PendingMessage {
    /// Made by this client; the event and every repetition carry it.
    pub client_id: ClientId,
    /// Where it goes.
    pub conversation: ConversationId,
    /// What is said.
    pub text: String,
    pub(crate) answer: oneshot::Receiver<SendResult>,
    /// The answer where the task went away without one.
    pub(crate) ended: SendResult,
}

impl Future for PendingMessage {
    type Output = SendResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SendResult> {
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or_else(|_| self.ended.clone()))
    }
}
