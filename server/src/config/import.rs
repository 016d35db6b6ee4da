//! How much data one import may contain.

use super::setting::Kind;

section! {
    /// The import of users and facts over HTTP.
    Import in "import" {
        /// Bytes of one `POST /v1/import`. The default holds about ten million rows.
        bytes_max: u64 = 1_073_741_824, Kind::Whole(65_536, 1_099_511_627_776);
    }
}
