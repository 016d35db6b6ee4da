//! The evaluations of a policy: the decision about one request ([`check`]), all users or groups in reach ([`reach`]), a page
//! of the directory ([`complete`]), the outcome of each rule ([`explain`]), and the difference between two policies
//! ([`mod@diff`]). All of them use the same [`check::Evaluation::holds`], so they agree.
//!
//! Names in this module: *principal* is the user who acts, `me` is the principal's record, `them` is the other user.

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
