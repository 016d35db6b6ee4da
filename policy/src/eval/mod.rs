//! What a policy answers: one pair ([`check`]), everyone in reach ([`reach`]), the directory ([`complete`]), why
//! ([`explain`]), and what a change of rules or facts would do ([`mod@diff`]). All ask the same [`check::Question::holds`].

mod built_in;
mod check;
mod complete;
mod diff;
mod explain;
mod links;
mod plan;
mod reach;

pub use built_in::BuiltIn;
#[cfg(test)]
pub(crate) use complete::Found;
pub use complete::{Completion, Cursor, Hit, Search, Who};
pub use diff::{
    ActionDifference, Differences, Label, LabelChange, Pair, Place, Row, Side, Situation, Supposed, SupposedBy, diff,
};
pub use explain::{Finding, Reason};
pub(crate) use plan::Plan;
pub use reach::Reach;
