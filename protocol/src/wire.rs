//! Generated from `proto/causerie/v1`. What a peer sends is in here before it is checked; see [`crate::command`].
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.v1.rs"));
include!(concat!(env!("OUT_DIR"), "/causerie.v1.serde.rs"));
