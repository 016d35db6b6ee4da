//! Who may do what. Facts in, decision out: no I/O, no clock, no async.
//!
//! The server asks [`Policy::decide`] on every path, with facts it read under the same lock as the change it is about to
//! make; clients show only what [`Policy::capabilities`] told them. A fact that could not be had is a denial.
//!
//! For now a policy is one of the presets written here in Rust ([`Policy::open`]); the rule language compiles to the same
//! type.

mod decision;
mod facts;
mod open;

pub use decision::{Code, Decision, Rule};
pub use facts::{About, Action, Capability, Conversation, Kind, Me, Person, Role, State, Status};

/// The rules of one tenant.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    name: &'static str,
    rules: fn(Action, Me, About) -> Decision,
}

impl Policy {
    /// The preset for products that let all their active people write to each other.
    #[must_use]
    pub const fn open() -> Self {
        Self { name: "open", rules: open::decide }
    }

    /// The preset's name, for logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// May `me` do this?
    #[must_use]
    pub fn decide(&self, action: Action, me: Me, about: About) -> Decision {
        // Shared by all presets: whoever is not active does nothing at all.
        if me.status != Status::Active {
            return Decision::deny("inactive", Code::NotFound);
        }
        (self.rules)(action, me, about)
    }

    /// What a person may do in a conversation now, as its screens show it. `own` stands for a message of one's own.
    #[must_use]
    pub fn capabilities(&self, me: Me, conversation: Conversation) -> Vec<Capability> {
        Capability::ALL
            .into_iter()
            .filter(|capability| {
                let about = match capability {
                    Capability::Edit | Capability::Delete => About::Message { conversation, mine: true },
                    _ => About::Conversation(conversation),
                };
                self.decide(capability.action(), me, about).is_allowed()
            })
            .collect()
    }
}
