//! Writes the decided batch, and then reads the unread counts, which depend on the written rows.

use std::collections::HashMap;

use causerie_protocol::{ConversationId, UserId, limits, wire};
use wire::event::Kind as Event;

use super::{
    inboxes::raise,
    state::{BatchState, Decided, Joining, distinct},
};
use crate::{
    domain::{ConversationKind, ReadState},
    fanout::{ReadPosition, Update},
    store::{
        StoreError,
        queries::{
            audit,
            members::{NewMember, NewReadPosition},
            own_deletions::HiddenMessage,
            write_tx::WriteTx,
        },
    },
};

/// The read states of members, by conversation and user.
pub(super) type ReadStates = HashMap<(ConversationId, UserId), ReadState>;

/// The counters of a conversation after the batch, as far as read positions depend on them.
#[derive(Clone, Copy, Default)]
struct Written {
    version: u32,
    last_seq: u32,
    member_count: u32,
}

impl BatchState {
    /// Writes the decided batch. Returns the read states, with unread counts, of the members who moved their position.
    pub(super) async fn persist(&mut self, tx: &WriteTx) -> Result<ReadStates, StoreError> {
        let targets = &self.current.targets;
        tx.rewrite(self.decided.rewritten.iter().filter_map(|id| targets.get(id))).await?;
        let written: HashMap<ConversationId, Written> = self
            .logs
            .iter()
            .map(|(id, log)| {
                let (version, last_seq, member_count) = (log.version(), log.last_seq(), log.member_count());
                (*id, Written { version, last_seq, member_count })
            })
            .collect();
        let counters = self.logs.drain().filter_map(|(_, log)| log.counters()).collect();
        let positions = self.decided.read_positions.iter();
        let moves: Vec<NewReadPosition> = positions
            .map(|(&(conversation, user), position)| NewReadPosition {
                conversation,
                user,
                read_seq: position.read_seq,
                marked_unread: position.marked_unread,
            })
            .collect();
        if self.decided.changes_no_members() {
            tx.write(&self.decided.messages, counters, &moves).await?;
        } else {
            // A user who joins in this batch has no row for a read position before `move_members`. `move_members` also
            // purges messages that no member can see any more, and must find the new messages among them.
            tx.write(&self.decided.messages, counters, &[]).await?;
            self.decided.move_members(tx, self.now_ms).await?;
            tx.write(&[], Vec::new(), &moves).await?;
        }
        audit::append(tx.connection(), &self.decided.audit).await?;
        self.count_marked(tx, &written).await
    }

    /// Reads the unread counts at the moved read positions, and publishes the positions.
    async fn count_marked(
        &mut self,
        tx: &WriteTx,
        written: &HashMap<ConversationId, Written>,
    ) -> Result<ReadStates, StoreError> {
        let Decided { read_positions, marked, updates, .. } = &mut self.decided;
        let written = |conversation| written.get(&conversation).copied().unwrap_or_default();
        // Sending a message moves its author's position too, but to the end of the conversation. Every node knows without an
        // update that the author then has no unread messages.
        let moved = marked.iter().filter_map(|member| Some((*member, *read_positions.get(member)?)));
        let moved: Vec<_> = moved.collect();
        let with_later =
            moved.iter().filter(|((conversation, _), position)| position.read_seq < written(*conversation).last_seq);
        let with_later: Vec<_> = with_later.map(|(member, _)| *member).collect();
        let unread = tx.unread(&with_later).await?;
        let mut states = HashMap::with_capacity(moved.len());
        for (member @ (conversation, user), position) in moved {
            let Written { version, member_count, .. } = written(conversation);
            let unread = unread.get(&member).copied().unwrap_or(0);
            let (read_seq, marked_unread) = (position.read_seq, position.marked_unread);
            updates.push(Update::ReadPosition(ReadPosition {
                user,
                conversation,
                read_seq,
                marked_unread,
                unread,
                version,
            }));
            // The recipients of a mail do not learn of each other, so a mail has no read receipts.
            let reader = self
                .current
                .actors
                .get(&member)
                .map(|actor| actor.member)
                .filter(|member| member.kind != ConversationKind::Mail);
            let decided_by = reader.and_then(|member| Some((member, self.facts.get(&member.tenant)?)));
            let decided_by = decided_by.filter(|(member, facts)| facts.shows_read_position(user, member));
            if let Some((_, facts)) = decided_by
                && (2..=limits::READ_RECEIPTS_MEMBERS_MAX).contains(&(member_count as usize))
            {
                let read = wire::MemberRead {
                    conversation_id: conversation.to_string(),
                    user_id: user.to_string(),
                    read_seq: position.read_seq,
                };
                updates.push(Update::Ephemeral { conversation, user, event: Event::MemberRead(read), facts: facts.version });
            }
            states.insert(member, ReadState { conversation, read_seq, unread, marked_unread });
        }
        Ok(states)
    }
}

impl Decided {
    /// Whether the batch changes no membership and no own copy.
    fn changes_no_members(&self) -> bool {
        self.joining.is_empty() && self.leaving.is_empty() && self.hiding.is_empty() && self.forgetting.is_empty()
    }

    /// Writes new memberships, ended memberships and own deletions. One statement raises all inbox versions, so that the
    /// same statement locks all rows of users.
    async fn move_members(&mut self, tx: &WriteTx, now_ms: i64) -> Result<(), StoreError> {
        let joining_users = self.joining.iter().map(|joining| joining.user);
        let hiding_users = self.hiding.iter().map(|(_, user, _)| *user);
        let leaving_users = self.leaving.iter().map(|(_, user)| *user);
        let mut inboxes = raise(tx, joining_users.chain(hiding_users).chain(leaving_users)).await?;
        let mut next_inbox_version = |user| {
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
                inbox_version: next_inbox_version(user),
                is_copy: false,
            })
            .collect();
        let hidden: Vec<HiddenMessage> = self
            .hiding
            .iter()
            .map(|&(conversation, user, seq)| HiddenMessage {
                conversation,
                user,
                seq,
                inbox_version: next_inbox_version(user),
            })
            .collect();
        let removed: Vec<_> =
            self.leaving.iter().map(|&(conversation, user)| (conversation, user, next_inbox_version(user))).collect();
        tx.add_members(&members, now_ms).await?;
        tx.hide(&hidden).await?;
        tx.remove_members(&removed, now_ms).await?;
        let forgotten: Vec<_> =
            self.forgetting.iter().map(|(&(conversation, user), &first_seq)| (conversation, user, first_seq)).collect();
        tx.forget(&forgotten).await?;
        let changed = removed.iter().chain(&forgotten).map(|(conversation, ..)| *conversation);
        tx.purge(distinct(changed), now_ms).await
    }
}
