//! How long the audit log is kept.

use super::setting::Kind;

section! {
    /// The audit log.
    Audit in "audit" {
        /// Days after which the server removes a line of the audit log. The default is a year and some time to read it.
        keep_days: u32 = 400, Kind::Whole(1, 36_500);
    }
}
