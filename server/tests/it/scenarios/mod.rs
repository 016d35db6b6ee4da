//! The five systems that the server must support: messages of a school, mail of a digital work space, a community, doctors,
//! and a learning platform.
//!
//! Each folder is one system: its preset, its users, and a test for each row of `rows.txt`. The name of a test begins with
//! the id of its row, which [`ids`] checks. A test reads like its row: given [`facts`], a [`User`] does something, and
//! other users see it or the server refuses it with a code. Each row runs on an embedded server and across two nodes, with
//! users connected to both nodes in turn.
//!
//! Each test starts its own servers, because rows change facts and settings of a whole tenant, and two nodes start in a
//! second. [`together`] shows that all five systems work side by side in one server.

pub mod facts;
mod ids;
pub mod s0_school;
mod s1_ent;
mod s2_community;
mod s3_medical;
pub mod s4_lms;
pub mod system;
mod together;
pub mod user;

use causerie_client::{Error, ErrorCode, SendError};

pub use facts::Row;
pub use system::System;
pub use user::User;

/// The result of a command, or the code of its refusal.
pub type Answer<T> = Result<T, ErrorCode>;

/// Converts results of the SDK to [`Answer`].
pub trait Answered<T> {
    /// The result, or the code of the refusal.
    ///
    /// # Panics
    /// On any other error: no row has an outage in it.
    fn answer(self) -> Answer<T>;
}

impl<T> Answered<T> for Result<T, Error> {
    #[track_caller]
    fn answer(self) -> Answer<T> {
        self.map_err(|error| error.code().unwrap_or_else(|| panic!("not even refused: {error:?}")))
    }
}

impl<T> Answered<T> for Result<T, SendError> {
    #[track_caller]
    fn answer(self) -> Answer<T> {
        self.map_err(|error| match error {
            SendError::Refused(refusal) => Err::<(), _>(Error::Refused(refusal)).answer().expect_err("it is one"),
            other => panic!("not even refused: {other:?}"),
        })
    }
}
