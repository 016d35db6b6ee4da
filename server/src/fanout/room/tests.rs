use causerie_protocol::{ClientId, MessageId};

use super::*;
use crate::fanout::online_user::DeferredCounts;

fn position_at(version: u32, last_seq: u32) -> positions::MemberPosition {
    let conversation = ConversationId::new();
    positions::MemberPosition {
        conversation,
        version,
        last_seq,
        read_seq: last_seq,
        unread: 0,
        marked_unread: false,
        fully_visible_from_seq: 1,
    }
}

fn member() -> Arc<OnlineUser> {
    OnlineUser::new(UserId::new(), TenantId::new(), &Arc::new(DeferredCounts::default()))
}

fn message_sent(room: &Room, version: u32, seq: u32) -> Change<Frame> {
    let effect = Effect::Sent { seq, author: UserId::new() };
    let frame = Frame::event(wire::event::Kind::MessageSent(wire::MessageEvent::default()));
    Change { conversation: room.id, version, effect, event: frame, facts: 0 }
}

#[test]
fn a_member_whose_position_is_newer_than_the_room_still_gets_the_missed_messages() {
    let room = Arc::new(Room::new(ConversationId::new()));
    assert!(room.join(&member(), &position_at(5, 4), false));
    // The database has two messages more; the room does not know them because their signals were lost.
    assert!(room.join(&member(), &position_at(7, 6), false));
    assert_eq!(room.seen(), Some((5, 4)), "the repair treats messages after seq 4 as new");
    let missed = |seq, version| Message {
        id: MessageId::new(),
        conversation: room.id,
        seq,
        version,
        author: UserId::new(),
        client_id: ClientId::new(),
        text: String::new(),
        sent_at_ms: 0,
        edited_at_ms: None,
        deleted_at_ms: None,
    };
    room.repair(&[missed(5, 6), missed(6, 7)], 7, 6, 0);
    assert_eq!(room.seen(), Some((7, 6)));
}

#[test]
fn messages_in_skipped_versions_count() {
    let room = Arc::new(Room::new(ConversationId::new()));
    assert!(room.join(&member(), &position_at(5, 4), false));
    room.repair(&[], 900, 800, 0);
    assert_eq!(room.seen(), Some((900, 800)), "a later change of a message up to seq 800 is not a new message");
    assert_eq!(room.apply(message_sent(&room, 901, 801), 0), Applied::Done);
    assert_eq!(room.seen(), Some((901, 801)));
}

#[test]
fn a_change_decided_by_newer_facts_waits_for_a_decision_about_the_readers() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (allowed, refused) = (member(), member());
    for online in [&allowed, &refused] {
        assert!(room.join(online, &position_at(5, 4), false));
        assert_eq!(room.reads(online.id), Some(Reads::Undecided));
        assert_eq!(room.decide_member(online.id, true, 7, 5).map(|decision| decision.reads), Some(Reads::Yes));
    }
    assert_eq!(room.apply(message_sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
    assert_eq!(room.seen(), Some((5, 4)));
    let (decision, readers) = room.begin_decision();
    assert_eq!(readers.len(), 2);
    assert_eq!(room.decide(decision, 8, &[refused.id]).applied, Applied::Done);
    assert_eq!((room.reads(allowed.id), room.reads(refused.id)), (Some(Reads::Yes), Some(Reads::No)));
    assert_eq!((room.seen(), room.count(refused.id)), (Some((6, 5)), None));
    assert_eq!(room.count(allowed.id).map(|count| count.unread()), Some(1));
    assert_eq!(room.apply(message_sent(&room, 7, 6).decided_by(8), 0), Applied::Done, "no new decision is needed");
}

#[test]
fn closing_a_conversation_during_a_decision_requires_another_decision() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &position_at(5, 4), false));
    room.decide_member(online.id, true, 7, 5);
    let (decision, _) = room.begin_decision();
    let closed = Change { effect: Effect::Capabilities, ..message_sent(&room, 6, 5) }.decided_by(7);
    assert_eq!(room.apply(closed, 0), Applied::Undecided);
    assert_eq!(
        room.decide(decision, 7, &[]).applied,
        Applied::Undecided,
        "the decision was made for the earlier state of the conversation"
    );
    let (decision, _) = room.begin_decision();
    assert_eq!(room.decide(decision, 7, &[online.id]).applied, Applied::Done);
    assert_eq!((room.seen(), room.reads(online.id)), (Some((6, 4)), Some(Reads::No)));
}

