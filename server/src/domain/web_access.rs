//! The web pages that may use a tenant.

/// The web pages that may use a tenant. `None` stands for the node's setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebAccess {
    /// The origins whose pages may connect with tokens of the tenant, in addition to the server's own page.
    pub allowed_origins: Option<Vec<String>>,
    /// The origins whose pages may embed the tenant's page in a frame, in addition to the server's own page.
    pub frame_ancestors: Option<Vec<String>>,
}
