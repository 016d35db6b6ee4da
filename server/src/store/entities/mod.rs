//! Tables read and written a row at a time, one per file.

pub mod api_key;
pub mod signing_key;
pub mod tenant;
pub mod user;
