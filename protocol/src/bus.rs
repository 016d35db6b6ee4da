//! Generated from `proto/causerie/bus/v1`: what nodes tell each other.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.bus.v1.rs"));
