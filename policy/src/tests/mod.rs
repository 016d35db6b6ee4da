//! Properties that hold for any facts and any rules ([`agree`], [`log`]), and cases that were chosen by hand
//! ([`codes`], [`hostile`]).

mod agree;
mod codes;
mod hostile;
mod left_alone;
mod log;
mod plain;
mod random;
mod tables;
