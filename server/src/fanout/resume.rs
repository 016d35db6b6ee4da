//! Resume: computes the changes that a returning client missed. For each conversation the answer is the exact changes, or
//! that the client must reload it.

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

/// How many conversations of one client are read at a time, each up to [`limits::CHANGES_TEXT_BYTES_MAX`].
const AT_ONCE: usize = 16;

impl Hub {
    /// Compares the versions that a client holds with the current ones. The session has joined before, so changes after this
    /// answer reach it live; the client drops by version the changes that it gets twice.
    ///
    /// # Errors
    /// `ErrorCode::Unavailable` if the database does not answer.
    pub async fn resume(&self, caller: Caller, resume: Resume) -> Result<wire::Resumed, Refusal> {
        Ok(self.compare_held(caller, resume, None, None).await?)
    }

    /// As [`Hub::resume`], for a session that has received no event yet. Messages that the client missed in large
    /// conversations are returned as the events that they would have been; the caller sends these right behind the answer.
    ///
    /// # Errors
    /// `ErrorCode::Unavailable` if the database does not answer.
    pub async fn welcome_back(&self, caller: Caller, resume: Resume) -> Result<(wire::Resumed, Missed), Refusal> {
        // The epoch read when a user of this tenant was last joined is as fresh as the rest of the in-memory state.
        let epoch = self.0.epochs.get(&caller.tenant).map(|epoch| epoch.clone());
        let mut missed = Missed::default();
        let resumed = self.compare_held(caller, resume, epoch, Some(&mut missed)).await?;
        Ok((resumed, missed))
    }

