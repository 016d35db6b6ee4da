//! Resume: computes the changes that a returning client missed. For each conversation, the answer contains the exact changes
//! or tells the client to reload the conversation.

use std::{collections::HashMap, sync::Arc};

use causerie_protocol::{ConversationId, Refusal, command::Resume, limits, wire};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{hub::Hub, update::Change};
use crate::sessions::Frame;
use crate::{
    auth::Caller,
    domain::Message,
    facts::view,
    store::{StoreError, queries::messages::Changed},
};

/// How many conversations of one client are read at the same time. Of each, at most [`limits::CHANGES_TEXT_BYTES_MAX`] bytes
/// of text are read.
const CONVERSATIONS_AT_ONCE: usize = 16;

impl Hub {
    /// Compares the versions that a client holds with the current versions. The session must have joined before, so that it
    /// gets the changes after this answer as live events. The client recognizes changes that it gets twice by their
    /// versions.
    ///
    /// # Errors
    /// `ErrorCode::Unavailable` if the database does not answer.
    pub async fn resume(&self, caller: Caller, resume: Resume) -> Result<wire::Resumed, Refusal> {
        Ok(self.compare_held(caller, resume, None, None).await?)
    }

    /// As [`Hub::resume`], for a session that has received no event yet. Messages that the client missed in large
    /// conversations are returned as events. The caller sends these events directly after the answer.
    ///
    /// # Errors
    /// `ErrorCode::Unavailable` if the database does not answer.
    pub async fn resume_in_handshake(
        &self,
        caller: Caller,
        resume: Resume,
    ) -> Result<(wire::Resumed, MissedEvents), Refusal> {
        // The epoch read when a user of this tenant was last joined is as fresh as the rest of the in-memory state.
        let epoch = self.0.epochs.get(&caller.tenant).map(|epoch| epoch.clone());
        let mut missed = MissedEvents::default();
        let resumed = self.compare_held(caller, resume, epoch, Some(&mut missed)).await?;
        Ok((resumed, missed))
    }

