//! The client decodes the stored frames of `protocol/tests/golden`, so it can read what older servers send.

use std::{fs, path::PathBuf};

use causerie_client::{Encoding, decode, wire::server_frame::Body};

fn decode_hex(text: &str) -> Vec<u8> {
    let text = text.trim();
    (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).expect("hexadecimal")).collect()
}

#[test]
fn each_golden_frame_decodes_to_the_same_value_in_both_encodings() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../protocol/tests/golden");
    let (mut replies, mut events) = (0, 0);
    for entry in fs::read_dir(&folder).expect("the golden frames") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if !name.starts_with("frame_") || !name.ends_with(".json") {
            continue;
        }
        let from_json =
            decode(Encoding::Json, &fs::read(&path).expect("read")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let binary = decode_hex(&fs::read_to_string(path.with_extension("hex")).expect("read"));
        let from_binary = decode(Encoding::Proto, &binary).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(from_json, from_binary, "{name}");
        // A reply or an event of an unknown kind decodes to `None`.
        match from_json.body {
            Some(Body::Reply(reply)) => replies += usize::from(reply.result.is_some()),
            Some(Body::Event(event)) => events += usize::from(event.kind.is_some()),
            None => panic!("{name}: empty"),
        }
    }
    // The schema had 20 kinds of replies and 14 kinds of events when this test was written. Kinds are never removed.
    assert!(replies >= 20 && events >= 14, "{replies} replies, {events} events");
}
