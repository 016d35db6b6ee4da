//! Decides which user may perform which action. The crate computes decisions from facts; it has no I/O, no clock and no
//! async code.
//!
//! A [`Policy`] is the compiled rules of a tenant; a [`World`] holds the tenant's facts. Before each change, the server
//! calls [`Policy::decide`] with a world that is at least as new as the last committed change of facts.
//! [`Policy::capabilities`] and [`Policy::complete`] tell a client which actions and which users it can offer. A request
//! about a user or a group that the world does not have is denied.
//!
//! Modules: `facts` (the world and its changes), `lang` (parser and printer), `ir` (the parsed rules), `eval` (all
//! evaluations), `cases` (tests of a policy as a table). A *principal* is the user who acts; the rule language calls it
//! `me`.

mod action;
mod cases;
mod decision;
mod eval;
mod facts;
pub mod ir;
mod lang;
mod policy;
mod presets;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use action::{
    Action, Capability, ConversationContext, ConversationKind, ConversationState, MemberRole, Resource, ResourceType,
};
pub use cases::{FailedCase, TestReport};
pub use decision::{Code, Decision, RuleIx, Witness};
pub use eval::{
    ActionDifference, AssumedBy, AssumedRelation, BuiltInDenial, Differences, DirectoryCursor, DirectoryHit, DirectoryPage,
    DirectoryQuery, ExamplePair, Reach, RoleDifference, RoleLabel, RuleEvaluation, RuleOutcome, Side, Situation,
    SituationDifference, SituationKind, diff,
};
pub use facts::{
    Delivers, EdgeEffect, Entity, EntityKey, FactChange, GroupIx, GroupKindId, GroupState, RelationId, RelationState,
    RoleId, RoleSet, SettingId, UserIx, UserStatus, World, WritableBy,
};
pub use ir::{Rule, RuleEffect};
pub use lang::{ACTIONS, Problem, TEXT_BYTES_MAX, action_name, code_name};
pub use policy::Policy;
pub use presets::{PRESET_CASES, PRESETS};
pub use vocabulary::{RelationOrigin, SettingDeclaration, Vocabulary, WORDS_MAX};
