//! Tests of an outbox with a fake socket: the order of its frames, its limits in bytes, its writes.

use super::*;

/// A fake socket. It accepts `free` more bytes; then its buffer is full.
#[derive(Default)]
struct FakeSocket {
    free: usize,
    received: Vec<u8>,
    calls: usize,
}

impl FakeSocket {
    fn with_free(free: usize) -> Self {
        Self { free, ..Self::default() }
    }

    fn accept(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.calls += 1;
        let before = self.received.len();
        for byte in slices.iter().flat_map(|slice| slice.iter()) {
            if self.free == 0 {
                break;
            }
            self.free -= 1;
            self.received.push(*byte);
        }
        if self.received.len() == before { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(self.received.len() - before) }
    }

    fn write(&mut self, outbox: &Outbox) -> WriteOutcome {
        outbox.write(1_000, |slices| self.accept(slices))
    }
}

/// An outbox after the welcome was written.
fn outbox(live_bytes_max: usize) -> Outbox {
    let outbox = Outbox::new(Encoding::Proto, live_bytes_max);
    FakeSocket::default().write(&outbox);
    outbox
}

fn frame(text: &str) -> Frame {
    Frame::from_proto(Bytes::from(text.to_owned()))
}

/// The bytes of one WebSocket frame for each payload, as a server sends them: final, binary, unmasked, short (RFC 6455
/// §5.2).
fn on_wire(payloads: &[&str]) -> Vec<u8> {
    let frame = |payload: &&str| [&[0x82, u8::try_from(payload.len()).expect("short")], payload.as_bytes()].concat();
    payloads.iter().flat_map(frame).collect()
}

#[test]
fn all_queued_frames_are_written_in_order_with_one_call() {
    let outbox = outbox(1_000);
    assert!(outbox.push_live(&frame("one")), "the first asks to be written");
    assert!(!outbox.push_reply(Bytes::from_static(b"answer")));
    assert!(!outbox.push_live(&frame("two")));
    let mut socket = FakeSocket::with_free(1_000);
    let outcome = socket.write(&outbox);
    assert_eq!((outcome.calls, outcome.frames, outcome.wake_connection), (1, 3, false));
    assert_eq!(socket.received, [on_wire(&["one"]), b"answer".to_vec(), on_wire(&["two"])].concat());
    assert!(outbox.is_empty() && outbox.push_live(&frame("three")));
}

#[test]
fn deferred_frames_are_written_with_the_next_frame_or_on_request() {
    let outbox = outbox(1_000);
    let mut socket = FakeSocket::with_free(1_000);
    assert!(!outbox.request_write());
    outbox.push_deferred(&frame("count"));
    assert!(outbox.push_live(&frame("message")));
    assert_eq!(socket.write(&outbox).calls, 1);
    outbox.push_deferred(&frame("count"));
    assert!(outbox.request_write() && !outbox.request_write(), "asked once");
    socket.write(&outbox);
    assert_eq!(socket.received, on_wire(&["count", "message", "count"]));
}

#[test]
fn no_event_is_sent_before_the_welcome_or_for_a_version_that_the_welcome_covers() {
    let outbox = Outbox::new(Encoding::Proto, 1_000);
    let conversation = ConversationId::new();
    let change = |version, text: &str| Frame::change_from_proto(conversation, version, Bytes::from(text.to_owned()));
    for frame in [change(4, "four"), change(5, "five"), frame("one")] {
        assert!(!outbox.push_live(&frame));
    }
    let first = vec![Bytes::from_static(b"welcome"), Bytes::from_static(b"missed")];
    outbox.push_first(first, &HashMap::from([(conversation, 4)]));
    let mut socket = FakeSocket::with_free(1_000);
    socket.write(&outbox);
    assert_eq!(socket.received, [b"welcomemissed".to_vec(), on_wire(&["five", "one"])].concat());
    let queue = outbox.lock();
    assert_eq!((queue.live_bytes, queue.reply_bytes), (0, 0));
}

#[test]
fn a_partial_write_continues_where_it_stopped() {
    let outbox = outbox(1_000);
    assert!(outbox.push_live(&frame("0123456789")));
    let mut socket = FakeSocket::with_free(5);
    assert!(socket.write(&outbox).wake_connection);
    assert!(outbox.is_blocked());
    assert!(!outbox.push_live(&frame("more")), "the task that waits for the socket writes this too");
    socket.free = 1_000;
    assert_eq!(socket.write(&outbox).frames, 2);
    assert_eq!(socket.received, on_wire(&["0123456789", "more"]));
    assert!(!outbox.is_blocked());
}

