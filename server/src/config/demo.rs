//! The demo tenants, whose users sign in without a password.

use super::setting::Kind;

section! {
    /// The demo.
    Demo in "demo" {
        /// Whether a visitor may sign in as a demo user, without a password. If it is not set, the demo is on while the server uses
        /// the embedded database, listens on a loopback address, and has no other tenant. The server refuses to start with `true`
        /// where other machines can connect.
        enabled: Option<bool> = None, Kind::Flag;
    }
}
