//! What `proto/` says there is, for tests that ask whether something was forgotten.
#![allow(dead_code)] // each test binary uses its part

use causerie_protocol::DESCRIPTORS;
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

fn files() -> FileDescriptorSet {
    FileDescriptorSet::decode(DESCRIPTORS).expect("the build script wrote descriptors")
}

/// All messages of `causerie.v1`.
pub fn messages() -> Vec<DescriptorProto> {
    files().file.into_iter().filter(|file| file.package() == "causerie.v1").flat_map(|file| file.message_type).collect()
}

pub fn message(name: &str) -> DescriptorProto {
    messages().into_iter().find(|message| message.name() == name).unwrap_or_else(|| panic!("no message `{name}`"))
}

pub fn enumeration(name: &str) -> EnumDescriptorProto {
    let mut enums = files().file.into_iter().flat_map(|file| file.enum_type);
    enums.find(|one| one.name() == name).unwrap_or_else(|| panic!("no enum `{name}`"))
}

/// The fields of the one `oneof` of a message, by their names in proto.
pub fn variants(name: &str) -> Vec<String> {
    let fields = message(name).field.into_iter().filter(|field| field.oneof_index.is_some());
    fields.map(|field| field.name().to_owned()).collect()
}
