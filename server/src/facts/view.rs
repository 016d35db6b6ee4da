//! A conversation as one member sees it.

use causerie_protocol::UserId;

use super::Snapshot;
use crate::{
    domain::{Addressed, Conversation, ConversationKind, Member, MemberRole},
    store::queries::{conversations::Summary, member_context::MemberContext},
};

/// The parts of the conversation that the member may see, with the member's capabilities. `None` if the member may not read
/// the conversation.
#[must_use]
pub fn conversation(facts: &Snapshot, member: UserId, summary: Summary) -> Option<Conversation> {
    if !facts.reads(member, &summary.member) {
        return None;
    }
    let mut conversation = summary.conversation;
    conversation.capabilities = facts.capabilities(member, &summary.member);
    conversation.cannot_send = facts.cannot_send(member, &summary.member);
    conversation.members = members(facts, member, &summary.member, conversation.members);
    if facts.policy.secret_members() {
        conversation.addressees.retain(|addressee| match &addressee.addressed {
            Addressed::User(user) => facts.finds(member, user.id),
            Addressed::Group(_) => true,
        });
    }
    Some(conversation)
}

/// The members that `viewer` may see. `read_seq` of a member is 0 if the viewer may not see that member's read position.
#[must_use]
pub fn members(facts: &Snapshot, viewer: UserId, membership: &MemberContext, mut members: Vec<Member>) -> Vec<Member> {
    // In a direct conversation each user knows the other. In a mail, the members see the author and the addressees anyway.
    if facts.policy.secret_members() && membership.kind == ConversationKind::Group {
        members.retain(|member| facts.finds(viewer, member.user.id));
    }
    for member in &mut members {
        if !sees_read_position(facts, viewer, member.user.id, membership) {
            member.read_seq = 0;
        }
    }
    members
}

/// Whether `viewer` may see the read position of `member`.
fn sees_read_position(facts: &Snapshot, viewer: UserId, member: UserId, membership: &MemberContext) -> bool {
    let member_context = MemberContext { role: Some(MemberRole::Member), peer: Some(viewer), ..*membership };
    let is_hidden = || {
        membership.kind == ConversationKind::Direct
            && facts.is_active(member)
            && !facts.shows_read_position(member, &member_context)
    };
    viewer == member || (facts.shows_activity(viewer, member) && !is_hidden())
}
