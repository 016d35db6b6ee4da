//! What is kept of who did what.

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[Setting { key: "audit.keep_days", kind: Kind::Whole(1, 36_500) }];

/// The audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// Lines older than this are removed once a day. Default 400: a year, and time to read it.
    pub keep_days: u32,
}

impl Default for Audit {
    fn default() -> Self {
        Self { keep_days: 400 }
    }
}
