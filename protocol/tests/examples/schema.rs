//! What `proto/` says there is, for tests that ask whether something was forgotten.
#![allow(dead_code)] // each test binary uses its part

use std::sync::LazyLock;

use causerie_protocol::DESCRIPTORS;
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

static FILES: LazyLock<FileDescriptorSet> =
    LazyLock::new(|| FileDescriptorSet::decode(DESCRIPTORS).expect("the build script wrote descriptors"));

static MESSAGES: LazyLock<Vec<DescriptorProto>> = LazyLock::new(|| {
    let files = FILES.file.iter().filter(|file| file.package() == "causerie.v1");
    files.flat_map(|file| file.message_type.clone()).collect()
});

/// All messages of `causerie.v1`.
pub fn messages() -> Vec<DescriptorProto> {
    MESSAGES.clone()
}

pub fn message(name: &str) -> DescriptorProto {
    MESSAGES.iter().find(|message| message.name() == name).unwrap_or_else(|| panic!("no message `{name}`")).clone()
}

pub fn enumeration(name: &str) -> EnumDescriptorProto {
    let mut enums = FILES.file.iter().flat_map(|file| &file.enum_type);
    enums.find(|one| one.name() == name).unwrap_or_else(|| panic!("no enum `{name}`")).clone()
}

/// The fields of the one `oneof` of a message, by their names in proto.
pub fn variants(name: &str) -> Vec<String> {
    let fields = message(name).field.into_iter().filter(|field| field.oneof_index.is_some());
    fields.map(|field| field.name().to_owned()).collect()
}
