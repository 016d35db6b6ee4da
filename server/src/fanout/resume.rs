//! What a returning client missed: exactly the changes, or "reload this conversation".

use std::{collections::HashMap, sync::Arc};

use causerie_protocol::{ConversationId, ErrorCode, Refusal, command::Resume, limits, wire};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{hub::Hub, update::Change};
use crate::sessions::Frame;
use crate::{
    auth::Caller,
    facts::view,
    store::{StoreError, queries::messages::Changed},
};

/// Conversations of one client that are read at a time, each up to [`limits::CHANGES_TEXT_BYTES_MAX`].
const AT_ONCE: usize = 16;

impl Hub {
    /// Compares what a client holds with what is. The session has joined before, so that what changes after this answer
    /// reaches it live; the client drops by version what it gets twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume(&self, caller: Caller, resume: Resume) -> Result<wire::Resumed, Refusal> {
        self.compare_held(caller, resume, None, None).await.map_err(cant_serve)
    }

    /// As [`Hub::resume`], for a session that has heard nothing yet: what was missed in conversations of many is told as the
    /// events it would have been, which are to be sent right behind the answer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn welcome_back(&self, caller: Caller, resume: Resume) -> Result<(wire::Resumed, Missed), Refusal> {
        // The epoch read when this user was last joined (on any device) is as fresh as the rest of the in-memory state.
        let epoch = self.0.epochs.get(&caller.tenant).map(|epoch| epoch.clone());
        let mut missed = Missed::default();
        let resumed = self.compare_held(caller, resume, epoch, Some(&mut missed)).await.map_err(cant_serve)?;
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
        // Seats as they were decided about a moment ago are what this answer is made of.
        let facts = self.0.facts.latest(caller.tenant).await?;
        if let Some(online) = self.0.online_users.get(&caller.user).map(|online| Arc::clone(&online)) {
            self.settle_by(&online, &facts).await?;
        }
        // A client that holds nothing has no position to be void.
        let void = !resume.held.is_empty() && resume.epoch != epoch;
        let (total_unread, inbox_version) = self.inbox(caller.user).unwrap_or_default();
        let mut resumed = wire::Resumed { epoch, inbox_version, total_unread, ..Default::default() };

        // What was given back to read while the client was away is in no list of joinings.
        resumed.reload_list = !resume.epoch.is_empty() && !facts.policy.members_read();
        let mut held: HashMap<ConversationId, u32> = resume.held.into_iter().collect();
        if !resume.epoch.is_empty() && (void || resume.inbox_version != inbox_version) {
            self.joined_since(caller, &mut held, if void { 0 } else { resume.inbox_version }, &mut resumed).await?;
        }
        let mut behind = Vec::new();
        for (conversation, version) in held {
            let state_of = self.room(conversation).and_then(|room| room.state_of(caller.user));
            let Some((count, seen, fully_visible_from_seq)) = state_of else {
                // Not known here: perhaps joined this moment, perhaps no member. The database tells.
                behind.push(self.behind(caller, conversation, Some(version).filter(|_| !void), None));
                continue;
            };
            resumed.read_states.push(wire::ReadState {
                conversation_id: conversation.to_string(),
                read_seq: count.read_seq,
                unread: count.unread(),
                marked_unread: count.marked_unread(),
            });
            // Ahead of the room: the client heard it on another node; this one will in a moment.
            if void || version < seen {
                // As events they are told without the rules being asked after they were read: where these let members read.
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
                        let frames = messages.iter().map(|message| Change::of_message(conversation, message, 0).frame);
                        missed.frames.extend(frames);
                        missed.told.extend(messages.last().map(|last| (conversation, last.version)));
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
                missed.told.insert(conversation, now.version);
            }
            resumed.changes.push(changes);
        }
        self.0.metrics.resumes.inc();
        Ok(resumed)
    }

    /// Takes what was joined since as held at no version, where that is not what it is held at.
    async fn joined_since(
        &self,
        caller: Caller,
        held: &mut HashMap<ConversationId, u32>,
        since: u32,
        resumed: &mut wire::Resumed,
    ) -> Result<(), StoreError> {
        let joined = self.0.store.inbox_changes(caller.user, since).await?;
        if joined.len() > limits::PAGE_MAX as usize {
            resumed.reload_list = true;
            return Ok(());
        }
        for change in joined.into_iter().filter(|change| change.joined) {
            let version = held.entry(change.conversation).or_default();
            // Who deleted an own copy elsewhere holds what is not theirs any more. Who only did not hear of the joining, or left
            // and came back, misses what was said since, and nothing else.
            if !change.sees_all {
                *version = 0;
            }
        }
        Ok(())
    }

    /// What a client missed of a conversation it holds. Small conversations are not told by events but read, for the receipts of
    /// who read what.
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
        // A removal of the caller would be one of these changes. Other rules may be in force since the caller's were looked at.
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

    /// What changed in a conversation since a version; `None` as version means the position is void. `None` as answer:
    /// the caller is no member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(
        &self,
        caller: Caller,
        id: ConversationId,
        since: Option<u32>,
    ) -> Result<Option<wire::Changes>, StoreError> {
        // Messages first: what the conversation says of itself may then be newer than the position told, never older.
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
        if summary.facts.role.is_none() || summary.facts.tenant != caller.tenant.0 {
            return Ok(None);
        }
        let visibility = summary.facts.visibility(caller.user);
        let facts = self.0.facts.latest(caller.tenant).await?;
        let Some(mut conversation) = view::conversation(&facts, caller.user, summary) else { return Ok(None) };
        let exact =
            changed.filter(|changed| !changed.too_many && since.is_some_and(|since| 0 < since && since <= changed.version));
        let Some(mut changed) = exact else {
            return Ok(Some(wire::Changes { conversation: Some(conversation), messages: Vec::new(), reload: true }));
        };
        let perhaps_hidden = changed.messages.iter().map(|message| message.seq).filter(|seq| *seq <= visibility.hidden_seq);
        let hidden = self.0.store.hidden_in(id, caller.user, perhaps_hidden).await?;
        changed.messages.retain(|message| message.seq >= visibility.first_seq && !hidden.contains(&message.seq));
        changed.messages.sort_by_key(|message| message.seq);
        // Also the number of the last message: a client takes later ones for new, and those up to it for changed.
        conversation.version = changed.version;
        conversation.last_seq = changed.last_seq;
        Ok(Some(wire::Changes { conversation: Some(conversation), messages: changed.messages, reload: false }))
    }
}

/// What comes with a welcome.
#[derive(Default)]
pub struct Missed {
    /// Events, in order.
    pub frames: Vec<Frame>,
    /// Up to which version each conversation that went on was told, by these or by the answer.
    pub told: HashMap<ConversationId, u32>,
}

/// When a client may be told by events what it missed.
#[derive(Debug, Clone, Copy)]
struct ByEvents {
    /// From this message on its user sees all.
    fully_visible_from_seq: u32,
    /// The rules that let every member read, whatever the facts.
    policy_version: u64,
}

/// How a client catches up with a conversation.
enum Behind {
    /// The user is no longer in it.
    Gone,
    /// By these events, and nothing else.
    Missed(Vec<wire::Message>),
    /// By what it is now.
    Changed(Box<wire::Changes>),
}

fn cant_serve(error: StoreError) -> Refusal {
    tracing::error!(%error, "a client could not resume");
    Refusal::new(ErrorCode::Unavailable, "the database can't serve now")
}
