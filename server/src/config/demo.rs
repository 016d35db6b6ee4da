//! People anyone may be, to try the server out.

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[Setting { key: "demo.enabled", kind: Kind::Flag }];

/// The demo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Demo {
    /// Whether anyone may sign in as a demo person, without a password. Default: only while everything is embedded,
    /// nobody but this machine can connect, and there is no tenant but the demo's. Where others can connect, the server refuses to start with it on.
    pub enabled: Option<bool>,
}
