//! The cost of delivering a committed message to the online users of a room.
//!
//! `room`: the users have no sessions, so only the room works: it counts unread messages and sends nothing. `sockets`: each
//! user has one session, every second session in JSON, and the frames are written to the kernel. `counted`: the same, and
//! each user also gets the unread count in the same write. The times contain the work of the kernel, the instruction counts
//! do not. Joins and leaves through the database are measured by the load tests.

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
    auth::{Caller, Credential, keys::KeyMark},
    bench::{DeferredCounts, Entered, OnlineUser, Outbox, Room},
    fanout::{Change, Effect},
    sessions::{Frame, Session, SocketWriter, flusher::Flusher},
    store::queries::positions::MemberPosition,
    telemetry::Metrics,
};
use tokio::{runtime::Runtime, task::yield_now};
use uuid::Uuid;

/// The default of the setting.
const LIVE_BYTES_MAX: usize = 128 * 1024;
/// More bytes than are written to one socket between two reads of its other end.
const READ_BYTES: usize = 64 * 1024;

fn main() {
    let mut benches = Benches::from_env();
    for users in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/room/{users}"), BatchSize::SmallInput, || {
            let (deferred_counts, room) = (Arc::default(), Arc::new(Room::new(ConversationId::new())));
            for online in crowd(users, &deferred_counts) {
                assert!(room.join(&online, &member(&room), false));
                room.decide_member(online.id, true, 0, u32::MAX);
            }
            let message = messages(room.id);
            // The counts are deferred, and no task flushes them.
            let deliver = move |change| {
                let _held = &deferred_counts;
                room.apply(change, 0)
            };
            (message, deliver)
        });
    }
    for users in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/sockets/{users}"), BatchSize::PerIteration, || sockets(users, false));
    }
    for users in [10, 100, 1_000] {
        benches.bench_on(&format!("fanout/counted/{users}"), BatchSize::PerIteration, || sockets(users, true));
    }
    benches.bench("fanout/join-and-leave/1000", || {
        let (deferred_counts, room) = (Arc::default(), Arc::new(Room::new(ConversationId::new())));
        let users = crowd(1_000, &deferred_counts);
        move || {
            for online in &users {
                assert!(room.join(online, &member(&room), false));
            }
            users.iter().filter(|online| room.leave(online.id)).count()
        }
    });
    for frames in [1, 64] {
        benches.bench(&format!("fanout/outbox/{frames}"), || {
            let outbox = Outbox::new(Encoding::Proto, LIVE_BYTES_MAX);
            let frame = messages(ConversationId::new())().event;
            let take = |slices: &[IoSlice<'_>]| Ok(slices.iter().map(|slice| slice.len()).sum());
            // An outbox requests no write before the first frame is queued.
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

/// A room of users with one socket each. Returns the function that makes a message after it has read all sockets, and the
/// function that delivers the message.
fn sockets(users: u32, tell_counts: bool) -> (impl FnMut() -> Change<Frame>, impl FnMut(Change<Frame>)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("starts");
    let (metrics, flusher) = (Arc::new(Metrics::new()), Arc::<Flusher>::default());
    let (deferred_counts, room) = (Arc::<DeferredCounts>::default(), Arc::new(Room::new(ConversationId::new())));
    let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
    let mut peers = Vec::new();
    for (online, encoding) in crowd(users, &deferred_counts).into_iter().zip(Encoding::ALL.into_iter().cycle()) {
        let (socket, peer) = connect(&runtime, &listener, encoding);
        peers.push(peer);
        let caller = Caller { tenant: online.tenant, user: online.id, credential: Credential::Token { issued_at_s: 0 } };
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
            // The content does not matter, and there may be nothing to read yet.
            let _ = peer.read(&mut buffer);
        }
        message()
    };
    let deliver = move |change| {
        let due = metrics.frames_sent.get() + u64::from(users) * if tell_counts { 2 } else { 1 };
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

/// The writing half of a connection after its welcome, and the client's end.
fn connect(runtime: &Runtime, listener: &TcpListener, encoding: Encoding) -> (SocketWriter, TcpStream) {
    let peer = TcpStream::connect(listener.local_addr().expect("listens")).expect("connects");
    let (socket, _) = listener.accept().expect("accepts");
    peer.set_nonblocking(true).expect("is a socket");
    socket.set_nonblocking(true).expect("is a socket");
    socket.set_nodelay(true).expect("is a socket");
    let socket = runtime.block_on(async {
        // The reading half is not needed.
        let (_, writing) = tokio::net::TcpStream::from_std(socket).expect("is a socket").into_split();
        writing.writable().await.expect("is open");
        SocketWriter::new(writing, encoding, LIVE_BYTES_MAX)
    });
    socket.outbox.push_first(vec![Bytes::from_static(b"welcome")], &HashMap::new());
    assert_eq!(socket.flush().frames, 1);
    (socket, peer)
}

/// Online users with ids in a mixed order, which is the same in every run.
fn crowd(users: u32, deferred_counts: &Arc<DeferredCounts>) -> Vec<Arc<OnlineUser>> {
    let tenant = TenantId::new();
    let mixed = |at| u128::from(at).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (1..=users).map(|at| OnlineUser::new(UserId(Uuid::from_u128(mixed(at))), tenant, deferred_counts)).collect()
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

/// Makes messages of an author who is not online, one after the other.
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
