//! Tests of an outbox with a fake socket: the order of its frames, its limits in bytes, its writes.

use super::*;

/// A fake socket. It accepts `room` more bytes; then its buffer is full.
#[derive(Default)]
struct Peer {
    room: usize,
    got: Vec<u8>,
    calls: usize,
}

impl Peer {
    fn with_room(room: usize) -> Self {
        Self { room, ..Self::default() }
    }

    fn take(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.calls += 1;
        let before = self.got.len();
        for byte in slices.iter().flat_map(|slice| slice.iter()) {
            if self.room == 0 {
                break;
            }
            self.room -= 1;
            self.got.push(*byte);
        }
        if self.got.len() == before { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(self.got.len() - before) }
    }

    fn write(&mut self, outbox: &Outbox) -> Wrote {
        outbox.write(1_000, |slices| self.take(slices))
    }
}

/// An outbox after the welcome was written.
fn outbox(live_bytes_max: usize) -> Outbox {
    let outbox = Outbox::new(Encoding::Proto, live_bytes_max);
    Peer::default().write(&outbox);
    outbox
}

fn frame(text: &str) -> Frame {
    Frame::from_proto(Bytes::from(text.to_owned()))
}

/// The bytes of one WebSocket frame for each payload, as a server sends them: final, binary, unmasked, short (RFC 6455
/// §5.2).
fn on_wire(payloads: &[&str]) -> Vec<u8> {
    let one = |payload: &&str| [&[0x82, u8::try_from(payload.len()).expect("short")], payload.as_bytes()].concat();
    payloads.iter().flat_map(one).collect()
}

#[test]
fn all_queued_frames_are_written_in_order_with_one_call() {
    let outbox = outbox(1_000);
    assert!(outbox.push_live(&frame("one")), "the first asks to be written");
    assert!(!outbox.push_reply(Bytes::from_static(b"answer")));
    assert!(!outbox.push_live(&frame("two")));
    let mut peer = Peer::with_room(1_000);
    let wrote = peer.write(&outbox);
    assert_eq!((wrote.calls, wrote.frames, wrote.look), (1, 3, false));
    assert_eq!(peer.got, [on_wire(&["one"]), b"answer".to_vec(), on_wire(&["two"])].concat());
    assert!(outbox.is_empty() && outbox.push_live(&frame("three")));
}

#[test]
fn deferred_frames_go_with_the_next_frame_or_on_request() {
    let outbox = outbox(1_000);
    let mut peer = Peer::with_room(1_000);
    assert!(!outbox.asks_to_write());
    outbox.push_deferred(&frame("count"));
    assert!(outbox.push_live(&frame("message")));
    assert_eq!(peer.write(&outbox).calls, 1);
    outbox.push_deferred(&frame("count"));
    assert!(outbox.asks_to_write() && !outbox.asks_to_write(), "asked once");
    peer.write(&outbox);
    assert_eq!(peer.got, on_wire(&["count", "message", "count"]));
}

#[test]
fn no_event_is_sent_before_the_welcome_or_for_a_version_it_covers() {
    let outbox = Outbox::new(Encoding::Proto, 1_000);
    let here = ConversationId::new();
    let change = |version, text: &str| Frame::change_from_proto(here, version, Bytes::from(text.to_owned()));
    for frame in [change(4, "four"), change(5, "five"), frame("one")] {
        assert!(!outbox.push_live(&frame));
    }
    let first = vec![Bytes::from_static(b"welcome"), Bytes::from_static(b"missed")];
    outbox.push_first(first, &HashMap::from([(here, 4)]));
    let mut peer = Peer::with_room(1_000);
    peer.write(&outbox);
    assert_eq!(peer.got, [b"welcomemissed".to_vec(), on_wire(&["five", "one"])].concat());
    let queue = outbox.lock();
    assert_eq!((queue.live_bytes, queue.reply_bytes), (0, 0));
}

