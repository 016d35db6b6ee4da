//! Generated from `proto/causerie/facts/v1`: facts that rules ask about, as the log of a tenant keeps them.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.facts.v1.rs"));
