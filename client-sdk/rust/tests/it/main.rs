//! The client against a scripted server: every test plays the server's part frame by frame, on a true socket.

mod events;
mod mail;
mod outbox;
mod peer;
mod reconnect;
mod resume;
mod token;