    async fn compare_held(
        &self,
        caller: Caller,
        resume: Resume,
        epoch: Option<String>,
        mut missed: Option<&mut Missed>,
    ) -> Result<wire::Resumed, StoreError> {
        let epoch = match epoch {
            Some(epoch) => epoch,
            None => self.0.lookups.epochs.get(caller.tenant).await?.unwrap_or_default(),
        };
        // The answer is built from the rooms' decisions about who may read, so these are brought up to the latest facts
        // first.
        let facts = self.0.facts.latest(caller.tenant).await?;
        if let Some(online) = self.0.online_users.get(&caller.user).map(|online| Arc::clone(&online)) {
            self.decide_rooms_of(&online, &facts).await?;
        }
        // A client that holds no conversations has no versions that a new epoch could make invalid.
        let void = !resume.held.is_empty() && resume.epoch != epoch;
        let (total_unread, inbox_version) = self.inbox(caller.user).unwrap_or_default();
        let mut resumed = wire::Resumed { epoch, inbox_version, total_unread, ..Default::default() };

        // A conversation that the user may read again since they were away is in no list of joined conversations.
        resumed.reload_list = !resume.epoch.is_empty() && !facts.policy.members_read();
        let mut held: HashMap<ConversationId, u32> = resume.held.into_iter().collect();
        if !resume.epoch.is_empty() && (void || resume.inbox_version != inbox_version) {
            self.joined_since(caller, &mut held, if void { 0 } else { resume.inbox_version }, &mut resumed).await?;
        }
        let mut behind = Vec::new();
        for (conversation, version) in held {
            let state_of = self.room(conversation).and_then(|room| room.state_of(caller.user));
            let Some((count, seen, fully_visible_from_seq)) = state_of else {
                // This node does not know the user as a reader: they joined a moment ago, or are no member. The database
                // decides.
                behind.push(self.behind(caller, conversation, Some(version).filter(|_| !void), None));
                continue;
            };
            resumed.read_states.push(wire::ReadState {
                conversation_id: conversation.to_string(),
                read_seq: count.read_seq,
                unread: count.unread(),
                marked_unread: count.marked_unread(),
            });
            // A client that is ahead of the room got the change from another node; this node gets it in a moment.
            if void || version < seen {
                // Events are sent without asking the rules after the read, so they are used only where the rules let every
                // member read.
                let by_events = (missed.is_some() && facts.policy.members_read())
                    .then_some(ByEvents { fully_visible_from_seq, policy_version: facts.policy_version });
                behind.push(self.behind(caller, conversation, Some(version).filter(|_| !void), by_events));
            }
        }
        let mut text_bytes = 0;
        let mut behind = stream::iter(behind).buffered(AT_ONCE);
        while let Some((conversation, behind)) = behind.try_next().await? {
            let mut changes = match behind {
                Behind::Gone => {
                    resumed.gone.push(conversation.to_string());
                    continue;
                }
                Behind::Missed(messages) => {
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
                Behind::Changed(changes) => *changes,
            };
            text_bytes += changes.messages.iter().map(|message| message.text.len()).sum::<usize>();
            if text_bytes > limits::RESUMED_TEXT_BYTES_MAX {
                changes.messages = Vec::new();
                changes.reload = true;
            }
            if changes.reload {
                self.0.metrics.reloads.inc();
            }
            if let (Some(missed), Some(now)) = (missed.as_deref_mut(), &changes.conversation) {
                missed.versions.insert(conversation, now.version);
            }
            resumed.changes.push(changes);
        }
        self.0.metrics.resumes.inc();
        Ok(resumed)
    }

    /// Adds the conversations that the user joined after inbox version `since` to `held`. A conversation that the client
    /// does not hold, or must reload, gets version 0.
    async fn joined_since(
        &self,
        caller: Caller,
        held: &mut HashMap<ConversationId, u32>,
        since: u32,
        resumed: &mut wire::Resumed,
    ) -> Result<(), StoreError> {
        let joined = self.0.store.inbox_changes(caller.user, since).await?;
        // The client loads its list again, which names the conversations that it does not hold.
        let too_many = joined.len() > limits::PAGE_MAX as usize;
        resumed.reload_list |= too_many;
        for change in joined.into_iter().filter(|change| change.joined) {
            if too_many && !held.contains_key(&change.conversation) {
                continue;
            }
            let version = held.entry(change.conversation).or_default();
            // If the user deleted an own copy on another device, the client holds a message that it must drop, so it
            // reloads. A client that only missed `conversationJoined`, or whose user left and came back, needs no more than
            // the changes.
            if !change.sees_all {
                *version = 0;
            }
        }
        Ok(())
    }

    /// Reads the changes that a client missed in a conversation that it holds. Small conversations are not answered by
    /// events, because their answer also carries the members' read positions.
    async fn behind(
        &self,
        caller: Caller,
        conversation: ConversationId,
        since: Option<u32>,
        by_events: Option<ByEvents>,
    ) -> Result<(ConversationId, Behind), StoreError> {
        let changed = match since {
            Some(since) => self.0.lookups.changes.get((conversation, since)).await?,
            None => None,
        };
        // A removal of the caller would be one of these changes, so the caller is still a member. The policy version is
        // compared because the policy may have changed since the decision about the caller.
        if let (Some(since), Some(ByEvents { fully_visible_from_seq, policy_version }), Some(changed)) =
            (since, by_events, &changed)
            && changed.policy_version == policy_version
            && changed.member_count as usize > limits::READ_RECEIPTS_MEMBERS_MAX
            && changed.is_sends_only(since)
            && changed.messages.iter().all(|message| message.seq >= fully_visible_from_seq)
        {
            return Ok((conversation, Behind::Missed(changed.messages.clone())));
        }
        let changes = self.changes_with(caller, conversation, since, changed).await?;
        Ok((conversation, changes.map_or(Behind::Gone, |changes| Behind::Changed(Box::new(changes)))))
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
        let perhaps_hidden = changed.messages.iter().map(|message| message.seq).filter(|seq| *seq <= visibility.hidden_seq);
        let hidden = self.0.store.hidden_in(id, caller.user, perhaps_hidden).await?;
        changed.messages.retain(|message| message.seq >= visibility.first_seq && !hidden.contains(&message.seq));
        changed.messages.sort_by_key(|message| message.seq);
        // `last_seq` is set back too: a client treats messages after it as new, and messages up to it as changed.
        conversation.version = changed.version;
        conversation.last_seq = changed.last_seq;
        let messages = changed.messages.into_iter().map(wire::Message::from).collect();
        Ok(Some(wire::Changes { conversation: Some(conversation.into()), messages, reload: false }))
    }
}

/// The events that are sent right behind a welcome.
#[derive(Default)]
pub struct Missed {
    /// The events, in the order in which they are to be sent.
    pub frames: Vec<Frame>,
    /// For each changed conversation, the version up to which these events or the answer contain its changes.
    pub versions: HashMap<ConversationId, u32>,
}

/// The conditions under which a client gets the missed changes of a conversation as events.
#[derive(Debug, Clone, Copy)]
struct ByEvents {
    /// The `seq` from which on the user sees every message.
    fully_visible_from_seq: u32,
    /// The version of the policy by which every member may read.
    policy_version: u64,
}

/// The way in which a client catches up with a conversation.
enum Behind {
    /// The user is no longer a member, or may not read.
    Gone,
    /// By the events of these messages alone.
    Missed(Vec<Message>),
    /// By the conversation as it is now, with its changed messages or as a reload.
    Changed(Box<wire::Changes>),
}
