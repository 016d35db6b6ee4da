//! Writes the decided batch, then reads the unread counts, which depend on the written state.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ConversationId, Refusal, limits, wire};
use wire::event::Kind as Event;

use super::{
    inboxes::raise,
    request::WriteResult,
    state::{BatchState, Joining, distinct},
};
use crate::{
    domain::ConversationKind,
    fanout::{ReadPosition, Update},
    sessions::Frame,
    store::{
        StoreError,
        queries::{
            columns::milliseconds,
            members::{Move, NewMember},
            own_deletions::HiddenMessage,
            write_tx::WriteTx,
        },
    },
};

impl BatchState<'_> {
    /// Writes the decided batch, and fills the unread counts into the outcomes.
    pub(super) async fn persist(
        &mut self,
        tx: &WriteTx,
        outcomes: &mut [Result<WriteResult, Refusal>],
    ) -> Result<(), StoreError> {
        let rewritten = self.rewritten.iter().filter_map(|id| self.targets.get(id)).filter_map(|message| {
            Some((
                message.conversation_id.parse().ok()?,
                message.seq,
                message.version,
                message.text.clone(),
                message.edited_at.as_ref().map_or(0, milliseconds),
                message.deleted_at.as_ref().map_or(0, milliseconds),
            ))
        });
        tx.rewrite(rewritten.collect()).await?;
        let versions: HashMap<ConversationId, (u32, u32, u32)> =
            self.logs.iter().map(|(id, log)| (*id, (log.version, log.last_seq, log.member_count))).collect();
        let counters = self.logs.drain().filter_map(|(_, log)| log.counters()).collect();
        let moves: Vec<Move> = self
            .readings
            .values()
            .map(|reading| Move {
                conversation: reading.conversation,
                user: reading.user,
                read_seq: reading.read_seq,
                marked_unread: reading.marked_unread,
            })
            .collect();
        if self.moves_nobody() {
            tx.write(&self.inserts, counters, &moves).await?;
        } else {
            // A user who joins in this batch has no row for a read position before `move_members`. `move_members` also
            // purges messages that no member can see any more, and must find the new messages among them.
            tx.write(&self.inserts, counters, &[]).await?;
            self.move_members(tx).await?;
            tx.write(&[], Vec::new(), &moves).await?;
        }
        self.count_marked(tx, outcomes, &versions).await
    }

    fn moves_nobody(&self) -> bool {
        self.joining.is_empty()
            && self.leaving.is_empty()
            && self.own_deletions.hiding.is_empty()
            && self.own_deletions.forgetting.is_empty()
    }

    /// Writes joinings, leavings and own deletions. One statement raises all inbox versions, so that all user rows are
    /// locked by the same statement.
    async fn move_members(&mut self, tx: &WriteTx) -> Result<(), StoreError> {
        let coming = self.joining.iter().map(|joining| joining.user);
        let hiding = self.own_deletions.hiding.iter().map(|(_, user, _)| *user);
        let going = self.leaving.iter().map(|(_, user)| *user);
        let mut inboxes = raise(tx, coming.chain(hiding).chain(going)).await?;
        let mut next = |user| {
            let version = inboxes.next(user);
            self.updates.push(Update::Inbox { user, version });
            version
        };
        let members: Vec<NewMember> = self
            .joining
            .iter()
            .map(|&Joining { conversation, user, role, read_seq }| NewMember {
                conversation,
                user,
                role,
                read_seq,
                inbox_version: next(user),
                is_copy: false,
            })
            .collect();
        let hidden: Vec<HiddenMessage> = self
            .own_deletions
            .hiding
            .iter()
            .map(|&(conversation, user, seq)| HiddenMessage { conversation, user, seq, inbox_version: next(user) })
            .collect();
        let gone: Vec<_> = self.leaving.iter().map(|&(at, user)| (at, user, next(user))).collect();
        tx.add_members(&members, self.now_ms).await?;
        tx.hide(&hidden).await?;
        tx.remove_members(&gone, self.now_ms).await?;
        let forgotten: Vec<_> =
            self.own_deletions.forgetting.iter().map(|(&(at, user), &first_seq)| (at, user, first_seq)).collect();
        tx.forget(&forgotten).await?;
        let left = gone.iter().map(|(at, ..)| *at).chain(forgotten.iter().map(|(at, ..)| *at));
        tx.purge(distinct(left), self.now_ms).await
    }

    async fn count_marked(
        &mut self,
        tx: &WriteTx,
        outcomes: &mut [Result<WriteResult, Refusal>],
        versions: &HashMap<ConversationId, (u32, u32, u32)>,
    ) -> Result<(), StoreError> {
        // Sending a message moves its author's position too, but to the end of the conversation. Every node knows without an
        // update that nothing is unread then.
        let moved: HashSet<_> = self.marks.iter().map(|(_, key)| *key).collect();
        let behind: Vec<_> = moved
            .iter()
            .filter(|key| self.readings[key].read_seq < versions.get(&key.0).map_or(0, |(_, last_seq, _)| *last_seq))
            .copied()
            .collect();
        let unread = tx.unread(&behind).await?;
        for key in &moved {
            let reading = self.readings[key];
            let (version, _, member_count) = versions.get(&key.0).copied().unwrap_or_default();
            self.updates.push(Update::ReadPosition(ReadPosition {
                user: key.1,
                conversation: key.0,
                read_seq: reading.read_seq,
                marked_unread: reading.marked_unread,
                unread: unread.get(key).copied().unwrap_or(0),
                version,
            }));
            // The recipients of a mail do not learn of each other, so a mail has no read receipts.
            let facts = self.actors.get(key).map(|actor| actor.member).filter(|facts| facts.kind != ConversationKind::Mail);
            let known = facts.and_then(|facts| Some((facts, self.facts.get(&facts.tenant)?)));
            let known = known.filter(|(facts, known)| known.tells_reading(key.1, facts));
            if let Some((_, known)) = known
                && (2..=limits::READ_RECEIPTS_MEMBERS_MAX).contains(&(member_count as usize))
            {
                let read = wire::MemberRead {
                    conversation_id: key.0.to_string(),
                    user_id: key.1.to_string(),
                    read_seq: reading.read_seq,
                };
                let frame = Frame::event(Event::MemberRead(read));
                self.updates.push(Update::Ephemeral { conversation: key.0, user: key.1, frame, facts: known.version });
            }
        }
        for (at, key) in &self.marks {
            let reading = self.readings[key];
            outcomes[*at] = Ok(WriteResult::Marked(wire::ReadState {
                conversation_id: key.0.to_string(),
                read_seq: reading.read_seq,
                unread: unread.get(key).copied().unwrap_or(0),
                marked_unread: reading.marked_unread,
            }));
        }
        Ok(())
    }
}