#[test]
fn a_slow_reader_gets_one_gap_and_resumes() {
    let gap = Frame::event(wire::event::Kind::Gap(wire::Gap {})).on_wire(Encoding::Proto);
    let outbox = outbox(14);
    let mut socket = FakeSocket::with_free(3);
    let _ = outbox.push_live(&frame("01234"));
    socket.write(&outbox);
    for text in ["abcdef", "0123456", "x"] {
        let _ = outbox.push_live(&frame(text));
    }
    let _ = outbox.push_reply(Bytes::from_static(b"answer"));
    socket.free = 1_000;
    assert_eq!(socket.write(&outbox).gaps, 1);
    assert_eq!(socket.received, [on_wire(&["01234"]), b"answer".to_vec(), gap.to_vec()].concat(), "what began is ended");
    assert!(!outbox.push_live(&frame("y")) && outbox.is_empty(), "nothing live flows");
    outbox.resume_live();
    assert!(outbox.push_live(&frame("again")));
}

#[test]
fn a_gap_caused_by_deferred_frames_is_sent_on_request() {
    let outbox = outbox(10);
    for _ in 0..3 {
        outbox.push_deferred(&frame("count"));
    }
    assert!(outbox.request_write());
    assert_eq!(FakeSocket::with_free(1_000).write(&outbox).gaps, 1);
}

#[test]
fn the_connection_is_woken_when_there_is_room_for_replies_again() {
    let outbox = outbox(1_000);
    let _ = outbox.push_reply(Bytes::from(vec![7; 1_500 - REPLY_OVERHEAD_BYTES]));
    let mut socket = FakeSocket::with_free(400);
    socket.write(&outbox);
    socket.free = 200;
    assert!(socket.write(&outbox).wake_connection);
    socket.free = 2_000;
    let bytes = 900 - REPLY_OVERHEAD_BYTES as u64;
    assert_eq!(socket.write(&outbox), WriteOutcome { calls: 1, frames: 1, bytes, ..WriteOutcome::default() });
}

#[test]
fn small_replies_count_with_their_overhead() {
    let outbox = outbox(1_000);
    for _ in 0..10 {
        let _ = outbox.push_reply(Bytes::from_static(&[0x8A, 0]));
    }
    assert_eq!(outbox.reply_bytes(), 10 * (REPLY_OVERHEAD_BYTES + 2));
    FakeSocket::with_free(1_000).write(&outbox);
    assert_eq!(outbox.reply_bytes(), 0);
}

#[test]
fn no_frame_is_queued_after_the_session_ends() {
    let outbox = outbox(1_000);
    let _ = outbox.push_live(&frame("one"));
    outbox.stop_live();
    let _ = outbox.push_live(&frame("two"));
    let _ = outbox.push_reply(Bytes::from_static(b"close"));
    let mut socket = FakeSocket::with_free(1_000);
    socket.write(&outbox);
    assert_eq!(socket.received, b"close");
}

#[test]
fn a_broken_connection_queues_no_frame() {
    let outbox = outbox(1_000);
    let _ = outbox.push_live(&frame("x"));
    let outcome = outbox.write(1_000, |_| Err(io::ErrorKind::ConnectionReset.into()));
    assert!(outcome.wake_connection && outbox.is_broken());
    assert!(!outbox.push_live(&frame("y")) && !outbox.push_reply(Bytes::from_static(b"z")) && outbox.is_empty());
    let later = outbox.write(1_000, |_| panic!("nothing is left to write"));
    assert!(later.calls == 0 && outbox.is_broken(), "a later write does not mend the connection");
}

#[test]
fn an_empty_outbox_holds_no_memory() {
    let outbox = outbox(10_000);
    for _ in 0..150 {
        let _ = outbox.push_live(&frame("x"));
    }
    let mut socket = FakeSocket::with_free(10_000);
    assert_eq!(socket.write(&outbox).calls, 3, "64 frames each");
    assert_eq!(outbox.lock().waiting.capacity(), 0);
}
