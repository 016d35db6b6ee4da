//! Generated from `proto/causerie/v1`. Decoding does not validate a message; [`crate::command`] validates the requests of
//! clients.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.v1.rs"));
include!(concat!(env!("OUT_DIR"), "/causerie.v1.serde.rs"));
