//! A message that has no answer yet.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use causerie_protocol::{ClientId, ConversationId};
use tokio::sync::oneshot;

use crate::outbox::SendResult;

/// A message that was given to the outbox. A program can show it at once. Awaiting it returns the message as the server
/// stored it, or the error.
///
/// The future waits as long as there is no connection; wrap it in a timeout to stop waiting. Dropping it does not cancel the
/// message: the message is still sent, and arrives as [`crate::Event::MessageSent`] with the same client id.
#[derive(Debug)]
#[must_use = "await it to learn whether the message was sent"]
pub struct PendingMessage {
    /// The client id of the message. [`crate::Event::MessageSent`] and each repetition have the same client id.
    pub client_id: ClientId,
    /// The conversation that the message is sent to.
    pub conversation: ConversationId,
    /// The text of the message.
    pub text: String,
    pub(crate) answer: oneshot::Receiver<SendResult>,
    /// The result if the driver ends without an answer.
    pub(crate) ended: SendResult,
}

impl Future for PendingMessage {
    type Output = SendResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SendResult> {
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or_else(|_| self.ended.clone()))
    }
}
