//! Gives a conversation a new subject.

use causerie_policy::Action;

use super::RequestContext;
use crate::{facts::policy_gate::Rejection, fanout::Effect};

impl RequestContext<'_> {
    /// Gives the conversation a new subject.
    pub(super) fn rename(&mut self, subject: &str) -> Result<(), Rejection> {
        self.authorize(Action::Rename)?;
        let version = self.log.rename(subject.to_owned());
        self.publish_conversation_changed(version, Effect::None, |changed| changed.subject = Some(subject.to_owned()));
        Ok(())
    }
}
