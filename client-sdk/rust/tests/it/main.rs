//! The client against a scripted server: each test plays the server's part frame by frame on a real socket.

mod events;
mod mail;
mod outbox;
mod peer;
mod reconnect;
mod resume;
mod token;
