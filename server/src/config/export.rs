//! How much data one export may contain, and how long it may take.

use super::setting::Kind;

section! {
    /// The exports over HTTP: of a tenant (`GET /v1/export`) and of a user (`GET /v1/users/{id}/export`).
    Export in "export" {
        /// Bytes of one export. The server writes an export into a temporary file before it answers. It writes at most two exports at a time, and one per tenant.
        bytes_max: u64 = 10_737_418_240, Kind::Whole(65_536, 1_099_511_627_776);
        /// Seconds in which the server must have read an export from the database. While it reads, the export holds one connection and one snapshot of the database.
        seconds_max: u32 = 600, Kind::Whole(1, 86_400);
    }
}