    /// Builds the answer. With `epoch` unset, the epoch is read from the database. Only if `missed` is set, changes may be
    /// put into it as events instead of into the answer.
    async fn compare_held(
        &self,
        caller: Caller,
        resume: Resume,
        epoch: Option<String>,
        mut missed: Option<&mut MissedEvents>,
    ) -> Result<wire::Resumed, StoreError> {
        let epoch = match epoch {
            Some(epoch) => epoch,
            None => self.0.lookups.epochs.get(caller.tenant).await?.unwrap_or_default(),
        };
        // The answer depends on the rooms' decisions about whether the caller may read. These decisions are first made again
        // by the latest facts.
        let facts = self.0.facts.latest(caller.tenant).await?;
        if let Some(online) = self.0.online_users.get(&caller.user).map(|online| Arc::clone(&online)) {
            self.decide_rooms_of(&online, &facts).await?;
        }
        // A client that holds no conversations has no versions that a new epoch could make invalid.
        let is_invalid = !resume.held.is_empty() && resume.epoch != epoch;
        let (total_unread, inbox_version) = self.inbox(caller.user).unwrap_or_default();
        let mut resumed = wire::Resumed { epoch, inbox_version, total_unread, ..Default::default() };

        // The rules may have allowed the user to read a conversation again while the client was away. Such a conversation is
        // not among the joined conversations, so the client loads its list again.
        resumed.reload_list = !resume.epoch.is_empty() && !facts.policy.members_read();
        let mut held: HashMap<ConversationId, u32> = resume.held.into_iter().collect();
        if !resume.epoch.is_empty() && (is_invalid || resume.inbox_version != inbox_version) {
            self.joined_since(caller, &mut held, if is_invalid { 0 } else { resume.inbox_version }, &mut resumed).await?;
        }
        let mut catch_ups = Vec::new();
        for (conversation, version) in held {
            let state_of = self.room(conversation).and_then(|room| room.state_of(caller.user));
            let Some((count, seen, fully_visible_from_seq)) = state_of else {
                // This node does not know the user as a reader: the user joined a moment ago, or is no member. The database
                // decides.
                catch_ups.push(self.catch_up(caller, conversation, Some(version).filter(|_| !is_invalid), None));
                continue;
            };
            resumed.read_states.push(wire::ReadState {
                conversation_id: conversation.to_string(),
                read_seq: count.read_seq,
                unread: count.unread(),
                marked_unread: count.marked_unread(),
            });
            // A client that is ahead of the room got the change from another node. This node gets the change in a moment.
            if is_invalid || version < seen {
                // Events are sent without asking the rules after the read, so they are used only where the rules let every
                // member read.
                let event_conditions = (missed.is_some() && facts.policy.members_read())
                    .then_some(EventConditions { fully_visible_from_seq, policy_version: facts.policy_version });
                catch_ups.push(self.catch_up(caller, conversation, Some(version).filter(|_| !is_invalid), event_conditions));
            }
        }
        let mut text_bytes = 0;
        let mut catch_ups = stream::iter(catch_ups).buffered(CONVERSATIONS_AT_ONCE);
        while let Some((conversation, catch_up)) = catch_ups.try_next().await? {
            let mut changes = match catch_up {
                CatchUp::Gone => {
                    resumed.gone.push(conversation.to_string());
                    continue;
                }
                CatchUp::Events(messages) => {
                    text_bytes += messages.iter().map(|message| message.text.len()).sum::<usize>();
                    if let (true, Some(missed)) = (text_bytes <= limits::RESUMED_TEXT_BYTES_MAX, missed.as_deref_mut()) {
                        let last = messages.last().map(|last| (conversation, last.version));
                        let frames = messages.into_iter().map(|message| Change::of_message(message, 0).encode().event);
                        missed.frames.extend(frames);
                        missed.versions.extend(last);
                        continue;
                    }
                    match self.changes(caller, conversation, None).await? {
                        Some(reload) => reload,
                        None => continue,
                    }
                }
                CatchUp::Changes(changes) => *changes,
            };
            text_bytes += changes.messages.iter().map(|message| message.text.len()).sum::<usize>();
            if text_bytes > limits::RESUMED_TEXT_BYTES_MAX {
                changes.messages = Vec::new();
                changes.reload = true;
            }
            if changes.reload {
                self.0.metrics.reloads.inc();
            }
            if let (Some(missed), Some(current)) = (missed.as_deref_mut(), &changes.conversation) {
                missed.versions.insert(conversation, current.version);
            }
            resumed.changes.push(changes);
        }
        self.0.metrics.resumes.inc();
        Ok(resumed)
    }

    /// Adds the conversations that the user joined after inbox version `since` to `held`. Their version is 0 if the client
    /// does not hold the conversation or must reload it.
    async fn joined_since(
        &self,
        caller: Caller,
        held: &mut HashMap<ConversationId, u32>,
        since: u32,
        resumed: &mut wire::Resumed,
    ) -> Result<(), StoreError> {
        let joined = self.0.store.inbox_changes(caller.user, since).await?;
        // The client then loads its list again, which contains the conversations that it does not hold.
        let too_many = joined.len() > limits::PAGE_MAX as usize;
        resumed.reload_list |= too_many;
        for change in joined.into_iter().filter(|change| change.joined) {
            if too_many && !held.contains_key(&change.conversation) {
                continue;
            }
            let version = held.entry(change.conversation).or_default();
            // If the user deleted an own copy on another device, the client holds a message that it must drop, so it must
            // reload the conversation. A client that only missed `conversationJoined`, or whose user left and came back,
            // needs only the changes.
            if !change.sees_all {
                *version = 0;
            }
        }
        Ok(())
    }

