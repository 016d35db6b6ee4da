//! Compiles `proto/` to Rust without protoc: prost for the binary encoding, pbjson for the standard JSON mapping.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

const FILES: [&str; 7] = [
    "causerie/v1/resource.proto",
    "causerie/v1/command.proto",
    "causerie/v1/event.proto",
    "causerie/v1/frame.proto",
    "causerie/v1/code.proto",
    "causerie/bus/v1/bus.proto",
    "causerie/facts/v1/facts.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(FILES)?;
    let descriptors = compiler.file_descriptor_set();
    // The server derives the description of its HTTP API from the descriptors, with their comments.
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin"), &encoded)?;

    prost_build::Config::new()
        .bytes([".causerie.bus", ".causerie.facts"])
        .extern_path(".google.protobuf", "::pbjson_types")
        .compile_well_known_types()
        .skip_protoc_run()
        .compile_fds(descriptors.clone())?;
    // Unknown fields are ignored, so that an older server accepts a newer client.
    pbjson_build::Builder::new()
        .register_descriptors(&descriptors.encode_to_vec())?
        .ignore_unknown_fields()
        .build(&[".causerie.v1"])?;
    Ok(())
}
