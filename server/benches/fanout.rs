//! What it costs to bring a committed message to those who are here.
//!
//! `room`: people without a socket, so the room alone; it counts what is unread, and nobody is told. `sockets`: one session
//! each, every second in JSON, as far as the kernel. `counted`: the same, and each is told their count in the same write.
//! What the kernel does is in the times, not in the instructions. How people come and go through the database is not here:
//! the load tests have it.

use std::{
    collections::HashMap,
    io::{IoSlice, Read as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use bytes::Bytes;
use causerie_benches::{BatchSize, Benches};
use causerie_protocol::{ConnectionId, ConversationId, Encoding, TenantId, UserId, wire};
use causerie_server::{
    auth::{Caller, keys::KeyMark},
    bench::{DeferredCounts, Entered, OnlineUser, Outbox, Room},
    fanout::{Change, Effect},
    sessions::{Frame, Session, SocketWriter, flusher::Flusher},
    store::queries::positions::MemberPosition,
    telemetry::Metrics,
};
use tokio::{runtime::Runtime, task::yield_now};
use uuid::Uuid;

/// As the default setting.
const LIVE_BYTES_MAX: usize = 128 * 1024;
/// More than is written to one socket between two looks at it.
const READ_BYTES: usize = 64 * 1024;

fn main() {
    let mut benches = Benches::from_env();
    for people in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/room/{people}"), BatchSize::SmallInput, || {
            let (deferred_counts, room) = (Arc::default(), Arc::new(Room::new(ConversationId::new())));
            for online in crowd(people, &deferred_counts) {
                assert!(room.join(&online, &member(&room), false));
                room.decide_member(online.id, true, 0, u32::MAX);
            }
            let message = messages(room.id);
            // Whoever holds `soon` would tell the counts; here they wait.
            let deliver = move |change| {
                let _held = &deferred_counts;
                room.apply(change, 0)
            };
            (message, deliver)
        });
    }
    for people in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/sockets/{people}"), BatchSize::PerIteration, || sockets(people, false));
    }
    for people in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/counted/{people}"), BatchSize::PerIteration, || sockets(people, true));
    }
    benches.bench("fanout/join-and-leave/1000", || {
        let (deferred_counts, room) = (Arc::default(), Arc::new(Room::new(ConversationId::new())));
        let people = crowd(1_000, &deferred_counts);
        move || {
            for online in &people {
                assert!(room.join(online, &member(&room), false));
            }
            people.iter().filter(|online| room.leave(online.id)).count()
        }
    });
    for frames in [1, 64] {
        benches.bench(&format!("fanout/outbox/{frames}"), || {
            let outbox = Outbox::new(Encoding::Proto, LIVE_BYTES_MAX);
            let frame = messages(ConversationId::new())().event;
            let take = |slices: &[IoSlice<'_>]| Ok(slices.iter().map(|slice| slice.len()).sum());
            // Nothing is asked to be written before the first frame is.
            outbox.push_first(vec![Bytes::from_static(b"welcome")], &HashMap::new());
            outbox.write(LIVE_BYTES_MAX, take);
            move || {
                for _ in 0..frames {
                    let _ = outbox.push_live(&frame);
                }
                outbox.write(LIVE_BYTES_MAX, take)
            }
        });
    }
    benches.finish();
}

/// A room of people with a socket each: what makes a message, once all sockets were read, and what delivers it.
fn sockets(people: u32, tell_counts: bool) -> (impl FnMut() -> Change<Frame>, impl FnMut(Change<Frame>)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("starts");
    let (metrics, flusher) = (Arc::new(Metrics::new()), Arc::<Flusher>::default());
    let (deferred_counts, room) = (Arc::<DeferredCounts>::default(), Arc::new(Room::new(ConversationId::new())));
    let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
    let mut peers = Vec::new();
    for (online, encoding) in crowd(people, &deferred_counts).into_iter().zip(Encoding::ALL.into_iter().cycle()) {
        let (socket, peer) = connect(&runtime, &listener, encoding);
        peers.push(peer);
        let caller = Caller { tenant: online.tenant, user: online.id, issued_at_s: 0 };
        let session =
            Arc::new(Session::new(ConnectionId::new(), caller, KeyMark(0), Arc::new(socket), Arc::clone(&flusher)));
        assert_eq!(online.enter(&session, 1), Entered::Yes);
        assert!(room.join(&online, &member(&room), false));
        room.decide_member(online.id, true, 0, u32::MAX);
    }
    runtime.spawn(flusher.run(Arc::clone(&metrics)));
    let (mut message, mut buffer) = (messages(room.id), vec![0; READ_BYTES]);
    let next = move || {
        for peer in &mut peers {
            // Nothing to read at first, and nothing to be done with it ever.
            let _ = peer.read(&mut buffer);
        }
        message()
    };
    let deliver = move |change| {
        let due = metrics.frames_sent.get() + u64::from(people) * if tell_counts { 2 } else { 1 };
        room.apply(change, 0);
        if tell_counts {
            deferred_counts.flush();
        }
        runtime.block_on(async {
            while metrics.frames_sent.get() < due {
                assert_eq!(metrics.slow_readers.get(), 0, "all that was sent was read");
                yield_now().await;
            }
        });
    };
    (next, deliver)
}

/// A connection that was welcomed, and its other end.
fn connect(runtime: &Runtime, listener: &TcpListener, encoding: Encoding) -> (SocketWriter, TcpStream) {
    let peer = TcpStream::connect(listener.local_addr().expect("listens")).expect("connects");
    let (socket, _) = listener.accept().expect("accepts");
    peer.set_nonblocking(true).expect("is a socket");
    socket.set_nonblocking(true).expect("is a socket");
    socket.set_nodelay(true).expect("is a socket");
    let socket = runtime.block_on(async {
        // The other half would only read.
        let (_, writing) = tokio::net::TcpStream::from_std(socket).expect("is a socket").into_split();
        writing.writable().await.expect("is open");
        SocketWriter::new(writing, encoding, LIVE_BYTES_MAX)
    });
    socket.outbox.push_first(vec![Bytes::from_static(b"welcome")], &HashMap::new());
    assert_eq!(socket.flush().frames, 1);
    (socket, peer)
}

/// People in no order, and in the same one in every run.
fn crowd(people: u32, deferred_counts: &Arc<DeferredCounts>) -> Vec<Arc<OnlineUser>> {
    let tenant = TenantId::new();
    let mixed = |at| u128::from(at).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (1..=people).map(|at| OnlineUser::new(UserId(Uuid::from_u128(mixed(at))), tenant, deferred_counts)).collect()
}

fn member(room: &Room) -> MemberPosition {
    MemberPosition {
        conversation: room.id,
        version: 1,
        last_seq: 0,
        read_seq: 0,
        unread: 0,
        marked_unread: false,
        fully_visible_from_seq: 1,
    }
}

/// One message after the other, of somebody who is not here.
fn messages(conversation: ConversationId) -> impl FnMut() -> Change<Frame> {
    let author = UserId::new();
    let mut seq = 0;
    move || {
        seq += 1;
        let message = wire::Message {
            id: author.to_string(),
            conversation_id: conversation.to_string(),
            seq,
            version: seq + 1,
            author_id: author.to_string(),
            client_id: author.to_string(),
            text: "Rendez-vous à 14 h devant le musée, qui peut prendre deux élèves de plus ?".to_owned(),
            ..wire::Message::default()
        };
        let event = wire::event::Kind::MessageSent(wire::MessageEvent { message: Some(message) });
        Change { conversation, version: seq + 1, effect: Effect::Sent { seq, author }, event: Frame::event(event), facts: 0 }
    }
}
