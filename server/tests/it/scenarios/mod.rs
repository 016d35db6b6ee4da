//! The five systems this server must be able to be, row by row: who may write to whom in a school, in a work space, in a
//! community, among doctors, in a place of learning.
//!
//! Each folder is one system: its preset, its people, and a test per row of `rows.txt`, whose name begins with the row's id;
//! [`ids`] keeps the list honest. Tests read like their rows: given [`facts`], when a [`Person`] does something, then others
//! see it or it is refused by a code. Every row runs on an embedded server and across two nodes, people by turns on both.
//!
//! Each test has servers of its own: rows change facts and settings of a whole tenant, and two nodes start in a second.
//! That all five live side by side in one server is shown in [`together`].

pub mod facts;
mod ids;
pub mod person;
pub mod s0_school;
mod s1_ent;
mod s2_community;
mod s3_medical;
pub mod s4_lms;
pub mod system;
mod together;

use causerie_client::{Error, ErrorCode, SendError};

pub use facts::Row;
pub use person::Person;
pub use system::System;

/// What became of something asked, or the code it was refused by.
pub type Answer<T> = Result<T, ErrorCode>;

/// Answers of the SDK as rows speak of them.
pub trait Answered<T> {
    /// The answer, or the code of the refusal.
    ///
    /// # Panics
    /// When there was neither: no row has an outage in it.
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
