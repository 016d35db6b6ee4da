//! The cost of the codec in both encodings: frames to bytes, bytes to frames, requests to checked commands.

use causerie_benches::{BatchSize, Benches};
use causerie_protocol::{
    Encoding, Timestamp,
    command::SocketCommand,
    wire::{self, event::Kind, reply::Result as Answer, request::Command, server_frame::Body},
};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

const TEXT: &str = "Rendez-vous à 14 h devant le musée, avec les \"grands\" : qui peut prendre deux élèves de plus ?";
const PAGE: u32 = 50;
const HELD: u32 = 200;

fn main() {
    let mut benches = Benches::from_env();
    let send =
        request(Command::SendMessage(wire::SendMessage { conversation_id: id(1), client_id: id(2), text: TEXT.to_owned() }));
    let held = (0..HELD).map(|at| wire::Held { conversation_id: id(at), version: 40 + at });
    let resume = request(Command::Resume(wire::Resume { epoch: id(7), inbox_version: 1_234, held: held.collect() }));
    let sent = Kind::MessageSent(wire::MessageEvent { message: Some(message(42)) });
    let page = Answer::MessagePage(wire::MessagePage {
        messages: (1..=PAGE).map(message).collect(),
        more_before: true,
        more_after: false,
        version: PAGE,
    });
    both_ways(&mut benches, "send", &send);
    both_ways(&mut benches, "message-sent", &frame(Body::Event(wire::Event { kind: Some(sent) })));
    both_ways(&mut benches, "page-of-50", &frame(Body::Reply(wire::Reply { id: 7, result: Some(page) })));
    both_ways(&mut benches, "resume-of-200", &resume);
    for (name, request) in [("send", &send), ("resume-of-200", &resume)] {
        benches.bench_on(&format!("codec/check/{name}"), BatchSize::SmallInput, || {
            (|| request.clone(), |request| SocketCommand::try_from(request).expect("keeps all limits"))
        });
    }
    benches.finish();
}

fn both_ways<M: Message + Serialize + DeserializeOwned + Default>(benches: &mut Benches, name: &str, frame: &M) {
    for (encoding, label) in [(Encoding::Proto, "proto"), (Encoding::Json, "json")] {
        benches.bench(&format!("codec/encode/{name}/{label}"), || || encoding.encode(frame));
        benches.bench(&format!("codec/decode/{name}/{label}"), || {
            let bytes = encoding.encode(frame);
            move || encoding.decode::<M>(&bytes).expect("was encoded here")
        });
    }
}

fn request(command: Command) -> wire::Request {
    wire::Request { id: 7, command: Some(command) }
}

fn frame(body: Body) -> wire::ServerFrame {
    wire::ServerFrame { body: Some(body) }
}

fn message(seq: u32) -> wire::Message {
    wire::Message {
        id: id(1_000 + seq),
        conversation_id: id(1),
        seq,
        version: seq,
        author_id: id(3),
        client_id: id(2_000 + seq),
        text: TEXT.to_owned(),
        sent_at: Some(Timestamp { seconds: 1_800_000_000 + i64::from(seq), nanos: 123_000_000 }),
        edited_at: None,
        deleted_at: None,
    }
}

/// An id that is the same in every run.
fn id(at: u32) -> String {
    Uuid::from_u128(0x0193_6d2e_0000_7000_8000_0000_0000_0000 + u128::from(at)).to_string()
}
