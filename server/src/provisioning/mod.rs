//! Provisioning: the product's back end tells who there is, in which groups, and what they are to each other.
//!
//! One mechanism behind two doors, `POST /v1/import` and `causerie import`: [`ndjson`] and [`csv`] make rows of bytes,
//! [`row`] checks what one says by itself, [`import`] writes them a transaction at a time by [`apply`] and ends with
//! [`replace`]; [`report`] is what it answers. To add a field: its row in [`row`], and the store's fact behind it.

mod apply;
pub mod csv;
mod dry;
mod fields;
mod import;
mod json_row;
mod lock;
pub mod ndjson;
mod options;
mod replace;
mod report;
pub mod row;
pub mod tenants;

pub use fields::Fault;
pub use import::{Committed, Import, ImportDeps, Stopped};
pub use lock::{ImportLock, ImportLocks};
pub use options::{DeleteLimit, Options, Scope};
pub use report::{Answer, RowAnswer, Tally};
pub use row::{Fact, Row, Type};
