//! What holds for any facts and any rules ([`agree`], [`log`]), and what was thought of one by one ([`codes`], [`hostile`]).

mod agree;
mod codes;
mod hostile;
mod left_alone;
mod log;
mod plain;
mod random;
mod tables;
