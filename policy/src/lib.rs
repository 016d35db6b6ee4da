//! Who may do what. Facts in, decision out: no I/O, no clock, no async.
//!
//! A [`Policy`] is the rules of a tenant, a [`World`] what is known of its people and groups. The server asks
//! [`Policy::decide`] on every path, with a world no older than the change it is about to make; clients show only what
//! [`Policy::capabilities`] and [`Policy::complete`] told them. A fact that could not be had is a denial.

mod action;
mod cases;
mod decision;
mod eval;
mod facts;
mod lang;
mod policy;
mod presets;
pub mod program;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use action::{About, Action, Capability, Conversation, Kind, Seat, State, Target};
pub use cases::{Failure, Tested};
pub use decision::{Code, Decision, RuleIx, Witness};
pub use eval::{
    ActionDifference, BuiltIn, Completion, Cursor, Differences, Finding, Hit, Label, LabelChange, Pair, Place, Reach,
    Reason, Row, Search, Side, Situation, Supposed, SupposedBy, Who, diff,
};
pub use facts::{
    Change, Delivers, EdgeEffect, GroupIx, GroupState, Key, Kind as GroupKind, Relation, RelationState, Role, Roles,
    Setting, Status, UserIx, World, WritableBy,
};
pub use lang::{ACTIONS, Problem, TEXT_BYTES_MAX, action_name, code_name};
pub use policy::Policy;
pub use presets::{PRESET_CASES, PRESETS};
pub use program::{Effect, Rule};
pub use vocabulary::{How, SettingWord, Vocabulary, WORDS_MAX};
