//! Generated from `proto/causerie/bus/v1`: the signals between nodes.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.bus.v1.rs"));
