//! Provisioning: the product's back end sends users, groups, memberships, relations and edges.
//!
//! `POST /v1/import` and `causerie import` use the same code. [`ndjson`] and [`csv`] split bytes into rows. [`row`] checks
//! each row. [`import`] writes the rows, one transaction after the other, with [`apply`], and ends with [`replace`].
//! [`report`] contains the lines of the answer. To add a field, add it to its row in [`row`] and to the fact in the store.

mod apply;
pub mod csv;
mod dry_run;
mod fields;
mod ids;
mod import;
mod json_row;
pub mod keys;
mod lock;
pub mod ndjson;
mod options;
mod replace;
mod report;
pub mod row;
pub mod tenants;
pub mod web_access;

pub use fields::Fault;
pub use import::{Committed, Import, ImportDeps, Stopped};
pub use lock::{ImportLock, ImportLocks};
pub use options::{DeleteLimit, Options, Scope};
pub use report::{Answer, RowAnswer, Tally};
pub use row::{Fact, Row, Type, Undeclared};
