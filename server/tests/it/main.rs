//! The whole server, from outside: the true binary, true databases, the true client. `harness/` explains itself.

mod faults;
mod harness;
mod health;
mod http;
mod migrations;