    /// Reads the changes that a client missed in a conversation that it holds. The answer for a small conversation never
    /// consists of events, because it also contains the members' read positions.
    async fn catch_up(
        &self,
        caller: Caller,
        conversation: ConversationId,
        since: Option<u32>,
        event_conditions: Option<EventConditions>,
    ) -> Result<(ConversationId, CatchUp), StoreError> {
        let changed = match since {
            Some(since) => self.0.lookups.changes.get((conversation, since)).await?,
            None => None,
        };
        // A removal of the caller would be one of these changes, so the caller is still a member. The policy version is
        // compared because the policy may have changed since the decision about the caller.
        if let (Some(since), Some(EventConditions { fully_visible_from_seq, policy_version }), Some(changed)) =
            (since, event_conditions, &changed)
            && changed.policy_version == policy_version
            && changed.member_count as usize > limits::READ_RECEIPTS_MEMBERS_MAX
            && changed.is_sends_only(since)
            && changed.messages.iter().all(|message| message.seq >= fully_visible_from_seq)
        {
            return Ok((conversation, CatchUp::Events(changed.messages.clone())));
        }
        let changes = self.changes_with(caller, conversation, since, changed).await?;
        Ok((conversation, changes.map_or(CatchUp::Gone, |changes| CatchUp::Changes(Box::new(changes)))))
    }

    /// The changes of a conversation since a version; `None` as `since` means that the client's version is invalid, which
    /// makes the answer a reload. Returns `None` if the caller is no member or may not read the conversation.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn changes(
        &self,
        caller: Caller,
        id: ConversationId,
        since: Option<u32>,
    ) -> Result<Option<wire::Changes>, StoreError> {
        // The messages are read first: the conversation may then be newer than the version in the answer, never older.
        let changed = match since {
            Some(since) => self.0.lookups.changes.get((id, since)).await?,
            None => None,
        };
        self.changes_with(caller, id, since, changed).await
    }

    /// As [`Hub::changes`], with the changed messages that were read before.
    async fn changes_with(
        &self,
        caller: Caller,
        id: ConversationId,
        since: Option<u32>,
        changed: Option<Changed>,
    ) -> Result<Option<wire::Changes>, StoreError> {
        let Some(summary) = self.0.lookups.summaries.get((id, caller.user)).await? else { return Ok(None) };
        if summary.member.role.is_none() || summary.member.tenant != caller.tenant {
            return Ok(None);
        }
        let visibility = summary.member.visibility(caller.user);
        let facts = self.0.facts.latest(caller.tenant).await?;
        let Some(mut conversation) = view::conversation(&facts, caller.user, summary) else { return Ok(None) };
        let exact =
            changed.filter(|changed| !changed.too_many && since.is_some_and(|since| 0 < since && since <= changed.version));
        let Some(mut changed) = exact else {
            return Ok(Some(wire::Changes { conversation: Some(conversation.into()), messages: Vec::new(), reload: true }));
        };
        let possibly_hidden = changed.messages.iter().map(|message| message.seq).filter(|seq| *seq <= visibility.hidden_seq);
        let hidden = self.0.store.hidden_in(id, caller.user, possibly_hidden).await?;
        changed.messages.retain(|message| message.seq >= visibility.first_seq && !hidden.contains(&message.seq));
        changed.messages.sort_by_key(|message| message.seq);
        // `last_seq` is set back too: a client treats messages after `last_seq` as new, and messages up to it as changed.
        conversation.version = changed.version;
        conversation.last_seq = changed.last_seq;
        let messages = changed.messages.into_iter().map(wire::Message::from).collect();
        Ok(Some(wire::Changes { conversation: Some(conversation.into()), messages, reload: false }))
    }
}

/// The events that are sent directly after a welcome.
#[derive(Default)]
pub struct MissedEvents {
    /// The events, in the order in which they are to be sent.
    pub frames: Vec<Frame>,
    /// For each changed conversation, the version up to which these events or the answer contain its changes.
    pub versions: HashMap<ConversationId, u32>,
}

/// The conditions under which a client gets the missed changes of a conversation as events.
#[derive(Debug, Clone, Copy)]
struct EventConditions {
    /// The `seq` from which on the user sees every message.
    fully_visible_from_seq: u32,
    /// The version of the policy by which every member may read.
    policy_version: u64,
}

/// The way in which a client catches up with a conversation.
enum CatchUp {
    /// The user is no longer a member, or may not read.
    Gone,
    /// The events of these messages are enough.
    Events(Vec<Message>),
    /// The client gets the conversation as it is now, with its changed messages or with the order to reload it.
    Changes(Box<wire::Changes>),
}
