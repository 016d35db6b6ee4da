//! The evaluations of a policy: one request ([`check`]), all users or groups in reach ([`reach`]), a page of the directory
//! ([`complete`]), the outcome of each rule ([`explain`]), and what other rules or facts would change ([`mod@diff`]). All of them use the same
//! [`check::Evaluation::holds`], so they agree.
//!
//! Names in this module: *principal* is the user who acts, `me` the principal's record, `them` the other user.

mod built_in_denials;
mod check;
mod complete;
mod diff;
mod explain;
mod generators;
mod plan;
mod reach;

pub use built_in_denials::BuiltInDenial;
#[cfg(test)]
pub(crate) use complete::DirectoryReach;
pub use complete::{DirectoryCursor, DirectoryHit, DirectoryPage, DirectoryQuery};
pub use diff::{
    ActionDifference, AssumedBy, AssumedRelation, Differences, ExamplePair, RoleDifference, RoleLabel, Side, Situation,
    SituationDifference, SituationKind, diff,
};
pub use explain::{RuleEvaluation, RuleOutcome};
pub(crate) use plan::Plan;
pub use reach::Reach;
