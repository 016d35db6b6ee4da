//! Decides which user may do what. Facts in, decision out: no I/O, no clock, no async.
//!
//! A [`Policy`] is the compiled rules of a tenant; a [`World`] holds the tenant's facts. The server asks [`Policy::decide`]
//! on every path, with a world that is not older than the change it is about to make. Clients show what
//! [`Policy::capabilities`] and [`Policy::complete`] answered. A fact that could not be read leads to a denial.
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
