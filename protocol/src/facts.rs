//! Generated from `proto/causerie/facts/v1`: the changes of facts in the log of a tenant.
#![allow(missing_docs, clippy::all)]

include!(concat!(env!("OUT_DIR"), "/causerie.facts.v1.rs"));