#[test]
fn a_partial_write_continues_where_it_stopped() {
    let outbox = outbox(1_000);
    assert!(outbox.push_live(&frame("0123456789")));
    let mut peer = Peer::with_room(5);
    assert!(peer.write(&outbox).look);
    assert!(outbox.is_blocked());
    assert!(!outbox.push_live(&frame("more")), "the task that waits for the socket writes this too");
    peer.room = 1_000;
    assert_eq!(peer.write(&outbox).frames, 2);
    assert_eq!(peer.got, on_wire(&["0123456789", "more"]));
    assert!(!outbox.is_blocked());
}

#[test]
fn a_slow_reader_gets_one_gap_and_resumes() {
    let gap = Frame::event(wire::event::Kind::Gap(wire::Gap {})).on_wire(Encoding::Proto);
    let outbox = outbox(14);
    let mut peer = Peer::with_room(3);
    let _ = outbox.push_live(&frame("01234"));
    peer.write(&outbox);
    for text in ["abcdef", "0123456", "x"] {
        let _ = outbox.push_live(&frame(text));
    }
    let _ = outbox.push_reply(Bytes::from_static(b"answer"));
    peer.room = 1_000;
    assert_eq!(peer.write(&outbox).parted, 1);
    assert_eq!(peer.got, [on_wire(&["01234"]), b"answer".to_vec(), gap.to_vec()].concat(), "what began is ended");
    assert!(!outbox.push_live(&frame("y")) && outbox.is_empty(), "nothing live flows");
    outbox.rejoin();
    assert!(outbox.push_live(&frame("again")));
}

#[test]
fn a_gap_caused_by_deferred_frames_is_sent_on_request() {
    let outbox = outbox(10);
    for _ in 0..3 {
        outbox.push_deferred(&frame("count"));
    }
    assert!(outbox.asks_to_write());
    assert_eq!(Peer::with_room(1_000).write(&outbox).parted, 1);
}

#[test]
fn a_blocked_reader_is_woken_when_answers_have_room() {
    let outbox = outbox(1_000);
    let _ = outbox.push_reply(Bytes::from(vec![7; 1_500 - ANSWER_BYTES]));
    let mut peer = Peer::with_room(400);
    peer.write(&outbox);
    peer.room = 200;
    assert!(peer.write(&outbox).look);
    peer.room = 2_000;
    let bytes = 900 - ANSWER_BYTES as u64;
    assert_eq!(peer.write(&outbox), Wrote { calls: 1, frames: 1, bytes, ..Wrote::default() });
}

#[test]
fn small_answers_count_with_their_overhead() {
    let outbox = outbox(1_000);
    for _ in 0..10 {
        let _ = outbox.push_reply(Bytes::from_static(&[0x8A, 0]));
    }
    assert_eq!(outbox.reply_bytes(), 10 * (ANSWER_BYTES + 2));
    Peer::with_room(1_000).write(&outbox);
    assert_eq!(outbox.reply_bytes(), 0);
}

#[test]
fn no_frame_is_queued_after_the_session_ends() {
    let outbox = outbox(1_000);
    let _ = outbox.push_live(&frame("one"));
    outbox.leave_live();
    let _ = outbox.push_live(&frame("two"));
    let _ = outbox.push_reply(Bytes::from_static(b"close"));
    let mut peer = Peer::with_room(1_000);
    peer.write(&outbox);
    assert_eq!(peer.got, b"close");
}

#[test]
fn a_broken_connection_queues_no_frame() {
    let outbox = outbox(1_000);
    let _ = outbox.push_live(&frame("x"));
    let wrote = outbox.write(1_000, |_| Err(io::ErrorKind::ConnectionReset.into()));
    assert!(wrote.look && outbox.is_broken());
    assert!(!outbox.push_live(&frame("y")) && !outbox.push_reply(Bytes::from_static(b"z")) && outbox.is_empty());
}

#[test]
fn an_empty_outbox_holds_no_memory() {
    let outbox = outbox(10_000);
    for _ in 0..150 {
        let _ = outbox.push_live(&frame("x"));
    }
    let mut peer = Peer::with_room(10_000);
    assert_eq!(peer.write(&outbox).calls, 3, "64 frames each");
    assert_eq!(outbox.lock().waiting.capacity(), 0);
}
