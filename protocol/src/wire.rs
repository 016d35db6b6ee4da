//! Generated from `proto/causerie/v1`. A decoded message of a peer is not validated; [`crate::command`] validates it.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.v1.rs"));
include!(concat!(env!("OUT_DIR"), "/causerie.v1.serde.rs"));
