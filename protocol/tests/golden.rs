//! Stored frames that every later version must be able to read: `golden/*.json` as JSON and `golden/*.hex` as protobuf
//! in hexadecimal. After an intended change, run `CAUSERIE_BLESS=1 cargo test -p causerie-protocol --test golden` and
//! examine the diff: files may be added, and stored frames may only gain fields. The tests of both SDKs decode the
//! frames too.

#[path = "examples/mod.rs"]
mod examples;
#[path = "examples/schema.rs"]
mod schema;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    fs,
    path::PathBuf,
    sync::Once,
};

use causerie_protocol::{Encoding, wire};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let text = text.trim();
    assert!(text.len().is_multiple_of(2), "half a byte");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// Converts `sendMessage` to `send_message`.
fn snake(camel: &str) -> String {
    camel.chars().flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase())).collect()
}

/// The key of the only variant that is set.
fn variant(value: &Value) -> String {
    let keys = value.as_object().expect("an object").keys().filter(|key| *key != "id");
    snake(keys.collect::<Vec<_>>().first().expect("a variant"))
}

/// Names each example after its variant; further examples of a variant get a number.
fn named<T: Serialize>(examples: Vec<T>, name: impl Fn(&Value) -> String) -> BTreeMap<String, T> {
    let mut all = BTreeMap::new();
    for example in examples {
        let name = name(&serde_json::to_value(&example).expect("JSON"));
        let free =
            (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}_{n}") }).find(|name| !all.contains_key(name));
        all.insert(free.expect("a number"), example);
    }
    all
}

fn requests() -> BTreeMap<String, wire::Request> {
    named(examples::requests(), |value| format!("request_{}", variant(value)))
}

fn frames() -> BTreeMap<String, wire::ServerFrame> {
    let mut all = named(examples::replies(), |value| format!("frame_reply_{}", variant(&value["reply"])));
    all.extend(named(examples::events(), |value| format!("frame_event_{}", variant(&value["event"]))));
    all
}

/// Writes all files if requested, once, before any test reads them.
fn bless_if_asked() {
    static BLESSED: Once = Once::new();
    BLESSED.call_once(|| {
        if std::env::var_os("CAUSERIE_BLESS").is_some() {
            requests().iter().for_each(|(name, example)| bless(name, example));
            frames().iter().for_each(|(name, example)| bless(name, example));
        }
    });
}

fn bless<M: Message + Serialize>(name: &str, example: &M) {
    let json = serde_json::to_string_pretty(example).expect("JSON");
    fs::write(folder().join(format!("{name}.json")), json + "\n").expect("written");
    fs::write(folder().join(format!("{name}.hex")), hex(&example.encode_to_vec()) + "\n").expect("written");
}

/// The stored frame, the example and both encodings must be equal.
fn check<M>(name: &str, example: &M)
where
    M: Message + Serialize + DeserializeOwned + Default + PartialEq + Debug,
{
    let read = |ending: &str| {
        let path = folder().join(format!("{name}.{ending}"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}; see the top of golden.rs", path.display()))
    };
    let (json, binary) = (read("json"), unhex(&read("hex")));
    let from_json: M = Encoding::Json.decode(json.as_bytes()).unwrap_or_else(|error| panic!("{name}.json: {error}"));
    let from_binary: M = Encoding::Proto.decode(&binary).unwrap_or_else(|error| panic!("{name}.hex: {error}"));
    assert_eq!(from_json, from_binary, "{name}: the two files differ");
    assert_eq!(&from_json, example, "{name}: the example changed; see the top of golden.rs");
    assert_eq!(hex(&Encoding::Proto.encode(&from_json)), hex(&binary), "{name}.hex");
    let again: Value = serde_json::from_slice(&Encoding::Json.encode(&from_binary)).expect("JSON");
    assert_eq!(again, serde_json::from_str::<Value>(&json).expect("JSON"), "{name}.json");
}

#[test]
fn stored_frames_read_and_write_the_same_in_both_encodings() {
    bless_if_asked();
    requests().iter().for_each(|(name, example)| check(name, example));
    frames().iter().for_each(|(name, example)| check(name, example));
}

#[test]
fn every_message_of_the_protocol_has_a_stored_frame_and_no_other_frame_is_stored() {
    bless_if_asked();
    let mut wanted: BTreeSet<String> = requests().into_keys().chain(frames().into_keys()).collect();
    for (message, prefix) in [("Request", "request"), ("Reply", "frame_reply"), ("Event", "frame_event")] {
        wanted.extend(schema::variants(message).iter().map(|name| format!("{prefix}_{name}")));
    }
    let wanted: BTreeSet<String> = wanted.iter().flat_map(|name| [format!("{name}.json"), format!("{name}.hex")]).collect();
    let names = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let stored: BTreeSet<String> = names.map(|name| name.into_string().expect("UTF-8")).collect();
    let missing: Vec<_> = wanted.difference(&stored).collect();
    assert!(missing.is_empty(), "add an example in examples/mod.rs, then bless: {missing:?}");
    let unknown: Vec<_> = stored.difference(&wanted).collect();
    assert!(unknown.is_empty(), "a stored frame is read for ever; its example is gone: {unknown:?}");
}

/// Records the fields that an example sets, as `Message.jsonName`.
fn filled(message: &str, value: &Value, seen: &mut BTreeSet<String>) {
    let descriptor = schema::message(message);
    for (key, value) in value.as_object().expect("an object") {
        let field = descriptor.field.iter().find(|field| field.json_name() == key).expect("a field of the schema");
        seen.insert(format!("{message}.{key}"));
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if let Some(inner) = field.type_name().strip_prefix(".causerie.v1.")
            && values.iter().any(Value::is_object)
        {
            values.iter().for_each(|value| filled(inner, value, seen));
        }
    }
}

#[test]
fn every_field_of_the_schema_is_filled_in_some_stored_frame() {
    let mut seen = BTreeSet::new();
    for request in requests().values() {
        filled("Request", &serde_json::to_value(request).expect("JSON"), &mut seen);
    }
    for frame in frames().values() {
        filled("ServerFrame", &serde_json::to_value(frame).expect("JSON"), &mut seen);
    }
    let all = schema::messages().into_iter().flat_map(|message| {
        let name = message.name().to_owned();
        message.field.into_iter().map(move |field| format!("{name}.{}", field.json_name()))
    });
    let missing: Vec<_> = all.filter(|field| !seen.contains(field)).collect();
    assert!(missing.is_empty(), "fill them in examples/mod.rs, then bless: {missing:?}");
}
