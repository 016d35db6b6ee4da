//! How much may be provisioned at once.

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[Setting { key: "import.bytes_max", kind: Kind::Whole(65_536, 1_099_511_627_776) }];

/// How much may be provisioned at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    /// Bytes of one `POST /v1/import`. Default 1,073,741,824: some ten million rows.
    pub bytes_max: u64,
}

impl Default for Import {
    fn default() -> Self {
        Self { bytes_max: 1_073_741_824 }
    }
}
