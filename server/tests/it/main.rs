//! Tests of the whole server from outside: the real binary, real databases, the real client. See `harness/`.

mod bad_input;
mod broken_frames;
mod chat;
mod faults;
mod handshake;
mod harness;
mod health;
mod http;
mod jobs;
mod migrations;
mod mistakes;
mod operating;
mod policy_cli;
mod provisioning_page;
mod revocation;
mod scenarios;
mod sdk_examples;
mod secrecy;
mod secrets;
mod slow_reader;
mod starting;
mod storage;
mod transfer;
