//! Tests of the client with a server that each test controls frame by frame, over a real socket.

mod events;
mod mail;
mod outbox;
mod peer;
mod reconnect;
mod resume;
mod token;