#[test]
fn the_earlier_of_two_overlapping_decisions_delivers_nothing() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (reader, arriving) = (member(), member());
    assert!(room.join(&reader, &position_at(5, 4), false));
    room.decide_member(reader.id, true, 7, 5);
    assert_eq!(room.apply(message_sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
    let (earlier, readers) = room.begin_decision();
    assert_eq!(readers.len(), 1);
    assert!(room.join(&arriving, &position_at(5, 4), false));
    room.decide_member(arriving.id, true, 7, 5);
    let (later, readers) = room.begin_decision();
    assert_eq!(readers.len(), 2);
    assert_eq!(room.decide(earlier, 8, &[]).applied, Applied::Undecided, "no decision covers the second member");
    assert_eq!(room.repair(&[], 6, 5, 8), Applied::Undecided, "a repair does not deliver it either");
    assert_eq!(room.decide(later, 8, &[arriving.id]).applied, Applied::Done);
    assert_eq!((room.seen(), room.reads(arriving.id)), (Some((6, 5)), Some(Reads::No)));
}

#[test]
fn a_refusal_by_older_facts_than_another_decision_is_doubtful() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (member, other) = (member(), member());
    for online in [&member, &other] {
        assert!(room.join(online, &position_at(5, 4), false));
        room.decide_member(online.id, true, 7, 5);
    }
    // Facts of version 9 let the member read again, but only the other member was asked about by them so far.
    room.decide_member(other.id, true, 9, 5);
    let decision = room.decide_member(member.id, false, 8, 5).expect("seated");
    assert_eq!((decision.reads, decision.is_doubtful), (Reads::No, true));
    let second_decision = room.decide_member(member.id, false, 8, 5).expect("seated");
    assert!(!second_decision.is_doubtful, "one more decision is enough");

    // A refusal by facts that are not older holds.
    let decision = room.decide_member(other.id, false, 9, 5).expect("seated");
    assert_eq!((decision.reads, decision.is_doubtful), (Reads::No, false));
    assert!(room.refuse_arrival(member.id, 8, 5), "a refusal of an arriving member by older facts is doubtful too");
    assert!(!room.refuse_arrival(member.id, 9, 5));
}

#[test]
fn a_refusal_by_older_facts_than_those_of_all_readers_is_ignored() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &position_at(5, 4), false));
    room.decide_member(online.id, true, 7, 5);
    let (decision, _) = room.begin_decision();
    assert!(!room.decide(decision, 9, &[]).is_doubtful);
    let decision = room.decide_member(online.id, false, 8, 5).expect("seated");
    assert_eq!((decision.reads, decision.is_doubtful), (Reads::Yes, false));
    let (decision, _) = room.begin_decision();
    assert!(room.decide(decision, 8, &[online.id]).is_doubtful, "a decision about all readers by older facts is doubtful");
}

#[test]
fn a_refusal_for_an_older_state_of_the_conversation_is_doubtful() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &position_at(5, 4), false));
    room.decide_member(online.id, true, 7, 5);
    let reopened = Change { effect: Effect::Capabilities, ..message_sent(&room, 6, 5) }.decided_by(7);
    room.apply(reopened, 0);
    let decision = room.decide_member(online.id, false, 7, 5).expect("seated");
    assert_eq!((decision.reads, decision.is_doubtful), (Reads::No, true));
}
