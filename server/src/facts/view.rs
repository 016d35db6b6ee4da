//! A conversation as one member sees it.

use causerie_protocol::{UserId, wire};
use wire::addressee::Who;

use super::{Snapshot, policy_gate};
use crate::{
    domain::{ConversationKind, MemberRole},
    store::queries::{conversations::Summary, member_context::MemberContext},
};

/// The parts of the conversation that the member may see, with the member's capabilities. `None` if the member may not read
/// the conversation.
#[must_use]
pub fn conversation(facts: &Snapshot, member: UserId, summary: Summary) -> Option<wire::Conversation> {
    if !facts.reads(member, &summary.facts) {
        return None;
    }
    let mut conversation = summary.conversation;
    conversation.capabilities = policy_gate::capabilities(facts, member, &summary.facts);
    conversation.members = members(facts, member, &summary.facts, conversation.members);
    if facts.policy.secret_members() {
        let is_found = |addressee: &wire::Addressee| match &addressee.who {
            Some(Who::User(user)) => user.id.parse().is_ok_and(|user: UserId| facts.finds(member, user)),
            Some(Who::Group(_)) | None => true,
        };
        conversation.addressees.retain(is_found);
    }
    Some(conversation)
}

/// The members that `viewer` may see. `read_seq` of a member is 0 if the viewer may not see that member's read position.
#[must_use]
pub fn members(
    facts: &Snapshot,
    viewer: UserId,
    place: &MemberContext,
    mut members: Vec<wire::Member>,
) -> Vec<wire::Member> {
    let id = |member: &wire::Member| member.user.as_ref().and_then(|user| user.id.parse::<UserId>().ok());
    // In a direct conversation each user knows the other. A mail shows its author and the named addressees.
    if facts.policy.secret_members() && place.kind == ConversationKind::Group {
        members.retain(|member| id(member).is_some_and(|user| facts.finds(viewer, user)));
    }
    for member in &mut members {
        if !id(member).is_some_and(|user| tells_reading(facts, viewer, user, place)) {
            member.read_seq = 0;
        }
    }
    members
}

/// Whether `viewer` may see the read position of `member`.
fn tells_reading(facts: &Snapshot, viewer: UserId, member: UserId, place: &MemberContext) -> bool {
    let theirs = MemberContext { role: Some(MemberRole::Member), peer: Some(viewer), ..*place };
    let has_ended =
        || place.kind == ConversationKind::Direct && facts.is_active(member) && !facts.tells_reading(member, &theirs);
    viewer == member || (facts.shows_activity(viewer, member) && !has_ended())
}
