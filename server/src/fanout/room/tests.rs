use super::*;
use crate::fanout::online_user::DeferredCounts;

fn read_at(version: u32, last_seq: u32) -> positions::MemberPosition {
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

fn sent(room: &Room, version: u32, seq: u32) -> Change {
    let effect = Effect::Sent { seq, author: UserId::new() };
    let frame = Frame::event(wire::event::Kind::MessageSent(wire::MessageEvent::default()));
    Change { conversation: room.id, version, effect, frame, facts: 0 }
}

#[test]
fn a_member_read_ahead_of_the_audience_does_not_make_its_missed_messages_old() {
    let room = Arc::new(Room::new(ConversationId::new()));
    assert!(room.join(&member(), &read_at(5, 4), false));
    // The database has two messages more; the room does not know them because their signals were lost.
    assert!(room.join(&member(), &read_at(7, 6), false));
    assert_eq!(room.seen(), Some((5, 4)), "the repair takes messages after 4 for new");
    let missed = |seq, version| wire::Message { seq, version, ..Default::default() };
    room.repair(&[missed(5, 6), missed(6, 7)], 7, 6, 0);
    assert_eq!(room.seen(), Some((7, 6)));
}

#[test]
fn what_is_passed_over_is_counted() {
    let room = Arc::new(Room::new(ConversationId::new()));
    assert!(room.join(&member(), &read_at(5, 4), false));
    room.repair(&[], 900, 800, 0);
    assert_eq!(room.seen(), Some((900, 800)), "a message up to 800 that changes next is no new one");
    assert_eq!(room.apply(sent(&room, 901, 801), 0), Applied::Done);
    assert_eq!(room.seen(), Some((901, 801)));
}

#[test]
fn a_change_decided_by_newer_facts_waits_until_the_members_were_asked() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (able, unable) = (member(), member());
    for online in [&able, &unable] {
        assert!(room.join(online, &read_at(5, 4), false));
        assert_eq!(room.reads(online.id), Some(Reads::Undecided));
        assert_eq!(room.settle(online.id, true, 7, 5).map(|settled| settled.reads), Some(Reads::Yes));
    }
    assert_eq!(room.apply(sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
    assert_eq!(room.seen(), Some((5, 4)));
    let (decision, readers) = room.begin_decision();
    assert_eq!(readers.len(), 2);
    assert_eq!(room.decide(decision, 8, &[unable.id]).applied, Applied::Done);
    assert_eq!((room.reads(able.id), room.reads(unable.id)), (Some(Reads::Yes), Some(Reads::No)));
    assert_eq!((room.seen(), room.count(unable.id)), (Some((6, 5)), None));
    assert_eq!(room.count(able.id).map(|count| count.unread()), Some(1));
    assert_eq!(room.apply(sent(&room, 7, 6).decided_by(8), 0), Applied::Done, "nobody is asked again");
}

#[test]
fn a_conversation_that_is_closed_while_its_members_are_asked_about_has_them_asked_again() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &read_at(5, 4), false));
    room.settle(online.id, true, 7, 5);
    let (decision, _) = room.begin_decision();
    let closed = Change { effect: Effect::Capabilities, ..sent(&room, 6, 5) }.decided_by(7);
    assert_eq!(room.apply(closed, 0), Applied::Undecided);
    assert_eq!(room.decide(decision, 7, &[]).applied, Applied::Undecided, "it was asked as the conversation was before");
    let (decision, _) = room.begin_decision();
    assert_eq!(room.decide(decision, 7, &[online.id]).applied, Applied::Done);
    assert_eq!((room.seen(), room.reads(online.id)), (Some((6, 4)), Some(Reads::No)));
}

#[test]
fn of_two_decisions_that_overlap_the_earlier_one_lets_nothing_through() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (reader, arriving) = (member(), member());
    assert!(room.join(&reader, &read_at(5, 4), false));
    room.settle(reader.id, true, 7, 5);
    assert_eq!(room.apply(sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
    let (earlier, asked) = room.begin_decision();
    assert_eq!(asked.len(), 1);
    assert!(room.join(&arriving, &read_at(5, 4), false));
    room.settle(arriving.id, true, 7, 5);
    let (later, asked) = room.begin_decision();
    assert_eq!(asked.len(), 2);
    assert_eq!(room.decide(earlier, 8, &[]).applied, Applied::Undecided, "nobody asked whether the second member may read");
    assert_eq!(room.repair(&[], 6, 5, 8), Applied::Undecided, "nor does a look at the database deliver it");
    assert_eq!(room.decide(later, 8, &[arriving.id]).applied, Applied::Done);
    assert_eq!((room.seen(), room.reads(arriving.id)), (Some((6, 5)), Some(Reads::No)));
}

#[test]
fn a_refusal_by_older_facts_than_others_were_asked_by_is_asked_again() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let (member, other) = (member(), member());
    for online in [&member, &other] {
        assert!(room.join(online, &read_at(5, 4), false));
        room.settle(online.id, true, 7, 5);
    }
    // Facts of version 9 let the member read again, but only the other member was asked about by them so far.
    room.settle(other.id, true, 9, 5);
    let settled = room.settle(member.id, false, 8, 5).expect("seated");
    assert_eq!((settled.reads, settled.is_doubtful), (Reads::No, true));
    let again = room.settle(member.id, false, 8, 5).expect("seated");
    assert!(!again.is_doubtful, "once is enough");

    // A refusal by facts that are not older holds.
    let settled = room.settle(other.id, false, 9, 5).expect("seated");
    assert_eq!((settled.reads, settled.is_doubtful), (Reads::No, false));
    assert!(room.turn_away(member.id, 8, 5), "neither does an older answer to somebody who arrives");
    assert!(!room.turn_away(member.id, 9, 5));
}

#[test]
fn a_refusal_by_older_facts_than_all_who_read_were_let_in_by_is_ignored() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &read_at(5, 4), false));
    room.settle(online.id, true, 7, 5);
    let (decision, _) = room.begin_decision();
    assert!(!room.decide(decision, 9, &[]).is_doubtful);
    let settled = room.settle(online.id, false, 8, 5).expect("seated");
    assert_eq!((settled.reads, settled.is_doubtful), (Reads::Yes, false));
    let (decision, _) = room.begin_decision();
    assert!(room.decide(decision, 8, &[online.id]).is_doubtful, "a look at all of them is asked again");
}

#[test]
fn a_refusal_by_an_older_state_of_the_conversation_is_asked_again() {
    let room = Arc::new(Room::new(ConversationId::new()));
    let online = member();
    assert!(room.join(&online, &read_at(5, 4), false));
    room.settle(online.id, true, 7, 5);
    let reopened = Change { effect: Effect::Capabilities, ..sent(&room, 6, 5) }.decided_by(7);
    room.apply(reopened, 0);
    let settled = room.settle(online.id, false, 7, 5).expect("seated");
    assert_eq!((settled.reads, settled.is_doubtful), (Reads::No, true));
}
